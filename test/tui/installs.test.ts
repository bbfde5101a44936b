import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { unknownRules } from '../../source/boot/releases.ts';
import { concernedInstalls, sortedInstalls } from '../../source/tui/app/installs.ts';
import { FleetFold } from '../../source/watch/fleet.ts';
import { type Ref, ref, vmRecord } from '../../source/xapi/records.ts';

/** One VM is written anew, made, or gone. */
const step = fc.record({
  vm: fc.integer({ min: 0, max: 7 }),
  gone: fc.boolean(),
  name: fc.constantFrom('web1', 'Web1', 'web2', 'web10', 'db'),
  bootloader: fc.constantFrom('eliloader', 'pygrub'),
});

test('whatever happens, VMs stand by name, and those that an install concerns are the same as by a look at each', () => {
  fc.assert(
    fc.property(fc.array(fc.array(step, { maxLength: 3 }), { maxLength: 12 }), (batches) => {
      const fold = new FleetFold(unknownRules);
      const there = new Map<Ref, { name: string; concerned: boolean }>();
      for (const batch of batches) {
        for (const { vm, gone, name, bootloader } of batch) {
          const key = ref.parse(`r${vm}`);
          const record = vmRecord.parse({ uuid: `u${vm}`, name_label: name, PV_bootloader: bootloader });
          fold.fold(gone ? { type: 'gone', ref: key } : { type: 'vm', vm: { ref: key, record } }, 0);
          if (gone) there.delete(key);
          else there.set(key, { name, concerned: bootloader === 'eliloader' });
        }
        const collator = new Intl.Collator('en', { numeric: true });
        const wanted = [...there].sort(
          ([a, { name: one }], [b, { name: other }]) => collator.compare(one, other) || (a < b ? -1 : 1),
        );
        const fleet = fold.snapshot();
        expect(sortedInstalls(fleet).map(({ vm }) => [vm.ref, vm.record.name_label])).toEqual(
          wanted.map(([key, { name }]) => [key, name]),
        );
        expect(concernedInstalls(fleet).map(({ vm }) => vm.ref)).toEqual(
          wanted.filter(([, { concerned }]) => concerned).map(([key]) => key),
        );
      }
    }),
  );
});
