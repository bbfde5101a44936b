import { parseMonitorLine } from '../../source/fai/monitor-message.ts';
import type { FleetEvent } from '../../source/watch/fleet.ts';
import { ref, vmRecord } from '../../source/xapi/records.ts';
import { goodArgs } from '../harness.ts';

// One VM, web01, and what the host, FAI and its processor say of it.

export const one = ref.parse('r1');

/** What the loader goes by. */
export const words = {
  'install-distro': 'debianlike',
  'install-repository': 'http://r/d',
  'debian-release': 'lenny',
  'install-arch': 'i386',
};

/** It runs, and the loader has fired, unless something else is said. */
export const vmOf = (change: Record<string, unknown> = {}) => ({
  ref: one,
  record: vmRecord.parse({
    uuid: 'u1',
    name_label: 'web01',
    power_state: 'Running',
    PV_bootloader: 'pygrub',
    PV_args: goodArgs,
    domid: '5',
    ...change,
  }),
});

export const vm = (change: Record<string, unknown> = {}): FleetEvent => ({ type: 'vm', vm: vmOf(change) });

export const says = (text: string, late = false): FleetEvent => {
  const message = parseMonitorLine(`u1 ${text}`);
  if (message === null) throw new Error(text);
  return { type: 'message', message, late };
};

export const load = (value: number): FleetEvent => ({ type: 'load', ref: one, load: value });
