import { parseAddress } from '../../hosts/address.ts';
import { type Host, openHost } from '../../hosts/host.ts';
import { parameterLines } from '../../hosts/param-list.ts';
import { allTemplates, findVm, readVm } from '../../hosts/vm.ts';
import { checkVm } from '../../operations/check.ts';
import { execute, throwProblem, withRemains } from '../../operations/execute.ts';
import { type Hands, hands as makeHands } from '../../operations/hands.ts';
import { recordInstalled } from '../../operations/start.ts';
import { planTemplateCopy, planTemplateSet } from '../../operations/template.ts';
import { exit } from '../../problem/exit.ts';
import { fail, type Problem, ProblemError, toProblem } from '../../problem/problem.ts';
import type { CheckOptions } from '../../repository/check.ts';
import type { Dial } from '../../repository/servers.ts';
import { survey } from '../../repository/survey.ts';
import type { Settings } from '../../settings/settings.ts';
import { localAddress } from '../../transport/local-address.ts';
import { rawRecord } from '../../xapi/records.ts';
import type { Command, Event } from '../events.ts';
import { loadChoices } from './choices.ts';
import { follow } from './follow.ts';
import { planCreates, planWork, runPlans } from './jobs.ts';
import { stage } from './stage.ts';

export interface EffectOptions {
  readonly settings: Settings;
  readonly timeout: number;
  readonly monitorPort: number;
  readonly now: () => number;
  /** Where OSC 52 goes: the terminal itself. */
  readonly write: (text: string) => void;
  readonly quit: (code: number) => void;
  /** Whether somebody listens at an address. */
  readonly dial: Dial;
}

export type Dispatch = (event: Event) => void;

export interface Effects {
  run(command: Command): void;
  /** Stops what is under way; with `wait` its taking back is awaited. Then logs out. */
  close(wait: boolean): Promise<void>;
}

/** What a command works with while it runs. */
export interface Work {
  readonly host: Host;
  readonly hands: Hands;
  readonly signal: AbortSignal;
  readonly dispatch: Dispatch;
  readonly now: () => number;
}

/** Runs commands: the one place where the screen touches the world. Results come back as events. */
export function createEffects(options: EffectOptions, dispatch: Dispatch): Effects {
  let host: Host | null = null;
  let current = new AbortController();
  const whole = new AbortController();
  let following: AbortController | null = null;
  let followed: Promise<void> = Promise.resolve();
  const running = new Set<Promise<void>>();
  // Hosts that were known before this session: only they lead straight to the fleet.
  const knownBefore = new Set(options.settings.profiles().map(({ name }) => name));

  const work = (signal: AbortSignal): Work => {
    const open = host ?? fail({ code: 'not-connected', exit: exit.unreachable, message: 'Not connected to a host.' });
    return { host: open, signal, dispatch, now: options.now, hands: makeHands(open, signal) };
  };

  const connect = async (command: Command & { do: 'connect' }, signal: AbortSignal): Promise<void> => {
    const url = parseAddress(command.address);
    const { user, password } = command;
    const opened = await openHost({ url, user, password, timeout: options.timeout, signal });
    await host?.close();
    host = opened;
    const facts = await opened.facts();
    const name = url.host;
    const before = options.settings.profile(name);
    options.settings.save({ ...before, name, address: opened.address, user });
    const { product, version, pool, xen, loader } = facts;
    dispatch({
      type: 'connected',
      known: knownBefore.delete(name),
      profiles: options.settings.profiles(),
      found: {
        address: opened.address,
        product,
        version,
        name: facts.name,
        pool,
        xen: xen === null ? '' : `${xen.major}.${xen.minor}`,
        loader,
        localAddress: await localAddress(url, signal),
      },
    });
  };

  /** The one before must have closed its port before the next listens on it. */
  const followAfter = async (before: Promise<void>, next: Work): Promise<void> => {
    const own = before.catch(() => {}).then(() => follow(next, options.monitorPort));
    followed = own.catch(() => {});
    return own;
  };

  const carryOut = async (command: Command, signal: AbortSignal): Promise<void> => {
    switch (command.do) {
      case 'connect':
        return connect(command, signal);
      case 'load-templates':
        return dispatch({ type: 'templates', vms: await allTemplates(work(signal).host.session) });
      case 'load-params': {
        const record = await work(signal).host.session.call('VM.get_record', [command.ref], rawRecord);
        return dispatch({ type: 'params', uuid: command.uuid, lines: parameterLines(record, () => undefined) });
      }
      case 'copy-template':
        return copyTemplate(work(signal), command);
      case 'save':
        return save(work(signal), command, options.settings);
      case 'verify':
        return verify(work(signal), command.template, options.dial);
      case 'stage':
        return stage(work(signal), command.request);
      case 'load-choices':
        return loadChoices(work(signal));
      case 'plan-create':
        return planCreates(work(signal), command.template, command.request);
      case 'plan':
        return planWork(work(signal), command, options.settings.profiles()[0] ?? {});
      case 'run':
        return runPlans(work(signal), command.plans, command.force);
      case 'follow':
        // One at a time: another host is followed instead.
        following?.abort();
        following = new AbortController();
        return followAfter(followed, work(AbortSignal.any([whole.signal, following.signal])));
      case 'record-installed':
        return recordInstalled(command.ref, work(whole.signal).hands);
      case 'copy-text':
        return options.write(`\u001b]52;c;${Buffer.from(command.text, 'utf8').toString('base64')}\u0007`);
      case 'cancel':
        current.abort(new DOMException('Interrupted', 'AbortError'));
        current = new AbortController();
        return;
      case 'quit':
        return options.quit(command.code);
    }
  };

  return {
    run(command) {
      const work = carryOut(command, current.signal).catch((error: unknown) => {
        if (whole.signal.aborted) return;
        dispatch({ type: 'failed', during: command.do, problem: problemOf(error, host) });
      });
      if (command.do === 'follow') return;
      running.add(work);
      void work.finally(() => running.delete(work));
    },
    async close(wait) {
      current.abort(new DOMException('Interrupted', 'AbortError'));
      // Taking back has its own deadline; the login must last until it is done.
      if (wait) await Promise.allSettled([...running]);
      whole.abort();
      await host?.close();
    },
  };
}

