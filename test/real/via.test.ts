import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect } from 'vitest';
import { openHost } from '../../source/hosts/host.ts';
import { everyVm } from '../../source/hosts/vm.ts';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { networkOf } from '../../source/transport/network.ts';
import { readWay } from '../../source/transport/ssh/way.ts';
import type { Transport, Tunnelled } from '../../source/transport/transport.ts';
import { nothingAgreed } from '../../source/transport/trust.ts';
import { Secret } from '../../source/xapi/secret.ts';
import { built, Terminal } from '../end-to-end/terminal.ts';
import { freePort } from '../free-port.ts';
import { simulator, until } from '../harness.ts';
import { programPath, realTest } from './needs.ts';
import { type Sshd, type SshdOptions, startSshd } from './sshd.ts';
import { run } from './tools.ts';

// Port 22 only: a real ssh and a real sshd, with the simulated host behind. `xs1` is a name that only ssh knows.

const programs = ['ssh', 'sshd', 'ssh-keygen', 'pgrep'];
const ends: (() => unknown)[] = [];
const path = process.env['PATH'];
afterEach(async () => {
  process.env['PATH'] = path;
  for (const end of ends.splice(0)) await end();
});

async function sshd(options: SshdOptions = {}): Promise<Sshd> {
  const started = await startSshd(options);
  ends.push(started.stop);
  return started;
}

async function host(options: Parameters<typeof simulator>[0] = {}): Promise<Simulator> {
  const sim = await simulator({ vms: 4, ...options });
  ends.push(() => sim.stop());
  return sim;
}

/** The simulated host by the name that ssh has for the machine it runs on. */
const named = (url: string | null): string => (url ?? '').replace('127.0.0.1', 'xs1');

const anew = (name: string): string => mkdtempSync(join(tmpdir(), `xenfai-${name}-`));

async function xenfai({ path: first }: Sshd, sim: Simulator, args: readonly string[], env = {}) {
  const config = anew('via');
  const all = {
    PATH: `${first}:${path}`,
    XENFAI_PASSWORD: sim.password,
    XENFAI_CONFIG_DIR: config,
    XENFAI_STATE_DIR: config,
    ...env,
  };
  const { code, out, err } = await run(process.execPath, [built, ...args, '--json'], { env: all });
  return { code, json: JSON.parse(out), err };
}

/** Processes of ssh that go through this sshd. */
const left = ({ config }: Sshd): string => spawnSync('pgrep', ['-af', config], { encoding: 'utf8' }).stdout;

function through({ path: first }: Sshd): Promise<Tunnelled> {
  process.env['PATH'] = `${first}:${path}`;
  const way = readWay('xs1');
  if (way === null) throw new Error('no way');
  return networkOf([anew('sockets')], nothingAgreed)
    .through(way)
    .then((tunnelled) => {
      ends.push(tunnelled.close);
      return tunnelled;
    });
}

/** What goes through it until this ends. */
const openHere = (sim: Simulator, transport: Transport) =>
  openHost({
    url: new URL(named(sim.host)),
    user: sim.username,
    password: new Secret(sim.password),
    timeout: 20_000,
    access: 'read',
    transport,
    now: Date.now,
  });

const pids = (pattern: string): number[] =>
  spawnSync('pgrep', ['-f', '--', pattern], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean).map(Number);

realTest('one line: rearm, with one login of ssh and nothing of it left', programs, async () => {
  const [ssh, sim] = [await sshd(), await host()];
  const before = ssh.logins();
  const { code, json, err } = await xenfai(ssh, sim, [
    'rearm',
    'vm3',
    '--yes',
    '--host',
    named(sim.host),
    '--via',
    'root@xs1',
  ]);
  expect([code, err]).toEqual([0, '']);
  expect(json).toMatchObject({ vms: [{ name: 'vm3', state: 'armed', changed: true }] });
  expect(ssh.logins()).toBe(before + 1);
  await until(() => left(ssh) === '');
});

