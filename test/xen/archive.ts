import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { addresses } from './dom0.ts';

/** A repository that is served on loopback. `url` is for this machine, `guestUrl` for dom0 and guests. */
export interface Archive {
  readonly root: string;
  readonly url: string;
  readonly guestUrl: string;
  readonly stop: () => void;
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
    stop: () => void nginx.kill('SIGTERM'),
  };
}

/** The tools ISO of this site: the kernel that guests get, and xe-guest-utilities. */
export function toolsIso(debs: string, iso: string): void {
  const names = readdirSync(debs).filter((name) => /^(linux-image|xe-guest-utilities)/.test(name));
  const map = names.flatMap((name) => ['-map', join(debs, name), `/${name}`]);
  execFileSync('xorriso', ['-outdev', iso, '-joliet', 'on', ...map], { stdio: 'ignore' });
}
