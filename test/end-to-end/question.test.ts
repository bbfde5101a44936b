import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../../source/simulator/simulator.ts';
import { prepareTemplate, simulator, xenfai } from '../harness.ts';
import { built, Terminal } from './terminal.ts';

// At 02:10 somebody sits at a terminal of 80 by 24: what will be done is on it, and the question stays there.

let sim: Simulator;
let terminal: Terminal;
beforeEach(async () => {
  sim = await simulator({ vms: 8 });
});
afterEach(async () => {
  terminal?.kill();
  await sim.stop();
});

const env = (password: string | null) => ({
  XENFAI_HOST: sim.host,
  XENFAI_CONFIG_DIR: '/nonexistent/xenfai',
  ...(password === null ? {} : { XENFAI_PASSWORD: password }),
});
const at = (...line: string[]): Terminal => new Terminal([built, ...line], { env: env(sim.password) });
/** In a shell that says afterwards what the terminal is like. */
const inShell = (...line: string[]): Terminal =>
  new Terminal(
    [
      '-c',
      'trap : INT; "$@"; echo "exit $?"; case $(stty -a) in *-echo\\ *) echo deaf;; *) echo restored;; esac',
      'sh',
    ].concat(process.execPath, built, line),
    { env: env(null), program: '/bin/sh' },
  );
const status = async (name: string) => (await xenfai(sim, ['status', name, '--json'])).json.vms[0];
const run = async (...line: string[]) => expect((await xenfai(sim, line)).code).toBe(0);

/** The question is there while the program waits: what is typed stands beside it. */
async function answers(question: string, answer: string): Promise<string> {
  await terminal.shows('[y/N]');
  terminal.press(answer);
  const text = await terminal.shows(`[y/N] ${answer}`.trim());
  expect(text.replace(/\s+/g, ' ')).toContain(`${question} [y/N] ${answer}`.trim());
  terminal.press('enter');
  return text;
}

