import { describe, expect, test } from 'vitest';
import { freeName } from '../../source/operations/vm-names.ts';
import { topmost } from '../../source/tui/app/layers.ts';
import { buttonField, type Field, type FormState, newForm, stringField } from '../../source/tui/kit/form.ts';
import { type FormAt, formKeys, typeIn } from '../../source/tui/kit/form-keys.ts';
import { formRows, helpRows } from '../../source/tui/kit/form-rows.ts';
import { lineWidth } from '../../source/tui/kit/lines.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import { configureFields } from '../../source/tui/screens/configure/fields.ts';
import { loginFields } from '../../source/tui/screens/connect/state.ts';
import { at, connected, play, result, say, stack, start, told, vm } from './play.ts';

// How one moves in a form, what is folded away, and what is filled in before one comes to it.

interface Answers {
  readonly name: string;
  readonly size: string;
  readonly kind: string;
}

const fields: readonly Field<Answers>[] = [
  stringField('name', { label: 'name', help: 'short', required: 'A name is missing.' }),
  stringField('size', {
    label: 'size',
    help: 'word '.repeat(80),
    folded: true,
    check: ({ size }: Answers) => (size === 'bad' ? 'No such size.' : null),
  }),
  {
    ...stringField<'kind', Answers>('kind', { label: 'kind', help: '', folded: true, kind: 'choice' }),
    options: () => ['a', 'b'].map((value) => ({ value, label: `kind ${value}` })),
  },
  buttonField('Go', ''),
];

interface State {
  readonly form: FormState<Answers>;
  readonly sent: boolean;
}
const form: FormAt<State, never, Answers> = {
  form: (state) => state.form,
  put: (state, next) => ({ ...state, form: next }),
  fields: () => fields,
  submit: (state) => [{ ...state, sent: true }, []],
  last: 'go',
  help: '',
};
const begin: State = { form: newForm({ name: 'web', size: '8G', kind: 'a' }), sent: false };
const keys = formKeys(form);

function press(state: State, ...names: string[]): State {
  return names.reduce((now, name) => {
    const key = { name, text: name.length === 1 ? name : '' };
    const binding = keys.find((one) => one.keys.includes(name));
    return (binding === undefined ? typeIn(form, now, key) : binding.run(now, key))[0];
  }, state);
}
const focus = (...names: string[]): string => press(begin, ...names).form.focus;
const size = { width: 78, height: 19, glyphs: unicode };
const rows = (state: State): string[] =>
  formRows(fields, state.form, size).rows.map((row) => row.map(({ text }) => text).join(''));

describe('moving', () => {
  test.each([
    [['tab'], 'fold'],
    [['tab', 'tab'], 'button'],
    [['tab', 'tab', 'tab'], 'name'],
    [['shift-tab'], 'button'],
    [['down', 'down', 'down', 'down'], 'button'],
    [['up'], 'name'],
    [['pagedown'], 'button'],
    [['pagedown', 'pageup'], 'name'],
    [['pagedown', 'home'], 'name'],
    [['pagedown', 'home', 'tab', 'end'], 'button'],
    [['enter'], 'button'],
  ])('%j leads to %s', (names, to) => {
    expect(focus(...names)).toBe(to);
  });

  test('Home and End move in a text, Enter on the button sends', () => {
    expect(press(begin, 'home', 'x', 'end', 'y').form.values.name).toBe('xweby');
    expect(press(begin, 'enter', 'enter').sent).toBe(true);
  });
});

describe('what has a default', () => {
  test('is one line that says what it holds; Enter on it shows the fields, and folds them again', () => {
    expect(rows(begin)).toHaveLength(3);
    expect(rows(begin)[1]).toMatch(/2 more +size 8G, kind a/);
    const open = press(begin, 'tab', 'enter');
    expect(rows(open)).toHaveLength(5);
    expect(open.form.focus).toBe('fold');
    expect(press(open, 'down').form.focus).toBe('size');
    expect(rows(press(open, 'enter'))).toHaveLength(3);
    expect(rows(press(begin, 'tab', 'right'))).toHaveLength(5);
  });

  test('is shown when something is wrong with it, with the cursor there', () => {
    const wrong = { ...begin, form: newForm({ name: 'web', size: 'bad', kind: 'a' }) };
    const sent = press(wrong, 'pagedown', 'enter');
    expect(sent).toMatchObject({ sent: false, form: { focus: 'size', unfolded: true } });
    expect(rows(sent).join('\n')).toContain('No such size.');
  });
});

