import { describe, expect, test } from 'vitest';
import { keysNow, topmost } from '../../source/tui/app/layers.ts';
import { saidOnly } from '../../source/tui/app/told.ts';
import { unicode } from '../../source/tui/kit/theme.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import {
  at,
  begin,
  connected,
  offer,
  own,
  play,
  problem,
  result,
  say,
  stack,
  start,
  told,
  untrusted,
  verified,
  vm,
} from './play.ts';

describe('connecting', () => {
  test('Enter walks the fields and connects at the last one', () => {
    const { state, commands } = play(start(), 'enter', 'enter', 'enter');
    expect(commands).toEqual([{ do: 'connect', address: 'xvm03', user: 'root', password: 'secret' }]);
    expect(state.connect.phase).toBe('connecting');
  });

  test('? is a letter of the password and help everywhere else', () => {
    const typed = play(start(), 'enter', 'enter', '?').state;
    expect(typed.connect.form.values.password).toBe('secret?');
    expect(play(start(), '?').state.shared.sheet?.shows).toBe('keys');
  });

  test('a refused login leads back to the password, with everything else kept', () => {
    const failed = say.connect({ type: 'failed', problem });
    const { state } = play(start(), 'enter', 'enter', 'enter', failed);
    expect(state.connect).toMatchObject({
      phase: 'form',
      problem,
      form: { focus: 'password', values: { address: 'xvm03', password: '' } },
    });
  });

  test('without an address the cursor goes to it, and nothing is sent', () => {
    const { state, commands } = play(start({ suggestions: {} }), 'enter', 'enter', 'enter');
    expect(commands).toEqual([]);
    expect(state.connect.form).toMatchObject({ focus: 'address', error: { field: 'address' } });
  });

  test('a new host leads to the template; one known before this session to the fleet, once', () => {
    expect(play(start(), connected, 'enter').state.shared.place.name).toBe('template');
    const profiles = [{ name: 'xvm03', address: 'https://xvm03', user: 'root' }];
    const known = play(start({ profiles }), connected);
    expect(known.state.shared.place.name).toBe('fleet');
    expect(known.commands).toEqual([{ do: 'load-templates' }, { do: 'follow' }]);
    const again = play(known.state, 'escape', 'escape', 'escape', connected).state;
    expect(again.shared.place.name).toBe('connect');
  });
});

describe('a host that was named, with its password', () => {
  const suggestions = { address: 'xvm03', password: 'secret', direct: true };

  test('is connected to before the first key, and its fleet is shown, known from before or not', () => {
    const begun = begin({ suggestions });
    expect(begun.commands).toEqual([{ do: 'connect', address: 'xvm03', user: 'root', password: 'secret' }]);
    expect(begun.state.connect.phase).toBe('connecting');
    const { state, commands } = play(begun.state, connected);
    expect(state.shared.place.name).toBe('fleet');
    expect(commands).toEqual([{ do: 'load-templates' }, { do: 'follow' }]);
    expect(play(state, 'ctrl-f').state.shared.flash?.text).toBe('You are there already.');
    expect(play(state, 'n', 'ctrl-f').state.shared.place.name).toBe('fleet');
    expect(play(state, 'n', 'ctrl-f', 'ctrl-f').state.shared.place.name).toBe('act');
  });

  test.each([
    [problem, { focus: 'password', values: { address: 'xvm03', password: '' } }],
    [{ ...problem, exit: 3 } as const, { focus: 'address', values: { address: 'xvm03', password: 'secret' } }],
  ])('what goes wrong leads to the form, and nothing is tried again', (problem, form) => {
    const { state, commands } = play(begin({ suggestions }).state, say.connect({ type: 'failed', problem }));
    expect(state.connect).toMatchObject({ phase: 'form', problem, form });
    expect(commands).toEqual([]);
  });

  test('without anybody naming both nothing is done by itself', () => {
    expect(begin().commands).toEqual([]);
  });
});

