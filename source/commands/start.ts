import { findVm } from '../hosts/vm.ts';
import { summary } from './changed.ts';
import { withHost } from './connect.ts';
import { eachName } from './each.ts';
import { command } from './spec.ts';
import { startOne } from './starting.ts';

export const start = command({
  name: 'start',
  about: 'start; an armed VM only if its repository passes the check',
  takes: (take) => ({ names: take.some('VM'), force: take.on('--force', 'whatever the check says') }),
  examples: [['xenfai start web01', 'says whether the one attempt was used']],
  exits: [6, 7, 8, 9],
  access: 'write',
  run: (options, around) =>
    withHost(options, around, async ({ host, context }) => {
      const { rules } = await host.facts();
      const { dryRun, force } = options;
      const { transport } = around;
      const all = await eachName(options.names, host, around.signal, async (name) =>
        startOne(await findVm(host.session, name), context, rules, { dryRun, force, transport, checked: false }),
      );
      return summary(all, options);
    }),
});
