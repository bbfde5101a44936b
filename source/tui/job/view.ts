import { planView } from '../../operations/words.ts';
import { blank, foreign, type Line, line, scrolled, span, title, wrapped } from '../lines.ts';
import type { AppState, Job, JobPlan } from '../state.ts';
import { findingRows, problemRows, type Size } from '../view.ts';

const verbs: Readonly<Record<Job['work'], string>> = {
  create: 'Make',
  start: 'Start',
  stop: 'Shut down',
  rearm: 'Rearm',
  repair: 'Repair',
};

export function jobView(state: AppState, size: Size): Line[] {
  const { job } = state;
  if (job === null) return [];
  switch (job.phase) {
    case 'planning':
      return [
        title(`${verbs[job.work]}: the plan`),
        blank,
        line(`Reading what is there${size.glyphs.ellipsis}`, 'accent'),
      ];
    case 'preview':
      return previewRows(job, size);
    case 'running':
      return [title(`${verbs[job.work]}: at work`), blank, ...progressRows(job, size)];
    case 'done':
      return doneRows(job, size);
  }
}

function previewRows(job: Job, size: Size): Line[] {
  const plain: Line = [
    span('Enter', 'accent', { bold: true }),
    span(' carries this out, Esc leaves everything as it is.'),
  ];
  const question = [...(job.dangerous ? questionRows(job, size) : [plain]), ...lossRows(job, size)];
  const steps = job.plans.flatMap((entry) => planRows(entry, size));
  const head: Line[] = [title(`${verbs[job.work]}: the plan, with the xe line of each step`), ...question];
  return [...head, blank, ...scrolled(steps, job.scroll, Math.max(3, size.height - head.length - 1))];
}

const workable = (job: Job): readonly JobPlan[] => job.plans.filter(({ plan }) => plan !== null);

function questionRows(job: Job, { width }: Size): Line[] {
  const names = workable(job)
    .map(({ name }) => name)
    .join(', ');
  return wrapped(`${verbs[job.work]} ${names}? y does it, Esc or n does not.`, width, 'warn');
}

/** What will be lost: machines that run now, and disks by VM. */
function lossRows(job: Job, { width }: Size): Line[] {
  const running = workable(job).filter(
    ({ plan }) => job.work !== 'stop' && plan?.actions.some((action) => action.do === 'shutdown'),
  );
  const stops = running.map(({ name }) => name).join(', ');
  const erased = workable(job).flatMap(({ name, plan }) => (plan?.erases ?? []).map((disk) => `${disk} of ${name}`));
  const boot = job.work === 'start' ? 'This boot' : 'The next boot';
  return [
    ...(stops === '' ? [] : wrapped(`Running now, and shut down first: ${stops}.`, width, 'bad')),
    ...(erased.length === 0 ? [] : wrapped(`${boot} ERASES ${erased.join(', ')}.`, width, 'bad').slice(0, 4)),
  ];
}

function planRows({ name, plan, problem, note }: JobPlan, size: Size): Line[] {
  const head: Line = [
    span(`${size.glyphs.bullet} `, 'accent'),
    foreign(name),
    foreign(note === null ? '' : `: ${note}`, 'dim'),
  ];
  if (problem !== null) return [head, ...problemRows(problem, { ...size, width: size.width - 2 }), blank];
  if (plan === null) return [head, blank];
  const sources = plan.sources
    .filter(({ value }) => value.length < 60)
    .map(({ what, value, from }) => `${what} ${value} (${from})`)
    .join(', ');
  return [
    head,
    ...(sources === '' ? [] : wrapped(`from: ${sources}`, size.width, 'dim', '  ')),
    ...planView(plan).flatMap(({ step, before, after, xe }): Line[] => [
      ...changeRows(step, before, after, size),
      ...(xe === '' || xe.startsWith('#') ? [] : wrapped(xe, size.width, 'dim', '      ')),
    ]),
    ...findingRows(plan.notes, size),
    blank,
  ];
}

function changeRows(step: string, before: string, after: string, { width, glyphs }: Size): Line[] {
  if (before === '' && after === '') return [line(`  ${step}`)];
  const one = `  ${step}: ${before === '' ? '' : `${before} ${glyphs.arrow} `}${after === '' ? '(none)' : after}`;
  return wrapped(one, width, 'plain', '  ').map((row, index) => (index === 0 ? row : [span('    '), ...row]));
}

function progressRows(job: Job, { glyphs }: Size): Line[] {
  return job.plans
    .filter(({ plan }) => plan !== null)
    .map(({ name }): Line => {
      const result = job.results.find((entry) => entry.name === name);
      if (result !== undefined) {
        return [
          span(`${result.ok ? glyphs.done : 'x'} `, result.ok ? 'good' : 'bad'),
          foreign(name),
          span('  '),
          foreign(result.text, 'dim'),
        ];
      }
      const step = job.progress[name];
      return [
        span(`${step === undefined ? glyphs.open : glyphs.current} `, 'accent'),
        foreign(name),
        span(`  ${step ?? 'waiting'}`, 'dim'),
      ];
    });
}

function doneRows(job: Job, size: Size): Line[] {
  const { glyphs } = size;
  const rows: Line[] = [title(`${verbs[job.work]}: the result`), blank];
  if (job.problem !== null) rows.push(...problemRows(job.problem, size));
  for (const { name, ok, text, problem } of job.results) {
    rows.push([
      span(`${ok ? glyphs.done : 'x'} `, ok ? 'good' : 'bad'),
      foreign(name),
      span('  '),
      foreign(text, ok ? 'good' : 'bad'),
    ]);
    if (problem !== null) rows.push(...problemRows(problem, size), blank);
  }
  for (const { name, plan, problem, note } of job.plans) {
    if (plan !== null) continue;
    rows.push([
      span(`${glyphs.bullet} `, 'dim'),
      foreign(name),
      span('  '),
      foreign(problem?.message ?? note ?? '', 'dim'),
    ]);
  }
  if (job.startable.length > 0)
    rows.push(blank, [span('s', 'accent', { bold: true }), span(' starts them now, Enter goes on without.')]);
  return scrolled(rows, job.scroll, size.height);
}
