import { describe, expect, test } from 'vitest';
import { turnOf } from '../../source/tui/aloud/turn.ts';
import { bodySize, footRow, headRows } from '../../source/tui/app/frame.ts';
import { helpRows, wordRows } from '../../source/tui/app/help.ts';
import { keysNow, topmost } from '../../source/tui/app/layers.ts';
import { allTerms, glossary, type Term } from '../../source/tui/kit/glossary.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import { configureFields } from '../../source/tui/screens/configure/fields.ts';
import { loginFields } from '../../source/tui/screens/connect/state.ts';
import { type AppState, screens } from '../../source/tui/screens/index.ts';
import { copyFields } from '../../source/tui/screens/template/copy.ts';
import { at, connected, play, say, stack, start, verified } from './play.ts';

// The keys that work at every place, and the footer that is made from all of them.

const small = { width: 80, height: 19, glyphs: unicode };
const footer = (state: AppState): string =>
  footRow(keysNow(stack(state)), state, small)
    .map(({ text }) => text)
    .join('');
const place = ({ shared }: AppState): string => shared.place.name;
const shown = (state: AppState): string =>
  (topmost(stack(state), 'view')?.(state, { ...small, height: 400 }).rows ?? [])
    .map((row) => row.map(({ text }) => text).join(''))
    .join('\n');

const places: Readonly<Record<string, AppState>> = {
  connected: play(start(), connected).state,
  template: at('template'),
  copy: play(at('template'), 'c').state,
  configure: at('configure'),
  verify: at('verify'),
  checked: play(at('verify'), verified(true)).state,
  stage: play(at('verify'), verified(false), 't').state,
  act: at('act'),
  create: play(at('act'), 'enter').state,
  pick: play(at('act'), '2').state,
};

describe('the fleet is one key away', () => {
  test.each(Object.entries(places))('from %s and back, with everything as it was', (_, state) => {
    expect(footer(state)).toContain('^F fleet');
    const there = play(state, 'ctrl-f').state;
    expect(place(there)).toBe('fleet');
    const back = play(there, 'ctrl-f').state;
    expect({ ...back, shared: { ...back.shared, visited: [] } }).toEqual({
      ...state,
      shared: { ...state.shared, visited: [], flash: null },
    });
  });

  test('not before there is a host, not over a plan, and not from the fleet itself', () => {
    const reasonAt = (state: AppState) => play(state, 'ctrl-f').state.shared.flash?.text;
    expect(reasonAt(start())).toBe('Not connected to a host yet.');
    expect(footer(start())).not.toContain('^F');
    const plan = play(at('fleet'), 's', say.plan({ type: 'planned', entries: [] })).state;
    expect(reasonAt(plan)).toContain('First answer');
    expect(reasonAt(at('fleet'))).toContain('there already');
  });

  test('whoever goes there straight from the first step has done that step', () => {
    const { state } = play(start(), connected, 'ctrl-f');
    const [, steps = []] = headRows(screens, state.shared, bodySize(state.shared));
    expect(steps.map(({ text }) => text).join('')).toMatch(/✓ 1 Connect .*● 6 Fleet/);
  });

  test('a letter typed before and after it stays in its field', () => {
    const typed = play(at('template'), 'c', 'ctrl-u', 'a', 'ctrl-f', 'ctrl-f', 'b').state;
    expect(typed.template.copy?.form.values.name).toBe('ab');
  });
});

describe('the terminal is drawn anew by ctrl-l and given to the shell by ctrl-z', () => {
  test.each(Object.entries(places))('at %s, and the help has both', (_, state) => {
    const { state: after, commands } = play(state, 'ctrl-l', 'ctrl-z');
    expect(commands).toEqual([{ app: 'redraw' }, { app: 'suspend' }]);
    expect(after).toEqual({ ...state, shared: { ...state.shared, flash: null } });
    const help = helpRows(keysNow(stack(state)), state, small).map((row) => row.map(({ text }) => text).join(''));
    expect(help).toContainEqual(expect.stringMatching(/ \^l +draw the screen anew/));
    expect(help).toContainEqual(expect.stringMatching(/ \^z +back to the shell/));
    const { ask } = turnOf(screens, state);
    const said = ask.for === 'choice' ? ask.choices.map(({ key }) => key) : [];
    expect(said.filter((key) => ['ctrl-l', 'ctrl-z'].includes(key))).toEqual([]);
  });
});

describe('the footer', () => {
  test.each(Object.entries(places))(
    'of %s has the ways back and out, help or the words, and what works',
    (_, state) => {
      const text = footer(state);
      expect(text).toContain('Esc ');
      expect(text).toMatch(/q quit|\^C quit/);
      expect(text).toContain('^G words');
      for (const binding of keysNow(stack(state)))
        if (binding.disabled?.(state)) expect(text).not.toContain(` ${binding.keys[0]} ${binding.label} `);
    },
  );

  test('offers no Enter where it is refused, and no Esc with nowhere to go', () => {
    expect(footer(play(at('verify'), verified(false)).state)).not.toContain('Enter');
    expect(footer(play(at('verify'), verified(true)).state)).toContain('Enter go on');
    expect(footer(start())).not.toContain('Esc');
  });

  test('of the fleet has room for the details, wherever one came from', () => {
    const there = play(at('act'), 'ctrl-f').state;
    expect(footer(there)).toContain('Enter details');
    expect(place(play(there, 'ctrl-f').state)).toBe('act');
  });

  test('with --read-only offers nothing that writes', () => {
    expect(footer(at('template', true))).not.toContain('c copy');
    expect(footer(at('fleet', true))).not.toMatch(/ [sxap] /);
  });
});

describe('the words', () => {
  test.each(Object.entries(places))('of %s are shown by ctrl-g, in forms, too; any key closes them', (_, state) => {
    const words = play(state, 'ctrl-g').state;
    expect(shown(words)).toContain('Words here');
    expect(play(words, 'x').state).toEqual({ ...state, shared: { ...state.shared, flash: null } });
    expect(play(words, 'ctrl-g').state.shared.sheet).toBeNull();
  });

  test('those of the field under the cursor come first', () => {
    const first = shown(play(at('configure'), 'tab', 'tab', 'tab', 'tab', 'ctrl-g').state).split('\n')[2];
    expect(first).toBe(glossary.nfsroot.word);
    const armed = shown(play(at('fleet'), 'ctrl-g').state).split('\n')[2];
    expect(armed).toBe(glossary.armed.word);
  });

  test('every field of the forms names some', () => {
    const modern = at('configure').configure.form.values;
    const dracut = { ...modern, fai: { ...modern.fai, dialect: 'dracut' as const } };
    const fields = [
      ...loginFields,
      ...copyFields({ asksDebian: true }),
      ...configureFields(modern),
      ...configureFields(dracut),
    ];
    const without = fields.filter(({ kind, terms }) => kind !== 'button' && (terms ?? []).length === 0);
    expect(without.map(({ id }) => id)).toEqual([]);
  });

  test.each(allTerms.map((term) => [term]))('%s is told in one or two sentences', (term: Term) => {
    const sentences = glossary[term].text.split(/(?<=\.) (?=[A-Z])/);
    expect(sentences.length).toBeLessThanOrEqual(2);
    expect(glossary[term].text).toMatch(/\.$/);
  });

  test('are all there, however many come first', () => {
    const count = (terms: readonly Term[]) =>
      wordRows(terms, small).filter(([head]) => head?.tone === 'accent' && head.bold).length;
    expect(count([])).toBe(allTerms.length);
    expect(count(['armed', 'armed', 'pv'])).toBe(allTerms.length);
  });
});
