import type { Simulator } from '../../source/simulator/simulator.ts';
import { settingsOf } from '../../source/tui/screens/configure/state.ts';
import type { AppState } from '../../source/tui/screens/index.ts';
import { lennyTemplate, prepareTemplate, until, xenfai } from '../harness.ts';
import type { Said } from '../operations/agreement.ts';
import type { Program } from './program.ts';

// The six things that the screen does to a host, each as the keys that lead to it, and as the command that does the same.

export interface Walk {
  /** The host is known from before: one begins in the fleet. */
  readonly known: boolean;
  readonly said: Omit<Said, 'ok'>;
  /** How fast its guests live; 1 where one that has started is to stay as it is. */
  readonly speed?: number;
  /** What must be so before. */
  readonly prepare: (sim: Simulator) => Promise<unknown>;
  /** From wherever one is to where one key does it. */
  readonly lead: (program: Program) => Promise<void>;
  /** That key. */
  readonly key: string;
  readonly ended: (state: AppState) => boolean;
  /** The same for the command line. */
  readonly line: (state: AppState) => readonly string[];
  /** Makes the host as it was; absent: each time on a fresh one. */
  readonly reset?: (sim: Simulator) => void;
}

export const refOf = (sim: Simulator, name: string): string =>
  [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === name)?.[0] ?? '';

const placeOf = ({ shared }: AppState): string => shared.place.name;
export const jobEnded = ({ plan }: AppState): boolean => plan.job?.phase === 'done';

/** One key, until it is so. */
async function pressUntil(program: Program, key: string, there: (state: AppState) => boolean): Promise<void> {
  for (let times = 0; !there(program.state()); times += 1) {
    if (times > 200) throw new Error(`${key} leads nowhere:\n${program.screen()}`);
    await program.press(key);
  }
}

const backTo = (program: Program, there: (state: AppState) => boolean): Promise<void> =>
  pressUntil(program, 'escape', there);

/** Down a list, until it is there. */
async function select(program: Program, selected: (state: AppState) => boolean): Promise<void> {
  await program.press('g');
  await pressUntil(program, 'j', selected);
}

const templateNamed =
  (name: string) =>
  ({ template, shared }: AppState): boolean =>
    shared.templates.items.some((item) => item.name === name && item.uuid === template.list.selected);

/** The template of one's own, on to its fields. */
async function toConfigure(program: Program): Promise<void> {
  if (placeOf(program.state()) === 'connect') await program.press('enter');
  if (placeOf(program.state()) === 'template') {
    await select(program, templateNamed('FAI'));
    await program.press('enter');
  }
  await backTo(program, (state) => placeOf(state) === 'configure');
}

/** On to what can be done with the template. */
async function toMenu(program: Program): Promise<void> {
  if (!program.state().shared.visited.some(({ name }) => name === 'verify')) {
    await toConfigure(program);
    await program.press('pagedown', 'enter');
    await program.comes(({ verify }) => verify.result !== null);
    await program.press('enter');
  }
  await backTo(program, (state) => placeOf(state) === 'act' && state.plan.job === null && state.act.view === 'menu');
}

export const planShown = (program: Program): Promise<void> =>
  program.comes(({ plan }) => plan.job !== null && plan.job.phase === 'preview');

/** In the fleet, the plan for a VM that is so. */
export const vmWork =
  (key: string, name: string, ready: (state: string, power: string) => boolean): Walk['lead'] =>
  async (program) => {
    await backTo(program, ({ plan }) => plan.job === null);
    await program.comes(({ shared }) =>
      [...shared.fleet.byRef.values()].some(
        ({ vm, state }) => vm.record.name_label === name && ready(state.state, vm.record.power_state),
      ),
    );
    await select(program, ({ fleet, shared }) =>
      [...shared.fleet.byRef].some(([ref, { vm }]) => ref === fleet.list.selected && vm.record.name_label === name),
    );
    await program.press(key);
    await planShown(program);
  };

/** What a create or a copy made goes, as if it had never been. */
function removeByHand(sim: Simulator, name: string): void {
  const { database } = sim.world;
  const ref = refOf(sim, name);
  if (ref === '') return;
  const vm = database.get('VM', ref);
  for (const vbd of [vm['VBDs']].flat().map(String)) {
    const { VDI, metrics } = database.get('VBD', vbd);
    database.destroy('VDI', String(VDI));
    if (database.find('VBD_metrics', String(metrics))) database.destroy('VBD_metrics', String(metrics));
    database.destroy('VBD', vbd);
  }
  for (const vif of [vm['VIFs']].flat().map(String)) database.destroy('VIF', vif);
  database.destroy('VM_metrics', String(vm['metrics']));
  database.destroy('VM', ref);
}

/** A VM as it was when this was asked for. */
function keeper(name: string) {
  const kept = new Map<Simulator, Readonly<Record<string, unknown>>>();
  return {
    keep: (sim: Simulator) => kept.set(sim, structuredClone(sim.world.database.get('VM', refOf(sim, name)))),
    putBack(sim: Simulator) {
      const record = kept.get(sim) ?? {};
      for (const field of ['PV_args', 'PV_bootloader', 'PV_bootloader_args', 'other_config', 'power_state'])
        sim.world.database.set('VM', refOf(sim, name), field, record[field] as string);
    },
  };
}

