import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freshForm } from '../../source/fai/form.ts';
import { xe } from '../../source/text/shell.ts';
import { shortName } from '../../source/text/short-name.ts';
import { bodySize, footRow, headRows, messageRow } from '../../source/tui/app/frame.ts';
import { keysNow, topmost } from '../../source/tui/app/layers.ts';
import { cutLine, type Line, lineWidth, span } from '../../source/tui/kit/lines.ts';
import type { Size } from '../../source/tui/kit/size.ts';
import { ascii, unicode } from '../../source/tui/kit/theme.ts';
import { type AppState, screens } from '../../source/tui/screens/index.ts';
import type { JobEntry } from '../../source/tui/screens/plan/state.ts';
import { at, type Event, found, offer, play, result, say, stack, start, told, vm } from './play.ts';

const hostile = '名前\u001b[31m\u202e\u0007 very long name '.repeat(20);

const problem = {
  code: 'x',
  exit: 10,
  message: hostile,
  cause: hostile,
  try: [hostile, hostile],
  url: hostile,
} as const;
const finding = { severity: 'error', code: 'x', message: hostile, try: hostile } as const;

const template = vm('one', {
  name_label: hostile,
  is_a_template: true,
  PV_args: hostile,
  other_config: {
    'install-distro': 'debianlike',
    'install-repository': hostile,
    'debian-release': 'lenny',
    'install-arch': 'i386',
  },
});
const others = [template, vm('two', { name_label: hostile, is_a_template: true, HVM_boot_policy: 'BIOS order' })];
const hostileFound = Object.fromEntries(
  Object.entries(found).map(([key, value]) => [key, typeof value === 'string' ? hostile : value]),
);

/** A state that has everything in it, all of it hostile. */
function everything(): AppState {
  const vms = [
    vm('r1', { name_label: hostile, PV_args: hostile }),
    vm('r3', { name_label: hostile, power_state: 'Running', PV_bootloader: 'pygrub' }),
  ];
  const choice = { uuid: 'a', label: hostile };
  const file = {
    name: 'vmlinuz',
    url: hostile,
    ok: false,
    status: 404,
    bytes: 1,
    detail: hostile,
    sha256: null,
  } as const;
  const { state } = play(
    start({ suggestions: { banner: 'demo' } }),
    say.connect({ type: 'connected', found: { ...found, ...hostileFound }, profiles: [], name: 'x' }),
    say.template({ type: 'templates', vms: others }),
    say.act({ type: 'choices', srs: [choice], networks: [choice], defaultSr: 'a' }),
    told(vms),
    say.fleet({
      type: 'listening',
      listening: {
        state: 'taken',
        port: 4711,
        holder: hostile,
        problem: { code: 'x', exit: 2, message: hostile },
      },
    }),
    say.verify({
      type: 'verified',
      result: {
        ...result,
        ok: false,
        kernel: hostile,
        files: [file],
        findings: Array.from({ length: 9 }, () => finding),
      },
    }),
  );
  const { form } = state.configure;
  return {
    ...state,
    shared: {
      ...state.shared,
      templates: { ...state.shared.templates, chosen: 'u-one' },
      flash: { text: hostile, tone: 'bad' },
    },
    connect: { ...state.connect, problem },
    configure: {
      ...state.configure,
      problem,
      form: { ...form, values: { ...form.values, fai: { ...freshForm('dracut'), extra: hostile } } },
    },
    act: { ...state.act, problem },
  };
}

const plan = {
  id: '00000000',
  operation: 'rearm',
  target: { kind: 'made', name: hostile },
  actions: [{ do: 'shutdown', how: 'clean' }],
  erases: [{ device: '0', name: hostile, bytes: 1, sr: hostile }],
  sources: [{ what: 'x', value: 'y', from: hostile }],
  notes: [finding],
} as const;
const entries: readonly JobEntry[] = [
  {
    name: hostile,
    problem: null,
    note: null,
    planned: {
      steps: [
        {
          step: hostile,
          before: hostile,
          after: hostile,
          xe: [xe('vm-start', { uuid: hostile })],
          undo: [],
          target: hostile,
        },
      ],
      plan,
    },
  },
  { name: hostile, planned: null, problem, note: null },
];
const outcome = say.plan({
  type: 'result',
  result: { name: hostile, ok: false, text: hostile, problem, notes: [hostile], left: [hostile] },
  startable: vm('r1').ref,
});

