import { fieldsOf, refsOf, text } from './calls/context.ts';
import { hostTime } from './clock.ts';
import { seededRandom } from './random.ts';
import type { Fields } from './types.ts';
import type { World } from './world.ts';

// What xapi's monitor writes of its own accord. Where host.other_config has rrd_update_interval, 1 for every 5 s or 2
// for every minute, that is all it has measured (monitor_dbcalls.ml:full_update_fn); where it has not, as after an
// installation, only memory that has changed, which nothing here does. From 6.1 on nobody asks for that key.

const step = 5000;

/** Whether the metrics of this host's VMs are written down at all. */
export const isMeasured = (world: Pick<World, 'database' | 'profile'>): boolean =>
  !world.profile.has('tampa') && /^[12]$/.test(interval(world));

function interval({ database }: Pick<World, 'database'>): string {
  const [host = {}] = database.all('host').values();
  return text(fieldsOf(host['other_config'])['rrd_update_interval']);
}

/** Begins to measure; the function returned ends it. */
export function startMonitor(world: World): () => void {
  let beat = 0;
  // Of its own: when it beats is real time, which must not decide what is random elsewhere.
  const { next } = seededRandom(1);
  const timer = setInterval(() => {
    beat += 1;
    if (isMeasured(world) && (interval(world) === '1' || beat % 12 === 0)) measure(world, next);
  }, step);
  timer.unref();
  return () => clearInterval(timer);
}

/** One round: each running VM and its devices, then the host's cards and processors (monitor_master.ml:update_all). */
export function measure(world: World, next: () => number): void {
  const { database } = world;
  const last_updated = hostTime(world.clock.now());
  const write = (className: string, ref: string, fields: Fields): void => {
    if (database.find(className, ref) === undefined) return;
    for (const [name, value] of Object.entries(fields)) database.set(className, ref, name, value);
  };
  const traffic = (): Fields => ({ io_write_kbs: next() * 20, io_read_kbs: next() * 20, last_updated });
  for (const vm of database.all('VM').values()) {
    if (vm['power_state'] !== 'Running') continue;
    const metrics = text(vm['metrics']);
    const seen = fieldsOf(database.find('VM_metrics', metrics)?.['VCPUs_utilisation']);
    write('VM_metrics', metrics, { VCPUs_utilisation: flickering(seen, next), last_updated });
    for (const className of ['VIF', 'VBD'] as const) {
      for (const device of refsOf(vm[`${className}s`])) {
        if (database.find(`${className}_metrics`, text(database.get(className, device)['metrics'])) === undefined) {
          database.set(className, device, 'metrics', database.create(`${className}_metrics`, {}));
        }
        write(`${className}_metrics`, text(database.get(className, device)['metrics']), traffic());
      }
    }
  }
  for (const pif of database.all('PIF').values()) write('PIF_metrics', text(pif['metrics']), traffic());
  for (const cpu of database.all('host_cpu').keys()) write('host_cpu', cpu, { utilisation: next() / 10 });
}

/** No load is the same twice: what is below a percent is noise. */
const flickering = (loads: Fields, next: () => number): Fields =>
  Object.fromEntries(
    Object.entries(loads).map(([cpu, load]) => [cpu, Math.round(Number(load) * 100) / 100 + next() * 0.004]),
  );
