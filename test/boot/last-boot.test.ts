import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lastBoot } from '../../source/boot/last-boot.ts';
import { sexpr, uuid, xmlrpc } from './records.ts';

// The form is that of a real one, of a XenServer 7.1 VM's export; its middle is shortened.
const real = (bootloader: string): string =>
  `('struct' ('uuid' '${uuid}') ('allowed_operations' ('array')) ('current_operations' ('struct' ('OpaqueRef:a664b26b-3b87-83e7-90ca-9a784caccc02' 'start'))) ('power_state' 'Halted') ('name_label' 'ddd') ('is_a_template' ('boolean' '0')) ('suspend_VDI' 'OpaqueRef:NULL') ('affinity' '') ('VCPUs_params' ('struct')) ('VBDs' ('array' 'OpaqueRef:4ae40d83-6373-8ea2-2801-2385caba0df2')) ('PV_bootloader' '${bootloader}') ('PV_args' '') ('HVM_boot_params' ('struct' ('order' 'dc'))) ('HVM_shadow_multiplier' ('double' '1')) ('other_config' ('struct' ('vgpu_pci' '') ('mac_seed' '890231c4-c804-44f3-efa5-fa6ec0719286'))) ('domid' '-1') ('last_booted_record' '') ('xenstore_data' ('struct' ('vm-data' ''))) ('snapshot_time' ('dateTime.iso8601' '19700101T00:00:00Z')) ('has_vendor_device' ('boolean' '0')))`;

describe('the record of the last boot', () => {
  test.each(['eliloader', 'pygrub'])('says %s', (bootloader) => {
    expect(lastBoot(real(bootloader), uuid)).toEqual({
      bootloader,
      otherConfig: { vgpu_pci: '', mac_seed: '890231c4-c804-44f3-efa5-fa6ec0719286' },
    });
  });

  test('is read as XML, too', () => {
    const fields = { uuid, PV_bootloader: 'pygrub', name_label: '', other_config: { k: 'a <b> & "c"', empty: '' } };
    const { other_config: otherConfig } = fields;
    expect(lastBoot(xmlrpc(fields), uuid)).toEqual({ bootloader: 'pygrub', otherConfig });
    expect(lastBoot(`<?xml version="1.0"?>\n${xmlrpc(fields)}`, uuid)).toEqual({ bootloader: 'pygrub', otherConfig });
  });

  test.each([
    ['nothing', ''],
    ['a VM without a bootloader', real('')],
    ['another bootloader', real('domUloader')],
    ['cut off', real('pygrub').slice(0, 600)],
    ['too many parentheses', `${real('pygrub')})`],
    ['endless depth', '('.repeat(100_000)],
    ['a huge one', real('pygrub') + ' '.repeat(300_000)],
    ['what 7.3 writes for suspended VMs', '["3",{"vm":"x","PV_bootloader":"pygrub"}]'],
    ['an array', "('array' ('uuid' 'x') ('PV_bootloader' 'pygrub'))"],
    ['XML without an end', xmlrpc({ uuid, PV_bootloader: 'pygrub' }).slice(0, -9)],
  ])('%s tells nothing', (_, text) => expect(lastBoot(text, uuid)).toBeNull());

  test('a clone carries the record of its source: it tells nothing', () => {
    expect(lastBoot(real('pygrub'), 'another')).toBeNull();
  });

  test('a key of other_config named like a field misleads nobody', () => {
    const other_config = { PV_bootloader: 'pygrub', uuid: 'x' };
    for (const marshal of [sexpr, xmlrpc]) {
      const fields = { other_config, uuid, PV_bootloader: 'eliloader' };
      expect(lastBoot(marshal(fields), uuid)?.bootloader).toBe('eliloader');
    }
  });

  test('any other_config comes back as it was, quotes and backslashes included', () => {
    const value = fc.string({ unit: fc.constantFrom("'", '"', '\\', '(', ')', ' ', '\n', ';', 'é', '€', 'a') });
    const keys = fc.dictionary(fc.stringMatching(/^[a-z:_-]{1,9}$/), value);
    fc.assert(
      fc.property(keys, (other_config) => {
        const text = sexpr({ uuid, PV_bootloader: 'eliloader', other_config });
        expect(lastBoot(text, uuid)?.otherConfig).toEqual({ ...other_config });
      }),
    );
  });

  test('no text makes it throw', () => {
    const piece = fc.constantFrom(
      '(',
      ')',
      "'",
      '"',
      '\\',
      ' ',
      'struct',
      "'struct'",
      '<value>',
      '</value>',
      '<',
      '&',
    );
    const noise = fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(noise, fc.nat(1500), (text, at) => {
        lastBoot(text, uuid);
        lastBoot(real('pygrub').slice(0, at) + text, uuid);
        lastBoot(xmlrpc({ uuid, PV_bootloader: 'pygrub' }).slice(0, at) + text, uuid);
      }),
      { numRuns: 500 },
    );
  });
});
