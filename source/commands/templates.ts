import { sortTemplates, type TemplateFacts, templateFacts } from '../hosts/template.ts';
import { allTemplates } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import { withHost } from './connect.ts';
import { command } from './spec.ts';
import { table } from './table.ts';

/** All templates: those that netboot as Debian first, the others with the reason why not. */
export const templates = command({
  name: 'templates',
  about: 'templates, those for FAI first',
  takes: () => ({}),
  examples: [['xenfai templates', 'and why the others do not suit']],
  exits: [],
  access: 'read',
  run: (options, around) =>
    withHost(options, around, async ({ host }) => {
      const all = sortTemplates((await allTemplates(host.session)).map(templateFacts));
      const row = (one: TemplateFacts): string[] => [
        one.name,
        one.vendor ? 'vendor' : 'own',
        one.netboot ? [one.release, one.arch].join(' ') : '-',
        one.netboot ? one.repository || 'no repository yet' : (one.reason ?? ''),
      ];
      return {
        exit: exit.done,
        json: { templates: all },
        lines: table(['NAME', 'OWNER', 'NETBOOTS', 'REPOSITORY, OR WHY NOT'], all.map(row), {
          columns: around.stdoutColumns,
        }),
      };
    }),
});