function problemOf(error: unknown, host: Host | null): Problem {
  if (error instanceof ProblemError || host === null) return toProblem(error);
  return host.explain(error);
}

async function copyTemplate(
  { host, hands, dispatch }: Work,
  command: Command & { do: 'copy-template' },
): Promise<void> {
  const source = await findVm(host.session, command.source, 'template');
  const outcome = await execute(
    await planTemplateCopy(host.session, source, command.name, command.comment, hands.run),
    hands,
  );
  throwProblem(withRemains(outcome));
  dispatch({ type: 'templates', vms: await allTemplates(host.session) });
  dispatch({ type: 'copied', uuid: outcome.uuid, name: command.name });
}

async function save(
  { host, hands, dispatch }: Work,
  command: Command & { do: 'save' },
  settings: Settings,
): Promise<void> {
  const template = await findVm(host.session, command.template, 'template');
  const outcome = await execute(planTemplateSet(template, command.settings), hands);
  throwProblem(withRemains(outcome));
  const vm = await readVm(host.session, template.ref);
  const profile = settings.profiles().find(({ address }) => address === host.address);
  if (profile !== undefined) {
    const { repository, release, arch, args } = command.settings;
    settings.save({ ...profile, template: vm.record.name_label, repository, release, arch, args });
  }
  dispatch({ type: 'configured', vm, changed: outcome.changed });
}

/** At most ten progress events a second: the screen shows no more. */
const progressEvery = 100;

async function verify({ host, signal, dispatch, now: clock }: Work, uuid: string, dial: Dial): Promise<void> {
  const template = await findVm(host.session, uuid, 'template');
  let last = Number.NEGATIVE_INFINITY;
  const onProgress: CheckOptions['onProgress'] = (file, { bytes, total }) => {
    const now = clock();
    const passed = performance.now();
    if (passed - last < progressEvery && bytes !== total) return;
    last = passed;
    dispatch({ type: 'download', file, bytes, total, now });
  };
  const look = (what: CheckOptions) => survey(what, { now: new Date(clock()), dial });
  const result = await checkVm(template, await host.facts(), { signal, onProgress, look });
  dispatch({ type: 'verified', result });
}