describe('rearm', () => {
  test('shows what is, what is lost and what comes from where, then asks; no is the default', async () => {
    terminal = at('rearm', 'vm3');
    const text = await answers('Arm vm3? The next boot ERASES disk 0 (8 GiB on Local storage).', '');
    expect(text).toMatch(/^rearm vm3/);
    expect(text).toMatch(/now +fired, halted/);
    expect(text).toMatch(/on record +nothing of an install/);
    expect(text).toMatch(/ERASES +disk 0 \(8 GiB on Local storage\)/);
    expect(text).toMatch(/repository +http:\S+ \(the VM\)/);
    expect(text).toMatch(/steps .*set PV-bootloader: pygrub ->\s+eliloader/);
    expect((await terminal.exit).exitCode).toBe(0);
    await terminal.shows('[y/N]');
    await terminal.shows('Nothing was changed.');
    expect((await status('vm3')).state).toBe('fired');
  });

  test.each(['y', 'Yes'])('%s does it', async (yes) => {
    terminal = at('rearm', 'vm3');
    await answers('ERASES disk 0 (8 GiB on Local storage).', yes);
    expect((await terminal.exit).exitCode).toBe(0);
    expect(await status('vm3')).toMatchObject({ state: 'armed', powerState: 'halted' });
  });

  test.each(['yy', 'yes please', 'nope', 'j'])('%s is no', async (answer) => {
    terminal = at('rearm', 'vm3');
    await answers('ERASES disk 0 (8 GiB on Local storage).', answer);
    expect((await terminal.exit).exitCode).toBe(0);
    await terminal.shows('Nothing was changed.');
    expect((await status('vm3')).state).toBe('fired');
  });

  test('the end of the input is no', async () => {
    terminal = at('rearm', 'vm3');
    await terminal.shows('[y/N]');
    terminal.press('\u0004');
    // What was written last may come after the end is known.
    await terminal.shows('Nothing was changed.');
    expect((await terminal.exit).exitCode).toBe(0);
  });

  test('of a running VM offers the shutdown in the same question', async () => {
    await run('start', 'vm2');
    terminal = at('rearm', 'vm2');
    await answers('vm2 runs. Shut it down, and arm it? The next boot ERASES disk 0 (8 GiB on Local storage).', 'y');
    expect((await terminal.exit).exitCode).toBe(0);
    expect(await status('vm2')).toMatchObject({ state: 'armed', powerState: 'halted' });
  });

  test('--start: one question for the shutdown, the arming and the start', async () => {
    await run('start', 'vm2');
    terminal = at('rearm', 'vm2', '--start');
    await answers(
      'vm2 runs. Shut it down, and arm and start it? That ERASES disk 0 (8 GiB on Local storage) at once.',
      'y',
    );
    expect((await terminal.exit).exitCode).toBe(0);
    // How far the install is by now is the machine's business.
    expect((await status('vm2')).powerState).toBe('running');
    await terminal.shows(/vm2: armed, halted.*vm2: \w+, running/s);
  });

  test('--start of one that is armed already asks, too', async () => {
    await run('rearm', 'vm1', '--yes');
    terminal = at('rearm', 'vm1', '--start');
    await answers('Start vm1? That ERASES disk 0 (8 GiB on Local storage) at once.', 'n');
    expect((await terminal.exit).exitCode).toBe(0);
    expect(await status('vm1')).toMatchObject({ state: 'armed', powerState: 'halted' });
  });

  test.each([
    ['vm4', []],
    ['vm6', ['--template', 'FAI']],
  ])('a half-armed VM, or one whose client lost the kernel line: %s', async (name, flags) => {
    if (flags.length > 0) await prepareTemplate(sim);
    terminal = at('rearm', name, ...flags);
    const text = await answers('ERASES disk 0 (8 GiB on Local storage).', 'y');
    expect(text).toMatch(new RegExp(`^rearm ${name}`));
    expect((await terminal.exit).exitCode).toBe(0);
    expect(await status(name)).toMatchObject({ state: 'armed' });
  });

  test('a VM that somebody else has changed while the question stood is left alone', async () => {
    terminal = at('rearm', 'vm3', '--release', 'squeeze');
    await terminal.shows('[y/N]');
    await run('rearm', 'vm3', '--release', 'wheezy', '--yes');
    terminal.press('y', 'enter');
    expect((await terminal.exit).exitCode).toBe(8);
    await terminal.shows('has changed since its plan was shown');
    const vm3 = [...sim.world.database.all('VM').values()].find((vm) => vm['name_label'] === 'vm3');
    expect(vm3?.['other_config']).toMatchObject({ 'debian-release': 'wheezy' });
  });

  test('several: the whole of them in a line each, and who is left out', async () => {
    terminal = at('rearm', 'vm2', 'vm3', 'nobody');
    const text = await answers('Arm these 2 VMs? The next boot ERASES 2 disks.', 'y');
    expect(text).toContain('rearm: 2 VMs, 2 disks erased at the next boot (16 GiB)');
    expect(text).toMatch(/vm2 +installed, halted; ERASES disk 0/);
    expect(text).toContain('without nobody: There is no VM "nobody".');
    expect((await terminal.exit).exitCode).toBe(9);
    expect((await status('vm3')).state).toBe('armed');
  });
});

describe('the password', () => {
  test('is asked for before anything else, and never shown; then the question', async () => {
    terminal = inShell('rearm', 'vm3');
    await terminal.shows('Password for');
    terminal.press(`${sim.password}x`, 'backspace', 'enter');
    await answers('ERASES disk 0 (8 GiB on Local storage).', 'n');
    await terminal.shows('restored');
    await terminal.shows('exit 0');
    expect(terminal.raw).not.toContain(sim.password);
  });

  test('Ctrl-C there ends with 130, the terminal as it was', async () => {
    terminal = inShell('rearm', 'vm3');
    await terminal.shows('Password for');
    terminal.press('secr', 'ctrl-c');
    await terminal.shows('restored');
    await terminal.shows('exit 130');
    expect(terminal.raw).not.toContain('secr');
  });

  test('Ctrl-C at the question does, too', async () => {
    terminal = inShell('rearm', 'vm3');
    await terminal.shows('Password for');
    terminal.press(sim.password, 'enter');
    await terminal.shows('[y/N]');
    terminal.press('ctrl-c');
    await terminal.shows('restored');
    expect(terminal.text()).toMatch(/Nothing was changed\.\s+exit 130/);
    expect((await status('vm3')).state).toBe('fired');
  });

  test('none at all is said so', async () => {
    terminal = inShell('rearm', 'vm3');
    await terminal.shows('Password for');
    terminal.press('\u0004');
    await terminal.shows('restored');
    expect(terminal.text()).toMatch(/No password was given\.\s+exit 2/);
  });
});

test('stop asks; Ctrl-C at the question changes nothing', async () => {
  await run('start', 'vm2');
  terminal = at('stop', 'vm2');
  await terminal.shows('Stop vm2? [y/N]');
  terminal.press('ctrl-c');
  expect((await terminal.exit).exitCode).toBe(130);
  expect((await status('vm2')).powerState).toBe('running');
});
