import { type MonitorMessage, parseMonitorLine } from '../fai/monitor-message.ts';
import { exit } from '../problem/exit.ts';
import { type Problem, toProblem } from '../problem/problem.ts';
import type { PortState, Transport } from '../transport/transport.ts';

/** Whether FAI's messages come here, and how. */
export type Listening =
  | { readonly state: 'listening'; readonly port: number }
  /** They come through the process of the same user that has the port. */
  | { readonly state: 'shared'; readonly port: number; readonly pid: number }
  /** Somebody else has the port; `holder` is for a sentence, `fai-monitor, PID 812`, and foreign in part. */
  | { readonly state: 'taken'; readonly port: number; readonly holder: string; readonly problem: Problem }
  /** The machine does not give the port to us. */
  | { readonly state: 'refused'; readonly port: number; readonly problem: Problem };

export interface MonitorListener {
  /** `age`: milliseconds since it came in, where another process has passed it on later. */
  readonly onMessage: (message: MonitorMessage, age: number) => void;
  /** At the beginning, and whenever it has changed. */
  readonly onListening: (listening: Listening) => void;
  readonly signal: AbortSignal;
}

/**
 * Listens for FAI's messages as fai-monitor does, until the signal ends it; what is no message is dropped. A port that
 * somebody else has is told, and asked for again from time to time. Never rejects.
 */
export const receiveMessages = (
  transport: Transport,
  port: number,
  { onMessage, onListening, signal }: MonitorListener,
): Promise<void> =>
  transport.hearLines(port, {
    onLine(line, age) {
      const message = parseMonitorLine(line);
      if (message !== null) onMessage(message, age);
    },
    onState: (state) => onListening(listeningOf(state)),
    signal,
  });

function listeningOf(state: PortState): Listening {
  switch (state.state) {
    case 'listening':
    case 'shared':
      return state;
    case 'taken': {
      const message = `Port ${state.port} is taken by ${state.holder}.`;
      return { ...state, problem: { code: 'port-taken', exit: exit.usage, message } };
    }
    case 'refused':
      return { state: 'refused', port: state.port, problem: toProblem(state.error) };
  }
}
