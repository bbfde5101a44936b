import { cleanLine } from '../../text/clean.ts';
import { formatBytes } from '../../text/sizes.ts';
import { formatAge } from '../../text/time.ts';
import { widthOf } from '../../text/width.ts';
import { type Install, needsKey, outcomeOf } from '../../watch/installs.ts';
import { bar, beside, blank, foreign, type Line, span, title, toWidth, wrapped } from '../lines.ts';
import { windowOf } from '../list.ts';
import type { AppState } from '../state.ts';
import type { Tone } from '../theme.ts';
import { hint, type Size } from '../view.ts';
import { fleetRows } from './reduce.ts';

const wide = 110;

export function fleetView(state: AppState, size: Size): Line[] {
  const { fleet } = state;
  const rows = fleetRows(fleet);
  const chosen = rows.find(({ vm }) => vm.ref === fleet.selected);
  if (size.width >= wide) {
    const left = Math.floor(size.width * 0.62);
    const pane = { ...size, width: size.width - left - 3 };
    const detail =
      chosen === undefined
        ? []
        : [...detailRows(chosen, state.now, pane), blank, ...logRows(chosen, { ...pane, height: size.height - 20 })];
    return beside(tableRows(state, rows, { ...size, width: left }), detail, left, size.height, size.glyphs);
  }
  if (chosen !== undefined && fleet.pane === 'details') return detailRows(chosen, state.now, size);
  if (chosen !== undefined && fleet.pane === 'log') return logRows(chosen, size);
  return tableRows(state, rows, size);
}

/** The state in a word, with its glyph and tone: never by colour alone. */
export function stateWord(
  install: Install,
  now: number,
): { readonly glyph: string; readonly word: string; readonly tone: Tone } {
  const { state, missing } = install.state;
  switch (outcomeOf(install, now)) {
    case 'installing':
      return { glyph: '▶', word: 'installing', tone: 'accent' };
    case 'waits':
      return { glyph: '?', word: 'waits for a key', tone: 'warn' };
    case 'failed':
      return { glyph: '✗', word: 'failed', tone: 'bad' };
    case 'quiet':
      return { glyph: '…', word: 'fired, no news', tone: 'warn' };
    default:
      break;
  }
  if (missing.length === 1 && missing[0] === 'halted') return { glyph: '!', word: 'erased at reboot', tone: 'bad' };
  const looks: Record<typeof state, { glyph: string; tone: Tone }> = {
    armed: { glyph: '◆', tone: 'accent' },
    'half-armed': { glyph: '◇', tone: 'warn' },
    fired: { glyph: '▸', tone: 'warn' },
    installed: { glyph: '✓', tone: 'good' },
    disarmed: { glyph: '✓', tone: 'good' },
    other: { glyph: '·', tone: 'dim' },
  };
  return { ...looks[state], word: state };
}

function tableRows(state: AppState, rows: readonly Install[], size: Size): Line[] {
  const { fleet, now } = state;
  const { width, height, glyphs } = size;
  const head = headRow(state, rows.length);
  if (rows.length === 0) {
    const text = fleet.following
      ? 'No VM here has to do with an FAI install yet. n makes one, o shows the others.'
      : `Reading the VMs${glyphs.ellipsis}`;
    return [head, blank, hint(text)];
  }
  const at = Math.max(
    0,
    rows.findIndex(({ vm }) => vm.ref === fleet.selected),
  );
  const [first, end] = windowOf(rows.length, at, height - 3);
  const longest = Math.max(...rows.map(({ vm }) => widthOf(cleanLine(vm.record.name_label))));
  const nameWidth = Math.max(12, Math.min(28, width - 60, longest));
  const names: Line = [
    span(
      `  ${toWidth('NAME', nameWidth, glyphs)} ${'STATE'.padEnd(18)} ${'POWER'.padEnd(9)} ${'SINCE'.padEnd(8)} TASK`,
      'dim',
    ),
  ];
  const shown = rows.slice(first, end).map((install, index): Line => {
    const selected = first + index === at;
    const { glyph, word, tone } = stateWord(install, now);
    const { record } = install.vm;
    return [
      span(selected ? `${glyphs.pointer} ` : '  ', 'accent'),
      span(toWidth(cleanLine(record.name_label), nameWidth, glyphs), selected ? 'accent' : 'plain', {
        bold: selected,
      }),
      span(` ${glyphs.rule === '-' ? asciiGlyph(glyph) : glyph} ${word.padEnd(16)}`, tone),
      span(` ${record.power_state.toLowerCase().padEnd(9)}`, record.power_state === 'Running' ? 'plain' : 'dim'),
      span(` ${formatAge(now - install.since).padEnd(8)}`, 'dim'),
      span(' '),
      ...taskSpans(install, now, width - nameWidth - 42, size),
    ];
  });
  return [head, names, ...shown];
}

