import { describe, expect, test } from 'vitest';
import { unknownRules } from '../../source/boot/releases.ts';
import { parseMonitorLine } from '../../source/fai/monitor-message.ts';
import { type FleetEvent, FleetFold } from '../../source/watch/fleet.ts';
import { restTime, seenState, verdictOf } from '../../source/watch/install.ts';
import { ref, vmRecord } from '../../source/xapi/records.ts';
import { goodArgs, pageArgs } from '../harness.ts';
import { load, one, words } from './events.ts';

const created = JSON.stringify({ vm: 'u1', run: 'r', at: '2010-11-15T10:00:00Z', by: 'b' });
const record = (change: Record<string, unknown>) =>
  vmRecord.parse({
    uuid: 'u1',
    name_label: 'Web 01',
    power_state: 'Running',
    PV_bootloader: 'pygrub',
    PV_args: goodArgs,
    domid: '5',
    other_config: {},
    ...change,
  });
const vm = (change: Record<string, unknown> = {}): FleetEvent => ({
  type: 'vm',
  vm: { ref: one, record: record(change) },
});
const armed = vm({ power_state: 'Halted', PV_bootloader: 'eliloader', domid: '-1', other_config: words });
const says = (text: string, sendid = '00:16:3e:00:00:01', late = false): FleetEvent => {
  const message = parseMonitorLine(`${sendid} ${text}`);
  if (message === null) throw new Error(text);
  return { type: 'message', message, late };
};
const mac = { type: 'mac', ref: one, mac: '00:16:3e:00:00:01' } satisfies FleetEvent;

/** Events one second apart, on a host whose record tells nothing. */
const play = (...events: FleetEvent[]) => {
  const fold = new FleetFold(unknownRules);
  events.forEach((event, second) => {
    fold.fold(event, second * 1000);
  });
  const install = fold.snapshot().byRef.get(one);
  if (install === undefined) throw new Error('gone');
  return install;
};
const proves = (install: ReturnType<typeof play>): boolean => verdictOf(install)?.verdict === 'installed';

test('what was said before the VM was armed or started is of an earlier install, if it is told late', () => {
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  const mark = JSON.stringify({ vm: 'u1', run: 'r', at: at(100), by: 'b' });
  const marked = vm({ other_config: { 'xenfai:armed': mark } });
  const late = says('TASKBEGIN instsoft', 'u1', true);
  const told = (known: FleetEvent, message: FleetEvent, second: number) => {
    const fold = new FleetFold(unknownRules);
    fold.fold(known, 200_000);
    fold.fold(message, second * 1000);
    return fold.snapshot().byRef.get(one)?.progress?.task ?? null;
  };
  expect(told(marked, late, 99)).toBe(null);
  expect(told(marked, late, 101)).toBe('instsoft');
  expect(told(marked, says('TASKBEGIN instsoft', 'u1'), 99)).toBe('instsoft');
  // Neither armed by us nor known to run: nobody can tell.
  expect(told(vm(), late, 101)).toBe(null);
});

describe('matching messages', () => {
  test.each([['00:16:3e:00:00:01'], ['00:16:3E:00:00:01'], ['u1'], ['web-01'], ['web-01.example.com']])(
    'by %s',
    (sendid) => {
      expect(play(armed, mac, vm(), says('TASKBEGIN instsoft', sendid)).progress?.task).toBe('instsoft');
    },
  );

  test('not for a stranger, and not for a name that two VMs have', () => {
    expect(play(armed, mac, vm(), says('TASKBEGIN instsoft', 'somebody')).progress).toBeNull();
    const twin: FleetEvent = { type: 'vm', vm: { ref: ref.parse('r2'), record: record({ uuid: 'u2' }) } };
    expect(play(armed, vm(), twin, says('TASKBEGIN instsoft', 'web-01')).progress).toBeNull();
  });
});

describe('outcomes', () => {
  test('FAI’s word: installing, installed, failed, waiting', () => {
    expect(seenState(play(armed, mac, vm(), says('TASKBEGIN confdir')), 9000)).toBe('installing');
    expect(seenState(play(armed, mac, vm(), says('TASKEND install 0')), 9000)).toBe('installed');
    expect(seenState(play(armed, mac, vm(), says('TASKERROR partition 710')), 9000)).toBe('failed');
    const page = { PV_args: pageArgs };
    expect(seenState(play(armed, mac, vm(page), says('TASKEND install 0'), says('TASKEND faiend 0')), 9000)).toBe(
      'waiting',
    );
  });

  test('without messages the processor tells: busy, then at rest, and no reboot flag', () => {
    const quiet = [armed, vm({ PV_args: pageArgs }), load(0.8), load(0)] as const;
    const at = (seconds: number) => seenState(play(...quiet), 3000 + seconds * 1000);
    expect(at(1)).toBe('installing');
    expect(at(restTime / 1000)).toBe('waiting');
    expect(seenState(play(armed, vm(), load(0.8), load(0)), 3000 + restTime)).toBe('quiet');
    expect(seenState(play(armed, vm({ PV_args: pageArgs }), load(0)), 3000 + restTime)).toBe('quiet');
  });

  test('arming again forgets what was said', () => {
    const again = play(
      armed,
      mac,
      vm(),
      says('TASKERROR partition 710'),
      vm({ power_state: 'Halted', domid: '-1' }),
      armed,
    );
    expect(again.progress).toBeNull();
    expect(seenState(again, 9000)).toBe('armed');
  });
});

