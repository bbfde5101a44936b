import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ApiError } from '../../source/simulator/api-error.ts';
import { eliloader, type LoaderRules } from '../../source/simulator/eliloader.ts';
import { loaderLine } from '../../source/simulator/loader-line.ts';

const usage = 'Invalid usage. Usage: eliloader --vm <vm> <image>';
type Generation = LoaderRules['generation'];
const outcome = (error: unknown) => (error instanceof ApiError ? [error.code, ...error.params] : String(error));

describe('the command line of eliloader: PV_bootloader_args go between its options and the disk', () => {
  const line = (args: string, more = {}, generation: Generation = 2010) => {
    try {
      return loaderLine({ uuid: 'U', PV_args: 'quiet', PV_bootloader_args: args, ...more }, '/dev/xvda', generation)
        .line;
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

  test.each<[Generation, string, unknown]>([
    [2010, 'word', [usage, '']],
    [2012, 'word', 'quiet'],
    [2015, 'word --kernel=x', 'quiet'],
    [2012, '--kernel=x', [usage, '']],
    [2012, '--args', [usage, '']],
    [2015, '--args=a', 'quiet a'],
    [2016, '--args=a', 'a'],
    [2016, '', ''],
  ])('in %i: %j', (generation, args, expected) => expect(line(args, {}, generation)).toEqual(expected));

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
  const load = (words: Record<string, string> = {}, generation: Generation = 2010) =>
    eliloader(
      { 'install-distro': 'debianlike', 'debian-release': 'lenny', 'install-repository': url, ...words },
      { generation, limits: { kernel: 16, initrd: 16 } },
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

  const folder = 'main/installer-i386/current/images/netboot/xen/';
  test.each<[Generation, string, string]>([
    [2010, '/dists/etch', `/dists/etch/dists/lenny/${folder}vmlinuz`],
    [2012, '/dists/etch', `/dists/etch/${folder}vmlinuz`],
    [2016, '/d/dists/etch/', `/d/dists/etch/${folder}vmlinuz`],
    [2012, '/dists/', `/dists/dists/lenny/${folder}vmlinuz`],
    [2012, '/dists//', `/dists//dists/lenny/${folder}vmlinuz`],
  ])('in %i a repository %s is asked for %s', async (generation, path, asks) => {
    expect(await load({ 'install-repository': url + path }, generation)).toBe('file');
    expect(asked[0]).toBe(asks);
  });

  const kernel = () => `${url}/dists/lenny/${folder}vmlinuz`;
  const required = () => invalid(`Unable to access a required file in the specified repository: ${kernel()}.`);
  const inaccessible = () => died(`RuntimeError: Could not access ${kernel()}`);
  test.each<[Generation, number, () => unknown]>([
    [2010, 404, required],
    [2010, 403, () => died('urllib2.HTTPError: HTTP Error 403: Forbidden')],
    [2012, 404, required],
    [2014, 500, () => died('urllib2.HTTPError: HTTP Error 500: Internal Server Error')],
    [2015, 404, inaccessible],
    [2015, 403, inaccessible],
    [2016, 500, inaccessible],
  ])('in %i an answer of %i', async (generation, status, expected) => {
    answer = (_, response) => response.writeHead(status).end();
    expect(await load({}, generation)).toEqual(expected());
  });

  test.each<[Generation, unknown]>([
    [2010, 'half'],
    [2012, died('IOError: Closed connection during download')],
    [2016, died('IOError: Closed connection during download')],
  ])('in %i a file that ends early', async (generation, expected) => {
    answer = (_, response) => {
      response.writeHead(200, { 'Content-Length': 8 }).write('half');
      setImmediate(() => response.destroy());
    };
    expect(await load({}, generation)).toEqual(expected);
  });

  test.each<[Generation, (size: number) => unknown]>([
    [2012, (size) => 'x'.repeat(size)],
    [2014, () => ['LIMITS', `File '${kernel()}' exceeds limit of 16 bytes`, '']],
    [2016, () => ['LIMITS', `File '${kernel()}' exceeds limit of 16 bytes`, '']],
  ])('in %i a file of 17 bytes, where 16 are the limit', async (generation, expected) => {
    answer = (_, response) => response.end('x'.repeat(17));
    expect(await load({}, generation)).toEqual(expected(17));
  });

  test.each<[Generation, Record<string, string>, unknown]>([
    [2014, { 'install-args': 'FAI_ACTION=install' }, 'file'],
    [2015, { 'install-args': 'FAI_ACTION=install' }, 'file FAI_ACTION=install'],
    [2012, { 'install-repository': 'nfs:host:/a:b' }, invalid('nfs repo nfs:host:/a:b')],
  ])('in %i: %j', async (generation, words, expected) => expect(await load(words, generation)).toEqual(expected));

  test('a proxy without a scheme is taken by Python 2.7', async () => {
    expect(await load({ 'install-repository': 'http://repo/d', 'install-proxy': url.slice(7) }, 2015)).toBe('file');
    expect(asked[0]).toMatch(/^http:\/\/repo\/d\/dists\/lenny/);
  });
});
