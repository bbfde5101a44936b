import { netbootUrls } from '../../../boot/methods/eliloader.ts';
import { splitKernelLine } from '../../../fai/kernel-line.ts';
import { longestLine } from '../../../fai/validate.ts';
import { errorsOf, type Finding } from '../../../problem/finding.ts';
import { widthOf } from '../../../text/width.ts';
import { findingRows, problemRows } from '../../app/problem-rows.ts';
import { chosenRecord } from '../../app/templates.ts';
import type { View } from '../../kit/binding.ts';
import { type Field, type FormState, shownFields } from '../../kit/form.ts';
import { busyRow, formRows, helpRows, requiredNote } from '../../kit/form-rows.ts';
import { blank, foreign, type Line, line, lineWidth, type Span, span, title, wrapped } from '../../kit/lines.ts';
import type { Size } from '../../kit/size.ts';
import { fieldOf } from './field-findings.ts';
import { configureFields } from './fields.ts';
import { type Answers, type ConfigureScene, configureFindings, kernelLine } from './state.ts';

export function configureView(scene: ConfigureScene, size: Size): View {
  const { form, saving } = scene.own;
  const fields = configureFields(form.values);
  const bottom = [...helpRows(fields, form, size), ...bottomRows(scene, fields, size)];
  const room = Math.max(4, size.height - bottom.length - 2);
  const { rows, above, below } = formRows(fields, form, { ...size, height: room }, !saving);
  const more = `${above > 0 ? `  ${above} more above` : ''}${below > 0 ? `  ${below} more below` : ''}`;
  const head: Line = [...title('Repository and FAI arguments'), requiredNote, span(more, 'dim')];
  return { rows: [head, ...rows, blank, ...bottom].slice(0, size.height) };
}

/** The kernel line with its length and what changes, the first findings. */
function bottomRows(scene: ConfigureScene, fields: readonly Field<Answers>[], size: Size): Line[] {
  const { form, problem, saving } = scene.own;
  const shown = kernelLine(scene);
  const before = chosenRecord(scene.shared.templates)?.PV_args ?? '';
  return [
    lengthRow(shown, before),
    ...diffRows(before, shown, size.width),
    ...(size.height > 24 ? [blank, ...urlRows(scene, size.width)] : []),
    ...(problem === null ? [] : problemRows(problem, size).slice(0, 6)),
    ...(saving ? [busyRow('Writing and reading back', size)] : []),
    ...complaintRows(elsewhere(fields, form), configureFindings(form.values).length === 0, size),
  ];
}

/** The findings that do not stand at a field that one sees. */
function elsewhere(fields: readonly Field<Answers>[], form: FormState<Answers>): readonly Finding[] {
  const told = shownFields(fields, form).filter(({ required, value }) => required || value(form.values) !== '');
  const seen = new Set(told.map(({ id }) => id));
  return configureFindings(form.values).filter(
    (finding) => finding.severity !== 'error' || !seen.has(fieldOf(finding) ?? ''),
  );
}

/** On a small screen the first finding in full, with what to do, and how many more there are. */
function complaintRows(findings: readonly Finding[], ok: boolean, size: Size): Line[] {
  const [first] = findings;
  if (first === undefined) return ok ? [line(`${size.glyphs.done} nothing to complain about`, 'good')] : [];
  if (size.height > 24) return findingRows(findings, size).slice(0, 12);
  const errors = errorsOf(findings).length;
  const more = `and ${findings.length - 1} more; ${errors} errors in all`;
  return [...findingRows([first], size), ...(findings.length === 1 ? [] : [line(more, errors > 0 ? 'bad' : 'warn')])];
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
function diffRows(before: string, after: string, width: number): Line[] {
  const old = splitKernelLine(before).map(({ text }) => text);
  const fresh = splitKernelLine(after).map(({ text }) => text);
  const gone = old.filter((text) => !fresh.includes(text));
  const rows: Span[][] = [[]];
  for (const text of fresh) {
    const word = foreign(text, old.includes(text) ? 'plain' : 'good');
    const row = rows.at(-1) ?? [];
    if (row.length > 0 && lineWidth(row) + 1 + widthOf(word.text) > width) rows.push([word]);
    else row.push(row.length === 0 ? word : { ...word, text: ` ${word.text}` });
  }
  const left: Line[] = gone.length === 0 ? [] : [[span('taken out: ', 'dim'), foreign(gone.join(' '), 'bad')]];
  return [...rows, ...left];
}

function urlRows({ shared, own }: ConfigureScene, width: number): Line[] {
  const urls = netbootUrls(own.form.values, shared.host?.able.loader === 2010 ? 2010 : 2012);
  return [
    title('eliloader will ask for'),
    ...wrapped(urls.kernel, width, 'dim'),
    ...wrapped(urls.initrd, width, 'dim'),
  ];
}
