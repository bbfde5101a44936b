import type { Attacked } from './world.ts';

// What the host holds, read from its database: whatever the program says is compared with it.

export type Fields = Readonly<Record<string, unknown>>;

const table = ({ sim }: Attacked, name: string): [string, Fields][] => [...sim.world.database.all(name)];
const listOf = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

export const wordsOf = (record: Fields): Record<string, string> => ({ ...(record['other_config'] as object) });

/** VMs and templates with this very name. */
export const called = (attack: Attacked, name: string): Fields[] =>
  table(attack, 'VM')
    .map(([, vm]) => vm)
    .filter((vm) => vm['name_label'] === name && vm['is_a_snapshot'] !== true);

export function refOf(attack: Attacked, name: string): string {
  const [ref] = table(attack, 'VM').find(([, vm]) => vm['name_label'] === name) ?? [];
  if (ref === undefined) throw new Error(`no ${name}`);
  return ref;
}

/** What is half-made: its name still carries a run. */
export const unfinished = (attack: Attacked): Fields[] =>
  table(attack, 'VM')
    .map(([, vm]) => vm)
    .filter((vm) => / xenfai:[0-9a-f]{8}$/.test(String(vm['name_label'])));

/** The pool and its claims, by key. */
export function claims(attack: Attacked): { pool: string; held: [string, string][] } {
  const [[pool, record] = ['', {}]] = table(attack, 'pool');
  return { pool, held: Object.entries(wordsOf(record)).filter(([key]) => key.startsWith('xenfai:claim:')) };
}

const classes = ['VM', 'VBD', 'VDI', 'VIF'];

/** Everything that was there at one moment, by reference. */
export const inventory = (attack: Attacked): ReadonlySet<string> =>
  new Set(classes.flatMap((name) => table(attack, name).map(([ref]) => ref)));

/** Disks and devices that came since and belong to no VM. */
export function strays(attack: Attacked, before: ReadonlySet<string>): string[] {
  const vms = new Set(table(attack, 'VM').map(([ref]) => ref));
  const vbds = new Set(table(attack, 'VBD').map(([ref]) => ref));
  const fresh = (name: string) => table(attack, name).filter(([ref]) => !before.has(ref));
  return [
    ...fresh('VDI').filter(([, vdi]) => !listOf(vdi['VBDs']).some((vbd) => vbds.has(vbd))),
    ...fresh('VBD').filter(([, vbd]) => !vms.has(String(vbd['VM']))),
    ...fresh('VIF').filter(([, vif]) => !vms.has(String(vif['VM']))),
  ].map(([ref]) => `${ref} belongs to nobody`);
}

/** Objects that came since, but for those of these names, and snapshots. */
export function surplus(attack: Attacked, before: ReadonlySet<string>, names: readonly string[]): string[] {
  const isWanted = (vm: Fields) => names.includes(String(vm['name_label'])) || vm['is_a_snapshot'] === true;
  const gone = [...before].filter((ref) => !inventory(attack).has(ref));
  return [
    ...strays(attack, before),
    ...table(attack, 'VM')
      .filter(([ref, vm]) => !before.has(ref) && !isWanted(vm))
      .map(([, vm]) => `"${vm['name_label']}" is left`),
    ...gone.map((ref) => `${ref} is gone`),
  ];
}

/** The mark of an arming that counts: of this VM, and whole. */
export function hasArmedMark(vm: Fields): boolean {
  const text = wordsOf(vm)['xenfai:armed'];
  return text !== undefined && (JSON.parse(text) as Fields)['vm'] === vm['uuid'];
}

/** True when the next boot runs the installer, whatever anybody says. */
export const willInstall = (vm: Fields): boolean => vm['PV_bootloader'] === 'eliloader';

/** What a new VM lacks of being whole; a template has no disks yet. */
export function lacking(vm: Fields): string[] {
  if (vm['is_a_template'] === true) return [];
  return [
    ...(listOf(vm['VBDs']).length > 0 ? [] : ['a disk']),
    ...(listOf(vm['VIFs']).length > 0 ? [] : ['a card']),
    ...(hasArmedMark(vm) ? [] : ['the mark of its arming']),
    ...(wordsOf(vm)['disks'] === undefined ? [] : ['its provisioning']),
  ];
}
