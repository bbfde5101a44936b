import { type Plan, shutsDown } from '../operations/plan.ts';
import { planArming } from '../operations/rearm.ts';
import { diskText } from '../operations/summary.ts';
import { shortName } from '../text/short-name.ts';
import { isAsked } from './agree.ts';
import { changeVms } from './change-vms.ts';
import { applyPlan, changedBy, unchanged, withStart } from './changed.ts';
import type { Given } from './global-flags.ts';
import type { Result } from './result.ts';
import type { Surroundings } from './surroundings.ts';
import type { Take } from './take.ts';
import { usage } from './usage.ts';
import { architecture, codeName } from './values.ts';
import { watchFlags } from './watch-flags.ts';

/** Its help, and what it may be. */
type ReleaseFlag = readonly [help: string, parse: (text: string) => string];

const aRelease: ReleaseFlag = ['such as lenny', codeName];

/** Where the netboot of a VM or template comes from. */
export const sourceFlags = (take: Take, release: ReleaseFlag = aRelease) => ({
  repository: take.text('--repository <url>', 'install repository'),
  release: take.as('--release <name>', ...release),
  arch: take.as('--arch <name>', 'i386 or amd64', architecture),
  args: take.text('--args <line>', 'kernel arguments for FAI'),
  kernel: take.textOrNone(
    '--kernel <path>',
    "below the repository, in place of debian-installer's tree; '' for the tree again",
  ),
  initrd: take.text('--initrd <path>', 'the initrd that goes with --kernel, below the repository, too'),
});

/** What rearm and repair take alike. */
export const armingFlags = (take: Take) => ({
  names: take.some('VM'),
  ...sourceFlags(take),
  template: take.text('--template <name>', 'take what is missing from this template'),
  force: take.on('--force', 'shut a running VM down first'),
  snapshot: take.on('--snapshot', 'take a snapshot of the disks before'),
  start: take.on('--start', 'start it afterwards, if the repository passes the check'),
  ...watchFlags(take),
});

type ArmingFlags = Given & ReturnType<typeof armingFlags>;

/** `rearm` and `repair`: the same fields, for a VM whose attempt is used and for one another tool made. */
export function arm(operation: 'rearm' | 'repair', options: ArmingFlags, around: Surroundings): Promise<Result> {
  const { transport } = around;
  if (options.watch && !options.start) usage('--watch goes with --start.');
  const asked = isAsked(options);
  return changeVms(options.names, options, around, {
    plan: (vm, { host, profile }) =>
      planArming(operation, host, vm, {
        ...options,
        // Whoever is asked is offered the shutdown with the rest.
        force: options.force || asked,
        defaults: profile ?? {},
        showDisks: options.dryRun || asked,
      }),
    question: (plans) => questionOf(plans, options.start),
    due: ({ actions }) => actions.length > 0 || options.start,
    starts: options.start,
    async carryOut(vm, plan, { context }, rules) {
      if (!options.start || options.dryRun) return applyPlan(plan, vm, context, options);
      // What only a start needs is loaded for one.
      const { armAndStart } = await import('../operations/arm-start.ts');
      const { startedBy } = await import('./starting.ts');
      const done = await armAndStart(vm, plan, context, { transport });
      if (done.came === 'refused') return unchanged(vm, rules, done.problem);
      const { outcome, after, text } = done.armed;
      const armed = changedBy(outcome, vm, after, rules, text);
      return done.started === null ? armed : withStart(armed, startedBy(done.started, after ?? vm, rules));
    },
  });
}

/** One question for all that happens: the shutdown of what runs, the arming, the start, and what is lost by it. */
function questionOf(plans: readonly Plan[], start: boolean): string {
  const armed = plans.every(({ actions }) => actions.length === 0);
  const verb = armed ? 'start' : start ? 'arm and start' : 'arm';
  const running = plans.filter(shutsDown).length;
  const loss = lossOf(plans, start);
  const [only, ...others] = plans;
  if (only !== undefined && others.length === 0) {
    const name = shortName(only.target.name);
    return running > 0 ? `${name} runs. Shut it down, and ${verb} it?${loss}` : `${capital(verb)} ${name}?${loss}`;
  }
  const stops = running === 0 ? '' : `, of which ${running} run and are shut down first`;
  return `${capital(verb)} these ${plans.length} VMs${stops}?${loss}`;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

function lossOf(plans: readonly Plan[], start: boolean): string {
  const disks = plans.flatMap(({ erases }) => erases);
  if (disks.length === 0) return '';
  const lost = plans.length === 1 ? disks.map(diskText).join(', ') : `${disks.length} disks`;
  return start ? ` That ERASES ${lost} at once.` : ` The next boot ERASES ${lost}.`;
}
