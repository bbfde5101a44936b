import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Host } from '../../source/hosts/host.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { followInventory } from '../../source/watch/inventory.ts';
import { refs } from '../../source/xapi/records.ts';
import { open, simulator, until } from '../harness.ts';

// A host has few threads for everybody who talks to it.

let sim: Simulator;
let host: Host;
beforeEach(async () => {
  sim = await simulator({ vms: 1, latency: 5 });
  host = await open(sim);
});
afterEach(async () => {
  await host.close();
  await sim.stop();
});

const many = () => Promise.all(Array.from({ length: 30 }, () => host.session.call('VM.get_all', [], refs)));

test('three connections serve all calls at once, events among them, also after new logins', async () => {
  const stop = new AbortController();
  let told = 0;
  const following = followInventory(host, { signal: stop.signal, tell: () => (told += 1) });
  await until(() => told > 0);
  await many();
  // The session is forgotten: everybody finds it gone at once.
  for (const session of [...sim.world.sessions]) {
    sim.world.sessions.delete(session);
    sim.world.events.drop(session);
  }
  await many();
  await host.session.renew(new AbortController().signal);
  await many();
  expect(sim.connections.most).toBe(3);
  stop.abort();
  await following;
});

test('what was opened is closed in the end', async () => {
  await many();
  await host.close();
  await until(() => sim.connections.open === 0);
});
