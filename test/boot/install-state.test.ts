import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BootPlace,
  type BootRecord,
  type InstallState,
  installState,
  type Missing,
  missingWords,
} from '../../source/boot/install-state.ts';
import { markKeys } from '../../source/boot/marks.ts';
import { hostRelease, knownReleases, unknownRules } from '../../source/boot/releases.ts';
import { armedVm, firedVm, markAt, repository, sexpr, uuid } from './records.ts';

const good = { hasFai: true, errors: false };
const noFai = { hasFai: false, errors: false };
const on = (release: string, bootableDisks?: number): BootPlace => ({
  rules: hostRelease(release) ?? unknownRules,
  bootableDisks,
});

describe('armed, or what is missing', () => {
  const with_ = (keys: Record<string, string>, fields: Partial<BootRecord> = {}): BootRecord => ({
    ...armedVm,
    ...fields,
    other_config: { ...armedVm.other_config, ...keys },
  });
  const { 'install-arch': _, ...noArch } = armedVm.other_config;
  const dist = { 'install-repository': 'http://r/d/dists/lenny', 'debian-release': '' };
  const paths = { 'install-distro': 'pygrub', 'debian-release': '', 'install-arch': '' };
  const bare = { ...armedVm, PV_bootloader: 'pygrub' };

  test.each<[string, BootRecord, BootPlace, Missing[]]>([
    ['all there', armedVm, on('5.6'), []],
    ['no distro', { ...armedVm, other_config: repository }, on('5.6'), ['distro']],
    ['no repository', with_({ 'install-repository': '' }), on('5.6'), ['repository']],
    ['no release', with_({ 'debian-release': '' }), on('5.6'), ['release']],
    ['no release, which the URL names, in 2010', with_(dist), on('5.6'), ['release']],
    ['no release, which the URL names, in 2012', with_(dist), on('6.2'), []],
    ['no arch means i386', { ...armedVm, other_config: noArch }, on('5.6'), []],
    ['an empty arch', with_({ 'install-arch': '' }), on('5.6'), ['arch']],
    ['an arch of two words', with_({ 'install-arch': 'a b' }), on('5.6'), ['arch']],
    ['a round left', with_({ 'install-round': '2' }), on('5.6'), ['round']],
    ['HVM', { ...armedVm, HVM_boot_policy: 'BIOS order' }, on('5.6'), ['hvm']],
    ['PVH of 7.5', { ...armedVm, domain_type: 'pvh' }, on('7.6'), ['hvm']],
    ['running', { ...armedVm, power_state: 'Running' }, on('5.6'), ['halted']],
    ['half a rearm the other way', bare, on('5.6'), ['bootloader']],
    ['by paths', with_({ ...paths, 'install-kernel': 'k', 'install-ramdisk': 'i' }), on('5.6'), []],
    ['by one path', with_({ ...paths, 'install-kernel': 'k' }), on('5.6'), ['distro']],
    ['arguments of pygrub', { ...armedVm, PV_bootloader_args: '--entry 0' }, on('5.6'), ['loader-args']],
    ['its own arguments', { ...armedVm, PV_bootloader_args: '--logging -q' }, on('5.6'), []],
    ['a host without the loader', armedVm, on('8.3'), ['loader']],
    ['two disks on 6.0', armedVm, on('6.0', 2), ['disks']],
    ['two disks on 6.1', armedVm, on('6.1', 2), []],
    ['two disks, uncounted', armedVm, on('6.0'), []],
  ])('%s', (_name, vm, place, missing) => {
    const state = missing.length === 0 ? 'armed' : 'half-armed';
    expect(installState(vm, good, place)).toEqual({ state, missing });
  });

  test('a kernel line without FAI words, or with errors, is what is missing', () => {
    expect(installState(armedVm, noFai).missing).toEqual(['args']);
    expect(installState(armedVm, { hasFai: true, errors: true }).missing).toEqual(['args']);
  });

  test('all at once come in the order of repair', () => {
    const vm = with_(
      { 'install-distro': 'rhlike', 'install-repository': '', 'debian-release': '', 'install-round': '1' },
      { PV_bootloader_args: '--kernel x', HVM_boot_policy: 'BIOS order', power_state: 'Running' },
    );
    const place: BootPlace = {
      rules: { ...unknownRules, loader: 'none', severalDisks: 'refused' },
      bootableDisks: 2,
    };
    const broken = { ...vm, other_config: { ...vm.other_config, 'install-arch': '' } };
    expect(installState(broken, noFai, place).missing).toEqual(missingWords.slice(1));
  });
});

