import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { addresses } from './dom0.ts';

/** A repository that is served on loopback. `url` is for this machine, `guestUrl` for dom0 and guests. */
export interface Archive {
  readonly root: string;
  readonly url: string;
  readonly guestUrl: string;
  /** What Debian's own mirror would have: these packages beside those that are there, and lists of all of them. */
  readonly list: (debs: string) => void;
}

/** An nginx with an empty repository in `folder`. */
export async function startArchive(folder: string, signal: AbortSignal): Promise<Archive> {
  const root = join(folder, 'www/debian');
  mkdirSync(root, { recursive: true });
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  writeFileSync(
    join(folder, 'nginx.conf'),
    `daemon off; pid ${folder}/nginx.pid; error_log ${folder}/nginx-error.log; user root; events {}
http { access_log ${folder}/nginx-access.log; ${temporary.join(' ')}
  server { listen 127.0.0.1:${port}; root ${join(folder, 'www')}; } }`,
  );
  const nginx = spawn('nginx', ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'nginx-error.log')], {
    stdio: 'ignore',
  });
  signal.addEventListener('abort', () => nginx.kill('SIGTERM'), { once: true });
  const url = `http://127.0.0.1:${port}/debian`;
  while ((await fetch(url).catch(() => null)) === null) {
    if (nginx.exitCode !== null) throw new Error(`nginx has ended: see ${folder}/nginx-error.log`);
    await pause(50);
  }
  return {
    root,
    url,
    guestUrl: `http://${addresses.machine}:${port}/debian`,
    list: (debs) => list(root, debs),
  };
}

function list(root: string, debs: string): void {
  const pool = join(root, 'pool/main');
  mkdirSync(pool, { recursive: true });
  for (const name of readdirSync(debs)) copyFileSync(join(debs, name), join(pool, name));
  const main = 'dists/bookworm/main/binary-amd64';
  const fields = ['Suite=bookworm', 'Codename=bookworm', 'Components=main', 'Architectures=amd64'];
  const options = fields.map((field) => `-o APT::FTPArchive::Release::${field}`).join(' ');
  const lines = [
    `mkdir -p ${main}`,
    `apt-ftparchive --arch amd64 packages pool > ${main}/Packages`,
    `gzip -9kf ${main}/Packages`,
    `apt-ftparchive ${options} release dists/bookworm > Release.new`,
    'mv Release.new dists/bookworm/Release',
  ];
  execFileSync('sh', ['-ec', lines.join('\n')], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** The tools ISO of this site: the kernel that guests get, and xe-guest-utilities. */
export function toolsIso(debs: string, iso: string): void {
  const names = readdirSync(debs).filter((name) => /^(linux-image|xe-guest-utilities)/.test(name));
  const map = names.flatMap((name) => ['-map', join(debs, name), `/${name}`]);
  execFileSync('xorriso', ['-outdev', iso, '-joliet', 'on', ...map], { stdio: 'ignore' });
}
