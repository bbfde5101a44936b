import type { VmRecord } from '../xapi/records.ts';
import type { Binding, Context } from './keys.ts';
import {
  canRearmRecord,
  canRepairRecord,
  canStartRecord,
  canStopRecord,
  dom0Line,
  pickReason,
  stageReason,
  templateReason,
} from './reasons.ts';
import type { AppState } from './state.ts';

const bind = (
  action: string,
  keys: string,
  label: string,
  help: string,
  extra: Partial<Pick<Binding, 'shown' | 'hidden' | 'onlyWhenPossible' | 'disabled'>> = {},
): Binding => ({ action, keys: keys.split(' '), shown: shownKey(keys.split(' ')[0] ?? ''), label, help, ...extra });

const names: Readonly<Record<string, string>> = {
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  space: 'Space',
  up: '↑↓',
  left: '←→',
  pagedown: 'PgDn',
};

const shownKey = (key: string): string =>
  names[key] ?? key.replace(/^ctrl-(.)$/, (_, letter: string) => `^${letter.toUpperCase()}`);

const moves: readonly Binding[] = [
  bind('up', 'up k', 'move', 'one up', { hidden: true }),
  bind('down', 'down j', 'move', 'one down', { hidden: true }),
  bind('pageup', 'pageup', 'page', 'a page up', { hidden: true }),
  bind('pagedown', 'pagedown', 'page', 'a page down', { hidden: true }),
  bind('home', 'home g', 'first', 'the first one', { hidden: true }),
  bind('end', 'end G', 'last', 'the last one', { hidden: true }),
];
const fieldMoves: readonly Binding[] = [
  bind('next', 'tab down', 'next field', 'the next field'),
  bind('previous', 'shift-tab up', 'back', 'the field before', { hidden: true }),
  bind('last', 'pagedown', 'to the end', 'the last line of the form', { hidden: true }),
];
const help = bind('help', '?', 'help', 'all keys, and why some do nothing now');
const back = bind('back', 'escape', 'back', 'one step back; nothing you typed is lost');
const quit = bind('quit', 'q', 'quit', 'leave xenfai');
const always: readonly Binding[] = [
  bind('interrupt', 'ctrl-c', 'stop', 'stop and take back what runs; twice, or idle: leave', {
    hidden: true,
  }),
];

const selected = (state: AppState) =>
  state.fleet.selected === null ? null : (state.fleet.installs.byRef.get(state.fleet.selected) ?? null);

/** The reason an action on the selected VM is not possible, or null. */
const about =
  (reason: (record: VmRecord, state: string) => string | null) =>
  (state: AppState): string | null => {
    const install = selected(state);
    return install === null ? 'No VM is selected.' : reason(install.vm.record, install.state.state);
  };

