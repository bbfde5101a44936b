import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { fetchFile } from '../../source/repository/download/fetch.ts';
import { initrdImage } from '../../source/simulator/depot/initrd-image.ts';
import { kernelImage } from '../../source/simulator/depot/kernel-image.ts';
import { depotFiles } from '../../source/simulator/depot/server.ts';
import { network } from '../../source/transport/network.ts';
import { built } from '../end-to-end/terminal.ts';
import { freePort } from '../free-port.ts';
import { xenfai } from '../harness.ts';
import { realTest } from './needs.ts';
import { netbootFolder, nginxOfFile } from './nginx.ts';
import { run, serve, temporary } from './tools.ts';

const folder = temporary('transport');
const version = '2.6.32-4-686-bigmem';

function fill(root: string): void {
  const place = netbootFolder(root, 'lenny', 'i386');
  writeFileSync(join(place, 'vmlinuz'), kernelImage({ arch: 'i386', version }));
  writeFileSync(join(place, 'initrd.gz'), initrdImage(version));
}

const listens = (port: number) => (): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

const check = (repository: string, ...flags: string[]) =>
  xenfai(null, ['check', '--repository', repository, '--release', 'lenny', '--arch', 'i386', '--json', ...flags]);
const codes = (ran: Awaited<ReturnType<typeof check>>): string[] =>
  ran.json.findings.map((finding: { code: string }) => finding.code);

const web = nginxOfFile();

realTest('an FTP repository is fetched, looked into, and its mistakes are told', ['vsftpd'], async () => {
  const root = join(folder, 'ftp');
  mkdirSync(root);
  mkdirSync(join(folder, 'empty'));
  chmodSync(folder, 0o755);
  fill(root);
  const port = await freePort();
  const config = join(folder, 'vsftpd.conf');
  writeFileSync(
    config,
    `listen=YES
listen_ipv6=NO
listen_address=127.0.0.1
listen_port=${port}
background=NO
anonymous_enable=YES
local_enable=NO
write_enable=NO
anon_root=${root}
no_anon_password=YES
secure_chroot_dir=${join(folder, 'empty')}
pasv_enable=YES
pasv_address=127.0.0.1
xferlog_enable=NO
seccomp_sandbox=NO
`,
  );
  await serve('vsftpd', [config], listens(port));
  const url = `ftp://127.0.0.1:${port}`;
  const good = await check(url);
  expect(good.code).toBe(0);
  expect(good.json.files).toMatchObject([
    { name: 'vmlinuz', ok: true, status: null, bytes: kernelImage({ arch: 'i386', version }).length },
    { name: 'initrd.gz', ok: true, status: null, bytes: initrdImage(version).length },
  ]);
  expect(codes(good)).not.toContain('not-checked');
  // A proxy is for http alone, in the loader as here.
  expect((await check(url, '--proxy', 'http://127.0.0.1:1')).code).toBe(0);

  expect(codes(await check(`${url}/nowhere`))).toEqual(expect.arrayContaining(['not-found', 'other-way']));
  const named = await check(`ftp://bob:secret@127.0.0.1:${port}`);
  expect(codes(named)).toEqual(expect.arrayContaining(['repository-credentials', 'http-error']));
  writeFileSync(join(netbootFolder(root, 'lenny', 'i386'), 'vmlinuz'), '<html>no</html>');
  expect(codes(await check(url))).toContain('not-a-kernel');
  expect(codes(await check(`ftp://127.0.0.1:${await freePort()}`))).toContain('unreachable');

  // The bundle loads its FTP client only here.
  writeFileSync(join(netbootFolder(root, 'lenny', 'i386'), 'vmlinuz'), kernelImage({ arch: 'i386', version }));
  const bundle = await run(process.execPath, [built, 'check', '--repository', url, '--release', 'lenny']);
  expect([bundle.code, bundle.err]).toEqual([0, '']);
});

