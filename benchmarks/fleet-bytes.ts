import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { startSimulator } from '../source/simulator/simulator.ts';
import { Terminal } from '../test/end-to-end/terminal.ts';
import { bytesOf, bytesRow, quiet } from './least-bytes.ts';
import { type BenchmarkRow, row } from './measure.ts';
import { monitorPort, openFleet, pause, vmNamed } from './open-fleet.ts';

/** One VM's row goes on to the next task, as FAI tells it. */
async function changedRow(): Promise<BenchmarkRow> {
  const simulator = await startSimulator({ vms: 30, monitorPort: 1, loginDelay: 0 });
  const terminal = await openFleet(simulator, { XENFAI_CLOCK: '2010-11-15T10:53:00Z' });
  try {
    const ref = vmNamed(simulator, 'vm03');
    simulator.world.database.set('VM', ref, 'power_state', 'Running');
    const say = (line: string): void => void connect(monitorPort, '127.0.0.1').end(`${line}\n`);
    say('vm03 TASKBEGIN extrbase');
    await terminal.shows(/vm03.*extrbase/);
    return bytesRow(
      'bytes for a changed row in the fleet',
      await bytesOf(terminal, () => say('vm03 TASKBEGIN instsoft'), /vm03.*instsoft/),
    );
  } finally {
    terminal.kill();
    await simulator.stop();
  }
}

const socket = 'xenfai-bench';

/** A minute in which nothing happens, beside a tmux in which nothing happens either. */
async function resting(): Promise<BenchmarkRow> {
  const simulator = await startSimulator({ vms: 1000, monitorPort: 1, loginDelay: 0 });
  const terminal = await openFleet(simulator);
  const tmux = spawnSync('tmux', ['-V']).status === 0;
  const rival = tmux
    ? new Terminal(['-L', socket, '-f', '/dev/null', 'new-session', 'cat'], { program: 'tmux', env: { TMUX: '' } })
    : null;
  try {
    await rival?.shows('[0]');
    await quiet(terminal);
    const before = [terminal.bytes, rival?.bytes ?? 0] as const;
    await pause(60_000);
    const ours = terminal.bytes - before[0];
    const theirs = (rival?.bytes ?? 0) - before[1];
    return {
      ...row('bytes in a minute of rest, 1,000 VMs', ours, theirs, 'B', tmux ? 'tmux at rest' : 'nothing'),
      ...(theirs === 0 ? { ratio: ours === 0 ? 'none' : 'more' } : {}),
    };
  } finally {
    terminal.kill();
    if (rival !== null) spawnSync('tmux', ['-L', socket, 'kill-server']);
    rival?.kill();
    await simulator.stop();
  }
}

/** What a row costs, and what rest costs. */
export const fleetBytes = async (): Promise<BenchmarkRow[]> => [await changedRow(), await resting()];
