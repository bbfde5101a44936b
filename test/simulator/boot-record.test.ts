import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bootRecord, trimmed } from '../../source/simulator/boot-record.ts';
import { type TestClock, testClock } from '../../source/simulator/clock.ts';
import { model56 } from '../../source/simulator/model.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import type { Fields } from '../../source/simulator/types.ts';
import { simulator } from '../harness.ts';
import { type BareHost, caller, failure, open } from './calls.ts';

describe('a VM record as an s-expression (xmlrpc_sexpr.ml)', () => {
  test.each<[string, Fields, string]>([
    ['a string', { name_label: 'web1' }, `('name_label' 'web1')`],
    ['nothing', { name_label: '' }, `('name_label' '')`],
    ['quotes and backslashes', { PV_args: `a='b' "c" \\` }, String.raw`('PV_args' 'a=\'b\' \"c\" \\')`],
    ['no XML entities', { recommendations: '<a b="c"/>&' }, String.raw`('recommendations' '<a b=\"c\"/>&')`],
    ['an int', { domid: -1 }, `('domid' '-1')`],
    ['a boolean', { is_a_template: true }, `('is_a_template' ('boolean' '1'))`],
    ['a float', { HVM_shadow_multiplier: 1 }, `('HVM_shadow_multiplier' ('double' '1'))`],
    ['a date', { snapshot_time: '20101115T10:53:00Z' }, `('dateTime.iso8601' '20101115T10:53:00Z')`],
    ['a set', { VBDs: ['OpaqueRef:1', 'OpaqueRef:2'] }, `('VBDs' ('array' 'OpaqueRef:1' 'OpaqueRef:2'))`],
    ['an empty set', { VBDs: [] }, `('VBDs' ('array'))`],
    ['a map', { platform: { pae: 'true', nx: '' } }, `('platform' ('struct' ('pae' 'true') ('nx' '')))`],
    ['an empty map', { platform: {} }, `('platform' ('struct'))`],
    ['not itself', { last_booted_record: 'long' }, `('last_booted_record' '')`],
    ['no BIOS strings', { bios_strings: { 'bios-vendor': 'Xen' } }, `('bios_strings' ('struct'))`],
  ])('%s', (_, fields, expected) => expect(bootRecord(model56, fields)).toContain(expected));

  test('is one struct of all fields, in the order of the record', () => {
    expect(bootRecord(model56, { uuid: 'u' })).toMatch(/^\('struct' \('uuid' 'u'\) \('allowed_operations' .*\)\)$/);
  });

  test.each([
    ['  a', 'a'],
    ['a b', 'a b'],
    ['console=hvc0 ', 'console=hvc'],
    ['abc  ', 'abc'],
    ['abc   ', 'ab'],
    [' ', ''],
    ['', ''],
  ])('blanks are trimmed as it does, with its mistake: "%s"', (text, expected) =>
    expect(trimmed(text)).toBe(expected),
  );
});

describe('VM.last_booted_record', () => {
  let clock: TestClock;
  let sim: Simulator;
  let host: BareHost;
  const call = caller(() => host);
  beforeAll(async () => {
    clock = testClock();
    sim = await simulator({ vms: 6, clock });
    host = await open(sim);
  });
  afterAll(async () => {
    await host.close();
    await sim.stop();
  });
  const vmOf = async (name: string): Promise<string> => (await call('VM.get_by_name_label', name))[0];
  const field = (record: string, name: string) => new RegExp(`\\('${name}' '([^']*)'\\)`).exec(record)?.[1];
  const loader = async (vm: string) => field(await call('VM.get_last_booted_record', vm), 'PV_bootloader');

  test('is as it was before the boot: eliloader while the installer runs, pygrub after its reboot', async () => {
    const vm = await vmOf('vm1');
    expect(await call('VM.get_last_booted_record', vm)).toBe('');
    await call('VM.start', vm, false, false);
    const record = await call('VM.get_last_booted_record', vm);
    const installer = await call('VM.get_domid', vm);
    expect(await call('VM.get_PV_bootloader', vm)).toBe('pygrub');
    expect(field(record, 'PV_bootloader')).toBe('eliloader');
    expect(field(record, 'install-distro')).toBe('debianlike');
    expect(field(record, 'power_state')).toBe('Halted');
    await clock.advance(10 * 60_000);
    const after = await call('VM.get_last_booted_record', vm);
    expect(field(after, 'PV_bootloader')).toBe('pygrub');
    expect(field(after, 'power_state')).toBe('Running');
    expect(field(after, 'domid')).toBe(installer);
    expect(after).not.toContain('install-distro');
  });

  test('is kept when the VM is halted, and written anew by each reboot', async () => {
    const vm = await vmOf('vm2');
    await call('VM.start', vm, false, false);
    await call('VM.set_PV_bootloader', vm, 'eliloader');
    expect(await loader(vm)).toBe('pygrub');
    await call('VM.add_to_other_config', vm, 'install-distro', 'debianlike');
    await call('VM.hard_reboot', vm);
    expect(await loader(vm)).toBe('eliloader');
    await call('VM.hard_shutdown', vm);
    expect(await loader(vm)).toBe('eliloader');
  });

  test('is written before the bootloader is tried, so a boot that fails leaves it, too', async () => {
    const vm = await vmOf('vm6');
    await call('VM.set_PV_bootloader', vm, 'eliloader');
    expect((await failure(call('VM.start', vm, false, false)))[0]).toBe('UNSUPPORTED_INSTALL_METHOD');
    expect(await loader(vm)).toBe('eliloader');
  });

  test.each([
    ['vm2', 'installed', 'pygrub'],
    ['vm3', 'fired', 'eliloader'],
    ['vm4', 'half-armed', undefined],
    ['win5', 'HVM', ''],
    ['vm6', 'armed and never started', undefined],
  ])('of the VMs that --vms makes: %s, %s', async (name, _, expected) => {
    const fresh = await simulator({ vms: 6 });
    const record = [...fresh.world.database.all('VM').values()].find((vm) => vm['name_label'] === name);
    expect(field(String(record?.['last_booted_record']), 'PV_bootloader')).toBe(expected);
    await fresh.stop();
  });
});
