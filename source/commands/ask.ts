import { StringDecoder } from 'node:string_decoder';

/** The two ends of a terminal that somebody is asked at. */
export interface AskStreams {
  readonly input: Pick<NodeJS.ReadStream, 'on' | 'off' | 'resume' | 'pause' | 'setRawMode' | 'readableEnded'>;
  readonly output: Pick<NodeJS.WriteStream, 'write'>;
}

/**
 * Asks one question and reads one line; null at the end of the input (Ctrl-D). The terminal itself edits and echoes
 * the answer: nothing of ours draws, so nothing can wipe the question. What was typed before the question stood there
 * is no answer to it. Errors: the signal's reason, with the terminal as it was.
 */
export async function readAnswer(question: string, streams: AskStreams, signal: AbortSignal): Promise<string | null> {
  await dropTypedAhead(streams.input);
  const { output } = streams;
  const show = (): void => void output.write(`${question} `);
  show();
  // After Ctrl-Z and fg the shell's own lines stand below the question.
  process.on('SIGCONT', show);
  let text = '';
  try {
    return await read(streams.input, signal, (typed, done) => {
      text += typed;
      const end = text.indexOf('\n');
      if (end >= 0) done(text.slice(0, end).replace(/\r$/, ''));
    });
  } catch (error) {
    output.write('\n');
    throw error;
  } finally {
    process.off('SIGCONT', show);
  }
}

/**
 * Reads one line that nobody may see; null at the end of the input. Ctrl-C ends it, also where Enter came with it: what
 * came before a Ctrl-C is no answer. Errors: the signal's reason.
 */
export async function readSecret(question: string, streams: AskStreams, signal: AbortSignal): Promise<string | null> {
  const { input, output } = streams;
  // Deaf first: who answers at once must not be echoed.
  input.setRawMode(true);
  output.write(`${question} `);
  let text = '';
  let held = '';
  try {
    return await read(input, signal, (typed, done, interrupt) => {
      if (typed.includes(ctrlC)) return interrupt();
      const keys = (held + typed).replaceAll(sequence, '');
      held = cutSequence.exec(keys)?.[0] ?? '';
      for (const key of keys.slice(0, keys.length - held.length)) {
        if (key === '\r' || key === '\n') return done(text);
        if (key === '\u0004' && text === '') return done(null);
        text = edited(text, key);
      }
    });
  } finally {
    input.setRawMode(false);
    output.write('\n');
  }
}

const ctrlC = '\u0003';

/** What an arrow key and its like send, and the beginning of it that a slow line has cut off. */
const sequence = /\u001b(\[[\d;]*[A-Za-z~]|O[A-Za-z])/g;
const cutSequence = /\u001b(\[[\d;]*|O)?$/;

/** The terminal is raw, so that no signal comes of the key. */
const sendInterrupt = (): void => void process.kill(process.pid, 'SIGINT');

/** Backspace and Ctrl-U as a terminal knows them; no other control character belongs to a line. */
function edited(text: string, key: string): string {
  if (key === '\u007f' || key === '\b') return [...text].slice(0, -1).join('');
  if (key === '\u0015') return '';
  return key < ' ' ? text : text + key;
}

type Done = (line: string | null) => void;
type Typed = (text: string, done: Done, interrupt: () => void) => void;

/** Hands over what is typed until `done`, the end of the input, or the signal. */
function read(input: AskStreams['input'], signal: AbortSignal, typed: Typed): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const decoder = new StringDecoder('utf8');
    const leave = (): void => {
      input.off('data', onData).off('end', onEnd);
      signal.removeEventListener('abort', onAbort);
      input.pause();
    };
    const done: Done = (line) => {
      leave();
      resolve(line);
    };
    // Not only by the signal: it takes a round of the event loop, and Enter may come in the same one.
    const interrupt = (): void => {
      leave();
      reject(new DOMException('Interrupted', 'AbortError'));
      sendInterrupt();
    };
    const onData = (chunk: Buffer): void => typed(decoder.write(chunk), done, interrupt);
    const onEnd = (): void => done(null);
    const onAbort = (): void => {
      leave();
      reject(signal.reason);
    };
    if (signal.aborted) return reject(signal.reason);
    if (input.readableEnded) return resolve(null);
    signal.addEventListener('abort', onAbort);
    input.on('data', onData).on('end', onEnd).resume();
  });
}

/** Raw for a moment, so that half a line counts, too. What waits is read in the next two rounds of the event loop. */
async function dropTypedAhead(input: AskStreams['input']): Promise<void> {
  const drop = (chunk: Buffer): void => {
    if (chunk.includes(ctrlC)) sendInterrupt();
  };
  input.setRawMode(true);
  input.on('data', drop).resume();
  for (let round = 0; round < 2; round += 1) await new Promise((next) => setImmediate(next));
  input.off('data', drop).pause();
  input.setRawMode(false);
}
