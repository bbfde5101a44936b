import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostRelease, unknownRules } from '../../source/boot/releases.ts';
import { type FleetEvent, FleetFold } from '../../source/watch/fleet.ts';
import { type Install, seenState, verdictOf } from '../../source/watch/install.ts';
import { sightOf } from '../../source/watch/sight.ts';
import { goodArgs, pageArgs } from '../harness.ts';
import { load, one, says, vm, words } from './events.ts';

const second = 1000;
const minute = 60 * second;
const patience = 15 * minute;
const off = { power_state: 'Halted', domid: '-1' };
const armed = vm({ ...off, PV_bootloader: 'eliloader', other_config: words });

const half = vm({ ...off, PV_bootloader: 'eliloader', other_config: { ...words, 'install-repository': '' } });
const waits = vm({ PV_bootloader: 'eliloader', other_config: words });

function play(events: readonly FleetEvent[], rules = unknownRules, beat = second): Install {
  const fold = new FleetFold(rules);
  events.forEach((event, i) => {
    fold.fold(event, i * beat);
  });
  const install = fold.snapshot().byRef.get(one);
  if (install === undefined) throw new Error('gone');
  return install;
}

describe('what whoever waits for the end is told', () => {
  const self = { last_shutdown_initiator: 'internal', last_shutdown_reason: 'halted' };
  const halting = goodArgs.replace('reboot', 'halt');
  const failedMark = JSON.stringify({
    vm: 'u1',
    run: 'r',
    at: '2026-11-24T02:00:00Z',
    by: 'b',
    task: 'x',
    code: 710,
  });
  /** Looked at so long after the last event. */
  test.each<[what: string, events: FleetEvent[], later: number, text: string, known: string, end: string | null]>([
    ['armed, and nobody starts it yet', [armed], minute, 'armed', 'record', null],
    ['armed, and nobody starts it', [armed], patience, 'armed, not started for 15 min', 'record', 'bad'],
    ['half-armed', [half], 0, 'half-armed, missing repository', 'record', 'bad'],
    ['half-armed, halted a moment ago', [vm(), half], 0, 'half-armed, missing repository', 'record', null],
    ['erased at its next reboot', [waits], minute, 'armed, erased at its next reboot', 'record', null],
    [
      'erased at its next reboot, which does not come',
      [waits],
      patience,
      'armed, erased at its next reboot: not rebooted for 15 min',
      'record',
      'bad',
    ],
    ['fired a moment ago', [armed, vm()], 0, 'fired', 'record', null],
    ['its processor works', [armed, vm(), load(0.9)], 0, 'installing', 'processor', null],
    ['FAI speaks', [armed, vm(), says('TASKBEGIN instsoft')], 0, 'installing 24% instsoft', 'message', null],
    ['silent for less than one waits', [armed, vm(), says('check')], patience - 1, 'installing 0%', 'message', null],
    ['silent', [armed, vm(), says('check')], patience, 'lost, no sign of life for 15 min', 'record', 'bad'],
    [
      'FAI is done, and a task of it did not end well',
      [armed, vm(), says('TASKEND instsoft 620'), says('TASKEND install 0')],
      0,
      'installed, but instsoft ended with code 620',
      'message',
      'good',
    ],
    [
      'FAI is done, and one had nothing to do',
      [armed, vm(), says('TASKEND debconf 2'), says('TASKEND install 0')],
      0,
      'installed',
      'message',
      'good',
    ],
    ['FAI is done, and reboots', [armed, vm(), says('TASKEND install 0')], 0, 'installed', 'message', 'good'],
    [
      'FAI is done, and will ask for a key',
      [armed, vm({ PV_args: pageArgs }), says('TASKEND install 0')],
      0,
      'installed',
      'message',
      null,
    ],
    [
      'FAI is done, and never asked',
      [armed, vm({ PV_args: pageArgs }), says('TASKEND install 0')],
      patience,
      'installed',
      'message',
      'good',
    ],
    [
      'it asks for a key',
      [armed, vm({ PV_args: pageArgs }), says('TASKEND install 0'), says('TASKBEGIN faiend')],
      0,
      'waiting for RETURN on its console',
      'message',
      'bad',
    ],
    [
      'somebody has pressed it',
      [armed, vm({ PV_args: pageArgs }), says('TASKBEGIN faiend'), vm({ PV_args: pageArgs, domid: '6' })],
      0,
      'installed',
      'message',
      'good',
    ],
    [
      'its processor rests, and its line has no reboot',
      [armed, vm({ PV_args: pageArgs }), load(0.9), load(0)],
      20 * second,
      'waiting, probably for RETURN on its console: it rests',
      'processor',
      'bad',
    ],
    [
      'FAI has failed',
      [armed, vm(), says('TASKERROR partition 710')],
      0,
      'failed at partition with code 710',
      'message',
      'bad',
    ],
    [
      'it is on record that it has failed',
      [vm({ other_config: { 'xenfai:failed': failedMark } })],
      0,
      'failed at x with code 710',
      'record',
      'bad',
    ],
    ['halted a moment ago', [armed, vm(), vm(off)], 9 * second, 'fired', 'record', null],
    ['halted', [armed, vm(), vm(off)], 10 * second, 'fired, halted', 'record', 'bad'],
    [
      'halted by itself, as its line says',
      [armed, vm(), vm({ ...off, PV_args: halting, other_config: self })],
      10 * second,
      'fired, halted by itself at its end',
      'record',
      'good',
    ],
    [
      'halted by somebody, though its line says halt',
      [armed, vm(), vm({ ...off, PV_args: halting, other_config: { ...self, last_shutdown_initiator: 'external' } })],
      10 * second,
      'fired, halted',
      'record',
      'bad',
    ],
    [
      'crashed',
      [armed, vm(), vm({ ...off, other_config: { ...self, last_shutdown_reason: 'crashed' } })],
      10 * second,
      'fired, crashed',
      'record',
      'bad',
    ],
    ['suspended', [armed, vm(), vm({ power_state: 'Suspended' })], 10 * second, 'fired, suspended', 'record', 'bad'],
    ['none of these', [vm({ PV_args: '' })], 0, 'other', 'record', 'bad'],
  ])('%s', (_, events, later, text, known, end) => {
    const now = (events.length - 1) * second + later;
    expect(sightOf(play(events), { now, since: 0, patience })).toMatchObject({ text, known, end });
  });

  test('no patience is lost before one looks, or while the host is away', () => {
    const silent = play([armed, vm(), says('check')]);
    const at = (since: number) => sightOf(silent, { now: 20 * minute, since, patience }).state;
    expect(at(0)).toBe('lost');
    expect(at(6 * minute)).toBe('installing');
  });

  test('a message, a busy processor, another domain: each is a sign of life', () => {
    const now = 20 * minute;
    for (const sign of [says('HOOK x'), load(0.5), vm({ domid: '6' }), vm(off)]) {
      const install = play([armed, vm(), sign], unknownRules, 9 * minute);
      expect(sightOf(install, { now, since: 0, patience }).state).not.toBe('lost');
    }
    const resting = play([armed, vm(), load(0)], unknownRules, 4 * minute);
    expect(sightOf(resting, { now, since: 0, patience }).state).toBe('lost');
  });
});

