// Pictures from a real run: the built demo in a pseudo terminal, keys pressed, the screen's cells written as SVG.
// Clock, seed and ports are fixed, so that the same program gives the same bytes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { built, Terminal } from '../test/end-to-end/terminal.ts';
import { connect, copyTemplate, makeAndStart, planNew, save } from '../test/end-to-end/walk.ts';
import { firstHour } from './first-hour.ts';
import { screenSvg } from './svg.ts';

const folder = resolve(process.argv[2] ?? 'screenshots');
mkdirSync(folder, { recursive: true });

const fixed = ['--port', '28056', '--repository-port', '28057', '--monitor-port', '28058', '--seed', '5'];
const someVms = ['--vms', '9'];
const env = { XENFAI_CLOCK: '2010-11-15T10:53:00Z' };

async function shoot(terminal: Terminal, name: string, title: string): Promise<void> {
  await terminal.is('a whole frame', () => terminal.whole);
  writeFileSync(join(folder, `${name}.svg`), screenSvg(terminal.emulator, title));
  console.log(`${name}.svg`);
}

/** What stands still on the screen is photographed: the text waited for, and nothing moving after it. */
async function small(): Promise<void> {
  const terminal = new Terminal([built, 'demo', ...fixed, ...someVms], { env });
  await terminal.shows('Which XenServer?');
  terminal.press('enter', 'enter', 'enter');
  await terminal.shows('That is the one attempt.');
  await shoot(terminal, '1-connect', 'Step 1: what was found behind the address');
  terminal.press('enter');
  await terminal.shows("The vendor's own is never changed");
  await shoot(terminal, '2-template', 'Step 2: the templates, those for FAI first');
  terminal.press('enter');
  await terminal.shows('Copy the template');
  terminal.press('enter', 'enter');
  await terminal.shows('nothing to complain about');
  terminal.press('tab', 'tab', 'tab', 'tab', 'tab', 'enter', 'down', 'down', 'right', 'right', 'space');
  await terminal.shows('at the end the VM waits for RETURN');
  await shoot(terminal, '3-configure', 'Step 3: repository and FAI arguments, checked while one types');
  terminal.press('space', 'pagedown');
  await terminal.shows('❯  Save to the template and verify');
  terminal.press('enter');
  await terminal.shows('Both files are what this host can boot.');
  await shoot(terminal, '4-verify', 'Step 4: the netboot files, asked for as eliloader will');
  terminal.press('enter');
  await terminal.shows('❯ Create new VMs from this template');
  await shoot(terminal, '5-act', 'Step 5: what shall be done');
  // ink-select-input takes digits: the sixth line of the menu is the fleet.
  terminal.press('6');
  // What wants somebody stands first.
  await terminal.shows(/❯ vm3 +▸ fired/);
  terminal.press('a');
  await terminal.shows('ERASES disk 0 (8 GiB on Local storage) of vm3.');
  await shoot(terminal, '6-rearm', 'The plan of a rearm, with the xe line of each step');
  terminal.press('escape');
  await terminal.shows('Nothing was changed.');
  terminal.press('q');
  await terminal.exit;
}

async function wide(): Promise<void> {
  // Slow enough that the task photographed lasts.
  const terminal = new Terminal([built, 'demo', ...fixed, ...someVms, '--speed', '8'], {
    columns: 140,
    rows: 32,
    env,
  });
  await connect(terminal);
  await copyTemplate(terminal);
  await terminal.shows('nothing to complain about');
  await save(terminal);
  await planNew(terminal, 'web01');
  await makeAndStart(terminal, 'web01');
  terminal.press('enter');
  await terminal.shows('FAI messages on port');
  await terminal.shows(/❯ web01 .*instsoft/);
  await terminal.shows('TASKBEGIN instsoft');
  await shoot(terminal, 'fleet', 'Step 6: the fleet, an install on its way');
  terminal.press('q');
  await terminal.exit;
}

await small();
await wide();
writeFileSync(join(folder, 'first-hour.svg'), await firstHour(fixed, env));
console.log('first-hour.svg');
