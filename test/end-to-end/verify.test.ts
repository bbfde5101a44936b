import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { initrdImage } from '../../source/simulator/depot/initrd-image.ts';
import { kernelImage } from '../../source/simulator/depot/kernel-image.ts';
import { built, Terminal } from './terminal.ts';
import { connect, copyTemplate, save } from './walk.ts';

const version = '2.6.32-4-686-bigmem';
const kernel = kernelImage({ arch: 'i386', version });
const initrd = initrdImage(version);
const folder = mkdtempSync(join(tmpdir(), 'xenfai-verify-'));
const below = 'dists/lenny/main/installer-i386/current/images/netboot/xen';

let terminal: Terminal;
let server: Server;
let base = '';

/** The first part of a path decides what is wrong with the repository. */
beforeAll(async () => {
  server = createServer((incoming, response) => {
    const [, kind = '', ...rest] = (incoming.url ?? '').split('/');
    const isKernel = rest.at(-1) === 'vmlinuz';
    const send = (data: Buffer, promise = data.length) => {
      response.writeHead(200, { 'Content-Length': promise });
      response.end(data);
    };
    if (!['vmlinuz', 'initrd.gz'].includes(rest.at(-1) ?? '') || kind === 'missing') response.writeHead(404).end();
    else if (kind === 'page')
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><body>Log in</body></html>');
    else if (kind === 'broken') response.writeHead(503).end();
    else if (kind === 'folder') {
      try {
        send(readFileSync(join(folder, 'www', ...rest)));
      } catch {
        response.writeHead(404).end();
      }
    } else if (isKernel)
      send(
        kind === 'hvm'
          ? kernelImage({ arch: 'i386', version, entryNote: false })
          : kind === 'packed'
            ? kernelImage({ arch: 'i386', version, pack: () => Buffer.from('\x28\xb5\x2f\xfd0000', 'latin1') })
            : kernel,
      );
    else if (kind === 'modules') send(initrdImage('2.6.26-2-686'));
    else if (kind === 'cut') {
      response.writeHead(200, { 'Content-Length': initrd.length });
      response.write(initrd.subarray(0, 20_000), () => incoming.socket.destroy());
    } else if (kind === 'empty') send(Buffer.alloc(0));
    else send(initrd);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => terminal?.kill());
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** From Verify back to the first field of step 3, another repository, and to Verify again. */
async function tryRepository(url: string): Promise<void> {
  terminal.press('escape');
  await terminal.shows('Repository and FAI arguments');
  terminal.press(...Array.from({ length: 24 }, () => 'up'));
  await terminal.shows(/❯[ !]repository/);
  terminal.press('ctrl-u', url);
  await save(terminal);
}

const wrong: readonly (readonly [kind: string, found: RegExp, advice: RegExp])[] = [
  ['missing', /there is no such file \(404\)/, /t \(stage\) in step 4: puts it there/],
  ['page', /this is a web page, not a kernel/, /Use a Xen PV kernel/],
  ['broken', /the server answered 503/, /Look into the log of the server/],
  ['hvm', /lack ENTRY/, /linux-image-2\.6-xen/],
  ['packed', /cannot unpack the zstd payload/, /t \(stage\) in step 4/],
  ['modules', /has modules of 2\.6\.26-2-686/, /t \(stage\) in step 4/],
  ['cut', /20000 of \d+ bytes came/, /it would use the stump/],
  ['empty', /the file is empty/, /Copy it there again/],
];

test('a wrong repository of each kind: what is wrong and what to do stand on the screen', async () => {
  terminal = new Terminal([built, 'demo']);
  await connect(terminal);
  await copyTemplate(terminal);
  await save(terminal);
  await terminal.shows('Both files are what this host can boot.');
  for (const [kind, found, advice] of wrong) {
    await tryRepository(`${base}/${kind}`);
    await terminal.shows('If you started a VM now, it would not boot');
    // What does not fit 24 rows is below.
    const seen = await scrolledText();
    expect([kind, seen]).toEqual([kind, expect.stringMatching(found)]);
    expect([kind, seen]).toEqual([kind, expect.stringMatching(advice)]);
    terminal.press('enter');
    await terminal.shows('The check failed: o goes on all the same.');
  }
  // What cannot work is not even saved.
  for (const [url, text] of [
    ['https://r/d', 'eliloader cannot fetch over https'],
    ['nfs:server/path', 'eliloader cannot read this nfs form'],
    ['http://me:pw@r/d', 'The URL holds a user name or password'],
  ] as const) {
    await tryRepository(url);
    await terminal.shows(text);
    terminal.press(...Array.from({ length: 24 }, () => 'up'));
    await terminal.shows(/❯[ !]repository/);
    terminal.press('ctrl-u', `${base}/missing`);
    await save(terminal);
    await terminal.shows('If you started a VM now, it would not boot');
  }
});

/** All rows of a screen that scrolls, in one line: a page further until the last row is on the screen. */
async function scrolledText(): Promise<string> {
  const rows = () => terminal.lines().slice(2, -2).join(' ').replace(/\s+/g, ' ');
  const place = (text: string) => /\d+-(\d+) of (\d+) lines/.exec(text);
  let text = rows();
  for (;;) {
    const [, end = '0', all = '0'] = place(terminal.text()) ?? [];
    if (end === all) return text;
    terminal.press('pagedown');
    await terminal.is('the next page', (now) => Number(place(now)?.[1] ?? 0) > Number(end));
    text += rows();
  }
}

test('where Verify fails the files are put there, from an nfsroot, and the check is good', async () => {
  const nfsroot = join(folder, 'nfsroot');
  mkdirSync(join(folder, 'www'));
  mkdirSync(join(nfsroot, 'boot'), { recursive: true });
  mkdirSync(join(nfsroot, 'lib/modules', version), { recursive: true });
  writeFileSync(join(nfsroot, `boot/vmlinuz-${version}`), kernel);
  writeFileSync(join(nfsroot, `boot/initrd.img-${version}`), initrd);
  terminal = new Terminal([built, 'demo'], { columns: 160, rows: 50 });
  await connect(terminal);
  await copyTemplate(terminal);
  terminal.press('ctrl-u', `${base}/folder`);
  await save(terminal);
  await terminal.shows('If you started a VM now, it would not boot');
  terminal.press('t');
  await terminal.shows('Put the netboot files into the repository');
  terminal.press(join(folder, 'nowhere'), 'tab', nfsroot, 'pagedown', 'enter');
  await terminal.shows('is not a folder on this machine');
  // Esc keeps what was typed.
  terminal.press('escape');
  await terminal.shows('If you started a VM now, it would not boot');
  terminal.press('t');
  await terminal.shows(join(folder, 'nowhere'));
  terminal.press('ctrl-u', join(folder, 'www'), 'pagedown', 'enter');
  await terminal.shows('Both files are what this host can boot.');
  expect(readFileSync(join(folder, 'www', below, 'vmlinuz'))).toEqual(kernel);
  terminal.press('q');
  expect((await terminal.exit).exitCode).toBe(0);
  await terminal.shows(`${below}/vmlinuz below ${join(folder, 'www')}`);
});
