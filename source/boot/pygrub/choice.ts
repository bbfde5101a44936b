import type { Finding } from '../../problem/finding.ts';
import type { XenVersion } from '../releases.ts';
import { atLeast } from '../version.ts';
import { readGrubCfg } from './grub-cfg.ts';
import type { Menu, MenuEntry } from './menu.ts';
import { readMenuLst } from './menu-lst.ts';

/** The boot menus of a guest's disk. Null: the file is not there. */
export interface BootMenus {
  readonly menuLst: string | null;
  readonly grubCfg: string | null;
}

/** What pygrub of a Xen makes of them. `entry` null: it boots nothing, `problem` says why. */
export interface PygrubChoice {
  readonly file: 'menu.lst' | 'grub.cfg' | null;
  readonly entry: MenuEntry | null;
  readonly entries: number;
  readonly problem: string | null;
}

/** menu.lst first up to 4.1, grub.cfg first from 4.2; 3.4 knows menu.lst only. The other is not tried. */
export function pygrubChoice({ menuLst, grubCfg }: BootMenus, xen: XenVersion): PygrubChoice {
  const grubCfgFirst = atLeast(xen, 4, 2);
  const knowsGrubCfg = atLeast(xen, 4, 0);
  if (grubCfg !== null && knowsGrubCfg && (grubCfgFirst || menuLst === null)) {
    return choice('grub.cfg', readGrubCfg(grubCfg, xen));
  }
  if (menuLst !== null) return choice('menu.lst', readMenuLst(menuLst, xen));
  const problem =
    grubCfg === null ? 'there is no menu.lst and no grub.cfg' : 'there is no menu.lst, and it knows no grub.cfg';
  return { file: null, entry: null, entries: 0, problem };
}

function choice(file: 'menu.lst' | 'grub.cfg', menu: Menu): PygrubChoice {
  if (!menu.ok) return { file, entry: null, entries: 0, problem: menu.problem };
  const entry = menu.entries[menu.chosen];
  const entries = menu.entries.length;
  if (entry === undefined) return { file, entry: null, entries, problem: 'it holds no entry' };
  if (entry.kernel === null) return { file, entry: null, entries, problem: `entry "${entry.title}" names no kernel` };
  return { file, entry, entries, problem: null };
}

/** Whether a file of the guest is there, where that can be seen; null where it cannot. */
export type FileThere = (path: string) => boolean | null;

/** Would the guest come up from its disk? Errors: no. */
export function pygrubFindings(menus: BootMenus, xen: XenVersion, there: FileThere): Finding[] {
  const { file, entry, problem } = pygrubChoice(menus, xen);
  const by = `pygrub of Xen ${xen.major}.${xen.minor}`;
  if (entry === null) {
    return [
      {
        severity: 'error',
        code: 'no-boot-entry',
        message: `${by} boots nothing${file === null ? '' : ` from ${file}`}: ${problem}.`,
        try: { act: 'fai-files', note: 'writes hooks that run update-grub in the guest' },
      },
    ];
  }
  return [...fileFindings(entry, by, there), ...argsFindings(entry), ...staleFindings(menus, entry, xen)];
}

function* fileFindings(entry: MenuEntry, by: string, there: FileThere): Generator<Finding> {
  for (const path of [entry.kernel, entry.initrd]) {
    if (path === null || there(path) !== false) continue;
    yield {
      severity: 'error',
      code: 'boot-file-missing',
      message: `${by} would look for ${path}, which is not there.`,
      try: 'Run update-grub in the guest.',
    };
  }
  if (/(^|\/)xen[^/]*(\.gz)?$/.test(entry.kernel ?? '')) {
    yield {
      severity: 'error',
      code: 'boots-xen',
      message: `Entry "${entry.title}" starts a hypervisor, not a kernel: a guest cannot run one.`,
      try: 'Make the entry of the kernel alone the default.',
    };
  }
}

/** pygrub hands on what stands there, letter by letter. */
function* argsFindings({ title, args, kernel, initrd }: MenuEntry): Generator<Finding> {
  const left = /#[A-Za-z_]+#/.exec([args, kernel, initrd].join(' '))?.[0];
  if (left !== undefined) {
    yield {
      severity: 'error',
      code: 'word-left',
      message: `"${left}" was not filled in: the kernel would get it as it stands.`,
      try: 'The hook of menu.lst did not run: is it executable?',
    };
  }
  const words = args.split(/\s+/);
  if (!words.some((word) => word.startsWith('root='))) {
    yield {
      severity: 'error',
      code: 'no-root',
      message: `Entry "${title}" has no root=: the kernel finds no root file system.`,
      try: 'Put root=/dev/xvda1 into kopt of menu.lst and run update-grub.',
    };
  }
  if (!words.some((word) => word.startsWith('console=hvc0'))) {
    yield {
      severity: 'warning',
      code: 'no-console',
      message: `Entry "${title}" has no console=hvc0: the console of the guest may stay dark.`,
      try: 'Put console=hvc0 into kopt of menu.lst and run update-grub.',
    };
  }
}

/** Both files, and they say different things: which one counts changes with the host. */
function* staleFindings({ menuLst, grubCfg }: BootMenus, entry: MenuEntry, xen: XenVersion): Generator<Finding> {
  if (menuLst === null || grubCfg === null) return;
  const first = atLeast(xen, 4, 2);
  const other = first
    ? pygrubChoice({ menuLst, grubCfg: null }, xen)
    : pygrubChoice({ menuLst: null, grubCfg }, { major: 4, minor: 17 });
  if (other.entry?.kernel === entry.kernel && other.entry?.args.trim() === entry.args.trim()) return;
  yield {
    severity: 'warning',
    code: 'stale-menu',
    message: `There are menu.lst and grub.cfg, and they boot different things: Xen before 4.2 reads menu.lst, later ones grub.cfg.`,
    try: { act: 'fai-files', note: 'writes a hook that keeps both; or remove the one that nobody keeps' },
  };
}
