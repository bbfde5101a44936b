import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { openHost } from '../../source/hosts/host.ts';
import { allVms } from '../../source/hosts/vm.ts';
import { network } from '../../source/transport/network.ts';
import type { Transport } from '../../source/transport/transport.ts';
import { HostFailure } from '../../source/xapi/errors.ts';
import { exchange } from '../../source/xapi/exchange.ts';
import { jsonRpc } from '../../source/xapi/json-rpc.ts';
import { Secret } from '../../source/xapi/secret.ts';
import { login } from '../../source/xapi/session.ts';
import { open, simulator, transportOf } from '../harness.ts';

const read = (text: string, step = text.length) => {
  const reader = jsonRpc.reader(z.unknown());
  for (let at = 0; at < text.length; at += step) reader.write(text.slice(at, at + step));
  return reader.end();
};

describe('an answer', () => {
  test.each([
    ['{"jsonrpc":"2.0","result":["a","b"],"id":0}', { value: ['a', 'b'] }],
    ['{"result":"","error":null,"id":0}', { value: '' }],
    ['{"result":null,"error":["SESSION_INVALID","x"],"id":0}', { error: ['SESSION_INVALID', 'x'] }],
    ['{"jsonrpc":"2.0","error":{"code":1,"message":"A","data":["b"]},"id":0}', { error: ['A', 'b'] }],
    [`{"result":{"a":"\\\\\\"[[{","b":${'['.repeat(50)}${']'.repeat(50)}}}`, expect.anything()],
    [`{"result":[${'[[]],'.repeat(1000)}"]"]}`, expect.anything()],
  ])('%s', (text, answer) => {
    expect(read(text, 3)).toEqual(answer);
  });

  test.each(['', '{', 'null', '[]', '{}', '{"error":5}', '<html>no</html>', '{"result":NaN}'])(
    'refuses %s',
    (text) => {
      expect(() => read(text)).toThrow();
    },
  );

  test.each(['[', '{"a":', '[1,{"\\"]":"]","b":'])('%s without end is refused before it is parsed', (piece) => {
    expect(() => read(`{"result":${piece.repeat(100_000)}`)).toThrow('nested too deeply');
  });
});

test.each(['[],', '{"a":1},', '1,'])('%s without end is refused before it is parsed', (piece) => {
  expect(() => read(`{"result":[${piece.repeat(5_100_000)}""]}`)).toThrow('too many values');
});

test('a failure is what it is in XML-RPC, and within bounds', async () => {
  const server = createServer((_, response) =>
    response.end(JSON.stringify({ result: null, error: ['A', ...Array(1000).fill('b'.repeat(10_000))] })),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const connections = network.http(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  const asked = exchange(connections, 'VM.get_all', [], z.unknown(), { timeout: 20_000, wire: 'json-rpc' });
  const error = await asked.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(HostFailure);
  if (!(error instanceof HostFailure)) return;
  expect([error.code, error.params.length, error.params[0]?.length]).toEqual(['A', 32, 4000]);
  connections.close();
  server.close();
});

/** The network, and what was sent to which path. */
const noting = (of: Transport): { readonly transport: Transport; readonly sent: string[] } => {
  const sent: string[] = [];
  const http: Transport['http'] = (url, options) => {
    const connections = of.http(url, options);
    return {
      request(what) {
        const method = /"method":"([^"]*)|<methodName>([^<]*)/.exec(String(what.body));
        sent.push(`${what.path} ${method?.[1] ?? method?.[2]}`);
        return connections.request(what);
      },
      close: () => connections.close(),
    };
  };
  return { transport: { ...of, http }, sent };
};

describe('a session', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  const session = async (url: string, of: Transport) => {
    const { transport, sent } = noting(of);
    const [user, password] = ['root', new Secret('xenroot')];
    const opened = await login({ url: new URL(url), user, password, timeout: 5000, access: 'write', transport });
    ends.push(() => opened.close());
    opened.readInJson();
    sent.length = 0;
    return { opened, sent };
  };

  test('reads by JSON-RPC what it reads by XML-RPC, and writes by XML-RPC', async () => {
    const sim = await simulator({ vms: 7, release: '8.3' });
    ends.push(() => sim.stop());
    const host = await open(sim);
    ends.push(() => host.close());
    const { opened, sent } = await session(sim.host, transportOf(sim));
    const [vm] = await allVms(opened);
    expect(sent).toEqual(['/jsonrpc VM.get_all_records']);
    await opened.call('VM.set_name_label', [vm?.ref ?? '', 'a "b" <c> ä'], z.unknown());
    expect(await opened.call('VM.get_name_label', [vm?.ref ?? ''], z.string())).toBe('a "b" <c> ä');
    expect(sent.slice(1)).toEqual(['/ VM.set_name_label', '/jsonrpc VM.get_name_label']);
    expect(await allVms(opened)).toEqual(await allVms(host.session));
    await expect(opened.call('VM.get_record', ['OpaqueRef:none'], z.unknown())).rejects.toEqual(
      new HostFailure('VM.get_record', 'HANDLE_INVALID', ['VM', 'OpaqueRef:none']),
    );
  });

  const [page, xml]: RequestListener[] = [
    (_, response) => void response.writeHead(500).end('no'),
    (_, response) =>
      response.end(
        '<methodResponse><params><param><value><struct><member><name>Status</name><value>Success</value></member><member><name>Value</name><value>v</value></member></struct></value></param></params></methodResponse>',
      ),
  ];
  test('asks in XML-RPC again where an answer is none, and from then on', async () => {
    const server = createServer((request, response) =>
      (request.url === '/jsonrpc' ? page : xml)?.(request, response),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ends.push(() => server.close());
    const { opened, sent } = await session(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, network);
    expect(await opened.call('VM.get_uuid', ['x'], z.string())).toBe('v');
    expect(await opened.call('VM.get_uuid', ['x'], z.string())).toBe('v');
    expect(sent).toEqual(['/jsonrpc VM.get_uuid', '/ VM.get_uuid', '/ VM.get_uuid']);
  });
});

test.each([
  ['5.6.0', '/'],
  ['6.2', '/'],
  ['6.5', '/jsonrpc'],
  ['8.3', '/jsonrpc'],
])('a host of %s is read at %s', async (release, path) => {
  const sim = await simulator({ release, vms: 1 });
  const { transport, sent } = noting(transportOf(sim));
  const host = await openHost({
    ...{ url: new URL(sim.host), user: sim.username, password: new Secret(sim.password), timeout: 10_000 },
    ...{ access: 'read', transport, now: Date.now },
  });
  await host.facts();
  await allVms(host.session);
  expect(sent.at(-1)).toBe(`${path} VM.get_all_records`);
  await host.close();
  await sim.stop();
});
