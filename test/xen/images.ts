import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const scripts = join(import.meta.dirname, 'images');

/** Where images are kept from run to run. */
export const cacheFolder = process.env['XENFAI_XEN_CACHE'] ?? join(homedir(), '.cache/xenfai-xen');

/** Programs that a run calls, by their Debian package. */
const needs: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  mmdebstrap: 'mmdebstrap',
  'mkfs.ext4': 'e2fsprogs',
  ssh: 'openssh-client',
  nginx: 'nginx-light',
  'apt-ftparchive': 'apt-utils',
  xorriso: 'xorriso',
  xz: 'xz-utils',
  ip: 'iproute2',
  unshare: 'util-linux',
};

/** Why nothing can run here; null when it can. */
export function missing(): string | null {
  if (process.getuid?.() !== 0) return 'it needs root, for chroot and mount';
  const lacking = Object.entries(needs).filter(([program]) => !found(program));
  if (lacking.length === 0) return null;
  return `apt-get install ${lacking.map(([, debian]) => debian).join(' ')}`;
}

const found = (program: string): boolean =>
  [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/sbin'].some((folder) =>
    existsSync(join(folder, program)),
  );

/**
 * The images, built where they are not there yet or their scripts have changed: tree of dom0, nfsroot in it, packages for
 * guests, disks. `space` is a config space as fai-files wrote it. A step that was cut off is done again.
 */
export async function buildImages(space: string, say: (text: string) => void, signal: AbortSignal): Promise<void> {
  mkdirSync(cacheFolder, { recursive: true });
  const at = (name: string): string => join(cacheFolder, name);
  if (!existsSync(at('key'))) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at('key')]);
  const nfsroot = at('dom0/srv/fai/nfsroot');
  const lines = readFileSync(join(space, 'xenserver/NFSROOT'), 'utf8');
  const steps: readonly [name: string, of: readonly string[], ...args: string[]][] = [
    ['dom0', [], at('dom0'), at('key.pub')],
    ['nfsroot', [lines], at('dom0'), space],
    ['debs', [], nfsroot, at('debs'), at('installer')],
    ['disks', [], at('dom0'), cacheFolder],
  ];
  let before = '';
  for (const [name, of, ...args] of steps) {
    const script = join(scripts, `${name}.sh`);
    const hash = createHash('sha256');
    for (const text of [before, readFileSync(script, 'utf8'), ...of]) hash.update(text);
    before = hash.digest('hex');
    const mark = at(`${name}.built`);
    if (existsSync(mark) && readFileSync(mark, 'utf8') === before) continue;
    rmSync(mark, { force: true });
    if (name === 'dom0' || name === 'debs') rmSync(at(name), { recursive: true, force: true });
    say(`building ${name}`);
    await runScript([script, ...args], at(`${name}.log`), signal);
    writeFileSync(mark, before);
  }
}

function runScript(line: readonly string[], log: string, signal: AbortSignal): Promise<void> {
  const output = openSync(log, 'w');
  // The temporary folder of this run is not there in a chroot, and goes with the run.
  const env = { ...process.env, TMPDIR: '/tmp' };
  const child = spawn('bash', line, { signal, env, stdio: ['ignore', output, output] });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${line[0]} failed: see ${log}`))));
  });
}