/** Every key of every screen. */
export const bindings: Readonly<Record<Context, readonly Binding[]>> = {
  'connect-menu': [bind('choose', 'enter', 'choose', 'open this host'), help, quit, ...always],
  'connect-form': [
    bind('submit', 'enter', 'next, connect', 'the next field; on the last one: connect'),
    ...fieldMoves,
    back,
    help,
    ...always,
  ],
  connected: [bind('submit', 'enter', 'go on', 'go on to the template'), back, help, quit, ...always],
  template: [
    ...moves,
    bind('use', 'enter', 'use', 'use this template; a vendor template is copied first', {
      disabled: (state) => templateReason(state),
    }),
    bind('copy', 'c', 'copy', 'copy it under another name'),
    bind('params', 'p', 'all parameters', 'every parameter, as xe template-param-list prints it'),
    bind('filter', '/', 'filter', 'only those whose name holds what you type'),
    bind('reload', 'r', 'read again', 'read the templates again', { hidden: true }),
    back,
    help,
    quit,
    ...always,
  ],
  'template-copy': [
    bind('submit', 'enter', 'next, copy', 'the next field; on the last one: copy'),
    ...fieldMoves,
    back,
    help,
    ...always,
  ],
  params: [
    ...moves,
    bind('filter', '/', 'filter', 'only lines that hold what you type'),
    bind('copy-line', 'y', 'copy line', 'the line into the clipboard of your terminal (OSC 52)'),
    bind('copy-uuid', 'u', 'copy UUID', 'the UUID into the clipboard of your terminal (OSC 52)'),
    back,
    help,
    ...always,
  ],
  configure: [
    bind('submit', 'enter', 'next, save', 'the next field; on the last line: save to the template and verify'),
    ...fieldMoves,
    bind('left', 'left', 'choose', 'the choice before', { shown: '←→' }),
    bind('right', 'right', 'choose', 'the next choice', { hidden: true }),
    bind('toggle', 'space', 'tick', 'tick or untick'),
    back,
    help,
    ...always,
  ],
  verify: [
    bind('go', 'enter', 'go on', 'go on, if both files are good', {
      disabled: (state) =>
        state.verify.result?.ok
          ? null
          : state.verify.result === null
            ? 'The check is not done yet.'
            : 'The check failed: o goes on all the same.',
    }),
    bind('again', 'r', 'again', 'fetch both files again'),
    bind('override', 'o', 'go on anyway', 'go on over a failed check: the one attempt will probably be wasted', {
      disabled: (state) =>
        state.verify.result === null
          ? 'The check is not done yet.'
          : state.verify.result.ok
            ? 'The check is good: Enter goes on.'
            : null,
    }),
    bind('stage', 't', 'stage', 'put kernel and initrd into the repository, from an nfsroot or files', {
      disabled: stageReason,
    }),
    bind(
      'copy-line',
      'y',
      "copy dom0's line",
      'the line that asks for the files in dom0, into the clipboard (OSC 52)',
      {
        hidden: true,
        disabled: (state) => (dom0Line(state) === undefined ? 'There is no line for dom0 yet.' : null),
      },
    ),
    bind('up', 'up k', 'scroll', 'scroll up'),
    bind('down', 'down j', 'scroll', 'scroll down', { hidden: true }),
    bind('pagedown', 'pagedown', 'page', 'a page down', { hidden: true }),
    bind('pageup', 'pageup', 'page', 'a page up', { hidden: true }),
    back,
    help,
    quit,
    ...always,
  ],
  stage: [
    bind(
      'submit',
      'enter',
      'next, put there',
      'the next field; on the last line: put the files there and check again',
    ),
    ...fieldMoves,
    back,
    help,
    ...always,
  ],
  act: [bind('choose', 'enter', 'choose', 'do this'), back, help, quit, ...always],
  create: [
    bind('submit', 'enter', 'next, plan', 'the next field; on the last line: show the plan'),
    ...fieldMoves,
    bind('left', 'left', 'choose', 'the choice before', { shown: '←→' }),
    bind('right', 'right', 'choose', 'the next choice', { hidden: true }),
    back,
    help,
    ...always,
  ],
  pick: [
    ...moves,
    bind('toggle', 'space', 'tick', 'tick or untick this VM', { disabled: (state) => pickReason(state) }),
    bind('submit', 'enter', 'plan', 'show the plan for the ticked VMs, or for this one', {
      disabled: (state) => (state.act.ticked.length > 0 ? null : pickReason(state)),
    }),
    bind('filter', '/', 'filter', 'only those whose name holds what you type'),
    back,
    help,
    quit,
    ...always,
  ],
  'job-planning': [bind('back', 'escape', 'cancel', 'do not do it'), ...always],
  'job-preview': [
    bind('go', 'enter', 'do it', 'carry the plan out', {
      onlyWhenPossible: true,
      disabled: (state) =>
        state.job === null || !state.job.dangerous ? null : 'This changes an existing VM: y carries it out.',
    }),
    bind('yes', 'y', 'yes, do it', 'carry out a plan that changes an existing VM', {
      onlyWhenPossible: true,
      disabled: (state) =>
        state.job?.plans.some((plan) => plan.problem === null) ? null : 'There is nothing to carry out.',
    }),
    bind('up', 'up k', 'scroll', 'scroll up', { shown: '↑↓' }),
    bind('down', 'down j', 'scroll', 'scroll down', { hidden: true }),
    bind('pagedown', 'pagedown', 'page', 'a page down', { hidden: true }),
    bind('pageup', 'pageup', 'page', 'a page up', { hidden: true }),
    bind('no', 'escape n', 'no', 'do not do it'),
    help,
    ...always,
  ],
  'job-running': [bind('interrupt', 'ctrl-c', 'stop', 'stop and take back what was begun; twice: leave at once')],
  'job-done': [
    bind('close', 'enter escape', 'go on', 'close this'),
    bind('start', 's', 'start them', 'start what was made or armed', {
      onlyWhenPossible: true,
      disabled: (state) => (state.job?.startable.length ? null : 'There is nothing to start.'),
    }),
    bind('up', 'up k', 'scroll', 'scroll up', { hidden: true }),
    bind('down', 'down j', 'scroll', 'scroll down', { hidden: true }),
    help,
    ...always,
  ],
  fleet: [
    ...moves,
    bind('start', 's', 'start', 'start it; when armed, only if its files pass the check', {
      disabled: about(canStartRecord),
    }),
    bind('stop', 'x', 'stop', 'shut it down', { disabled: about(canStopRecord) }),
    bind('rearm', 'a', 'rearm', 'the installer once more at the next boot', { disabled: about(canRearmRecord) }),
    bind('repair', 'p', 'repair', 'give it what its template says, before its first boot', {
      disabled: about(canRepairRecord),
    }),
    bind('create', 'n', 'new', 'new VMs, or other work: back to the menu'),
    bind('details', 'enter', 'more', 'details of the selected VM, and back to the table'),
    bind('log', 'l', 'log', 'what FAI has said of the selected VM, and back'),
    bind('all', 'o', 'others', 'show or hide VMs that no install concerns', { hidden: true }),
    bind('filter', '/', 'filter', 'only those whose name holds what you type', { hidden: true }),
    quit,
    bind('back', 'escape', 'menu', 'back to what can be done'),
    help,
    ...always,
  ],
  filter: [
    bind('submit', 'enter', 'keep', 'keep the filter and go back to the list'),
    bind('clear', 'escape', 'clear', 'show all again'),
    ...always,
  ],
};
