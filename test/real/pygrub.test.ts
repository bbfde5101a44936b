import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { type BootMenus, pygrubChoice } from '../../source/boot/pygrub/choice.ts';
import { realTest } from './needs.ts';
import { must, pygrubPath, run, temporary } from './tools.ts';

// Debian's pygrub 4.17 on ext3 images is the judge of how a menu is read.

const folder = temporary('pygrub');
const files = ['/boot/vmlinuz-a', '/boot/vmlinuz-b', '/boot/initrd-a', '/boot/initrd-b'];

async function image(menus: BootMenus): Promise<string> {
  const place = mkdtempSync(join(folder, 'root-'));
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  };
  for (const file of files) put(file, `I am ${file}`);
  if (menus.menuLst !== null) put('/boot/grub/menu.lst', menus.menuLst);
  if (menus.grubCfg !== null) put('/boot/grub/grub.cfg', menus.grubCfg);
  const path = `${place}.img`;
  await must('truncate', ['-s', '4M', path]);
  await must('mkfs.ext3', ['-q', '-F', '-d', place, path]);
  return path;
}

/** What it hands to the domain builder; null when it ends with an error. */
async function theirs(path: string): Promise<{ kernel: string; initrd: string | null; args: string } | null> {
  const out = mkdtempSync(join(folder, 'out-'));
  const ran = await run(pygrubPath, ['-q', '--output-format=simple', `--output-directory=${out}`, path]);
  if (ran.code !== 0) return null;
  const value = (name: string): string | null => new RegExp(`^${name} (.*)$`, 'm').exec(ran.out)?.[1] ?? null;
  const content = (name: string): string | null => {
    const file = value(name);
    return file === null ? null : readFileSync(file, 'utf8').replace('I am ', '');
  };
  return { kernel: content('kernel') ?? '', initrd: content('ramdisk'), args: (value('args') ?? '').trim() };
}

/** Ours in the same form; a file that is not on the disk ends pygrub, too. */
function ours(menus: BootMenus): Awaited<ReturnType<typeof theirs>> {
  const { entry } = pygrubChoice(menus, { major: 4, minor: 17 });
  if (entry?.kernel == null || !files.includes(entry.kernel)) return null;
  if (entry.initrd !== null && !files.includes(entry.initrd)) return null;
  return { kernel: entry.kernel, initrd: entry.initrd, args: entry.args.trim() };
}

const a = 'title A\nroot (hd0,0)\nkernel /boot/vmlinuz-a root=/dev/xvda1 ro\ninitrd /boot/initrd-a\n';
const b = 'title B\nkernel /boot/vmlinuz-b root=/dev/xvda2 quiet\ninitrd /boot/initrd-b\n';
const menuLst: Readonly<Record<string, string>> = {
  'two entries': `default 0\ntimeout 5\n${a}\n${b}`,
  'default 1': `default 1\n${a}${b}`,
  'default=1': `default=1\n${a}${b}`,
  'default with a tab': `default\t1\n${a}${b}`,
  'default with = and blanks': `default = 1\n${a}${b}`,
  'default saved': `default saved\n${a}${b}`,
  'default beyond the end': `default 7\n${a}${b}`,
  'default a title': `default B\n${a}${b}`,
  'default after the entries': `${a}${b}default 1\n`,
  'negative default': `default -1\n${a}${b}`,
  'device before the path': 'title A\nkernel (hd0,0)/boot/vmlinuz-a ro\ninitrd (hd0,0)/boot/initrd-a\n',
  'a device without end': 'title A\nkernel (hd0,0/boot/vmlinuz-a ro\n',
  'no device pygrub knows': 'title A\nroot (nd)\nkernel /boot/vmlinuz-a ro\n',
  'a bsd device': 'title A\nroot (hd0,0,a)\nkernel /boot/vmlinuz-a ro\n',
  'msdos in the device': 'title A\nroot (hd0,msdos1)\nkernel /boot/vmlinuz-a ro\n',
  'a /dev device': 'title A\nroot (/dev/xvda,1)\nkernel /boot/vmlinuz-a ro\n',
  'a tab behind the path': 'title A\nkernel /boot/vmlinuz-a\tro\n',
  'a tab behind the command': 'title A\nkernel\t/boot/vmlinuz-a ro\n',
  'no args': 'title A\nkernel /boot/vmlinuz-a\n',
  'two kernels, the last wins': 'title A\nkernel /boot/vmlinuz-a one\nkernel /boot/vmlinuz-b two\n',
  'title glued': 'titleA\nkernel /boot/vmlinuz-a ro\n',
  'title with =': 'title=A\nkernel /boot/vmlinuz-a ro\n',
  'windows line ends': `${a.replaceAll('\n', '\r\n')}`,
  'an empty last title': `${a}title Empty\n`,
  'default on an empty last title': `default 1\n${a}title Empty\n`,
  'an entry without kernel': `title None\nroot (hd0,0)\n${a}`,
  'unknown commands': `foo bar\n${a}lock\nsavedefault\n`,
  'comments and automagic': `# kopt=root=/dev/x\n## ## End\n${a}`,
  'xen before linux': 'title X\nkernel /boot/xen.gz dom0_mem=1\nmodule /boot/vmlinuz-a\n',
  'left-over words': 'title A\nkernel /boot/vmlinuz-a root=#ROOT_PARTITION# ro\n',
  'a missing kernel': 'title A\nkernel /boot/vmlinuz-c ro\n',
  'a missing initrd': 'title A\nkernel /boot/vmlinuz-a ro\ninitrd /boot/initrd-c\n',
  empty: '',
  'only comments': '# nothing\n',
};

