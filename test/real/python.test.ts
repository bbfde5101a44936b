import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { heldClock, lennyTemplate, pageArgs, prepareTemplate, simulator, until, xenfai } from '../harness.ts';
import { programPath, realTest } from './needs.ts';

const client = join(import.meta.dirname, 'client.py');
const python = async (...args: string[]) =>
  JSON.parse((await promisify(execFile)(programPath('python3'), [client, ...args], { encoding: 'utf8' })).stdout);

realTest('Python’s xmlrpc.client is served as by a XenServer', ['python3'], async () => {
  const sim = await simulator();
  expect(await python('browse', sim.host, sim.password)).toEqual({
    version: '5.6.0',
    templates: 65,
    never: '19700101T00:00:00Z',
    integer: '268435456',
    loads: 0,
    error: ['HANDLE_INVALID', 'VM', 'OpaqueRef:none'],
    clone: 'seen by Python',
    event: ['vm', expect.any(String)],
    methods: expect.any(Number),
  });
  await sim.stop();
});

realTest('a VM made as provision.py of 2010 makes one, whose `disks` are pretty-printed', ['python3'], async () => {
  const sim = await simulator();
  const disks = await python('provision', sim.host, sim.password, lennyTemplate, 'by the book');
  expect(disks).toEqual([['0', true, String(8 * 1024 ** 3)]]);
  await sim.stop();
});

realTest(
  'a VM made as XenCenter does, its kernel line lost: repair makes it boot into FAI',
  ['python3'],
  async () => {
    const guests = heldClock();
    const sim = await simulator({ clock: guests });
    await prepareTemplate(sim, 'FAI', pageArgs);
    const { uuid } = await python('xencenter', sim.host, sim.password, 'FAI', 'made elsewhere');
    const before = await xenfai(sim, ['status', uuid, '--json']);
    expect(before.json.vms[0]).toMatchObject({ state: 'half-armed', missing: ['args'], pvArgs: '' });
    const repaired = await xenfai(sim, ['repair', uuid, '--template', 'FAI', '--yes', '--json']);
    expect(repaired.json.vms[0]).toMatchObject({ state: 'armed', changed: true, pvArgs: pageArgs });
    const started = await xenfai(sim, ['start', uuid, '--json']);
    expect(started.json.vms[0]).toMatchObject({ state: 'installing', attemptUsed: true });
    guests.release();
    await until(() => [...sim.world.disks.values()].some((disk) => disk.system !== null));
    await sim.stop();
  },
);
