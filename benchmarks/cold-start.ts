import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startSimulator } from '../source/simulator/simulator.ts';
import { built } from '../test/end-to-end/terminal.ts';
import { type BenchmarkRow, inTurn, row } from './measure.ts';

const runs = 15;

async function time(args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const began = performance.now();
  const child = spawn(process.execPath, [...args], { stdio: 'ignore', env: { ...process.env, ...env } });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${args.join(' ')}: exit ${code}`);
  return performance.now() - began;
}

const bare = () => time(['-e', '0']);

/** How long until a subcommand is done, against a Node that does nothing. */
export async function coldStart(): Promise<BenchmarkRow[]> {
  const version = await inTurn(runs, () => time([built, '--version']), bare);
  const simulator = await startSimulator({ vms: 3, monitorPort: 1 });
  const env = { XENFAI_HOST: simulator.host, XENFAI_PASSWORD: simulator.password };
  const rearm = await inTurn(runs, () => time([built, 'rearm', 'vm3', '--yes'], env), bare);
  await simulator.stop();
  return [
    row('cold start of --version', ...version, 'ms', 'bare node -e 0'),
    row('cold start of rearm of an armed VM, login to logout', ...rearm, 'ms', 'bare node -e 0'),
  ];
}
