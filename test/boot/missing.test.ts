import { describe, expect, test } from 'vitest';
import { type BootRecord, installState, missingWords } from '../../source/boot/install-state.ts';
import { missingReasons, reasonText } from '../../source/boot/missing.ts';
import { armedVm } from './records.ts';

const words = (change: Readonly<Record<string, string>>) => ({ ...armedVm.other_config, ...change });
const texts = (vm: BootRecord, line: readonly string[] = []): string[] => {
  const facts = { hasFai: vm.PV_args === armedVm.PV_args, errors: line.length > 0 };
  return missingReasons(vm, installState(vm, facts).missing, line).map(reasonText);
};

describe('what a half-armed VM lacks is said with the setting, what it is, and what it must be', () => {
  test.each<[string, Partial<BootRecord>, string[]]>([
    ['nothing', {}, []],
    ['bootloader', { PV_bootloader: 'pygrub' }, ['PV-bootloader is pygrub; it must be eliloader.']],
    ['loader-args', { PV_bootloader_args: '-x' }, ['PV-bootloader-args is -x; it must be empty.']],
    [
      'repository',
      { other_config: words({ 'install-repository': 'cdrom' }) },
      ['install-repository is cdrom; it must be an http, ftp or nfs URL.'],
    ],
    [
      'arch, round',
      { other_config: words({ 'install-arch': '../x', 'install-round': '2' }) },
      ['install-arch is ../x; it must be i386 or amd64.', 'install-round is 2; it must be absent.'],
    ],
    ['hvm', { HVM_boot_policy: 'BIOS order' }, ['HVM-boot-policy is BIOS order; it must be empty.']],
    ['args', { PV_args: '' }, ['PV-args is empty; it must be a line with FAI_ACTION or FAI_FLAGS.']],
    ['halted', { power_state: 'Running' }, ['power-state is running; it must be halted.']],
  ])('%s', (_, change, said) => expect(texts({ ...armedVm, ...change })).toEqual(said));

  test('a distro that is not there is called so, and a line FAI refuses says why', () => {
    const { 'install-distro': _, ...without } = armedVm.other_config;
    expect(texts({ ...armedVm, other_config: without })).toEqual([
      'install-distro is not set; it must be debianlike.',
    ]);
    expect(texts(armedVm, ['FAI_FLAGS has a blank.'])).toEqual([
      'PV-args is whatever; it must be corrected: FAI_FLAGS has a blank.',
    ]);
  });

  test('there is a sentence for each word, of bounded width', () => {
    const vm = { ...armedVm, PV_args: 'x'.repeat(3000), other_config: words({ 'install-arch': 'y'.repeat(3000) }) };
    const reasons = missingReasons(vm, missingWords, [], { bootableDisks: 2 });
    expect(reasons.map(({ missing }) => missing)).toEqual([...missingWords]);
    for (const one of reasons) expect(reasonText(one).length).toBeLessThan(120);
  });
});
