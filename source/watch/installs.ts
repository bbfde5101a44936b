import type { StateOfInstall } from '../boot/install-state.ts';
import { readMark } from '../boot/marks.ts';
import { splitFlags } from '../fai/flags.ts';
import { lastValue, splitKernelLine } from '../fai/kernel-line.ts';
import type { MonitorMessage } from '../fai/monitor-message.ts';
import { foldMessage, type InstallProgress, noProgress } from '../fai/progress.ts';
import { stateOf, type Vm } from '../hosts/vm.ts';
import type { InventoryEvent } from './inventory.ts';

/** A VM as one watches it: its record, its install state, what FAI says, what its processor says. */
export interface Install {
  readonly vm: Vm;
  readonly mac: string;
  readonly state: StateOfInstall;
  /** Null: FAI has said nothing since it was armed or since we look. */
  readonly progress: InstallProgress | null;
  /** Milliseconds since 1970: when the state, power or outcome last changed, or was seen first. */
  readonly since: number;
  /** The domain the installer ran in; another one later is a boot from disk. */
  readonly installerDomain: number | null;
  readonly busySeen: boolean;
  readonly idleSince: number | null;
  readonly messages: readonly { readonly at: number; readonly text: string }[];
}

export interface Installs {
  readonly byRef: ReadonlyMap<string, Install>;
  readonly macs: ReadonlyMap<string, string>;
  /** Null while events come; else why not, and since when. */
  readonly lost: { readonly reason: string; readonly since: number } | null;
}

export type InstallsEvent =
  | InventoryEvent
  | { readonly type: 'message'; readonly message: MonitorMessage }
  | { readonly type: 'load'; readonly ref: string; readonly load: number };

export const noInstalls: Installs = { byRef: new Map(), macs: new Map(), lost: null };

const mostMessages = 200;
/** How long a processor must rest before it counts, in milliseconds. */
export const restTime = 20_000;
const busyLoad = 0.1;
const idleLoad = 0.03;

/** Folds one event in. Pure: time is handed in. */
export function foldInstalls(all: Installs, event: InstallsEvent, now: number): Installs {
  switch (event.type) {
    case 'all': {
      const entries = event.vms.map((vm): [string, Install] => [
        vm.ref,
        updated(all.byRef.get(vm.ref), vm, event.macs, now),
      ]);
      return { byRef: new Map(entries), macs: event.macs, lost: null };
    }
    case 'vm':
      return { ...put(all, updated(all.byRef.get(event.vm.ref), event.vm, all.macs, now)), lost: null };
    case 'gone': {
      const byRef = new Map(all.byRef);
      byRef.delete(event.ref);
      return { ...all, byRef };
    }
    case 'mac': {
      const macs = new Map(all.macs).set(event.ref, event.mac);
      const install = all.byRef.get(event.ref);
      return install === undefined ? { ...all, macs } : { ...put(all, { ...install, mac: event.mac }), macs };
    }
    case 'lost':
      return { ...all, lost: { reason: event.reason, since: all.lost?.since ?? now } };
    case 'message': {
      const install = senderOf(all, event.message.sendid);
      return install === null ? all : put(all, heard(install, event.message, now));
    }
    case 'load': {
      const install = all.byRef.get(event.ref);
      return install === undefined ? all : put(all, loaded(install, event.load, now));
    }
  }
}

const put = (all: Installs, install: Install): Installs => ({
  ...all,
  byRef: new Map(all.byRef).set(install.vm.ref, install),
});

function updated(before: Install | undefined, vm: Vm, macs: ReadonlyMap<string, string>, now: number): Install {
  const state = stateOf(vm.record);
  const { domid, power_state: power } = vm.record;
  const mac = macs.get(vm.ref) ?? before?.mac ?? '';
  if (before === undefined) {
    const installerDomain = state.state === 'fired' && domid > 0 ? domid : null;
    const marks = (['installed', 'armed'] as const).map((name) =>
      readMark(vm.record.other_config, name, vm.record.uuid),
    );
    const known = marks.find((mark) => mark !== null && power === 'Halted');
    const since = known == null ? now : Date.parse(known.at);
    return { vm, mac, state, progress: null, since, installerDomain, busySeen: false, idleSince: null, messages: [] };
  }
  const changed = before.state.state !== state.state || before.vm.record.power_state !== power;
  const armedAgain = state.state === 'armed' && before.state.state !== 'armed';
  const firedNow = state.state === 'fired' && before.state.state !== 'fired';
  const newDomain = domid > 0 && domid !== before.vm.record.domid;
  return {
    ...before,
    vm,
    mac,
    state,
    since: changed ? now : before.since,
    progress: armedAgain ? null : before.progress,
    installerDomain: armedAgain ? null : installerDomainOf(before, domid, state, firedNow),
    ...(newDomain || armedAgain ? { busySeen: false, idleSince: null } : {}),
  };
}

