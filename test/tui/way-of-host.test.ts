import { expect, test } from 'vitest';
import type { Profile } from '../../source/settings/settings.ts';
import { startShared } from '../../source/tui/app/shared.ts';
import { connectPlace } from '../../source/tui/screens/connect/place.ts';
import { chooseHost } from '../../source/tui/screens/connect/reduce.ts';
import { hostItems, startConnect } from '../../source/tui/screens/connect/state.ts';

const profiles: Profile[] = [
  { name: 'xs1', address: 'https://xs1', user: 'root', via: 'root@xs1' },
  { name: 'xs2', address: 'https://xs2', user: 'root' },
];

test('a host that was reached by ssh says so in the menu, and is gone to by the same way', () => {
  const suggestions = { password: 'secret' };
  const shared = startShared({ suggestions, profiles, now: 0, readOnly: false }, connectPlace);
  const scene = { shared, own: startConnect(shared) };
  expect(hostItems(scene).map(({ label }) => label)).toEqual([
    'xs1 (root, by ssh through root@xs1)',
    'xs2 (root)',
    'A new host',
  ]);
  const commands = ['xs1', 'xs2'].map((name) => chooseHost(scene, name));
  expect(JSON.stringify(commands[0])).toContain('"address":"https://xs1 via root@xs1"');
  expect(JSON.stringify(commands[1])).toContain('"address":"https://xs2"');
});
