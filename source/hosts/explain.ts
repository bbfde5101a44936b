import type { Advice } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import { nothingIsChanged, type Problem, toProblem } from '../problem/problem.ts';
import { formatBytes } from '../text/sizes.ts';
import { ConnectionFailure } from '../transport/failure.ts';
import { SshFailure } from '../transport/ssh/ssh-failure.ts';
import { OldTls } from '../transport/trust.ts';
import { ReadOnlyRefusal } from '../xapi/access.ts';
import { classify, type HostError, HostFailure } from '../xapi/errors.ts';
import { roleFor } from '../xapi/roles.ts';
import { PoolAway } from '../xapi/seek.ts';
import { typedHost } from './certificate.ts';
import { hostLog } from './error-text.ts';
import { hostErrorTexts } from './error-texts-host.ts';
import { vmErrorTexts } from './error-texts-vm.ts';
import { explainSsh } from './explain-ssh.ts';
import { explainTls } from './explain-tls.ts';

/**
 * Any error as a problem for a person: what failed, on which host, why probably, what to try. The one explainer: what is
 * a problem already stays it, an abort is an interrupt, and what nobody foresaw is a fault in xenfai.
 */
export function explain(error: unknown, host: string): Problem {
  if (error instanceof PoolAway) return alsoElsewhere(explainConnection(error, host), error);
  if (error instanceof ConnectionFailure) return explainConnection(error, host);
  if (error instanceof HostFailure) return explainHost(error, host);
  if (error instanceof ReadOnlyRefusal) return readOnlyProblem;
  return toProblem(error);
}

/** What anybody is told who asks a reading session, or a writer of files, for a change. */
export const readOnlyProblem: Problem = {
  code: 'read-only',
  exit: exit.refused,
  message: nothingIsChanged,
  try: [{ act: 'preview' }],
};

/** Its pool may go on without it, which nobody can ask before another host of it is trusted. */
function alsoElsewhere(problem: Problem, { untrusted }: PoolAway): Problem {
  const trust: Advice = {
    ...(untrusted instanceof OldTls
      ? { act: 'trust', host: typedHost(untrusted.authority), legacyTls: true }
      : {
          act: 'trust',
          host: typedHost(untrusted.presented.authority),
          fingerprint: untrusted.presented.fingerprint,
        }),
    note: 'of the same pool: it knows which host is the coordinator now',
  };
  return { ...problem, try: [trust, ...(problem.try ?? [])] };
}

function explainConnection(error: ConnectionFailure, host: string): Problem {
  if (error instanceof SshFailure) return explainSsh(error, host);
  switch (error.kind) {
    case 'certificate':
    case 'old-tls':
      return explainTls(error, host);
    case 'timeout':
      return {
        code: 'timeout',
        exit: exit.unreachable,
        message: `${host} did not answer in time.`,
        cause: error.message,
        try: [
          { act: 'give', setting: 'timeout', note: 'waits longer for an answer' },
          { shell: ['xe', 'host-list'], where: 'dom0', note: 'shows whether xapi is busy or restarting' },
        ],
      };
    case 'cut':
      return {
        code: 'connection-lost',
        exit: exit.unreachable,
        message: `${host} closed the connection before it answered.`,
        cause: 'xapi restarts, or the network was cut; whether the last call was carried out is not known.',
        try: [{ act: 'repeat' }],
      };
    case 'not-understood':
      return {
        code: 'not-a-xenserver',
        exit: exit.unreachable,
        message: `What answers at ${host} is not a XenServer's API.`,
        cause: error.message,
        try: ['Check the address: it is the one XenCenter connects to.'],
      };
    case 'unreachable':
      return {
        code: 'unreachable',
        exit: exit.unreachable,
        message: `Cannot reach ${host}.`,
        cause: error.message,
        try: ['Check address and network.', 'Ports: 443, or 80 for an http:// address.', bySsh(host)],
      };
  }
}

function bySsh(host: string): Advice {
  const name = URL.canParse(host) ? new URL(host).hostname : '';
  return {
    ...{ act: 'give', setting: 'via', note: 'where only the port of ssh is open' },
    ...(name === '' ? {} : { value: `root@${name}` }),
  };
}

function explainHost(error: HostFailure, host: string): Problem {
  const about = (code: string, message: string, extra: Partial<Problem> = {}): Problem => ({
    code,
    exit: exit.hostError,
    message: `${message} (${host})`,
    ...extra,
    host: { code: error.code, params: error.params },
  });
  return describe(classify(error), error, about);
}

type About = (code: string, message: string, extra?: Partial<Problem>) => Problem;