describe('a halted VM says nothing, whoever uses its name', () => {
  const lies = ['TASKEND install 0', 'TASKERROR partition 710', 'check'];
  const fired = vm();

  test.each(lies)('armed, and "%s" is sent: it stays armed, and is not judged when it starts', (lie) => {
    expect(seenState(play(armed, mac, says(lie)), 0)).toBe('armed');
    const started = play(armed, mac, says(lie), says('TASKEND install 0'), fired);
    expect([seenState(started, 0), verdictOf(started), started.messages]).toEqual(['quiet', null, []]);
  });

  test('nor by what was sent while the host was silent, if it is still armed then', () => {
    const lost: FleetEvent = { type: 'lost', reason: 'gone', wait: 1000 };
    expect(verdictOf(play(armed, mac, lost, says('TASKEND install 0'), armed, fired))).toBeNull();
  });

  test('while the host is silent its record may be old: then what is said counts', () => {
    const lost: FleetEvent = { type: 'lost', reason: 'gone', wait: 1000 };
    expect(proves(play(armed, mac, lost, says('check'), says('TASKEND install 0'), fired))).toBe(true);
  });

  test('one that was found halted in the middle of its install', () => {
    const halted = vm({ power_state: 'Halted', domid: '-1' });
    expect(verdictOf(play(halted, mac, says('TASKEND install 0')))).toBeNull();
    expect(verdictOf(play(halted, mac, says('TASKERROR partition 710')))).toBeNull();
  });

  test('the last words of one that has just halted are its own', () => {
    const halted = vm({ power_state: 'Halted', domid: '-1' });
    expect(proves(play(fired, mac, says('TASKBEGIN faiend'), halted, says('TASKEND install 0')))).toBe(true);
    const silence = Array.from({ length: 12 }, () => mac);
    expect(proves(play(fired, mac, says('TASKBEGIN faiend'), halted, ...silence, says('TASKEND install 0')))).toBe(
      false,
    );
  });
});

describe('what proves an install', () => {
  const ours = { other_config: { 'xenfai:created': created } };
  test('FAI’s word does', () => {
    expect(proves(play(armed, mac, vm(), says('TASKEND reboot 0')))).toBe(true);
    expect(proves(play(armed, mac, vm(), says('TASKBEGIN reboot')))).toBe(false);
    expect(proves(play(armed, mac, vm(), says('TASKERROR partition 710'), says('TASKEND faiend 0')))).toBe(false);
  });

  test('a later boot from disk does, of a VM we made that never was installed', () => {
    expect(proves(play(armed, vm(ours)))).toBe(false);
    expect(proves(play(armed, vm(ours), vm({ ...ours, domid: '6' })))).toBe(true);
    expect(proves(play(armed, vm(), vm({ domid: '6' })))).toBe(false);
    const before = { other_config: { ...ours.other_config, 'xenfai:installed': created } };
    expect(proves(play(armed, vm(before), vm({ ...before, domid: '6' })))).toBe(false);
  });

  test('a crash of the installer that leaves it halted does not', () => {
    expect(proves(play(armed, vm(ours), vm({ ...ours, power_state: 'Halted', domid: '-1' })))).toBe(false);
  });
});

test('a MAC is known of a template, too, for it may become a VM; a card that is gone has none', () => {
  const fold = new FleetFold(unknownRules);
  const all = { type: 'all', vms: [], started: new Map(), clockAhead: 0 } as const;
  const known = (): string | undefined => fold.snapshot().byRef.get(one)?.mac;
  fold.fold(all, 0);
  fold.fold({ type: 'macs', macs: new Map([[one, '00:16:3e:00:00:01']]) }, 0);
  fold.fold(vm(), 1000);
  expect(known()).toBe('00:16:3e:00:00:01');
  fold.fold({ ...mac, mac: '' }, 2000);
  expect(known()).toBe('');
  fold.fold(mac, 3000);
  fold.fold({ ...all, vms: [{ ref: one, record: record({}) }] }, 4000);
  // What was known of a card holds until all cards are told.
  expect(known()).toBe('00:16:3e:00:00:01');
  expect(fold.fold({ type: 'macs', macs: new Map() }, 5000)).toEqual([one]);
  expect(known()).toBe('');
});

test('a host is silent since its last word, not since that was noticed', () => {
  const fold = new FleetFold(unknownRules);
  fold.fold({ type: 'lost', reason: 'no answer', wait: 1000, silent: 45_000 }, 100_000);
  fold.fold({ type: 'lost', reason: 'no answer', wait: 2000, silent: 50_000 }, 105_000);
  expect(fold.snapshot().lost).toEqual({ reason: 'no answer', since: 55_000, nextTry: 107_000 });
});
