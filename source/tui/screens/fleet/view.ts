import { formatBytes } from '../../../text/sizes.ts';
import { coarseAge } from '../../../text/time.ts';
import { type Install, needsKey } from '../../../watch/install.ts';
import { knownAt } from '../../app/connection.ts';
import { lookOf } from '../../app/installs.ts';
import type { View } from '../../kit/binding.ts';
import { beside, blank, faded, foreign, type Line, span, title, wrapped } from '../../kit/lines.ts';
import type { Size } from '../../kit/size.ts';
import { installLooks, type Tone } from '../../kit/theme.ts';
import { type FleetScene, selectedInstall } from './state.ts';
import { fleetTable } from './table.ts';

const wide = 110;

/** While the host is silent everything stands as it was last known, faded; the frame says since when. */
export function fleetView(scene: FleetScene, size: Size): View {
  const { shared } = scene;
  const view = viewAt({ ...scene, shared: { ...shared, now: knownAt(shared) } }, size);
  return shared.fleet.lost === null ? view : { ...view, rows: faded(view.rows) };
}

function viewAt(scene: FleetScene, size: Size): View {
  const { now } = scene.shared;
  const chosen = selectedInstall(scene);
  if (size.width >= wide) {
    const left = Math.floor(size.width * 0.62);
    const pane = { ...size, width: size.width - left - 3 };
    const detail =
      chosen === undefined
        ? []
        : [...detailRows(chosen, now, pane), blank, ...logRows(chosen, { ...pane, height: size.height - 20 })];
    const table = fleetTable(scene, { ...size, width: left });
    return { rows: beside(table, detail, left, size.height, size.glyphs) };
  }
  if (chosen !== undefined && scene.own.pane === 'details') return { rows: detailRows(chosen, now, size) };
  if (chosen !== undefined && scene.own.pane === 'log') return { rows: logRows(chosen, size) };
  return { rows: fleetTable(scene, size) };
}

function detailRows(install: Install, now: number, { width }: Size): Line[] {
  const { vm, mac, state, progress } = install;
  const since = install.times.state;
  const { record } = vm;
  const keys = record.other_config;
  const { word, tone } = installLooks[lookOf(install, now)];
  const row = (label: string, value: string, look: Tone = 'plain'): Line => [
    span(label.padEnd(14), 'dim'),
    foreign(value === '' ? '-' : value, look),
  ];
  const failure = progress?.outcome === 'failed' ? ` at ${progress.failedTask} with code ${progress.code}` : '';
  return [
    [span(foreign(record.name_label).text, 'title', { bold: true })],
    row('uuid', record.uuid, 'dim'),
    row('state', `${word}${failure}${since === null ? '' : ` (${coarseAge(now - since)})`}`, tone),
    ...(state.missing.length === 0 ? [] : [row('missing', state.missing.join(', '), 'warn')]),
    row('power', record.power_state.toLowerCase()),
    row('task', progress === null ? '' : `${progress.task ?? ''} ${progress.percent}%`),
    row('boots with', record.HVM_boot_policy === '' ? record.PV_bootloader : 'HVM'),
    row('repository', keys['install-repository'] ?? ''),
    row('release', [keys['debian-release'], keys['install-arch'], keys['install-distro']].filter(Boolean).join(', ')),
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
  switch (lookOf(install, now)) {
    case 'waiting':
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
