import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { xenfai } from '../harness.ts';
import { programPath, realTest } from './needs.ts';
import { downloads, must, pygrubPath, type Ran, run, temporary } from './tools.ts';

// The chain an install goes through with real programs: fai-class, fcopy with our hooks, update-grub of grub-legacy in
// a small root, an ext3 image of it, pygrub.

const folder = temporary('fai-files');
const space = join(folder, 'config');

async function config(release = 'lenny'): Promise<void> {
  const ran = await xenfai(null, [
    ...['fai-files', space, '--release', release],
    ...['--repository', 'http://myrepo.example.com/debian-custom', '--yes'],
  ]);
  expect(ran).toMatchObject({ code: 0 });
}

/** A file with folders before it. */
function put(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
}

realTest('every script we write is clean to shellcheck', ['shellcheck'], async () => {
  await config();
  const scripts = [
    'class/60-detect-XenServer',
    'class/70-XENPV-no-GRUB_PC',
    'scripts/XENSERVER/10-console',
    'scripts/XENPV/20-pygrub',
    'hooks/instsoft.XENPV',
    'files/etc/initramfs-tools/scripts/init-top/xenserver-disk-root/XENPV',
    'files/boot/grub/menu.lst/preinst',
    'files/boot/grub/menu.lst/postinst',
    'files/etc/kernel/postinst.d/zz-xenserver-pygrub/XENPV',
  ];
  const ran = await run('shellcheck', scripts, { cwd: space });
  expect(ran).toEqual({ code: 0, out: '', err: '' });
});

/** Boot messages as kernels print them, and what else a guest shows. */
const guests: Readonly<Record<string, { dmesg: string; sys?: Readonly<Record<string, string>>; classes: string }>> = {
  'PV, the page’s kernel': { dmesg: 'Booting paravirtualized kernel on Xen', classes: 'XENSERVER XENPV' },
  'PV with PVH extensions': {
    dmesg: 'Booting paravirtualized kernel with PVH extensions on Xen',
    classes: 'XENSERVER XENPV',
  },
  'PV, 6.1': { dmesg: 'Booting kernel on Xen PV', classes: 'XENSERVER XENPV' },
  'PV, Debian’s -xen kernel': {
    dmesg: 'Xen virtual console successfully installed as hvc0',
    classes: 'XENSERVER XENPV',
  },
  'HVM, by its ACPI': { dmesg: 'ACPI: XSDT 000000007fff (v01 Xen HVM)', classes: 'XENSERVER XENHVM' },
  'HVM with PV drivers': { dmesg: 'Booting paravirtualized kernel on Xen HVM', classes: 'XENSERVER XENHVM' },
  'HVM, newer': { dmesg: 'Hypervisor detected: Xen HVM', classes: 'XENSERVER XENHVM' },
  'PV, dmesg forbidden': { dmesg: '', sys: { 'hypervisor/guest_type': 'PV' }, classes: 'XENSERVER XENPV' },
  'HVM, dmesg forbidden': { dmesg: '', sys: { 'hypervisor/guest_type': 'HVM' }, classes: 'XENSERVER XENHVM' },
  'PV, only the type': { dmesg: '', sys: { 'hypervisor/type': 'xen' }, classes: 'XENSERVER XENPV' },
  'HVM, only the type': {
    dmesg: '',
    sys: { 'hypervisor/type': 'xen', 'firmware/acpi/tables/DSDT': '' },
    classes: 'XENSERVER XENHVM',
  },
  KVM: { dmesg: 'Booting paravirtualized kernel on KVM\nHypervisor detected: KVM', classes: '' },
  'bare metal': { dmesg: 'ACPI: XSDT 00000000 (v01 DELL)', classes: '' },
};

