import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { freshForm } from '../../source/fai/form.ts';
import { footRow, headRow, helpRows, railRow } from '../../source/tui/components/frame.ts';
import type { Event } from '../../source/tui/events.ts';
import { fleetView } from '../../source/tui/fleet/view.ts';
import { jobView } from '../../source/tui/job/view.ts';
import { cutLine, type Line, lineWidth } from '../../source/tui/lines.ts';
import { reduce } from '../../source/tui/reduce.ts';
import { startState } from '../../source/tui/start-state.ts';
import type { AppState } from '../../source/tui/state.ts';
import { ascii, unicode } from '../../source/tui/theme.ts';
import { createView, pickView } from '../../source/tui/wizard/act-view.ts';
import { configureView } from '../../source/tui/wizard/configure-view.ts';
import { connectRows } from '../../source/tui/wizard/connect-view.ts';
import { templateView } from '../../source/tui/wizard/template-view.ts';
import { verifyView } from '../../source/tui/wizard/verify-view.ts';
import { vmRecord } from '../../source/xapi/records.ts';

const now = Date.parse('2010-11-15T10:53:00Z');
const hostile = '名前\u001b[31m\u202e\u0007 very long name '.repeat(20);

const vm = (change: Record<string, unknown> = {}) => ({
  ref: String(change['ref'] ?? 'r1'),
  record: vmRecord.parse({
    uuid: `u-${change['ref'] ?? 'r1'}`,
    name_label: hostile,
    power_state: 'Halted',
    PV_bootloader: 'eliloader',
    PV_args: hostile,
    other_config: {
      'install-distro': 'debianlike',
      'install-repository': hostile,
      'debian-release': 'lenny',
      'install-arch': 'i386',
    },
    ...change,
  }),
});

/** A state that has everything in it, all of it hostile. */
function fullState(): AppState {
  const events: Event[] = [
    {
      type: 'connected',
      known: false,
      profiles: [],
      found: {
        address: hostile,
        product: hostile,
        version: hostile,
        name: hostile,
        pool: hostile,
        xen: '3.4',
        loader: 2010,
        localAddress: hostile,
      },
    },
    {
      type: 'templates',
      vms: [vm({ is_a_template: true }), vm({ ref: 'r2', is_a_template: true, HVM_boot_policy: 'BIOS order' })],
    },
    {
      type: 'choices',
      srs: [{ uuid: 'a', label: hostile }],
      networks: [{ uuid: 'b', label: hostile }],
      defaultSr: 'a',
    },
    {
      type: 'installs',
      now,
      event: {
        type: 'all',
        vms: [vm(), vm({ ref: 'r3', power_state: 'Running', PV_bootloader: 'pygrub' })],
        macs: new Map(),
      },
    },
    { type: 'receiver-failed', problem: hostile },
    {
      type: 'verified',
      result: {
        ok: false,
        kernel: hostile,
        files: [{ name: 'vmlinuz', url: hostile, ok: false, status: 404, bytes: 1, detail: hostile, sha256: null }],
        findings: Array.from({ length: 9 }, () => ({
          severity: 'error' as const,
          code: 'x',
          message: hostile,
          try: hostile,
        })),
      },
    },
  ];
  const start = startState({
    suggestions: { banner: 'demo' },
    profiles: [],
    form: { ...freshForm('dracut'), extra: hostile },
    now,
    readOnly: false,
  });
  const state = events.reduce((current, event) => reduce(current, event)[0], start);
  const problem = {
    code: 'x',
    exit: 10 as const,
    message: hostile,
    cause: hostile,
    try: [hostile, hostile],
    url: hostile,
  };
  const plan = {
    operation: 'rearm',
    target: { kind: 'made' as const, name: hostile },
    actions: [{ do: 'set-key' as const, key: 'k', before: hostile, after: hostile }],
    erases: [hostile],
    sources: [],
    notes: [],
  };
  return {
    ...state,
    connect: { ...state.connect, problem },
    template: { ...state.template, chosen: 'u-r1', list: { selected: 'u-r1', filter: '' } },
    configure: { ...state.configure, problem },
    act: { ...state.act, candidates: [{ ref: 'r1', name: hostile, state: 'fired', reason: hostile }], problem },
    job: {
      work: 'rearm',
      phase: 'preview',
      dangerous: true,
      force: false,
      chained: false,
      plans: [
        { name: hostile, plan, problem: null, note: null },
        { name: hostile, plan: null, problem, note: null },
      ],
      progress: {},
      results: [{ name: hostile, ok: false, text: hostile, problem }],
      startable: ['r1'],
      scroll: 3,
      problem,
    },
  };
}

describe('no screen is taller than it may be, and nothing hostile gets through', () => {
  const state = fullState();
  const views: [string, (size: { width: number; height: number; glyphs: typeof unicode }) => Line[]][] = [
    [
      'connect',
      (size) => connectRows({ ...state, connect: { ...state.connect, phase: 'form' } }, size).slice(0, size.height),
    ],
    ['connected', (size) => connectRows(state, size).slice(0, size.height)],
    ['template', (size) => templateView(state, size)],
    [
      'copy',
      (size) =>
        templateView(
          reduce({ ...state, job: null, step: 'template' }, { type: 'key', key: { name: 'c', text: 'c' } })[0],
          size,
        ),
    ],
    [
      'params',
      (size) =>
        templateView(
          reduce(
            { ...state, step: 'template' },
            { type: 'params', uuid: 'u', lines: [{ name: hostile, value: hostile, line: hostile }] },
          )[0],
          size,
        ),
    ],
    ['configure', (size) => configureView(state, size)],
    ['verify', (size) => verifyView(state, size)],
    ['create', (size) => createView(state, size).slice(0, size.height)],
    ['pick', (size) => pickView(state, size)],
    ['job preview', (size) => jobView(state, size).slice(0, size.height)],
    [
      'job done',
      (size) => jobView({ ...state, job: state.job === null ? null : { ...state.job, phase: 'done' } }, size),
    ],
    [
      'job running',
      (size) => jobView({ ...state, job: state.job === null ? null : { ...state.job, phase: 'running' } }, size),
    ],
    ['fleet', (size) => fleetView(state, size)],
    [
      'details',
      (size) => fleetView({ ...state, fleet: { ...state.fleet, pane: 'details' } }, size).slice(0, size.height),
    ],
    ['log', (size) => fleetView({ ...state, fleet: { ...state.fleet, pane: 'log' } }, size)],
    ['help', (size) => helpRows({ ...state, job: null, step: 'fleet' }, size)],
    [
      'frame',
      (size) => [headRow(state, size), railRow(state, size), footRow({ ...state, job: null, step: 'fleet' }, size)],
    ],
  ];
  test.each(views)('%s', (_, view) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 78, max: 220 }),
        fc.integer({ min: 19, max: 70 }),
        fc.constantFrom(unicode, ascii),
        (width, height, glyphs) => {
          const rows = view({ width, height, glyphs });
          expect(rows.length).toBeLessThanOrEqual(height);
          for (const raw of rows) {
            const row = cutLine(raw, width, glyphs);
            expect(lineWidth(row)).toBeLessThanOrEqual(width);
            for (const { text } of row) expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
          }
        },
      ),
      { numRuns: 25 },
    );
  });
});
