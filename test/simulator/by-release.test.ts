import { afterAll, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator } from '../harness.ts';
import { type BareHost, caller, failure, open } from './calls.ts';

// What a xapi of 2022 answers otherwise than the one of May 2010. Each of 8.3 was recorded (replay.test.ts); each of
// 5.6 is the source's, xen-api@030a348661.

let sim: Simulator;
let host: BareHost;
const call = caller(() => host);
const close = async () => {
  await host.close();
  await sim.stop();
};

interface Manners {
  readonly parent: (template: string) => string;
  readonly baseName: string | undefined;
  readonly limits: readonly string[];
  readonly emptyKey: 'fine' | readonly string[];
  readonly filter: readonly string[];
  readonly network: 'made' | readonly string[];
  readonly user: string;
  readonly blanks: string;
  readonly voidResult: string;
  readonly operations: readonly string[];
  readonly xvda: 'made' | readonly string[];
}

const unpinned = 'Memory limits must satisfy: static_min ≤ dynamic_min = dynamic_max = static_max';
const lexing = 'Failure("lexing: empty token")';

const old: Manners = {
  parent: (template) => template,
  baseName: undefined,
  limits: ['MEMORY_CONSTRAINT_VIOLATION', unpinned],
  emptyKey: 'fine',
  filter: ['INTERNAL_ERROR', lexing],
  network: 'made',
  user: '',
  blanks: '',
  voidResult: '',
  operations: ['changing_dynamic_range', 'changing_static_range', 'provision', 'destroy', 'export', 'clone', 'copy'],
  xvda: 'made',
};

const late: Manners = {
  parent: () => 'OpaqueRef:NULL',
  baseName: 'Other install media',
  limits: ['MEMORY_CONSTRAINT_VIOLATION_MAXPIN', 'DMC unavailable'],
  emptyKey: ['INTERNAL_ERROR', 'Db_exn.Empty_key_in_map'],
  filter: ['INVALID_VALUE', 'zzz =', lexing],
  network: ['HANDLE_INVALID', 'network', 'OpaqueRef:none'],
  user: 'root',
  blanks: '   ',
  voidResult: '<value></value>',
  operations: [
    ...['changing_NVRAM', 'changing_dynamic_range', 'changing_shadow_memory', 'changing_static_range'],
    ...['migrate_send', 'provision', 'destroy', 'export', 'clone', 'copy'],
  ],
  xvda: ['DEVICE_ALREADY_EXISTS', 'xvda'],
};

/** What became of a call that may fail. */
const outcome = async (promise: Promise<unknown>) => {
  const words = await failure(promise);
  return words === 'no failure' ? null : words;
};

describe.each([
  ['5.6.0', old],
  ['8.3', late],
] as const)('a host of %s', (release, manners) => {
  let template = '';
  let vm = '';

  test('makes a clone', async () => {
    sim = await simulator({ release });
    host = await open(sim);
    template = (await call('VM.get_by_name_label', 'Other install media'))[0];
    vm = await call('VM.clone', template, 'made');
    const record = await call('VM.get_record', vm);
    expect(record.parent).toBe(manners.parent(template));
    expect(record.other_config.base_template_name).toBe(manners.baseName);
    expect(record.allowed_operations).toEqual(manners.operations);
  });

  test('reads arguments', async () => {
    await call('VM.set_PV_args', vm, '   ');
    expect(await call('VM.get_PV_args', vm)).toBe(manners.blanks);
    const emptyKey = await outcome(call('VM.add_to_other_config', vm, '', 'v'));
    expect(emptyKey ?? 'fine').toEqual(manners.emptyKey);
    expect(await outcome(call('VM.get_all_records_where', 'zzz ='))).toEqual(manners.filter);
  });

  test('checks what it is told', async () => {
    const gib = String(1024 ** 3);
    expect(await outcome(call('VM.set_memory_limits', vm, gib, gib, '0', gib))).toEqual(manners.limits);
    const card = { device: '0', network: 'OpaqueRef:none', VM: vm, MAC: '', MTU: '1500', other_config: {} };
    const words = { qos_algorithm_type: '', qos_algorithm_params: {} };
    expect((await outcome(call('VIF.create', { ...card, ...words }))) ?? 'made').toEqual(manners.network);
    const drive = (userdevice: string) =>
      call('VBD.create', {
        ...{ VM: vm, VDI: 'OpaqueRef:NULL', userdevice, bootable: false, mode: 'RO', type: 'CD', empty: true },
        ...{ unpluggable: true, other_config: {}, ...words },
      });
    await drive('0');
    expect((await outcome(drive('xvda'))) ?? 'made').toEqual(manners.xvda);
  });

  test('knows its user, and what a call without a result gave', async () => {
    const [session] = sim.world.sessions;
    expect(sim.world.database.get('session', session ?? '')['auth_user_name']).toBe(manners.user);
    const task = await call('Async.VM.destroy', vm);
    const ended = async (): Promise<string> => {
      const record = await call('task.get_record', task);
      return record.status === 'pending' ? ended() : record.result;
    };
    expect(await ended()).toBe(manners.voidResult);
    await close();
  });
});

afterAll(() => sim.stop());
