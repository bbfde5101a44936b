import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Host } from '../../source/hosts/host.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { open, simulator } from '../harness.ts';
import { caller, cloneLenny, failure, lenny } from './calls.ts';

let sim: Simulator;
let host: Host;
beforeAll(async () => {
  sim = await simulator();
  host = await open(sim);
});
afterAll(async () => {
  await host.close();
  await sim.stop();
});

const call = caller(() => host);
const template = () => lenny(call);
const clone = (name: string) => cloneLenny(call, name);

const storage = async () => {
  const pool = Object.values(await call('pool.get_all_records'))[0] as { default_SR: string };
  return (await call('SR.get_record', pool.default_SR)) as { uuid: string };
};
const provisioned = async (name: string) => {
  const vm = await clone(name);
  const disks: string = (await call('VM.get_other_config', vm)).disks;
  await call('VM.remove_from_other_config', vm, 'disks');
  await call('VM.add_to_other_config', vm, 'disks', disks.replace('sr=""', `sr="${(await storage()).uuid}"`));
  await call('VM.provision', vm);
  return vm as string;
};

function raw(text: string): Promise<string> {
  const { hostname, port } = new URL(sim.host);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname);
    let seen = '';
    socket.on('data', (chunk) => (seen += chunk));
    socket.on('close', () => resolve(seen));
    socket.end(text);
  });
}

