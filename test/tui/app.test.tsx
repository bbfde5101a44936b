import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { initrdImage } from '../../source/simulator/depot/initrd-image.ts';
import { kernelImage } from '../../source/simulator/depot/kernel-image.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import type { Runner } from '../../source/tui/app/runner.ts';
import { ascii } from '../../source/tui/kit/theme.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import { prepareTemplate, simulator, until, xenfai } from '../harness.ts';
import { type Mounting, mount as mountOn, paste } from './mounted.tsx';

// The mounted component with its real effects, on a simulated host in the same process.

let sim: Simulator;
let runner: Runner<AppState> | null = null;
beforeEach(async () => {
  runner = null;
  sim = await simulator({ vms: 4 });
});
afterEach(async () => {
  await runner?.close(false);
  await sim.stop();
});

const down = '\u001b[B';
const pageDown = '\u001b[6~';
const esc = '\u001b';

async function mount(mounting: Mounting) {
  const app = await mountOn(sim, mounting);
  runner = app.runner;
  return app;
}

const asked = () => ({ address: sim.host, password: sim.password });

test('connect, look at a template, copy its UUID to the clipboard', async () => {
  const app = await mount({ suggestions: asked() });
  await app.shows('Which XenServer?');
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
  const app = await mount({ profiles: 1, suggestions: { password: sim.password } });
  await app.shows('A new host');
  await app.press('\r');
  await app.shows(/vm1 +◆ armed/);
  await prepareTemplate(sim);
  await xenfai(sim, ['create', 'fresh', '--template', 'FAI']);
  await app.shows(/fresh +◆ armed/);
  await xenfai(sim, ['start', 'vm1']);
  await app.shows(/vm1 +\S+ .*running/);
});

test('a refused login says so and asks for the password again', async () => {
  const app = await mount({ suggestions: asked() });
  await app.shows('Which XenServer?');
  await app.press('\r', '\r', 'x', '\r');
  await app.shows('refused the login');
  expect(app.lastFrame()).not.toContain(sim.password);
  await app.press(...sim.password, '\r');
  await app.shows('Connected');
});

describe('menus', () => {
  test('the Enter that chooses a saved host acts once', async () => {
    const app = await mount({ profiles: 1 });
    await app.shows('A new host');
    app.burst('\r');
    await app.shows(/password/);
    expect(app.state().connect).toMatchObject({ phase: 'form', form: { focus: 'password' } });
    // What follows in the same burst is typed, none of it is lost.
    app.burst(`${sim.password}\r`);
    await app.shows(/vm1 +◆ armed/);
  });

  test('host, password and Enter in one burst connect', async () => {
    const app = await mount({ profiles: 1 });
    await app.shows('A new host');
    app.burst(`\r${sim.password}\r`);
    await app.shows(/vm1 +◆ armed/);
  });

  test('every saved host is reached, however many there are', async () => {
    const app = await mount({ profiles: 60 });
    await app.shows(/❯ 127\.0\.0\.1/);
    app.burst(down.repeat(45));
    await app.shows('❯ host45 (root)');
    await app.press('G');
    await app.shows('❯ A new host');
    app.burst('\r');
    await app.shows('address');
    expect(app.state().connect.form.focus).toBe('address');
  });

  test('the pointer is the one of the theme', async () => {
    const app = await mount({ profiles: 2, glyphs: ascii });
    await app.shows(/> 127\.0\.0\.1/);
    expect(app.lastFrame()).toMatch(/^[\x00-\x7f]*$/);
  });

  test('five Downs in one burst move five lines, and the place is kept after Esc', async () => {
    const app = await mount({ profiles: 1, suggestions: { password: sim.password } });
    await app.shows('A new host');
    await app.press('\r');
    await app.shows(/vm1 +◆ armed/);
    await app.press('n');
    await app.shows('❯ Create new VMs');
    app.burst(down.repeat(5));
    await app.shows('❯ Watch the fleet');
    await app.press('k', 'k', 'k', '\r');
    await app.shows('once more?');
    app.burst(esc);
    await app.shows('❯ Rearm VMs');
  });
});

test('--read-only: whatever is pressed, nothing is written', async () => {
  await prepareTemplate(sim);
  const version = '2.6.32-4-686-bigmem';
  const nfsroot = mkdtempSync(join(tmpdir(), 'xenfai-nfsroot-'));
  const repository = mkdtempSync(join(tmpdir(), 'xenfai-www-'));
  mkdirSync(join(nfsroot, 'boot'));
  mkdirSync(join(nfsroot, 'lib/modules', version), { recursive: true });
  writeFileSync(join(nfsroot, `boot/vmlinuz-${version}`), kernelImage({ arch: 'i386', version }));
  writeFileSync(join(nfsroot, `boot/initrd.img-${version}`), initrdImage(version));
  const methods: string[] = [];
  sim.world.intercept = (method) => {
    methods.push(method);
    return undefined;
  };
  const writes = /\.(set_|add_to|remove_from|clone|copy|create|destroy|start|clean_|hard_|provision|snapshot)/;
  const written = () => methods.filter((method) => writes.test(method));
  // A write ends the walk: what comes after it would be waited for in vain.
  const comes = (look: () => boolean) => until(() => written().length > 0 || look());
  const place = (name: string) => comes(() => app.state().shared.place.name === name);
  const app = await mount({ readOnly: true, suggestions: asked() });
  await app.press('\r', '\r', '\r');
  await app.shows('Connected');
  await app.press('\r');
  await app.shows(/❯ FAI/);
  // Template: a copy, and the copy that a vendor's template needs.
  await app.press('j', 'c', '\t', '\r', '\r', '\t', '\r', 'k', '\r');
  // Configure: something else in the first field, and save; then as it was.
  await place('configure');
  await app.press('x', pageDown, '\r');
  await comes(() => app.state().shared.flash?.text === 'Nothing is changed with --read-only.');
  await app.press('\u001b[5~', '\u007f', pageDown, '\r');
  await place('verify');
  await comes(() => app.state().verify.result !== null);
  // Verify: stage. Where the form does not open, the last Enter goes on.
  await app.press('t', paste(repository), '\t', paste(nfsroot), pageDown, '\r');
  await place('act');
  // Act: only what changes nothing is among the lines; the last one leads to the fleet.
  await app.press('3', '4', '6', pageDown, '\r');
  await place('fleet');
  await app.press('n', '3', '4', '6', pageDown, '\r');
  await place('fleet');
  // Fleet: every key that asks for work, on every VM.
  for (let index = 0; index < 4; index += 1) await app.press('s', '\r', 'x', 'y', 'a', 'y', 'p', 'y', 'j');
  await runner?.close(true);
  expect(methods.length).toBeGreaterThan(5);
  expect(written()).toEqual([]);
  expect(existsSync(join(repository, 'dists'))).toBe(false);
  expect(app.settings.profiles()).toEqual([]);
});
