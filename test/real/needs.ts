import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'vitest';

/** XENFAI_TEST_HIDE=1: nothing beyond Node and sh is found, as on a fresh machine, and that is on purpose. */
const hidden = process.env['XENFAI_TEST_HIDE'] === '1';

/** Where servers are kept: not every user's PATH leads there. */
const usual = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The path of a program by its name, or of a file by its path; null when it is missing or hidden. */
function find(what: string): string | null {
  if (hidden) return null;
  if (what.startsWith('/')) return existsSync(what) ? what : null;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), ...usual];
  return folders.map((folder) => join(folder, what)).find(isProgram) ?? null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The path of a program that a test named among its needs. Throws where it is missing. */
export function programPath(name: string): string {
  const path = find(name);
  if (path === null) throw new Error(`${name} is missing: name it among the needs of the test`);
  return path;
}

/**
 * A test that meets real programs or files. Where one is missing it is skipped by name, with what it needs; in CI that
 * is a failure, unless everything is hidden on purpose.
 */
export function realTest(name: string, needs: readonly string[], body: () => Promise<void> | void): void {
  const missing = needs.filter((what) => find(what) === null).join(', ');
  if (missing === '') test(name, body);
  else if (process.env['CI'] === 'true' && !hidden) {
    test(name, () => {
      throw new Error(`missing: ${missing}; .ci/run installs it`);
    });
  } else test.skip(`${name} (${hidden ? 'hidden' : 'needs'}: ${missing})`, () => {});
}

/** The same for what CI cannot count on either: its skip is no failure anywhere, and says what is missing. */
export function whereInstalled(name: string, needs: readonly string[], body: () => Promise<void>): void {
  const missing = needs.filter((what) => find(what) === null).join(', ');
  if (missing === '') test(name, body);
  else test.skip(`${name} (${hidden ? 'hidden' : 'not to be had here'}: ${missing})`, () => {});
}
