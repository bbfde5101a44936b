import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hostRelease } from '../../source/boot/releases.ts';
import { profileOf, releases } from '../../source/simulator/releases/profile.ts';
import { templatesOf } from '../../source/simulator/releases/templates.ts';
import { type Simulator, startSimulator } from '../../source/simulator/simulator.ts';
import { type BareHost, caller, failure, open } from './calls.ts';

// How a VM boots on a host of each release, and how it fails to.

interface Boots {
  /** How a missing file reads: the code, and what the other words match. */
  readonly missing: readonly [code: string, words: RegExp];
  readonly unknown: string;
  readonly refused: string;
  /** What the record of the last boot tells after a start, and after a reboot from disk. */
  readonly records: readonly [started: string, rebooted: string];
  readonly severalDisks: 'refused' | 'first';
  readonly consoles: readonly string[];
  readonly shutdownTold: boolean;
  readonly baseName: boolean;
}

const stderr: Boots = {
  missing: ['INVALID_SOURCE', /^Unable to access a required file in the specified repository: http\S+vmlinuz\./],
  unknown: 'UNKNOWN_BOOTLOADER',
  refused: 'DOMAIN_BUILDER_ERROR',
  records: ['eliloader', 'pygrub'],
  severalDisks: 'refused',
  consoles: ['rfb'],
  shutdownTold: true,
  baseName: false,
};
const vt100: Boots = { ...stderr, consoles: ['rfb', 'vt100'] };
const xenopsd: Boots = {
  missing: [
    'BOOTLOADER_FAILED',
    /INVALID_SOURCE\nUnable to access a required file in the specified repository: http/,
  ],
  unknown: 'INTERNAL_ERROR',
  refused: 'INTERNAL_ERROR',
  records: ['eliloader', 'eliloader'],
  severalDisks: 'first',
  consoles: ['rfb', 'vt100'],
  shutdownTold: false,
  baseName: true,
};
const later: Boots = { ...xenopsd, missing: ['BOOTLOADER_FAILED', /Could not access http\S+vmlinuz/] };
const untold: Boots = { ...later, records: ['', ''] };

const table: Readonly<Record<string, Boots | null>> = {
  '5.6.0': stderr,
  '5.6-fp1': stderr,
  '6.0': vt100,
  '6.1': xenopsd,
  '6.2': xenopsd,
  '6.5': xenopsd,
  '7.2': later,
  '7.6': untold,
  '8.0': untold,
  '8.1': untold,
  '8.2': untold,
  // No eliloader.
  '8.3': null,
};

test('every release has a row here', () => expect(Object.keys(table)).toEqual(releases));

/** Both sides have a table of releases of their own; where they differ, one is wrong. */
test.each(releases)('%s is what the client takes it for', (release) => {
  const { version, loader, xen, has } = profileOf(release);
  const client = hostRelease(version);
  expect({ loader: client?.loader, xen: client?.xen, severalDisks: client?.severalDisks }).toEqual({
    loader,
    xen,
    severalDisks: has('tampa') ? 'first' : 'refused',
  });
  expect(client?.recordTells).toBe(has('inverness') ? 'nothing' : has('tampa') ? 'power cycle' : 'every boot');
});

