import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { portHolder } from '../../source/transport/port-holder.ts';

/** Prints a port that it then holds. */
const holding = `require('net').createServer().listen(0, function () { console.log(this.address().port) })`;

test('a process of this user is named by its program and PID, a script by its own name', async () => {
  const child = spawn(process.execPath, ['-e', holding], {
    stdio: ['ignore', 'pipe', 'inherit'],
    argv0: 'fai-monitor',
  });
  try {
    const [port] = await once(child.stdout, 'data');
    expect(portHolder(Number(port))).toBe(`fai-monitor, PID ${child.pid}`);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

test('a port that nobody holds has no name', () => {
  expect(portHolder(1)).toBe('another program');
});

describe('what /proc shows', () => {
  let root: string;
  const own = process.getuid?.() ?? 0;
  const row = (uid: number, state = '0A') =>
    `   0: 00000000:1267 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  ${uid}        0 4242 1 0 100 0 0 10 0`;
  const table = (...rows: string[]) => `  sl  local_address rem_address   st ...\n${rows.join('\n')}\n`;

  beforeEach(() => {
    root = `${mkdtempSync(join(tmpdir(), 'xenfai-proc-'))}/`;
    for (const folder of ['proc/net', 'proc/812/fd', 'etc']) mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, 'etc/passwd'), `root:x:0:0::/root:/bin/sh\nbob:x:${own + 1}:100::/home/bob:/bin/sh\n`);
    symlinkSync('socket:[4242]', join(root, 'proc/812/fd/3'));
    writeFileSync(join(root, 'proc/812/cmdline'), '/usr/bin/perl\0-w\0/usr/sbin/fai-monitor\0-b\0');
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const says = (name: string, ...rows: string[]) => writeFileSync(join(root, 'proc/net', name), table(...rows));

  test('a socket that is open belongs to nobody until it listens', () => {
    says('tcp', row(own, '01'));
    expect(portHolder(4711, root)).toBe('another program');
    says('tcp6', row(own, '01'), row(own).replace('00000000:1267', `${'0'.repeat(32)}:1267`));
    expect(portHolder(4711, root)).toBe(`fai-monitor, PID 812`);
  });

  test.each([
    ['/usr/bin/perl -w /usr/sbin/fai-monitor -b', 'fai-monitor'],
    ['/usr/bin/python3 -c serve()', 'python3'],
    ['node -e listen(1)', 'node'],
    ['/usr/bin/python3', 'python3'],
    ['/usr/sbin/nginx -c /etc/nginx.conf', 'nginx'],
    ['', 'a process'],
  ])('%j is called %s', (line, name) => {
    says('tcp', row(own));
    writeFileSync(join(root, 'proc/812/cmdline'), line.replaceAll(' ', '\0'));
    expect(portHolder(4711, root)).toBe(`${name}, PID 812`);
  });

  test('another user by name, or by number where the machine has no name', () => {
    says('tcp', row(own + 1));
    expect(portHolder(4711, root)).toBe('a process of user bob');
    says('tcp', row(own + 2));
    expect(portHolder(4711, root)).toBe(`a process of user ${own + 2}`);
  });

  test('the xenfai of another user by its PID, which its socket file tells', () => {
    says('tcp', row(own + 1));
    const unix = (path: string) =>
      writeFileSync(join(root, 'proc/net/unix'), `Num RefCount\n0000: 00000002 0 00010000 0001 01 99 ${path}\n`);
    unix('/run/user/1001/xenfai/xenfai-monitor-4711-812');
    // The folder is ours: a file name that names somebody else's process is a lie.
    expect(portHolder(4711, root)).toBe('a process of user bob');
    says('tcp', row(own));
    expect(portHolder(4711, root)).toBe('xenfai, PID 812');
    unix('/run/user/1001/xenfai/xenfai-monitor-4712-812');
    expect(portHolder(4711, root)).toBe('fai-monitor, PID 812');
  });

  test('a machine without /proc, and one that hides it, tell no more than they know', () => {
    expect(portHolder(4711, '/nonexistent/')).toBe('another program');
    says('tcp', row(own));
    rmSync(join(root, 'proc/812/fd'), { recursive: true });
    expect(portHolder(4711, root)).toBe('a process of yours');
  });
});
