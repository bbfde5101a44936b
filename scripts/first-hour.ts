import { built, Terminal } from '../test/end-to-end/terminal.ts';
import { type Frame, filmSvg, frameOf } from './svg.ts';

/** A key, or several; what the screen shows then; for how many seconds it is looked at. */
const scenes: readonly (readonly [keys: readonly string[], shows: string | RegExp, seconds: number])[] = [
  [[], 'Which XenServer?', 4],
  [['enter', 'enter', 'enter'], 'That is the one attempt.', 4],
  [['enter'], 'others that FAI cannot boot', 3],
  [['enter'], 'Copy the template', 3],
  [['enter', 'enter'], 'nothing to complain about', 4],
  [['pagedown'], '❯  Save to the template and verify', 2],
  [['enter'], 'Both files are what this host can boot.', 4],
  [['enter'], '❯ Create new VMs from this template', 3],
  [['enter'], /Local storage \(\d+ G/, 3],
  [['enter'], '❯  Show the plan', 2],
  [['enter'], 'Enter carries this out', 4],
  [['enter'], 'Enter starts the install now', 3],
  [['enter'], 'xe vm-start', 3],
  [['enter'], '✓ web01  installing, running', 2],
  [['enter'], /❯ web01 +▶ installing .*extrbase/, 3],
  [['l'], 'TASKBEGIN instsoft', 3],
  [['escape'], /❯ web01 +✓ installed/, 5],
];

/** The first hour in the demo, screen by screen, as one moving picture. Nothing moves while a frame is taken. */
export async function firstHour(args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const terminal = new Terminal([built, 'demo', ...args, '--vms', '2', '--speed', '20'], { env });
  const frames: (Frame & { readonly seconds: number })[] = [];
  for (const [keys, shows, seconds] of scenes) {
    terminal.press(...keys);
    await terminal.shows(shows);
    await terminal.is('a whole frame', () => terminal.whole);
    frames.push({ ...frameOf(terminal.emulator), seconds });
  }
  terminal.press('q');
  await terminal.exit;
  // A run's name is made up anew each time.
  const film = filmSvg(frames, 'The first hour: from nothing to a VM that FAI has installed');
  return film.replaceAll(/xenfai:[0-9a-f]{8}\b/g, 'xenfai:2dcdb6ed');
}
