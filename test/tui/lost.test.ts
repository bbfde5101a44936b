import { expect, test } from 'vitest';
import { unknownRules } from '../../source/boot/releases.ts';
import { parseMonitorLine } from '../../source/fai/monitor-message.ts';
import { defaults } from '../../source/limits/defaults.ts';
import { topmost } from '../../source/tui/app/layers.ts';
import type { AppCommand } from '../../source/tui/app/screen.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import { FleetFold } from '../../source/watch/fleet.ts';
import { at, now, play, say, stack, vm } from './play.ts';

// An install that shows no sign of life any more, as the screen has it.

const minute = 60_000;
const booted = { power_state: 'Running', PV_bootloader: 'pygrub', domid: '5', other_config: {} };
const names = ['armed', 'good', 'web'];

/** Two installs go on, and FAI goes on to speak of one of them. Looked at for so many minutes. */
function world() {
  const fold = new FleetFold(unknownRules);
  const [armed, ...others] = names.map((name) => vm(name, name === 'armed' ? {} : booted));
  if (armed === undefined) throw new Error('none');
  fold.fold({ type: 'all', vms: [armed, ...others], started: new Map(), clockAhead: 0 }, now);
  const hear = (name: string, text: string, time: number) => {
    const message = parseMonitorLine(`u-${name} ${text}`);
    if (message === null) throw new Error(text);
    return fold.fold({ type: 'message', message }, time);
  };
  for (const { record } of others) hear(record.name_label, 'TASKBEGIN instsoft', now);
  let seen = now;
  return {
    hear,
    /** The screen is told of each minute up to this one. Gives the notices, too. */
    watch(from: AppState, minutes: number) {
      const notices: string[] = [];
      let state = from;
      for (; seen <= now + minutes * minute; seen += minute) {
        hear('good', 'HOOK x', seen);
        fold.look(seen, defaults.patience);
        const changed = new Set(others.map(({ ref }) => ref));
        const told = say.fleet({ type: 'fleet', fleet: fold.snapshot(), now: seen, changed });
        const next = play(state, told);
        notices.push(...noticesOf(next.commands));
        state = next.state;
      }
      return { state, notices };
    },
  };
}

const shown = (state: AppState, width = 78): string =>
  (topmost(stack(state), 'view')?.(state, { width, height: 19, glyphs: unicode }).rows ?? [])
    .map((row) =>
      row
        .map(({ text }) => text)
        .join('')
        .trimEnd(),
    )
    .join('\n');
const noticesOf = (commands: readonly (AppCommand | { do: string })[]): string[] =>
  commands.flatMap((command) => ('app' in command && command.app === 'notify' ? [command.text] : []));

test('it stands among the problems, with sign, word, age, how far it was, and in the totals', () => {
  const { watch } = world();
  const before = watch(at('fleet'), 14).state;
  expect(shown(before)).not.toContain('lost');
  const { state } = watch(before, 17);
  const rows = shown(state).split('\n');
  expect(rows[0]).toContain('3 VMs: 1 lost · 1 installing · 1 armed');
  expect(rows[2]).toMatch(/web +‽ lost +running +17 min +24% no message for 17 min$/);
  expect(rows[3]).toMatch(/good +\S installing/);
  const found = play(state, { type: 'tick', now: now + 18 * minute }, 'G', 'e').state;
  expect(found.fleet.list.selected).toBe('web');
  const filtered = play(state, '/', 'l', 'o', 's', 't', 'enter').state;
  expect(shown(filtered)).toMatch(/1 of 1/);
});

test('its details say what to press, its log since when it is silent', () => {
  const state = play(world().watch(at('fleet'), 17).state, { type: 'tick', now: now + 20 * minute }, 'e').state;
  const details = shown(play(state, 'enter').state);
  expect(details).toMatch(/state +lost, 20 min/);
  expect(details).toMatch(/next +See its console: .* A arms it anew/s);
  expect(shown(play(state, 'l').state)).toMatch(/xenfai +lost: silence since 10:53/);
});

test('it is told once, and again only after a sign of life', () => {
  const { watch, hear } = world();
  const first = watch(at('fleet'), 15);
  expect(first.notices).toEqual(['xenfai: web is lost']);
  const later = watch(first.state, 40);
  expect(later.notices).toEqual([]);
  hear('web', 'HOOK y', now + 41 * minute);
  expect(watch(later.state, 60).notices).toEqual(['xenfai: web is lost']);
});
