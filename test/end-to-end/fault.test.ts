import { mkdtemp, readFile, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { inkBundle } from './ink-bundle.ts';
import { Terminal } from './terminal.ts';

// A fault of our own while the screen is open: the terminal is given back, and the fault is told below, once.

const root = resolve(import.meta.dirname, '../..');

/** Puts a statement at the beginning of a function of ours. */
const faulty = (path: string, signature: string, statement: string): Plugin => ({
  name: path,
  setup({ onLoad }) {
    onLoad({ filter: new RegExp(`${path.replaceAll('/', '[/]')}$`) }, async (file) => {
      const source = await readFile(file.path, 'utf8');
      if (!source.includes(signature)) throw new Error(`${path} has no ${signature}`);
      return { contents: source.replace(signature, `${signature}\n${statement}`), loader: 'ts' };
    });
  },
});

let program: string;
let terminal: Terminal;
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'xenfai-fault-'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await build({
    entryPoints: { cli: join(root, 'cli.tsx') },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    splitting: true,
    ...inkBundle,
    plugins: [
      faulty(
        'screens/connect/view.ts',
        'export function loginView({ own }: ConnectScene, size: Size): View {',
        "if (own.form.values.user.includes('draw')) throw new Error('a fault in a view');",
      ),
      faulty(
        'kit/text-field.ts',
        'export function insert(field: TextField, text: string): TextField {',
        "if (text === '%') throw new Error('a fault in a reducer');",
      ),
      faulty(
        'screens/connect/effects.ts',
        'export async function performConnect(command: ConnectCommand, work: Work<ConnectEvent>): Promise<void> {',
        "if (command.user === 'later') setTimeout(() => { throw new Error('a fault in what goes on behind'); }, 0);",
      ),
    ],
  });
  program = join(folder, 'cli.mjs');
});
afterEach(() => terminal?.kill());

/** In a shell that says afterwards what the terminal is like. */
function open(...flags: string[]): void {
  const shell = '"$@"; echo "exit $?"; case $(stty -a) in *-echo\\ *) echo deaf;; *) echo restored;; esac';
  const line = ['-c', shell, 'sh', process.execPath, program, 'demo', '--vms', '2', ...flags];
  terminal = new Terminal(line, { program: '/bin/sh', columns: 100, rows: 40 });
}

async function toldOnce(where: string): Promise<void> {
  await terminal.shows(/exit 1\n+restored/);
  expect(terminal.buffer.type).toBe('normal');
  const text = terminal.text();
  expect(text).toContain(`xenfai: A fault in xenfai: a fault in ${where}`);
  expect(text.match(new RegExp(`Error: a fault in ${where}`, 'g'))).toHaveLength(1);
  expect(text).toMatch(/^ +at .+\.mjs/m);
  // The cursor is shown, whatever hid it.
  expect(terminal.raw.lastIndexOf('\u001b[?25l')).toBeLessThanOrEqual(terminal.raw.lastIndexOf('\u001b[?25h'));
}

test.each([
  ['a view', ['tab', 'd', 'r', 'a', 'w']],
  ['a reducer', ['tab', '%']],
  ['what goes on behind', ['tab', 'ctrl-u', 'later', 'enter', 'enter']],
])('a fault in %s', async (where, keys) => {
  open();
  await terminal.shows('Which XenServer?');
  for (const key of keys) terminal.press(key);
  await toldOnce(where);
});

test('a fault of the screen that is read aloud', async () => {
  open('--screen-reader');
  await terminal.shows(/address[^\n]*\n+> /);
  terminal.pty.write('%\r');
  await toldOnce('a reducer');
});
