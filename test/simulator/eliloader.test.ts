import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApiError } from '../../source/simulator/api-error.ts';
import { eliloader } from '../../source/simulator/eliloader.ts';
import { loaderLine } from '../../source/simulator/loader-line.ts';

const usage = 'Invalid usage. Usage: eliloader --vm <vm> <image>';
const outcome = (error: unknown) => (error instanceof ApiError ? [error.code, ...error.params] : String(error));

describe('the command line of eliloader: PV_bootloader_args go between its options and the disk', () => {
  const line = (args: string, more = {}) => {
    try {
      return loaderLine({ uuid: 'U', PV_args: 'quiet', PV_bootloader_args: args, ...more }, '/dev/xvda').line;
    } catch (error) {
      return outcome(error);
    }
  };
  const traceback = (last: string) => expect.arrayContaining(['Traceback (most recent call last):', last]);
  test.each([
    ['', 'quiet'],
    ['-q', 'quiet'],
    ['-qq --quiet --logging', 'quiet'],
    ['--log', 'quiet'],
    ['--args=a', 'quiet a'],
    ['--args a', 'quiet a'],
    ['--a a', 'quiet a'],
    ['--vm=U', 'quiet'],
    ['--', 'quiet'],
    ['--kernel /boot/vmlinuz', [usage, '']],
    ['--kernel=/boot/vmlinuz', [usage, '']],
    ['--entry 0', [usage, '']],
    ['-e', [usage, '']],
    ['--quiet=yes', [usage, '']],
    ['--=x', [usage, '']],
    ['word', [usage, '']],
    ['-q ', [usage, '']],
    ['-q  --quiet', [usage, '']],
    ['--vm=other', traceback("XenAPI.Failure: ['UUID_INVALID', 'VM', 'other']")],
    ['--args', traceback('IndexError: list index out of range')],
  ])('%j', (args, expected) => expect(line(args)).toEqual(expected));

  test('PV_legacy_args come before PV_args', () => expect(line('', { PV_legacy_args: 'old' })).toBe('old quiet'));
});

