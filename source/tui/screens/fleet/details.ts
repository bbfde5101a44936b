import type { MarkName } from '../../../boot/marks.ts';
import { readMark } from '../../../boot/marks.ts';
import { reasonText } from '../../../boot/missing.ts';
import { diskDeviceText, networkDeviceText } from '../../../hosts/devices.ts';
import { reasonsOf } from '../../../hosts/vm.ts';
import { cleanText } from '../../../text/clean.ts';
import { counted } from '../../../text/counted.ts';
import { formatBytes } from '../../../text/sizes.ts';
import { coarseAge } from '../../../text/time.ts';
import { wrapText } from '../../../text/width.ts';
import { blemishOf, type Install, needsKey } from '../../../watch/install.ts';
import type { Listening } from '../../../watch/stream.ts';
import { lookOf } from '../../app/installs.ts';
import type { Found } from '../../app/shared.ts';
import { blank, type Line, span, wrapped } from '../../kit/lines.ts';
import { memoLast } from '../../kit/memo.ts';
import { type InstallLook, installLooks, type Tone } from '../../kit/theme.ts';
import { type DevicesSeen, devicesOf, type KnownDevices } from './known-devices.ts';
import { type TaskReason, taskReason } from './task-reason.ts';

const labelWidth = 13;

/** A label and its value, over as many rows as it needs. */
function row(width: number, label: string, value: string, tone: Tone = 'plain'): Line[] {
  const [first = '', ...more] = wrapText(cleanText(value), Math.max(10, width - labelWidth));
  return [
    [span(label.padEnd(labelWidth), 'dim'), span(first, tone)],
    ...more.map((part): Line => [span(' '.repeat(labelWidth)), span(part, tone)]),
  ];
}

/** "2 min ago", "just now"; nothing where nobody knows. */
const ago = (at: number | null, now: number): string => {
  if (at === null) return '';
  const age = coarseAge(now - at);
  return age === 'just now' ? age : `${age} ago`;
};

/** Everything that is known of a VM, and what to do next. */
export function detailRows(
  install: Install,
  known: KnownDevices,
  listening: Listening | null,
  host: Pick<Found, 'able' | 'localAddress'> | null,
  now: number,
  width: number,
): readonly Line[] {
  const { vm, state, times } = install;
  const { record } = vm;
  const say = (label: string, value: string, tone: Tone = 'plain'): Line[] =>
    value === '' ? [] : row(width, label, value, tone);
  const look = lookOf(install, now);
  const { word, tone } = installLooks[look];
  const since = times.state === null ? '' : `, ${coarseAge(now - times.state)}`;
  const reason = taskReason(install, { listening, localAddress: host?.localAddress ?? '' }, now);
  const devices = devicesOf(known, install);
  const reasons = reasonsOf(vm, state.missing, host?.able.loader ?? 'none');
  return [
    ...say('state', `${word}${since}`, tone),
    ...say('failed at', failureText(install), 'bad'),
    ...say('ended badly', blemishText(install), 'warn'),
    ...reasons.flatMap((one) => row(width, 'missing', reasonText(one), 'warn')),
    ...nextRows(install, reason !== null && install.progress === null, now, width),
    ...diskRows(install, devices, look, width),
    ...say('power', powerText(install, now)),
    ...say('task', taskText(install, now)),
    ...heardRows(install, reason, now, width),
    ...say('armed', markText(install, 'armed', times.armed, now)),
    ...say('made', markText(install, 'created', null, now)),
    ...say('boots with', record.HVM_boot_policy === '' ? record.PV_bootloader || '-' : 'HVM'),
    ...say('installs', sourceText(install)),
    ...say('memory', `${formatBytes(record.memory_static_max)}, ${counted(record.VCPUs_max, 'VCPU')}`),
    ...networkRows(install, devices, width),
    ...say('uuid', record.uuid),
    ...say('kernel line', record.PV_args || '(empty)'),
    ...(needsKey(record.PV_args) && state.state === 'armed'
      ? [blank, ...wrapped('Its flags have no reboot: at the end it waits for RETURN on its console.', width, 'warn')]
      : []),
  ];
}

/** What FAI said of a failure, here or as it is recorded. */
function failureText({ progress, vm, state }: Install): string {
  if (progress?.outcome === 'failed') return `${progress.failedTask ?? ''}, code ${progress.code}`;
  if (state.state !== 'failed') return '';
  const mark = readMark(vm.record.other_config, 'failed', vm.record.uuid);
  if (mark === null) return '';
  const { task = '', code, text = '' } = mark;
  return [`${task}${code === undefined ? '' : `, code ${code}`}`, text].filter((part) => part !== '').join(': ');
}

function blemishText(install: Install): string {
  const blemish = blemishOf(install);
  return blemish === null ? '' : `${blemish.task}, code ${blemish.code}`;
}

function powerText({ vm, times }: Install, now: number): string {
  const power = vm.record.power_state.toLowerCase();
  const started = ago(times.started, now);
  return power === 'running' && started !== '' ? `${power}, started ${started}` : power;
}

