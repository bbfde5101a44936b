import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import {
  type BootMenus,
  type FileThere,
  type PygrubChoice,
  pygrubChoice,
  pygrubFindings,
} from '../boot/pygrub/choice.ts';
import { diskConfigFindings, isDiskConfig } from '../boot/pygrub/disk-config.ts';
import { knownReleases, releaseXen, type XenVersion } from '../boot/releases.ts';
import { limits } from '../limits/limits.ts';
import type { Advice } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import type { Finding } from '../problem/finding.ts';
import { fail } from '../problem/problem.ts';
import { lookAt, readGiven, readIfThere, unreadText } from '../settings/given-file.ts';
import { cleanLine } from '../text/clean.ts';

/** What pygrub of one Xen would boot. */
export interface BootView extends PygrubChoice {
  readonly xen: string;
  readonly releases: readonly string[];
}

export interface DiskCheck {
  readonly views: readonly BootView[];
  readonly findings: readonly Finding[];
}

type Disk =
  | { readonly kind: 'menus'; readonly menus: BootMenus; readonly there: FileThere }
  | { readonly kind: 'disk-config'; readonly text: string };

/**
 * What a guest's disk would boot: a menu.lst or grub.cfg (the other one beside it is seen, too), a whole root, or a
 * file of disk_config/. `xen` null: every known release is asked; what is wrong for some of them only is a warning.
 */
export async function checkDisk(path: string, xen: XenVersion | null, signal: AbortSignal): Promise<DiskCheck> {
  const disk = await readDisk(path, signal);
  const asked = groups().filter(
    (group) => xen === null || (group.xen.major === xen.major && group.xen.minor === xen.minor),
  );
  const wanted = asked.length > 0 || xen === null ? asked : [{ xen, releases: [] }];
  const views =
    disk.kind === 'disk-config'
      ? []
      : wanted.map((group) => ({
          ...pygrubChoice(disk.menus, group.xen),
          xen: `${group.xen.major}.${group.xen.minor}`,
          releases: group.releases,
        }));
  const all = wanted.map((group) =>
    disk.kind === 'menus'
      ? pygrubFindings(disk.menus, group.xen, disk.there)
      : diskConfigFindings(disk.text, group.xen),
  );
  return { views, findings: together(all) };
}

/** Releases with the same hypervisor read menus alike. */
function groups(): { xen: XenVersion; releases: string[] }[] {
  const found = new Map<string, { xen: XenVersion; releases: string[] }>();
  for (const release of knownReleases) {
    const xen = releaseXen(release);
    const key = `${xen.major}.${xen.minor}`;
    const group = found.get(key) ?? { xen, releases: [] };
    group.releases.push(release);
    found.set(key, group);
  }
  return [...found.values()];
}

/** The same words from several are one finding; an error that not all have in one form or another is a warning. */
function together(all: readonly (readonly Finding[])[]): Finding[] {
  const found = new Map<string, Finding>();
  // The message names the Xen where it matters.
  for (const finding of all.flat())
    found.set(`${finding.code} ${finding.message.replace(/Xen \d+\.\d+/, 'Xen')}`, finding);
  const everywhere = (code: string): boolean =>
    all.every((findings) => findings.some((finding) => finding.code === code));
  return [...found.values()].map((finding) =>
    finding.severity === 'error' && !everywhere(finding.code) ? { ...finding, severity: 'warning' } : finding,
  );
}

async function readDisk(path: string, signal: AbortSignal): Promise<Disk> {
  const unread = (error: unknown): never => {
    signal.throwIfAborted();
    return refuse(`${path} cannot be read: ${unreadText(error)}.`, { shell: ['ls', '-ld', resolve(path)] });
  };
  if (path !== '-') {
    const there = await lookAt(path).catch(unread);
    if (there.isDirectory()) return readRoot(path);
    if (there.size > limits.staging.bootMenu) return refuse(tooLarge(path));
  }
  const text = await readGiven(path, limits.staging.bootMenu, signal).catch(unread);
  if (isDiskConfig(text)) return { kind: 'disk-config', text };
  const own =
    /^[ \t]*(menuentry|submenu|set[ \t]+default)\b/m.test(text) || basename(path) === 'grub.cfg'
      ? 'grubCfg'
      : 'menuLst';
  const other = await readBeside(join(dirname(path), own === 'grubCfg' ? 'menu.lst' : 'grub.cfg'));
  const menus = own === 'grubCfg' ? { menuLst: other, grubCfg: text } : { menuLst: text, grubCfg: other };
  return { kind: 'menus', menus, there: () => null };
}

const tooLarge = (path: string): string => `${path} is too large for a boot menu: pygrub reads 1 MiB.`;

/** A menu that nobody named: null unless it is a file that can be read. */
async function readBeside(path: string): Promise<string | null> {
  const about = await stat(path).catch(() => null);
  if (about === null || !about.isFile()) return null;
  if (about.size > limits.staging.bootMenu) return refuse(tooLarge(path));
  return readIfThere(path, limits.staging.bootMenu);
}

async function readRoot(root: string): Promise<Disk> {
  const read = async (name: string): Promise<string | null> => {
    for (const folder of ['boot/grub', 'grub']) {
      const text = await readBeside(join(root, folder, name));
      if (text !== null) return text;
    }
    return null;
  };
  const menus = { menuLst: await read('menu.lst'), grubCfg: await read('grub.cfg') };
  const files = new Map<string, boolean>();
  const paths = [...(menus.menuLst ?? '').matchAll(/\/\S+/g), ...(menus.grubCfg ?? '').matchAll(/\/\S+/g)];
  for (const [file] of paths.slice(0, limits.staging.bootFiles)) {
    // With /boot on a partition of its own its files are named from its top.
    const places = [join(root, file), join(root, 'boot', file)];
    const found = await Promise.all(places.map((path) => stat(path).catch(() => null)));
    files.set(
      file,
      found.some((one) => one !== null),
    );
  }
  return { kind: 'menus', menus, there: (file) => files.get(file) ?? null };
}

const refuse = (message: string, advice?: Advice): never =>
  fail({
    code: 'disk-config',
    exit: exit.usage,
    message,
    ...(advice === undefined ? {} : { try: [advice] }),
  });

/** One line for each hypervisor that comes to another end. */
export function bootLines(views: readonly BootView[]): string[] {
  const groups = new Map<string, BootView[]>();
  for (const view of views) {
    const what =
      view.entry === null
        ? `nothing: ${view.problem}`
        : `"${view.entry.title}" of ${view.file}: ${view.entry.kernel} ${view.entry.args}`;
    groups.set(what, [...(groups.get(what) ?? []), view]);
  }
  return [...groups].flatMap(([what, some]) => [
    `Xen ${some.map(({ xen }) => xen).join(', ')} (XenServer ${some.flatMap(({ releases }) => releases).join(', ')}) boots`,
    `      ${cleanLine(what)}`,
  ]);
}
