import { xe } from '../../text/shell.ts';
import { formatBytes } from '../../text/sizes.ts';
import { provisionDisks } from '../disks-xml.ts';
import { type ActionKind, selfOf, theirChange } from './action.ts';
import { readRecord, setKey } from './record.ts';

export const setKeyKind: ActionKind<'set-key'> = {
  describe({ key, before, after }, { uuid, kind }) {
    const change = (value: string | null) =>
      value === null
        ? xe(`${kind}-param-remove`, { uuid, 'param-name': 'other-config', 'param-key': key })
        : xe(`${kind}-param-set`, { uuid, [`other-config:${key}`]: value });
    const shown = (value: string | null): string => (key === 'disks' ? disksText(value) : (value ?? ''));
    return {
      step: after === null ? `remove ${key}` : `set ${key}`,
      before: shown(before),
      after: shown(after),
      // vm-install writes the disks itself.
      xe: key === 'disks' ? [] : [change(after)],
      undo: [change(before)],
    };
  },
  perform: ({ key, before, after }, bench) => setKey(bench.session, selfOf(bench), key, after, before !== null),
  async happened({ key, after }, bench) {
    return ((await readRecord(bench.session, selfOf(bench))).other_config[key] ?? null) === after;
  },
  repeatable: true,
  async undo({ key, before, after }, bench) {
    const now = (await readRecord(bench.session, selfOf(bench))).other_config[key] ?? null;
    if (now === before) return null;
    // Absent is ours, too: a replacement that stopped between removing and adding.
    if (now !== after && now !== null) return theirChange;
    await setKey(bench.session, selfOf(bench), key, before, true);
    return null;
  },
};

/** The `disks` key is XML of the template; what changes in it for people is where the disks go, and how large. */
function disksText(xml: string | null): string {
  return provisionDisks(xml ?? '')
    .map(({ device, size, sr }) => {
      const place = sr === '' ? 'no storage' : `storage ${sr}`;
      return `disk ${device}, ${formatBytes(size)}, on ${place}`;
    })
    .join('; ');
}
