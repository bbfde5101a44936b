import type { Advice } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import type { Problem } from '../problem/problem.ts';
import type { SshFailure } from '../transport/ssh/ssh-failure.ts';
import { leadsTo, showWay, sshWords, type Way } from '../transport/ssh/way.ts';

/** Why ssh did not lead to a host. Nothing was sent to it. */
export function explainSsh({ way, trouble, message: said }: SshFailure, host: string): Problem {
  const name = showWay(way);
  const problem = (code: string, message: string, ...advice: Advice[]): Problem => ({
    ...{ code, exit: exit.unreachable, message, try: advice },
    ...(trouble === 'missing' ? {} : { cause: `${said}.` }),
  });
  switch (trouble) {
    case 'missing':
      return problem(
        'ssh-missing',
        'There is no program ssh on this machine.',
        'Install the client of OpenSSH: on Debian the package openssh-client.',
      );
    case 'question':
      return problem(
        'ssh-refused',
        `ssh to ${name} was not let in, or had a question that nobody could be asked.`,
        { ...proof(way), note: 'must work; what it asks, it asks at the start, on a terminal only' },
        'A key in an agent answers for you, and so does a connection of yours that is open (ControlMaster).',
      );
    case 'too-old':
      return problem(
        'ssh-too-old',
        `The ssh of ${name} knows only what the ssh of this machine has switched off.`,
        'In ~/.ssh/config, for that host: HostKeyAlgorithms +ssh-rsa, PubkeyAcceptedAlgorithms +ssh-rsa, KexAlgorithms +diffie-hellman-group14-sha1.',
        { ...proof(way), note: 'says what else is missing' },
      );
    case 'forbidden':
      return problem(
        'ssh-forbidden',
        `The ssh server of ${name} lets nobody through.`,
        'AllowTcpForwarding must be yes in its sshd_config, and nothing else may be said of that key in authorized_keys.',
      );
    case 'unanswered':
      return {
        ...problem(
          'unreachable',
          `Cannot reach ${host}.`,
          'Check the address, and whether xapi runs there.',
          ...plainInstead(host, way),
        ),
        cause: `seen from ${name}: ${said}`,
      };
    case 'failed':
      return problem('ssh-failed', `ssh to ${name} failed.`, { ...proof(way), note: 'must work' });
  }
}

const proof = (way: Way) => ({ shell: ['ssh', ...sshWords(way), 'true'] });

/** Nothing that is said by plain http on this way crosses a network by itself. */
const plainInstead = (host: string, way: Way): string[] =>
  host.startsWith('https:') && URL.canParse(host) && leadsTo(way, new URL(host))
    ? [`Where only port 80 answers: http://${new URL(host).hostname} is as safe by this way.`]
    : [];
