import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

// The layout of CONTRIBUTING: which room may know which, inside a room as well, and what each may use.

const root = resolve(import.meta.dirname, '..');
const source = join(root, 'source');

/** Rooms from the top down: an arrow leads to a lower line, never up and never sideways. */
const levels: readonly (readonly string[])[] = [
  ['commands', 'tui'],
  ['operations', 'watch', 'staging'],
  ['hosts'],
  ['xapi', 'repository', 'settings'],
  ['transport', 'boot', 'fai'],
  ['formats'],
  ['problem'],
  ['text', 'limits'],
];

/** The same inside a room with folders; '' is what lies in the room itself. */
const floors: Readonly<Record<string, readonly string[]>> = {
  tui: ['', 'aloud', 'screens', 'app', 'kit', 'cells'],
  // A check asks the archive around the files, and both download.
  repository: ['', 'archive', 'download'],
};

/** Which rooms may have a package, or one of Node's own modules that reaches outside. */
const packages: Readonly<Record<string, readonly string[]>> = {
  ink: ['tui'],
  'ink-select-input': ['tui'],
  react: ['tui'],
  conf: ['settings'],
  commander: ['commands'],
  diff: ['commands'],
  xmlrpc: ['xapi'],
  saxes: ['simulator'],
  'basic-ftp': ['transport'],
  'node-forge': ['simulator'],
  'tar-stream': ['formats', 'staging'],
  'wrap-ansi': ['text'],
  'slice-ansi': ['text'],
  'string-width': ['text'],
  // Where data from outside is parsed.
  zod: ['xapi', 'hosts', 'boot', 'settings', 'operations', 'watch', 'staging', 'commands', 'tui'],
  'node:net': ['transport', 'simulator'],
  'node:http': ['transport', 'simulator'],
  'node:https': ['transport', 'simulator'],
  'node:tls': ['transport', 'simulator'],
  'node:dgram': [],
  // Programs: unpackers, ssh, the password command.
  'node:child_process': ['formats', 'staging', 'hosts', 'transport'],
};

/** Rooms that are pure: the same answer for the same question, whatever the machine does. */
const pure = ['boot', 'fai', 'limits', 'problem', 'text'];

