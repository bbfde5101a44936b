import { blank, foreign, type Line, line, span, title, toWidth, wrapped } from '../lines.ts';
import { matching, windowOf } from '../list.ts';
import type { AppState } from '../state.ts';
import { formRow, hint, problemRows, type Size } from '../view.ts';
import { createFields, createProblem } from './act.ts';

const labels = {
  names: 'names',
  memory: 'memory',
  vcpus: 'VCPUs',
  disk: 'first disk',
  sr: 'storage',
  network: 'network',
  button: 'Show the plan',
} as const;

const helps = {
  names: 'One or several: web01, or web[01-03] for three. Nothing is made before you have seen the plan.',
  memory: 'Such as 512M or 1G.',
  vcpus: 'Virtual CPUs.',
  disk: 'Size of the disk that FAI will install on.',
  sr: 'Where the disks go; left and right choose.',
  network: 'Must reach the FAI server; left and right choose.',
  button: 'Every step with before and after, and the xe line that does the same.',
} as const;

/** Above the menu, which ink-select-input draws. */
export function actHead(state: AppState, size: Size): Line[] {
  const { template } = state;
  const chosen = template.items.find(({ uuid }) => uuid === template.chosen);
  return [
    title('What shall be done?'),
    chosen === undefined ? hint('No template is chosen yet.') : [span('Template: ', 'dim'), foreign(chosen.name)],
    ...(state.verify.overridden
      ? wrapped(
          'The repository check failed and was overridden: an attempt will probably be wasted.',
          size.width,
          'bad',
        )
      : []),
    blank,
  ];
}

export function createView(state: AppState, size: Size): Line[] {
  const { act } = state;
  const rows: Line[] = [title('New VMs'), blank];
  for (const [index, name] of createFields.entries()) {
    const focused = act.field === index;
    if (name === 'button')
      rows.push(blank, formRow({ label: labels.button, value: '', focused, kind: 'button' }, size));
    else if (name === 'sr' || name === 'network') {
      const options = name === 'sr' ? act.srs : act.networks;
      const value = foreign(options[act[name]]?.label ?? 'reading').text;
      rows.push(formRow({ label: labels[name], value, focused, kind: 'choice' }, size));
    } else {
      const { value, cursor } = act[name];
      rows.push(formRow({ label: labels[name], value, cursor, focused, kind: 'text' }, size));
    }
  }
  const problem = createProblem(act);
  rows.push(blank, ...wrapped(helps[createFields[act.field] ?? 'names'], size.width, 'dim'));
  if (problem !== null && act.names.value !== '') rows.push(line(problem, 'warn'));
  if (act.problem !== null) rows.push(...problemRows(act.problem, size));
  return rows;
}

const pickTitles = {
  create: '',
  start: 'Which VMs shall boot?',
  rearm: 'Which VMs shall run the installer once more?',
  repair: 'Which VM shall get what it lacks, before its first boot?',
} as const;

export function pickView(state: AppState, { width, height, glyphs }: Size): Line[] {
  const { act } = state;
  const rows = matching(act.candidates, act.list.filter, ({ name }) => name);
  if (rows.length === 0) return [title(pickTitles[act.work]), blank, hint('There are no VMs here.')];
  const at = Math.max(
    0,
    rows.findIndex(({ ref }) => ref === act.list.selected),
  );
  const [first, end] = windowOf(rows.length, at, height - 3);
  const nameWidth = Math.min(30, Math.floor(width * 0.35));
  const shown = rows.slice(first, end).map(({ ref, name, state: word, reason }, index): Line => {
    const selected = first + index === at;
    const box = reason !== null ? ' '.repeat(glyphs.off.length) : act.ticked.includes(ref) ? glyphs.on : glyphs.off;
    return [
      span(selected ? `${glyphs.pointer} ` : '  ', 'accent'),
      span(`${box} `, reason === null ? 'good' : 'dim'),
      span(toWidth(foreign(name).text, nameWidth, glyphs), reason !== null ? 'dim' : selected ? 'accent' : 'plain'),
      span(` ${word.padEnd(16)}`, reason === null ? 'plain' : 'dim'),
      span(reason ?? '', 'dim'),
    ];
  });
  return [[...title(pickTitles[act.work]), span(`  ${at + 1}/${rows.length}`, 'dim')], blank, ...shown];
}
