import type { Simulator } from '../../source/simulator/simulator.ts';

// Does what was said agree with what the host holds? One judge for whatever says something: the command line, the screen.

/** What a run was about, and what was said of it. */
export interface Said {
  /** Of the VM or template that was made or changed. */
  readonly name: string;
  readonly ok: boolean;
  /** It was said that something could not be taken back. */
  readonly remains?: boolean;
  /** `armed`: it is a VM whose next boot installs. */
  readonly wanted: 'armed' | 'template' | 'running' | 'halted';
  /** Keys of other_config it must have in the end. */
  readonly keys?: Readonly<Record<string, string>>;
}

/** What there was before: VMs by reference, other objects by class. */
export interface Held {
  readonly vms: ReadonlyMap<string, string>;
  readonly others: Readonly<Record<string, readonly string[]>>;
}

type Fields = Readonly<Record<string, unknown>>;

const otherClasses = ['VBD', 'VDI', 'VIF', 'VM_metrics'];
const fields = ['name_label', 'is_a_template', 'power_state', 'PV_args', 'PV_bootloader', 'PV_bootloader_args'];
const unfinished = / xenfai:[0-9a-f]{8}$/;

const keysOf = (record: Fields): Record<string, string> =>
  Object.fromEntries(Object.entries(record['other_config'] ?? {}).sort());

const written = (record: Fields): string =>
  JSON.stringify([...fields.map((field) => record[field]), record['VBDs'], record['VIFs'], keysOf(record)]);

const refsOf = (sim: Simulator, className: string): string[] => [...sim.world.database.all(className).keys()].sort();

export function held(sim: Simulator): Held {
  return {
    vms: new Map([...sim.world.database.all('VM')].map(([ref, record]) => [ref, written(record)])),
    others: Object.fromEntries(otherClasses.map((name) => [name, refsOf(sim, name)])),
  };
}

/** Every way in which the host contradicts what was said; empty when all agrees. */
export function disagreements(sim: Simulator, before: Held, said: Said): string[] {
  const vms = [...sim.world.database.all('VM')];
  const own = vms.filter(([, record]) => record['name_label'] === said.name && record['is_a_snapshot'] !== true);
  const found: string[] = [];
  const pool = [...sim.world.database.all('pool').values()][0] ?? {};
  if (Object.keys(keysOf(pool)).some((key) => key.startsWith('xenfai:claim:'))) found.push('a claim is left');
  if (said.remains) return found;
  for (const [ref, record] of vms) {
    if (unfinished.test(String(record['name_label']))) found.push(`half-made: ${record['name_label']}`);
    const changed = before.vms.get(ref) !== written(record);
    const ours = own.some(([one]) => one === ref);
    if (changed && !(ours && said.ok)) found.push(`${record['name_label']} is not as it was`);
  }
  for (const ref of before.vms.keys()) if (!vms.some(([one]) => one === ref)) found.push('a VM is gone');
  const [target, ...twins] = own.filter(([, record]) => record['is_a_template'] === (said.wanted === 'template'));
  if (said.ok) {
    if (target === undefined) found.push(`nothing is called ${said.name}`);
    else found.push(...notAsWanted(target[1], said));
    if (twins.length > 0) found.push(`${twins.length + 1} are called ${said.name}`);
  }
  const belongs = said.ok && target !== undefined ? devicesOf(sim, target[1]) : new Set<string>();
  for (const name of otherClasses) {
    const more = refsOf(sim, name).filter((ref) => !before.others[name]?.includes(ref) && !belongs.has(ref));
    if (more.length > 0) found.push(`${more.length} ${name} more than there were`);
  }
  return found;
}

function devicesOf(sim: Simulator, vm: Fields): Set<string> {
  const refs = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
  const vbds = refs(vm['VBDs']);
  const disks = vbds.map((ref) => String(sim.world.database.get('VBD', ref)['VDI']));
  return new Set([...vbds, ...disks, ...refs(vm['VIFs']), String(vm['metrics'])]);
}

const power = { running: 'Running', halted: 'Halted' } as const;

function* notAsWanted(record: Fields, { name, wanted, keys: wantedKeys = {} }: Said): Generator<string> {
  const keys = keysOf(record);
  for (const [key, value] of Object.entries(wantedKeys)) if (keys[key] !== value) yield `${key} is ${keys[key]}`;
  if (wanted === 'template') return;
  if (wanted !== 'armed') {
    if (record['power_state'] !== power[wanted]) yield `${name} is ${record['power_state']}`;
    return;
  }
  if (record['power_state'] !== 'Halted') yield `${name} is ${record['power_state']}`;
  if (record['PV_bootloader'] !== 'eliloader' || keys['install-distro'] !== 'debianlike')
    yield `${name} is not armed`;
  if (keys['install-round'] !== undefined) yield `${name} has an install-round`;
  if (!/FAI_ACTION=install/.test(String(record['PV_args']))) yield `${name} has no FAI arguments`;
  if (!keys['xenfai:armed']?.includes(String(record['uuid']))) yield `${name} has no mark of its arming`;
  if (keys['xenfai:installed'] !== undefined) yield `${name} is said to be installed`;
  if (Array.isArray(record['VBDs']) && record['VBDs'].length === 0) yield `${name} has no disk`;
}