realTest(
  'the class script under the real fai-class, for every kind of guest',
  [downloads.faiClass, 'bash'],
  async () => {
    await config();
    // Sites set GRUB_PC for every machine.
    put(join(space, 'class/60-misc'), '#!/bin/sh\necho GRUB_PC\n', 0o755);
    const found: Record<string, string> = {};
    for (const [name, { dmesg, sys = {} }] of Object.entries(guests)) {
      const place = join(folder, `guest-${Object.keys(found).length}`);
      put(join(place, 'bin/dmesg'), `#!/bin/sh\ncat <<'EOF'\n${dmesg}\nEOF\n`, 0o755);
      put(join(place, 'bin/systemd-detect-virt'), '#!/bin/sh\necho none\nexit 1\n', 0o755);
      for (const [path, text] of Object.entries(sys)) put(join(place, 'sys', path), text);
      mkdirSync(join(place, 'log'));
      const list = join(place, 'log/FAI_CLASSES');
      const ran = await run(
        'bash',
        [downloads.faiClass, '-T', '-t', join(place, 'log'), join(space, 'class'), list],
        {
          env: {
            LOGDIR: join(place, 'log'),
            HOSTNAME: 'demohost',
            XENSERVER_SYS: join(place, 'sys'),
            PATH: `${join(place, 'bin')}:${process.env['PATH']}`,
          },
        },
      );
      expect([name, ran.code, ran.err]).toEqual([name, 0, '']);
      found[name] = readFileSync(list, 'utf8').trim().split(/\s+/).join(' ');
    }
    const wanted = Object.fromEntries(
      Object.entries(guests).map(([name, { classes }]) => {
        const grub = classes.includes('XENPV') ? '' : 'GRUB_PC';
        return [name, ['DEFAULT', classes, grub, 'demohost', 'LAST'].filter((word) => word !== '').join(' ')];
      }),
    );
    expect(found).toEqual(wanted);
  },
);

const rootPrograms =
  'bash sed grep dpkg awk cat cp rm mv ls tr cut uname readlink stat mktemp basename dirname expr chmod mkdir sort head sleep find'.split(
    ' ',
  );

/** A root with just enough in it for update-grub: its shell programs with their libraries, and a grub-probe that answers. */
async function smallRoot(name: string, kernels: readonly string[]): Promise<string> {
  const root = join(folder, name);
  mkdirSync(join(root, 'usr/bin'), { recursive: true });
  for (const program of rootPrograms) {
    const path = realpathSync(programPath(program));
    copyFileSync(path, join(root, 'usr/bin', program));
    const libraries = (await run('ldd', [path])).out.matchAll(/(\/\S+\.so\S*)/g);
    for (const [library] of libraries) {
      if (!existsSync(join(root, library))) {
        mkdirSync(dirname(join(root, library)), { recursive: true });
        copyFileSync(library, join(root, library));
      }
    }
  }
  mkdirSync(join(root, 'bin'));
  for (const program of ['bash', 'sh', 'ls'])
    symlinkSync(`../usr/bin/${program === 'sh' ? 'bash' : program}`, join(root, 'bin', program));
  mkdirSync(join(root, 'tmp'));
  put(join(root, 'dev/null'), '');
  chmodSync(join(root, 'dev/null'), 0o666);
  put(
    join(root, 'usr/sbin/grub-probe'),
    `#!/bin/sh
for word in "$@"; do case $word in device|drive|abstraction|fs_uuid|fs) t=$word ;; --target=*) t=\${word#--target=} ;; esac; done
case $t in device) echo /dev/xvda1 ;; drive) echo '(hd0,0)' ;; fs) echo ext2 ;; fs_uuid) echo 0000-0000 ;; *) echo ;; esac
`,
    0o755,
  );
  for (const version of kernels) {
    put(join(root, `boot/vmlinuz-${version}`), `kernel ${version}`);
    put(join(root, `boot/initrd.img-${version}`), `initrd ${version}`);
  }
  put(join(root, 'etc/fstab'), '# fstab\n/dev/xvda1 / ext3 defaults 0 1\n/dev/xvda5 none swap sw 0 0\n');
  return root;
}

