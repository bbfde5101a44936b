import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator, until, xenfai } from '../harness.ts';

const folder = mkdtempSync(join(tmpdir(), 'xenfai-stage-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const words = ['--release', 'lenny', '--arch', 'i386'];
const root = (): string => mkdtempSync(join(folder, 'root-'));

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
    expect((await run()).json.error.message).toContain('is not a disc image');
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
