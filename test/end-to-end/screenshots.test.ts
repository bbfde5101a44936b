import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

// The program is walked through three times: longer than any other test.
test('the pictures are what the program shows now: npm run screenshots makes the same bytes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-pictures-'));
  await promisify(execFile)(process.execPath, [join(root, 'scripts/screenshots.ts'), folder]);
  const committed = join(root, 'screenshots');
  expect(readdirSync(folder).sort()).toEqual(readdirSync(committed).sort());
  const different = readdirSync(folder).filter(
    (name) => !readFileSync(join(folder, name)).equals(readFileSync(join(committed, name))),
  );
  expect(different).toEqual([]);
}, 300_000);
