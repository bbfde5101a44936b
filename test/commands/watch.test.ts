import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Surroundings } from '../../source/commands/surroundings.ts';
import { sendMessage } from '../../source/simulator/guest/monitor-client.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { network } from '../../source/transport/network.ts';
import type { Transport } from '../../source/transport/transport.ts';
import {
  goodArgs,
  heldClock,
  lennyTemplate,
  pageArgs,
  type Ran,
  simulator,
  transportOf,
  until,
  xenfai,
} from '../harness.ts';

const minute = 60_000;
const heardHere = 'monserver=127.0.0.1';

let sim: Simulator;
let guests: ReturnType<typeof heldClock>;
beforeEach(async () => {
  guests = heldClock();
  sim = await simulator({ vms: 8, clock: guests });
});
afterEach(() => sim.stop());

const find = (name: string) => {
  const entry = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === name);
  if (entry === undefined) throw new Error(`no ${name}`);
  return entry;
};
const status = async (name: string) => (await xenfai(sim, ['status', name, '--json'])).json.vms[0];
const rearm = async (name: string, args: string) => {
  const armed = await xenfai(sim, ['rearm', name, '--yes', '--args', args]);
  if (armed.code !== 0) throw new Error(armed.err);
};

/** A command that goes on, with the lines it has printed so far, and a clock that can be put forward. */
function goesOn(args: readonly string[], extra: Partial<Surroundings> = {}) {
  const lines: string[] = [];
  const notes: string[] = [];
  let later = 0;
  let hastened = Number.POSITIVE_INFINITY;
  const now = () => Date.now() + later + 19 * Math.max(0, Date.now() - hastened);
  const life = new AbortController();
  const ended: Promise<Ran> = xenfai(sim, args, {
    out: (text) => lines.push(text),
    err: (text) => notes.push(text),
    now: () => new Date(now()),
    signal: life.signal,
    ...extra,
  });
  return {
    lines,
    notes,
    ended,
    life,
    now,
    /** At once, as for a program that was stopped meanwhile. */
    forward: (milliseconds: number) => {
      later += milliseconds;
    },
    /** From now on time goes by twenty times as fast, and somebody looks all the while. */
    hasten: () => {
      hastened = Date.now();
    },
    /** Waits for a line that ends so. */
    says: (end: string) => until(() => lines.some((line) => line.endsWith(end))),
    /** Without their times of day. */
    told: () => lines.map((line) => line.replace(/^\d\d:\d\d:\d\d /, '')),
  };
}

/** FAI's messages reach the one who listens. */
const hearing = (): Transport => ({
  ...transportOf(sim),
  hearLines: (_, listener) =>
    network.hearLines(0, {
      ...listener,
      onState(state) {
        if (state.state === 'listening') Object.assign(sim.world, { monitorPort: state.port });
        listener.onState(state);
      },
    }),
});
/** Guests do nothing before somebody listens. */
const releaseHeard = async () => {
  await until(() => sim.world.monitorPort > 1);
  guests.release();
};

