import { serversOf } from '../../../fai/servers.ts';
import { mayAskAboutLogs } from '../../../fai/validate.ts';
import type { Install } from '../../../watch/install.ts';
import { silenceOf } from '../../../watch/silence.ts';
import type { Listening } from '../../../watch/stream.ts';
import { lookOf } from '../../app/installs.ts';

/** Where FAI's messages could come from. */
export interface Hearing {
  /** Null: not known yet. */
  readonly listening: Listening | null;
  /** This machine's address, as the host sees it. */
  readonly localAddress: string;
}

/** Why nothing is known of an install's task: for a cell of some twenty columns, and as a sentence. */
export interface TaskReason {
  readonly short: string;
  readonly sentence: string;
}

const reason = (short: string, sentence: string): TaskReason => ({ short, sentence });

/**
 * Why the task of a VM is empty, or its news old; null where nothing is to be explained: no installer runs, or all is as
 * usual. Both may hold foreign text.
 */
export function taskReason(
  install: Install,
  { listening = null, localAddress = '' }: Partial<Hearing>,
  now: number,
): TaskReason | null {
  const { progress, vm } = install;
  if (progress !== null) return cutOff(install, now) ?? silent(install, now);
  if (vm.record.power_state !== 'Running') return null;
  if (!['installing', 'quiet', 'fired', 'waiting', 'lost'].includes(lookOf(install, now))) return null;
  const monitor = serversOf(vm.record.PV_args).find(({ what }) => what === 'monitor');
  if (monitor === undefined)
    return reason(
      'no monserver in its line',
      'Its kernel line has no monserver: FAI tells nobody how far it is. The record and the processor are all that is seen.',
    );
  const { host, port } = monitor;
  if (listening === null) return reason('not listening yet', 'This screen does not listen for FAI yet.');
  switch (listening.state) {
    case 'taken':
      return reason(
        `port taken: ${listening.holder}`,
        `Port ${listening.port} of this machine is held by ${listening.holder}: FAI's messages go there, not here.`,
      );
    case 'refused':
      return reason(
        `no port ${listening.port}`,
        `This machine does not give port ${listening.port} to xenfai: ${listening.problem.message}`,
      );
    case 'listening':
    case 'shared': {
      const heard = listening.port;
      if (port !== heard)
        return reason(
          `it sends to port ${port}`,
          `Nothing is heard: it sends to port ${port}, and port ${heard} is listened on here.`,
        );
      if (host === localAddress || isLoopback(host))
        return reason('nothing heard yet', `Nothing is heard yet; port ${heard} of this machine is listened on.`);
      return reason(
        `tells ${host}`,
        `Nothing is heard yet: port ${heard} is listened on here; its monserver is ${host}, which is not this machine${localAddress === '' ? '' : ` (${localAddress})`}.`,
      );
    }
  }
}

/** It was switched off while FAI was at work. */
function cutOff(install: Install, now: number): TaskReason | null {
  const { progress, vm } = install;
  if (vm.record.power_state !== 'Halted' || lookOf(install, now) !== 'fired') return null;
  if (progress?.outcome !== 'running' || progress.task === null) return null;
  return reason(
    `off since ${progress.task}`,
    `It was switched off in ${progress.task}: its disk holds half an install.`,
  );
}

function silent(install: Install, now: number): TaskReason | null {
  const silence = silenceOf(install, now);
  if (silence === null) return null;
  const asks = install.progress?.task === 'savelog' && mayAskAboutLogs(install.vm.record.PV_args);
  const why = asks
    ? ' ssh may be asking on its console about a host that it does not know: LOGUSER= FAI_LOGPROTO=none in the kernel line keeps the next install from it.'
    : '';
  return reason(silence.replace(/ \(.*/, ''), `FAI has sent ${silence}.${why}`);
}

const isLoopback = (host: string): boolean => host === 'localhost' || host.startsWith('127.');
