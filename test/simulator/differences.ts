import type { Difference } from './replay.ts';

// Where the simulator of 8.3 and the recorded xapi 22.31 differ. Most is not of xapi, but of what was below the
// recorded one, or of the hour; the rest the simulator lacks. The counts hold the table still: a difference more, or
// less, is a failed test.

export interface Known {
  readonly what: string;
  readonly because: string;
  /** In how many calls. */
  readonly calls: number;
  /** It is a lack of the simulator, so these calls are not equal. */
  readonly lack?: true;
  readonly is: (difference: Difference) => boolean;
}

const last = ({ at }: Difference): string => at.split('.').at(-1) ?? '';
const both = (form: RegExp, { recorded, simulated }: Difference): boolean =>
  form.test(recorded) && form.test(simulated);
const inClass = (className: string, difference: Difference, ...fields: string[]): boolean =>
  difference.method.startsWith(`${className}.`) && fields.includes(last(difference));

export const known: readonly Known[] = [
  {
    what: 'times',
    because: 'the replay has a clock of its own',
    calls: 46,
    is: (one) => both(/^"(\d{8}T[\d:]{8}Z|\d{10}\.)"$/, one) && !/19700101/.test(one.recorded + one.simulated),
  },
  {
    what: 'random numbers',
    because: 'generation ids, a MAC made of a random seed, the digest of a session',
    calls: 57,
    is: (one) =>
      (last(one) === 'generation_id' && both(/^"\d+:\d+"$/, one)) ||
      (last(one) === 'MAC' && both(/^"[0-9a-f]{2}(:[0-9a-f]{2}){5}"$/, one)) ||
      both(/^"trackid=[0-9a-f]{32}"$/, one),
  },
  {
    what: 'numbers of events',
    because: 'the recorded xapi had counted some before, and counts from 0',
    calls: 22,
    is: (one) => both(/^"\d+"$/, one) && (last(one) === 'id' || one.method === 'event.get_current_id'),
  },
  {
    what: 'still pending',
    because: 'the replay asks when the task is done, the recorder asked at once',
    calls: 5,
    is: (one) =>
      one.method === 'task.get_record' &&
      ['allowed_operations', 'finished', 'status', 'progress', 'result'].includes(last(one)),
  },
  {
    what: 'the hypervisor',
    because:
      "upstream's xenopsd simulator gives guest metrics at once and no console, has a balloon's target of 0, no free memory, and its own count of domains",
    calls: 20,
    is: (one) =>
      (/^(VM|event)\./.test(one.method) &&
        ['memory_target', 'guest_metrics', 'consoles', 'domid'].includes(last(one))) ||
      inClass('host_metrics', one, 'memory_free') ||
      inClass('console', one, 'location'),
  },
  {
    what: 'the events of its consoles',
    because: 'two more when a domain ends: there is none in the recording',
    calls: 2,
    is: (one) => one.method === 'event.next' && /<name>id<\/name><value>(19|20)<\/value>/.test(one.line.reply),
  },
  {
    what: 'what it boots from',
    because: 'it starts anything: for that the replay has a system on the disk, and pygrub in the record meanwhile',
    calls: 8,
    is: (one) => last(one) === 'PV_bootloader' && both(/^"(eliloader|pygrub)"$/, one),
  },
  {
    what: 'the storage',
    because: 'a dummy that counts nothing',
    calls: 3,
    is: (one) => inClass('SR', one, 'virtual_allocation', 'physical_utilisation', 'physical_size'),
  },
  {
    what: 'a task of before',
    because: 'the recorder had plugged in its storage',
    calls: 1,
    is: (one) => /Async\.PBD\.plug/.test(one.recorded) && one.simulated === 'nothing',
  },
  {
    what: 'cancel points',
    because: "xenopsd counts them in its tasks' other_config (xapi_xenops.ml); nothing here has such points",
    lack: true,
    calls: 3,
    is: (one) => one.at.endsWith('.other_config.debug_info:cancel_points_seen'),
  },
  {
    what: 'subtasks',
    because: 'a call that xapi makes of itself has a task of its own; here it has none',
    lack: true,
    calls: 1,
    is: (one) => last(one) === 'subtasks',
  },
  {
    what: 'snapshot_metadata',
    because: 'a row of the database, whose columns are not all known',
    lack: true,
    calls: 1,
    is: (one) => last(one) === 'snapshot_metadata',
  },
];