interface Import {
  readonly file: string;
  readonly path: string;
  readonly typeOnly: boolean;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

const all = filesBelow(source);
const text = new Map(all.map((file) => [file, readFileSync(file, 'utf8')]));
const name = (file: string): string => relative(root, file);
const roomOf = (file: string): string => relative(source, file).split('/')[0] ?? '';
const folderOf = (file: string): string => {
  const parts = relative(source, file).split('/');
  return parts.length > 2 ? (parts[1] ?? '') : '';
};

const statement =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'";]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)|(?:^|\n)import\s+'([^']+)'/g;

const imports: Import[] = all.flatMap((file) =>
  [...(text.get(file) ?? '').matchAll(statement)].map((match) => {
    const path = match[2] ?? match[3] ?? match[4] ?? '';
    return {
      file,
      path: path.startsWith('.') ? resolve(dirname(file), path) : path,
      typeOnly: match[1] !== undefined,
    };
  }),
);
const inner = imports.filter(({ path }) => path.startsWith(source));
const arrow = ({ file, path }: Import): string => `${name(file)} -> ${path.startsWith(root) ? name(path) : path}`;
const levelOf = (room: string): number => levels.findIndex((level) => level.includes(room));

describe('the arrows', () => {
  test('there are some to look at', () => expect(inner.length).toBeGreaterThan(500));

  test('between rooms go down the list only', () => {
    const wrong = inner
      .filter(({ file, path }) => roomOf(file) !== roomOf(path) && roomOf(file) !== 'simulator')
      .filter(({ file, path }) => levelOf(roomOf(file)) < 0 || levelOf(roomOf(path)) <= levelOf(roomOf(file)));
    expect(wrong.map(arrow)).toEqual([]);
  });

  test('inside a room go down its floors only', () => {
    const wrong = inner.filter(({ file, path }) => {
      const order = floors[roomOf(file)];
      if (order === undefined || roomOf(file) !== roomOf(path) || folderOf(file) === folderOf(path)) return false;
      return order.indexOf(folderOf(path)) <= order.indexOf(folderOf(file));
    });
    expect(wrong.map(arrow)).toEqual([]);
  });

  test('a screen knows no other screen', () => {
    const screenOf = (file: string): string => /^source\/tui\/screens\/([^/]+)\//.exec(name(file))?.[1] ?? '';
    const wrong = inner.filter(({ file, path }) => {
      const [from, to] = [screenOf(file), screenOf(path)];
      // The screens meet in their places only: where one can go, and with what.
      return from !== '' && to !== '' && from !== to && !path.endsWith('/place.ts');
    });
    expect(wrong.map(arrow)).toEqual([]);
  });

  test('run in no circle, types included', () => {
    const next = new Map<string, string[]>();
    for (const { file, path } of inner) next.set(file, [...(next.get(file) ?? []), path]);
    expect(circles(next).map((circle) => circle.map(name).sort())).toEqual([]);
  });

  test('from the simulator lead to the kernel verdict only', () => {
    const wrong = inner
      .filter(({ file, path }) => roomOf(file) === 'simulator' && roomOf(path) !== 'simulator')
      .filter(({ path }) => !/boot\/(kernel-verdict|releases)\.ts$/.test(path));
    expect(wrong.map(arrow)).toEqual([]);
  });

  test('to the simulator come from the front door only', () => {
    expect(inner.filter(({ file, path }) => roomOf(path) === 'simulator' && roomOf(file) !== 'simulator')).toEqual(
      [],
    );
    expect(readFileSync(join(root, 'cli.tsx'), 'utf8')).toContain("import('./source/simulator/simulate.ts')");
  });
});

/** Groups of files that reach each other (Tarjan). */
function circles(next: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    index.set(file, index.size);
    low.set(file, index.get(file) ?? 0);
    stack.push(file);
    for (const other of next.get(file) ?? []) {
      if (!index.has(other)) visit(other);
      if (stack.includes(other)) low.set(file, Math.min(low.get(file) ?? 0, low.get(other) ?? 0));
    }
    if (low.get(file) !== index.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1) found.push(group);
  };
  for (const file of next.keys()) if (!index.has(file)) visit(file);
  return found;
}

describe('packages', () => {
  const outer = imports.filter(({ path }) => !path.startsWith('/'));
  const bare = (path: string): string => (path.startsWith('node:') ? path : (path.split('/')[0] ?? ''));

  test.each(Object.entries(packages))('%s is used where it may be: %j', (wanted, rooms) => {
    const wrong = outer.filter(
      ({ file, path, typeOnly }) => bare(path) === wanted && !typeOnly && !rooms.includes(roomOf(file)),
    );
    expect(wrong.map(arrow)).toEqual([]);
  });

  test('none is used that is not in this list', () => {
    const unknown = outer.filter(({ path }) => !path.startsWith('node:') && !(bare(path) in packages));
    expect(unknown.map(arrow)).toEqual([]);
  });

  test.each(pure)('%s reaches nothing outside', (room) => {
    const reaching = /^node:(fs|net|http|https|child_process|os|process|dns|tls|timers)/;
    const wrong = outer.filter(({ file, path }) => roomOf(file) === room && reaching.test(path));
    expect(wrong.map(arrow)).toEqual([]);
  });
});

describe('names', () => {
  const below = all.filter((file) => !['commands', 'tui', 'simulator'].includes(roomOf(file)));
  // Files that are written into a site's config space, and tell its people what to run, are text for them.
  const texts = /^source\/(fai\/files|staging\/(fai-steps|pool))/;

  test('our subcommands are known to nothing below commands and tui', () => {
    const commands =
      /\bxenfai (status|templates?|check|create|repair|rearm|disarm|start|stop|remove|recreate|watch|console|monitor|stage|fai-files|journal|undo|resume|hosts|simulate|completion|demo)\b/;
    const wrong = below.filter((file) => !texts.test(name(file)) && commands.test(text.get(file) ?? ''));
    expect(wrong.map(name)).toEqual([]);
  });

  test('no file or folder is a riddle', () => {
    const riddles =
      /(^|\/)(utils?|helpers?|manager|common|misc|shared|hands|words|ways|tap|part|transfer|receive)(\.|\/)/;
    // `shared` is the field's word for the part of a state that several slices have.
    const wrong = all.map(name).filter((file) => riddles.test(file) && file !== 'source/tui/app/shared.ts');
    expect(wrong).toEqual([]);
  });

  test('nothing below the commands has a word for the simulator', () => {
    const client = all.filter((file) => !['simulator', 'commands'].includes(roomOf(file)));
    expect(client.filter((file) => /simulat/i.test(text.get(file) ?? '')).map(name)).toEqual([]);
  });
});

test('no file is longer than 300 lines', () => {
  expect(all.filter((file) => (text.get(file) ?? '').split('\n').length > 300).map(name)).toEqual([]);
});

test('the version is the same in the front door and in package.json', () => {
  const version = /"version": "([^"]+)"/.exec(readFileSync(join(root, 'package.json'), 'utf8'))?.[1] ?? '?';
  expect(readFileSync(join(root, 'cli.tsx'), 'utf8')).toContain(`const version = '${version}';`);
});
