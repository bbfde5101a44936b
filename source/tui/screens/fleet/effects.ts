import { deviceKey, readDevices } from '../../../hosts/devices.ts';
import { defaults } from '../../../limits/defaults.ts';
import { limits } from '../../../limits/limits.ts';
import { recordVerdict } from '../../../operations/verdict.ts';
import { watchFleet } from '../../../watch/stream.ts';
import { pause } from '../../../xapi/pause.ts';
import type { Work, World } from '../../app/world.ts';
import type { FleetCommand, FleetEvent } from './state.ts';

export async function performFleet(command: FleetCommand, work: Work<FleetEvent>): Promise<void> {
  switch (command.do) {
    case 'follow':
      // Goes on for as long as the screen is open: nobody waits for its end.
      void followAnew(work);
      return;
    case 'hurry':
      followings.get(work.world)?.hurry();
      return;
    case 'read-devices':
      return readWanted(command, work);
    case 'record-verdict':
      return recordVerdict(command.ref, command.verdict, work.world.context(work.whole));
  }
}

type ReadDevices = Extract<FleetCommand, { do: 'read-devices' }>;

/** What was asked for last. */
const wanted = new WeakMap<World, ReadDevices>();

/** Only of the VM on which the cursor comes to rest. */
async function readWanted(command: ReadDevices, { world, whole, dispatch }: Work<FleetEvent>): Promise<void> {
  wanted.set(world, command);
  await pause(limits.devices.rest, whole);
  if (whole.aborted || wanted.get(world) !== command) return;
  const { ref, record } = command.vm;
  const devices = await readDevices(world.host().session.within({ signal: whole }), record);
  dispatch({ type: 'devices', vm: ref, key: deviceKey(record), devices });
}

interface Following {
  readonly stop: AbortController;
  readonly hurry: () => void;
  readonly ended: Promise<void>;
}

/** One host at a time for each screen. */
const followings = new WeakMap<World, Following>();

/** Follows another host instead. The one before must have closed its port before the next listens on it. */
async function followAnew(work: Work<FleetEvent>): Promise<void> {
  const before = followings.get(work.world);
  before?.stop.abort();
  const stop = new AbortController();
  const signal = AbortSignal.any([work.whole, stop.signal]);
  let impatience = new AbortController();
  const hurry = (): void => {
    impatience.abort();
    impatience = new AbortController();
  };
  const ended = (before?.ended ?? Promise.resolve())
    .then(() => follow(work, signal, () => impatience.signal))
    .catch((error: unknown) => {
      if (!signal.aborted) work.dispatch({ type: 'lost', problem: work.world.problemOf(error) });
    });
  followings.set(work.world, { stop, hurry, ended });
  return ended;
}

/** Milliseconds: what only time tells (a processor rests) is seen no later. */
const beat = 15_000;

/** The same stream that `status --watch` reads. */
async function follow(
  { world, dispatch }: Work<FleetEvent>,
  signal: AbortSignal,
  hurry: () => AbortSignal,
): Promise<void> {
  const clock = setInterval(() => dispatch({ type: 'beat', now: world.now() }), beat);
  return watchFleet({
    host: world.host(),
    transport: world.transport,
    monitorPort: world.monitorPort,
    now: world.now,
    learned: world.learned,
    patience: defaults.patience,
    signal,
    hurry,
    onChange: (fleet, changed) => dispatch({ type: 'fleet', fleet, changed, now: world.now() }),
    onDisks: (news) => dispatch({ type: 'disks', news }),
    onVerdict: (ref, verdict) => dispatch({ type: 'verdict', ref, verdict }),
    onListening: (listening) => dispatch({ type: 'listening', listening }),
  }).finally(() => clearInterval(clock));
}
