import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StoredEvent } from '../../source/operations/journal.ts';
import { storiesOf } from '../../source/operations/journal-runs.ts';
import { ApiError } from '../../source/simulator/api-error.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { lennyTemplate, simulator, xenfai } from '../harness.ts';

let sim: Simulator;
let env: Record<string, string>;
let folder: string;
beforeEach(async () => {
  sim = await simulator({ vms: 4 });
  folder = mkdtempSync(join(tmpdir(), 'xenfai-journal-'));
  env = { XENFAI_HOST: sim.host, XENFAI_PASSWORD: sim.password, XENFAI_STATE_DIR: folder };
});
afterEach(() => sim.stop());

const run = (...line: string[]) => xenfai(null, line, { env });

test('what was done, and how it ended; a reading session writes none of it', async () => {
  expect((await run('journal')).out).toContain('Nothing of the kind');
  await run('rearm', 'vm3', '--dry-run');
  await run('rearm', 'vm3', '--yes', '--read-only');
  await run('status');
  expect((await run('journal', '--json')).json.events).toEqual([]);
  await run('template', 'copy', lennyTemplate, 'Mine');
  await run('rearm', 'vm3', '--yes');
  sim.world.intercept = (method) =>
    method === 'Async.VM.hard_shutdown' || method === 'Async.VM.clean_shutdown'
      ? new ApiError('INTERNAL_ERROR', 'broken')
      : undefined;
  await run('start', 'vm1');
  await run('stop', 'vm1', '--yes');
  sim.world.intercept = null;

  const { out } = await run('journal');
  const rows = out.split('\n').map((row) => row.split(/ {2,}/));
  expect(rows.map((row) => row.slice(4, 6))).toEqual([
    ['WHAT', 'TARGET'],
    ['template copy', 'Mine'],
    ['rearm', 'vm3'],
    ['start', 'vm1'],
    ['stop', 'vm1'],
  ]);
  expect(rows.map((row) => row[6]?.split(':')[0])).toEqual(['END', 'done', 'done', 'done', 'failed at shut down']);
  const lines = async (...flags: string[]) => (await run('journal', ...flags)).out.split('\n').length - 1;
  expect(await lines('--failed')).toBe(1);
  expect(await lines('--vm', 'vm1')).toBe(2);
  expect(await lines('--operation', 'rearm')).toBe(1);
  expect(await lines('--host', new URL(sim.host).host)).toBe(4);
  expect(await lines('--host', 'elsewhere')).toBe(0);
  expect(await lines('--since', '1h')).toBe(4);
  expect(await lines('--since', '2099-01-01')).toBe(0);
  const uuid = (await run('status', 'vm3', '--json')).json.vms[0].uuid;
  expect(await lines('--vm', uuid)).toBe(1);
  const { events } = (await run('journal', '--vm', 'Mine', '--json')).json;
  expect(events.at(-1).uuid).toMatch(/^[0-9a-f-]{36}$/);
  expect(await lines('--run', events[0].id)).toBe(1);
  expect(await lines('--run', events[0].id, '--steps')).toBe(events.length);
});

test('on a terminal the table fits it, in a pipe nothing is cut', async () => {
  const path = join(folder, 'journal.jsonl');
  const name = 'web-frontend-production-of-the-shop-in-the-first-cellar-01';
  const event = (kind: string, more = {}) =>
    JSON.stringify({
      ...{ id: 'abcd1234', at: '2026-05-01T10:00:00.000Z', user: 'operator@jump.example.org', pool: '' },
      ...{
        host: 'https://xenserver-03.dc1.example.org',
        operation: 'rearm',
        target: 'u',
        name,
        event: kind,
        plan: [{}],
      },
      ...more,
    });
  const other = { id: 'abcd1235', name: name.replace('01', '02') };
  const lines = [event('planned'), event('failed', { step: 'VM.start', error: 'no memory '.repeat(9) })];
  writeFileSync(path, `${[...lines, event('planned', other)].join('\n')}\n`);
  const env = { XENFAI_STATE_DIR: folder };
  for (const steps of [[], ['--steps']]) {
    const { out } = await xenfai(null, ['journal', ...steps], { env, stdoutColumns: 80 });
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(out).toMatch(/web-front.*-01[\s\S]*web-front.*-02/);
    expect(out.replace(/\s+/g, ' ')).toContain('no memory no memory no memory');
    expect((await xenfai(null, ['journal', ...steps], { env })).out).toContain(name);
  }
});

test('a run that was killed has no end', () => {
  const event = (kind: StoredEvent['event'], more: Partial<StoredEvent> = {}): StoredEvent => ({
    ...{ id: 'r', at: '2026-05-01T10:00:00.000Z', user: 'u@h', host: 'https://x', pool: '', operation: 'rearm' },
    ...{ target: 'uuid', event: kind },
    ...more,
  });
  const planned = event('planned', { plan: [{}, {}] });
  const end = (...events: StoredEvent[]) => storiesOf([planned, ...events], {})[0]?.end.kind;
  expect(end()).toBe('unfinished');
  expect(end(event('begun'), event('done'), event('begun'))).toBe('unfinished');
  expect(end(event('begun'), event('done'), event('begun'), event('done'))).toBe('done');
  expect(end(event('begun'), event('failed', { step: 's', error: 'e' }), event('undone'))).toBe('failed');
  expect(storiesOf([event('planned', { plan: [] })], {})[0]?.end.kind).toBe('nothing');
  const failure = event('failed', { step: 's', error: 'e' });
  const text = (...events: StoredEvent[]) => storiesOf([planned, ...events], {})[0]?.end.text;
  expect(text(failure)).toBe('failed at s: e');
  expect(text(failure, event('undone'))).toBe('failed at s: e; taken back');
  expect(text(failure, event('undone'), event('left'))).toBe('failed at s: e; not all of it could be taken back');
});
