import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { initrdImage } from '../../source/simulator/depot/initrd-image.ts';
import { kernelImage } from '../../source/simulator/depot/kernel-image.ts';
import { depotPackages, kernelVersion } from '../../source/simulator/depot/packages.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { folderPlace } from '../../source/staging/folder.ts';
import { remoteOf } from '../../source/staging/ssh.ts';
import { stagedBytes } from '../../source/staging/staged-file.ts';
import { tarPlace } from '../../source/staging/tar.ts';
import { fileWriter } from '../../source/staging/writer.ts';
import { simulator, until, xenfai } from '../harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'xenfai-stage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const version = kernelVersion('i386');
const words = ['--release', 'lenny', '--arch', 'i386'];
const below = 'dists/lenny/main/installer-i386/current/images/netboot/xen';
const stage = (...args: string[]) => xenfai(null, ['stage', ...words, ...args, '--json']);

const file = (name: string, data: Uint8Array): string => {
  writeFileSync(join(folder, name), data);
  return join(folder, name);
};
const kernel = file('vmlinuz', kernelImage({ arch: 'i386', version }));
const initrd = file('initrd', initrdImage(version));
const deb = (start: string): string => {
  const found = depotPackages().find(({ file: name, arch }) => arch === 'i386' && name.startsWith(start));
  return file(found?.file ?? '', found?.data ?? new Uint8Array());
};
const root = (): string => mkdtempSync(join(folder, 'root-'));

