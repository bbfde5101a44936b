import { describe, expect, test } from 'vitest';
import type { Fetched } from '../../source/repository/download/fetched.ts';
import { downloadFindings } from '../../source/repository/download-verdict.ts';

const url = 'http://r/vmlinuz';
const fetched: Fetched = {
  ...{ url, finalUrl: url, status: 200, type: '', declared: null, modified: null },
  ...{ bytes: 5_000_000, body: new Uint8Array(), sha256: '', problem: null },
};
const MiB = 1024 ** 2;

describe('what came of a download', () => {
  test.each<[string, Partial<Fetched>, Parameters<typeof downloadFindings>[2], string[]]>([
    ['a file', {}, 2010, []],
    ['an empty one', { bytes: 0 }, 2010, ['error empty']],
    ['a missing one', { status: 404, problem: { kind: 'missing', text: '404' } }, 2010, ['error not-found']],
    ['status 500', { status: 500, problem: { kind: 'server', text: '500' } }, 2016, ['error http-error']],
    ['status 203', { status: 203, problem: { kind: 'server', text: '203' } }, 2010, ['warning odd-status']],
    ['status 204', { status: 204, bytes: 0, problem: { kind: 'server', text: '204' } }, 2016, ['error http-error']],
    ['33 MiB', { bytes: 33 * MiB }, 2010, []],
    ['33 MiB', { bytes: 33 * MiB }, 2012, []],
    ['33 MiB', { bytes: 33 * MiB }, 2014, ['error over-limit']],
    ['33 MiB', { bytes: 33 * MiB }, null, ['warning over-limit']],
    ['a redirect', { finalUrl: 'http://elsewhere/vmlinuz' }, 2010, ['info redirected']],
  ])('%s', (_, more, loader, found) => {
    const findings = downloadFindings('vmlinuz', { ...fetched, ...more }, loader);
    expect(findings.map(({ severity, code }) => `${severity} ${code}`)).toEqual(found);
  });

  test('only the loader of 2010 uses a stump', () => {
    const cut: Fetched = { ...fetched, problem: { kind: 'cut-off', text: 'the file is cut off' } };
    expect(downloadFindings('vmlinuz', cut, 2010)[0]?.message).toContain('stump');
    expect(downloadFindings('vmlinuz', cut, 2012)[0]?.message).not.toContain('stump');
  });
});
