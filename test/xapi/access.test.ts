import { expect, test } from 'vitest';
import { isRead } from '../../source/xapi/access.ts';
import messages from './fixtures/messages-by-role.json' with { type: 'json' };

// Every message of the datamodel, by whether it is given to the role read-only.

/** What keeps our own session going is no change of the host, whatever the role. */
const ownSession = /^(session\.(login_with_password|logout)|event\.(register|unregister|next|from))$/;

test('nothing is called a read that the role read-only may not do', () => {
  expect(messages.writes.length).toBeGreaterThan(600);
  expect(messages.writes.filter((name) => isRead(name) && !ownSession.test(name))).toEqual([]);
});

test('every getter of the role read-only is a read, also as a task', () => {
  // Secrets are nobody's business here, whatever the role.
  const getters = messages.reads.filter((name) => /\.get_/.test(name) && !name.startsWith('secret.'));
  expect(getters.length).toBeGreaterThan(1000);
  expect(getters.filter((name) => !isRead(name) || !isRead(`Async.${name}`))).toEqual([]);
});

test.each([
  'VM.set_PV_args',
  'VM.add_to_other_config',
  'VM.start',
  'Async.VM.clone',
  'VM.destroy',
  'VDI.destroy',
  'VIF.create',
  'pool.add_to_other_config',
  'task.create',
  'event.inject',
  'secret.get_value',
  'nonsense',
])('%s is no read', (name) => expect(isRead(name)).toBe(false));
