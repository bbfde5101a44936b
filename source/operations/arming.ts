import { markKeys, readMark, staleMarks } from '../boot/marks.ts';
import type { NetbootPaths } from '../boot/methods/eliloader.ts';
import { takesLoaderArgs } from '../boot/methods/eliloader-line.ts';
import type { Loader } from '../boot/releases.ts';
import type { VmRecord } from '../xapi/records.ts';
import type { Action, MarkFields, Wants } from './plan.ts';
import { writesFor } from './writes.ts';

export interface ArmingValues {
  readonly repository: string;
  readonly release: string;
  readonly arch: string;
  readonly args: string;
  /** install-distro=pygrub: the loader's way by paths. */
  readonly paths?: NetbootPaths | undefined;
}

/** Everything that must be true of a record for its next boot to run the installer; the page names two of it. */
export function armedWants(values: ArmingValues, record: VmRecord, loader: Loader): Wants {
  const { paths } = values;
  const loaderArgs = takesLoaderArgs(record.PV_bootloader_args, loader) ? {} : { PV_bootloader_args: '' };
  return {
    fields: { PV_bootloader: 'eliloader', PV_args: values.args, ...loaderArgs },
    keys: {
      'install-repository': values.repository,
      ...(paths === undefined
        ? { 'install-distro': 'debianlike', 'debian-release': values.release, 'install-arch': values.arch }
        : { 'install-distro': 'pygrub' }),
      'install-kernel': paths?.kernel ?? null,
      'install-ramdisk': paths?.ramdisk ?? null,
      'install-round': null,
    },
  };
}

/** What the mark of an arming keeps, so that the next one knows it. */
export function armedMark({ repository, release, arch, args, paths }: ArmingValues): MarkFields {
  const files = paths === undefined ? {} : { kernel: paths.kernel, initrd: paths.ramdisk };
  return { repository, release, arch, args, ...files };
}

/**
 * An arming as a whole: its mark first and what an earlier install left gone, so that whoever is stopped in the middle
 * leaves a VM that nobody calls installed; then what the loader reads, the bootloader last, so that a VM is never on
 * eliloader with the settings of another install. Nothing when it is armed so already.
 */
export function armingActions(record: VmRecord, values: ArmingValues, loader: Loader): Action[] {
  const wants = armedWants(values, record, loader);
  const writes = writesFor(record, wants);
  if (writes.length === 0 && isMarkedSo(record, armedMark(values)) && verdicts(record).length === 0) return [];
  const before = record.other_config[markKeys.armed] ?? null;
  return [
    {
      do: 'mark',
      name: 'armed',
      fields: armedMark(values),
      before,
      stale: staleMarks(record.other_config, record.uuid),
    },
    ...verdicts(record),
    ...writes,
    { do: 'read-back', wants, repair: false },
  ];
}

/** Takes away what an earlier install came to: it is not true of the next one. */
export const verdicts = (record: VmRecord): Action[] =>
  writesFor(record, { keys: { [markKeys.installed]: null, [markKeys.failed]: null }, fields: {} });

function isMarkedSo(record: VmRecord, wanted: MarkFields): boolean {
  const mark = readMark(record.other_config, 'armed', record.uuid);
  if (mark === null) return false;
  const fields = ['repository', 'release', 'arch', 'args', 'kernel', 'initrd'] as const;
  return fields.every((field) => (mark[field] ?? '') === (wanted[field] ?? ''));
}
