import type { Finding } from '../problem/finding.ts';
import type { Dial } from '../transport/transport.ts';

/** A place that a guest will talk to, and what for. */
export interface GuestServer {
  readonly host: string;
  readonly port: number;
  readonly what: 'nfs' | 'monitor';
}

/**
 * Whether the servers a kernel line names answer from here. It is only that: the guest sits in another network, and
 * NFS of Lenny's age also asks the portmapper. So nothing here is an error.
 */
export async function checkServers(
  peers: readonly GuestServer[],
  dial: Dial,
  signal: AbortSignal,
): Promise<Finding[]> {
  const answers = await Promise.all(peers.map(({ host, port }) => dial(host, port, signal)));
  signal.throwIfAborted();
  return peers.map((peer, i) => serverFinding(peer, answers[i] === true));
}

function serverFinding({ host, port, what }: GuestServer, answers: boolean): Finding {
  const name = what === 'nfs' ? "The nfsroot's server" : "FAI's monitor";
  const place = `${host}, TCP ${port}`;
  if (answers) {
    return {
      severity: 'info',
      code: `${what}-answers`,
      message: `${name} answers from this machine (${place}). Whether it does for the guest is not seen from here.`,
    };
  }
  const cause =
    what === 'nfs' ? 'the install would wait for its root' : "nobody would hear of the install's progress";
  return {
    severity: 'warning',
    code: `${what}-silent`,
    message: `${name} does not answer from this machine (${place}). If it does not for the guest either, ${cause}.`,
    try:
      what === 'nfs'
        ? { shell: ['showmount', '-e', host], note: 'on the server: systemctl status nfs-server, exportfs -v' }
        : 'Start the monitor there, or leave monserver= to the address of this machine and watch from here.',
  };
}
