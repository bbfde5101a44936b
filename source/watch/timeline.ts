import { type Mark, type MarkName, markKeys, markNames, readMark } from '../boot/marks.ts';
import { limits } from '../limits/limits.ts';
import { isNamedIn } from '../text/said-once.ts';
import { type Install, restTime } from './install.ts';
import type { Note } from './note.ts';
import { markTime } from './since.ts';

interface Look {
  readonly now: number;
  /** The change was seen to happen; else it happened at some time while nobody looked. */
  readonly witnessed: boolean;
  /** Milliseconds by which the host's clock is ahead of ours. */
  readonly ahead: number;
}

/** The notes of a VM after a change, the latest ones only. */
export function notesAfter(before: Install | undefined, after: Install, look: Look): readonly Note[] {
  const kept = after.notes;
  const fresh = [
    ...markNotes(before, after, look),
    ...startNotes(before, after),
    ...(before === undefined
      ? []
      : [
          ...recordNotes(before, after, look),
          ...processorNotes(before, after, look),
          ...silenceNotes(before, after, look),
        ]),
  ];
  return fresh.length === 0 ? kept : [...kept, ...fresh].slice(-limits.watch.notes);
}

const isNewMark = (before: Install | undefined, vm: Install['vm'], name: MarkName): boolean =>
  vm.record.other_config[markKeys[name]] !== before?.vm.record.other_config[markKeys[name]];

function markNotes(before: Install | undefined, { vm }: Install, { ahead }: Look): Note[] {
  if (before?.vm === vm) return [];
  return markNames
    .filter((name) => isNewMark(before, vm, name))
    .flatMap((name): Note[] => {
      const mark = readMark(vm.record.other_config, name, vm.record.uuid);
      const at = markTime(vm, name, ahead);
      if (mark === null || at === null) return [];
      const by = mark.by === '' ? '' : ` by ${mark.by}`;
      const source = [mark.release, mark.arch, mark.repository].filter(Boolean).join(' ');
      const text: Record<MarkName, string> = {
        created: `made${by}`,
        armed: `armed${by}${source === '' ? '' : `: ${source}`}`,
        installed: `recorded as installed${by}`,
        failed: `recorded as failed${by}: ${failureWords(mark)}`,
      };
      return [{ at, by: 'xenfai', text: text[name] }];
    });
}

/** FAI's last words have task and code in them, as a rule. */
function failureWords({ task = '', code = 0, text = '' }: Mark): string {
  const words = [task, code === 0 ? '' : String(code)].filter((word) => word !== '' && !isNamedIn(word, text));
  return [...words, text].filter((word) => word !== '').join(' ');
}

function startNotes(before: Install | undefined, { times }: Install): Note[] {
  const { started } = times;
  if (started === null || started === before?.times.started) return [];
  return [{ at: started, by: 'record', text: 'started: its domain was built' }];
}

/** What an install state that has come means; empty where a mark or a power state says it already. */
const turns: Readonly<Partial<Record<Install['state']['state'], string>>> = {
  fired: 'the loader has fired: the attempt is used',
  installing: 'the loader has fired: this boot is the installer',
  installed: 'came up from its disk: installed',
  disarmed: 'the FAI arguments are off its kernel line',
};

function recordNotes(before: Install, { vm, state }: Install, { now, witnessed }: Look): Note[] {
  if (vm === before.vm && state === before.state) return [];
  const found = witnessed ? '' : 'meanwhile ';
  const said: string[] = [];
  const power = vm.record.power_state;
  const turn = turns[state.state];
  const firedBefore = state.state === 'installing' && before.state.state === 'fired';
  // It was FAI that said so, and somebody has put it on record: the VM may well be in its installer still.
  const recorded = state.state === 'installed' && isNewMark(before, vm, 'installed');
  if (state.state !== before.state.state && turn !== undefined && !firedBefore && !recorded) said.push(turn);
  // The loader at work changes the bootloader first: that is no news of its own.
  const missing = state.missing.join(', ');
  if (
    missing !== before.state.missing.join(', ') &&
    missing !== '' &&
    missing !== 'bootloader' &&
    missing !== 'halted'
  )
    said.push(`half-armed: ${missing} missing`);
  if (power !== before.vm.record.power_state && power !== 'Running') said.push(power.toLowerCase());
  if (vm.record.name_label !== before.vm.record.name_label) said.push(`named ${vm.record.name_label}`);
  return said.map((text) => ({ at: now, by: 'record', text: found + text }));
}

/** In turns, so that a load that goes up and down leaves no more than it says. */
function processorNotes({ notes }: Install, { busySeen, idleSince }: Install, { now }: Look): Note[] {
  const last = notes.findLast(({ by }) => by === 'processor')?.text ?? rests;
  if (busySeen && idleSince === null && last !== works) return [{ at: now, by: 'processor', text: works }];
  const rested = idleSince !== null && now - idleSince >= restTime;
  return rested && last === works ? [{ at: idleSince, by: 'processor', text: rests }] : [];
}

/** Times of day are UTC, as everywhere in the log. */
function silenceNotes(before: Install, { lostSince }: Install, { now }: Look): Note[] {
  if (lostSince === null || before.lostSince !== null) return [];
  const since = new Date(lostSince).toISOString().slice(11, 16);
  return [{ at: now, by: 'xenfai', text: `lost: silence since ${since}` }];
}

const works = 'busy';
const rests = 'at rest';

/** One line of what is known of an install in time. */
export type Entry = Note | { readonly at: number; readonly by: 'FAI'; readonly text: string };

/** All that was said and seen of a VM, the oldest first. */
export function timelineOf({ notes, messages }: Install): readonly Entry[] {
  const said = messages.map(({ at, text }): Entry => ({ at, by: 'FAI', text }));
  return [...notes, ...said].sort((a, b) => a.at - b.at);
}
