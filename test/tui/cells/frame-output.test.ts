import { afterEach, describe, expect, test } from 'vitest';
import { until } from '../../harness.ts';
import { at, now, play, told, vm } from '../play.ts';
import { tell } from './emulator.ts';
import { openStage } from './stage.tsx';

// The screen with Ink and its output, and an emulator that is compared with the frame that Ink wanted to be seen.

type Stage = ReturnType<typeof openStage>;

let stage: Stage;
afterEach(() => stage.close());

const size = { columns: 80, rows: 24 };
const mark = (name: string, at: string) => JSON.stringify({ vm: `u-${name}`, run: 'r', at, by: 'x' });
const armedAt = (name: string, time: string) =>
  vm(name, { other_config: { ...vm(name).record.other_config, 'xenfai:armed': mark(name, time) } });
const fleet = (...more: ReturnType<typeof vm>[]) =>
  play(at('fleet'), told([vm('armed'), vm('part', { PV_args: '' }), ...more]), 'g').state;

/** The terminal shows the screen as it is to be seen now, cell by cell. */
async function isShown(): Promise<void> {
  const { cells, wanted } = await stage.settles();
  expect(cells).toEqual(wanted);
}

const isHidden = (): boolean =>
  stage.terminal.raw.lastIndexOf('\u001b[?25l') > stage.terminal.raw.lastIndexOf('\u001b[?25h');
const noise = '\u001b[H\u001b[31mroot@jump:~# \u001b[5;9Hwrite: hello from elsewhere\r\n\n\n';

describe('the terminal shows exactly the frame', () => {
  test('at first, in its modes, and gets them back at the end', async () => {
    stage = openStage(fleet(), size);
    await isShown();
    const { emulator } = stage.terminal;
    expect(emulator.buffer.active.type).toBe('alternate');
    expect(emulator.modes.bracketedPasteMode).toBe(true);
    expect(isHidden()).toBe(true);
    await stage.close();
    expect(emulator.buffer.active.type).toBe('normal');
    expect(emulator.modes.bracketedPasteMode).toBe(false);
    expect(isHidden()).toBe(false);
  });

  test('after each key', async () => {
    stage = openStage(fleet(), size);
    for (const key of ['j', 'j', 'k', '?', '?', '\u0007', 'x', '/', 'a', '\r']) {
      stage.press(key);
      await isShown();
    }
  });

  test('after Ctrl-L, whatever others have written there', async () => {
    stage = openStage(fleet(), size);
    await isShown();
    await tell(stage.terminal.emulator, noise);
    const before = stage.terminal.raw.length;
    stage.press('\u000c');
    await isShown();
    expect(stage.terminal.raw.slice(before)).toContain('\u001b[H\u001b[J');
  });

  test('after each change of size, below the least and back', async () => {
    stage = openStage(fleet(), size);
    await isShown();
    for (const [columns, rows] of [
      [100, 30],
      [81, 24],
      [60, 20],
      [80, 50],
      [80, 24],
    ] as const) {
      stage.terminal.resize({ columns, rows });
      await isShown();
    }
  });

  test('after it was stopped, while the shell wrote, and after a stop that nobody saw coming', async () => {
    stage = openStage(fleet(), size);
    await isShown();
    const { emulator } = stage.terminal;
    for (const stop of [() => stage.press('\u001a'), () => stage.jobs()?.stop()]) {
      stop();
      await until(() => stage.isStopped());
      await tell(emulator, noise);
      expect(emulator.buffer.active.type).toBe('normal');
      expect(emulator.modes.bracketedPasteMode).toBe(false);
      expect(isHidden()).toBe(false);
      stage.resume();
      await until(() => emulator.buffer.active.type === 'alternate');
      await isShown();
      expect(emulator.modes.bracketedPasteMode).toBe(true);
      expect(isHidden()).toBe(true);
    }
    await tell(emulator, `\u001b[?1049l${noise}`);
    stage.jobs()?.continued();
    await until(() => emulator.buffer.active.type === 'alternate');
    await isShown();
    stage.press('j');
    await isShown();
  });
});

describe('at rest in the fleet', () => {
  test('ticks of the clock cost no byte', async () => {
    stage = openStage(fleet(), size);
    await isShown();
    const { length } = stage.terminal.raw;
    for (let second = 1; second < 60; second += 1) await stage.tick(now + second * 1000);
    await isShown();
    expect(stage.terminal.raw.slice(length)).toBe('');
  });

  test('an age that changes costs its own cells', async () => {
    stage = openStage(fleet(armedAt('timed', '2010-11-15T10:43:00Z')), size);
    await isShown();
    const { length } = stage.terminal.raw;
    await stage.tick(now + 59_000);
    await isShown();
    expect(stage.terminal.raw.slice(length)).toBe('');
    await stage.tick(now + 60_000);
    await isShown();
    const told = stage.terminal.raw.slice(length);
    expect(told.replaceAll(/\u001b\[[\d;]*[A-Za-z]|[\r\n\b]/g, '')).toBe('1');
  });
});
