import { describe, expect, test } from 'vitest';
import { topmost } from '../../source/tui/app/layers.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import { at, play, say, stack, verified } from './play.ts';

// What --read-only means for the keys. That nothing is written, whatever the keys say, is app.test.tsx's.

const reason = 'Nothing is changed with --read-only.';

const failed = play(at('verify', true), verified(false)).state;
const fleet = at('fleet', true);

describe('with --read-only a key that writes says why it does nothing', () => {
  test.each([
    ['start', fleet, ['s'], ['plan']],
    ['stop', play(fleet, 'j').state, ['x'], ['plan']],
    ['rearm', play(fleet, 'j').state, ['a'], ['plan']],
    ['repair', play(fleet, 'G').state, ['p'], ['plan']],
    ['template copy', at('template', true), ['c'], ['copy-template']],
    ['use of a vendor template', play(at('template', true), 'j').state, ['enter'], ['copy-template']],
    ['save', play(at('configure', true), 'x', 'pagedown').state, ['enter'], ['save']],
    ['stage', failed, ['t'], ['stage']],
  ])('%s', (_, state, keys, commands) => {
    const after = play(state, ...keys);
    expect(after.state.shared.flash?.text).toBe(reason);
    expect(after.commands.filter((command) => 'do' in command && commands.includes(command.do))).toEqual([]);
    // The help screen says it, too.
    const help = play(state, '?').state;
    const view = topmost(stack(help), 'view')?.(help, { width: 78, height: 60, glyphs: unicode });
    const text = (view?.rows ?? []).map((row) => row.map((part) => part.text).join('')).join('\n');
    expect(text).toContain(`not now: ${reason}`);
  });

  test('the menu has no line that writes', () => {
    const menu = (readOnly: boolean) => {
      const state = at('act', readOnly);
      const view = topmost(stack(state), 'view')?.(state, { width: 78, height: 60, glyphs: unicode });
      return view?.menu?.items.map(({ label }) => label);
    };
    expect(menu(true)).toEqual(['Another template', 'Watch the fleet']);
    expect(menu(false)).toHaveLength(6);
    for (const key of ['1', '3', '4', '6']) expect(play(at('act', true), key).state.act.view).toBe('menu');
  });
});

test('Configure goes on to Verify where nothing differs, and writes nothing on the way', () => {
  const { state, commands } = play(at('configure', true), 'pagedown', 'enter');
  expect(commands).toEqual([{ do: 'verify', template: 'u-own' }]);
  expect(state.shared.place.name).toBe('verify');
});

test('without --read-only the same keys work', () => {
  expect(play(at('fleet'), 's').commands).toMatchObject([{ do: 'plan' }]);
  expect(play(at('template'), 'c').state.template.copy).not.toBeNull();
  expect(play(at('act'), 'enter').state.act.view).toBe('create');
  expect(
    play(
      at('verify'),
      say.verify({ type: 'verified', result: { ok: false, kernel: '', files: [], findings: [] } }),
      't',
    ).state.verify.stage.open,
  ).toBe(true);
});