const full = everything();
const on = (name: string): AppState => {
  const place = screens.find((screen) => screen.name === name)?.place ?? full.shared.place;
  return { ...full, shared: { ...full.shared, place } };
};
const after = (state: AppState, ...events: (string | Event)[]): AppState => play(state, ...events).state;
const params = say.template({ type: 'params', uuid: 'u', lines: [{ name: hostile, value: hostile, line: hostile }] });
const job = after(on('fleet'), 's', say.plan({ type: 'planned', entries }));

const states: Record<string, AppState> = {
  'hosts to choose': start({
    suggestions: {},
    profiles: Array.from({ length: 99 }, () => ({ name: hostile, address: 'https://a', user: hostile })),
  }),
  connect: { ...full, connect: { ...full.connect, phase: 'form' } },
  'unknown certificate': {
    ...full,
    connect: {
      ...full.connect,
      phase: 'untrusted',
      offer: {
        legacyTls: true,
        presented: {
          ...offer.presented,
          names: Array.from({ length: 99 }, () => hostile),
          issuer: hostile,
          protocol: hostile,
        },
      },
    },
  },
  connected: full,
  template: on('template'),
  'no template': after(on('template'), '/', 'ü'),
  copy: after(on('template'), 'c'),
  params: after(on('template'), params),
  configure: on('configure'),
  verify: on('verify'),
  stage: after(on('verify'), 't'),
  act: on('act'),
  create: after(on('act'), 'enter'),
  pick: after(on('act'), '2'),
  planning: after(on('fleet'), 's'),
  preview: job,
  running: after(job, 'y'),
  done: after(job, 'y', outcome, say.plan({ type: 'finished' })),
  fleet: on('fleet'),
  details: after(on('fleet'), 'enter'),
  log: after(on('fleet'), 'l'),
  help: after(on('fleet'), '?'),
};

const sizes = fc.record({
  width: fc.integer({ min: 78, max: 220 }),
  height: fc.integer({ min: 19, max: 70 }),
  glyphs: fc.constantFrom(unicode, ascii),
});

