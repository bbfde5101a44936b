import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod/mini';
import { ConnectionFailure } from '../../source/transport/failure.ts';
import { network } from '../../source/transport/network.ts';
import type { HttpConnections } from '../../source/transport/transport.ts';
import { ResponseReader } from '../../source/xapi/decode.ts';
import { classify, HostFailure } from '../../source/xapi/errors.ts';
import { exchange } from '../../source/xapi/exchange.ts';
import { vmTable } from '../../source/xapi/records.ts';
import type { Param } from '../../source/xapi/value.ts';
import { all, wantedBy } from '../../source/xapi/wanted.ts';

const decode = (xml: string, step = xml.length, wanted = all) => {
  const reader = new ResponseReader(wanted);
  for (let at = 0; at < xml.length; at += step) reader.write(xml.slice(at, at + step));
  return reader.end();
};
const reply = (value: string) =>
  `<?xml version="1.0"?><methodResponse><params><param>${value}</param></params></methodResponse>`;

describe('decoding', () => {
  test.each([
    ['<value>bare</value>', 'bare'],
    ['<value> <string>indented</string>\n </value>', 'indented'],
    ['<value/>', ''],
    ['<value><string/></value>', ''],
    ['<value ><string >a</string\n></value >', 'a'],
    ['<value>a > b\r\nc\rd</value>', 'a > b\nc\nd'],
    ['<value><nil/></value>', ''],
    ['<value><string>a &lt;b&gt; &amp; &quot;c&quot;</string></value>', 'a <b> & "c"'],
    ['<value><i4>5</i4></value>', '5'],
    ['<value><boolean>1</boolean></value>', true],
    ['<value><boolean>0</boolean></value>', false],
    ['<value><double>0.5</double></value>', 0.5],
    ['<value><double>NaN</double></value>', Number.NaN],
    ['<value><dateTime.iso8601>20101115T10:53:00Z</dateTime.iso8601></value>', '20101115T10:53:00Z'],
    ['<value><array><data><value>a</value><value/></data></array></value>', ['a', '']],
    ['<value><array><data/></array></value>', []],
    ['<value><struct><member><name/><value>x</value></member></struct></value>', { '': 'x' }],
    [
      '<value>\n <struct>\n <member><name>a</name>\n<value><array><data></data></array></value></member></struct> </value>',
      { a: [] },
    ],
  ])('%s', (xml, value) => {
    for (const step of [1, 7, 1000]) expect(decode(reply(xml), step)).toEqual({ value });
  });

  test('a fault is told from a value', () => {
    expect(decode('<methodResponse><fault><value>no</value></fault></methodResponse>')).toEqual({ fault: 'no' });
  });

  test.each([
    '<methodResponse>',
    '<html><body>hello</body></html>',
    '',
    '<!DOCTYPE x [<!ENTITY a "aaaa">]><methodResponse><params><param><value>&a;</value></param></params></methodResponse>',
    `<methodResponse><params><param>${'<value><array><data>'.repeat(100)}`,
    reply('<value>a</value>').slice(0, -1),
    reply('<value>a</string>'),
    reply('<value><string>a</value></string>'),
    reply('<value>&a;</value>'),
    reply('<value>a & b</value>'),
    reply('<value><!-- a --></value>'),
    reply('<value><?xml version="1.0"?></value>'),
    reply('<value a="b">c</value>'),
    reply('<value>a<i4>1</i4></value>'),
    reply('<value><i4>1</i4>a</value>'),
    reply('<value><array>a<data/></array></value>'),
    reply('<value><array><value/></array></value>'),
    reply('<value><struct><name>a</name></struct></value>'),
    `${reply('<value>a</value>')}<methodResponse>`,
    `${reply('<value>a</value>')}a`,
    '</methodResponse>',
    '</>',
  ])('refuses %s', (xml) => {
    for (const step of [1, 7, 1000]) expect(() => decode(xml, step)).toThrow();
  });

  test.each([
    ['<value><array><data>', 'nested too deeply'],
    ['<x>', 'no place'],
  ])('%s without end is refused early', (element, why) => {
    const reader = new ResponseReader();
    reader.write('<methodResponse><params><param>');
    const flood = () => {
      for (let i = 0; i < 1000; i += 1) reader.write(element.repeat(1000));
    };
    expect(flood).toThrow(why);
  });

  test('values without end are refused before they fill memory', () => {
    const reader = new ResponseReader();
    reader.write('<methodResponse><params><param><value><array><data>');
    const flood = () => {
      for (let i = 0; i < 5100; i += 1) reader.write('<value/>'.repeat(1000));
    };
    expect(flood).toThrow('too many values');
  });

  test('a text or a tag of many chunks is not searched anew with each', () => {
    for (const text of ['a>', 'a', '<a ']) {
      const reader = new ResponseReader();
      reader.write('<methodResponse><params><param><value>');
      const find = vi.spyOn(String.prototype, 'lastIndexOf');
      for (let i = 0; i < 10_000; i += 1) reader.write(text);
      expect(find.mock.calls.length).toBeLessThan(20);
      find.mockRestore();
    }
  });

  test.each([
    [z.object({ a: z.string() }), { a: 'x' }],
    [z.optional(z.object({ c: z.array(z.object({ e: z.string() })) })), { c: [{ e: 'y' }, {}] }],
    [z.record(z.string(), z.unknown()), { a: 'x', b: { a: 'x', c: ['z'] }, c: [{ d: ['w'], e: 'y' }, {}], f: '' }],
    [z.object({ b: z._default(z.record(z.string(), z.unknown()), {}) }), { b: { a: 'x', c: ['z'] } }],
    [z.looseObject({}), { a: 'x', b: { a: 'x', c: ['z'] }, c: [{ d: ['w'], e: 'y' }, {}], f: '' }],
    [z.object({ a: z.object({ a: z.string() }) }), { a: 'x' }],
  ] as const)('what a schema does not read is read over (%#)', (schema, value) => {
    const member = (name: string, inside: string) => `<member><name>${name}</name>${inside}</member>`;
    const struct = (...members: string[]) => `<value><struct>${members.join('')}</struct></value>`;
    const array = (...items: string[]) => `<value><array><data>${items.join('')}</data></array></value>`;
    const [x, y] = [member('a', '<value>x</value>'), member('e', '<value><string>y</string></value>')];
    const b = member('b', struct(x, member('c', array('<value>z</value>'))));
    const c = member('c', array(struct(member('d', array('<value>w</value>')), y), struct()));
    for (const step of [1, 7, 1000])
      expect(decode(reply(struct(x, b, c, member('f', '<value/>'))), step, wantedBy(schema))).toEqual({ value });
  });

  test('what is read over must be a reply all the same, and what a fault says is no part of a schema', () => {
    const record = (inside: string) =>
      reply(`<value><struct><member><name>none</name><value>${inside}</value></member></struct></value>`);
    expect(decode(record('<i4>1</i4>'), 1, wantedBy(z.object({})))).toEqual({ value: {} });
    expect(() => decode(record('<i4>1</i5>'), 1, wantedBy(z.object({})))).toThrow();
    expect(() => decode(record('<value>'), 1, wantedBy(z.object({})))).toThrow();
    const fault = '<struct><member><name>faultCode</name><value><i4>0</i4></value></member></struct>';
    expect(
      decode(`<methodResponse><fault><value>${fault}</value></fault></methodResponse>`, 1, wantedBy(vmTable)),
    ).toEqual({ fault: { faultCode: '0' } });
  });

  test.each(['&#27;', '&#x1b;', '&#0;', '&#xFFFE;', '&#xD800;', '&#1114112;', '\u001b'])(
    'a reference to a character XML forbids (%s) does not hide the rest',
    (reference) => {
      for (const step of [1, 3, 1000]) {
        const { value } = decode(reply(`<value>a${reference}b &#228;&amp;</value>`), step) as { value: string };
        expect(value).toBe('a\ufffdb ä&');
      }
    },
  );

  test.each(['__proto__', 'constructor'])('a member called %s is only a member', (name) => {
    const { value } = decode(
      reply(`<value><struct><member><name>${name}</name><value>x</value></member></struct></value>`),
    ) as { value: Record<string, unknown> };
    expect(Object.keys(value)).toEqual([name]);
    expect('toString' in value).toBe(false);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test('noise throws and nothing else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          decode(text);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});

describe('sorting errors', () => {
  const url = 'http://r/dists/lenny/vmlinuz';
  const missing = `Unable to access a required file in the specified repository: ${url}.`;
  test.each([
    ['INVALID_SOURCE', [missing, ''], { kind: 'bootloader', reason: 'file-missing', message: missing }],
    [
      'BOOTLOADER_FAILED',
      ['ref', `Error from bootloader: INVALID_SOURCE\n${missing}\n`],
      { kind: 'bootloader', reason: 'file-missing', message: missing },
    ],
    [
      'INTERNAL_ERROR',
      [`xenopsd internal error: VM = u; domid = 1; Bootloader.Bad_error INVALID_SOURCE\\n${missing}\\n`],
      { kind: 'bootloader', reason: 'file-missing', message: missing },
    ],
    [
      'BOOTLOADER_FAILED',
      ['ref', 'Could not access http://r/dists/lenny/vmlinuz'],
      { kind: 'bootloader', reason: 'file-missing', message: 'Could not access http://r/dists/lenny/vmlinuz' },
    ],
    [
      'Invalid usage. Usage: eliloader --vm <vm> <image>',
      [],
      { kind: 'bootloader', reason: 'settings', message: '. Usage: eliloader --vm <vm> <image>' },
    ],
    [
      'BOOTLOADER_FAILED',
      ['ref', 'Invalid command line arguments.\n'],
      { kind: 'bootloader', reason: 'settings', message: 'Invalid command line arguments.' },
    ],
    [
      'INTERNAL_ERROR',
      [
        'xenopsd internal error: XenguestHelper.Xenctrl_dom_linux_build_failure(2, " panic: xc_dom_core.c: no loader: Invalid kernel")',
      ],
      { kind: 'kernel-refused', message: 'panic: xc_dom_core.c: no loader: Invalid kernel' },
    ],
    ['LICENCE_RESTRICTION', [], { kind: 'licence' }],
    ['VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT', [], { kind: 'deaf-guest' }],
    ['UNSUPPORTED_INSTALL_METHOD', ['not set', ''], { kind: 'bootloader', reason: 'settings', message: 'not set' }],
    [
      'Traceback (most recent call last):',
      ['  File "x"', 'RuntimeError: Unable to find partition containing kernel', ''],
      { kind: 'bootloader', reason: 'disk-empty' },
    ],
    [
      'Traceback (most recent call last):',
      ['  File "x"', 'urllib2.HTTPError: HTTP Error 500: x', ''],
      { kind: 'bootloader', reason: 'crashed', message: 'urllib2.HTTPError: HTTP Error 500: x' },
    ],
    [
      'DOMAIN_BUILDER_ERROR',
      ['linux_build', '2', 'Invalid kernel'],
      { kind: 'kernel-refused', message: 'Invalid kernel' },
    ],
    [
      'VM_BAD_POWER_STATE',
      ['ref', 'halted', 'running'],
      { kind: 'power-state', expected: 'halted', actual: 'running' },
    ],
    ['VM_BAD_POWER_STATE', ['Halted', 'Running'], { kind: 'power-state', expected: 'halted', actual: 'running' }],
    ['MAP_DUPLICATE_KEY', ['VM', 'other_config', 'ref', 'k'], { kind: 'duplicate-key', key: 'k' }],
    ['HOST_IS_SLAVE', ['10.0.0.2'], { kind: 'slave', master: '10.0.0.2' }],
    ['SR_BACKEND_FAILURE_44', ['', 'full', ''], { kind: 'storage', message: 'full' }],
    ['NEVER_HEARD_OF', [], { kind: 'other' }],
  ] as const)('%s %j', (code, params, expected) => expect(classify({ code, params })).toMatchObject(expected));
});

const caller =
  (connections: HttpConnections, usual: number) =>
  <S extends z.ZodMiniType>(
    method: string,
    params: readonly Param[],
    result: S,
    options: { signal?: AbortSignal; timeout?: number | null } = {},
  ) =>
    exchange(connections, method, params, result, { timeout: usual, ...options });

describe('posting', () => {
  let close = () => {};
  afterEach(() => close());
  const serve = async (handler: Parameters<typeof createServer>[1]) => {
    const server = createServer(handler ?? (() => {}));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const connections = network.http(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
    close = () => {
      connections.close();
      server.closeAllConnections();
      server.close();
    };
    return caller(connections, 300);
  };
  const kindOf = (promise: Promise<unknown>) =>
    promise.then(
      () => 'ok',
      (error: unknown) => (error instanceof ConnectionFailure ? error.kind : error),
    );

  test('sends Content-Length, integers as strings, and gives the value back', async () => {
    let seen = '';
    const call = await serve((request, response) => {
      expect(request.headers['content-length']).toBeDefined();
      request.on('data', (chunk) => (seen += chunk));
      request.on('end', () =>
        response.end(
          reply(
            '<value><struct><member><name>Status</name><value>Success</value></member><member><name>Value</name><value>v</value></member></struct></value>',
          ),
        ),
      );
    });
    expect(await call('VM.x', ['ref', '8', true, { a: '1' }, ['k']], z.string())).toBe('v');
    expect(seen).toContain('<string>8</string>');
  });

  test.each([
    [
      'a web page',
      (_: unknown, response: { end: (text: string) => void }) => response.end('<html>hi</html>'),
      'not-understood',
    ],
    [
      '500',
      (_: unknown, response: { writeHead: (n: number) => void; end: (text: string) => void }) => {
        response.writeHead(500);
        response.end('x');
      },
      'not-understood',
    ],
    ['nothing, for ever', () => {}, 'timeout'],
    ['a cut', (request: { socket: { destroy: () => void } }) => request.socket.destroy(), 'cut'],
  ] as const)('%s', async (_, handler, kind) => {
    const call = await serve(handler as never);
    expect(await kindOf(call('x', [], z.string()))).toBe(kind);
  });

  test('a refused connection is unreachable, an abort is an abort', async () => {
    const nowhere = network.http(new URL('http://127.0.0.1:1'));
    expect(await kindOf(caller(nowhere, 1000)('x', [], z.string()))).toBe('unreachable');
    nowhere.close();
    const call = await serve(() => {});
    const controller = new AbortController();
    const waiting = call('x', [], z.string(), { signal: controller.signal, timeout: null });
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('an error of 200,000 parts is kept within bounds', async () => {
    const parts = '<value>x</value>'.repeat(200_000);
    const call = await serve((_, response) =>
      response.end(
        reply(
          `<value><struct><member><name>Status</name><value>Failure</value></member><member><name>ErrorDescription</name><value><array><data>${parts}</data></array></value></member></struct></value>`,
        ),
      ),
    );
    const error = await call('VM.x', [], z.string(), { timeout: 20_000 }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HostFailure);
    expect(error instanceof HostFailure && error.params.length).toBeLessThan(100);
  });

  test.each([
    ['a small reply', 10, [true, false]],
    ['a large one', 100_000, [false, false]],
  ])('no reader is compiled for the first of a kind alone: %s', async (_, size, wanted) => {
    const success = '<member><name>Status</name><value>Success</value></member>';
    const value = `<member><name>Value</name><value>${'v'.repeat(size)}</value></member>`;
    const call = await serve((_request, response) =>
      response.end(reply(`<value><struct>${success}${value}</struct></value>`)),
    );
    const text = z.string();
    const reads = vi.spyOn(text, 'safeParse');
    await call('VM.x', [], text);
    await call('VM.x', [], text);
    expect(reads.mock.calls.map(([, how]) => how?.jitless)).toEqual(wanted);
  });

  test('a failure keeps code and parameters', async () => {
    const call = await serve((_, response) =>
      response.end(
        reply(
          '<value><struct><member><name>Status</name><value>Failure</value></member><member><name>ErrorDescription</name><value><array><data><value>HANDLE_INVALID</value><value>VM</value><value>x</value></data></array></value></member></struct></value>',
        ),
      ),
    );
    await expect(call('VM.x', [], z.string())).rejects.toEqual(
      new HostFailure('VM.x', 'HANDLE_INVALID', ['VM', 'x']),
    );
  });
});
