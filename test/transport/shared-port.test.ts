import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { networkOf } from '../../source/transport/network.ts';
import type { PortState } from '../../source/transport/transport.ts';
import { nothingAgreed } from '../../source/transport/trust.ts';
import { until } from '../harness.ts';

/** Somebody who hears the port, here or in a process of its own. */
interface Hearer {
  readonly states: PortState[];
  readonly lines: string[];
  end(signal?: NodeJS.Signals): Promise<void>;
}

let base: string;
let folder: string;
let hearers: Hearer[];
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'xenfai-run-'));
  folder = join(base, 'xenfai');
  hearers = [];
});
afterEach(async () => {
  await Promise.all(hearers.map((hearer) => hearer.end('SIGKILL')));
  rmSync(base, { recursive: true });
});

function here(port: number): Hearer & { readonly ages: number[] } {
  const life = new AbortController();
  const hearer = { states: [] as PortState[], lines: [] as string[], ages: [] as number[] };
  const ended = networkOf([folder], nothingAgreed).hearLines(port, {
    onLine(line, age) {
      hearer.lines.push(line);
      hearer.ages.push(age);
    },
    onState: (state) => hearer.states.push(state),
    signal: life.signal,
  });
  const made = {
    ...hearer,
    async end() {
      life.abort();
      await ended;
    },
  };
  hearers.push(made);
  return made;
}

function elsewhere(port: number): Hearer & { readonly child: ChildProcess } {
  const child = spawn(process.execPath, [resolve(import.meta.dirname, 'hearer.ts'), String(port), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const hearer = { states: [] as PortState[], lines: [] as string[] };
  createInterface({ input: child.stdout }).on('line', (text) => {
    const told = JSON.parse(text);
    if ('line' in told) hearer.lines.push(told.line);
    else hearer.states.push(told);
  });
  const made = {
    ...hearer,
    child,
    async end(signal: NodeJS.Signals = 'SIGTERM') {
      child.kill(signal);
      await exit;
    },
  };
  hearers.push(made);
  return made;
}

const stateOf = ({ states }: Hearer): string | undefined => states.at(-1)?.state;
const portOf = (hearer: Hearer): Promise<number> =>
  until(() => (stateOf(hearer) === 'listening' ? hearer.states.at(-1)?.port : null));
const isShared = (hearer: Hearer): Promise<boolean> => until(() => stateOf(hearer) === 'shared');
const say = (port: number, line: string): Promise<void> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\n`, 'latin1'));
    socket.on('close', () => done());
    socket.resume();
  });
const sockets = (): string[] => readdirSync(folder).sort();

test('three hear the same, and when the holder ends another one takes the port', async () => {
  const first = here(0);
  const port = await portOf(first);
  const [second, third] = [here(port), elsewhere(port)];
  await isShared(second);
  await isShared(third);
  expect(second.states).toEqual([{ state: 'shared', port, pid: process.pid }]);
  await say(port, 'web01 TASKBEGIN partition');
  await until(() => [first, second, third].every(({ lines }) => lines.length > 0));

  await first.end();
  const next = await until(() => [second, third].find((hearer) => stateOf(hearer) === 'listening'));
  const other = next === second ? third : second;
  await say(port, 'web01 TASKEND partition 0');
  await until(() => next.lines.length > 1 && other.lines.length > 1);
  const all = ['web01 TASKBEGIN partition', 'web01 TASKEND partition 0'];
  expect(second.lines).toEqual(all);
  expect(third.lines).toEqual(all);
  expect(first.lines).toEqual(all.slice(0, 1));
});

test('kill -9 of the holder: another takes the port, tidies up, and passes on', async () => {
  const first = elsewhere(0);
  const port = await portOf(first);
  const name = `xenfai-monitor-${port}-${first.child.pid}`;
  expect(sockets()).toEqual([name]);
  expect(lstatSync(join(folder, name)).mode & 0o777).toBe(0o600);
  expect(lstatSync(folder).mode & 0o777).toBe(0o700);
  // What only looks like a socket left behind is nobody's business.
  writeFileSync(join(folder, `xenfai-monitor-${port}-1`), 'a file');
  symlinkSync('/dev/null', join(folder, `xenfai-monitor-${port}-2`));
  const second = here(port);
  await isShared(second);
  await first.end('SIGKILL');
  expect(await portOf(second)).toBe(port);
  const kept = [`xenfai-monitor-${port}-1`, `xenfai-monitor-${port}-2`];
  expect(sockets()).toEqual([...kept, `xenfai-monitor-${port}-${process.pid}`].sort());
  const third = elsewhere(port);
  await isShared(third);
  await say(port, 'web01 check');
  await until(() => third.lines.length === 1 && second.lines.length === 1);
  await third.end();
  await second.end();
  expect(sockets()).toEqual(kept);
});

test('who comes later is told what is known, with its age; what came by two ways counts once', async () => {
  const first = here(0);
  const port = await portOf(first);
  const strange = 'web01 \u0000\u001b[2J \u00ff\r';
  await say(port, 'web01 check');
  await say(port, strange);
  const second = here(port);
  await until(() => second.lines.length === 2);
  expect(second.lines).toEqual(['web01 check', strange]);
  expect(second.ages.every((age) => age >= 0 && age < 60_000)).toBe(true);
  const third = elsewhere(port);
  await until(() => third.lines.length === 2);
  // The third has heard both lines already when it joins the second, which knows them, too.
  await first.end();
  await until(() => [second, third].some((hearer) => stateOf(hearer) === 'listening'));
  await say(port, 'web01 FAIREBOOT');
  await until(() => second.lines.length > 2 && third.lines.length > 2);
  expect(third.lines).toEqual(['web01 check', strange, 'web01 FAIREBOOT']);
  expect(second.lines).toEqual(third.lines);
});

test('somebody else has the port: who it is, and the port is taken once it is free', async () => {
  const holding = `require('net').createServer().listen(0, function () { console.log(this.address().port) })`;
  const child = spawn(process.execPath, ['-e', holding], { stdio: ['ignore', 'pipe', 'inherit'], argv0: 'faimond' });
  const exit = once(child, 'exit');
  const [port] = await once(child.stdout, 'data');
  const hearer = here(Number(port));
  await until(() => hearer.states.length > 0);
  expect(hearer.states).toEqual([{ state: 'taken', port: Number(port), holder: `faimond, PID ${child.pid}` }]);
  child.kill('SIGKILL');
  await exit;
  await portOf(hearer);
});

test('a port that the machine does not give is said to be refused', async () => {
  const hearer = here(70_000_000);
  await until(() => hearer.states.length > 0);
  expect(hearer.states).toMatchObject([{ state: 'refused', port: 70_000_000 }]);
});

describe('what lies in the folder is not believed', () => {
  test('a process that talks otherwise than ours do', async () => {
    const first = here(0);
    const port = await portOf(first);
    await first.end();
    const holder = createServer().listen(port);
    const talker = createServer((socket) => socket.end(`${'x'.repeat(5000)}\nxenfai-monitor 1 1 ${port + 1}\n`));
    talker.listen(join(folder, `xenfai-monitor-${port}-1`));
    try {
      const hearer = here(port);
      await until(() => hearer.states.length > 0);
      expect(hearer.states).toMatchObject([{ state: 'taken' }]);
      expect(hearer.lines).toEqual([]);
    } finally {
      holder.close();
      talker.close();
    }
    await until(() => !existsSync(join(folder, `xenfai-monitor-${port}-1`)));
  });
});
