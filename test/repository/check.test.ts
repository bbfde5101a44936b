import { expect, test } from 'vitest';
import type { Advice } from '../../source/problem/advice.ts';
import type { Finding } from '../../source/problem/finding.ts';
import { packageFindings } from '../../source/repository/archive/findings.ts';
import { resultOf } from '../../source/repository/check.ts';

const source = { repository: 'http://r/d', release: 'squeeze', arch: 'amd64' };

test('whatever is to be put there is of the release and architecture that were looked at, packages too', () => {
  const archive = packageFindings(new Map(), null, source);
  expect(archive.map(({ code }) => code)).toContain('no-guest-utilities');
  for (const { try: advice } of resultOf(source, [], archive).findings)
    expect(advice).toMatchObject({ act: 'stage', pool: true, release: 'squeeze', arch: 'amd64' });
});

test('other advice, and a source without a release, is left as it is', () => {
  const finding = (advice: Advice): Finding => ({ severity: 'info', code: 'x', message: '', try: advice });
  const [first, second] = resultOf(
    { ...source, release: '' },
    [],
    [finding('Wait.'), finding({ act: 'stage' })],
  ).findings;
  expect(first?.try).toBe('Wait.');
  expect(second?.try).toEqual({ act: 'stage', arch: 'amd64' });
});
