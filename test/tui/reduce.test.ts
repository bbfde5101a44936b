import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freshForm } from '../../source/fai/form.ts';
import { bindings } from '../../source/tui/bindings.ts';
import { contextOf } from '../../source/tui/context.ts';
import type { Command, Event } from '../../source/tui/events.ts';
import { windowOf } from '../../source/tui/list.ts';
import { reduce } from '../../source/tui/reduce.ts';
import { startState } from '../../source/tui/start-state.ts';
import type { AppState } from '../../source/tui/state.ts';
import { editText, insert, textField } from '../../source/tui/text-field.ts';

const now = Date.parse('2010-11-15T10:53:00Z');
const start = (change: Partial<Parameters<typeof startState>[0]> = {}): AppState =>
  startState({
    suggestions: { address: 'xvm03', password: 'secret' },
    profiles: [],
    form: freshForm('live-boot'),
    now,
    readOnly: false,
    ...change,
  });

/** Feeds keys and results in; gives the state and every command on the way. */
function play(state: AppState, ...events: (string | Event)[]): { state: AppState; commands: Command[] } {
  const commands: Command[] = [];
  let current = state;
  for (const event of events) {
    const full: Event =
      typeof event === 'string'
        ? { type: 'key', key: { name: event, text: [...event].length === 1 ? event : '' } }
        : event;
    const [next, more] = reduce(current, full);
    current = next;
    commands.push(...more);
  }
  return { state: current, commands };
}

const found = {
  address: 'https://xvm03',
  product: 'XenServer',
  version: '5.6.0',
  name: 'xvm03',
  pool: '',
  xen: '3.4',
  loader: 2010,
  localAddress: '10.1.1.9',
};
const connected: Event = { type: 'connected', found, profiles: [], known: false };
const problem = { code: 'x', exit: 4, message: 'no' } as const;

describe('connecting', () => {
  test('Enter walks the fields and connects at the last one', () => {
    const { state, commands } = play(start(), 'enter', 'enter', 'enter');
    expect(commands).toEqual([{ do: 'connect', address: 'xvm03', user: 'root', password: 'secret' }]);
    expect(state.connect.phase).toBe('connecting');
  });

  test('? is a letter of the password and help everywhere else', () => {
    const typed = play(start(), 'enter', 'enter', '?').state;
    expect(typed.connect.password.value).toBe('secret?');
    expect(play(start(), '?').state.help).toBe(true);
  });

  test('a refused login leads back to the password, with everything kept', () => {
    const { state } = play(start(), 'enter', 'enter', 'enter', { type: 'failed', during: 'connect', problem });
    expect(state.connect).toMatchObject({ phase: 'form', field: 2, problem, address: { value: 'xvm03' } });
  });

  test('a known host lands in the fleet, a new one in the template', () => {
    expect(play(start(), connected, 'enter').state.step).toBe('template');
    expect(play(start(), { ...connected, known: true } as Event).state.step).toBe('fleet');
    const profiles = [{ name: 'xvm03', address: 'https://xvm03', user: 'root' }];
    const saved = start({ suggestions: {}, profiles });
    expect(contextOf(saved)).toBe('connect-menu');
    expect(play(saved, { type: 'menu', value: 'xvm03' }).state.connect).toMatchObject({ phase: 'form', field: 2 });
  });
});

describe('Ctrl-C', () => {
  test('leaves when nothing runs; first stops, then leaves when something does', () => {
    expect(play(start(), 'ctrl-c').commands).toEqual([{ do: 'quit', code: 130 }]);
    const running = play(start(), 'enter', 'enter', 'enter').state;
    const once = play(running, 'ctrl-c');
    expect(once.commands).toEqual([{ do: 'cancel' }]);
    expect(play(once.state, 'ctrl-c').commands).toEqual([{ do: 'quit', code: 130 }]);
    const stopped = play(once.state, { type: 'failed', during: 'connect', problem });
    expect(stopped.state.stopping).toBe(false);
  });
});

test('--read-only opens no work', () => {
  const state = { ...start({ readOnly: true }), step: 'fleet' as const };
  const withVm = { ...state, fleet: { ...state.fleet, selected: 'r' } };
  expect(play(withVm, 'n').state.job).toBeNull();
});

describe('text fields', () => {
  test.each([
    [['ctrl-u'], ''],
    [['ctrl-w'], 'one '],
    [['home', 'delete'], 'ne two'],
    [['backspace', 'x'], 'one twx'],
    [['ctrl-a', 'ctrl-k'], ''],
    [['left', 'left', 'left', 'ctrl-k'], 'one '],
  ])('%j', (keys, value) => {
    const after = keys.reduce(
      (field, name) => editText(field, { name, text: name.length === 1 ? name : '' }) ?? field,
      textField('one two'),
    );
    expect(after.value).toBe(value);
  });

  test('pasted newlines and controls never submit and never stay', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(insert(textField('a'), text).value).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
      }),
    );
    const pasted = play(start(), 'ctrl-u', { type: 'paste', text: 'xvm04\n' });
    expect(pasted.commands).toEqual([]);
    expect(pasted.state.connect.address.value).toBe('xvm04 ');
  });
});

test('a window always holds the selected row and never more rows than fit', () => {
  fc.assert(
    fc.property(fc.nat(5000), fc.nat(5000), fc.integer({ min: 1, max: 60 }), (count, at, height) => {
      const selected = Math.min(at, Math.max(0, count - 1));
      const [first, end] = windowOf(count, selected, height);
      expect(end - first).toBeLessThanOrEqual(height);
      if (count > 0) expect(selected >= first && selected < end).toBe(true);
    }),
  );
});

test('every place has Ctrl-C, and no key stands twice for one place', () => {
  for (const [context, list] of Object.entries(bindings)) {
    const keys = list.flatMap((binding) => binding.keys);
    expect({ context, double: keys.filter((key, at) => keys.indexOf(key) !== at) }).toEqual({ context, double: [] });
    expect({ context, stops: keys.includes('ctrl-c') }).toEqual({ context, stops: true });
  }
});
