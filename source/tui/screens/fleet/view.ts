import type { View } from '../../kit/binding.ts';
import { beside, cutLine, faded, foreign, hint, type Line, lineWidth, span } from '../../kit/lines.ts';
import { pagerRows, positionText } from '../../kit/pager.ts';
import type { Size } from '../../kit/size.ts';
import { layoutOf } from './layout.ts';
import { asKnown, paneRows, type ReadPane, readingOf } from './panes.ts';
import { type FleetScene, selectedInstall } from './state.ts';
import { fleetTable } from './table.ts';

/** While the host is silent everything stands as it was last known, faded; the frame says since when. */
export function fleetView(scene: FleetScene, size: Size): View {
  const rows = viewRows(asKnown(scene), size);
  return { rows: scene.shared.fleet.lost === null ? rows : faded(rows) };
}

/** Table, details and log side by side where there is room; else the one that has the keys. */
function viewRows(scene: FleetScene, size: Size): Line[] {
  const layout = layoutOf(scene, size);
  const { pane } = scene.own;
  const chosen = selectedInstall(scene) !== undefined;
  const draw = (which: ReadPane): Line[] => paneView(scene, which, { ...size, ...layout[which] });
  if (!layout.sideBySide) return chosen && pane !== 'table' ? draw(pane) : fleetTable(scene, size);
  const right = chosen ? [...draw('details'), ...draw('log')] : [hint('No VM is selected.')];
  const table = fleetTable(scene, { ...size, ...layout.table });
  return beside(table, right, layout.table.width, size.height, size.glyphs);
}

/** A head, and below it exactly `size.height` rows. */
function paneView(scene: FleetScene, pane: ReadPane, size: Size): Line[] {
  const pager = readingOf(scene)[pane];
  const pages = { rows: paneRows(scene, pane, size.width), height: size.height };
  const rows = pagerRows(pager, pages);
  const position = positionText(pager, pages, pane === 'log');
  const blanks = Array.from({ length: Math.max(0, size.height - rows.length) }, (): Line => []);
  return [headOf(scene, pane, position, size), ...rows, ...blanks];
}

const titles = { details: 'Details', log: 'Log' } as const;

/** What a pane is, of which VM, and where one is in it; one that has the keys is marked, and not by colour alone. */
function headOf(scene: FleetScene, pane: ReadPane, position: string, { width, glyphs }: Size): Line {
  const here = scene.own.pane === pane;
  const name = selectedInstall(scene)?.vm.record.name_label ?? '';
  const right = position === '' ? '' : ` ${position}`;
  const left = cutLine(
    [
      span(`${here ? glyphs.pointer : glyphs.rule} ${titles[pane]} `, here ? 'accent' : 'title', { bold: true }),
      foreign(name, here ? 'accent' : 'plain'),
      span(' '),
    ],
    Math.max(10, width - right.length),
    glyphs,
  );
  const rule = glyphs.rule.repeat(Math.max(0, width - lineWidth(left) - right.length));
  return [...left, span(rule, 'dim'), span(right, position.startsWith('following') ? 'good' : 'dim')];
}