describe('HTTP of 5.6', () => {
  test('a body without Content-Length is an internal error of version 1.0', async () => {
    const seen = await raw(
      'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
    );
    expect(seen).toMatch(/^HTTP\/1\.0 500 Internal Error\r\n/);
    expect(seen.split('\r\n\r\n')[0]).not.toMatch(/content-length/i);
    expect(seen).toContain('We require a content-length');
  });

  test('what no handler claims is forbidden', async () => {
    expect(await raw('GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 Forbidden/);
    expect(await raw('GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  test('any POST is XML-RPC, and strings come bare', async () => {
    const body =
      '<?xml version="1.0"?><methodCall><methodName>session.login_with_password</methodName><params><param><value>root</value></param><param><value><string>xenroot</string></value></param><param><value>1.0</value></param><param><value>surplus</value></param></params></methodCall>';
    const seen = await new Promise<string>((resolve) => {
      const outgoing = request(
        `${sim.host}/RPC2`,
        { method: 'POST', headers: { 'Content-Length': body.length } },
        (response) => {
          let text = '';
          response.on('data', (chunk) => (text += chunk));
          response.on('end', () => resolve(text));
        },
      );
      outgoing.end(body);
    });
    expect(seen).toMatch(
      /<name>Status<\/name><value>Success<\/value>.*<name>Value<\/name><value>OpaqueRef:[0-9a-f-]{36}<\/value>/,
    );
  });
});

describe('calls', () => {
  test('unknown methods, wrong counts, wrong sessions, wrong handles', async () => {
    expect(await failure(call('VM.dance'))).toEqual(['MESSAGE_METHOD_UNKNOWN', 'VM.dance']);
    expect(await failure(call('VM.clone', 'x'))).toEqual(['MESSAGE_PARAMETER_COUNT_MISMATCH', 'VM.clone', '3', '2']);
    expect(await failure(call('VM.get_record', 'OpaqueRef:no'))).toEqual(['HANDLE_INVALID', 'VM', 'OpaqueRef:no']);
    expect(await failure(call('VM.get_by_uuid', 'no'))).toEqual(['UUID_INVALID', 'VM', 'no']);
    expect(await failure(call('Async.VM.get_record', 'x'))).toEqual([
      'FAULT',
      expect.stringContaining('No async mode'),
    ]);
    expect(await failure(call('VM.set_memory_limits', await template(), 'many', '1', '1', '1'))).toEqual([
      'FIELD_TYPE_ERROR',
      'static_min',
    ]);
    const gone = await open(sim);
    const handle = [...sim.world.sessions].at(-1) ?? '';
    await gone.session.call('session.logout', [], z.any());
    expect(await failure(gone.session.call('VM.get_all', [], z.any()))).toEqual(['SESSION_INVALID', handle]);
  });

  test('list_methods and system.listMethods name what is served', async () => {
    const methods: string[] = await call('host.list_methods');
    expect(methods).toEqual(expect.arrayContaining(['VM.clone', 'Async.VM.clone', 'event.next', 'VM.set_PV_args']));
    expect(methods).not.toContain('event.from');
    expect(methods).not.toContain('Async.VM.get_record');
  });

  test('records have the fields of 5.6 and none of later releases', async () => {
    const record = await call('VM.get_record', await template());
    expect(Object.keys(record)).toHaveLength(64);
    for (const later of [
      'appliance',
      'order',
      'is_default_template',
      'reference_label',
      'domain_type',
      'NVRAM',
      'protection_policy',
    ]) {
      expect(record).not.toHaveProperty(later);
    }
    expect(record).toMatchObject({
      VCPUs_max: '1',
      memory_static_max: '268435456',
      is_a_template: true,
      PV_args: '-- quiet console=hvc0',
    });
  });

  test('the templates are those of a 5.6 host', async () => {
    const all = Object.values(await call('VM.get_all_records_where', 'field "is_a_template" = "true"')) as {
      name_label: string;
    }[];
    expect(all).toHaveLength(65);
    expect(all.filter(({ name_label }) => name_label.startsWith('Debian'))).toHaveLength(1);
  });

  test('maps: a duplicate key names class, field, reference and key; an absent one is removed in silence', async () => {
    const vm = await clone('maps');
    await call('VM.add_to_other_config', vm, 'k', 'v');
    expect(await failure(call('VM.add_to_other_config', vm, 'k', 'w'))).toEqual([
      'MAP_DUPLICATE_KEY',
      'VM',
      'other_config',
      vm,
      'k',
    ]);
    await call('VM.remove_from_other_config', vm, 'never there');
  });
});

describe('clone and provision', () => {
  test('a clone stays a template, keeps the words, loses default_template, gets its own mac_seed', async () => {
    const original = await call('VM.get_record', await template());
    const record = await call('VM.get_record', await clone('copy'));
    expect(record).toMatchObject({
      is_a_template: true,
      PV_args: original.PV_args,
      PV_bootloader: 'eliloader',
      parent: await template(),
    });
    expect(record.other_config.default_template).toBeUndefined();
    expect(record.other_config.mac_seed).not.toBe(original.other_config.mac_seed);
    expect(record.allowed_operations).toEqual(expect.arrayContaining(['clone', 'provision', 'destroy']));
    expect(record.allowed_operations).not.toContain('start');
  });

  test('sr="" fails, and the template flag is gone all the same', async () => {
    const vm = await clone('no storage');
    expect(await failure(call('VM.provision', vm))).toEqual(['UUID_INVALID', 'sr', '']);
    expect(await call('VM.get_is_a_template', vm)).toBe(false);
    expect(await failure(call('VM.provision', vm))).toEqual(['PROVISION_ONLY_ALLOWED_ON_TEMPLATE']);
  });

  test('with a storage it makes the disk, marks it owned, and drops the words', async () => {
    const vm = await provisioned('storage');
    const record = await call('VM.get_record', vm);
    expect(record.other_config.disks).toBeUndefined();
    const vbd = await call('VBD.get_record', record.VBDs[0]);
    expect(vbd).toMatchObject({ userdevice: '0', bootable: true, other_config: { owner: '' } });
    expect(await call('VDI.get_record', vbd.VDI)).toMatchObject({ virtual_size: '8589934592', name_label: '0' });
  });

  test('a template does what templates may', async () => {
    expect(await failure(call('VM.start', await template(), false, false))).toEqual([
      'VM_IS_TEMPLATE',
      await template(),
      'start',
    ]);
    expect(await failure(call('VM.destroy', await template()))).toEqual([
      'VM_IS_TEMPLATE',
      await template(),
      'destroy',
    ]);
  });
});

describe('limits and devices', () => {
  test('memory: order and, without a licence, equality', async () => {
    const vm = await clone('memory');
    const set = (...numbers: string[]) => failure(call('VM.set_memory_limits', vm, ...numbers));
    expect((await set('5', '4', '4', '4'))[0]).toBe('MEMORY_CONSTRAINT_VIOLATION');
    expect(await set('1', '4', '2', '4')).toEqual(['LICENSE_RESTRICTION']);
    expect(await set('134217728', '536870912', '536870912', '536870912')).toBe('no failure');
  });

  test('VCPUs: at_startup between 1 and max', async () => {
    const vm = await clone('cpus');
    expect(await failure(call('VM.set_VCPUs_at_startup', vm, '2'))).toEqual([
      'INVALID_VALUE',
      'VCPUs_at_startup',
      '2',
    ]);
    await call('VM.set_VCPUs_max', vm, '2');
    await call('VM.set_VCPUs_at_startup', vm, '2');
  });

  test('network cards: the MAC comes from mac_seed, devices are taken once', async () => {
    const vm = await clone('cards');
    const network = (await call('network.get_all'))[0];
    const vif = {
      device: '0',
      network,
      VM: vm,
      MAC: '',
      MTU: '1500',
      other_config: {},
      qos_algorithm_type: '',
      qos_algorithm_params: {},
    };
    const card = await call('VIF.create', vif);
    expect(await call('VIF.get_MAC', card)).toMatch(/^[0-9a-f][26ae](:[0-9a-f]{2}){5}$/);
    expect(await failure(call('VIF.create', vif))).toEqual(['DEVICE_ALREADY_EXISTS', '0']);
    expect(await failure(call('VIF.create', { ...vif, device: '1', MAC: 'zz' }))).toEqual(['MAC_INVALID', 'zz']);
    await call('VM.remove_from_other_config', vm, 'mac_seed');
    expect(await failure(call('VIF.create', { ...vif, device: '2' }))).toEqual(['MAC_INVALID', '']);
  });
});