/** The first domain seen after the loader fired is the installer's. */
function installerDomainOf(before: Install, domid: number, state: StateOfInstall, firedNow: boolean): number | null {
  if (firedNow) return domid > 0 ? domid : null;
  return before.installerDomain ?? (state.state === 'fired' && domid > 0 ? domid : null);
}

function heard(install: Install, message: MonitorMessage, now: number): Install {
  const progress = foldMessage(install.progress ?? noProgress, message, needsKey(install.vm.record.PV_args));
  const { sendid, keyword, ...rest } = message;
  const text = [keyword, ...Object.values(rest)].join(' ');
  const messages = message.keyword === 'check' ? [{ at: now, text }] : [...install.messages, { at: now, text }];
  const changed = progress.outcome !== (install.progress?.outcome ?? 'running');
  return { ...install, progress, since: changed ? now : install.since, messages: messages.slice(-mostMessages) };
}

function loaded(install: Install, load: number, now: number): Install {
  if (load > busyLoad) return { ...install, busySeen: true, idleSince: null };
  if (load > idleLoad) return { ...install, idleSince: null };
  return install.idleSince === null ? { ...install, idleSince: now } : install;
}

/** By MAC, by uuid, or by a host name that only one VM can have made. */
function senderOf(all: Installs, sendid: string): Install | null {
  const id = sendid.toLowerCase();
  const found = [...all.byRef.values()].filter(
    ({ vm, mac }) => mac === id || vm.record.uuid === id || hostName(vm.record.name_label) === id.split('.')[0],
  );
  const exact = found.filter(({ vm, mac }) => mac === id || vm.record.uuid === id);
  if (exact.length === 1) return exact[0] ?? null;
  return found.length === 1 ? (found[0] ?? null) : null;
}

const hostName = (label: string): string => label.toLowerCase().replace(/[^a-z0-9.-]+/g, '-');

/** True when the kernel line has neither reboot nor halt among its flags: somebody must press RETURN at the end. */
export function needsKey(line: string): boolean {
  const flags = splitFlags(lastValue(splitKernelLine(line), 'FAI_FLAGS') ?? '');
  return !flags.includes('reboot') && !flags.includes('halt');
}

/** What to say of an install in one word; `quiet` means that nothing is heard, which is no verdict. */
export type Outcome = 'installing' | 'waits' | 'failed' | 'installed' | 'quiet' | null;

/**
 * FAI's own word first. A VM whose messages go elsewhere is judged by its processor: it was busy, has rested for a
 * while, and its line has no reboot flag: it waits for a key.
 */
export function outcomeOf(install: Install, now: number): Outcome {
  const { progress, state, vm } = install;
  const running = vm.record.power_state === 'Running';
  if (progress?.outcome === 'failed') return 'failed';
  if (progress?.outcome === 'waiting' && running) return 'waits';
  if (progress?.outcome === 'installed') return 'installed';
  if (state.state !== 'fired' || !running) return null;
  if (progress !== null) return 'installing';
  const rested = install.idleSince !== null && now - install.idleSince >= restTime;
  if (!rested) return install.busySeen ? 'installing' : 'quiet';
  return install.busySeen && needsKey(vm.record.PV_args) ? 'waits' : 'quiet';
}

/**
 * True when this VM may now be recorded as installed: FAI said so, or a VM that xenfai made, never installed
 * before, came up in another domain than the installer's, so from its disk.
 */
export function provesInstalled(install: Install): boolean {
  const { vm, state, progress, installerDomain } = install;
  if (state.state !== 'fired') return false;
  // sysinfo and inventory end with the same words.
  if (lastValue(splitKernelLine(vm.record.PV_args), 'FAI_ACTION') !== 'install') return false;
  if (progress?.ended && progress.outcome !== 'failed') return true;
  if (progress?.outcome === 'failed') return false;
  const { other_config: words, uuid, domid } = vm.record;
  const ours = readMark(words, 'created', uuid) !== null && readMark(words, 'installed', uuid) === null;
  return ours && installerDomain !== null && domid > 0 && domid !== installerDomain;
}

/** The VMs whose install became proven between two states. */
export function newlyProven(before: Installs, after: Installs): string[] {
  const proven = (all: Installs, ref: string): boolean => {
    const install = all.byRef.get(ref);
    return install !== undefined && provesInstalled(install);
  };
  return [...after.byRef.keys()].filter((ref) => proven(after, ref) && !proven(before, ref));
}