const clean = (rows: readonly Line[], { width, glyphs }: Size): void => {
  for (const raw of rows) {
    const row = cutLine(raw, width, glyphs);
    expect(lineWidth(row)).toBeLessThanOrEqual(width);
    for (const { text } of row) expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
};

describe('no row is wider than the screen, and nothing hostile gets through', () => {
  test.each(Object.entries(states))('%s', (_, state) => {
    fc.assert(
      fc.property(sizes, (size) => {
        const layers = stack(state);
        const view = topmost(layers, 'view')?.(state, size);
        expect(view?.rows.length).toBeGreaterThan(0);
        clean(view?.rows ?? [], size);
        const message = topmost(layers, 'message')?.(state) ?? [];
        clean(
          [
            ...headRows(screens, state.shared, size),
            messageRow(state.shared, message),
            footRow(keysNow(layers), state, size),
          ],
          size,
        );
      }),
      { numRuns: 20 },
    );
  });
});

test('the states above are what they are called', () => {
  const shown = (name: string): string => {
    const state = states[name] ?? full;
    const rows = topmost(stack(state), 'view')?.(state, { width: 78, height: 40, glyphs: unicode }).rows ?? [];
    return rows.map((row) => row.map(({ text }) => text).join('')).join('\n');
  };
  expect(shown('preview')).toContain('Plan: start 2 VMs');
  expect(shown('done')).toContain('Result: start 2 VMs');
  expect(shown('stage')).toContain('Put the netboot files');
  expect(shown('no template')).toContain('None of the templates shown matches /ü');
  expect(shown('pick')).toContain('Which VMs do you want to boot?');
  expect(shown('create')).toContain('New VMs');
});

test('a fleet of 5,000 is sorted once for a state of the host, and only what fits is drawn', () => {
  let read = 0;
  const counting = (ref: string) => {
    const one = vm(ref);
    return {
      ...one,
      record: new Proxy(one.record, {
        get(record, key, self) {
          if (key === 'name_label') read += 1;
          return Reflect.get(record, key, self);
        },
      }),
    };
  };
  const many = Array.from({ length: 5000 }, (_, index) => counting(`vm${index}`));
  const state = after(at('fleet'), told(many));
  const draw = (shown: AppState): void => {
    topmost(stack(shown), 'view')?.(shown, { width: 78, height: 19, glyphs: unicode });
  };
  draw(state);
  read = 0;
  const moved = after(state, 'j', 'j', 'pagedown');
  draw(moved);
  draw({ ...moved, shared: { ...moved.shared, now: moved.shared.now + 1000 } });
  expect(moved.fleet.list.selected).toBe('vm20');
  expect(read).toBeLessThan(200);
});

test('the ascii footer has nothing above ASCII', () => {
  for (const state of Object.values(states)) {
    const text = footRow(keysNow(stack(state)), state, { width: 200, height: 20, glyphs: ascii })
      .map((part) => part.text)
      .join('');
    expect(text).toMatch(/^[\x20-\x7e]*$/);
  }
});

describe('at 80 columns', () => {
  const small = { width: 80, height: 19, glyphs: unicode };
  const text = (row: Line): string => row.map((part) => part.text).join('');

  test.each(Object.entries(states))('the footer of %s is whole, and says where all keys are', (name, state) => {
    for (const glyphs of [unicode, ascii]) {
      const keys = keysNow(stack(state));
      const foot = footRow(keys, state, { ...small, glyphs });
      expect(lineWidth(foot)).toBeLessThanOrEqual(small.width);
      expect(cutLine(foot, small.width, glyphs)).toEqual(foot);
      // Each is a key with its whole label.
      const labels = keys.map((key) => key.labelNow?.(state) ?? key.label);
      for (const part of text(foot).trim().split(/ {2,}/)) expect(labels).toContain(part.replace(/^\S+ /, ''));
      const enter = keys.find((key) => key.keys[0] === 'enter' && !key.hidden && key.shown?.(state) !== false);
      if (enter !== undefined && (enter.disabled?.(state) ?? null) === null)
        expect(text(foot)).toContain(`Enter ${enter.labelNow?.(state) ?? enter.label}`);
      // Help itself is closed by any key, and while one types or waits there is nothing else to press.
      if (name !== 'help' && keys.some((key) => key.keys.includes('?'))) expect(text(foot)).toContain('? all keys');
    }
  });

  test.each(Object.entries(states))('the keys of %s can all be read, however many there are', (_, state) => {
    const keys = keysNow(stack(state)).filter(({ movement }) => !movement);
    let read = '';
    let sheet = play(state, '?').state;
    if (sheet.shared.sheet === null) return;
    for (let page = 0; page < 9; page += 1) {
      const body = bodySize(sheet.shared);
      const rows = topmost(stack(sheet), 'view')?.(sheet, body).rows ?? [];
      expect(rows.length).toBeLessThanOrEqual(body.height);
      for (const row of rows)
        expect(cutLine(row, 78, unicode).map((part) => part.text)).toEqual(row.map((part) => part.text));
      read += rows.map(text).join('\n');
      sheet = play(sheet, 'pagedown').state;
    }
    for (const key of keys) expect(read).toContain(key.help.slice(0, 30));
  });
});

test('what was cut says so in the signs of the terminal', () => {
  const text = (row: Line): string => row.map((part) => part.text).join('');
  expect(text(cutLine([span(shortName('a'.repeat(99)))], 78, ascii))).toMatch(/^a+~$/);
  expect(text(cutLine([span(shortName('a'.repeat(99)))], 78, unicode))).toMatch(/^a+…$/);
});

test('a name of thousands of characters leaves room for the question, and for what comes after it', () => {
  const rows = topmost(stack(job), 'view')?.(job, { width: 78, height: 19, glyphs: unicode }).rows ?? [];
  const text = rows.map((row) => row.map((part) => part.text).join(''));
  expect(text.findIndex((row) => row.includes('y does it'))).toBeLessThan(6);
  expect(text.some((row) => row.startsWith('·'))).toBe(true);
});
