import { netbootUrls } from '../../boot/methods/eliloader.ts';
import { splitKernelLine } from '../../fai/kernel-line.ts';
import { longestLine } from '../../fai/validate.ts';
import { errorsOf, type Finding } from '../../problem/finding.ts';
import { widthOf } from '../../text/width.ts';
import { blank, foreign, type Line, line, lineWidth, type Span, span, title, wrapped } from '../lines.ts';
import { windowOf } from '../list.ts';
import type { AppState } from '../state.ts';
import { findingRows, formRow, problemRows, type Size } from '../view.ts';
import { configureFindings, kernelLine } from './configure.ts';
import { type ConfigureField, configureFields, flagHelp } from './fields.ts';

export function configureView(state: AppState, size: Size): Line[] {
  const { configure } = state;
  const fields = configureFields(configure);
  const bottom = bottomRows(state, fields[configure.field], size);
  const room = Math.max(4, size.height - bottom.length - 2);
  const [first, end] = windowOf(fields.length, configure.field, room);
  const rows = fields
    .slice(first, end)
    .map((field, index) => fieldRow(state, field, first + index === configure.field, size));
  const above = first > 0 ? `  ${first} more above` : '';
  const more = `${above}${end < fields.length ? `  ${fields.length - end} more below` : ''}`;
  return [[...title('Repository and FAI arguments'), span(more, 'dim')], ...rows, blank, ...bottom].slice(
    0,
    size.height,
  );
}

function fieldRow(state: AppState, field: ConfigureField, focused: boolean, size: Size): Line {
  const { configure } = state;
  if (field.kind === 'flags') return flagRow(state, focused, field, size);
  const value = field.value(configure);
  return formRow({ label: field.label, value, focused, kind: field.kind, cursor: configure.cursor }, size);
}

/** The checklist on one row; the one under the cursor is inverse. Flags that do not fit scroll. */
function flagRow(state: AppState, focused: boolean, field: ConfigureField, { width, glyphs }: Size): Line {
  const { configure } = state;
  const names = field.options?.(configure) ?? [];
  const head: Line = [
    span(focused ? `${glyphs.pointer} ` : '  ', 'accent'),
    span(field.label.padEnd(16), focused ? 'accent' : 'dim'),
  ];
  const items = names.map((name, index) => {
    const ticked = configure.form.flags.includes(name);
    return { text: `${ticked ? glyphs.on : glyphs.off} ${name}`, ticked, under: focused && index === configure.flag };
  });
  const room = width - 20;
  let first = 0;
  const total = (from: number, to: number): number =>
    items.slice(from, to).reduce((sum, { text }) => sum + widthOf(text) + 2, 0);
  while (first < configure.flag && total(first, configure.flag + 1) > room) first += 1;
  const row: Line = items
    .slice(focused ? first : 0)
    .flatMap(({ text, ticked, under }) => [span(text, ticked ? 'good' : 'dim', { inverse: under }), span('  ')]);
  return [...head, ...row];
}

/** Help for the field, the kernel line with its length and what changes, the first findings. */
function bottomRows(state: AppState, field: ConfigureField | undefined, size: Size): Line[] {
  const { configure, template } = state;
  const { width, height } = size;
  const help = field?.kind === 'flags' ? flagHelp(configure) : (field?.help ?? '');
  const shown = kernelLine(state);
  const before = template.records.get(template.chosen ?? '')?.record.PV_args ?? '';
  const findings = configureFindings(configure);
  const rows: Line[] = [...wrapped(help, width, 'dim')];
  rows.push(lengthRow(shown, before));
  rows.push(...diffRows(before, shown, width));
  if (height > 24) rows.push(blank, ...urlRows(state, width));
  if (configure.problem !== null) rows.push(...problemRows(configure.problem, size).slice(0, 6));
  if (configure.saving) rows.push(line(`Writing and reading back${size.glyphs.ellipsis}`, 'accent'));
  rows.push(...complaintRows(findings, size));
  return rows;
}

/** On a small screen the first finding in full, with what to do, and how many more there are. */
function complaintRows(findings: readonly Finding[], size: Size): Line[] {
  const [first] = findings;
  if (first === undefined) return [line(`${size.glyphs.done} nothing to complain about`, 'good')];
  if (size.height > 24) return findingRows(findings, size).slice(0, 12);
  const errors = errorsOf(findings).length;
  const more =
    findings.length === 1
      ? []
      : [line(`and ${findings.length - 1} more; ${errors} errors in all`, errors > 0 ? 'bad' : 'warn')];
  return [...findingRows([first], size), ...more];
}

function lengthRow(text: string, before: string): Line {
  const bytes = new TextEncoder().encode(text).length;
  const changed = text === before ? 'as the template has it' : 'new words green';
  return [
    span(`Kernel line, ${bytes} of ${longestLine} bytes`, bytes > longestLine ? 'bad' : 'title', { bold: true }),
    span(`  ${changed}`, 'dim'),
  ];
}

/** The line word by word: what stays, what is new, and behind it what goes. */
export function diffRows(before: string, after: string, width: number): Line[] {
  const old = splitKernelLine(before).map(({ text }) => text);
  const fresh = splitKernelLine(after).map(({ text }) => text);
  const gone = old.filter((text) => !fresh.includes(text));
  const words: Span[] = [...fresh.map((text) => foreign(text, old.includes(text) ? 'plain' : 'good'))];
  const rows: Span[][] = [[]];
  for (const word of words) {
    const row = rows.at(-1) ?? [];
    if (row.length > 0 && lineWidth(row) + 1 + widthOf(word.text) > width) rows.push([word]);
    else row.push(row.length === 0 ? word : { ...word, text: ` ${word.text}` });
  }
  const left: Line[] = gone.length === 0 ? [] : [[span('taken out: ', 'dim'), foreign(gone.join(' '), 'bad')]];
  return [...rows, ...left];
}

function urlRows(state: AppState, width: number): Line[] {
  const urls = netbootUrls(state.configure.plain, state.connect.found?.loader === 2010 ? 2010 : 2012);
  return [
    ...title('eliloader will ask for').map((part) => [part]),
    ...wrapped(urls.kernel, width, 'dim'),
    ...wrapped(urls.initrd, width, 'dim'),
  ];
}
