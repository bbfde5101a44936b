import { type Attacked, armedMark, attacked, called, orphanDisks, unfinished, willInstall } from './world.ts';

interface Series {
  readonly name: string;
  readonly args: readonly string[];
  readonly prepare?: (attack: Attacked) => void;
  readonly whole: (attack: Attacked) => boolean;
}

const armed = (attack: Attacked): boolean => {
  const [vm] = called(attack, 'vm3');
  return vm !== undefined && willInstall(vm) && armedMark(vm) !== null;
};

const series: readonly Series[] = [
  {
    name: 'create',
    args: ['create', 'k1', '--template', 'FAI'],
    whole: (attack) => called(attack, 'k1').length === 1,
  },
  { name: 'rearm', args: ['rearm', 'vm3', '--yes'], whole: armed },
  {
    name: 'rearm --force',
    args: ['rearm', 'vm3', '--yes', '--force'],
    prepare: ({ sim }) => {
      const [ref] = [...sim.world.database.all('VM')].find(([, vm]) => vm['name_label'] === 'vm3') ?? [];
      if (ref !== undefined) sim.world.database.set('VM', ref, 'power_state', 'Running');
    },
    whole: armed,
  },
  {
    name: 'template set',
    args: ['template', 'set', 'FAI', '--release', 'squeeze'],
    whole: (attack) =>
      called(attack, 'FAI').every(
        (vm) => (vm['other_config'] as Record<string, string>)['debian-release'] === 'squeeze',
      ),
  },
];

/** xapi restarts at every call: sessions, tasks and connections are gone, and the client lives. */
export async function restarts(say: (text: string) => void): Promise<string[]> {
  const losses: string[] = [];
  for (const one of series) {
    let [tried, survived] = [0, 0];
    for (let n = 1; ; n += 1) {
      const attack = await attacked();
      one.prepare?.(attack);
      let seen = 0;
      let struck = false;
      attack.sim.world.intercept = (method) => {
        seen += 1;
        if (seen !== n || method === 'session.login_with_password') return undefined;
        struck = true;
        setImmediate(() => attack.sim.restart());
        return undefined;
      };
      const ran = await attack.run(one.args);
      attack.sim.world.intercept = null;
      const end = seen < n;
      if (struck) {
        tried += 1;
        if (ran.code === 0) survived += 1;
        const here = `${one.name}, xapi restarted at call ${n}`;
        if (ran.code === 0 && !one.whole(attack)) losses.push(`${here}: exit 0, and it is not so`);
        if (unfinished(attack).length > 0) losses.push(`${here}: something half-made is left (exit ${ran.code})`);
        if (orphanDisks(attack).length > 0) losses.push(`${here}: a disk belongs to nobody`);
        if (ran.code !== 0) {
          const again = await attack.run(one.args);
          if (again.code !== 0 || !one.whole(attack)) losses.push(`${here}: run again, exit ${again.code}`);
        }
      }
      await attack.stop();
      if (end) break;
    }
    say(`${one.name}: ${tried} restarts of xapi, ${survived} runs went on to their end`);
  }
  return losses;
}
