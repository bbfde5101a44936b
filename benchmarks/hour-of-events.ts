// Two hours of fifty events a second for the screen of a thousand VMs: each folded, reduced, laid out and drawn, on a clock
// that is told the time. Tells the heap in MiB after two minutes and after each hour. Wants --expose-gc.
import { unknownRules } from '../source/boot/releases.ts';
import { parseMonitorLine } from '../source/fai/monitor-message.ts';
import { happening } from '../source/tui/app/mount.ts';
import { pictureOf } from '../source/tui/app/picture.ts';
import { type AppEvent, reduce } from '../source/tui/app/store.ts';
import { Canvas } from '../source/tui/cells/canvas.ts';
import { unicode } from '../source/tui/kit/theme.ts';
import { fleet } from '../source/tui/screens/fleet/screen.ts';
import { type AppState, screens, startState } from '../source/tui/screens/index.ts';
import { FleetFold } from '../source/watch/fleet.ts';
import { type Ref, ref, vmRecord } from '../source/xapi/records.ts';
import { connected } from '../test/tui/play.ts';

const size = { columns: 80, rows: 24 };
const many = 1000;
const perSecond = 50;
/** Events that are told at once. */
const together = 5;

const recordOf = (index: number, more: object = {}) => ({
  ref: ref.parse(`OpaqueRef:${index}`),
  record: vmRecord.parse({
    uuid: `u${index}`,
    name_label: `vm${index}`,
    power_state: 'Running',
    PV_bootloader: 'pygrub',
    domid: index,
    ...more,
  }),
});

let now = Date.parse('2010-11-15T10:00:00Z');
let state: AppState = startState({ suggestions: {}, profiles: [], now, readOnly: false })[0];
const dispatch = (event: AppEvent<AppState>): void => {
  state = reduce(screens, state, event)[0];
};
const fold = new FleetFold(unknownRules);
const vms = Array.from({ length: many }, (_, index) => recordOf(index));
fold.fold({ type: 'all', vms, started: new Map(), clockAhead: 0 }, now);
dispatch({ type: 'window', window: size });
dispatch(connected);
dispatch({ type: 'key', key: { name: 'ctrl-f', text: '' } });

const canvas = new Canvas();
let drawn = 0;
function draw(): void {
  const { head, body, foot } = pictureOf(screens, state, size.columns, size.rows, unicode);
  const text = (rows: typeof head) => rows.map((row) => row.map((span) => span.text).join('')).join('\n');
  drawn += canvas.draw(`${text(head)}\n${text(body.rows)}\n${text(foot)}`, size).length;
}

/** What happens next to some VM: a change of its record, or a word from FAI. */
function change(index: number): Ref[] {
  const vm = index % many;
  if (index % 2 === 0)
    return fold.fold({ type: 'vm', vm: recordOf(vm, { name_description: `number ${index}` }) }, now);
  const message = parseMonitorLine(`vm${vm} ${index % 4 === 1 ? 'TASKBEGIN' : 'TASKEND'} instsoft 0`);
  return message === null ? [] : fold.fold({ type: 'message', message }, now);
}

function pass(seconds: number): void {
  for (let index = 0; index < seconds * perSecond; index += together) {
    now += (1000 / perSecond) * together;
    const changed = new Set(Array.from({ length: together }, (_, more) => change(index + more)).flat());
    dispatch(happening(fleet, { type: 'fleet', fleet: fold.snapshot(), changed, now }));
    draw();
  }
}

function heap(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1024 ** 2;
}

pass(120);
const heaps = [heap()];
for (const _ of ['first', 'second']) {
  pass(3600);
  heaps.push(heap());
}
if (drawn === 0) throw new Error('nothing was drawn');
console.log(JSON.stringify(heaps));
