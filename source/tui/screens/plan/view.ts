import { reasonText } from '../../../boot/missing.ts';
import { type Plan, shutsDown } from '../../../operations/plan.ts';
import { diskText, rowText, sourceText } from '../../../operations/summary.ts';
import type { Problem } from '../../../problem/problem.ts';
import { cleanRow } from '../../../text/clean.ts';
import { saidOf } from '../../../text/said-once.ts';
import { printShell } from '../../../text/shell.ts';
import { shortName } from '../../../text/short-name.ts';
import { widthOf } from '../../../text/width.ts';
import { findingRows, problemRows } from '../../app/problem-rows.ts';
import type { Work } from '../../app/work.ts';
import type { View } from '../../kit/binding.ts';
import { busyRow } from '../../kit/form-rows.ts';
import { blank, foreign, type Line, line, scrolled, span, title, wrapped } from '../../kit/lines.ts';
import type { Size } from '../../kit/size.ts';
import { madeOnly } from './reduce.ts';
import {
  type Job,
  type JobEntry,
  type JobResult,
  type PlanScene,
  startsMade,
  startsVms,
  summaryOfJob,
  workable,
} from './state.ts';

const verbs: Readonly<Record<Work, string>> = {
  create: 'Create',
  start: 'Start',
  stop: 'Shut down',
  rearm: 'Rearm',
  'rearm and start': 'Rearm and start',
  repair: 'Repair',
};

export function planView({ own: { job } }: PlanScene, size: Size): View {
  const { head, rows, height } = job === null ? noText : jobText(job, size);
  return { rows: [...head, ...scrolled(rows, job?.scroll ?? 0, height)].slice(0, size.height) };
}

/** What stands still, and below it what can be scrolled, and in how many rows. */
interface JobText {
  readonly head: readonly Line[];
  readonly rows: readonly Line[];
  readonly height: number;
}

export const noText: JobText = { head: [], rows: [], height: 0 };

export function jobText(job: Job, size: Size): JobText {
  const below = (head: readonly Line[], rows: readonly Line[]): JobText => ({
    head,
    rows,
    height: Math.max(3, size.height - head.length),
  });
  switch (job.phase) {
    case 'planning':
      return below([title(titleOf(job, 'Plan')), blank], [busyRow('Reading what is there', size)]);
    case 'preview':
      return below(previewHead(job, size), stepRows(job, size));
    case 'running':
      return below([title(titleOf(job, 'In progress')), blank], progressRows(job, size));
    case 'done':
      return below([], doneRows(job, size));
  }
}

const stepRows = (job: Job, size: Size): Line[] =>
  job.entries.flatMap((entry) => (job.details ? entryRows(entry, size) : foldedRows(entry, size)));

/** "Plan: rearm web01", "Result: create 12 VMs". */
function titleOf(job: Job, phase: string): string {
  const [only, ...others] = job.entries;
  const what = only === undefined ? '' : others.length === 0 ? only.name : `${job.entries.length} VMs`;
  return `${phase}: ${verbs[job.request.work].toLowerCase()} ${what}`.trimEnd();
}

function previewHead(job: Job, size: Size): Line[] {
  const plain: Line = [
    span('Enter', 'accent', { bold: true }),
    span(' carries this out, Esc leaves everything as it is.'),
  ];
  const question = [...(job.dangerous ? questionRows(job, size) : [plain]), ...lossRows(job, size)];
  const { head: sum, findings } = summaryOfJob(job);
  return [
    title(titleOf(job, 'Plan')),
    ...wrapped(`${sum}.`, size.width, job.dangerous ? 'bad' : 'plain'),
    ...findingRows(findings, size),
    ...question,
    blank,
  ];
}

function questionRows(job: Job, { width }: Size): Line[] {
  const names = workable(job).map(({ name }) => shortName(name));
  const all = names.join(', ');
  const what = widthOf(all) <= width || names.length === 1 ? all : `these ${names.length} VMs`;
  return wrapped(`${verbs[job.request.work]} ${what}? y does it, Esc or n does not.`, width, 'warn');
}

/** What will be lost: machines that run now, and disks by VM. */
function lossRows(job: Job, { width }: Size): Line[] {
  const running = workable(job).filter(({ planned }) => job.request.work !== 'stop' && shutsDown(planned.plan));
  const stops = running.map(({ name }) => shortName(name)).join(', ');
  const erased = workable(job).flatMap(({ name, planned }) =>
    planned.plan.erases.map((disk) => `${diskText(disk)} of ${shortName(name)}`),
  );
  return [
    ...(stops === '' ? [] : wrapped(`Running now, and shut down first: ${stops}.`, width, 'bad').slice(0, 3)),
    // Folded, each row says it of its own VM.
    ...(erased.length === 0 || !job.details ? [] : erasedRows(erased.join(', '), job, width)),
  ];
}

