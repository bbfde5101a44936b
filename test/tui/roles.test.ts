import { describe, expect, test } from 'vitest';
import { topmost } from '../../source/tui/app/layers.ts';
import { sharing } from '../../source/tui/app/shared.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import { at, found, play, stack } from './play.ts';

// What the account's role forbids: the key says so, before anything is planned.

/** Somebody who may do no more than these. */
const as = (state: AppState, ...permissions: string[]): AppState =>
  sharing(state, { host: { ...found, account: { name: 'CORP\\anna', permissions: new Set(permissions) } } });

const fleet = at('fleet');
const may = (role: string) => `CORP\\anna may not do that: it needs the role ${role}.`;
const looks = ['vm.get_all_records'];
const operates = [...looks, 'vm.start', 'vm.hard_shutdown', 'vm.clean_shutdown'];

describe('a key that the role forbids says which role it needs', () => {
  test.each([
    ['start', as(fleet, ...looks), ['s'], may('vm-operator')],
    ['stop', as(play(fleet, 'j').state, ...looks), ['x'], may('vm-operator')],
    ['rearm', as(play(fleet, 'j').state, ...operates), ['a'], may('vm-admin')],
    ['repair', as(play(fleet, 'G').state, ...operates), ['p'], may('vm-admin')],
    ['template copy', as(at('template'), ...operates), ['c'], may('vm-admin')],
    ['use of a vendor template', as(play(at('template'), 'j').state, ...operates), ['enter'], may('vm-admin')],
    ['save', as(play(at('configure'), 'x', 'pagedown').state, ...operates), ['enter'], may('vm-admin')],
  ])('%s', (_, state, keys, reason) => {
    const after = play(state, ...keys);
    expect(after.state.shared.flash?.text).toBe(reason);
    expect(after.commands.filter((command) => 'do' in command)).toEqual([]);
  });
});

test('what the role allows works', () => {
  expect(play(as(fleet, ...operates), 's').commands).toMatchObject([{ do: 'plan' }]);
});

test('the menu has the lines that are left', () => {
  const state = as(at('act'), ...operates);
  const view = topmost(stack(state), 'view')?.(state, { width: 78, height: 60, glyphs: unicode });
  expect(view?.menu?.items.map(({ label }) => label)).toEqual([
    'Boot VMs that are armed',
    'Another template',
    'Watch the fleet',
  ]);
});
