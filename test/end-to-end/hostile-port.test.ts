import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { freePort } from '../free-port.ts';
import { simulator, xenfai } from '../harness.ts';
import { openFleet } from './open-fleet.ts';
import type { Terminal } from './terminal.ts';

// Anybody on the network can send lines to the port that FAI's messages come to.

let sim: Simulator;
let terminal: Terminal;
afterEach(async () => {
  terminal.kill();
  await sim.stop();
});

/** One line, as FAI sends it; the listener may end the connection before it has read all of a long one. */
const say = (port: number, line: string | Buffer): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.end(Buffer.concat([Buffer.from(line), Buffer.from('\n')])),
    );
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.resume();
  });

test.each([
  [80, 24],
  [160, 50],
])('an installed VM stays installed at %ix%i, whatever is said of it: a note in its log', async (columns, rows) => {
  sim = await simulator({ vms: 12 });
  await xenfai(sim, ['start', 'vm02']);
  const port = await freePort();
  terminal = await openFleet(sim, { columns, rows }, { FAI_MONITOR_PORT: String(port) });
  await terminal.shows(/vm02 +✓ installed +running/);
  const rest = terminal.raw.length;
  const marks = () => [...sim.world.database.all('VM')].map(([, { other_config }]) => other_config);
  const before = JSON.stringify(marks());

  for (const text of ['TASKBEGIN partition', 'TASKERROR partition 710', 'TASKEND faiend 710', 'TASKEND reboot 0'])
    await say(port, `vm02 ${text}`);
  await say(port, 'vm02 TASKBEGIN \u001b[2J\u001b]0;owned\u0007\u009b31m');
  await say(port, '\u001b[2J\u001b[H TASKBEGIN x');
  await say(port, Buffer.from([0xff, 0xfe, 0x00, 0x08]));
  await say(port, `vm02 HOOK ${'A'.repeat(65536)}`);
  for (let name = 0; name < 1000; name += 10)
    await Promise.all(Array.from({ length: 10 }, (_, one) => say(port, `name${name + one} TASKERROR partition 710`)));
  await say(port, 'vm02 TASKERROR last 799');

  terminal.press('/', 'vm02', 'enter', 'l');
  await terminal.shows(/port +does not count, it is installed/);
  await terminal.shows('last 799');
  terminal.press('escape');
  await terminal.shows(/vm02 +✓ installed +running/);
  expect(terminal.text()).toContain('1 of 1');
  expect(JSON.stringify(marks())).toBe(before);
  const sent = terminal.raw.slice(rest);
  expect(sent).not.toContain('owned');
  expect(sent).not.toContain('\u001b[2J');
  expect(sent).not.toContain('\u0007');
  expect(terminal.wraps()).toBe(false);
});
