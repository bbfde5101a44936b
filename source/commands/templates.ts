import type { Capabilities } from '../hosts/capabilities.ts';
import { sortTemplates, type TemplateFacts, templateOn } from '../hosts/template.ts';
import { allTemplates } from '../hosts/vm.ts';
import { exit } from '../problem/exit.ts';
import { capabilityLines } from './capabilities.ts';
import { withHost } from './connect.ts';
import { shellText } from './plain.ts';
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
      const { able } = await host.facts();
      const all = sortTemplates((await allTemplates(host.session)).map((vm) => templateOn(vm, able)));
      const row = (one: TemplateFacts): string[] => [
        one.name,
        one.vendor ? 'vendor' : 'own',
        one.netboot ? [one.release, one.arch].join(' ') : '-',
        one.netboot ? one.repository || 'no repository yet' : (one.reason ?? ''),
      ];
      return {
        exit: exit.done,
        json: { templates: all },
        lines: [
          ...table(['NAME', 'OWNER', 'NETBOOTS', 'REPOSITORY, OR WHY NOT'], all.map(row), {
            columns: around.stdoutColumns,
          }),
          ...makingLines(all, able),
        ],
      };
    }),
});

/** Where none is for FAI: the line that makes one, or that nothing can. */
function makingLines(all: readonly TemplateFacts[], able: Capabilities): readonly string[] {
  if (all.some(({ netboot }) => netboot)) return [];
  const base = all.find((one) => one.base !== null);
  if (base === undefined) return capabilityLines(able);
  const line = ['xenfai', 'template', 'copy', base.name, { plain: 'NAME' }, '--release', { plain: 'RELEASE' }];
  return ['None of them is for FAI. This makes one:', `    ${shellText({ shell: line })}`];
}