test('where the record can tell, no messages and no loads change what it comes to, in whatever order they arrive', () => {
  const rules = hostRelease('5.6.0') ?? unknownRules;
  const mark = JSON.stringify({ vm: 'u1', run: 'r', at: '2026-11-24T02:00:00Z', by: 'b' });
  const marked = { 'xenfai:armed': mark };
  const boot = (loader: string) =>
    `('struct' ('uuid' 'u1') ('PV_bootloader' '${loader}') ('other_config' ('struct' ('xenfai:armed' '${mark.replaceAll('"', '\\"')}'))))`;
  const arbitraryMessage = fc.constantFrom(
    ...['check', 'FAIREBOOT', 'TASKBEGIN confdir', 'TASKEND confdir 0', 'TASKBEGIN instsoft', 'TASKEND instsoft 471'],
    ...['HOOK instsoft', 'TASKSKIP mirror', 'TASKEND install 0', 'TASKBEGIN faiend', 'TASKEND faiend 0'],
    ...['TASKBEGIN reboot', 'TASKEND reboot 0'],
  );
  const arbitraryEvent = fc.oneof(arbitraryMessage.map(says), fc.double({ min: 0, max: 1, noNaN: true }).map(load));
  const between = fc.array(arbitraryEvent, { maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(goodArgs, pageArgs), between, between, between, (PV_args, first, then, last) => {
      const line = { PV_args, other_config: marked };
      const records = [
        vm({ ...off, PV_args, PV_bootloader: 'eliloader', other_config: { ...words, ...marked } }),
        vm({ ...line, last_booted_record: boot('eliloader') }),
        vm({ ...line, domid: '6', last_booted_record: boot('pygrub') }),
      ] as const;
      const alone = play(records, rules);
      const all = play([records[0], ...first, records[1], ...then, records[2], ...last], rules);
      expect(alone.state.state).toBe('installed');
      expect(seenState(all, 99 * minute)).toBe(seenState(alone, 99 * minute));
      expect(verdictOf(all)).toEqual(verdictOf(alone));
      expect(sightOf(all, { now: 99 * minute, since: 0, patience }).end).toBe('good');
    }),
  );
});