realTest('install-proxy is used, and a proxy that is none is told as such', ['nginx', 'tinyproxy'], async () => {
  const nginx = await web();
  fill(nginx.root);
  const port = await freePort();
  const log = join(folder, 'tinyproxy.log');
  writeFileSync(
    join(folder, 'tinyproxy.conf'),
    `Port ${port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 20\nAllow 127.0.0.1\nLogFile "${log}"\nLogLevel Connect\n`,
  );
  await serve('tinyproxy', ['-d', '-c', join(folder, 'tinyproxy.conf')], listens(port));
  const proxy = `http://127.0.0.1:${port}`;
  const ran = await check(nginx.url, '--proxy', proxy);
  expect(ran.code).toBe(0);
  const kernel: string = ran.json.files[0].url;
  expect(readFileSync(log, 'utf8')).toContain(`GET ${kernel} HTTP/1.1`);
  const line = ran.json.findings.find((finding: { code: string }) => finding.code === 'seen-from-here');
  expect(line.try).toContain(`-x ${proxy} `);

  const gone = await check(nginx.url, '--proxy', `http://127.0.0.1:${await freePort()}`);
  expect(gone.json.findings[0]).toMatchObject({
    code: 'unreachable',
    message: expect.stringContaining('the proxy 127.0.0.1'),
  });
  expect(codes(await check(nginx.url, '--proxy', 'socks5://127.0.0.1:1'))).toContain('proxy-form');
});

realTest('redirects are followed as the loader follows them, and told', [], async () => {
  const target = await new Promise<{ url: string; close: () => void }>((resolve) => {
    const files: Record<string, Buffer> = {
      vmlinuz: kernelImage({ arch: 'i386', version }),
      'initrd.gz': initrdImage(version),
    };
    const server = createServer((request, response) => {
      const name = request.url?.split('/').at(-1) ?? '';
      const from = request.url?.split('/')[1];
      if (from === 'loop') response.writeHead(302, { Location: request.url ?? '' }).end();
      else if (from === 'tls') response.writeHead(302, { Location: `https://127.0.0.1/${name}` }).end();
      else if (from === 'away') response.writeHead(302, { Location: `/home/${name}` }).end();
      else if (from === 'short') {
        // Half of what was promised.
        const data = files[name] ?? Buffer.alloc(0);
        response.writeHead(200, { 'Content-Length': data.length });
        response.write(data.subarray(0, data.length / 2));
        setImmediate(() => request.socket.destroy());
      } else if (from === 'broken') response.writeHead(503).end('no');
      else if (from === 'login')
        response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><p>Please log in');
      else if (files[name] === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'Content-Length': files[name].length }).end(files[name]);
    }).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      resolve({ url: `http://127.0.0.1:${port}`, close: () => server.close() });
    });
  });
  const errors = async (path: string, ...flags: string[]) =>
    (await check(`${target.url}/${path}`, ...flags)).json.findings
      .filter((finding: { severity: string }) => finding.severity === 'error')
      .map((finding: { code: string }) => finding.code);
  expect(await errors('home')).toEqual([]);
  expect(codes(await check(`${target.url}/away`))).toContain('redirected');
  expect(await errors('loop')).toEqual(['redirect', 'redirect']);
  // The loader follows it, and so do we: nobody listens there.
  expect(await errors('tls')).toEqual(['unreachable', 'unreachable']);
  expect(await errors('broken')).toEqual(['http-error', 'http-error']);
  expect(await errors('login')).toEqual(['not-a-kernel', 'not-an-initrd']);
  expect(await errors('short')).toEqual(['cut-off', 'cut-off']);
  const old = await check(`${target.url}/short`, '--for', '5.6');
  expect(old.json.findings[0].message).toContain('it would use the stump');
  target.close();
});

realTest('a download can be interrupted while it goes on', [], async () => {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'Content-Length': 1000 });
    response.write('x');
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const controller = new AbortController();
  const fetching = fetchFile(`http://127.0.0.1:${port}/`, {
    ...{ keep: 10, most: 10_000, signal: controller.signal, transport: network },
    onProgress: () => controller.abort(),
  });
  await expect(fetching).rejects.toThrow();
  server.closeAllConnections();
  server.close();
});

realTest('a server that takes + for a blank: told, with the name that works', [], async () => {
  const files = depotFiles();
  const server = createServer((incoming, response) => {
    // As old CGI decoders do it with a whole path.
    const path = decodeURIComponent((incoming.url ?? '').replaceAll('+', ' '));
    const data = files.get(path);
    if (data === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'Content-Length': data.length }).end(data);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ran = await check(url);
  expect(ran.code).toBe(0);
  const missing = ran.json.findings.find((finding: { code: string }) => finding.code === 'package-missing');
  expect(missing).toMatchObject({
    severity: 'warning',
    message: expect.stringContaining('take the + in its name for a blank'),
  });
  const advised: string = missing.try.replace('Try ', '');
  expect((await fetch(advised)).status).toBe(200);
  server.closeAllConnections();
  server.close();
});
