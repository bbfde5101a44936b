import type { Launch } from '../app/mount.ts';
import { createProgram, type Program, type ProgramParts } from '../app/program.ts';
import type { HasShared } from '../app/shared.ts';
import { answerTo, askLines, introduction, type Taken } from './answer.ts';
import { news, type Turn, turnOf } from './turn.ts';

/** Where the conversation is held. */
export interface Talk {
  /** Lines, each of its own. */
  readonly say: (lines: readonly string[]) => void;
  /** Asks for a line; a secret one is not echoed. */
  readonly ask: (secret: boolean) => void;
  /** Somebody is in the middle of a line: nothing may come between. */
  readonly isTyping: () => boolean;
}

interface ConversationOptions<State> extends ProgramParts<State> {
  /** What is done before the first answer. */
  readonly begin: readonly Launch<State>[];
  /** Milliseconds between looks at the clock. */
  readonly tickEvery: number;
  readonly talk: Talk;
  readonly quit: (code: number) => void;
}

export interface Conversation<State> extends Pick<Program<State>, 'state' | 'runner'> {
  readonly hear: (line: string) => void;
  readonly interrupt: () => void;
  readonly stop: () => void;
}

/**
 * The whole program without a screen: what would stand on it is said in lines, and what can be done there is asked for.
 * Nothing is drawn again; what changes is said when it changes.
 */
export function converse<State extends HasShared>(options: ConversationOptions<State>): Conversation<State> {
  const { screens, surroundings, talk, tickEvery, quit } = options;
  let told: readonly string[] = [];
  let asked = '';
  let taken: Taken = 'nothing';
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;

  const isSecret = ({ ask }: Turn): boolean => ask.for === 'field' && ask.question.kind === 'secret';

  /** Says what is new, and asks again where something was said, or where another thing is asked for. */
  const speak = (must: boolean): void => {
    if (stopped || talk.isTyping()) return;
    const turn = turnOf(screens, state());
    if (turn.ask.for !== 'choice' || turn.ask.rows === 0) taken = 'nothing';
    const fresh = news(told, turn.lines);
    const lines = askLines(turn.ask, taken);
    const question = lines.join('\n');
    const another = question !== asked;
    told = turn.lines;
    asked = question;
    if (!must && !another && fresh.length === 0) return;
    talk.say([...fresh, ...(must || another ? lines : [])]);
    talk.ask(isSecret(turn));
  };

  // What comes in one turn of the loop is said at once.
  const speakSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      speak(false);
    }, 0);
  };
  const { state, dispatch, runner } = createProgram(options, { quit }, speakSoon);
  const clock = setInterval(() => dispatch({ type: 'tick', now: surroundings.now() }), tickEvery);

  const again = (): void => {
    told = [];
    speak(true);
  };
  talk.say(introduction);
  speak(true);
  for (const launch of options.begin) runner.run(launch);

  return {
    hear(line) {
      const { ask } = turnOf(screens, state());
      const answer = answerTo(ask, taken, line);
      if ('complaint' in answer) {
        talk.say([answer.complaint]);
        return talk.ask(false);
      }
      if ('say' in answer) {
        if (answer.say !== 'again') taken = answer.say === 'others' ? 'others' : 'nothing';
        return answer.say === 'others' ? speak(true) : again();
      }
      const keys = 'row' in answer ? answer.row : answer.keys;
      for (const key of keys)
        dispatch(key.name === 'paste' ? { type: 'paste', text: key.text } : { type: 'key', key });
      if ('row' in answer) {
        taken = 'row';
        talk.say(turnOf(screens, state()).lines.filter((text) => text.startsWith(`${answer.number}. `)));
      }
      speak(true);
    },
    interrupt: () => {
      dispatch({ type: 'key', key: { name: 'ctrl-c', text: '' } });
      speak(true);
    },
    state,
    runner,
    stop() {
      stopped = true;
      clearInterval(clock);
      clearTimeout(timer);
    },
  };
}
