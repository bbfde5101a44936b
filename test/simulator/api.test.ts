import { request } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { simulator } from '../harness.ts';
import { type BareHost, caller, cloneLenny, failure, lenny, open } from './calls.ts';

let sim: Simulator;
let host: BareHost;
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

  test('a GET is for a file, and there is none; what no handler claims is forbidden', async () => {
    expect(await raw('GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1\.1 404 Not Found/);
    expect(await raw('PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 Forbidden/);
  });

  const post = (body: string) =>
    raw(
      `POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );

  test('what is no methodCall, or too long, is an internal error of HTTP', async () => {
    const bodies = ['', '<methodCall><foo', '<foo/>', '<methodCall><methodName>VM.get_all</methodName></methodCall>'];
    for (const body of [...bodies, `<methodCall>${' '.repeat(300 * 1024)}</methodCall>`]) {
      expect(await post(body)).toMatch(/^HTTP\/1\.0 500 Internal Error\r\n/);
    }
    expect(await post('<methodCall><foo')).toContain('<h1>Internal Server Error</h1>Xml.Error(_)');
  });

  test('system.listMethods is a bare array of the synchronous calls, and needs no session', async () => {
    const seen = await post('<methodCall><methodName>system.listMethods</methodName><params/></methodCall>');
    expect(seen).toContain('<methodResponse><params><param><value><array><data><value>session.get_record</value>');
    expect(seen).toContain('<value>VM.set_PV_args</value>');
    expect(seen).not.toMatch(/<value>(Async\.|event\.from)/);
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
    expect(await failure(call('VM.clone', 'x'))).toEqual(['MESSAGE_PARAMETER_COUNT_MISMATCH', 'VM.clone', '2', '1']);
    expect(await failure(call('Async.VM.clone', 'x', 'y', 'z'))).toEqual([
      'MESSAGE_PARAMETER_COUNT_MISMATCH',
      'VM.clone',
      '2',
      '3',
    ]);
    expect(await failure(call('Async.VM.dance'))).toEqual(['MESSAGE_METHOD_UNKNOWN', 'VM.dance']);
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

  test('host.list_methods is not implemented', async () => {
    expect(await failure(call('host.list_methods'))).toEqual(['NOT_IMPLEMENTED', 'list_method']);
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
