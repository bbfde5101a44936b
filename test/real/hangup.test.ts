import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, connect as dial, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readJournal } from '../../source/operations/journal.ts';
import { storiesOf } from '../../source/operations/journal-runs.ts';
import { built, Terminal } from '../end-to-end/terminal.ts';
import { planFromTemplate } from '../end-to-end/walk.ts';
import { prepareTemplate, simulator, until } from '../harness.ts';
import { programPath, realTest } from './needs.ts';
import { startSshd } from './sshd.ts';

// A screen on a jump host makes VMs, and the ssh it is looked at through goes: what was begun there is taken back there.

/** A line to a port of this machine that can be cut, so that neither end is told by the other. */
async function line(port: number) {
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = dial(port, '127.0.0.1');
    sockets.push(near, far);
    near.on('error', () => {}).pipe(far);
    far.on('error', () => {}).pipe(near);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    close() {
      cut();
      server.close();
    },
  };
}

type Line = Awaited<ReturnType<typeof line>>;

const ends: readonly (readonly [string, (terminal: Terminal, line: Line) => void])[] = [
  ['the ssh client is killed', (terminal) => terminal.kill()],
  ['the connection is cut', (_, { cut }) => cut()],
];

for (const [what, end] of ends)
  realTest(
    `${what} while the screen makes VMs: nothing is left half made, and the journal tells it`,
    ['sshd', 'ssh', 'ssh-keygen'],
    async () => {
      const sim = await simulator();
      await prepareTemplate(sim);
      const before = sim.world.database.all('VM').size;
      const folder = mkdtempSync(join(tmpdir(), 'xenfai-hangup-'));
      const pidFile = join(folder, 'pid');
      const sshd = await startSshd();
      const port = Number(/^Port (\d+)$/m.exec(readFileSync(sshd.config, 'utf8'))?.[1]);
      const way = await line(port);
      const words = `LC_ALL=C.UTF-8 XENFAI_HOST=${sim.host} XENFAI_CONFIG_DIR=${folder} XENFAI_STATE_DIR=${folder}`;
      const program = `echo $$ > ${pidFile}; exec env ${words} '${process.execPath}' '${built}'`;
      const terminal = new Terminal(['-tt', '-o', `Port=${way.port}`, ...sshd.args, program], {
        program: programPath('ssh'),
      });
      try {
        await planFromTemplate(terminal, sim.password, 'web[01-09]');
        let made = 0;
        sim.world.intercept = (method) => {
          if (method === 'Async.VM.provision') made += 1;
          if (method === 'Async.VM.provision' && made === 2) end(terminal, way);
          return undefined;
        };
        terminal.press('enter');
        const pid = Number(readFileSync(pidFile, 'utf8'));
        await until(() => !existsSync(`/proc/${pid}`));

        const names = [...sim.world.database.all('VM').values()].map((vm) => String(vm['name_label']));
        const held = names.filter((name) => name.startsWith('web')).sort();
        expect(held.filter((name) => name.includes('xenfai:'))).toEqual([]);
        expect(sim.world.database.all('VM').size).toBe(before + held.length);
        expect(sim.world.sessions.size).toBe(0);
        const runs = storiesOf(readJournal(join(folder, 'journal.jsonl')), { operation: 'create' });
        const told = (kind: string) => runs.filter((run) => run.end.kind === kind).map(({ name }) => name);
        expect(told('done').sort()).toEqual(held);
        expect(told('unfinished')).toEqual([]);
        expect(told('failed').length).toBeGreaterThan(0);
        for (const { end: told } of runs.filter((run) => run.end.kind === 'failed'))
          expect(told.text).toContain('taken back');
      } finally {
        terminal.kill();
        way.close();
        sshd.stop();
        await sim.stop();
      }
    },
  );
