import { type MonitorMessage, parseMonitorLine } from '../fai/monitor-message.ts';
import type { LineServer, Transport } from '../transport/transport.ts';

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
