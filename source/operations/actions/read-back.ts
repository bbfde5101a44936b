import { exit } from '../../problem/exit.ts';
import { fail } from '../../problem/problem.ts';
import { xe } from '../../text/shell.ts';
import type { VmRecord } from '../../xapi/records.ts';
import type { KeyMap, TextField, Wants } from '../plan.ts';
import { type ActionKind, nothingToUndo, selfOf } from './action.ts';
import { readRecord, setField, setKey } from './record.ts';

const shortNames: Readonly<Record<string, string>> = {
  PV_bootloader: 'bootloader',
  PV_bootloader_args: 'loader-args',
  PV_args: 'args',
  'install-distro': 'distro',
  'install-repository': 'repository',
  'debian-release': 'release',
  'install-arch': 'arch',
  'install-round': 'round',
};

const textFields: readonly TextField[] = [
  'PV_bootloader',
  'PV_bootloader_args',
  'PV_args',
  'name_description',
  'domain_type',
];

/** Reads everything back. What differs is written again (repair) or is an error: somebody else is at work. */
export const readBackKind: ActionKind<'read-back'> = {
  describe: ({ repair }, { uuid, kind }) => ({
    step: repair ? 'read back, write again what was lost' : 'read back',
    before: '',
    after: '',
    xe: [xe(`${kind}-param-list`, { uuid })],
    undo: [],
  }),
  async perform({ wants, repair }, bench) {
    const { session, progress } = bench;
    const self = selfOf(bench);
    for (let round = 0; ; round += 1) {
      const record = await readRecord(session, self);
      const { fields, keys } = differing(record, wants);
      if (fields.length === 0 && keys.length === 0) {
        progress.seen = record;
        return;
      }
      const names = [...fields.map(([name]) => name), ...keys.map(([, key]) => key)].map(
        (name) => shortNames[name] ?? name,
      );
      if (!repair || round > 0) notKept(names);
      for (const [name, value] of fields) await setField(session, self, name, value);
      for (const [map, key, value] of keys)
        await setKey(session, self, key, value, record[map][key] !== undefined, map);
      progress.repaired.push(...names);
      progress.wrote = true;
    }
  },
  happened: () => Promise.resolve(false),
  repeatable: true,
  undo: nothingToUndo,
};

function differing(record: VmRecord, wants: Wants) {
  const fields = textFields.flatMap((name): [TextField, string][] => {
    const wanted = wants.fields[name];
    return wanted === undefined || record[name] === wanted ? [] : [[name, wanted]];
  });
  const keysOf = (map: KeyMap, wanted: Wants['keys'] = {}) =>
    Object.entries(wanted).flatMap(([key, value]): [KeyMap, string, string | null][] =>
      (record[map][key] ?? null) === value ? [] : [[map, key, value]],
    );
  return { fields, keys: [...keysOf('other_config', wants.keys), ...keysOf('platform', wants.platform)] };
}

function notKept(names: readonly string[]): never {
  return fail({
    code: 'not-kept',
    exit: exit.hostError,
    message: `The host did not keep what was written: ${names.join(', ')}.`,
    cause: 'Another client changed the VM at the same moment.',
    try: ['Close its window in other clients.', { act: 'repeat' }],
  });
}
