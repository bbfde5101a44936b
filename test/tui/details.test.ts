import { describe, expect, test } from 'vitest';
import type { Devices } from '../../source/hosts/devices.ts';
import { deviceKey } from '../../source/hosts/devices.ts';
import { topmost } from '../../source/tui/app/layers.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import { ref } from '../../source/xapi/records.ts';
import { heldClock, simulator } from '../harness.ts';
import { at, play, say, stack, told, vm } from './play.ts';
import { openProgram } from './program.ts';

// What one sees of a VM before it is erased: its disks and networks, read for it alone, and what it lacks.

const vms = ['a', 'b', 'c'].map((name) => vm(name, { VBDs: [`${name}-vbd`], VIFs: [`${name}-vif`] }));
const fleet = (): AppState => play(at('fleet'), told(vms), 'g').state;
const shown = (state: AppState, width = 78, height = 19): string =>
  (topmost(stack(state), 'view')?.(state, { width, height, glyphs: unicode }).rows ?? [])
    .map((row) => row.map(({ text }) => text).join(''))
    .join('\n');
const reads = (commands: readonly object[]): unknown[] =>
  commands.flatMap((one) => ('do' in one && one.do === 'read-devices' && 'vm' in one ? [one.vm] : []));

const devices: Devices = {
  disks: [
    { device: '0', vdi: ref.parse('root'), name: 'root', bytes: 8 * 1024 ** 3, sr: 'Local storage' },
    { device: '1', vdi: ref.parse('data'), name: '1', bytes: 1024 ** 4, sr: '' },
  ],
  networks: [{ device: '0', mac: '0a:92:28:41:88:e3', network: 'Pool-wide network' }],
  unread: 3,
};
const answer = (name: string, known = devices) => {
  const { ref: of, record } = vms.find(({ ref: one }) => one === name) ?? expect.fail(name);
  return say.fleet({ type: 'devices', vm: of, key: deviceKey(record), devices: known });
};

describe('the devices of a VM', () => {
  test('are read when its details are opened, and no others', () => {
    expect(reads(play(fleet(), 'j', 'j', 'k').commands)).toEqual([]);
    const { state, commands } = play(fleet(), 'enter');
    expect(reads(commands)).toEqual([vms[0]]);
    expect(shown(state)).toContain('reading 1 drive');
    expect(reads(play(state, answer('a'), 'escape', 'enter', 'l', 'enter').commands)).toEqual([]);
    expect(reads(play(state, answer('a'), 'right', answer('b'), 'left').commands)).toEqual([vms[1]]);
  });

  test('beside the table they follow the cursor', () => {
    const wide = play(fleet(), { type: 'window', window: { columns: 160, rows: 50 } });
    expect(reads(wide.commands)).toEqual([vms[0]]);
    expect(reads(play(wide.state, 'j').commands)).toEqual([vms[1]]);
  });

  test('are shown with their storage and network, and what the next boot erases is called so', () => {
    const text = shown(play(fleet(), 'enter', answer('a')).state);
    expect(text).toMatch(/disk 0 +8 GiB on Local storage, "root": ERASED by the next boot/);
    expect(text).toMatch(/disk 1 +1 TiB: ERASED by the next boot/);
    expect(text).toMatch(/network 0 +0a:92:28:41:88:e3 on Pool-wide network/);
    expect(text).toContain('3 devices not looked at');
    expect(text).toMatch(/memory +256 MiB, 1 VCPU/);
  });

  test('that were plugged since are read anew', () => {
    const { state } = play(fleet(), 'enter', answer('a'));
    const [first, ...others] = vms;
    const plugged = vm('a', { VBDs: ['a-vbd', 'new'], VIFs: ['a-vif'] });
    expect(reads(play(state, told([plugged, ...others])).commands)).toEqual([plugged]);
    expect(reads(play(state, told(first === undefined ? [] : [first, ...others])).commands)).toEqual([]);
  });

  test('a disk that grew is shown so without a question to the host; other disks change nothing', () => {
    const { state } = play(fleet(), 'enter', answer('a'));
    const grown = (disk: string) =>
      play(
        state,
        say.fleet({
          type: 'disks',
          news: [{ type: 'disk', disk: ref.parse(disk), name: 'data', bytes: 2 * 1024 ** 4 }],
        }),
      );
    expect(shown(grown('data').state)).toMatch(/disk 1 +2 TiB, "data": ERASED by the next boot/);
    expect(grown('data').commands).toEqual([]);
    expect(grown('else').state.fleet.devices).toBe(state.fleet.devices);
  });

  test('a disk that is gone, and events that were missed, mean one new read of what is in sight', () => {
    const { state } = play(fleet(), 'enter', answer('a'));
    for (const news of [{ type: 'gone', disk: ref.parse('data') } as const, { type: 'all' } as const]) {
      const told = say.fleet({ type: 'disks', news: [news] });
      const next = play(state, told, told);
      expect(reads(next.commands)).toEqual([vms[0]]);
      // What is known stands there until the answer comes.
      expect(shown(next.state)).toBe(shown(state));
      expect(reads(play(next.state, answer('a'), 'escape', 'enter').commands)).toEqual([]);
      expect(reads(play(state, 'escape', told).commands)).toEqual([]);
    }
  });

  test('that cannot be read are not asked for again and again; one comes back to them', () => {
    const gone = say.fleet({
      type: 'no-devices',
      vm: ref.parse('a'),
      problem: { code: 'x', exit: 10, message: 'No.' },
    });
    const { state, commands } = play(fleet(), 'enter', gone, told(vms), told(vms));
    expect(reads(commands)).toHaveLength(1);
    expect(shown(state)).toMatch(/disks +not known: No\./);
    expect(reads(play(state, 'right', 'left').commands)).toHaveLength(2);
  });
});

test('a half-armed VM says which setting is missing', () => {
  const lacking = vm('half', {
    PV_args: '',
    other_config: { 'install-repository': 'cdrom', 'debian-release': 'lenny' },
  });
  const text = shown(play(at('fleet'), told([lacking]), 'g', 'enter').state);
  expect(text).toContain('install-distro is not set; it must be debianlike.');
  expect(text).toContain('install-repository is cdrom; it must be an http, ftp or nfs URL.');
  expect(text).toMatch(/PV-args is empty; it must be a line with FAI_ACTION or\s+FAI_FLAGS\./);
});

test('on a host: only the VM on which one rests is asked about', async () => {
  const sim = await simulator({ vms: 8, clock: heldClock() });
  const program = await openProgram(sim, { known: true });
  await program.comes(({ fleet: { following } }) => following);
  await program.press('ctrl-f', 'g', 'enter', 'right', 'right', 'right');
  await program.comes(({ fleet: { devices: known } }) => known.byVm.size > 0);
  expect(program.state().fleet.devices.byVm.size).toBe(1);
  expect(program.screen()).toMatch(/disk 0 +8 GiB on Local storage/);
  const [disk] = program.state().fleet.devices.byVm.values().next().value?.devices.disks ?? [];
  sim.world.database.set('VDI', disk?.vdi ?? '', 'virtual_size', 16 * 1024 ** 3);
  await program.comes(() => /disk 0 +16 GiB on Local storage/.test(program.screen()));
  await program.close();
  await sim.stop();
});