describe.each(Object.entries(table))('release %s', (release, boots) => {
  let sim: Simulator;
  let host: BareHost;
  let vm = '';
  const call = caller(() => host);
  const setKey = async (key: string, value: string) => {
    await call('VM.remove_from_other_config', vm, key);
    await call('VM.add_to_other_config', vm, key, value);
  };
  const start = () => call('VM.start', vm, false, false);

  beforeEach(async () => {
    sim = await startSimulator({ release, vms: 1 });
    host = await open(sim);
    vm = (await call('VM.get_by_name_label', 'vm1'))[0];
    // A kernel of 64 bits boots on all of them.
    await setKey('install-arch', 'amd64');
  });
  afterEach(async () => {
    await host.close();
    await sim.stop();
  });

  if (boots === null) {
    test('has no eliloader: nothing is fetched, nothing is switched', async () => {
      const [code, words] = (await failure(start())) as string[];
      expect([code, words]).toEqual(['INTERNAL_ERROR', expect.stringMatching(/Bootloader\.Bad_error $/)]);
      expect(await call('VM.get_PV_bootloader', vm)).toBe('eliloader');
    });
    return;
  }

  test('boots the installer once, and says of it what it says', async () => {
    await start();
    expect(await call('VM.get_PV_bootloader', vm)).toBe('pygrub');
    expect(await call('VM.get_other_config', vm)).not.toHaveProperty('install-distro');
    const record = String(await call('VM.get_last_booted_record', vm));
    expect(/'PV_bootloader' '(\w+)'/.exec(record)?.[1] ?? '').toBe(boots.records[0]);
    const refs: string[] = await call('VM.get_consoles', vm);
    const consoles = await Promise.all(refs.map((ref) => call('console.get_record', ref)));
    expect(consoles.map(({ protocol }) => protocol).sort()).toEqual([...boots.consoles]);
    for (const { uuid, location } of consoles) {
      const place = boots.consoles.length > 1 ? `/console?uuid=${uuid}` : `/console?ref=${vm}`;
      expect(location).toContain(place);
    }
    await call('VM.hard_shutdown', vm);
    expect('last_shutdown_reason' in (await call('VM.get_other_config', vm))).toBe(boots.shutdownTold);
  });

  test('a reboot writes the record, or does not', async () => {
    await start();
    const [vdi] = await Promise.all((await call('VM.get_VBDs', vm)).map((vbd: string) => call('VBD.get_VDI', vbd)));
    sim.world.disks.set(vdi, { system: 'Debian' });
    await call('VM.hard_reboot', vm);
    const record = String(await call('VM.get_last_booted_record', vm));
    expect(/'PV_bootloader' '(\w+)'/.exec(record)?.[1] ?? '').toBe(boots.records[1]);
  });

  test('a missing file leaves it armed, in the words of its loader', async () => {
    await setKey('install-repository', `${sim.repository}/none`);
    const [code = '', ...words] = (await failure(start())) as string[];
    expect([code, words.join('\n')]).toEqual([boots.missing[0], expect.stringMatching(boots.missing[1])]);
    expect(await call('VM.get_PV_bootloader', vm)).toBe('eliloader');
    expect(await call('VM.get_power_state', vm)).toBe('Halted');
  });

  test('what else goes wrong', async () => {
    await call('VM.set_PV_bootloader', vm, 'lilo');
    expect((await failure(start()))[0]).toBe(boots.unknown);
    await call('VM.set_PV_bootloader', vm, 'eliloader');
    const [vbd] = await call('VM.get_VBDs', vm);
    const disk = await call('VBD.get_record', vbd);
    const vdi = await call('VDI.copy', disk.VDI, (await call('VDI.get_record', disk.VDI)).SR).catch(() => disk.VDI);
    const more = { VM: vm, VDI: vdi, userdevice: '1', bootable: true, mode: 'RW', type: 'Disk', empty: false };
    await call('VBD.create', {
      ...more,
      unpluggable: false,
      other_config: {},
      qos_algorithm_type: '',
      qos_algorithm_params: {},
    });
    const outcome = await failure(start());
    if (boots.severalDisks === 'first') expect(outcome).toBe('no failure');
    else expect(outcome[2]).toMatch(/too many bootable disks \(2 disks\)/);
  });

  test('a kernel that its Xen refuses has spent the attempt', async () => {
    const junk = createServer((_, response) => void response.end('no kernel')).listen(0, '127.0.0.1');
    await once(junk, 'listening');
    await setKey('install-repository', `http://127.0.0.1:${(junk.address() as AddressInfo).port}`);
    const [code, ...words] = (await failure(start())) as string[];
    junk.close();
    expect(code).toBe(boots.refused);
    expect(words.join(' ')).toMatch(/Invalid kernel/);
    expect(await call('VM.get_PV_bootloader', vm)).toBe('pygrub');
  });

  test('where there is too little memory, it says so from 6.2 on', async () => {
    const much = 999 * 1024 ** 3;
    sim.world.database.set('VM', vm, 'memory_static_max', much);
    const overhead = Number(await call('VM.get_memory_overhead', vm));
    const told = ['5.6.0', '5.6-fp1', '6.0', '6.1'].includes(release)
      ? ['NO_HOSTS_AVAILABLE']
      : ['HOST_NOT_ENOUGH_FREE_MEMORY', String(much + overhead), expect.stringMatching(/^\d+$/)];
    expect(await failure(start())).toEqual(told);
    expect(await call('VM.get_PV_bootloader', vm)).toBe('eliloader');
  });

  test('a clone says what it was made of, from 6.1 on', async () => {
    const [shipped] = templatesOf(profileOf(release));
    const [template] = await call('VM.get_by_name_label', shipped?.name ?? '');
    const clone = await call('VM.clone', template, 'copy');
    const words = await call('VM.get_other_config', clone);
    expect(words.base_template_name).toBe(boots.baseName ? shipped?.name : undefined);
    expect(words).not.toHaveProperty('default_template');
  });
});

test.each([
  ['6.1', ['MESSAGE_METHOD_UNKNOWN', 'VM.shutdown'], 'Running'],
  ['6.2', 'no failure', 'Halted'],
])('on %s VM.shutdown of a guest that does not heed: %j', async (release, outcome, state) => {
  const sim = await startSimulator({ release, vms: 1, speed: 1000, monitorPort: 1 });
  const host = await open(sim);
  const call = caller(() => host);
  const [vm] = await call('VM.get_by_name_label', 'vm1');
  await call('VM.start', vm, false, false);
  expect(await failure(call('VM.shutdown', vm))).toEqual(outcome);
  expect(await call('VM.get_power_state', vm)).toBe(state);
  await host.close();
  await sim.stop();
});