describe('Ctrl-C', () => {
  test('leaves when nothing runs; first stops, then leaves when something does', () => {
    expect(play(start(), 'ctrl-c').commands).toEqual([{ app: 'quit', code: 130 }]);
    const running = play(start(), 'enter', 'enter', 'enter').state;
    const once = play(running, 'ctrl-c');
    expect(once.commands).toEqual([{ app: 'cancel' }]);
    expect(play(once.state, 'ctrl-c').commands).toEqual([{ app: 'quit', code: 130 }]);
    const stopped = play(once.state, say.connect({ type: 'failed', problem }));
    expect(stopped.state.shared.stopping).toBe(false);
  });

  test('is stopped by no layer: not by help, a filter, a form, or a plan', () => {
    const filter = play(at('template'), '/').state;
    const help = play(at('fleet'), '?').state;
    const plan = play(at('fleet'), 's').state;
    for (const state of [filter, help, play(start(), 'tab').state])
      expect(play(state, 'ctrl-c').commands).toEqual([{ app: 'quit', code: 130 }]);
    expect(play(plan, 'ctrl-c').commands).toEqual([{ app: 'cancel' }]);
  });
});

describe('the topmost layer gets the key', () => {
  const place = (state: AppState): string => state.shared.place.name;

  test('help over a filter over the parameters over the list, one Esc each', () => {
    const params = say.template({
      type: 'params',
      uuid: 'u-own',
      lines: ['one', 'two'].map((name) => ({ name, value: '', line: name })),
    });
    const all = play(at('template'), params, '?').state;
    expect(all.shared.sheet?.shows).toBe('keys');
    const closed = play(all, 'x').state;
    expect([closed.shared.sheet, closed.template.params?.list.selected]).toEqual([null, 'one']);
    const filter = play(closed, '/', 't', 'w').state;
    expect(filter.template.params?.list).toMatchObject({ filter: 'tw', selected: 'two' });
    const cleared = play(filter, 'escape').state;
    expect(cleared.template.params?.list).toMatchObject({ filter: '', typing: null });
    const list = play(cleared, 'escape').state;
    expect([list.template.params, place(list)]).toEqual([null, 'template']);
    expect(place(play(list, 'escape').state)).toBe('connect');
  });

  test('a plan lies over the screen that asked for it', () => {
    const asked = play(at('fleet'), 's');
    expect(asked.commands).toMatchObject([
      { do: 'plan', request: { work: 'start', refs: ['armed'], template: 'u-own' } },
    ]);
    expect(play(asked.state, 'j').state.fleet.list.selected).toBe('armed');
    const gone = play(asked.state, 'escape');
    expect([gone.state.plan.job, gone.commands]).toEqual([null, [{ app: 'cancel' }]]);
  });

  test('letters are typed into a form, not taken for keys of the screen below', () => {
    const copy = play(at('template'), 'c', 'ctrl-u', 'q', '/', 'r').state;
    expect(copy.template.copy?.form.values.name).toBe('q/r');
  });
});

test('a key without use says why, and the reason goes with the next key', () => {
  const { state } = play(at('fleet'), 'g', 's');
  expect(state.shared.flash?.text).toBe('It runs already.');
  expect(play(state, 'k').state.shared.flash).toBeNull();
});

test('what was typed stays when a form is left by Esc', () => {
  const typed = play(at('template'), 'c', 'ctrl-u', 'm', 'y', 'escape', 'c').state;
  expect(typed.template.copy?.form.values.name).toBe('my');
  const configure = play(at('configure'), 'ctrl-u', 'x', 'escape', 'enter').state;
  expect([configure.shared.place.name, configure.configure.form.values.repository]).toEqual(['configure', 'x']);
  const stage = play(at('verify'), verified(false), 't', 'a', 'escape', 't').state;
  expect(stage.verify.stage.form.values.root).toBe('a');
  const create = play(at('act'), 'enter', 'ctrl-u', 'w', 'escape', 'enter').state;
  expect(create.act.form.values.names).toBe('w');
});

