import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { netbootFolder } from '../boot/methods/eliloader.ts';
import { limits } from '../limits/limits.ts';
import { readIfThere } from '../settings/given-file.ts';
import { shellWord } from '../text/shell.ts';
import { remoteOf } from './ssh.ts';

/** One thing to do on the FAI server. `done` null: it cannot be seen from here. */
export interface Step {
  readonly text: string;
  readonly command: readonly string[];
  readonly done: boolean | null;
}

export interface StepOptions {
  readonly folder: string;
  readonly release: string;
  readonly arch: string;
  readonly repository: string;
  /** The repository's folder, for stage. */
  readonly root?: string;
  readonly nfsroot?: string;
  readonly etc?: string;
}

const text = (path: string): Promise<string | null> => readIfThere(path, limits.staging.configFile);
const names = (path: string): Promise<string[] | null> => readdir(path).catch(() => null);

/** The page's "FAI setup", in order, each with what can be seen of it on this machine. */
export async function nextSteps(options: StepOptions): Promise<Step[]> {
  const { folder, release, arch, repository, root, nfsroot = '/srv/fai/nfsroot', etc = '/etc/fai' } = options;
  const place = root ?? 'ROOT-OF-THE-REPOSITORY';
  const sources = await text(join(etc, 'apt/sources.list'));
  const packages = await text(join(etc, 'NFSROOT'));
  const wanted =
    (await text(join(folder, 'xenserver/NFSROOT')))?.match(/^linux-image\S*/m)?.[0] ?? 'linux-image-2.6-xen';
  // FAI 3 keeps its system below live/filesystem.dir.
  const inner = join(nfsroot, 'live/filesystem.dir');
  const system = (await names(join(nfsroot, 'boot'))) === null && (await names(inner)) !== null ? inner : nfsroot;
  const boot = await names(join(system, 'boot'));
  const kernels = boot?.filter((name) => name.startsWith('vmlinuz-')) ?? null;
  const local = root === undefined || remoteOf(root) !== null ? null : join(root, netbootFolder({ release, arch }));
  const stage = `xenfai stage --nfsroot ${shellWord(nfsroot)} --root ${shellWord(place)} --release ${release} --arch ${arch} --url ${shellWord(repository)}`;
  return [
    {
      text: `your archive in ${etc}/apt/sources.list`,
      command: [
        `cat ${shellWord(join(folder, 'xenserver/sources.list'))} >> ${shellWord(join(etc, 'apt/sources.list'))}`,
      ],
      done: sources?.split('\n').some((line) => /^\s*deb\s/.test(line) && line.includes(repository)) ?? null,
    },
    {
      text: `the kernel in ${etc}/NFSROOT`,
      command: [
        `cat ${shellWord(join(folder, 'xenserver/NFSROOT'))} >> ${shellWord(join(etc, 'NFSROOT'))}   # and take other kernels out`,
      ],
      done: packages?.split('\n').some((line) => line.trim().split(/\s+/).includes(wanted)) ?? null,
    },
    {
      text: 'the nfsroot built with it',
      // FAI 4 renamed the command; and an nfsroot that is there wants -f since.
      command: [
        'if command -v fai-make-nfsroot >/dev/null; then fai-make-nfsroot -v -f; else make-fai-nfsroot -v; fi',
      ],
      done: kernels === null ? null : kernels.length === 1 && (await builtFor(system, kernels[0] ?? '')),
    },
    {
      text: 'its kernel and initrd in the repository',
      command: [stage],
      done: local === null ? null : await staged(local, system, kernels?.[0]),
    },
  ];
}

/** One kernel, its initrd, and its modules. */
async function builtFor(nfsroot: string, kernel: string): Promise<boolean> {
  const version = kernel.slice('vmlinuz-'.length);
  const modules = (await names(join(nfsroot, 'lib/modules'))) ?? [];
  return (
    modules.includes(version) &&
    (await stat(join(nfsroot, 'boot', `initrd.img-${version}`)).catch(() => null)) !== null
  );
}

/** The same files as those of the nfsroot, by their sizes; what they hold is for check. */
async function staged(folder: string, system: string, kernel: string | undefined): Promise<boolean> {
  if (kernel === undefined) return false;
  const size = async (path: string): Promise<number | null> => (await stat(path).catch(() => null))?.size ?? null;
  const pairs = [
    [join(folder, 'vmlinuz'), join(system, 'boot', kernel)],
    [join(folder, 'initrd.gz'), join(system, 'boot', kernel.replace('vmlinuz-', 'initrd.img-'))],
  ] as const;
  const sizes = await Promise.all(pairs.map(async ([there, here]) => [await size(there), await size(here)] as const));
  return sizes.every(([there, here]) => there !== null && there === here);
}