/** Whatever an arming can find wrong. */
export function disarm(sim: Simulator): void {
  const { database } = sim.world;
  const ref = refOf(sim, 'vm3');
  const vm = database.get('VM', ref)['uuid'];
  database.setKey('VM', ref, 'other_config', 'install-round', '2');
  database.setKey('VM', ref, 'other_config', 'install-distro', 'pygrub');
  database.setKey('VM', ref, 'other_config', 'xenfai:installed', markOf(String(vm)));
}

const markOf = (vm: string): string => JSON.stringify({ vm, run: 'r', at: new Date().toISOString(), by: 'x' });

const vm3 = keeper('vm3');
const running = keeper('vm3');
const fai = keeper('FAI');

export const walks: Readonly<Record<string, Walk>> = {
  create: {
    known: false,
    said: { name: 'web', wanted: 'armed' },
    prepare: prepareTemplate,
    async lead(program) {
      await toMenu(program);
      await program.press('1', 'ctrl-u');
      await program.type('web');
      await program.comes(({ act }) => act.form.values.network !== '' && act.form.values.sr !== '');
      await program.press('pagedown', 'enter');
      await planShown(program);
    },
    key: 'enter',
    ended: jobEnded,
    line({ act: { form } }) {
      const { names, memory, vcpus, disk, sr, network } = form.values;
      const sizes = ['--memory', memory, '--vcpus', vcpus, '--disk', disk, '--sr', sr, '--network', network];
      return ['create', names, '--template', 'FAI', ...sizes];
    },
    reset: (sim) => removeByHand(sim, 'web'),
  },
  rearm: {
    known: true,
    said: { name: 'vm3', wanted: 'armed' },
    async prepare(sim) {
      disarm(sim);
      vm3.keep(sim);
    },
    lead: vmWork('a', 'vm3', (state, power) => state !== 'armed' && power === 'Halted'),
    key: 'y',
    ended: jobEnded,
    line: () => ['rearm', 'vm3', '--yes', '--force'],
    reset: vm3.putBack,
  },
  'rearm of a running VM': {
    known: true,
    said: { name: 'vm3', wanted: 'armed' },
    async prepare(sim) {
      disarm(sim);
      sim.world.database.set('VM', refOf(sim, 'vm3'), 'power_state', 'Running');
      running.keep(sim);
    },
    lead: vmWork('a', 'vm3', (state, power) => state !== 'armed' && power === 'Running'),
    key: 'y',
    ended: jobEnded,
    line: () => ['rearm', 'vm3', '--yes', '--force'],
    reset: running.putBack,
  },
  start: {
    known: true,
    said: { name: 'vm1', wanted: 'running' },
    speed: 1,
    // What an earlier install came to goes first.
    async prepare(sim) {
      const ref = refOf(sim, 'vm1');
      const { uuid } = sim.world.database.get('VM', ref);
      sim.world.database.setKey('VM', ref, 'other_config', 'xenfai:installed', markOf(String(uuid)));
    },
    lead: vmWork('s', 'vm1', (_, power) => power === 'Halted'),
    key: 'y',
    ended: jobEnded,
    line: () => ['start', 'vm1'],
  },
  stop: {
    known: true,
    said: { name: 'vm1', wanted: 'halted' },
    async prepare(sim) {
      await xenfai(sim, ['start', 'vm1']);
      const state = async () => (await xenfai(sim, ['status', 'vm1', '--json'])).json.vms[0];
      await until(async () => (await state()).state === 'installed');
      // Whoever follows the fleet puts it on record, as soon as it is seen.
      const ref = refOf(sim, 'vm1');
      const { uuid } = sim.world.database.get('VM', ref);
      sim.world.database.setKey('VM', ref, 'other_config', 'xenfai:installed', markOf(String(uuid)));
    },
    lead: vmWork('x', 'vm1', (state, power) => state === 'installed' && power === 'Running'),
    key: 'y',
    ended: jobEnded,
    line: () => ['stop', 'vm1', '--yes'],
  },
  'template copy': {
    known: false,
    said: { name: 'Copy', wanted: 'template' },
    prepare: async () => {},
    async lead(program) {
      if (placeOf(program.state()) === 'connect') await program.press('enter');
      await backTo(program, (state) => placeOf(state) === 'template' && state.template.copy === null);
      await select(program, templateNamed(lennyTemplate));
      await program.press('c', 'ctrl-u');
      await program.type('Copy');
      await program.press('pagedown', 'ctrl-u');
      await program.type('another');
    },
    key: 'enter',
    ended: ({ template }) => !template.copying,
    line: () => ['template', 'copy', lennyTemplate, 'Copy', '--comment', 'another'],
    reset: (sim) => removeByHand(sim, 'Copy'),
  },
  'template set': {
    known: false,
    said: { name: 'FAI', wanted: 'template', keys: { 'debian-release': 'squeeze', 'install-arch': 'amd64' } },
    async prepare(sim) {
      await prepareTemplate(sim);
      fai.keep(sim);
    },
    async lead(program) {
      await toConfigure(program);
      await program.press('pageup', 'down', 'ctrl-u');
      await program.type('squeeze');
      await program.press('down', 'ctrl-u');
      await program.type('amd64');
      await program.press('pagedown');
    },
    key: 'enter',
    ended: ({ configure }) => !configure.saving,
    line({ configure, shared }) {
      const { repository, release, arch, proxy, args } = settingsOf({ shared, own: configure });
      const source = ['--repository', repository, '--release', release, '--arch', arch];
      return ['template', 'set', 'FAI', ...source, `--proxy=${proxy}`, '--args', args];
    },
    reset: fai.putBack,
  },
};