function describe(error: HostError, failure: HostFailure, about: About): Problem {
  switch (error.kind) {
    case 'login-refused':
      return about('login-refused', 'The host refused the login.', {
        exit: exit.loginRefused,
        cause: `User or password is wrong${error.words === '' ? '' : ` (${error.words})`}.`,
        try: [
          'The user is root unless the pool uses Active Directory.',
          'An account of a directory is DOMAIN\\user, or user@domain; in a shell it stands in quotes.',
        ],
      });
    case 'session-lost':
      return about('session-lost', 'The host has ended the session.', {
        exit: exit.unreachable,
        cause: 'xapi was restarted, or too many sessions were open.',
        try: [{ act: 'repeat' }],
      });
    case 'slave':
      return about('host-is-slave', `This host is a pool member; the pool master is ${error.master}.`, {
        cause: 'Only the master of a pool takes calls.',
        try: [`Connect to ${error.master}.`],
      });
    case 'bootloader':
      return about(
        `bootloader-${error.reason}`,
        `The bootloader failed: ${error.message}`,
        bootloaderAdvice(error.reason),
      );
    case 'kernel-refused':
      return about('kernel-refused', `The host could not start the kernel: ${error.message}`, {
        cause: 'eliloader fetched a file that this Xen cannot boot as a PV guest. The attempt is used.',
        try: [{ act: 'check', note: 'shows what is wrong with the file' }, 'Then arm it again.'],
      });
    case 'power-state':
      return about('power-state', `The VM is ${error.actual}; it must be ${error.expected}.`, {
        exit: exit.refused,
        cause: 'Somebody else, or its guest, has started or stopped it meanwhile.',
        try: [{ act: 'list-vms', note: 'shows what it does' }],
      });
    case 'template-operation':
      return about('is-a-template', 'A template cannot do this.', {
        exit: exit.refused,
        cause: 'Only VMs start, stop and are removed.',
        try: [{ act: 'list-vms', note: 'shows the VMs' }],
      });
    case 'busy':
      return about('busy', `The host is busy with the VM: ${error.operation}.`, {
        cause: 'Somebody else works on it, or a task of an earlier try goes on.',
        try: ['Try again when it has ended.'],
      });
    case 'no-host':
      return about('no-host', 'No host can start this VM.', {
        cause: 'Too little memory is free, or storage or network is missing on the host.',
        try: [
          { shell: ['xe', 'host-compute-free-memory'], where: 'dom0' },
          'Shut other VMs down, or give this one less memory.',
        ],
      });
    case 'memory':
      return about(
        'memory',
        `${formatBytes(error.needed)} are needed, ${formatBytes(error.free)} are free on the host.`,
        {
          cause: 'A host gives each VM its whole memory.',
          try: ['Shut other VMs down.', { act: 'give', setting: 'memory', note: 'less of it for a new VM' }],
        },
      );
    case 'storage':
      return about('storage', `The storage failed: ${error.message}`, {
        cause: 'It is full, or its driver met an error.',
        try: [{ shell: ['xe', 'sr-list', 'params=all'], where: 'dom0', note: 'shows the free space' }],
      });
    case 'unknown-object':
      return about('gone', `The host knows no such ${error.className} (any more).`, {
        exit: exit.notFound,
        cause: 'Somebody else has removed it, or it is of another pool.',
        try: [{ act: 'list-vms', note: 'shows what there is' }],
      });
    case 'permission': {
      const role = roleFor(failure.method);
      return about('permission', `This account may not do that: ${error.permission || failure.method}.`, {
        exit: exit.refused,
        cause: `It needs the role ${role}${role === 'pool-admin' ? '' : ', or one above it'}.`,
        try: [
          {
            shell: ['xe', 'subject-role-add', 'uuid=UUID', `role-name=${role}`],
            where: 'dom0',
            note: 'by root, for the account or its group; xe subject-list shows them',
          },
        ],
      });
    }
    case 'deaf-guest':
      return about('no-shutdown', 'The guest did not answer the request to shut down.', {
        cause: 'It has no guest utilities, hangs, or waits for a key.',
        try: [{ act: 'give', setting: 'force', note: 'switches it off' }],
      });
    case 'licence':
      return about('licence', 'The licence of the host does not allow this, or has expired.', {
        cause: 'A free XenServer of 5.6 must be activated each year, and a trial ends after 30 days.',
        try: [{ shell: ['xe', 'host-license-view'], where: 'dom0', note: 'shows what it is, and until when' }],
      });
    case 'booting':
      return about('booting', 'The host is still starting.', {
        exit: exit.unreachable,
        cause: 'xapi has been started a moment ago.',
        try: ['Try again in a minute.'],
      });
    case 'cancelled':
      return about('cancelled', 'The host cancelled the task.', {
        cause: 'Somebody has cancelled it, or xapi was restarted.',
        try: [{ act: 'repeat' }],
      });
    case 'method-unknown':
      return about('method-unknown', `This release does not know ${failure.method}.`, {
        cause: 'The call came with a later release, or went with one.',
        try: ['Report it, with the release of the host.'],
      });
    case 'duplicate-key':
      return about('duplicate-key', `Somebody else set ${error.key} at the same moment.`, {
        cause: 'Two programs write the same setting, and the host takes one of them.',
        try: [{ act: 'repeat' }],
      });
    case 'emergency':
    case 'events-lost':
    case 'other':
      return byCode(failure, about);
  }
}

/** A code that says all by itself; what no text is known for is told as the host has told it. */
function byCode({ method, code, params }: HostFailure, about: About): Problem {
  const texts = [vmErrorTexts, hostErrorTexts].find((one) => Object.hasOwn(one, code));
  const known = texts?.[code];
  if (known === undefined) {
    return about('host-error', `${method} failed: ${[code, ...params].join(', ')}`, { try: [hostLog] });
  }
  const { message, ...text } = known;
  const word = code.toLowerCase().replaceAll('_', '-');
  return about(word, typeof message === 'string' ? message : message(params), text);
}

function bootloaderAdvice(reason: string): Partial<Problem> {
  switch (reason) {
    case 'file-missing':
      return {
        cause: 'eliloader could not fetch a file. Nothing was switched: the attempt is not used.',
        try: [
          { act: 'check', note: 'asks for the same URLs' },
          'A path with "isolinux" means that install-distro is missing: arm it again.',
        ],
      };
    case 'settings':
      return {
        cause: 'install-repository or install-distro does not suit eliloader. The attempt is not used.',
        try: ['Arm it again: that sets them.'],
      };
    case 'disk-empty':
      return {
        cause: 'The VM boots from its disk, but there is no system on it: an install was interrupted.',
        try: ['Arm it again and start it: the installer runs once more.'],
      };
    default:
      return { cause: 'It ended with an error of its own. The attempt is not used.', try: [hostLog] };
  }
}
