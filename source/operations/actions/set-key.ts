import { printShell, type ShellLine, xe } from '../../text/shell.ts';
import { formatBytes } from '../../text/sizes.ts';
import { provisionDisks } from '../disks-xml.ts';
import type { KeyMap } from '../plan.ts';
import { type ActionKind, type Subject, selfOf, theirChange } from './action.ts';
import { readRecord, setKey } from './record.ts';

const usual: KeyMap = 'other_config';

export const setKeyKind: ActionKind<'set-key'> = {
  describe({ map = usual, key, before, after }, { uuid, kind }) {
    const param = map.replace('_', '-');
    const change = (value: string | null) =>
      value === null
        ? xe(`${kind}-param-remove`, { uuid, 'param-name': param, 'param-key': key })
        : xe(`${kind}-param-set`, { uuid, [`${param}:${key}`]: value });
    // A template's storage is given to the VM that is made of it, and that is xe's own affair.
    const places = key === 'disks' && kind === 'vm';
    const shown = (value: string | null): string => (key === 'disks' ? disksText(value) : (value ?? ''));
    const name = map === usual ? key : `${map}:${key}`;
    return {
      step: after === null ? `remove ${name}` : `set ${name}`,
      before: shown(before),
      after: shown(after),
      xe: places ? resizing(before, after, uuid) : [change(after)],
      undo: places ? [] : [change(before)],
    };
  },
  perform: ({ map, key, before, after }, bench) =>
    setKey(bench.session, selfOf(bench), key, after, before !== null, map),
  async happened({ map = usual, key, after }, bench) {
    return ((await readRecord(bench.session, selfOf(bench)))[map][key] ?? null) === after;
  },
  repeatable: true,
  async undo({ map = usual, key, before, after }, bench) {
    const now = (await readRecord(bench.session, selfOf(bench)))[map][key] ?? null;
    if (now === before) return null;
    // Absent is ours, too: a replacement that stopped between removing and adding.
    if (now !== after && now !== null) return theirChange;
    await setKey(bench.session, selfOf(bench), key, before, true, map);
    return null;
  },
};

/** vm-install puts the storage into the key and makes the disks as the template has them: what is left is their size. */
function resizing(before: string | null, after: string | null, uuid: Subject['uuid']): ShellLine[] {
  const sizes = new Map(provisionDisks(before ?? '').map(({ device, size }) => [device, size]));
  return provisionDisks(after ?? '').flatMap(({ device, size }): ShellLine[] => {
    if (sizes.get(device) === size) return [];
    const find: ShellLine = xe('vbd-list', { 'vm-uuid': uuid, userdevice: device, params: 'vdi-uuid' });
    const disk = { plain: `uuid="$(${printShell(find)} --minimal)"` };
    return [{ shell: ['xe', 'vdi-resize', disk, { set: 'disk-size', to: String(size) }] }];
  });
}

/** The `disks` key is XML of the template; what changes in it for people is where the disks go, and how large. */
function disksText(xml: string | null): string {
  return provisionDisks(xml ?? '')
    .map(({ device, size, sr }) => {
      const place = sr === '' ? 'no storage' : `storage ${sr}`;
      return `disk ${device}, ${formatBytes(size)}, on ${place}`;
    })
    .join('; ');
}
