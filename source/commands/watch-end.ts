import type { Advice } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import type { Problem } from '../problem/problem.ts';
import { together } from './changed.ts';
import { problemJson } from './json.ts';
import { shellText } from './plain.ts';
import { note, printPart } from './print.ts';
import type { Result } from './result.ts';
import type { Surroundings } from './surroundings.ts';
import { type Awaited, type Seen, timeOfDay } from './watch-lines.ts';

/** The verdict of all VMs that one has waited for, and of those that were never begun. */
export function endResult(
  seen: readonly Seen[],
  before: readonly Problem[],
  json: boolean,
  around: Surroundings,
): Result {
  const all = seen.length + before.length;
  const bad = seen.filter(({ sight }) => sight.end === 'bad');
  const { code, error } = together([...before, ...bad.map(problemOf)], all);
  const vms = seen.map((one) => {
    const { name, uuid, sight } = one;
    const { end, text: _, ...rest } = sight;
    return {
      name,
      uuid,
      ...rest,
      ok: end === 'good',
      ...(end === 'bad' ? { error: problemJson(problemOf(one)) } : {}),
    };
  });
  const line = `${timeOfDay(around.now())} ${all - before.length - bad.length} of ${all} installed`;
  // Of one VM its last line has said it.
  if (json || all > 1) printPart(json, around, { ok: code === exit.done, ...error, vms }, line);
  return { exit: code, json: {}, lines: [], streamed: true, problems: bad.map(problemOf) };
}

/** Installs do not need us: one says so, and how to look on. */
export function interruptedResult(vms: readonly Awaited[], seen: readonly Seen[], around: Surroundings): Result {
  const ended = new Set(seen.filter(({ sight }) => sight.end !== null).map(({ uuid }) => uuid));
  const names = vms.filter(({ uuid }) => !ended.has(uuid)).map(({ name }) => name);
  const again = shellText({ shell: ['xenfai', 'watch', ...names] });
  note(around, `xenfai: what is being installed goes on; to look on: ${again}`);
  return { exit: exit.interrupted, json: {}, lines: [], streamed: true };
}

function problemOf({ name, sight }: Seen): Problem {
  return {
    code: codes[sight.state] ?? 'not-installed',
    exit: exit.installFailed,
    message: `${name}: ${sight.state === 'other' ? 'no install has to do with it' : sight.text}.`,
    try: advice(name, sight),
  };
}

const codes: Readonly<Partial<Record<Seen['sight']['state'], string>>> = {
  failed: 'install-failed',
  waiting: 'waits-for-key',
  lost: 'lost',
};

function advice(vm: string, { state }: Seen['sight']): Advice[] {
  switch (state) {
    case 'failed':
      return [{ act: 'rearm', vm, note: 'another try, when the cause is mended; FAI’s shell is on its console' }];
    case 'waiting':
      return ['Press RETURN on its console. With reboot among its FAI_FLAGS it would not ask.'];
    case 'lost':
      return ['Look at its console.', { act: 'watch', vm, note: 'looks on' }];
    case 'armed':
      return [{ act: 'start', vm }];
    case 'half-armed':
      return [{ act: 'rearm', vm, note: 'sets what is missing' }];
    case 'fired':
    case 'installing':
      return [{ act: 'rearm', vm, note: 'another try' }];
    default:
      return [];
  }
}
