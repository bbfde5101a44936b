import { spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileJournal, type JournalEvent, journalPath, readJournal } from '../../source/operations/journal.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'xenfai-journal-'));
  path = join(folder, 'state/journal.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const event = (change: Partial<JournalEvent> = {}): JournalEvent => ({
  id: '1a2b3c4d',
  at: '2010-11-15T10:53:00.000Z',
  user: 'root@jump',
  host: 'https://xvm03',
  pool: '',
  operation: 'rearm',
  target: 'u1',
  event: 'begun',
  ...change,
});
const silent = (): void => {
  throw new Error('nothing was to complain about');
};

describe('the file', () => {
  test('is made with its folder, for its owner alone, and only ever grows', () => {
    const journal = fileJournal(path, silent);
    journal.write(event());
    const first = readFileSync(path, 'utf8');
    journal.write(event({ event: 'done' }));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8').startsWith(first)).toBe(true);
    expect(readJournal(path).map((one) => one.event)).toEqual(['begun', 'done']);
  });

  test('a line that a crash has torn is passed over, and costs no other', () => {
    fileJournal(path, silent).write(event());
    appendFileSync(path, '{"id":"torn","at":"2010');
    fileJournal(path, silent).write(event({ event: 'done' }));
    expect(readJournal(path).map((one) => one.event)).toEqual(['begun', 'done']);
  });

  test('several processes write whole lines', async () => {
    const writer = `
      const { fileJournal } = await import(${JSON.stringify(join(import.meta.dirname, '../../source/operations/journal.ts'))});
      const journal = fileJournal(${JSON.stringify(path)}, (text) => { throw new Error(text); });
      for (let i = 0; i < 100; i += 1) journal.write({ id: process.argv[1], at: '', user: 'x'.repeat(300), host: '', pool: '', operation: 'create', target: String(i), event: 'done' });`;
    const run = (id: string) =>
      new Promise((resolve) => {
        spawn(process.execPath, ['--input-type=module', '-e', writer, id], { stdio: 'inherit' }).on('close', resolve);
      });
    expect(await Promise.all(['a', 'b', 'c'].map(run))).toEqual([0, 0, 0]);
    const events = readJournal(path);
    expect(events).toHaveLength(300);
    for (const id of ['a', 'b', 'c'])
      expect(events.filter((one) => one.id === id).map(({ target }) => Number(target))).toEqual(
        Array.from({ length: 100 }, (_, i) => i),
      );
  });

  test('passwords in URLs and kernel arguments stay out of it', () => {
    fileJournal(path, silent).write(
      event({
        event: 'planned',
        plan: [
          { do: 'set-key', key: 'install-repository', before: null, after: 'ftp://me:hush@server/debian' },
          {
            do: 'set-field',
            field: 'PV_args',
            before: null,
            after: 'quiet FAI_ROOTPW=hush vncpassword=hush ip=dhcp',
          },
        ],
      }),
    );
    const text = readFileSync(path, 'utf8');
    expect(text).not.toContain('hush');
    expect(text).toContain('ip=dhcp');
  });

  test.runIf(process.getuid?.() !== 0)('what cannot be written is said once, and nothing stops', () => {
    writeFileSync(join(folder, 'state'), '');
    chmodSync(join(folder, 'state'), 0o400);
    const said: string[] = [];
    const journal = fileJournal(path, (text) => said.push(text));
    journal.write(event());
    journal.write(event());
    expect(said).toHaveLength(1);
  });

  test('a file in the place of its folder is said once, and nothing stops', () => {
    writeFileSync(join(folder, 'state'), '');
    const said: string[] = [];
    const journal = fileJournal(path, (text) => said.push(text));
    journal.write(event());
    journal.write(event());
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(path);
  });
});

test.runIf(existsSync('/proc/self'))(
  'a folder that cannot be made, in one that is there: said, and nothing hangs',
  () => {
    const module = join(import.meta.dirname, '../../source/operations/journal.ts');
    const script = `
    const { fileJournal } = await import(${JSON.stringify(module)});
    fileJournal('/proc/nope/state/journal.jsonl', (text) => console.log(text)).write({});`;
    const ran = spawnSync(process.execPath, ['--input-type=module', '-e', script], { timeout: 30_000 });
    expect({ signal: ran.signal, said: ran.stdout.toString() }).toEqual({
      signal: null,
      said: expect.stringContaining('/proc/nope/state/journal.jsonl cannot be written'),
    });
  },
);

test('a journal that is not there has no events; noise in it is passed over', () => {
  expect(readJournal(path)).toEqual([]);
  expect(existsSync(path)).toBe(false);
  writeFileSync(join(folder, 'noise'), 'x\n{}\n[]\n{"id":1}\n\u0000\n');
  expect(readJournal(join(folder, 'noise'))).toEqual([]);
});

test.each([
  [{ XENFAI_STATE_DIR: '/own' }, '/own/journal.jsonl'],
  [{ XDG_STATE_HOME: '/state' }, '/state/xenfai/journal.jsonl'],
  [{ XENFAI_STATE_DIR: '', XDG_STATE_HOME: '/state' }, '/state/xenfai/journal.jsonl'],
  [{ XENFAI_STATE_DIR: '/own', XDG_STATE_HOME: '/state' }, '/own/journal.jsonl'],
])('with %j it is %s', (env, expected) => expect(journalPath(env)).toBe(expected));