describe('an install to its end', () => {
  test('by the record alone: FAI’s messages go elsewhere', async () => {
    const run = goesOn(['start', 'vm1', '--watch']);
    await run.says(' vm1 installing');
    guests.release();
    expect((await run.ended).code).toBe(0);
    expect(run.told()).toEqual([
      expect.stringMatching(/^vm1: installing, running/),
      'vm1 installing',
      'vm1 installed',
    ]);
    expect(run.lines[1]).toMatch(/^\d\d:\d\d:\d\d vm1 installing$/);
    expect(run.notes).toEqual([]);
  });

  test('though the port for them is taken', async () => {
    const taken: Transport['hearLines'] = async (port, { onState }) =>
      onState({ state: 'taken', port, holder: 'fai-monitor, PID 812' });
    const run = goesOn(['start', 'vm1', '--watch'], { transport: { ...transportOf(sim), hearLines: taken } });
    await run.says(' vm1 installing');
    guests.release();
    expect((await run.ended).code).toBe(0);
    expect(run.notes).toEqual([expect.stringContaining('taken by fai-monitor, PID 812')]);
  });

  test('by FAI’s messages: task and percent, from the first one on', async () => {
    await rearm('vm1', `${goodArgs} ${heardHere}`);
    const run = goesOn(['rearm', 'vm1', '--yes', '--start', '--watch'], { transport: hearing() });
    await run.says(' vm1 installing');
    const uuid = String(find('vm1')[1]['uuid']);
    for (const [message, told] of [
      ['check', 'installing 0%'],
      ['TASKBEGIN partition', 'installing 3% partition'],
      ['TASKEND partition 0', 'installing 8% partition'],
      ['TASKBEGIN instsoft', 'installing 24% instsoft'],
      ['TASKEND install 0', 'installed'],
    ] as const) {
      await sendMessage('127.0.0.1', sim.world.monitorPort, `${uuid} ${message}`, new AbortController().signal);
      await run.says(` vm1 ${told}`);
    }
    expect((await run.ended).code).toBe(0);
    expect(run.told().filter((line) => line.startsWith('vm1 '))).toHaveLength(6);
    expect(find('vm1')[1]['other_config']).toHaveProperty('xenfai:installed');
    expect(await status('vm1')).toMatchObject({ state: 'installed' });
  });

  test('over a restart of xapi: that costs no patience, and no verdict', async () => {
    await xenfai(sim, ['start', 'vm1']);
    const run = goesOn(['watch', 'vm1']);
    await run.says(' vm1 installing');
    sim.restart();
    guests.release();
    expect((await run.ended).code).toBe(0);
    expect(run.told()).toEqual(['vm1 installing', 'vm1 installed']);
  });

  test('of one that halts at its end: what halted it is on record', async () => {
    const line =
      'console=hvc0 root=nfs:10.1.1.6:/srv/fai/nfsroot rootovl ip=dhcp FAI_ACTION=install FAI_CONFIG_SRC=nfs://10.1.1.6/srv/fai/config LOGUSER=';
    await rearm('vm1', `${line} FAI_FLAGS=verbose,sshd,halt`);
    const run = goesOn(['start', 'vm1', '--force', '--watch']);
    await run.says(' vm1 installing');
    guests.release();
    await until(() => find('vm1')[1]['power_state'] === 'Halted');
    await run.says(' vm1 fired');
    run.forward(minute);
    expect((await run.ended).code).toBe(0);
    expect(run.told().at(-1)).toBe('vm1 fired, halted by itself at its end');
  });
});

const installedMark = () =>
  JSON.stringify({ vm: find('vm1')[1]['uuid'], run: 'r', at: '2026-11-24T02:00:00Z', by: 'b' });
const failedMark = () => JSON.stringify({ ...JSON.parse(installedMark()), task: 'partition', code: 710 });
const marked = (mark: string, value: string) => {
  const { database } = sim.world;
  const [ref] = find('vm1');
  database.set('VM', ref, 'PV_bootloader', 'pygrub');
  database.removeKey('VM', ref, 'other_config', 'install-distro');
  database.setKey('VM', ref, 'other_config', mark, value);
};

describe('what is over at once', () => {
  test.each<[found: string, names: string[], code: number, told: string, advice: string]>([
    ['installed', ['vm2'], 0, 'vm2 installed', ''],
    ['fired and halted', ['vm3'], 11, 'vm3 fired, halted', 'vm3: fired, halted.\n  try: xenfai rearm vm3'],
    [
      'half-armed',
      ['vm4'],
      11,
      'vm4 half-armed, missing distro',
      'vm4: half-armed, missing distro.\n  try: xenfai rearm vm4   # sets what is missing',
    ],
    ['of another trade', ['win5'], 11, 'win5 other', 'win5: no install has to do with it.'],
    ['never prepared', ['vm6'], 11, 'vm6 half-armed, missing repository args', 'try: xenfai rearm vm6'],
    ['installed, twice', ['vm2', 'vm8'], 0, '2 of 2 installed', ''],
    ['installed and half-armed', ['vm2', 'vm4'], 9, '1 of 2 installed', 'vm4: half-armed'],
    ['neither', ['vm4', 'win5'], 11, '0 of 2 installed', 'win5: no install'],
    ['one named twice', ['vm4', 'vm4'], 11, 'vm4 half-armed, missing distro', 'vm4: half-armed'],
    ['nothing', ['nobody'], 7, '', 'There is no VM "nobody".'],
    ['nothing, among others', ['vm2', 'nobody'], 7, '', 'There is no VM "nobody".'],
    ['a template', [lennyTemplate], 7, '', `There is no VM "${lennyTemplate}": that is a template.`],
  ])('%s', async (_, names, code, told, advice) => {
    const ran = await xenfai(sim, ['watch', ...names]);
    expect(ran).toMatchObject({ code, err: expect.stringContaining(advice) });
    expect(ran.out.split('\n').at(-1)?.replace(/^\S+ /, '')).toBe(told);
  });

  test.each([
    ['xenfai:installed', installedMark, 0, 'vm1 installed'],
    ['xenfai:failed', failedMark, 11, 'vm1 failed at partition with code 710'],
  ])('what its mark %s says', async (mark, value, code, told) => {
    marked(mark, value());
    const ran = await xenfai(sim, ['watch', 'vm1']);
    expect(ran.code).toBe(code);
    expect(ran.out.replace(/^\S+ /, '')).toBe(told);
  });

  test('status --watch --until of what is so already', async () => {
    expect((await xenfai(sim, ['status', 'vm2', 'vm8', '--watch', '--until', 'installed'])).code).toBe(0);
  });
});

