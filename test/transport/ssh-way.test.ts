import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTarget, sendsPasswordInClear, typedTarget } from '../../source/hosts/address.ts';
import { sshFailure } from '../../source/transport/ssh/ssh-failure.ts';
import {
  dialledFrom,
  isReadableOn,
  leadsTo,
  readWay,
  showWay,
  sshWords,
  type Way,
} from '../../source/transport/ssh/way.ts';
import { coordinatorAt } from '../../source/xapi/session.ts';

const way = (text: string): Way => readWay(text) ?? expect.fail(text);

describe('a way', () => {
  test.each([
    ['xs1', ['xs1'], 'xs1'],
    ['root@xs1', ['root@xs1'], 'xs1'],
    ['root@xs1.example.org:2222', ['-p', '2222', 'root@xs1.example.org'], 'xs1.example.org'],
    ['ops@10.1.1.3', ['ops@10.1.1.3'], '10.1.1.3'],
    ['root@[fe80::1]:22', ['-p', '22', 'root@fe80::1'], 'fe80::1'],
    ['[::1]', ['::1'], '::1'],
  ])('%s is what ssh is called with as %j', (text, words, host) => {
    const read = way(text);
    expect([sshWords(read), read.host, showWay(read)]).toEqual([words, host, text]);
  });

  test.each([
    '',
    '-oProxyCommand=touch /tmp/x',
    'root@-oProxyCommand=x',
    '-l@xs1',
    'root@xs1 true',
    'root@xs1;true',
    'root@xs1:22:22',
    'root@xs1:0',
    'root@xs1:70000',
    'root@$(id)',
    'root@%h',
    "root@'xs1'",
    'root@xs1/',
    'a@b@c',
    'root@',
    '@xs1',
    'fe80::1',
    'root@xs1\n-oX',
  ])('%j is none', (text) => expect(readWay(text)).toBeNull());

  test('whatever is written: a way is words that neither ssh nor a shell reads anything into', () => {
    const letters = fc.string({ unit: fc.constantFrom(...'aZ0@:.-_[]%$;`\'" \n/\\~|&<>()!*?#=,+{}^') });
    fc.assert(
      fc.property(letters, (text) => {
        const read = readWay(text);
        if (read === null) return;
        expect(showWay(read)).toBe(text);
        expect(read.target).toMatch(/^[A-Za-z0-9_:][A-Za-z0-9._@:-]*$/);
      }),
      { numRuns: 2000 },
    );
  });
});

test.each([
  ['root@xs1', 'xs1', 443, 'localhost:443'],
  ['root@XS1', 'xs1', 8443, 'localhost:8443'],
  ['root@xs1', '10.1.1.4', 443, '10.1.1.4:443'],
  ['ops@jump', 'xs1', 80, 'xs1:80'],
  ['ops@jump', 'fe80::1', 443, '[fe80::1]:443'],
  ['root@[fe80::1]', 'fe80::1', 443, 'localhost:443'],
])('by %s, %s port %i is dialled there as %s', (text, host, port, dialled) =>
  expect(dialledFrom(way(text), { host, port })).toBe(dialled),
);

test.each([
  ['root@xs1', 'http://xs1', false],
  ['root@xs1', 'http://xs1:8080', false],
  ['root@xs1', 'http://xs2', true],
  ['ops@jump', 'http://xs1', true],
  ['ops@jump', 'https://xs1', false],
  ['ops@jump', 'http://localhost', false],
  [null, 'http://xs1', true],
  [null, 'http://127.0.0.1:8080', false],
])('by %s, what is said at %s can be read on its way: %s', (text, url, readable) =>
  expect(isReadableOn(text === null ? null : way(text), new URL(url))).toBe(readable),
);

test.each([
  // It came to the host itself unread, and would go on in the clear.
  ['10.1.1.4', 'http://xs1', 'root@xs1', null],
  ['10.1.1.4', 'https://xs1', 'root@xs1', 'https://10.1.1.4/'],
  ['10.1.1.4', 'http://xs1', 'ops@jump', 'http://10.1.1.4/'],
  ['fe80::2', 'https://xs1', 'ops@jump', 'https://[fe80::2]/'],
])('the coordinator %s, told by %s, by %s, is %s', (master, url, text, at) => {
  const readable = (one: URL) => isReadableOn(way(text), one);
  expect(coordinatorAt(master, new URL(url), readable)?.href ?? null).toBe(at);
});

test.each([
  ['xs1 via root@xs1', 'https://xs1', 'root@xs1', false],
  ['  http://xs1  via  ops@jump:2222 ', 'http://xs1', 'ops@jump:2222', true],
  ['xs1', 'https://xs1', undefined, false],
])('%j is an address with its way', (text, origin, shown, clear) => {
  const target = parseTarget(text);
  expect([target.url.origin, target.way === null ? undefined : showWay(target.way)]).toEqual([origin, shown]);
  expect(sendsPasswordInClear(target)).toBe(clear);
  expect(parseTarget(typedTarget(origin, shown))).toEqual(target);
});

test.each(['xs1 via', 'xs1 via -oX', 'xs1 via a via b', 'via root@xs1', 'xs1 via root@xs1 x'])(
  '%j is no address',
  (text) => expect(() => parseTarget(text)).toThrow(/address|user@host/),
);

test.each([
  [127, 'sh: 3: ssh: not found', 'missing'],
  [255, 'root@xs1: Permission denied (publickey,password).\r\n', 'question'],
  [
    255,
    'No ED25519 host key is known for xs1 and you have requested strict checking.\nHost key verification failed.',
    'question',
  ],
  [
    255,
    'Unable to negotiate with 10.1.1.3 port 22: no matching host key type found. Their offer: ssh-rsa,ssh-dss',
    'too-old',
  ],
  [255, 'Bad server host key: Invalid key length', 'too-old'],
  [255, 'ssh: connect to host xs1 port 22: Connection refused', 'failed'],
  [255, 'channel 0: open failed: administratively prohibited: open failed', 'forbidden'],
  [255, '', 'failed'],
])('ssh that ends with %i and %j: %s', (code, said, trouble) => {
  const failure = sshFailure(way('root@xs1'), code, said);
  expect(failure).toMatchObject({ kind: 'unreachable', trouble });
  expect(failure.message).not.toMatch(/[\n\r]|^$/);
});

test('a machine that only looks like the host is not the host', () => {
  expect(leadsTo(way('root@xs1'), new URL('https://xs1.example.org'))).toBe(false);
  expect(leadsTo(way('root@xs1'), new URL('https://xs1.'))).toBe(true);
});