/** The root as pygrub sees it from dom0. */
async function boot(root: string): Promise<{ kernel: string; initrd: string; args: string }> {
  const image = `${root}.img`;
  await must('truncate', ['-s', '96M', image]);
  await must('mkfs.ext3', ['-q', '-F', '-d', root, image]);
  const out = `${root}-out`;
  mkdirSync(out, { recursive: true });
  const said = await must(pygrubPath, ['-q', '--output-format=simple', `--output-directory=${out}`, image]);
  const value = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(said)?.[1] ?? '';
  return {
    kernel: readFileSync(value('kernel'), 'utf8'),
    initrd: readFileSync(value('ramdisk'), 'utf8'),
    args: value('args').trim(),
  };
}

/** One of our scripts as FAI runs it. */
function fai(script: string, root: string, log: string): Promise<Ran> {
  return run('bash', [join(space, script)], {
    env: {
      FAI: space,
      LOGDIR: log,
      target: root,
      ROOTCMD: `chroot ${root}`,
      // The folder of this run is not there in the new system.
      TMPDIR: '/tmp',
      classes: 'DEFAULT XENSERVER XENPV demohost LAST',
      LC_ALL: 'C',
      PATH: `${dirname(downloads.fcopy)}:${process.env['PATH']}`,
    },
  });
}

/** What fcopy (Perl), our hooks in a root, and the image of it take. */
const bootNeeds = [downloads.fcopy, 'perl', ...rootPrograms, 'ldd', 'chroot', 'truncate', 'mkfs.ext3', pygrubPath];
const legacyNeeds = [...bootNeeds, downloads.updateGrub];

realTest(
  'fai-files -> fcopy -> update-grub -> image -> pygrub: the newest kernel with the root of disk_var.sh',
  legacyNeeds,
  async () => {
    await config();
    const root = await smallRoot('legacy', ['2.6.26-2-686', '2.6.32-4-686-bigmem']);
    cpSync(join(downloads.grubLegacy, 'usr/sbin'), join(root, 'usr/sbin'), { recursive: true });
    // grub-common brings it along: that alone makes no guest with grub2.
    put(join(root, 'usr/sbin/grub-mkconfig'), '#!/bin/sh\n', 0o755);
    put(join(root, 'boot/grub/default'), '0');
    put(
      join(root, 'boot/grub/grub.cfg'),
      'menuentry "stale" {\n linux /boot/vmlinuz-2.6.26-2-686 root=/dev/hda1\n}\n',
    );
    const log = join(folder, 'log-legacy');
    put(
      join(log, 'disk_var.sh'),
      'ROOT_PARTITION=/dev/xvda1\nBOOT_PARTITION=/dev/xvda1\nBOOT_DEVICE="/dev/xvda"\nSWAPLIST="/dev/xvda5"\n',
    );
    const ran = await fai('scripts/XENPV/20-pygrub', root, log);
    expect(ran.err).not.toContain('ERROR');
    expect(ran.code).toBe(0);
    expect(await boot(root)).toEqual({
      kernel: 'kernel 2.6.32-4-686-bigmem',
      initrd: 'initrd 2.6.32-4-686-bigmem',
      args: 'root=/dev/xvda1 ro console=hvc0',
    });
    // The same said by check, with the files of the root in view.
    const check = await xenfai(null, ['check', '--disk-config', root, '--json']);
    expect(check).toMatchObject({ code: 0, json: { findings: [] } });
    expect(check.json.diskConfig[0]).toMatchObject({
      file: 'menu.lst',
      entry: { kernel: '/boot/vmlinuz-2.6.32-4-686-bigmem' },
    });

    // A softupdate runs it once more; and a kernel that is gone is no entry any longer.
    expect((await fai('scripts/XENPV/20-pygrub', root, log)).code).toBe(0);
  },
);