describe('after the attempt', () => {
  const [before, then, later] = ['2010-11-15T10:00:00Z', '2010-11-15T12:00:00Z', '2010-11-15T14:00:00Z'];
  const shutDown = { last_shutdown_time: '20101115T11:00:00Z', last_shutdown_reason: 'halted' };

  interface Row {
    readonly power?: string;
    /** The live other_config, and that in the record of the last boot. */
    readonly keys?: Record<string, string>;
    readonly boot?: 'eliloader' | 'pygrub';
    readonly bootKeys?: Record<string, string>;
    readonly bootUuid?: string;
    readonly release?: string;
    readonly hasFai?: boolean;
    readonly bootloader?: string;
  }

  function stateIn(row: Row): InstallState {
    const { power = 'Running', keys = {}, boot, bootKeys = keys, bootUuid = uuid, release = '5.6' } = row;
    const text = (bootloader: string): string =>
      sexpr({ uuid: bootUuid, PV_bootloader: bootloader, other_config: { ...repository, ...bootKeys } });
    const vm: BootRecord = {
      ...firedVm,
      power_state: power,
      PV_bootloader: row.bootloader ?? 'pygrub',
      other_config: { ...repository, ...keys },
      last_booted_record: boot === undefined ? '' : text(boot),
    };
    return installState(vm, { hasFai: row.hasFai ?? true, errors: false }, on(release)).state;
  }

  const armed = (at: string) => ({ [markKeys.armed]: markAt(at) });
  const installed = (at: string) => ({ [markKeys.installed]: markAt(at) });
  const failed = (at: string) => ({ [markKeys.failed]: markAt(at, { task: 'partition', code: 710 }) });

  test.each<[string, Row, InstallState]>([
    ['nothing is known', {}, 'fired'],
    ['an arming by mark, without FAI words', { keys: armed(then), hasFai: false }, 'fired'],
    ['neither mark nor FAI words', { hasFai: false }, 'other'],
    ['another bootloader', { bootloader: '' }, 'other'],

    ['the present boot is the installer', { boot: 'eliloader' }, 'installing'],
    ['paused in it', { boot: 'eliloader', power: 'Paused' }, 'installing'],
    ['halted after it', { boot: 'eliloader', power: 'Halted' }, 'fired'],
    ['on 6.2 only the power cycle began so', { boot: 'eliloader', release: '6.2' }, 'fired'],
    ['on 7.6 the record is old', { boot: 'eliloader', release: '7.6' }, 'fired'],
    ['the record of the VM it was cloned from', { boot: 'eliloader', bootUuid: 'another' }, 'fired'],

    ['it came up from its disk', { boot: 'pygrub' }, 'installed'],
    ['suspended after that', { boot: 'pygrub', power: 'Suspended' }, 'installed'],
    ['it came up on 7.0', { boot: 'pygrub', release: '7.0' }, 'installed'],
    ['on 7.6 the record is old', { boot: 'pygrub', release: '7.6' }, 'fired'],
    ['the disk of the VM it was cloned from', { boot: 'pygrub', bootUuid: 'another' }, 'fired'],
    ['it came up, armed by us', { boot: 'pygrub', keys: armed(then) }, 'installed'],
    ['it came up, FAI words gone', { boot: 'pygrub', keys: armed(then), hasFai: false }, 'disarmed'],
    ['it came up before we armed it', { boot: 'pygrub', keys: armed(then), bootKeys: {} }, 'fired'],
    ['halted: pygrub may have found no kernel', { boot: 'pygrub', power: 'Halted' }, 'fired'],
    ['halted: not shut down since', { boot: 'pygrub', power: 'Halted', keys: shutDown }, 'fired'],
    ['halted: shut down since', { boot: 'pygrub', power: 'Halted', keys: shutDown, bootKeys: {} }, 'installed'],
    [
      'halted: it crashed',
      { boot: 'pygrub', power: 'Halted', keys: { ...shutDown, last_shutdown_reason: 'crashed' }, bootKeys: {} },
      'fired',
    ],

    ['FAI said it ended well', { keys: installed(then) }, 'installed'],
    ['the same, FAI words gone', { keys: installed(then), hasFai: false }, 'disarmed'],
    ['the same, since arming', { keys: { ...armed(before), ...installed(then) } }, 'installed'],
    ['armed again since', { keys: { ...armed(later), ...installed(then) } }, 'fired'],
    ['said in this very boot', { boot: 'eliloader', keys: installed(then), bootKeys: {} }, 'installed'],
    ['armed by hand since, and running', { boot: 'eliloader', keys: installed(then) }, 'installing'],
    ['armed by hand since, and halted', { boot: 'eliloader', power: 'Halted', keys: installed(then) }, 'fired'],
    ['the same on 6.2', { boot: 'eliloader', release: '6.2', keys: installed(then) }, 'fired'],
    ['with both old marks', { boot: 'eliloader', keys: { ...armed(before), ...installed(then) } }, 'installing'],

    ['FAI said it failed', { keys: failed(then) }, 'failed'],
    ['the same, since arming', { keys: { ...armed(before), ...failed(then) } }, 'failed'],
    ['it came up all the same', { boot: 'pygrub', keys: failed(then) }, 'failed'],
    ['armed again after the failure', { keys: { ...armed(later), ...failed(then) } }, 'fired'],
    ['armed again by hand, and running', { boot: 'eliloader', keys: failed(then) }, 'installing'],
    ['failed in this very boot', { boot: 'eliloader', keys: failed(then), bootKeys: {} }, 'failed'],
    ['failed after it was installed', { keys: { ...installed(before), ...failed(then) } }, 'failed'],
    ['installed after it failed', { keys: { ...failed(before), ...installed(then) } }, 'installed'],
    ['failed, then armed again', { bootloader: 'eliloader', keys: failed(then) }, 'half-armed'],
  ])('%s', (_name, row, state) => expect(stateIn(row)).toBe(state));

  test('marks of another VM count for nothing', () => {
    const keys = { [markKeys.installed]: markAt(then, { vm: 'another' }) };
    expect(stateIn({ keys })).toBe('fired');
  });
});

test('whatever a record holds, nothing throws', () => {
  const value = fc.oneof(fc.string(), fc.constantFrom('', 'pygrub', 'debianlike', '{', markAt('2010-11-15')));
  const key = fc.oneof(fc.constantFrom(...Object.values(markKeys), 'install-distro', 'install-arch'), fc.string());
  const record = fc.record({
    uuid: fc.constantFrom(uuid, ''),
    power_state: fc.constantFrom('Halted', 'Running', 'Paused', 'odd'),
    PV_bootloader: fc.constantFrom('eliloader', 'pygrub', ''),
    PV_bootloader_args: fc.string(),
    PV_args: fc.string(),
    HVM_boot_policy: fc.constantFrom('', 'BIOS order'),
    other_config: fc.dictionary(key, value),
    last_booted_record: fc.oneof(fc.string(), fc.constant(sexpr({ uuid, PV_bootloader: 'pygrub' }))),
  });
  fc.assert(
    fc.property(record, fc.boolean(), fc.constantFrom(...knownReleases), (vm, hasFai, release) => {
      installState(vm, { hasFai, errors: false }, on(release));
    }),
    { numRuns: 500 },
  );
});
