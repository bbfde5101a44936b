import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type BenchmarkRow, inTurn, row } from './measure.ts';

const vms = 1000;
const messages = 20_000;
/** Connections that are open at the same time. */
const atOnce = 100;

/** As FAI's own fai-monitor does it, one connection after the other, and it keeps the last message of each VM. */
const python = `
import json, resource, signal, socket, sys
server = socket.create_server(('', 0), backlog=2000)
heard, last = 0, {}
def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return (usage.ru_utime + usage.ru_stime) * 1000
def end(*_):
    print(json.dumps({'heard': heard, 'milliseconds': used() - before}), flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
print(server.getsockname()[1], flush=True)
before = used()
while True:
    connection, _ = server.accept()
    with connection:
        connection.settimeout(5)
        words = connection.makefile('rb').readline(1024).decode('latin1').split()
    if len(words) > 1:
        heard += 1
        last[words[0]] = words[1:]
`;

/** As sendmon sends it: a connection a message, until the other side has closed it. */
const send = (port: number, line: string): Promise<void> =>
  new Promise((done, fail) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\n`));
    socket.on('error', fail);
    socket.on('close', () => done());
    socket.resume();
  });

/** Milliseconds of processor time that a receiver takes for 10,000 messages. */
async function receiving(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const port = Number((await lines.next()).value);
  let sent = 0;
  const sendSome = async (): Promise<void> => {
    while (sent < messages) {
      sent += 1;
      await send(port, `vm${sent % vms} ${sent % 2 === 0 ? 'TASKBEGIN instsoft' : 'TASKEND instsoft 0'}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, sendSome));
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const { heard, milliseconds } = JSON.parse(String((await lines.next()).value));
  await ended;
  if (heard !== messages) throw new Error(`${program}: ${heard} of ${messages} messages heard`);
  return (milliseconds * 10_000) / messages;
}

/** What FAI's port costs when everything installs at the same time. */
export async function monitoring(): Promise<BenchmarkRow[]> {
  const ours = resolve(import.meta.dirname, 'receive-messages.ts');
  const took = await inTurn(
    3,
    () => receiving(process.execPath, [ours, String(vms)]),
    () => receiving('python3', ['-c', python]),
  );
  return [
    // Ten thousand a second are to leave something of the core.
    row('10,000 messages of 1,000 VMs, processor time', ...took, 'ms', 'a loop of accept and read in Python', {
      most: 1000,
    }),
  ];
}
