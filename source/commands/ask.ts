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

/** Reads one line that nobody may see; null at the end of the input. Ctrl-C is the signal's business, as everywhere. */
export async function readSecret(question: string, streams: AskStreams, signal: AbortSignal): Promise<string | null> {
  const { input, output } = streams;
  // Deaf first: who answers at once must not be echoed.
  input.setRawMode(true);
  output.write(`${question} `);
  let text = '';
  try {
    return await read(input, signal, (typed, done) => {
      for (const key of typed.replaceAll(/\u001b(\[[\d;]*[A-Za-z~]|O[A-Za-z])/g, '')) {
        if (key === '\r' || key === '\n') return done(text);
        if (key === '\u0004' && text === '') return done(null);
        if (key === '\u0003') process.kill(process.pid, 'SIGINT');
        text = edited(text, key);
      }
    });
  } finally {
    input.setRawMode(false);
    output.write('\n');
  }
}

/** Backspace and Ctrl-U as a terminal knows them; no other control character belongs to a line. */
function edited(text: string, key: string): string {
  if (key === '\u007f' || key === '\b') return [...text].slice(0, -1).join('');
  if (key === '\u0015') return '';
  return key < ' ' ? text : text + key;
}

type Done = (line: string | null) => void;

/** Hands over what is typed until `done`, the end of the input, or the signal. */
function read(
  input: AskStreams['input'],
  signal: AbortSignal,
  typed: (text: string, done: Done) => void,
): Promise<string | null> {
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
    const onData = (chunk: Buffer): void => typed(decoder.write(chunk), done);
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
  const drop = (): void => {};
  input.setRawMode(true);
  input.on('data', drop).resume();
  for (let round = 0; round < 2; round += 1) await new Promise((next) => setImmediate(next));
  input.off('data', drop).pause();
  input.setRawMode(false);
}
