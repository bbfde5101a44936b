import { describe, expect, test } from 'vitest';
import type { Finding } from '../../source/problem/finding.ts';
import type { CheckedFile } from '../../source/repository/check.ts';
import { checkBeforeStart } from '../../source/repository/dom0-check.ts';
import { withDom0View } from '../../source/repository/dom0-findings.ts';
import { readView, type SeenFile, viewFromDom0 } from '../../source/repository/dom0-view.ts';
import { network } from '../../source/transport/network.ts';
import { SshFailure } from '../../source/transport/ssh/ssh-failure.ts';
import { freePort } from '../free-port.ts';
import { simulator } from '../harness.ts';

const got = (bytes: number): SeenFile => ({ status: 200, bytes, problem: null });
const urls = { kernel: 'http://r/vmlinuz', initrd: 'http://r/initrd.gz' };
const { signal } = new AbortController();

describe('what was printed in dom0', () => {
  test.each<[string, string, SeenFile[] | string]>([
    ['python', 'xenfai got 200 5\nxenfai got 200 7\n', [got(5), got(7)]],
    [
      'a login that talks',
      'Welcome!\nxenfai got 200 5\n  xenfai got\nxenfai got 0 7\nbye',
      [got(5), { ...got(7), status: null }],
    ],
    [
      'a missing file, and a refused connection',
      'xenfai not 404 0 HTTP Error 404: Not Found\nxenfai not 0 0 <urlopen error [Errno 111] Connection refused>\n',
      [
        { status: 404, bytes: 0, problem: 'there is no such file (404)' },
        { status: null, bytes: 0, problem: '<urlopen error [Errno 111] Connection refused>' },
      ],
    ],
    [
      'curl, which says the reason before',
      'curl: (7) Failed to connect to r port 80\nxenfai got 000 0\nxenfai got 503 300\n',
      [
        { status: null, bytes: 0, problem: '(7) Failed to connect to r port 80' },
        { status: 503, bytes: 300, problem: 'the server answers 503' },
      ],
    ],
    [
      'an empty file',
      'xenfai got 200 0\nxenfai got 200 1\n',
      [{ status: 200, bytes: 0, problem: 'the file is empty' }, got(1)],
    ],
    ['one line too few', 'xenfai got 200 5\n', 'what it answered was not understood'],
    ['one line too many', 'xenfai got 200 5\n'.repeat(3), 'what it answered was not understood'],
    ['nothing', '', 'what it answered was not understood'],
    ['other things', 'xenfai got two hundred\n\u0000xenfai got 200 5', 'what it answered was not understood'],
  ])('%s', (_, printed, seen) => {
    const view = readView(printed);
    expect(view.sees ? [view.kernel, view.initrd] : view.why).toEqual(seen);
  });

  test('is asked for with the URLs as words of their own; what is no plain URL is not sent there', async () => {
    const asked: (readonly string[])[] = [];
    const shell = {
      name: 'xs1',
      run: (words: readonly string[]) => {
        asked.push(words);
        return Promise.resolve({ code: 0, out: 'xenfai got 200 5\nxenfai got 200 7' });
      },
    };
    const odd = { ...urls, kernel: "http://r/'$(id)'" };
    expect((await viewFromDom0(shell, odd, 'http://proxy:3128', signal)).sees).toBe(true);
    expect(asked[0]?.slice(-3)).toEqual(['http://proxy:3128', odd.kernel, urls.initrd]);
    for (const kernel of ['file:///etc/shadow', 'http://r/a b', 'http://r/\n', '-o/etc/passwd', 'http://r/é'])
      expect((await viewFromDom0(shell, { ...urls, kernel }, '', signal)).sees).toBe(false);
    expect(asked).toHaveLength(1);
  });

  test('that it could not be asked is a reason, and no error; an abort is the caller’s', async () => {
    const way = { target: 'root@xs1', host: 'xs1', port: null };
    const failing = { name: 'xs1', run: () => Promise.reject(new SshFailure(way, 'failed', 'Connection closed')) };
    expect(await viewFromDom0(failing, urls, '', signal)).toEqual({ sees: false, why: 'Connection closed' });
    const without = { name: 'xs1', run: () => Promise.resolve({ code: 69, out: '' }) };
    expect(await viewFromDom0(without, urls, '', signal)).toEqual({
      sees: false,
      why: 'it has neither python nor curl',
    });
    await expect(viewFromDom0(failing, urls, '', AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
  });
});

const file = (name: CheckedFile['name'], more: Partial<CheckedFile> = {}): CheckedFile => ({
  ...{ name, url: `http://r/${name}`, ok: true, status: 200, bytes: 5, sha256: 'aa', detail: 'a kernel' },
  ...more,
});
const lost = { ok: false, status: null, bytes: null, sha256: null, detail: 'there is no answer' };
const error = (code: string, message: string): Finding => ({ severity: 'error', code, message });

describe('two views as one', () => {
  const merged = (files: CheckedFile[], findings: Finding[], kernel: SeenFile, initrd = got(5)) => {
    const both = withDom0View({ files, findings }, { sees: true, kernel, initrd }, 'xs1');
    return {
      ok: both.files.map(({ ok }) => ok),
      findings: both.findings.map(({ severity, code }) => `${severity} ${code}`),
      text: both.findings.map(({ message }) => message).join(' '),
    };
  };
  const here = [file('vmlinuz'), file('initrd.gz')];

  test('both the same', () => {
    const { ok, findings, text } = merged(here, [], got(5));
    expect([ok, findings]).toEqual([[true, true], ['info seen-from-dom0']]);
    expect(text).toContain('Seen from dom0 of xs1');
  });

  test('what dom0 does not get stops the boot, whatever comes here', () => {
    const { ok, findings } = merged(here, [], { status: 403, bytes: 0, problem: 'the server answers 403' });
    expect([ok, findings]).toEqual([
      [false, true],
      ['error dom0-not-served', 'info seen-from-dom0'],
    ]);
  });

  test('what only dom0 gets is no error any more, and nobody has looked into it', () => {
    const unreachable = error('unreachable', 'vmlinuz: there is no answer.');
    const { ok, findings, text } = merged([file('vmlinuz', lost), file('initrd.gz')], [unreachable], got(5));
    expect([ok, findings]).toEqual([
      [true, true],
      ['warning unreachable', 'info seen-from-dom0'],
    ]);
    expect(text).toContain('So it is from this machine; dom0 of xs1');
  });

  test('what is in a file is the same from everywhere', () => {
    const pae = error('no-pae', 'vmlinuz: no PAE.');
    expect(merged([file('vmlinuz', { ok: false }), file('initrd.gz')], [pae], got(5))).toMatchObject({
      ok: [false, true],
      findings: ['error no-pae', 'info seen-from-dom0'],
    });
  });

  test('another length is another file', () =>
    expect(merged(here, [], got(6)).findings).toEqual(['warning dom0-other-file', 'info seen-from-dom0']));

  test('neither gets it: both are told', () => {
    const unreachable = error('unreachable', 'vmlinuz: there is no answer.');
    const none = { status: null, bytes: 0, problem: 'timed out' };
    expect(merged([file('vmlinuz', lost), file('initrd.gz')], [unreachable], none)).toMatchObject({
      ok: [false, true],
      findings: ['error unreachable', 'error dom0-not-served', 'info seen-from-dom0'],
    });
  });
});

test('before a start dom0 is asked only where the files did not come here', async () => {
  const asked: string[] = [];
  const dom0 = {
    name: 'xs1',
    run: (words: readonly string[]) => {
      asked.push(words.at(-1) ?? '');
      return Promise.resolve({ code: 0, out: 'xenfai got 200 5\nxenfai got 200 7' });
    },
  };
  const options = {
    source: { repository: `http://127.0.0.1:${await freePort()}/d`, release: 'lenny', arch: 'i386' },
    ...{ loader: 2010 as const, networkBoot: null, xen: null, signal, transport: network },
  };
  expect((await checkBeforeStart(options)).ok).toBe(false);
  const seen = await checkBeforeStart({ ...options, dom0 });
  expect([seen.ok, asked.length]).toEqual([true, 1]);
  expect(seen.findings.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'info']);

  const sim = await simulator();
  const source = { ...options.source, repository: sim.repository };
  expect((await checkBeforeStart({ ...options, source, dom0 })).ok).toBe(true);
  expect(asked).toHaveLength(1);
  await sim.stop();
});
