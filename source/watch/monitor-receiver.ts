import { type MonitorMessage, parseMonitorLine } from '../fai/monitor-message.ts';
import { exit } from '../problem/exit.ts';
import { type Problem, toProblem } from '../problem/problem.ts';
import type { LineServer, Transport } from '../transport/transport.ts';

/** Whether FAI's messages come here, and how. `holder` is text for a sentence, foreign in part. */
export type Listening =
  | { readonly state: 'listening'; readonly port: number }
  /** They come through the process of the same user that holds the port. */
  | { readonly state: 'shared'; readonly port: number; readonly pid: number }
  /** Somebody else holds the port, e.g. `fai-monitor, PID 812`. It is asked for again from time to time. */
  | { readonly state: 'taken'; readonly port: number; readonly holder: string; readonly problem: Problem }
  /** The machine does not give the port to us. */
  | { readonly state: 'refused'; readonly port: number; readonly problem: Problem };

/** Listens for FAI's messages as fai-monitor does; what is no message is dropped. Errors: the port is taken. */
export const receiveMessages = (
  transport: Transport,
  port: number,
  onMessage: (message: MonitorMessage, peer: string) => void,
): Promise<LineServer> =>
  transport.listenForLines(port, (line, peer) => {
    const message = parseMonitorLine(line);
    if (message !== null) onMessage(message, peer);
  });

/** Why a port cannot be had. */
export function portFailure(port: number, error: unknown, holder: string): Listening {
  const problem = toProblem(error);
  if (problem.code !== 'port-taken') return { state: 'refused', port, problem };
  const message = `Port ${port} is taken by ${holder}.`;
  return { state: 'taken', port, holder, problem: { code: 'port-taken', exit: exit.usage, message } };
}