test('what must be filled in is marked, and is where one begins when it is empty', () => {
  expect(rows(begin)[0]).toMatch(/name \* /);
  expect(rows(begin).join('\n').match(/\*/g)).toHaveLength(1);
  const host = start({ suggestions: { address: 'xvm03' } });
  expect(host.connect.form.focus).toBe('password');
});

test('nothing moves when the cursor does: the help takes the same rows for every field', () => {
  const heights = ['name', 'size'].map(
    (id) => helpRows(fields, { ...newForm(begin.form.values, id), unfolded: true }, size).length,
  );
  expect(new Set(heights).size).toBe(1);
  const values = at('configure').configure.form.values;
  const dracut = { ...values, fai: { ...values.fai, dialect: 'dracut' as const } };
  for (const { help } of [...configureFields(values), ...configureFields(dracut), ...loginFields])
    expect({ help, fits: lineWidth([{ text: help }]) <= 2 * 70 }).toEqual({ help, fits: true });
});

test('nothing moves when an answer is wrong: what is wrong stands behind it, and whole in the help where it is cut', () => {
  const long = `It is wrong, ${'because '.repeat(8)}of this.`;
  const drawn = (value: string, error: string | null, focus: string) => {
    const refused = error === null ? null : { field: 'size', text: error };
    const state = { ...newForm({ name: 'web', size: value, kind: 'a' }, focus), unfolded: true, error: refused };
    const lines = [...formRows(fields, state, size).rows, ...helpRows(fields, state, size)];
    return lines.map((row) => row.map(({ text }) => text).join(''));
  };
  const heights = ['8G', 'bad'].flatMap((value) =>
    [null, 'No.', long].flatMap((error) => ['name', 'size'].map((focus) => drawn(value, error, focus).length)),
  );
  expect(new Set(heights).size).toBe(1);
  expect(drawn('bad', null, 'size')[2]).toMatch(/^\S!size +bad +No such size\.$/);
  expect(
    drawn('bad', null, 'size')
      .join('')
      .match(/No such size/g),
  ).toHaveLength(1);
  expect(drawn('8G', long, 'name')[2]).toMatch(/^ !size +8G +It is wrong, because .*…$/);
  expect(drawn('8G', long, 'size').slice(-2).join(' ')).toContain('of this.');
  const wide = drawn('w'.repeat(70), long, 'name')[2] ?? '';
  expect([wide.startsWith(' !size'), lineWidth([{ text: wide }]) <= size.width]).toEqual([true, true]);
});

describe('a name that is free', () => {
  test.each([
    [[], undefined, 'web01'],
    [['web01', 'web02'], undefined, 'web03'],
    [['db9'], 'db9', 'db10'],
    [['mail'], 'mail', 'mail01'],
    [['web99'], 'web99', 'web100'],
  ])('%j after %s: %s', (taken, like, name) => {
    expect(freeName(new Set(taken), like)).toBe(name);
  });

  test('stands in the form for new VMs, and another one when that has been made', () => {
    const opened = play(at('act'), 'enter').state;
    expect(opened.act.form.values.names).toBe('web01');
    const made = play(opened, told([vm('web01')]), 'escape', 'enter').state;
    expect(made.act.form.values.names).toBe('web02');
    const typed = play(opened, 'ctrl-u', 'd', 'b', 'escape', 'enter').state;
    expect(typed.act.form.values.names).toBe('db');
  });

  test('stands in the form for a copy, too', () => {
    const taken = play(
      at('template'),
      say.template({ type: 'templates', vms: [vm('FAI lenny', { is_a_template: true })] }),
    );
    expect(play(taken.state, 'c').state.template.copy?.form.values.name).toBe('FAI lenny 2');
  });
});

describe('a saved host', () => {
  const profiles = [
    { name: 'a', address: 'https://a', user: 'root' },
    { name: 'b', address: 'https://b', user: 'admin' },
  ];
  const menu = start({ suggestions: {}, profiles });

  test('leads to its password, and nothing is sent without one', () => {
    const chosen = play(menu, 'enter', 'enter', 'enter');
    expect(chosen.commands).toEqual([]);
    expect(chosen.state.connect).toMatchObject({
      phase: 'form',
      form: { focus: 'password', error: { field: 'password' } },
    });
    expect(play(chosen.state, 's', 'enter').commands).toEqual([
      { do: 'connect', address: 'https://a', user: 'root', password: 's' },
    ]);
  });

  test('never gets the password that was typed for another', () => {
    const other = play(menu, 'enter', 's', 'escape', 'down', 'enter').state;
    expect(other.connect.form.values).toEqual({ address: 'https://b', user: 'admin', password: '' });
  });

  test('a new one begins at its address', () => {
    const fresh = play(menu, 'end', 'enter', 'x').state;
    expect(fresh.connect.form).toMatchObject({ focus: 'address', values: { address: 'x', password: '' } });
  });
});

