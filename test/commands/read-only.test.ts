import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { isRead } from '../../source/xapi/access.ts';
import { lennyTemplate, prepareTemplate, simulator, until, xenfai } from '../harness.ts';

// No command has a guard of its own: the session that it is given, and the writer of files, refuse every write.

let sim: Simulator;
let sent: string[];
beforeEach(async () => {
  sim = await simulator({ vms: 8 });
  await prepareTemplate(sim);
  await xenfai(sim, ['start', 'vm1']);
  sent = [];
  sim.world.intercept = (method) => {
    if (!isRead(method)) sent.push(method);
    return undefined;
  };
});
afterEach(() => sim.stop());

const state = mkdtempSync(join(tmpdir(), 'xenfai-read-only-'));
const run = (line: readonly string[], ...more: string[]) =>
  xenfai(sim, [...line, ...more], {
    env: { XENFAI_HOST: sim.host, XENFAI_PASSWORD: sim.password, XENFAI_STATE_DIR: state },
  });

const changes: readonly (readonly string[])[] = [
  ['rearm', 'vm3', '--yes'],
  ['rearm', 'vm3', '--yes', '--snapshot'],
  ['rearm', 'vm1', '--yes', '--force'],
  ['rearm', 'vm3', '--yes', '--start'],
  ['repair', 'vm6', '--template', 'FAI', '--yes'],
  ['start', 'vm7', '--force'],
  ['stop', 'vm1', '--yes'],
  ['stop', 'vm1', '--yes', '--force'],
  ['stop', 'vm1', '--yes', '--reset'],
  ['create', 'new', '--template', 'FAI'],
  ['create', 'new[1-3]', '--template', 'FAI', '--start'],
  ['template', 'copy', lennyTemplate, 'New'],
  ['template', 'set', 'FAI', '--release', 'squeeze'],
];

describe.each(changes)('%s', (...line) => {
  test('--read-only is refused: exit 8, and nothing is sent', async () => {
    const ran = await run(line, '--read-only', '--json');
    expect(ran).toMatchObject({ code: 8, json: { ok: false, error: { code: 'read-only' } } });
    expect(sent).toEqual([]);
  });

  test('--dry-run shows the plan, and nothing is sent', async () => {
    const ran = await run(line, '--dry-run', '--json');
    expect(ran).toMatchObject({ code: 0, json: { ok: true, dryRun: true } });
    expect(ran.json.plan.length).toBeGreaterThan(0);
    expect(sent).toEqual([]);
  });
});

test('no journal was begun', () => {
  expect(readdirSync(state)).toEqual([]);
});

test.each([
  ['--dry-run', false],
  ['--read-only', false],
  ['--all', true],
])('status --watch %s records what it sees: %s', async (flag, records) => {
  await xenfai(sim, ['create', 'web', '--template', 'FAI']);
  const life = new AbortController();
  const lines: string[] = [];
  const options = { signal: life.signal, out: (text: string) => lines.push(text) };
  const watching = xenfai(sim, ['status', 'web', '--watch', flag], options);
  await until(() => lines.length > 0);
  sim.world.intercept = null;
  await xenfai(sim, ['start', 'web']);
  await until(() => lines.some((line) => line.endsWith(' web  installed  running')));
  const [ref = ''] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'web') ?? [];
  const marked = () => 'xenfai:installed' in (sim.world.database.get('VM', ref)['other_config'] as object);
  if (records) await until(marked);
  life.abort();
  expect((await watching).code).toBe(130);
  expect(marked()).toBe(records);
});
