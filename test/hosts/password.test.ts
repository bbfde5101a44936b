import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readPassword } from '../../source/hosts/password.ts';
import { ProblemError } from '../../source/problem/problem.ts';
import { Secret } from '../../source/xapi/secret.ts';
import { simulator, xenfai } from '../harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'xenfai-password-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const fileOf = (text: string): string => {
  files += 1;
  const path = join(folder, `password${files}`);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
};
const read = async (source: Parameters<typeof readPassword>[0]) => (await readPassword(source))?.reveal() ?? null;
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => (error instanceof ProblemError ? error.problem.code : String(error)),
  );

describe('what is taken for the password', () => {
  test.each([
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['secret', 'secret'],
    [' two words \n', ' two words '],
    ['pä$$ "quoted" \\n\n', 'pä$$ "quoted" \\n'],
    ['', ''],
  ])('%j is %j, from a file and from a command', async (text, password) => {
    const file = fileOf(text);
    expect(await read({ file })).toBe(password);
    expect(await read({ command: `cat ${file}` })).toBe(password);
  });

  test('the environment has it as it is', async () => expect(await read({ environment: 'a\n' })).toBe('a\n'));

  test('the file counts before the command, the command before the environment; without any there is none', async () => {
    const file = fileOf('of the file\n');
    expect(await read({ file, command: 'echo of the command', environment: 'e' })).toBe('of the file');
    expect(await read({ command: 'echo of the command', environment: 'e' })).toBe('of the command');
    expect(await read({})).toBeNull();
  });
});

describe('what is refused', () => {
  test.each([
    ['a file of several lines', { file: fileOf('one\ntwo\n') }, 'password-form'],
    ['a command that prints several', { command: 'echo one; echo two' }, 'password-form'],
    ['a file that is not there', { file: join(folder, 'none') }, 'password-file'],
    ['a command that fails', { command: 'echo secret; exit 1' }, 'password-command'],
    ['a command that is not there', { command: 'no-such-program-here' }, 'password-command'],
    ['a command that prints for ever', { command: 'yes' }, 'password-command'],
  ])('%s', async (_, source, code) => expect(await codeOf(readPassword(source))).toBe(code));

  test('nothing of what the command printed is told', async () => {
    const error: unknown = await readPassword({ command: 'echo tell-tale; echo tell-tale >&2; exit 1' }).catch(
      (reason: unknown) => reason,
    );
    const { problem } = error as ProblemError;
    expect(JSON.stringify(problem)).not.toContain('tell-tale');
    expect((error as Error).cause).toBeUndefined();
  });

  test('a command is not waited for when somebody interrupts', async () => {
    const stop = new AbortController();
    const reading = readPassword({ command: 'sleep 50' }, stop.signal);
    stop.abort();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  });
});

test('where none was given it is asked for at the terminal, once, and is in nothing that is printed', async () => {
  const sim = await simulator({ vms: 1 });
  const asked: string[] = [];
  const askSecret = (question: string) => {
    asked.push(question);
    return Promise.resolve(new Secret(sim.password));
  };
  const env = { XENFAI_HOST: sim.host, XENFAI_PASSWORD: undefined };
  const ran = await xenfai(sim, ['status', '--all'], { env, interactive: true, askSecret });
  expect(ran.code).toBe(0);
  expect(asked).toEqual([`Password for ${sim.host}:`]);
  expect(ran.out + ran.err).not.toContain(sim.password);
  const alone = await xenfai(sim, ['status', '--all'], { env });
  expect(alone.code).toBe(2);
  expect(alone.err).toContain('--password-command');
  await sim.stop();
});
