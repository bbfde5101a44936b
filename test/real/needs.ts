import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'vitest';

const found = (what: string): boolean => {
  if (what.startsWith('/')) return existsSync(what);
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${what} || test -x /usr/sbin/${what}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** A test that meets real programs or files: in CI a missing one is a failure, elsewhere the test is skipped by name. */
export function realTest(name: string, needs: readonly string[], body: () => Promise<void> | void): void {
  const missing = needs.filter((what) => !found(what));
  if (missing.length > 0 && process.env['CI'] !== 'true') {
    test.skip(`${name} (needs ${missing.join(', ')})`, () => {});
    return;
  }
  test(name, async () => {
    if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}; .ci/run installs it`);
    await body();
  });
}