const ga =
  "menuentry 'A' --class debian {\n\tset root='hd0,msdos1'\n\tlinux /boot/vmlinuz-a root=/dev/xvda1 ro\n\tinitrd /boot/initrd-a\n}\n";
const gb = 'menuentry "B" {\n  linux /boot/vmlinuz-b root=/dev/xvda2\n  initrd /boot/initrd-b\n}\n';
const grubCfg: Readonly<Record<string, string>> = {
  'two entries': `set default="0"\nset timeout=5\n${ga}${gb}`,
  'default 1': `set default="1"\n${ga}${gb}`,
  'default bare': `set default=1\n${ga}${gb}`,
  'default with blanks': `set default = 1\n${ga}${gb}`,
  'default without set': `default=1\n${ga}${gb}`,
  'saved entry': `set default="\${saved_entry}"\n${ga}${gb}`,
  'next entry': `set default="\${next_entry}"\n${ga}${gb}`,
  'default a title': `set default="B"\n${ga}${gb}`,
  'default in a submenu': `set default="1>0"\n${ga}${gb}`,
  'if and else, the last set wins': `if [ "x" ]; then\n  set default="1"\nelse\n  set default="0"\nfi\n${ga}${gb}`,
  'a submenu': `set default=1\n${ga}submenu 'More' {\n${gb}}\n`,
  'a function': `function load_video {\n  insmod vbe\n}\n${ga}`,
  'a function with a brace inside': `function f {\n  if x ; then {\n  }\n  fi\n}\n${ga}`,
  'no blank before the brace': "menuentry 'A'{\n linux /boot/vmlinuz-a ro\n}\n",
  'an unquoted title': 'menuentry A {\n linux /boot/vmlinuz-a ro\n}\n',
  'the brace on its own line': "menuentry 'A'\n{\n linux /boot/vmlinuz-a ro\n}\n",
  'no closing brace': "menuentry 'A' {\n linux /boot/vmlinuz-a ro\n",
  nested: `menuentry 'A' {\n${gb}}\n`,
  'set with two =': `set b="root=/dev/x"\n${ga}`,
  'set alone': `set\n${ga}`,
  'set without a value': `set x\n${ga}`,
  'an lvm root': "menuentry 'A' {\n set root='lvmid/x/y'\n linux /boot/vmlinuz-a ro\n}\n",
  linux16: "menuentry 'A' {\n linux16 /boot/vmlinuz-a ro\n initrd16 /boot/initrd-a\n}\n",
  linuxefi: "menuentry 'A' {\n linuxefi /boot/vmlinuz-a ro\n}\n",
  'a variable in the path': "menuentry 'A' {\n linux ($root)/boot/vmlinuz-a ro\n}\n",
  'two titles in one line': "menuentry 'A' --id 'a b' {\n linux /boot/vmlinuz-a ro\n}\n",
  'search and echo': `search --no-floppy --fs-uuid --set=root abc\n${ga.replace('\tlinux', "\techo 'Loading'\n\tlinux")}`,
  'windows line ends': ga.replaceAll('\n', '\r\n'),
};

realTest('menus are read as pygrub 4.17 reads them', [pygrubPath, 'mkfs.ext3', 'truncate'], async () => {
  const cases: [string, BootMenus][] = [
    ...Object.entries(menuLst).map(([name, text]): [string, BootMenus] => [
      `menu.lst: ${name}`,
      { menuLst: text, grubCfg: null },
    ]),
    ...Object.entries(grubCfg).map(([name, text]): [string, BootMenus] => [
      `grub.cfg: ${name}`,
      { menuLst: null, grubCfg: text },
    ]),
    ['both: grub.cfg wins', { menuLst: a, grubCfg: gb }],
    ['both: a broken grub.cfg is not made good by menu.lst', { menuLst: a, grubCfg: 'menuentry A {\n}\n' }],
    ['neither', { menuLst: null, grubCfg: null }],
  ];
  const mine = Object.fromEntries(cases.map(([name, menus]) => [name, ours(menus)]));
  const seen: Record<string, unknown> = {};
  // Two at a time, as the machine has cores.
  const work = [...cases];
  const worker = async (): Promise<void> => {
    for (let next = work.shift(); next !== undefined; next = work.shift())
      seen[next[0]] = await theirs(await image(next[1]));
  };
  await Promise.all([worker(), worker()]);
  expect(mine).toEqual(seen);
  expect(seen).toMatchObject({
    'menu.lst: default 1': { kernel: '/boot/vmlinuz-b', initrd: '/boot/initrd-b', args: 'root=/dev/xvda2 quiet' },
    'menu.lst: left-over words': { args: 'root=#ROOT_PARTITION# ro' },
    'menu.lst: a missing kernel': null,
    'grub.cfg: default 1': { kernel: '/boot/vmlinuz-b' },
    'both: grub.cfg wins': { kernel: '/boot/vmlinuz-b' },
  });
});
