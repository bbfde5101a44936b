import { findVm, type Vm } from '../hosts/vm.ts';
import { copiedAlready, madeOnce } from '../operations/made-once.ts';
import { planTemplateCopy } from '../operations/template-copy.ts';
import { applyPlan, type Changed } from './changed.ts';
import { withHost } from './connect.ts';
import { command } from './spec.ts';
import { templateResult } from './template-result.ts';
import { architecture, codeName } from './values.ts';
import { vmItem } from './vm-json.ts';

export const templateCopy = command({
  name: 'template copy',
  about: 'a copy that may be changed; the same command once more finds what it has made',
  takes: (take) => ({
    source: take.one('SOURCE'),
    name: take.one('NAME'),
    comment: take.textOrNone('--comment <text>', "its description; '' for none"),
    release: take.as('--release <name>', 'make it one for this Debian, such as lenny', codeName),
    arch: take.as('--arch <name>', 'i386 or amd64', architecture),
  }),
  examples: [
    ["xenfai template copy 'Debian Lenny 5.0 (32-bit)' 'Debian FAI'", "the vendor's stays as it is"],
    ["xenfai template copy 'Debian Squeeze 6.0 (32-bit)' 'Debian FAI' --release lenny", 'where Lenny is absent'],
    [
      "xenfai template copy 'CentOS 6 (64-bit)' 'Debian FAI' --release wheezy --arch amd64 --dry-run",
      'shows what differs',
    ],
  ],
  exits: [7, 8],
  access: 'write',
  run: (options, around) =>
    withHost(options, around, async ({ host, context }) => {
      const source = await findVm(host.session, options.source, 'template');
      const { rules } = await host.facts();
      const leave = async (there: Vm): Promise<Changed> => ({
        item: { ...vmItem(there, rules), ok: true, changed: false },
        problem: null,
        lines: [`${there.record.name_label}: ${copiedAlready}  ${there.record.uuid}`],
        steps: [],
      });
      const changed = await madeOnce(
        () => planTemplateCopy(host, source, options.name, options),
        leave,
        (plan) => applyPlan(plan, null, context, options),
      );
      return templateResult(changed, host, options);
    }),
});
