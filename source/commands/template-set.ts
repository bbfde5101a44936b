import { findVm } from '../hosts/vm.ts';
import { planTemplateSet } from '../operations/template.ts';
import { sourceFlags } from './arming.ts';
import { applyPlan } from './changed.ts';
import { withHost } from './connect.ts';
import { command } from './spec.ts';
import { templateResult } from './template-result.ts';
import { codeNameOrNone } from './values.ts';

export const templateSet = command({
  name: 'template set',
  about: 'repository, release, architecture, proxy and FAI arguments',
  takes: (take) => ({
    template: take.one('TEMPLATE'),
    ...sourceFlags(take, ["such as lenny; '' removes it, for a repository whose URL names one", codeNameOrNone]),
    proxy: take.textOrNone('--proxy <url>', "proxy for dom0; '' removes it"),
  }),
  examples: [
    ["xenfai template set 'Debian FAI' --repository http://web/debian-custom", 'what is not given stays'],
    ["xenfai template set 'Debian FAI' --args 'quiet console=hvc0 … FAI_ACTION=install' --dry-run", 'shows the plan'],
  ],
  exits: [7, 8],
  access: 'write',
  run: (options, around) =>
    withHost(options, around, async ({ host, context }) => {
      const vm = await findVm(host.session, options.template, 'template');
      return templateResult(await applyPlan(planTemplateSet(vm, options), vm, context, options), host, options);
    }),
});
