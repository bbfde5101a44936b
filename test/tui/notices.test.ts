import { describe, expect, test } from 'vitest';
import { unknownRules } from '../../source/boot/releases.ts';
import { parseMonitorLine } from '../../source/fai/monitor-message.ts';
import { noJournal } from '../../source/operations/journal.ts';
import { noLearned } from '../../source/settings/learned.ts';
import { allNotices, type Notices, noNotices } from '../../source/settings/notices.ts';
import { openSettings } from '../../source/settings/settings.ts';
import { network } from '../../source/transport/network.ts';
import { createRunner } from '../../source/tui/app/runner.ts';
import type { AppCommand } from '../../source/tui/app/screen.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import { FleetFold } from '../../source/watch/fleet.ts';
import { at, now, play, say, vm } from './play.ts';

// Whoever looks elsewhere is told when an install has come to its end.

const line = 'root=/dev/nfs nfsroot=10.1.1.6:/srv/fai/nfsroot boot=live FAI_ACTION=install FAI_FLAGS=reboot ip=dhcp';
const booted = { power_state: 'Running', PV_bootloader: 'pygrub', domid: '5', PV_args: line, other_config: {} };

/** A fleet in which all of these are installing, and what it tells of FAI's messages from then on. */
function installing(...names: string[]) {
  const fold = new FleetFold(unknownRules);
  const vms = names.map((name) => vm(name, { ...booted, name_label: name }));
  fold.fold({ type: 'all', vms, started: new Map(), clockAhead: 0 }, now);
  const hear = (name: string, text: string) => {
    const message = parseMonitorLine(`u-${name} ${text}`);
    if (message === null) throw new Error(text);
    return fold.fold({ type: 'message', message }, now);
  };
  for (const name of names) hear(name, 'TASKBEGIN partition');
  const told = (changed = new Set(vms.map(({ ref }) => ref))) =>
    say.fleet({ type: 'fleet', fleet: fold.snapshot(), now, changed });
  return { hear, told };
}

const forApp = (commands: readonly object[]): AppCommand[] =>
  commands.filter((command): command is AppCommand => 'app' in command);

describe('at the end of an install', () => {
  test.each([
    ['TASKEND install 0', 'xenfai: web is installed', 'xenfai'],
    ['TASKERROR partition 710', 'xenfai: web failed at partition', 'xenfai: 1 failed'],
  ])('%s: told once', (text, notice, title) => {
    const { hear, told } = installing('web');
    const before = play(at('fleet'), told());
    expect(forApp(before.commands)).toEqual([{ app: 'title', text: 'xenfai: 1 installing' }]);
    hear('web', text);
    const after = play(before.state, told());
    expect(forApp(after.commands)).toEqual([
      { app: 'notify', text: notice },
      { app: 'title', text: title },
    ]);
    expect(forApp(play(after.state, told()).commands)).toEqual([]);
  });

  test('several at once are one notice', () => {
    const { hear, told } = installing('a', 'b', 'c');
    const { state } = play(at('fleet'), told());
    hear('a', 'TASKEND install 0');
    hear('b', 'TASKERROR partition 710');
    expect(forApp(play(state, told()).commands)).toEqual([
      { app: 'notify', text: 'xenfai: 1 failed, 1 installed' },
      { app: 'title', text: 'xenfai: 1 installing, 1 failed' },
    ]);
  });

  test('one that was there before one looked is no news, and b turns them off', () => {
    const { hear, told } = installing('web');
    hear('web', 'TASKERROR partition 710');
    expect(forApp(play(at('fleet'), told()).commands)).toEqual([{ app: 'title', text: 'xenfai: 1 failed' }]);
    const other = installing('web');
    const quiet = play(at('fleet'), other.told(), 'b').state;
    other.hear('web', 'TASKERROR partition 710');
    expect(forApp(play(quiet, other.told()).commands)).toEqual([]);
  });
});

/** What the terminal is sent for these commands, and when the screen is left. */
async function sent(notices: Notices, ...commands: (AppCommand | 'leave' | 'enter')[]): Promise<string[]> {
  const written: string[] = [];
  const around = {
    settings: openSettings('/nonexistent/xenfai'),
    timeout: 1,
    monitorPort: 0,
    readOnly: true,
    notices,
    now: () => now,
    write: (text: string) => written.push(text),
    transport: network,
    journal: noJournal,
    learned: noLearned,
  };
  const runner = createRunner<AppState>(around, () => {}, { quit: () => {} });
  for (const command of commands) {
    if (command === 'leave' || command === 'enter') runner[command]();
    else runner.run(command);
  }
  await runner.close(false);
  return written;
}

const hostile = { app: 'notify', text: 'web\u0007\u001b]0;owned\u0007\u202e01' } as const;
const titles = [
  { app: 'title', text: 'one' },
  { app: 'title', text: 'two\u001b[2J' },
] as const;

test('the terminal is sent what is wanted, clean, and gets its title back', async () => {
  expect(await sent(allNotices, hostile, ...titles)).toEqual([
    '\u0007',
    '\u001b]9;web01\u0007',
    '\u001b[22;0t\u001b]0;one\u0007',
    '\u001b]0;two\u0007',
    '\u001b[23;0t',
  ]);
  expect(await sent({ ...noNotices, bell: true }, hostile, ...titles)).toEqual(['\u0007']);
  expect(await sent(noNotices, hostile, ...titles)).toEqual([]);
});

test('a shell has its own title while we are stopped, and whatever it made of ours is put right', async () => {
  const [one, two] = [titles[0], { app: 'title', text: 'two' } as const];
  expect(await sent(allNotices, 'enter', 'leave')).toEqual([]);
  expect(await sent(allNotices, one, 'leave', 'enter', two, 'enter')).toEqual([
    '\u001b[22;0t\u001b]0;one\u0007',
    '\u001b[23;0t',
    '\u001b[22;0t\u001b]0;one\u0007',
    '\u001b]0;two\u0007',
    '\u001b]0;two\u0007',
    '\u001b[23;0t',
  ]);
});
