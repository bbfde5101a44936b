import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { Secret } from '../../source/xapi/secret.ts';

test('a secret has no text, however it is printed', () => {
  const secret = new Secret('xenroot');
  const shown = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }),
    inspect(secret, { showHidden: true }),
  ];
  for (const text of [...shown, Object.keys(secret).join(), JSON.stringify(Object.entries(secret))])
    expect(text).not.toContain('xenroot');
  expect(secret.reveal()).toBe('xenroot');
});
