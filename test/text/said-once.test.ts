import { expect, test } from 'vitest';
import { isNamedIn, saidOf } from '../../source/text/said-once.ts';

test.each([
  ['vm06', 'vm06: no repository known.', 'no repository known.'],
  ['vm06', 'vm06 is running: armed now, it would be erased.', 'it is running: armed now, it would be erased.'],
  ['vm0', 'vm06: no repository known.', 'vm06: no repository known.'],
  ['vm06', 'There is no VM "vm06".', 'There is no VM "vm06".'],
  ['', 'The host does not answer.', 'The host does not answer.'],
])('behind %j, %j is %j', (name, text, said) => expect(saidOf(name, text)).toBe(said));

test.each([
  ['a', 'The host has ended the session.', false],
  ['web1', 'web10 is running.', false],
  ['web1', 'web10 and web1 are running.', true],
  ['web-1', 'There is no VM "web-1".', true],
  ['web', 'web-1 is running.', false],
  ['', 'anything', false],
])('%j is named in %j: %j', (name, text, is) => expect(isNamedIn(name, text)).toBe(is));