function erasedRows(disks: string, { request }: Job, width: number): Line[] {
  if (startsMade(request)) return wrapped(`New and empty, and installed by this boot: ${disks}.`, width).slice(0, 4);
  const boot = startsVms(request) ? 'This boot' : 'The next boot';
  return wrapped(`${boot} ERASES ${disks}.`, width, 'bad').slice(0, 4);
}

/** How a VM stands and what it loses; what will not be done with it, and why. */
function foldedRows({ name, planned, problem, note }: JobEntry, { width, glyphs }: Size): Line[] {
  const text = textOf(name, problem) ?? note ?? (planned === null ? '' : rowText(planned.plan));
  const notes = planned?.plan.notes.map(({ message }) => wrapped(message, width, 'warn', '    ')) ?? [];
  const tone = problem === null ? 'plain' : 'bad';
  return [
    [span(`${glyphs.bullet} `, 'accent'), foreign(shortName(name)), span('  '), foreign(text, tone)],
    ...notes.flat(),
  ];
}

/** The name stands before it. */
const textOf = (name: string, problem: Problem | null): string | null =>
  problem === null ? null : saidOf(name, problem.message);

function entryRows({ name, planned, problem, note }: JobEntry, size: Size): Line[] {
  const head: Line = [
    span(`${size.glyphs.bullet} `, 'accent'),
    foreign(name),
    foreign(note === null ? '' : `: ${note}`, 'dim'),
  ];
  if (problem !== null) return [head, ...problemRows(problem, { ...size, width: size.width - 2 }), blank];
  if (planned === null) return [head, blank];
  const sources = planned.plan.sources
    .filter(({ value }) => value.length < 60)
    .map((source) => `${source.what} ${sourceText(source)}`)
    .join(', ');
  return [
    head,
    ...standingRows(planned.plan, size),
    ...(sources === '' ? [] : wrapped(`from: ${sources}`, size.width, 'dim', '  ')),
    ...planned.steps.flatMap(({ step, before, after, xe }): Line[] => [
      ...changeRows(step, before, after, size),
      ...xe.flatMap((one) => wrapped(printShell(one, cleanRow), size.width, 'dim', '      ')),
    ]),
    ...findingRows(planned.plan.notes, size),
    blank,
  ];
}

/** How it stands now, and what a half-armed one lacks. */
function standingRows({ standing }: Plan, { width }: Size): Line[] {
  if (standing === undefined) return [];
  const { condition, history, reasons } = standing;
  return [
    ...wrapped(`now: ${condition}; ${history}`, width, 'dim', '  '),
    ...reasons.flatMap((reason) => wrapped(`missing ${reason.missing}: ${reasonText(reason)}`, width, 'warn', '  ')),
  ];
}

function changeRows(step: string, before: string, after: string, { width, glyphs }: Size): Line[] {
  if (before === '' && after === '') return [line(`  ${step}`)];
  const one = `  ${step}: ${before === '' ? '' : `${before} ${glyphs.arrow} `}${after === '' ? '(none)' : after}`;
  return wrapped(one, width, 'plain', '  ').map((row, index) => (index === 0 ? row : [span('    '), ...row]));
}

function progressRows(job: Job, size: Size): Line[] {
  return workable(job).map(({ name }): Line => {
    const result = job.results.find((entry) => entry.name === name);
    if (result !== undefined) return resultRow(result, size);
    const step = job.progress[name];
    const { open, current } = size.glyphs;
    return [
      span(`${step === undefined ? open : current} `, 'accent'),
      foreign(name),
      span(`  ${step ?? 'waiting'}`, 'dim'),
    ];
  });
}

function resultRow({ name, ok, text }: JobResult, { glyphs }: Size): Line {
  const tone = ok ? 'good' : 'bad';
  return [span(`${ok ? glyphs.done : glyphs.wrong} `, tone), foreign(name), span('  '), foreign(text, tone)];
}

/** What can be done next, and by which key. */
function nextRow(job: Job): Line {
  const key = (text: string) => span(text, 'accent', { bold: true });
  if (!madeOnly(job)) return [key('s'), span(' starts them now, '), key('Enter'), span(' goes on without.')];
  return [key('Enter'), span(' starts the install now, '), key('Esc'), span(' leaves it for later.')];
}

function doneRows(job: Job, size: Size): Line[] {
  const rows: Line[] = [title(titleOf(job, 'Result')), blank];
  if (job.problem !== null) rows.push(...problemRows(job.problem, size));
  for (const result of job.results) {
    rows.push(resultRow(result, size));
    rows.push(...result.notes.flatMap((note) => wrapped(note, size.width, 'warn', '  ')));
    if (result.problem !== null) rows.push(...problemRows(result.problem, size), blank);
  }
  for (const { name, planned, problem, note } of job.entries) {
    if (planned !== null) continue;
    const text = textOf(name, problem) ?? note ?? '';
    rows.push([span(`${size.glyphs.bullet} `, 'dim'), foreign(name), span('  '), foreign(text, 'dim')]);
  }
  if (job.startable.length > 0) rows.push(blank, nextRow(job));
  return rows;
}
