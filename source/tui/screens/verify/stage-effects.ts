import { stat } from 'node:fs/promises';
import { exit } from '../../../problem/exit.ts';
import { errorsOf } from '../../../problem/finding.ts';
import { fail } from '../../../problem/problem.ts';
import { prepareStage } from '../../../staging/netboot-files.ts';
import { repairFinding } from '../../../staging/repairs.ts';
import type { StageSource } from '../../../staging/source.ts';
import { placeAt } from '../../../staging/ssh.ts';
import { fileWriter } from '../../../staging/writer.ts';
import type { Work } from '../../app/world.ts';
import type { VerifyCommand, VerifyEvent } from './state.ts';

/** Puts the netboot files into the repository, judged by the hypervisor of this host. ssh must need no answer. */
export async function stage(
  request: VerifyCommand & { readonly do: 'stage' },
  { world, signal, dispatch }: Work<VerifyEvent>,
): Promise<void> {
  const { release, arch, initrd } = request;
  const { xen } = await world.host().facts();
  const source = await sourceOf(request.source);
  const staging = await prepareStage({
    source,
    release,
    arch,
    xen,
    signal,
    pool: false,
    repack: false,
    initrd: initrd === '' ? null : initrd,
  });
  const [first, ...more] = errorsOf(staging.findings);
  if (first !== undefined) {
    fail({
      code: 'check-failed',
      exit: exit.checkFailed,
      message: `Nothing was put anywhere: ${first.message}`,
      ...(more.length === 0 ? {} : { cause: more.map(({ message }) => message).join(' ') }),
      try: [first, ...more].flatMap((finding) => finding.try ?? []),
    });
  }
  const place = placeAt(request.root, { writer: fileWriter({ readOnly: world.readOnly }), batch: true });
  const { placed, repairs } = await place.put(staging.netboot, signal);
  const lines = [
    ...repairs.map((repair) => repairFinding(repair).message),
    ...placed.map(({ path, sha256 }) => `${path} below ${place.name}  sha256 ${sha256}`),
  ];
  dispatch({ type: 'staged', lines, changed: placed.some(({ changed }) => changed) });
}

/** What a person typed, by what it is: a folder is an nfsroot. */
async function sourceOf(text: string): Promise<StageSource> {
  const there = await stat(text).catch(() => null);
  if (there?.isDirectory()) return { from: 'nfsroot', folder: text };
  if (/\.deb$/i.test(text)) return { from: 'deb', file: text };
  if (/\.iso$/i.test(text)) return { from: 'iso', file: text };
  return { from: 'files', kernel: text };
}
