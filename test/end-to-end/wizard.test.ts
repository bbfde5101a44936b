import { afterEach, describe, expect, test } from 'vitest';
import { built, Terminal } from './terminal.ts';

let terminal: Terminal;
afterEach(() => terminal?.kill());

/** Every screen keeps its head on the first row and its keys on the last, and no row runs over. */
async function frame(wanted: string | RegExp): Promise<string> {
  await terminal.shows(wanted);
  await terminal.is('a head and keys', (text) => {
    const lines = text.split('\n');
    return /^ xenfai/.test(lines[0] ?? '') && lines.at(-1)?.trim() !== '';
  });
  expect(terminal.wraps()).toBe(false);
  return terminal.text();
}

async function toFleet(names: string): Promise<void> {
  await frame('Which XenServer?');
  terminal.press('enter', 'enter', 'enter');
  await frame('never looks at the length');
  terminal.press('enter');
  await frame(/❯ Debian Lenny 5.0 \(32-bit\) +Enter copies it: lenny i386, vendor/);
  terminal.press('enter');
  await frame('Copy the template');
  terminal.press('enter', 'enter');
  await frame('Repository and FAI arguments');
  await frame('nothing to complain about');
  terminal.press('pagedown');
  await frame('❯  Save to the template and verify');
  terminal.press('enter');
  await frame('Both files are what this host can boot.');
  terminal.press('enter');
  await frame('❯ Create new VMs from this template');
  terminal.press('enter');
  await frame('Show the plan');
  await frame('Local storage');
  terminal.press('ctrl-u', names, 'pagedown');
  await frame('❯  Show the plan');
  terminal.press('enter');
  await frame('Enter carries this out');
  terminal.press('enter');
  await frame(/✓ \S+ {2}armed/);
}