test('another template starts anew, the same one does not', () => {
  const typed = play(at('configure'), 'ctrl-u', 'x', 'escape').state;
  const copied = say.template({
    type: 'copied',
    name: 'two',
    told: saidOnly('armed, halted'),
    vm: vm('two', { is_a_template: true }),
  });
  const { state } = play(typed, copied);
  expect(state.shared.place.name).toBe('configure');
  expect(state.configure.form.values.repository).toBe('http://10.1.1.6/debian');
  expect(state.template.list.selected).toBe('u-two');
});

test('saving leads to the check, a good check to what can be done, Esc back the same way', () => {
  const saved = play(at('configure'), 'pagedown', 'enter');
  expect(saved.commands).toMatchObject([{ do: 'save', template: 'u-own' }]);
  const checking = play(
    saved.state,
    say.configure({ type: 'configured', vm: own, told: saidOnly('armed'), changed: true }),
  );
  expect(checking.commands).toEqual([{ do: 'verify', template: 'u-own' }]);
  expect(play(checking.state, 'enter').state.shared.flash?.text).toBe('The check is not done yet.');
  const acting = play(checking.state, verified(true), 'enter').state;
  expect(acting.shared.place.name).toBe('act');
  const back = play(acting, 'escape', 'escape', 'escape', 'escape');
  expect([back.state.shared.place.name, back.commands]).toEqual(['connect', []]);
});

test('a failed check can be overridden, and the plan of new VMs knows it', () => {
  const overridden = play(at('verify'), verified(false), 'enter', 'o', 'enter', 'pagedown', 'enter');
  expect(overridden.commands.at(-1)).toMatchObject({ do: 'plan', request: { work: 'create', force: true } });
});

test('staged files are checked again', () => {
  const staged = say.verify({ type: 'staged', lines: ['vmlinuz below /srv'], changed: true });
  const { state, commands } = play(at('verify'), verified(false), 't', '/', 'tab', '/', 'pagedown', 'enter', staged);
  expect(commands).toEqual([
    { do: 'stage', root: '/', source: '/', initrd: '', release: 'lenny', arch: 'i386' },
    { do: 'verify', template: 'u-own' },
  ]);
  expect(state.shared.history.at(-1)).toBe('vmlinuz below /srv');
});

test('what was made is selected in the fleet, whatever was filtered there', () => {
  const filtered = play(at('fleet'), '/', 'o', 'enter', 'n').state;
  expect(filtered.fleet.list).toMatchObject({ filter: 'o', selected: 'on' });
  const planned = say.plan({ type: 'planned', entries: [] });
  const done = say.plan({
    type: 'result',
    result: { name: 'armed', ok: true, ...saidOnly('armed') },
    startable: vm('armed').ref,
  });
  const made = play(
    filtered,
    'g',
    'enter',
    'w',
    'pagedown',
    'enter',
    planned,
    done,
    say.plan({ type: 'finished' }),
    'escape',
  );
  expect(made.state.shared.place.name).toBe('fleet');
  expect(made.state.fleet.list).toMatchObject({ filter: '', selected: 'armed' });
});

test('a verdict is recorded', () => {
  const { ref } = vm('on');
  const proven = say.fleet({ type: 'verdict', ref, verdict: { verdict: 'installed' } });
  const command = { do: 'record-verdict', ref, verdict: { verdict: 'installed' } };
  expect(play(at('fleet'), proven).commands).toEqual([command]);
});

test('while one picks, the candidates follow the host, and one that no longer fits loses its tick', () => {
  const picking = play(at('act'), '2', 'space').state;
  expect([...picking.act.list.ticked]).toEqual(['armed']);
  const running = told([vm('armed', { power_state: 'Running', domid: 5 }), vm('part')]);
  const after = play(picking, running).state;
  expect([after.act.list.selected, after.act.list.ticked.size]).toEqual(['part', 0]);
});