const asciiGlyph = (glyph: string): string =>
  ({ '▶': '>', '✗': 'x', '…': '~', '◆': '*', '◇': '+', '▸': '>', '✓': 'v', '·': '-' })[glyph] ?? glyph;

function headRow(state: AppState, count: number): Line {
  const { fleet } = state;
  const { receiver } = fleet;
  const listening =
    receiver === null
      ? ''
      : 'port' in receiver
        ? `FAI messages on port ${receiver.port}`
        : `no FAI messages: ${receiver.problem}`;
  const filter = fleet.filter === '' ? '' : ` /${fleet.filter}`;
  return [
    span('Fleet', 'title', { bold: true }),
    span(`  ${count} ${count === 1 ? 'VM' : 'VMs'}${fleet.all ? ', others too' : ''}${filter}`, 'dim'),
    span(`   ${listening}`, receiver !== null && 'problem' in receiver ? 'warn' : 'dim'),
  ];
}

function taskSpans(install: Install, now: number, room: number, { glyphs }: Size): Line {
  const { progress, state } = install;
  if (state.state === 'half-armed') return [span(`missing ${state.missing.join(' ')}`, 'warn')];
  const outcome = outcomeOf(install, now);
  if (outcome === 'failed') return [foreign(`${progress?.failedTask ?? ''} ${progress?.code ?? ''}`, 'bad')];
  if (outcome === 'waits') return [span('wants RETURN', 'warn')];
  if (progress === null || outcome !== 'installing') return [];
  const cells = Math.max(3, Math.min(12, room - 17));
  return [
    span(`${bar(progress.percent / 100, cells, glyphs)} ${String(progress.percent).padStart(3)}% `, 'accent'),
    foreign(progress.task ?? ''),
  ];
}

function detailRows(install: Install, now: number, { width }: Size): Line[] {
  const { vm, mac, state, progress } = install;
  const { record } = vm;
  const words = record.other_config;
  const { word, tone } = stateWord(install, now);
  const row = (label: string, value: string, look: Tone = 'plain'): Line => [
    span(label.padEnd(14), 'dim'),
    foreign(value === '' ? '-' : value, look),
  ];
  const failure = progress?.outcome === 'failed' ? ` at ${progress.failedTask} with code ${progress.code}` : '';
  return [
    [span(foreign(record.name_label).text, 'title', { bold: true })],
    row('uuid', record.uuid, 'dim'),
    row('state', `${word}${failure}`, tone),
    ...(state.missing.length === 0 ? [] : [row('missing', state.missing.join(', '), 'warn')]),
    row('power', `${record.power_state.toLowerCase()}, since ${formatAge(now - install.since)}`),
    row('task', progress === null ? '' : `${progress.task ?? ''} ${progress.percent}%`),
    row('boots with', record.HVM_boot_policy === '' ? record.PV_bootloader : 'HVM'),
    row('repository', words['install-repository'] ?? ''),
    row(
      'release',
      [words['debian-release'], words['install-arch'], words['install-distro']].filter(Boolean).join(', '),
    ),
    row('memory, VCPUs', `${formatBytes(record.memory_static_max)}, ${record.VCPUs_max}`),
    row('MAC', mac),
    ...wrapped(`PV-args: ${record.PV_args || '(empty)'}`, width, 'dim').slice(0, 5),
    ...adviceRows(install, now, width),
  ];
}

/** What the state means for whoever looks at it at night. */
function adviceRows(install: Install, now: number, width: number): Line[] {
  const say = (text: string, tone: Tone = 'warn'): Line[] => wrapped(text, width, tone);
  const byMessage = install.progress?.outcome === 'waiting';
  switch (outcomeOf(install, now)) {
    case 'waits':
      return say(
        byMessage
          ? 'FAI is done and waits for RETURN: its flags have no reboot. Press RETURN on the console, or x and s.'
          : 'Its processor rests and its line has no flag reboot: it probably waits for RETURN on the console. Its messages go elsewhere (monserver).',
      );
    case 'quiet':
      return say(
        'The loader has fired, and nothing is heard: see its console. Messages come here only with monserver= and an open port.',
      );
    case 'failed':
      return say('FAI stopped. Its shell is on the console; a rearms it for another try.', 'bad');
    default:
      return needsKey(install.vm.record.PV_args) && install.state.state === 'armed'
        ? say('Its flags have no reboot: at the end it will wait for RETURN on its console.')
        : [];
  }
}

function logRows(install: Install, { height, width }: Size): Line[] {
  const rows = install.messages.map(
    ({ at, text }): Line => [span(`${new Date(at).toISOString().slice(11, 19)} `, 'dim'), foreign(text)],
  );
  const shown = rows.slice(-Math.max(1, height - 2));
  return [
    [...title('What FAI says'), span('  '), foreign(install.vm.record.name_label, 'dim')],
    ...(shown.length === 0 ? wrapped('Nothing yet.', width, 'dim') : shown),
  ];
}