function taskText({ progress, times }: Install, now: number): string {
  if (progress === null) return '';
  const since = ago(times.task, now);
  return `${progress.task ?? '-'}, ${progress.percent}%${since === '' ? '' : `, begun ${since}`}`;
}

/** Why nothing is heard of FAI; else when it was last. */
function heardRows({ times }: Install, reason: TaskReason | null, now: number, width: number): Line[] {
  if (reason !== null) return row(width, 'heard', reason.sentence, 'warn');
  const heard = ago(times.heard, now);
  return heard === '' ? [] : row(width, 'heard', `last message ${heard}`);
}

function markText({ vm }: Install, name: MarkName, at: number | null, now: number): string {
  const mark = readMark(vm.record.other_config, name, vm.record.uuid);
  if (mark === null) return '';
  const when = ago(at ?? Date.parse(mark.at), now);
  return `${when}${mark.by === '' ? '' : ` by ${mark.by}`}`;
}

/** Release, architecture and repository: what the next boot would fetch, else what the last arming took. */
function sourceText({ vm }: Install): string {
  const keys = vm.record.other_config;
  const mark = readMark(keys, 'armed', vm.record.uuid);
  return [
    keys['debian-release'] ?? mark?.release,
    keys['install-arch'] ?? mark?.arch,
    keys['install-repository'] ?? mark?.repository,
  ]
    .filter(Boolean)
    .join(' ');
}

/** What an install overwrites; of one that is armed it is said so. */
function diskRows(install: Install, seen: DevicesSeen, look: InstallLook, width: number): Line[] {
  const erased = look === 'armed' || look === 'erased';
  const drives = install.vm.record.VBDs.length;
  if (seen === null) return drives === 0 ? [] : row(width, 'disks', `reading ${counted(drives, 'drive')}`, 'dim');
  if ('unknown' in seen) return row(width, 'disks', `not known: ${seen.unknown}`, 'warn');
  if (seen.disks.length === 0) return row(width, 'disks', 'none', erased ? 'warn' : 'plain');
  return seen.disks.flatMap((disk) =>
    erased
      ? row(width, `disk ${disk.device}`, `${diskDeviceText(disk)}: ERASED by the next boot`, 'bad')
      : row(width, `disk ${disk.device}`, diskDeviceText(disk)),
  );
}

function networkRows({ mac }: Install, seen: DevicesSeen, width: number): Line[] {
  if (seen === null || 'unknown' in seen) return mac === '' ? [] : row(width, 'network 0', mac);
  const { networks, unread } = seen;
  return [
    ...networks.flatMap((one) => row(width, `network ${one.device}`, networkDeviceText(one))),
    ...(unread === 0 ? [] : row(width, 'besides', `${counted(unread, 'device')} not looked at`)),
  ];
}

/** What the state means for whoever looks at it at night, and which key comes next. */
function nextRows(install: Install, unheard: boolean, now: number, width: number): Line[] {
  const [text, tone] = nextText(install, unheard, now);
  return text === '' ? [] : row(width, 'next', text, tone);
}

function nextText(install: Install, unheard: boolean, now: number): readonly [text: string, tone: Tone] {
  const byMessage = install.progress?.outcome === 'waiting';
  switch (lookOf(install, now)) {
    case 'armed':
      return ['s starts it: the next boot runs the installer and erases its disk.', 'accent'];
    case 'half-armed':
      return ['p gives it what is missing, or a arms it anew.', 'accent'];
    case 'erased':
      return ['It is armed while it runs: its next reboot erases its disk.', 'bad'];
    case 'fired':
      return ['Its attempt is used and nobody has said how it ended: a arms it for another.', 'accent'];
    case 'quiet':
      return ['See its console: the loader has fired, and nothing is heard. a arms it for another try.', 'accent'];
    case 'waiting':
      return byMessage
        ? [
            'FAI is done and waits for RETURN: its flags have no reboot. RETURN on its console, or x and then s.',
            'warn',
          ]
        : ['Its processor rests and its flags have no reboot: it probably waits for RETURN on its console.', 'warn'];
    case 'failed':
      return ['l shows what FAI said; its shell is on the console; a arms it for another try.', 'bad'];
    case 'lost':
      return [
        'See its console: it shows no sign of life. l shows what was seen last; A arms it anew and starts it.',
        'bad',
      ];
    case 'installing':
      return unheard
        ? ['Wait: it counts as installed once it comes up from its disk.', 'accent']
        : ['l follows what FAI says.', 'accent'];
    case 'installed':
      return blemishOf(install) === null
        ? ['Nothing: it is done. a would install it anew.', 'good']
        : ['A task of its install did not end well: l shows what FAI said. a would install it anew.', 'warn'];
    case 'disarmed':
    case 'other':
      return ['', 'plain'];
  }
}

/** The same rows for the same VM at the same time: each key of the pane asks for them. */
export const detailRowsOnce = memoLast(detailRows);
