import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { freePort } from '../free-port.ts';
import { programPath } from './needs.ts';

export interface WebServer {
  readonly url: string;
  readonly root: string;
  stop(): Promise<void>;
}

/** Where eliloader looks below a repository. */
export function netbootFolder(root: string, release: string, arch: string): string {
  const folder = join(root, 'dists', release, 'main', `installer-${arch}`, 'current/images/netboot/xen');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** One nginx for all tests of a file: started by the first that asks for it, stopped after the last. */
export function nginxOfFile(): () => Promise<WebServer> {
  let server: Promise<WebServer> | null = null;
  afterAll(async () => (await server)?.stop());
  return () => {
    server ??= startNginx();
    return server;
  };
}

/** A real nginx with a document root of its own. */
async function startNginx(): Promise<WebServer> {
  const folder = mkdtempSync(join(tmpdir(), 'xenfai-nginx-'));
  const root = join(folder, 'www');
  mkdirSync(root);
  const port = await freePort();
  const config = `
    daemon off;
    pid ${folder}/pid;
    error_log ${folder}/error.log;
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    events {}
    http {
      access_log off;
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      server { listen 127.0.0.1:${port}; root ${root}; autoindex on; }
    }`;
  writeFileSync(join(folder, 'nginx.conf'), config);
  const nginx = spawn(programPath('nginx'), ['-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], {
    stdio: 'ignore',
  });
  const url = `http://127.0.0.1:${port}`;
  for (;;) {
    const answered = await fetch(url).then(
      () => true,
      () => false,
    );
    if (answered) break;
    if (nginx.exitCode !== null) throw new Error('nginx did not start');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url,
    root,
    async stop() {
      const gone = new Promise((resolve) => nginx.once('exit', resolve));
      nginx.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
