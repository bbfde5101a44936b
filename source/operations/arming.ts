import type { NetbootPaths } from '../boot/methods/eliloader.ts';
import type { VmRecord } from '../xapi/records.ts';
import type { Action, MarkFields, Wants } from './plan.ts';

export interface ArmingValues {
  readonly repository: string;
  readonly release: string;
  readonly arch: string;
  readonly args: string;
  /** install-distro=pygrub: the loader's way by paths. */
  readonly paths?: NetbootPaths | undefined;
}

/** Everything that must be true of a record for its next boot to run the installer; the page names two of it. */
export function armedWants(values: ArmingValues): Wants {
  const { paths } = values;
  return {
    fields: { PV_bootloader: 'eliloader', PV_args: values.args },
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
 * Only the writes that change something, in an order that is safe to stop in: the words first, the bootloader last,
 * so that a VM is never on eliloader with words of another install.
 */
export function writesFor(record: VmRecord, wants: Wants): Action[] {
  const keys = Object.entries(wants.keys)
    .map(([key, after]): Action & { do: 'set-key' } => ({
      do: 'set-key',
      key,
      before: record.other_config[key] ?? null,
      after,
    }))
    .filter(({ before, after }) => before !== after);
  const fields = (['PV_args', 'PV_bootloader'] as const).flatMap((field): Action[] => {
    const after = wants.fields[field];
    const before = record[field];
    return after === undefined || before === after ? [] : [{ do: 'set-field', field, before, after }];
  });
  return [...keys, ...fields];
}
