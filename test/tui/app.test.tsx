import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { render } from 'ink-testing-library';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freshForm } from '../../source/fai/form.ts';
import { openSettings } from '../../source/settings/settings.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { App } from '../../source/tui/app.tsx';
import type { Effects } from '../../source/tui/effects/effects.ts';
import { startState } from '../../source/tui/start-state.ts';
import { unicode } from '../../source/tui/theme.ts';
import { prepareTemplate, simulator, until, xenfai } from '../harness.ts';

// The mounted component with its real effects, on a simulated host in the same process.

let sim: Simulator;
let effects: Effects | null = null;
beforeEach(async () => {
  sim = await simulator({ vms: 4 });
});
afterEach(async () => {
  await effects?.close(false);
  await sim.stop();
});

function mount(profiles: boolean) {
  const settings = openSettings(mkdtempSync(join(tmpdir(), 'xenfai-')));
  const name = new URL(sim.host).host;
  if (profiles) settings.save({ name, address: sim.host, user: 'root' });
  const suggestions = profiles ? { password: sim.password } : { address: sim.host, password: sim.password };
  const start = startState({
    suggestions,
    profiles: settings.profiles(),
    form: freshForm('live-boot'),
    now: Date.now(),
    readOnly: false,
  });
  const written: string[] = [];
  const app = render(
    <App
      start={start}
      first={[]}
      effects={{
        settings,
        timeout: 5000,
        monitorPort: 0,
        dial: () => Promise.resolve(true),
        write: (text) => written.push(text),
      }}
      glyphs={unicode}
      tickEvery={1000}
      now={() => Date.now()}
      onState={() => {}}
      onEffects={(made) => {
        effects = made;
      }}
    />,
  );
  const shows = (text: string | RegExp) =>
    until(() => (typeof text === 'string' ? app.lastFrame()?.includes(text) : text.test(app.lastFrame() ?? '')));
  const press = async (...keys: string[]) => {
    for (const key of keys) {
      app.stdin.write(key);
      // Ink reads a key at a time; the next one must not join it.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { ...app, shows, press, settings, written };
}

test('connect, look at a template, copy its UUID to the clipboard', async () => {
  const app = mount(false);
  await app.shows('Which XenServer?');
  await until(() => effects !== null);
  await app.press('\r', '\r', '\r');
  await app.shows('Connected');
  expect(app.settings.profiles()[0]).toMatchObject({ address: sim.host, user: 'root' });
  await app.press('\r');
  await app.shows('❯ Debian Lenny');
  await app.press('p');
  await app.shows('All parameters');
  await app.press('u');
  await app.shows('Sent to the clipboard');
  const [, encoded = ''] = /\u001b\]52;c;([^\u0007]+)\u0007/.exec(app.written.join('')) ?? [];
  expect(Buffer.from(encoded, 'base64').toString()).toMatch(/^[0-9a-f-]{36}$/);
});

test('a saved host is chosen from the menu and leads to the fleet, which lives on events', async () => {
  const app = mount(true);
  await app.shows('A new host');
  await until(() => effects !== null);
  await app.press('\r');
  await app.shows(/vm1 +◆ armed/);
  await prepareTemplate(sim);
  await xenfai(sim, ['create', 'fresh', '--template', 'FAI']);
  await app.shows(/fresh +◆ armed/);
  await xenfai(sim, ['start', 'vm1']);
  await app.shows(/vm1 +\S+ .*running/);
});

test('a refused login says so and asks for the password again', async () => {
  const app = mount(false);
  await app.shows('Which XenServer?');
  await until(() => effects !== null);
  await app.press('\r', '\r', 'x', '\r');
  await app.shows('refused the login');
  expect(app.lastFrame()).not.toContain(sim.password);
  await app.press(...sim.password, '\r');
  await app.shows('Connected');
});