describe.each([
  [80, 24],
  [160, 50],
])('the demo at %ix%i', (columns, rows) => {
  test('all six steps with keys alone to an installed VM; rearmed, it installs again', async () => {
    terminal = new Terminal([built, 'demo', '--speed', '60'], { columns, rows });
    await toFleet('web01');
    terminal.press('s');
    await frame('xe vm-start');
    terminal.press('enter');
    await frame(/✓ web01 {2}installing, running/);
    terminal.press('enter');
    await frame('FAI messages on port');
    await frame(/web01 +▶ installing/);
    await frame(/web01 +✓ installed/);
    // What led to it, from whom.
    terminal.press('l');
    await frame(/❯ Log web01 .*following/);
    await frame(/FAI +TASKEND/);
    terminal.press('g');
    await frame(/xenfai +armed by/);
    terminal.press('escape');
    expect(terminal.raw).toMatch(/\u001b\]9;xenfai: /);
    // A colleague’s VMs are there, too.
    terminal.press('/', 'web01', 'enter', 'a');
    await frame(/The next boot ERASES disk 0 \(8 GiB.*\) of web01\./);
    terminal.press('y');
    await frame(/✓ web01 {2}armed/);
    // It has something to lose: its start is asked for, too.
    terminal.press('s');
    await frame(/This boot ERASES disk 0 \(8 GiB.*\) of web01\./);
    terminal.press('enter');
    await frame('y carries it out');
    terminal.press('y');
    await frame(/✓ web01 {2}installing, running/);
    terminal.press('enter');
    await frame(/web01 +▶ installing/);
    await frame(/web01 +✓ installed/);
    terminal.press('q');
    expect((await terminal.exit).exitCode).toBe(0);
    // The other screen is left, and what was done stands on the normal one.
    expect(terminal.buffer.type).toBe('normal');
    await terminal.shows('rearm web01: armed');
    expect(terminal.raw).toMatch(/\u001b\[22;0t.*\u001b\[23;0t/s);
  });
});

test('Esc goes back without loss, ? lists the keys and why some do nothing', async () => {
  terminal = new Terminal([built, 'demo', '--vms', '6']);
  await frame('Which XenServer?');
  terminal.press('?');
  await frame('Keys here');
  terminal.press('x');
  await frame('Which XenServer?');
  terminal.press('enter', 'enter', 'enter');
  await frame('Connected');
  terminal.press('enter');
  await frame('Which template?');
  terminal.press('o');
  await frame('1/65');
  terminal.press('/');
  await frame('filter:');
  terminal.press('centos 5.4');
  await frame('❯ CentOS 5.4 (32-bit)');
  terminal.press('enter');
  terminal.press('enter');
  await frame('Not for FAI');
  terminal.press('?');
  await frame('not now: Not for FAI');
  terminal.press('x');
  await frame('Which template?');
  terminal.press('/');
  await frame('filter:');
  terminal.press('escape');
  await frame('/65');
  terminal.press('g');
  await frame('1/65');
  terminal.press('p');
  await frame('All parameters');
  terminal.press('/', 'pv-args', 'enter');
  await frame('PV-args ( RW): -- quiet console=hvc0');
  // Esc shows all again first, and only then leaves.
  terminal.press('escape');
  await frame('37/52');
  terminal.press('escape');
  await frame('Which template?');
  terminal.press('enter', 'enter', 'enter');
  await frame('Repository and FAI arguments');
  terminal.press('tab', 'ctrl-u', 'nowhere', 'pagedown', 'enter');
  await frame('404');
  await frame('If you started a VM now, it would not boot');
  terminal.press('enter');
  await frame('The check failed: o goes on all the same.');
  terminal.press('escape');
  await frame('❯  Save to the template and verify');
  terminal.press('escape');
  await frame('Which template?');
  // Down again: what was typed is still there.
  terminal.press('enter');
  await frame('❯  Save to the template and verify');
  terminal.press(...Array.from({ length: 11 }, () => 'up'));
  await frame(/release \* +nowhere/);
  terminal.press('escape');
  await frame('Which template?');
  terminal.press('escape');
  await frame('Connected');
});

describe('leaving', () => {
  test.each([
    ['q', 0],
    ['ctrl-c', 130],
  ])('by %s: the terminal is as it was, exit %i', async (key, code) => {
    terminal = new Terminal([built, 'demo']);
    await frame('Which XenServer?');
    terminal.press('enter', 'enter', 'enter');
    await frame('Connected');
    terminal.press(key);
    expect((await terminal.exit).exitCode).toBe(code);
    expect(terminal.buffer.type).toBe('normal');
    expect(terminal.raw).toMatch(/\u001b\[\?1049l/);
    expect(terminal.raw.lastIndexOf('\u001b[?25h')).toBeGreaterThan(terminal.raw.lastIndexOf('\u001b[?25l'));
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ])('%s: exit %i', async (signal, code) => {
    terminal = new Terminal([built, 'demo']);
    await frame('Which XenServer?');
    process.kill(terminal.pty.pid, signal);
    expect((await terminal.exit).exitCode).toBe(code);
    expect(terminal.buffer.type).toBe('normal');
  });
});

test('a terminal that is too small says so and recovers', async () => {
  terminal = new Terminal([built, 'demo']);
  await frame('Which XenServer?');
  terminal.resize(60, 20);
  await terminal.shows('xenfai needs 80x24; the terminal is 60x20.');
  terminal.resize(100, 30);
  await frame('Which XenServer?');
});

test('without colours and without UTF-8: no colour codes, nothing above ASCII', async () => {
  terminal = new Terminal([built, 'demo', '--vms', '6'], { env: { NO_COLOR: '1', LANG: 'C', LC_ALL: 'C' } });
  await frame('Which XenServer?');
  terminal.press('enter', 'enter', 'enter');
  await frame('Connected');
  terminal.press('enter');
  await frame('Which template?');
  expect(terminal.raw).not.toMatch(/\u001b\[3[0-7]m|\u001b\[9[0-7]m/);
  expect(terminal.text()).toMatch(/^[\x00-\x7f]*$/);
});
