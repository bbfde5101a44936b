import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MonitorMessage } from '../../source/fai/monitor-message.ts';
import { network } from '../../source/transport/network.ts';
import type { LineListener, PortState } from '../../source/transport/transport.ts';
import { type Listening, receiveMessages } from '../../source/watch/monitor-receiver.ts';
import { until } from '../harness.ts';

let life: AbortController;
let ended: Promise<void>;
let port: number;
let heard: MonitorMessage[] = [];
beforeEach(async () => {
  heard = [];
  life = new AbortController();
  let listening: Listening | null = null;
  ended = receiveMessages(network, 0, {
    onMessage: (message) => heard.push(message),
    onListening: (told) => {
      listening = told;
    },
    signal: life.signal,
  });
  port = (await until(() => listening)).port;
});
afterEach(async () => {
  life.abort();
  await ended;
});

/** Sends chunks and resolves when the other side has closed. */
const send = (...chunks: (string | Buffer)[]): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      for (const chunk of chunks) socket.write(chunk);
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve());
    socket.resume();
  });

test('one line a connection; the receiver closes first, because FAI waits for that', async () => {
  await send('web01 TASKBEGIN instsoft\n');
  await send('web01 TASK', 'END instsoft 0\nweb01 TASKEND reboot 0\n');
  expect(heard).toEqual([
    { sendid: 'web01', keyword: 'TASKBEGIN', name: 'instsoft' },
    { sendid: 'web01', keyword: 'TASKEND', name: 'instsoft', code: 0 },
  ]);
});

test('noise and floods are dropped', async () => {
  await send(Buffer.alloc(5000, 'x'));
  await send(`${'x'.repeat(2000)}\n`);
  await send('GET / HTTP/1.0\r\n\r\n');
  await send(Buffer.from([0, 255, 10]));
  expect(heard).toEqual([]);
});

test('a silent client is cut off after five seconds', async () => {
  await send('half a line');
  expect(heard).toEqual([]);
});

test('a port that the machine does not give, and one that somebody else has, are told', async () => {
  const told: Listening[] = [];
  const states: Record<string, PortState> = {
    refused: {
      state: 'refused',
      port: 80,
      error: Object.assign(new Error('listen EACCES'), { code: 'EACCES', syscall: 'listen' }),
    },
    taken: { state: 'taken', port: 4711, holder: 'fai-monitor, PID 812' },
  };
  for (const state of Object.values(states)) {
    const transport = { ...network, hearLines: async (_: number, { onState }: LineListener) => onState(state) };
    const listener = { onMessage: () => {}, onListening: (next: Listening) => told.push(next), signal: life.signal };
    await receiveMessages(transport, 4711, listener);
  }
  expect(told).toEqual([
    { state: 'refused', port: 80, problem: expect.objectContaining({ message: 'listen EACCES.' }) },
    {
      state: 'taken',
      port: 4711,
      holder: 'fai-monitor, PID 812',
      problem: { code: 'port-taken', exit: 2, message: 'Port 4711 is taken by fai-monitor, PID 812.' },
    },
  ]);
});