describe('stage', () => {
  test('writes both files, says what they are, and a second time nothing', async () => {
    const place = root();
    const first = await stage('--kernel', kernel, '--initrd', initrd, '--root', place);
    expect(first).toMatchObject({
      code: 0,
      json: { ok: true, staged: [{ changed: true, backup: null }, { changed: true }] },
    });
    expect(statSync(join(place, below, 'initrd.gz')).mode & 0o777).toBe(0o644);
    expect((await stage('--kernel', kernel, '--initrd', initrd, '--root', place)).json.staged).toMatchObject([
      { changed: false },
      { changed: false },
    ]);
    writeFileSync(join(place, below, 'vmlinuz'), 'the one before');
    const again = await stage('--kernel', kernel, '--initrd', initrd, '--root', place);
    expect(again.json.staged[0]).toMatchObject({ changed: true, backup: `${below}/vmlinuz.bak` });
    expect(readFileSync(join(place, below, 'vmlinuz.bak'), 'utf8')).toBe('the one before');
    // The pair before is kept as a pair.
    expect(readdirSync(join(place, below)).sort()).toEqual(['initrd.gz', 'initrd.gz.bak', 'vmlinuz', 'vmlinuz.bak']);
  });

  test.each<[string, string[], number, RegExp]>([
    ['nothing to stage from', [], 2, /where the kernel comes from/],
    ['two sources', ['--kernel', kernel, '--deb', kernel], 2, /one of/],
    ['no initrd', ['--kernel', kernel], 2, /holds no initrd/],
    [
      'a meta package',
      ['--deb', deb('linux-image-2.6-xen'), '--initrd', initrd],
      2,
      /meta package.*linux-image-2\.6\.32-4-686-bigmem/,
    ],
    ['no package', ['--deb', kernel, '--initrd', initrd], 2, /no Debian package/],
    [
      'a package cut off',
      ['--deb', file('cut.deb', readFileSync(deb('linux-image-2.6.32')).subarray(0, 400)), '--initrd', initrd],
      2,
      /cut off|damaged/,
    ],
    ['no disc', ['--iso', kernel, '--initrd', initrd], 2, /no disc image/],
    ['no nfsroot', ['--nfsroot', join(folder, 'nowhere')], 2, /no nfsroot/],
    ['a file that is not there', ['--kernel', join(folder, 'nothing'), '--initrd', initrd], 2, /There is no file/],
    [
      'a kernel without Xen',
      ['--kernel', file('nopv', kernelImage({ arch: 'i386', version, entryNote: false })), '--initrd', initrd],
      6,
      /cannot boot as a PV guest/,
    ],
    [
      'modules of another kernel',
      ['--kernel', kernel, '--initrd', file('other', initrdImage('2.6.26-2-686'))],
      6,
      /modules of 2\.6\.26-2-686/,
    ],
    [
      'a kernel for another Xen',
      [
        '--kernel',
        file(
          'lzma',
          kernelImage({ arch: 'i386', version, pack: () => Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]) }),
        ),
        '--initrd',
        initrd,
        '--for',
        '5.6',
      ],
      6,
      /cannot unpack the xz payload/,
    ],
    ['a release that is no word', ['--kernel', kernel, '--initrd', initrd, '--release', '../x'], 2, /is no release/],
    ['a tool nobody knows', ['--kernel', kernel, '--initrd', initrd, '--pool', 'mini-dinstall'], 2, /no tool/],
  ])('%s: nothing is written', async (_, args, code, text) => {
    const place = root();
    const ran = await stage('--root', place, ...args);
    expect([ran.code, JSON.stringify(ran.json.error)]).toEqual([code, expect.stringMatching(text)]);
    expect(readdirSync(place)).toEqual([]);
  });

  test('several kernels in an nfsroot are named, not chosen from', async () => {
    const nfsroot = join(folder, 'nfsroot');
    mkdirSync(join(nfsroot, 'boot'), { recursive: true });
    for (const one of ['2.6.26-2-686', version]) writeFileSync(join(nfsroot, `boot/vmlinuz-${one}`), 'x');
    const two = await stage('--nfsroot', nfsroot, '--root', root());
    expect(two.json.error.message).toContain('2 kernels');
    rmSync(join(nfsroot, 'boot/vmlinuz-2.6.26-2-686'));
    expect((await stage('--nfsroot', nfsroot, '--root', root())).json.error.message).toContain(
      `no initrd.img-${version}`,
    );
    writeFileSync(join(nfsroot, `boot/vmlinuz-${version}`), kernelImage({ arch: 'i386', version }));
    writeFileSync(join(nfsroot, `boot/initrd.img-${version}`), initrdImage(version));
    const wrong = await stage('--nfsroot', nfsroot, '--root', root());
    expect(wrong).toMatchObject({
      code: 6,
      json: { error: { message: expect.stringContaining('lib/modules of the nfsroot has nothing') } },
    });
  });

  test('what a killed run left is repaired first, and told', async () => {
    const place = root();
    mkdirSync(join(place, below), { recursive: true });
    // No process has this number.
    const run = join(place, below, '.xenfai-999999999-0badcafe');
    const record = {
      machine: hostname(),
      started: null,
      state: 'swapping',
      files: [{ path: 'vmlinuz', fresh: true }],
    };
    writeFileSync(`${run}.json`, JSON.stringify(record));
    writeFileSync(`${run}-new-vmlinuz`, 'of the killed run');
    const ran = await stage('--kernel', kernel, '--initrd', initrd, '--root', place);
    expect(ran).toMatchObject({ code: 0, json: { findings: [{ severity: 'warning', code: 'repaired-finished' }] } });
    expect(readFileSync(join(place, below, 'vmlinuz.bak'), 'utf8')).toBe('of the killed run');
    expect(readdirSync(join(place, below)).sort()).toEqual(['initrd.gz', 'vmlinuz', 'vmlinuz.bak']);
  });

  test('--force puts a bad pair there, --dry-run a good one nowhere', async () => {
    const place = root();
    const dry = await stage('--kernel', kernel, '--initrd', initrd, '--root', place, '--dry-run');
    expect(dry).toMatchObject({ code: 0, json: { dryRun: true, plan: [{ step: `put ${below}/vmlinuz` }, {}] } });
    expect(readdirSync(place)).toEqual([]);
    const bad = await stage('--kernel', initrd, '--initrd', initrd, '--root', place, '--force');
    expect(bad.code).toBe(0);
    expect(existsSync(join(place, below, 'vmlinuz'))).toBe(true);
  });

  test('a tar archive and JSON do not share standard output', async () => {
    expect((await stage('--kernel', kernel, '--initrd', initrd, '--tar', '-')).json.error.message).toContain(
      'both want',
    );
    expect((await stage('--kernel', kernel, '--initrd', initrd, '--tar', 'file')).json.error.message).toContain(
      '--tar takes -',
    );
    expect((await stage('--kernel', kernel, '--initrd', initrd)).json.error.message).toContain('where to');
  });

  test('nothing is written with --read-only, to a URL, or before it could be seen from outside', async () => {
    const pair = ['--kernel', kernel, '--initrd', initrd];
    const place = root();
    expect((await stage(...pair, '--root', place, '--read-only')).code).toBe(8);
    expect(readdirSync(place)).toEqual([]);
    expect((await stage(...pair, '--root', 'http://r/d')).json.error.message).toContain('not a URL');
    const args = ['stage', ...words, ...pair, '--tar', '-', '--url', 'http://r/d'];
    expect((await xenfai(null, args)).err).toContain('nothing is in place yet');
  });

  test('an nfsroot of FAI 3 lies two folders further down', async () => {
    const nfsroot = join(folder, 'fai3');
    const system = join(nfsroot, 'live/filesystem.dir');
    mkdirSync(join(system, 'boot'), { recursive: true });
    mkdirSync(join(system, 'lib/modules', version), { recursive: true });
    writeFileSync(join(system, `boot/vmlinuz-${version}`), kernelImage({ arch: 'i386', version }));
    writeFileSync(join(system, `boot/initrd.img-${version}`), initrdImage(version));
    expect((await stage('--nfsroot', nfsroot, '--root', root())).code).toBe(0);
  });

  test('which roots are on another machine', () => {
    expect(remoteOf('web:/srv')).toEqual({ target: 'web', folder: '/srv' });
    expect(remoteOf('me@web.example:/srv/a b')).toEqual({ target: 'me@web.example', folder: '/srv/a b' });
    expect(remoteOf('me@[fd00::1]:/srv')).toEqual({ target: 'me@fd00::1', folder: '/srv' });
    for (const local of ['/srv', './web:/srv', '-oProxyCommand=x:/srv', 'web:srv', 'a b:/srv'])
      expect(remoteOf(local)).toBeNull();
  });
});

