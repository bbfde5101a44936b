import { withBootable } from '../hosts/bootable.ts';
import { findVm } from '../hosts/vm.ts';
import { andWatch } from './and-watch.ts';
import { withHost } from './connect.ts';
import { eachName } from './each.ts';
import { command } from './spec.ts';
import { startOne } from './starting.ts';
import { watchFlags } from './watch-flags.ts';

export const start = command({
  name: 'start',
  about: 'start; an armed VM only if its repository passes the check',
  takes: (take) => ({
    names: take.some('VM'),
    force: take.on('--force', 'even if the check fails'),
    ...watchFlags(take),
  }),
  examples: [
    ['xenfai start web01', 'says whether the one attempt was used'],
    ['xenfai start web01 --watch', 'ends when it is installed (0) or will not be (11)'],
  ],
  exits: [6, 7, 8, 9, 11],
  access: 'write',
  run: (options, around) =>
    withHost(options, around, async (connection) => {
      const { host, context } = connection;
      const { rules } = await host.facts();
      const { dryRun, force } = options;
      const { transport } = around;
      return andWatch(options, connection, around, () =>
        eachName(options.names, host, around.signal, async (name) =>
          startOne(await withBootable(host.session, await findVm(host.session, name), rules), context, rules, {
            dryRun,
            force,
            transport,
            checked: false,
          }),
        ),
      );
    }),
});
