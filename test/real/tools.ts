import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { programPath } from './needs.ts';

/** What .ci/debs has downloaded; XENFAI_TEST_DEBS names another folder. */
const debs = process.env['XENFAI_TEST_DEBS'] ?? '/var/cache/xenfai-test';

export const downloads = {
  linuxAmd64: join(debs, 'linux-amd64.deb'),
  linuxI386: join(debs, 'linux-i386.deb'),
  fcopy: join(debs, 'fai-client/usr/sbin/fcopy'),
  faiClass: join(debs, 'fai-client/usr/bin/fai-class'),
  grubLegacy: join(debs, 'grub-legacy'),
  updateGrub: join(debs, 'grub-legacy/usr/sbin/update-grub'),
  fogXenserver: join(debs, 'gems/gems/fog-xenserver-1.0.0/lib'),
} as const;

export const pygrubPath = '/usr/lib/xen-4.17/bin/pygrub';

/** A folder of the test file's own, gone afterwards. */
export function temporary(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `xenfai-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs a program to its end, whatever it comes to. */
export function run(program: string, args: readonly string[], { cwd, env, input }: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      program.startsWith('/') ? program : programPath(program),
      [...args],
      { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, cwd, env: { ...process.env, LC_ALL: 'C.UTF-8', ...env } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code ?? 1), out, err }),
    );
    // A program that reads nothing may be gone before.
    child.stdin?.on('error', () => {});
    child.stdin?.end(input ?? '');
  });
}

/** Runs a program that must succeed; its standard output. */
export async function must(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { code, out, err } = await run(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(' ')}: ${code}\n${out}\n${err}`);
  return out;
}

/** A server in the foreground, until the test file ends; `ready` is asked until it says so. */
export async function serve(program: string, args: readonly string[], ready: () => Promise<boolean>): Promise<void> {
  const child = spawn(programPath(program), [...args], { stdio: 'ignore' });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  afterAll(async () => {
    child.kill('SIGTERM');
    await gone;
  });
  while (!(await ready())) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
