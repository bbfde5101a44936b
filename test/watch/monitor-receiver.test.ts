import { connect } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MonitorMessage } from '../../source/fai/monitor-message.ts';
import { network } from '../../source/transport/network.ts';
import type { LineServer } from '../../source/transport/transport.ts';
import { receiveMessages } from '../../source/watch/monitor-receiver.ts';

let receiver: LineServer;
let heard: MonitorMessage[] = [];
beforeEach(async () => {
  heard = [];
  receiver = await receiveMessages(network, 0, (message) => heard.push(message));
});
afterEach(() => receiver.close());

/** Sends chunks and resolves when the other side has closed. */
const send = (...chunks: (string | Buffer)[]): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(receiver.port, '127.0.0.1', () => {
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

test('a port that is taken is an error', async () => {
  await expect(receiveMessages(network, receiver.port, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