realTest('a certificate belongs to the host that is named, and is agreed to by the same way', programs, async () => {
  const [ssh, sim] = [await sshd(), await host({ tlsPort: await freePort(), tlsOf: '8.2.1' })];
  const address = named(sim.tlsHost).replace('https://', '');
  const env = { XENFAI_CONFIG_DIR: anew('config'), XENFAI_HOST: address };
  const refused = await xenfai(ssh, sim, ['status', '--via', 'root@xs1'], env);
  expect(refused).toMatchObject({ code: 5, json: { error: { code: 'certificate-not-trusted' } } });
  const line = refused.json.error.try.find((text: string) => text.startsWith('xenfai hosts trust'));
  expect(line).toContain(`hosts trust ${address} --via root@xs1 --fingerprint`);
  expect(sim.world.sessions.size).toBe(0);

  const words = line
    .replace(/ {3}#.*/, '')
    .split(' ')
    .slice(1);
  expect(await xenfai(ssh, sim, words, env)).toMatchObject({ code: 0, json: { host: { host: address } } });
  expect((await xenfai(ssh, sim, ['status', '--via', 'root@xs1'], env)).code).toBe(0);
  // From here nobody knows that name.
  expect(await xenfai(ssh, sim, ['status'], env)).toMatchObject({
    code: 3,
    json: { error: { code: 'unreachable' } },
  });
});

realTest(
  'a XenServer 5.6: its old TLS is said to be as safe by ssh, and plain http is, without a warning',
  programs,
  async () => {
    const [ssh, sim] = [await sshd(), await host({ tlsPort: await freePort() })];
    const { code, json } = await xenfai(ssh, sim, ['status', '--host', named(sim.tlsHost), '--via', 'root@xs1']);
    expect([code, json.error.code]).toEqual([5, 'old-tls']);
    expect(json.error.cause).toContain('ssh keeps the password');
    expect(json.error.try.at(-1)).toContain('is as safe by this way');
    const plain = await xenfai(ssh, sim, ['status', '--host', named(sim.host), '--via', 'root@xs1']);
    expect([plain.code, plain.err]).toEqual([0, '']);
    const jump = await xenfai(ssh, sim, ['status', '--host', 'http://nobody.invalid', '--via', 'jump']);
    expect(jump.err).toContain('http://nobody.invalid by ssh through jump is plain http');
  },
);

realTest('a connection that the user has open is used, and outlives us', [...programs], async () => {
  const control = join(anew('control'), 'master');
  const [ssh, sim] = [await sshd({ client: [`ControlPath ${control}`] }), await host()];
  const master = spawn(join(ssh.path, 'ssh'), ['-M', '-N', 'root@xs1'], { stdio: 'ignore' });
  ends.push(() => master.kill());
  await until(() => existsSync(control));
  const before = ssh.logins();
  expect((await xenfai(ssh, sim, ['status', '--host', named(sim.host), '--via', 'root@xs1'])).code).toBe(0);
  expect([ssh.logins(), master.exitCode]).toEqual([before, null]);
});

realTest('a host that sends on to its coordinator is followed by the same way', programs, async () => {
  const [ssh, sim] = [await sshd(), await host({ hosts: 2 })];
  const url = sim.members[1]?.url ?? '';
  const { code, json } = await xenfai(ssh, sim, ['rearm', 'vm3', '--yes', '--host', url, '--via', 'jump']);
  expect([code, json.vms?.[0]?.state]).toEqual([0, 'armed']);
  const dialled = ssh.calls().flatMap((line) => / -W (\S+)/.exec(line)?.[1] ?? []);
  expect(dialled[0]).toBe(new URL(url).host);
  expect(dialled.at(-1)).toBe(new URL(sim.host).host);
});

realTest('xenfai killed in the middle leaves no ssh behind', programs, async () => {
  const [ssh, sim] = [await sshd(), await host()];
  const args = [built, 'status', '--all', '--watch', '--json', '--host', named(sim.host), '--via', 'root@xs1'];
  const child = spawn(process.execPath, args, {
    env: {
      ...process.env,
      PATH: `${ssh.path}:${path}`,
      XENFAI_PASSWORD: sim.password,
      XENFAI_CONFIG_DIR: anew('config'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  expect(left(ssh)).not.toBe('');
  child.kill('SIGKILL');
  await until(() => left(ssh) === '');
});

realTest('ssh that dies in the middle is begun anew: a read goes on, and nobody is asked', programs, async () => {
  const [ssh, sim] = [await sshd(), await host()];
  const opened = await openHere(sim, await through(ssh));
  const names = async () => (await everyVm(opened.session)).map(({ record }) => record.name_label).sort();
  const before = await names();
  const [logins, masters] = [ssh.logins(), pids(`^[^ ]*ssh -F ${ssh.config} -S`)];
  expect(masters).toHaveLength(1);
  for (const pid of masters) process.kill(pid, 'SIGKILL');
  expect(await names()).toEqual(before);
  expect(ssh.logins()).toBe(logins + 1);
  await opened.close();
});

realTest('why ssh did not lead there: each its own word, and nothing was sent', programs, async () => {
  const sim = await host();
  const said = async (ssh: Sshd, env = {}, to = named(sim.host)) => {
    const { code, json } = await xenfai(ssh, sim, ['status', '--host', to, '--via', 'root@xs1'], env);
    return [code, json.error.code, `${json.error.message} ${json.error.cause ?? ''}`];
  };
  const good = await sshd();
  expect(await said(good, {}, `http://xs1:${await freePort()}`)).toEqual([
    3,
    'unreachable',
    expect.stringContaining('connection refused'),
  ]);
  expect(await said(good, {}, 'http://nobody.invalid')).toEqual([
    3,
    'unreachable',
    expect.stringMatching(/seen from root@xs1: .*(not known|resolution)/),
  ]);
  expect(await said(await sshd({ lines: ['AllowTcpForwarding no'] }))).toEqual([
    3,
    'ssh-forbidden',
    expect.stringContaining('prohibited'),
  ]);
  const shut = await sshd();
  const nobody = await said(await sshd({ client: ['PubkeyAuthentication no'] }));
  expect(nobody).toEqual([3, 'ssh-refused', expect.stringContaining('Permission denied')]);
  shut.stop();
  expect(await said(shut)).toEqual([3, 'ssh-failed', expect.stringContaining('Connection refused')]);
  const bare = anew('bare');
  symlinkSync(programPath('node'), join(bare, 'node'));
  expect(await said(good, { PATH: bare })).toEqual([3, 'ssh-missing', expect.stringContaining('no program ssh')]);
  expect(sim.world.sessions.size).toBe(0);
});

realTest(
  'the two GETs in dom0: check says whose view it is, and what dom0 does not get stops the boot',
  [...programs, 'python3'],
  async () => {
    const sim = await host();
    const look = async (ssh: Sshd, ...more: string[]) => {
      const line = ['check', '--repository', sim.repository, '--release', 'lenny', ...more];
      const { code, json } = await xenfai(ssh, sim, line);
      return { code, files: json.files, codes: json.findings.map((one: { code: string }) => one.code), json };
    };
    const same = await sshd();
    const seen = await look(same, '--via', 'root@xs1');
    expect([seen.code, seen.codes.includes('seen-from-here')]).toEqual([0, false]);
    const { bytes } = seen.files[1];
    const finding = seen.json.findings.find(({ code }: { code: string }) => code === 'seen-from-dom0');
    expect(finding.message).toContain(
      `dom0 of xs1, where the loader runs, too: it gets both files, ${seen.files[0].bytes} and ${bytes} bytes`,
    );
    // A machine that stands before the host is not the host.
    const jump = await look(same, '--host', sim.host.replace('127.0.0.1', '0.0.0.0'), '--via', 'jump');
    expect([jump.code, jump.codes.includes('seen-from-here')]).toEqual([0, true]);

    const [dom0, missing] = [anew('dom0'), 'xenfai not 404 0 HTTP Error 404'];
    writeFileSync(join(dom0, 'python'), `#!/bin/sh\necho '${missing}'\necho xenfai got 200 ${bytes}\n`, {
      mode: 0o755,
    });
    const other = await look(
      await sshd({ lines: [`ForceCommand PATH=${dom0}:$PATH; eval "$SSH_ORIGINAL_COMMAND"`] }),
      '--via',
      'root@xs1',
    );
    expect([other.code, other.codes[0], other.files[0].ok]).toEqual([6, 'dom0-not-served', false]);
    // By --host, and the VM of its own: the same door.
    const vm = await xenfai(same, sim, ['check', '--vm', 'vm1', '--host', named(sim.host), '--via', 'root@xs1']);
    expect(vm.json.findings.map((one: { code: string }) => one.code)).toContain('seen-from-dom0');
  },
);

async function fleet(ssh: Sshd, sim: Simulator): Promise<Terminal> {
  const terminal = new Terminal([built, '--host', named(sim.host), '--via', 'root@xs1'], {
    columns: 160,
    env: {
      PATH: `${ssh.path}:${path}`,
      XENFAI_PASSWORD: sim.password,
      XENFAI_CONFIG_DIR: anew('config'),
      FAI_MONITOR_PORT: String(await freePort()),
    },
  });
  ends.push(() => terminal.kill());
  return terminal;
}

realTest(
  'ssh asks at the terminal, then the fleet is there; when ssh dies nobody is asked again',
  programs,
  async () => {
    const known = `UserKnownHostsFile ${join(anew('known'), 'hosts')}`;
    const ssh = await sshd({ passphrase: 'open sesame', client: ['StrictHostKeyChecking ask', known] });
    const terminal = await fleet(ssh, await host());
    await terminal.shows('continue connecting (yes/no');
    terminal.press('yes', 'enter');
    await terminal.shows('Enter passphrase for key');
    terminal.press('open sesame', 'enter');
    await terminal.shows('● 6 Fleet');
    await terminal.shows(/❯ vm\d+/);
    expect(terminal.raw).not.toContain('sesame');
    expect(terminal.wraps()).toBe(false);
    for (const pid of pids(`^[^ ]*ssh -F ${ssh.config} -S`)) process.kill(pid, 'SIGKILL');
    await terminal.shows('No answer from xs1');
    await terminal.shows('ssh to root@xs1');
    expect(terminal.text()).not.toContain('passphrase');
    terminal.press('q');
    expect((await terminal.exit).exitCode).toBe(0);
    await until(() => left(ssh) === '');
  },
);

realTest('the fleet comes back by itself when ssh and its server do', programs, async () => {
  const [ssh, sim] = [await sshd(), await host()];
  const terminal = await fleet(ssh, sim);
  await terminal.shows(/❯ vm\d+/);
  ssh.stop();
  for (const pid of pids(`^[^ ]*ssh -F ${ssh.config} -S`)) process.kill(pid, 'SIGKILL');
  await terminal.shows('ssh to root@xs1 failed');
  const again = ssh.begin();
  ends.push(() => again.kill());
  await terminal.shows('answers again.');
  expect(terminal.text()).toContain('xs1');
  // The line is cut: nobody can tell anybody to end.
  terminal.hangUp();
  await until(() => left(ssh) === '');
});

realTest('Ctrl-C at a question of ssh: the terminal is as it was, and nothing is left', programs, async () => {
  const ssh = await sshd({ passphrase: 'open sesame' });
  const terminal = await fleet(ssh, await host());
  await terminal.shows('Enter passphrase for key');
  terminal.press('ctrl-c');
  expect((await terminal.exit).exitCode).toBe(130);
  await terminal.shows('Interrupted');
  await until(() => left(ssh) === '');
});
