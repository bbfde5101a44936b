import { describe, expect, test } from 'vitest';
import { unknownRules } from '../../source/boot/releases.ts';
import { parseMonitorLine } from '../../source/fai/monitor-message.ts';
import { taskReason } from '../../source/tui/screens/fleet/task-reason.ts';
import { FleetFold } from '../../source/watch/fleet.ts';
import type { Listening } from '../../source/watch/stream.ts';
import { now, vm } from './play.ts';

const problem = { code: 'x', exit: 2, message: 'Permission denied.' } as const;
const here: Listening = { state: 'listening', port: 4711 };
const line = 'root=/dev/nfs nfsroot=10.1.1.6:/srv/fai/nfsroot boot=live FAI_ACTION=install ip=dhcp';

/** An install that runs, with FAI's messages at their times. */
function installing(args: string, said: readonly (readonly [text: string, at: number])[] = [], power = 'Running') {
  const fold = new FleetFold(unknownRules);
  const running = vm('on', {
    power_state: power,
    PV_bootloader: 'pygrub',
    domid: '5',
    PV_args: args,
    other_config: {},
  });
  fold.fold({ type: 'all', vms: [running], macs: new Map(), started: new Map(), clockAhead: 0 }, now);
  for (const [text, at] of said) {
    const message = parseMonitorLine(`u-on ${text}`);
    if (message !== null) fold.fold({ type: 'message', message }, at);
  }
  const install = fold.snapshot().byRef.get(running.ref);
  if (install === undefined) throw new Error('gone');
  return install;
}

describe('why TASK is empty', () => {
  test.each<[string, string, Listening | null, string | null, RegExp | null]>([
    ['no monserver', line, here, 'no monserver in its line', /^Its kernel line has no monserver/],
    [
      'this machine',
      `${line} monserver=10.1.1.9`,
      here,
      'nothing heard yet',
      /port 4711 of this machine is listened on/,
    ],
    ['loopback', `${line} monserver=127.0.0.1`, here, 'nothing heard yet', /port 4711/],
    [
      'another machine',
      `${line} monserver=10.1.1.6`,
      here,
      'tells 10.1.1.6',
      /port 4711 is listened on here; its monserver is 10\.1\.1\.6, which is not this machine \(10\.1\.1\.9\)\./,
    ],
    [
      'another port',
      `${line} monserver=10.1.1.9 FAI_MONITOR_PORT=5000`,
      here,
      'it sends to port 5000',
      /port 4711 is listened on here/,
    ],
    [
      'the port is taken',
      `${line} monserver=10.1.1.9`,
      { state: 'taken', port: 4711, holder: 'fai-monitor, PID 812', problem },
      'port taken: fai-monitor, PID 812',
      /Port 4711 of this machine is held by fai-monitor, PID 812/,
    ],
    [
      'the port is refused',
      `${line} monserver=10.1.1.9`,
      { state: 'refused', port: 471, problem },
      'no port 471',
      /Permission denied/,
    ],
    [
      'shared',
      `${line} monserver=10.1.1.9`,
      { state: 'shared', port: 4711, pid: 9 },
      'nothing heard yet',
      /heard yet/,
    ],
    ['not yet', `${line} monserver=10.1.1.9`, null, 'not listening yet', /./],
  ])('%s', (_, args, listening, short, sentence) => {
    const reason = taskReason(installing(args), { listening, localAddress: '10.1.1.9' }, now);
    expect(reason?.short ?? null).toBe(short);
    expect(reason?.sentence).toMatch(sentence ?? /^$/);
  });

  test('nothing is to be explained of a VM in which no installer runs', () => {
    expect(taskReason(installing('', [], 'Halted'), { listening: here }, now)).toBeNull();
  });

  test('messages that come as usual need no word; a silence does', () => {
    const said = [
      ['TASKBEGIN partition', now],
      ['TASKEND partition 0', now + 1000],
      ['TASKBEGIN instsoft', now + 60_000],
    ] as const;
    const install = installing(line, said);
    expect(taskReason(install, { listening: here }, now + 90_000)).toBeNull();
    expect(taskReason(install, { listening: here }, now + 6 * 60_000)?.short).toBe('no message for 5 min');
  });
});