describe('a folder is written whole or not at all', () => {
  const signal = new AbortController().signal;
  const one = stagedBytes('dists/a/vmlinuz', Buffer.from('new kernel'));
  const two = stagedBytes('dists/a/initrd.gz', Buffer.from('new initrd'));
  const text = (place: string, name: string) => readFileSync(join(place, 'dists/a', name), 'utf8');

  test('the second cannot take its place: the first goes back', async () => {
    const place = root();
    mkdirSync(join(place, 'dists/a/initrd.gz/full'), { recursive: true });
    writeFileSync(join(place, 'dists/a/vmlinuz'), 'old kernel');
    await expect(folderPlace(place, fileWriter()).put([one, two], signal)).rejects.toMatchObject({
      problem: { code: 'not-written', exit: 2 },
    });
    expect(text(place, 'vmlinuz')).toBe('old kernel');
    expect(readdirSync(join(place, 'dists/a')).filter((name) => name.startsWith('.xenfai'))).toEqual([]);
  });

  test('a source that breaks, changes or is interrupted leaves everything as it was', async () => {
    for (const broken of [
      {
        ...two,
        open: () => {
          throw new Error('gone');
        },
      },
      { ...two, sha256: 'f'.repeat(64) },
    ]) {
      const place = root();
      mkdirSync(join(place, 'dists/a'), { recursive: true });
      writeFileSync(join(place, 'dists/a/vmlinuz'), 'old kernel');
      await expect(folderPlace(place, fileWriter()).put([one, broken], signal)).rejects.toThrow();
      expect(readdirSync(join(place, 'dists/a'))).toEqual(['vmlinuz']);
      expect(text(place, 'vmlinuz')).toBe('old kernel');
    }
    const place = root();
    await expect(folderPlace(place, fileWriter()).put([one, two], AbortSignal.abort())).rejects.toThrow();
    expect(existsSync(join(place, 'dists/a/vmlinuz'))).toBe(false);
  });

  test('folders it makes can be entered by a web server, whatever the umask', async () => {
    const before = process.umask(0o077);
    try {
      const place = root();
      chmodSync(place, 0o700);
      await folderPlace(place, fileWriter()).put([one], signal);
      expect(['dists', 'dists/a', 'dists/a/vmlinuz'].map((path) => statSync(join(place, path)).mode & 0o777)).toEqual(
        [0o755, 0o755, 0o644],
      );
      expect(statSync(place).mode & 0o777).toBe(0o700);
    } finally {
      process.umask(before);
    }
  });

  test('a reader of the archive that goes away is told, and nothing hangs', async () => {
    const large = stagedBytes('large', Buffer.alloc(8 * 1024 * 1024));
    const out = new PassThrough();
    out.once('data', () => out.destroy(new Error('EPIPE')));
    await expect(tarPlace(out).put([large, large], signal)).rejects.toMatchObject({
      problem: { code: 'not-written', cause: 'EPIPE' },
    });
    const quiet = new PassThrough();
    quiet.once('data', () => quiet.destroy());
    await expect(tarPlace(quiet).put([large, large], signal)).rejects.toMatchObject({
      problem: { code: 'not-written' },
    });
    const broken = {
      ...large,
      open: () =>
        new Readable({
          read() {
            this.destroy(new Error('unreadable'));
          },
        }),
    };
    const fine = new PassThrough();
    fine.resume();
    await expect(tarPlace(fine).put([broken], signal)).rejects.toMatchObject({ problem: { cause: 'unreadable' } });
  });

  test('where this user may not write it says so', async () => {
    if (process.getuid?.() === 0) return;
    const place = root();
    chmodSync(place, 0o555);
    await expect(folderPlace(place, fileWriter()).put([one], signal)).rejects.toMatchObject({
      problem: { cause: 'This user may not write there.' },
    });
  });
});