describe('an install that does not get there', () => {
  test('FAI fails: exit 11, and it is on record with task and code', async () => {
    await rearm('vm1', `${goodArgs.replace('=install', '=dance')} ${heardHere}`);
    const run = goesOn(['start', 'vm1', '--watch'], { transport: hearing() });
    await releaseHeard();
    expect((await run.ended).code).toBe(11);
    expect(run.told().at(-1)).toBe('vm1 failed at action with code 21');
    expect(run.notes).toEqual(expect.arrayContaining(['xenfai: vm1: failed at action with code 21.']));
    expect(run.notes.join('\n')).toContain('try: xenfai rearm vm1');
    expect(await status('vm1')).toMatchObject({ state: 'failed', task: 'action', code: 21 });
    expect((await xenfai(sim, ['status', 'vm1'])).out).toContain('at action, code 21');
    // Whoever looks next is told the same, by the record; on this machine, by what was heard here.
    const elsewhere = {
      XENFAI_HOST: sim.host,
      XENFAI_PASSWORD: sim.password,
      XENFAI_STATE_DIR: '/nonexistent/xenfai',
    };
    expect((await xenfai(sim, ['watch', 'vm1', '--json'])).json[0]).toMatchObject({
      state: 'failed',
      known: 'message',
    });
    const next = await xenfai(sim, ['watch', 'vm1', '--read-only', '--json'], { env: elsewhere });
    expect(next.json[0]).toMatchObject({
      state: 'failed',
      task: 'action',
      code: 21,
      known: 'record',
    });
  });

  test('--read-only watches, and records nothing', async () => {
    await rearm('vm1', `${goodArgs.replace('=install', '=dance')} ${heardHere}`);
    const run = goesOn(['watch', 'vm1', '--read-only'], { transport: hearing() });
    await run.says(' vm1 armed');
    await xenfai(sim, ['start', 'vm1']);
    await releaseHeard();
    expect((await run.ended).code).toBe(11);
    expect(await status('vm1')).toMatchObject({ state: 'installing' });
  });

  test('it waits for a key', async () => {
    await rearm('vm1', `${pageArgs} ip=dhcp ${heardHere}`);
    const run = goesOn(['start', 'vm1', '--watch'], { transport: hearing() });
    await releaseHeard();
    expect((await run.ended).code).toBe(11);
    expect(run.told().at(-1)).toBe('vm1 waiting for RETURN on its console');
  });

  test('no sign of life: lost, after its patience', async () => {
    await xenfai(sim, ['start', 'vm1']);
    // The guest is held still: its processor rests, too.
    sim.world.database.set('VM_metrics', String(find('vm1')[1]['metrics']), 'VCPUs_utilisation', { '0': 0 });
    const run = goesOn(['watch', 'vm1', '--patience', '1']);
    await run.says(' vm1 installing');
    run.hasten();
    expect((await run.ended).code).toBe(11);
    expect(run.told()).toEqual(['vm1 installing', 'vm1 lost, no sign of life for 1 min']);
  });

  test('no sign of life while xenfai was stopped is none that was missed: patience begins anew', async () => {
    await xenfai(sim, ['start', 'vm1']);
    sim.world.database.set('VM_metrics', String(find('vm1')[1]['metrics']), 'VCPUs_utilisation', { '0': 0 });
    const run = goesOn(['watch', 'vm1', '--patience', '1', '--json']);
    await until(() => run.lines.some((line) => line.includes('installing')));
    run.forward(60 * minute);
    const wentOn = run.now();
    run.hasten();
    expect((await run.ended).code).toBe(11);
    const { at, state } = JSON.parse(run.lines[1] ?? '');
    expect(state).toBe('lost');
    expect(Date.parse(at) - wentOn).toBeGreaterThanOrEqual(minute);
  });

  test('somebody stops it', async () => {
    await xenfai(sim, ['start', 'vm1']);
    const run = goesOn(['watch', 'vm1']);
    await run.says(' vm1 installing');
    await xenfai(sim, ['stop', 'vm1', '--yes', '--force']);
    await run.says(' vm1 fired');
    run.forward(minute);
    expect((await run.ended).code).toBe(11);
    expect(run.told().at(-1)).toBe('vm1 fired, halted');
  });

  test('somebody removes it', async () => {
    await xenfai(sim, ['start', 'vm1']);
    const run = goesOn(['watch', 'vm1']);
    await run.says(' vm1 installing');
    sim.world.database.destroy('VM', find('vm1')[0]);
    expect((await run.ended).code).toBe(11);
    expect(run.told().at(-1)).toBe('vm1 gone');
  });

  test('nobody starts it', async () => {
    const run = goesOn(['watch', 'vm1', '--patience', '1']);
    await run.says(' vm1 armed');
    run.hasten();
    expect((await run.ended).code).toBe(11);
    expect(run.told().at(-1)).toBe('vm1 armed, not started for 1 min');
  });
});

