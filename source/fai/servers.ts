import { detectDialect } from './dialects.ts';
import { lastValue, splitKernelLine } from './kernel-line.ts';

/** FAI's monitor, unless FAI_MONITOR_PORT says otherwise (since FAI 4.3.2). */
export const monitorPort = 4711;
const nfsPort = 2049;

/**
 * The servers a kernel line makes the guest talk to. Names are kept as they are; a server that DHCP gives is not in
 * the line, and not in the list.
 */
export function serversOf(line: string): { host: string; port: number; what: 'nfs' | 'monitor' }[] {
  const words = splitKernelLine(line);
  const dialect = detectDialect(words);
  const root =
    dialect === 'live-boot' ? lastValue(words, 'nfsroot') : (lastValue(words, 'root') ?? '').replace(/^nfs4?:/, '');
  const server = dialect === null || dialect === 'http' ? null : serverOf(root ?? '');
  const monitor = lastValue(words, 'monserver') ?? '';
  const port = Number(lastValue(words, 'FAI_MONITOR_PORT') ?? monitorPort);
  return [
    ...(server === null ? [] : [{ host: server, port: nfsPort, what: 'nfs' as const }]),
    ...(isHost(monitor) && port > 0 && port < 65536 ? [{ host: monitor, port, what: 'monitor' as const }] : []),
  ];
}

/** SERVER:/path; nothing for /path alone. */
function serverOf(root: string): string | null {
  const host = /^([^/]+):\//.exec(root)?.[1] ?? '';
  return isHost(host) ? host : null;
}

const isHost = (text: string): boolean => /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])$/.test(text);
