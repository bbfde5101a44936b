import { parameterLines } from '../hosts/param-list.ts';
import { templateOn } from '../hosts/template.ts';
import { findVm } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import { rawRecord } from '../xapi/records.ts';
import { withHost } from './connect.ts';
import { command } from './spec.ts';

export const templateShow = command({
  name: 'template show',
  about: 'every parameter, as xe template-param-list prints it',
  takes: (take) => ({ template: take.one('TEMPLATE') }),
  examples: [["xenfai template show 'Debian Lenny 5.0 (32-bit)'", 'also a vendor template']],
  exits: [7],
  access: 'read',
  run: (options, around) =>
    withHost(options, around, async ({ host }) => {
      const vm = await findVm(host.session, options.template, 'template');
      const record = await host.session.call('VM.get_record', [vm.ref], rawRecord);
      const lines = parameterLines(record, () => undefined);
      const params = Object.fromEntries(lines.map((line) => [line.name, line.value]));
      return {
        exit: exit.done,
        json: { template: { ...templateOn(vm, (await host.facts()).able), params } },
        lines: lines.map(({ line }) => line),
      };
    }),
});