test('several: each has its lines, and some of them is exit 9', async () => {
  const run = goesOn(['watch', 'vm1', 'vm2', 'win5', 'vm2']);
  await run.says(' vm1  armed');
  await xenfai(sim, ['start', 'vm1']);
  await run.says(' vm1  installing');
  guests.release();
  expect((await run.ended).code).toBe(9);
  // Between the loader and the domain it is fired, for whoever looks then.
  expect(run.told().filter((line) => line !== 'vm1  fired')).toEqual([
    'vm1  armed',
    'vm2  installed',
    'win5 other',
    'vm1  installing',
    'vm1  installed',
    '2 of 3 installed',
  ]);
});

test('JSON: one document a line, the last one with the verdict of all', async () => {
  const { code, json } = await xenfai(sim, ['watch', 'vm2', 'win5', '--json']);
  expect(code).toBe(9);
  const uuid = String(find('vm2')[1]['uuid']);
  expect(json).toHaveLength(3);
  expect(json[0]).toEqual({
    at: expect.stringMatching(/^\d{4}-.*Z$/),
    name: 'vm2',
    uuid,
    state: 'installed',
    text: 'installed',
    known: 'record',
  });
  expect(json[2]).toMatchObject({
    ok: false,
    error: { code: 'some-failed' },
    vms: [
      { name: 'vm2', uuid, state: 'installed', ok: true },
      { name: 'win5', state: 'other', ok: false, error: { code: 'not-installed' } },
    ],
  });
});

test('Ctrl-C: exit 130, and what is begun goes on', async () => {
  await xenfai(sim, ['start', 'vm1']);
  const run = goesOn(['watch', 'vm1', 'vm2']);
  await run.says(' vm1 installing');
  run.life.abort();
  expect((await run.ended).code).toBe(130);
  expect(run.notes).toEqual(['xenfai: what is being installed goes on; to look on: xenfai watch vm1']);
  expect(await status('vm1')).toMatchObject({ state: 'installing', powerState: 'running' });
});

test('create --start --watch: to the end of all that could be made', async () => {
  guests.release();
  await xenfai(sim, ['template', 'copy', 'Debian Lenny 5.0 (32-bit)', 'FAI']);
  await xenfai(sim, ['template', 'set', 'FAI', '--repository', sim.repository, '--args', goodArgs]);
  const ran = await xenfai(sim, ['create', 'web', 'vm2', '--template', 'FAI', '--start', '--watch', '--json']);
  expect(ran.code).toBe(9);
  expect(ran.json[0]).toMatchObject({ ok: false, vms: [{ name: 'web' }, { name: 'vm2', ok: false }] });
  expect(ran.json.at(-1)).toMatchObject({ ok: false, vms: [{ name: 'web', state: 'installed', ok: true }] });
  expect(find('web')[1]['other_config']).toHaveProperty('xenfai:installed');
});

test('wrong use: an unknown name is 7, --watch without --start is 2', async () => {
  expect((await xenfai(sim, ['watch', 'vm1', 'nobody'])).code).toBe(7);
  expect((await xenfai(sim, ['watch'])).code).toBe(2);
  for (const command of [
    ['rearm', 'vm1', '--yes'],
    ['repair', 'vm1', '--yes'],
    ['create', 'x'],
  ])
    expect(await xenfai(sim, [...command, '--watch'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--watch goes with --start'),
    });
  const dry = await xenfai(sim, ['rearm', 'vm1', '--dry-run', '--start', '--watch', '--json']);
  expect(dry).toMatchObject({ code: 0, json: { dryRun: true } });
});
