import { expect, test } from 'vitest';
import { hostRelease } from '../../source/boot/releases.ts';
import { capabilities } from '../../source/hosts/capabilities.ts';
import { topmost } from '../../source/tui/app/layers.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import { at, found, play, say, stack, start } from './play.ts';

/** The same host, of another release. */
const on = (product: string, guests?: readonly string[]) => ({
  ...found,
  version: product,
  able: capabilities(hostRelease(product), guests),
});

const put = (state: AppState, product: string): AppState => ({
  ...state,
  shared: { ...state.shared, host: on(product) },
});

function shown(state: AppState): string {
  const view = topmost(stack(state), 'view')?.(state, { width: 78, height: 20, glyphs: unicode });
  return (view?.rows ?? []).map((row) => row.map(({ text }) => text).join('')).join('\n');
}

const connected = (host: typeof found): string =>
  shown(play(start(), say.connect({ type: 'connected', found: host, profiles: [], name: 'x' })).state);
const connectedTo = (product: string, guests?: readonly string[]): string => connected(on(product, guests));

test('a pool without a name is no host of its own', () => {
  expect(connected(found)).toMatch(/pool +a host of its own/);
  expect(connected({ ...found, hosts: 2 })).toMatch(/pool +2 hosts/);
  expect(connected({ ...found, hosts: 2, pool: 'lab' })).toMatch(/pool +lab/);
});

test('Connect says what the release means for an install, and little where all is as ever', () => {
  expect(connectedTo('5.6.0')).toContain('eliloader of 2010');
  expect(connectedTo('7.6.0')).toContain('eliloader of 2014');
  expect(connectedTo('8.2.1')).toContain('PVH container');
  expect(connectedTo('8.2.1', ['xen-3.0-x86_64'])).toContain('Only 64-bit PV guests');
  expect(connectedTo('9.0.0')).toMatch(/only a\s+start tells/);
  const without = connectedTo('8.3.0');
  expect(without).toContain('no eliloader');
  expect(without).toMatch(/PXE[\s\S]*8\.2 or older/);
  expect(without).not.toContain('one attempt');
});

test('who comes to the fleet at once is told there', () => {
  const profiles = [{ name: 'x', address: found.address, user: 'root' }];
  const opened = (product: string) =>
    play(start({ profiles }), 'enter', say.connect({ type: 'connected', found: on(product), profiles, name: 'x' }))
      .state.shared;
  expect(opened('8.3.0').place.name).toBe('fleet');
  expect(opened('8.3.0').flash?.text).toContain('no eliloader');
  expect(opened('8.2.1').flash).toBeNull();
});

test.each([
  ['rearm', at('fleet'), ['a']],
  ['rearm and start', at('fleet'), ['A']],
  ['repair', play(at('fleet'), 'G').state, ['p']],
  ['use of a template', at('template'), ['enter']],
])('without eliloader the key for %s says so and asks for nothing', (_, state, keys) => {
  const { state: after, commands } = play(put(state, '8.3.0'), ...keys);
  expect(after.shared.flash?.text).toContain('no eliloader');
  expect(commands).toEqual([]);
});

test('the menu offers no work that needs it', () => {
  const menu = (product: string): number => {
    const state = put(at('act'), product);
    return (
      topmost(stack(state), 'view')?.(state, { width: 78, height: 20, glyphs: unicode })?.menu?.items.length ?? 0
    );
  };
  expect(menu('8.2.1')).toBe(6);
  expect(menu('8.3.0')).toBe(3);
  expect(shown(put(at('act'), '8.3.0'))).toContain('no eliloader');
});

test('a VM is stopped and started as before', () => {
  expect(play(put(at('fleet'), '8.3.0'), 's').commands).toMatchObject([{ do: 'plan' }]);
});
