import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { type Conversation, converse, type Talk } from './aloud/conversation.ts';
import { hearFaults } from './app/faults.ts';
import type { ScreenOptions } from './app/opening.ts';
import { type AppState, historyOf, opening } from './screens/index.ts';

/**
 * The same program for whoever listens to it, or whose terminal cannot move its cursor: on the normal screen, in lines,
 * with numbered answers. Returns the exit code and what the session did.
 */
export async function openAloud(options: ScreenOptions): Promise<{ code: number; history: readonly string[] }> {
  const { signal } = options;
  const { stdin, stdout } = process;
  let hush = false;
  const echo = new Writable({
    write(chunk, _encoding, done) {
      // At once: what is said next must not overtake the end of the line that was typed.
      if (!hush) stdout.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input: stdin, output: echo, terminal: true, historySize: 0, prompt: '> ' });
  // A line that is being said takes the place of the empty prompt.
  const talk: Talk = {
    say: (text) => void stdout.write(text.map((line) => `\r${line}\n`).join('')),
    ask(secret) {
      lines.prompt();
      hush = secret;
    },
    isTyping: () => lines.line !== '',
  };
  return new Promise((resolve, reject) => {
    let ended = false;
    let talking: Conversation<AppState> | null = null;
    const close = async (wait: boolean): Promise<void> => {
      ended = true;
      signal.removeEventListener('abort', hangUp);
      deaf();
      talking?.stop();
      lines.close();
      stdin.pause();
      stdout.write('\n');
      await talking?.runner.close(wait || !talking.state().shared.stopping);
    };
    const end = async (code: number, wait: boolean): Promise<void> => {
      if (ended || talking === null) return;
      await close(wait);
      resolve({ code, history: historyOf(talking.state()) });
    };
    const deaf = hearFaults((fault) => {
      if (ended) return;
      void close(true).finally(() => reject(fault));
    });
    const hangUp = (): void => void end(0, true);
    talking = converse<AppState>({
      ...opening(options),
      tickEvery: 1000,
      talk,
      quit: (code) => void end(code, false),
    });
    const { hear, interrupt } = talking;
    lines.on('line', (line) => {
      // Ctrl-C and Enter came together.
      if (ended) return;
      if (hush) stdout.write('\n');
      hush = false;
      hear(line);
    });
    lines.on('SIGINT', interrupt);
    lines.on('close', hangUp);
    signal.addEventListener('abort', hangUp, { once: true });
    if (signal.aborted) hangUp();
  });
}