describe('what eliloader fetches', () => {
  let url = '';
  let asked: string[] = [];
  let answer: (path: string, response: ServerResponse) => void;
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request.url ?? '', response);
  });
  const listen = async (one: Server) => {
    one.listen(0, '127.0.0.1');
    await once(one, 'listening');
    return (one.address() as AddressInfo).port;
  };
  beforeAll(async () => {
    url = `http://127.0.0.1:${await listen(server)}`;
  });
  afterAll(() => void server.close());
  beforeEach(() => {
    asked = [];
    answer = (_, response) => response.end('file');
  });
  const load = (words: Record<string, string> = {}) =>
    eliloader(
      { 'install-distro': 'debianlike', 'debian-release': 'lenny', 'install-repository': url, ...words },
      new AbortController().signal,
    ).then(({ kernel, args }) => `${kernel}${args}`, outcome);
  const redirecting = (status: number, to: (path: string) => string | undefined) => {
    answer = (path, response) => {
      const location = to(path);
      if (location === undefined) return response.end('file');
      response.writeHead(status, { Location: location }).end();
    };
  };
  const died = (last: string) => ['Traceback (most recent call last):', expect.anything(), '    main()', last, ''];

  test.each([
    [301, 'file'],
    [302, 'file'],
    [303, 'file'],
    [307, 'file'],
    [300, died('urllib2.HTTPError: HTTP Error 300: Multiple Choices')],
    [305, died('urllib2.HTTPError: HTTP Error 305: Use Proxy')],
    [308, died('urllib2.HTTPError: HTTP Error 308: Permanent Redirect')],
  ])('a redirect with %i', async (status, expected) => {
    redirecting(status, (path) => (path.startsWith('/dists') ? `/else${path}` : undefined));
    expect(await load()).toEqual(expected);
  });

  const loop = 'The HTTP server returned a redirect error that would lead to an infinite loop.';
  test.each([
    [10, 'file'],
    [11, died(`urllib2.HTTPError: HTTP Error 302: ${loop}`)],
  ])('%i redirects in a row', async (many, expected) => {
    redirecting(302, (path) => {
      const hop = Number(/^\/(\d+)/.exec(path)?.[1] ?? 0);
      return hop < many ? `/${hop + 1}` : undefined;
    });
    expect(await load()).toEqual(expected);
  });

  test('a redirect to itself is given up after four times; one without a place at once', async () => {
    redirecting(302, () => '/again');
    expect(await load()).toEqual(died(`urllib2.HTTPError: HTTP Error 302: ${loop}`));
    expect(asked).toHaveLength(5);
    answer = (_, response) => response.writeHead(302).end();
    expect(await load()).toEqual(died('urllib2.HTTPError: HTTP Error 302: Found'));
  });

  test('a redirect to https is dialled: only the first address must not be https', async () => {
    const hello: Buffer[] = [];
    const tls = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (data) => {
        hello.push(data);
        socket.destroy();
      });
    });
    const port = await listen(tls);
    redirecting(302, (path) => `https://127.0.0.1:${port}${path}`);
    expect((await load())[0]).toBe('INVALID_SOURCE');
    expect(hello[0]?.[0]).toBe(0x16);
    tls.close();
    expect(await load({ 'install-repository': 'https://repo/d' })).toEqual([
      'INVALID_SOURCE',
      'Unknown source type.',
      '',
    ]);
  });

  test.each<[Record<string, string>, string]>([
    [{ 'install-arch': 'amd64' }, '/dists/lenny/main/installer-amd64/current/images/netboot/xen/vmlinuz'],
    [{}, '/dists/lenny/main/installer-i386/current/images/netboot/xen/vmlinuz'],
    [{ 'debian-release': '../x' }, '/dists/../x/main/installer-i386/current/images/netboot/xen/vmlinuz'],
    [{ 'install-distro': 'pygrub', 'install-kernel': '/xen/vmlinuz' }, '//xen/vmlinuz'],
    [{ 'install-distro': 'pygrub', 'install-kernel': 'xen/./k#1?x=y' }, '/xen/./k#1?x=y'],
  ])('%j asks for the path as it is', async (words, path) => {
    expect(await load(words)).toBe('file');
    expect(asked[0]).toBe(path);
  });

  const invalid = (message: string) => ['INVALID_SOURCE', message, ''];
  test.each<[Record<string, string>, unknown]>([
    [{ 'install-repository': 'nfs:host:/a/b' }, invalid('nfs repo nfs:host:/a/b')],
    [{ 'install-repository': 'nfs://host/a/b' }, invalid('nfs repo nfs:host:/a/b')],
    [{ 'install-repository': 'nfs://host:/a/b' }, invalid('nfs repo nfs:host:/a/b')],
    [{ 'install-repository': 'nfs://host' }, invalid('NFS path was not in a valid format')],
    [{ 'install-repository': 'nfs:host:a' }, invalid('Directory part of NFS path was not an absolute path.')],
    [{ 'install-repository': 'nfs:host:/a:b' }, died('ValueError: too many values to unpack')],
    [{ 'install-repository': 'nfs:host' }, died('ValueError: need more than 2 values to unpack')],
    [{ 'install-proxy': 'proxy:3128' }, died('TypeError: iterable argument required')],
    [{ 'install-repository': 'http://u:p@host/d' }, died("httplib.InvalidURL: nonnumeric port: 'p@host'")],
    [{ 'install-distro': 'pygrub' }, invalid('install-distro=pygrub requires install-kernel for network boot')],
    [{ 'install-vnc': 'true', 'install-vncpasswd': 'pw' }, 'file vnc vncpassword=pw'],
  ])('%j', async (words, expected) => expect(await load(words)).toEqual(expected));
});
