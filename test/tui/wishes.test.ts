import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noJournal } from '../../source/operations/journal.ts';
import { noLearned } from '../../source/settings/learned.ts';
import { noNotices } from '../../source/settings/notices.ts';
import { openSettings } from '../../source/settings/settings.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { openWorld, type World } from '../../source/tui/app/world.ts';
import { wishesOf } from '../../source/tui/screens/plan/wishes.ts';
import { ref } from '../../source/xapi/records.ts';
import { open, simulator, transportOf } from '../harness.ts';

let sim: Simulator;
let world: World;
beforeEach(async () => {
  sim = await simulator({ vms: 2 });
  const settings = openSettings(mkdtempSync(join(tmpdir(), 'xenfai-')));
  const given = {
    settings,
    timeout: 5000,
    monitorPort: 0,
    readOnly: false,
    notices: noNotices,
    journal: noJournal,
    learned: noLearned,
  };
  world = openWorld({ ...given, now: () => Date.now(), write: () => {}, transport: transportOf(sim) });
  await world.open(await open(sim));
});
afterEach(async () => {
  await world.close();
  await sim.stop();
});

test('a VM that is gone costs the others of its job nothing', async () => {
  const there = [...sim.world.database.all('VM')].flatMap(([one, vm]) =>
    vm['name_label'] === 'vm1' ? [ref.parse(one)] : [],
  );
  const refs = [ref.parse('OpaqueRef:gone'), ...there];
  const signal = new AbortController().signal;
  const wishes = await wishesOf({ work: 'stop', refs, template: null }, { world, signal, whole: signal });
  expect(wishes.map(({ name }) => name)).toEqual(['OpaqueRef:gone', 'vm1']);
  await expect(wishes[0]?.plan()).rejects.toThrow('HANDLE_INVALID');
  expect(await wishes[1]?.plan()).toMatchObject({ plan: { operation: 'stop', actions: [] } });
});
