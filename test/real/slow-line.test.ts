import { once } from 'node:events';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { expect } from 'vitest';
import { built, Terminal } from '../end-to-end/terminal.ts';
import { connect, copyTemplate, makeAndStart, planNew, save } from '../end-to-end/walk.ts';
import { programPath, realTest } from './needs.ts';
import { startSshd } from './sshd.ts';

/** Milliseconds that each piece is under way, and its bytes. */
const delay = 40;
const piece = 200;

/** A slow line to a port of this machine: small pieces, each late, in their order. */
async function slowLine(port: number) {
  const carry = (from: Socket, to: Socket): void => {
    let before = Promise.resolve();
    from.on('data', (data: Buffer) => {
      for (let at = 0; at < data.length; at += piece)
        before = before.then(async () => {
          await new Promise((resolve) => setTimeout(resolve, delay));
          if (to.writable) to.write(data.subarray(at, at + piece));
        });
    });
    from.on('close', () => void before.then(() => to.end()));
    from.on('error', () => to.destroy());
  };
  const server = createServer((near) => {
    const far = dial(port, '127.0.0.1');
    carry(near, far);
    carry(far, near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}

realTest('the first hour by keys, through ssh over a slow line', ['sshd', 'ssh', 'ssh-keygen'], async () => {
  const sshd = await startSshd();
  const { readFileSync } = await import('node:fs');
  const port = Number(/^Port (\d+)$/m.exec(readFileSync(sshd.config, 'utf8'))?.[1]);
  const line = await slowLine(port);
  const program = `LC_ALL=C.UTF-8 '${process.execPath}' '${built}' demo`;
  const terminal = new Terminal(['-tt', '-o', `Port=${line.port}`, ...sshd.args, program], {
    program: programPath('ssh'),
  });
  try {
    await connect(terminal);
    await copyTemplate(terminal);
    await save(terminal);
    await planNew(terminal, 'web01');
    await makeAndStart(terminal, 'web01');
    terminal.press('enter');
    await terminal.shows(/web01 +\S+ +installing/);
    terminal.press('q');
    expect((await terminal.exit).exitCode).toBe(0);
    expect(terminal.buffer.type).toBe('normal');
  } finally {
    terminal.kill();
    line.close();
    sshd.stop();
  }
});
