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

type Said = readonly (readonly [text: string, at: number])[];

/** An install that runs, with FAI's messages at their times. */
const installing = (args: string, said: Said = [], power = 'Running') => heard(args, said, [power]);

const switchedOff = (said: Said) => heard(line, said, ['Running', 'Halted']);

/** What becomes of a VM that is seen in the first power state, heard of, and seen in the others. */
function heard(args: string, said: Said, [power = '', ...later]: readonly string[]) {
  const fold = new FleetFold(unknownRules);
  const seen = (power_state: string) =>
    vm('on', {
      power_state,
      PV_bootloader: 'pygrub',
      domid: power_state === 'Running' ? '5' : '-1',
      PV_args: args,
      other_config: {},
    });
  const look = (power_state: string) =>
    fold.fold({ type: 'all', vms: [seen(power_state)], started: new Map(), clockAhead: 0 }, now);
  look(power);
  for (const [text, at] of said) {
    const message = parseMonitorLine(`u-on ${text}`);
    if (message !== null) fold.fold({ type: 'message', message }, at);
  }
  later.forEach(look);
  const install = fold.snapshot().byRef.get(seen(power).ref);
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

  test('a silence in savelog may be a question on the console, unless the line keeps FAI from asking', () => {
    const sixth = 'root=10.1.1.6:/srv/fai/nfsroot:vers=3 rootovl ip=dhcp FAI_ACTION=install';
    const silence = (args: string) =>
      taskReason(installing(args, [['TASKBEGIN savelog', now]]), { listening: here }, now + 6 * 60_000)?.sentence;
    expect(silence(sixth)).toMatch(
      /^FAI has sent no message for 6 min\. ssh may be asking .* LOGUSER= FAI_LOGPROTO=none/,
    );
    expect(silence(`${sixth} LOGUSER= FAI_LOGPROTO=none`)).toBe('FAI has sent no message for 6 min.');
    expect(silence(line)).toBe('FAI has sent no message for 6 min.');
  });

  test('an install that was switched off says in which task', () => {
    const said = [['TASKBEGIN instsoft', now]] as const;
    const reason = taskReason(switchedOff(said), { listening: here }, now + 60_000);
    expect(reason?.short).toBe('off since instsoft');
    expect(reason?.sentence).toBe('It was switched off in instsoft: its disk holds half an install.');
  });
});