realTest('a hook that cannot do its work makes fcopy fail, and FAI hears of it', legacyNeeds, async () => {
  await config();
  const root = await smallRoot('empty', []);
  const log = join(folder, 'log-empty');
  // No update-grub in the guest: the status goes all the way up.
  put(join(log, 'disk_var.sh'), 'ROOT_PARTITION=/dev/xvda1\n');
  expect((await fai('scripts/XENPV/20-pygrub', root, log)).code).not.toBe(0);
  // No root in disk_var.sh.
  put(join(log, 'disk_var.sh'), 'SWAPLIST=x\n');
  const ran = await fai('scripts/XENPV/20-pygrub', root, log);
  expect(ran.code).not.toBe(0);
  expect(
    existsSync(join(root, 'boot/grub/menu.lst')) &&
      readFileSync(join(root, 'boot/grub/menu.lst'), 'utf8').includes('#ROOT'),
  ).toBe(false);
});

realTest('a guest with grub2 gets both files, and both boot the same', bootNeeds, async () => {
  await config('trixie');
  const root = await smallRoot('grub2', ['6.1.0-50-amd64', '6.12.1-amd64']);
  put(join(root, 'usr/sbin/grub-mkconfig'), '#!/bin/sh\n', 0o755);
  // An old kernel somebody kept is no entry.
  put(join(root, 'boot/vmlinuz-9.0.bak'), 'kept');
  const log = join(folder, 'log-grub2');
  mkdirSync(log);
  const ran = await fai('scripts/XENPV/20-pygrub', root, log);
  expect([ran.code, ran.err]).toEqual([0, '']);
  const wanted = {
    kernel: 'kernel 6.12.1-amd64',
    initrd: 'initrd 6.12.1-amd64',
    args: 'root=/dev/xvda1 ro console=hvc0',
  };
  expect(await boot(root)).toEqual(wanted);
  const check = await xenfai(null, ['check', '--disk-config', root, '--json']);
  expect(check.json.findings).toEqual([]);
  expect(new Set(check.json.diskConfig.map((view: { file: string }) => view.file))).toEqual(
    new Set(['menu.lst', 'grub.cfg']),
  );
  expect(statSync(join(root, 'etc/kernel/postinst.d/zz-xenserver-pygrub')).mode & 0o111).not.toBe(0);
});

realTest('a hook the site has already goes on working for other machines', [downloads.fcopy, 'perl'], async () => {
  const place = join(space, 'files/boot/grub/menu.lst');
  const site =
    '#! /bin/bash\n\nerror=0 ; trap "error=$((error|1))" ERR\n\necho "site $1" >> "$LOGDIR/site"\nexit $error\n';
  put(join(place, 'postinst'), site, 0o755);
  await config();
  const merged = readFileSync(join(place, 'postinst'), 'utf8');
  expect(merged.startsWith('#! /bin/bash\n# >>> xenfai')).toBe(true);
  // Without our lines every byte is as it was.
  expect(merged.replace(/# >>> xenfai.*# <<< xenfai\n/s, '')).toBe(site);
  put(join(place, 'GRUB'), 'menu of the site\n');
  const root = join(folder, 'other');
  const log = join(folder, 'log-other');
  mkdirSync(log);
  const ran = await run(downloads.fcopy, ['-v', '-m', '0,0,0644', '/boot/grub/menu.lst'], {
    env: { FAI: space, LOGDIR: log, target: root, classes: 'DEFAULT GRUB demohost LAST' },
  });
  expect(ran).toMatchObject({ code: 0 });
  expect(readFileSync(join(log, 'site'), 'utf8')).toBe('site GRUB\n');
  expect(readFileSync(join(root, 'boot/grub/menu.lst'), 'utf8')).toBe('menu of the site\n');
});

realTest(
  "the script that keeps to the disk's root is in place before a kernel is installed",
  [downloads.fcopy, 'perl'],
  async () => {
    await config();
    const root = join(folder, 'before-kernel');
    const log = join(folder, 'log-before-kernel');
    mkdirSync(log);
    expect((await fai('hooks/instsoft.XENPV', root, log)).code).toBe(0);
    expect(statSync(join(root, 'etc/initramfs-tools/scripts/init-top/xenserver-disk-root')).mode & 0o777).toBe(0o755);
    // Without its folder update-grub fails, and the kernel's package with it.
    expect(readFileSync(join(root, 'boot/grub/device.map'), 'utf8')).toBe('(hd0) /dev/xvda\n');
  },
);
