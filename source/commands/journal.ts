import { journalPath, readJournal, type StoredEvent } from '../operations/journal.ts';
import { type JournalFilter, type RunStory, storiesOf } from '../operations/journal-runs.ts';
import { operations } from '../operations/plan.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { systemText } from '../problem/system-text.ts';
import { command } from './spec.ts';
import { table } from './table.ts';
import { moment, oneOf } from './values.ts';

export const journal = command({
  name: 'journal',
  about: 'what was done from this account, newest last',
  takes: (take) => ({
    run: take.text('--run <id>', 'only this run'),
    vm: take.text('--vm <name>', 'only this VM or template, by name or UUID'),
    host: take.text('--host <address>', 'only this host'),
    operation: take.as('--operation <word>', 'such as rearm, create, start', oneOf(operations)),
    since: take.as('--since <time>', 'an ISO time, or how long ago: 2h, 3d', moment),
    failed: take.on('--failed', 'only what failed, or did not come to its end'),
    steps: take.on('--steps', 'every event, not a line for each run'),
  }),
  examples: [
    ['xenfai journal --since 12h', 'what happened last night'],
    ['xenfai journal --failed --steps', 'where it went wrong'],
  ],
  without: ['--yes', '--dry-run', '--read-only', '--low-bandwidth', '--screen-reader'],
  exits: [],
  access: 'none',
  run: async ({ steps, since, ...wanted }, around) => {
    const filter: JournalFilter = { ...wanted, since: since?.(around.now()) };
    const path = journalPath(around.env);
    const stories = storiesOf(eventsIn(path), filter);
    const events = stories.flatMap((story) => story.events);
    const nothing = [`Nothing of the kind is in ${path}.`];
    const lines = steps ? eventLines(events, around.stdoutColumns) : runLines(stories, around.stdoutColumns);
    return { exit: exit.done, json: { events }, lines: stories.length === 0 ? nothing : lines };
  },
});

function eventsIn(path: string): StoredEvent[] {
  try {
    return readJournal(path);
  } catch (error) {
    return fail({
      code: 'journal',
      exit: exit.usage,
      message: `The journal ${path} cannot be read.`,
      cause: `${systemText(error)}.`,
    });
  }
}

const when = (at: string): string => at.replace(/\.\d+Z$/, 'Z');

const runLines = (stories: readonly RunStory[], columns: number | null): string[] =>
  table(
    ['WHEN', 'WHO', 'HOST', 'RUN', 'WHAT', 'TARGET', 'END'],
    stories.map(({ id, first, name, end }) => [
      when(first.at),
      first.user,
      first.host,
      id,
      first.operation,
      name,
      end.text,
    ]),
    // One account has mostly one name, and one host.
    { columns, names: 5, spare: [1, 2], below: true },
  );

const eventLines = (events: readonly StoredEvent[], columns: number | null): string[] =>
  table(
    ['WHEN', 'RUN', 'WHAT', 'TARGET', 'EVENT', 'STEP'],
    events.map(({ at, id, operation, target, name, event, step = '', error }) => [
      when(at),
      id,
      operation,
      name ?? target,
      event,
      error === undefined ? step : `${step}: ${error}`,
    ]),
    { columns, names: 3, below: true },
  );