describe('the tools ISO of a host', () => {
  let sim: Simulator;
  afterEach(() => sim.stop());

  test('a release that cannot send it: the line for scp, and the page’s way', async () => {
    sim = await simulator();
    const ran = await xenfai(sim, ['stage', ...words, '--iso', 'host', '--pool', '--root', root(), '--json']);
    expect(ran).toMatchObject({ code: 2, json: { error: { code: 'iso-not-exported' } } });
    expect(ran.json.error.try[0]).toBe('scp root@127.0.0.1:/opt/xensource/packages/iso/xs-tools-5.6.0.iso .');
  });

  test('from 6.2 on it is fetched; a short answer is told', async () => {
    sim = await simulator();
    const disc = Buffer.alloc(55_000_000);
    let sent = disc.length;
    let asked = '';
    // The same host with another version, and the handler that came with 6.2.
    const newer = createServer((incoming, response) => {
      if (incoming.method === 'GET') {
        asked = incoming.url ?? '';
        expect(incoming.headers.cookie).toMatch(/^session_id=OpaqueRef:/);
        response.writeHead(200, { Connection: 'close', 'Content-Type': 'application/octet-stream' });
        response.end(disc.subarray(0, sent));
        return;
      }
      const target = new URL(sim.host);
      const headers = { ...incoming.headers };
      const onward = request(
        { host: target.hostname, port: target.port, method: 'POST', path: '/', headers },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on('data', (chunk: Buffer) => chunks.push(chunk));
          reply.on('end', () => {
            const text = Buffer.concat(chunks).toString().replaceAll('<value>5.6.0</value>', '<value>6.2.0</value>');
            response
              .writeHead(200, { 'Content-Type': 'text/xml', 'Content-Length': Buffer.byteLength(text) })
              .end(text);
          });
        },
      );
      incoming.pipe(onward);
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => newer.once('listening', resolve));
    const host = `http://127.0.0.1:${(newer.address() as AddressInfo).port}`;
    const run = () =>
      xenfai(sim, ['stage', ...words, '--iso', 'host', '--pool', '--root', root(), '--json', '--host', host]);
    // It came whole, and is no disc: so far the way is right, and the file is gone again.
    expect((await run()).json.error.message).toContain('is no disc image');
    expect(asked).toMatch(/^\/export_raw_vdi\?vdi=[0-9a-f-]{36}$/);
    sent = 1000;
    expect((await run()).json.error).toMatchObject({
      code: 'iso-cut-off',
      message: expect.stringContaining('1000 of 55000000'),
    });
    newer.closeAllConnections();
    newer.close();
  });

  test('the page’s way: a VM with a live disc and the tools, removed when it is off, or on an interrupt', async () => {
    sim = await simulator();
    const { database } = sim.world;
    const [storage] = [...database.all('SR')].find(([, record]) => record['name_label'] === 'DVD drives') ?? [''];
    database.create('VDI', {
      name_label: 'grml-small.iso',
      SR: storage,
      virtual_size: 1000,
      type: 'user',
      read_only: true,
      managed: true,
      location: 'grml',
    });
    const before = [...database.all('VM')].length;
    const disks = [...database.all('VDI')].length;
    const args = ['stage', ...words, '--iso', 'host', '--live-iso', 'grml-small.iso', '--root', root(), '--json'];
    const dry = await xenfai(sim, [...args, '--dry-run']);
    expect(dry.json.plan.map(({ step }: { step: string }) => step)).toEqual([
      'clone',
      'note created',
      'set memory',
      'make the disks',
      'add CD drive',
      'add CD drive',
      'add network card',
      'start',
    ]);
    expect(dry.json.plan[4].xe).toContain('type=CD mode=RO');

    const running = () =>
      [...database.all('VM')].find(
        ([, vm]) => String(vm['name_label']).startsWith('xenfai tools') && vm['power_state'] === 'Running',
      );
    const whole = xenfai(sim, args);
    const [vm] = await until(running);
    const drives = [...database.all('VBD')].filter(([, vbd]) => vbd['VM'] === vm);
    expect(drives.map(([, vbd]) => [vbd['userdevice'], vbd['type'], vbd['mode']])).toEqual([
      ['2', 'CD', 'RO'],
      ['3', 'CD', 'RO'],
    ]);
    // Somebody types poweroff on its console.
    const { endDomain } = await import('../../source/simulator/boot.ts');
    endDomain(sim.world, vm);
    expect((await whole).json).toMatchObject({ ok: true, removed: true });

    const controller = new AbortController();
    const stopped = xenfai(sim, args, { signal: controller.signal });
    await until(running);
    controller.abort(new DOMException('Interrupted', 'AbortError'));
    await stopped;
    expect([...database.all('VM')]).toHaveLength(before);
    expect([...database.all('VDI')]).toHaveLength(disks);
    expect((await xenfai(sim, [...args.slice(0, -1), '--live-iso', 'none.iso', '--json'])).code).toBe(7);
  });
});