describe('a host that nobody has agreed to yet', () => {
  const asked = () => play(start(), 'enter', 'enter', 'enter', untrusted).state;
  const login = { do: 'connect', address: 'xvm03', user: 'root', password: 'secret' };

  test('is shown, and only y agrees', () => {
    const { state, commands } = play(asked(), 'enter', 'space', '1', 'x');
    expect([state.connect.phase, state.connect.offer, commands]).toEqual(['untrusted', offer, []]);
    const yes = play(state, 'y');
    expect([yes.state.connect.phase, yes.commands]).toEqual(['connecting', [{ ...login, agreed: offer }]]);
    // The pool's coordinator is asked about, too.
    expect(play(yes.state, untrusted).state.connect.phase).toBe('untrusted');
  });

  test.each(['n', 'escape'])('%s leads back to the form, and the next try asks anew', (key) => {
    const { state } = play(asked(), key);
    expect([state.connect.phase, state.connect.offer]).toEqual(['form', null]);
    expect(play(state, 'enter', 'enter', 'enter').commands).toEqual([login]);
  });

  test('is nobody’s business any more after Escape', () => {
    const { state } = play(start(), 'enter', 'enter', 'enter', 'escape', untrusted);
    expect(state.connect.phase).toBe('form');
  });

  test('is shown whole on a small screen', () => {
    const state = asked();
    const view = topmost(stack(state), 'view')?.(state, { width: 78, height: 19, glyphs: unicode });
    const text = (view?.rows ?? []).map((row) => row.map((part) => part.text).join(''));
    expect(text.length).toBeLessThanOrEqual(19);
    expect(text.join('').replaceAll(' ', '')).toContain(offer.presented.fingerprint);
    expect(text.join('\n')).toMatch(/2010-05-01 to 2020-04-28 \(over\)|2010-05-01 to 2020-04-28/);
  });
});

test('every place has Ctrl-C, and no key stands twice for one place', () => {
  const params = say.template({ type: 'params', uuid: 'u', lines: [{ name: 'a', value: '', line: 'a' }] });
  const planned = say.plan({ type: 'planned', entries: [] });
  const finished = say.plan({ type: 'finished' });
  const profiles = [{ name: 'a', address: 'https://a', user: 'root' }];
  const places: Record<string, AppState> = {
    menu: start({ suggestions: {}, profiles }),
    form: start(),
    password: play(start(), 'enter', 'enter').state,
    connecting: play(start(), 'enter', 'enter', 'enter').state,
    untrusted: play(start(), 'enter', 'enter', 'enter', untrusted).state,
    connected: play(start(), connected).state,
    template: at('template'),
    filter: play(at('template'), '/').state,
    copy: play(at('template'), 'c').state,
    copying: play(at('template'), 'c', 'pagedown', 'enter').state,
    params: play(at('template'), params).state,
    configure: at('configure'),
    saving: play(at('configure'), 'pagedown', 'enter').state,
    verify: play(at('verify'), say.verify({ type: 'verified', result: { ...result, ok: false } })).state,
    stage: play(at('verify'), verified(false), 't').state,
    act: at('act'),
    create: play(at('act'), 'enter').state,
    pick: play(at('act'), '2').state,
    planning: play(at('fleet'), 's').state,
    preview: play(at('fleet'), 's', planned).state,
    done: play(at('fleet'), 's', planned, finished).state,
    fleet: at('fleet'),
    help: play(at('fleet'), '?').state,
  };
  for (const [name, state] of Object.entries(places)) {
    const keys = keysNow(stack(state)).flatMap((binding) => binding.keys);
    expect({ name, double: keys.filter((key, index) => keys.indexOf(key) !== index) }).toEqual({ name, double: [] });
    expect({ name, stops: keys.includes('ctrl-c') }).toEqual({ name, stops: true });
  }
});