test('templates that FAI cannot boot are one line with their number, until o shows them', () => {
  const others = [1, 2].map((n) => vm(`w${n}`, { is_a_template: true, HVM_boot_policy: 'BIOS order' }));
  const all = say.template({ type: 'templates', vms: [vm('own', { is_a_template: true }), ...others] });
  const { state } = play(start(), connected, all, 'enter');
  expect(play(state, 'end').state.template.list.selected).toBe('u-own');
  const shown = play(state, 'o', 'end').state;
  expect(shown.template.list.selected).toBe('u-w2');
  expect(play(shown, 'enter').state.shared.flash?.text).toContain('Not for FAI');
  expect(play(shown, 'o').state.template.list.selected).toBe('u-own');
});

describe('what is typed for a size', () => {
  const typed = (memory: string) =>
    play(at('act'), 'enter', 'tab', 'enter', 'down', 'ctrl-u', ...memory, 'pagedown', 'enter');

  test.each(['5', '12x', '0'])('%s is refused at its field', (memory) => {
    const { state, commands } = typed(memory);
    expect(commands.filter((command) => 'do' in command && command.do === 'plan')).toEqual([]);
    expect(state.act.form).toMatchObject({ focus: 'memory', error: { text: expect.stringContaining('512M') } });
  });

  test('one with a unit is taken', () => {
    expect(typed('1G').commands.at(-1)).toMatchObject({ do: 'plan', request: { answers: { memory: '1G' } } });
  });
});

test('one failed fetch is said once, with what to try', () => {
  const file = (name: 'vmlinuz' | 'initrd.gz') => ({
    name,
    url: `http://x/${name}`,
    ok: false,
    status: 404,
    bytes: null,
    detail: 'there is no such file (404)',
    sha256: null,
  });
  const files = [file('vmlinuz'), file('initrd.gz')];
  const findings = files.map(({ name, detail }) => ({
    severity: 'error' as const,
    code: 'missing',
    message: `${name}: ${detail}.`,
    try: 'Put it there.',
  }));
  const state = play(
    at('verify'),
    say.verify({ type: 'verified', result: { ...result, ok: false, files, findings } }),
  ).state;
  const rows = topmost(stack(state), 'view')?.(state, { ...size, height: 60 }).rows ?? [];
  const text = rows.map((row) => row.map((part) => part.text).join('')).join('\n');
  expect(text.match(/no such file/g)).toHaveLength(2);
  expect(text.match(/Put it there/g)).toHaveLength(1);
});

test('the list of VMs to boot says how many are ticked, and by which key all armed ones are', () => {
  const head = (...keys: string[]): string => {
    const { state } = play(at('act'), '2', ...keys);
    const rows = topmost(stack(state), 'view')?.(state, size).rows ?? [];
    return (rows[0] ?? []).map(({ text }) => text).join('');
  };
  expect(head()).toContain('* ticks all armed');
  expect(head('*')).toContain('1 ticked');
});

describe('what Enter does in a result', () => {
  const done = (work: 'create' | 'rearm') => {
    const asked =
      work === 'create'
        ? play(at('act'), 'enter', 'pagedown', 'enter').state
        : play(at('fleet'), '/', 'o', 'n', 'enter', 'a').state;
    const outcome = say.plan({
      type: 'result',
      result: { name: 'web01', ok: true, text: 'armed, halted', problem: null, notes: [], left: [] },
      startable: vm('web01').ref,
    });
    return play(asked, say.plan({ type: 'planned', entries: [] }), outcome, say.plan({ type: 'finished' }), 'enter');
  };

  test('it starts what this very plan has made, by a plan of its own', () => {
    expect(done('create').commands.at(-1)).toMatchObject({ do: 'plan', request: { work: 'start', chained: true } });
  });

  test('it starts nothing that was there before', () => {
    const { state, commands } = done('rearm');
    expect(commands.filter((command) => 'do' in command && command.do === 'plan')).toEqual([]);
    expect(state.plan.job).toBeNull();
  });
});
