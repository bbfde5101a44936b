import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { network } from '../../source/transport/network.ts';
import type { Transport } from '../../source/transport/transport.ts';
import { download } from '../../source/xapi/download.ts';

// The host that has a disk answers for itself: xapi of another sends on to it (302). The session goes along.

/** Answers as the script says, and who was asked with which cookie. */
function scripted(script: Readonly<Record<string, string>>): { transport: Transport; asked: string[] } {
  const asked: string[] = [];
  const transport: Transport = {
    ...network,
    http: (url) => ({
      request: ({ headers }) => {
        asked.push(`${url.origin} ${headers['Cookie']}`);
        const location = script[url.origin];
        const reply = Object.assign(Readable.from([Buffer.from('disc')]), {
          statusCode: location === undefined ? 200 : 302,
          statusMessage: 'Found',
          headers: location === undefined ? {} : { location },
        });
        return Promise.resolve(reply as unknown as IncomingMessage);
      },
      close: () => {},
    }),
  };
  return { transport, asked };
}

const get = async (from: string, script: Readonly<Record<string, string>>) => {
  const { transport, asked } = scripted(script);
  const what = { path: '/export_raw_vdi', query: { vdi: 'v' }, signal: new AbortController().signal };
  const text = await download(transport, new URL(from), 'OpaqueRef:s', what)
    .then((stream) => Readable.from(stream).toArray())
    .then((parts) => Buffer.concat(parts as Buffer[]).toString())
    .catch((error: unknown) => (error instanceof Error ? error.message : ''));
  return { text, asked };
};

test('the host with the disk is gone to, once', async () => {
  const found = await get('https://xvm03', { 'https://xvm03': 'https://10.1.1.4/export_raw_vdi?vdi=v' });
  expect(found.text).toBe('disc');
  expect(found.asked).toEqual(['https://xvm03 session_id=OpaqueRef:s', 'https://10.1.1.4 session_id=OpaqueRef:s']);
  const round = { 'https://a': 'https://b/', 'https://b': 'https://a/' };
  expect((await get('https://a', round)).text).toContain('HTTP 302');
});

test.each([
  ['out of TLS', 'https://xvm03', 'http://10.1.1.4/x'],
  ['out of a tunnel', 'http://127.0.0.1:8080', 'http://10.1.1.4/x'],
])('the session is not carried %s', async (_, from, to) => {
  const refused = await get(from, { [from]: to });
  expect(refused.text).toContain('HTTP 302');
  expect(refused.asked).toHaveLength(1);
});
