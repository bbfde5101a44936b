import type { Terminal } from './terminal.ts';

// The wizard's way by its default answers, for tests and pictures that begin somewhere along it.

/** Step 1, with the address that is filled in already, and the password, unless it is, too. */
export async function connect(terminal: Terminal, password = ''): Promise<void> {
  await terminal.shows('Which XenServer?');
  terminal.press('enter', 'enter', password, 'enter');
  await terminal.shows('Connected');
}

/** Step 2 from a connected host: a copy of the vendor's template. */
export async function copyTemplate(terminal: Terminal): Promise<void> {
  terminal.press('enter');
  await terminal.shows(/❯ Debian Lenny/);
  terminal.press('enter');
  await terminal.shows('Copy the template');
  terminal.press('enter', 'enter');
  await terminal.shows('Repository and FAI arguments');
}

/** Step 3, left by its button. */
export async function save(terminal: Terminal): Promise<void> {
  terminal.press('pagedown');
  await terminal.shows('❯  Save to the template and verify');
  terminal.press('enter');
}

/** Steps 4 and 5: verified files, and the plan for new VMs on the screen. */
export async function planNew(terminal: Terminal, names: string): Promise<void> {
  await terminal.shows('Both files are what this host can boot.');
  terminal.press('enter');
  await terminal.shows('❯ Create new VMs from this template');
  terminal.press('enter');
  await terminal.shows('Local storage');
  terminal.press('ctrl-u', names, 'pagedown');
  await terminal.shows('❯  Show the plan');
  terminal.press('enter');
  await terminal.shows('Enter carries this out');
}

/** From the first screen to the plan for new VMs from the template "FAI", which is there already. */
export async function planFromTemplate(terminal: Terminal, password: string, names: string): Promise<void> {
  await connect(terminal, password);
  terminal.press('enter');
  await terminal.shows(/❯ FAI +Enter uses it: lenny i386, yours/);
  terminal.press('enter');
  await terminal.shows('as the template has it');
  await save(terminal);
  await planNew(terminal, names);
}

/** The plan carried out, and what it made started; the result is on the screen. */
export async function makeAndStart(terminal: Terminal, name: string): Promise<void> {
  terminal.press('enter');
  await terminal.shows(new RegExp(`✓ ${name} {2}armed`));
  terminal.press('enter');
  await terminal.shows('xe vm-start');
  terminal.press('enter');
  await terminal.shows(new RegExp(`✓ ${name} {2}installing, running`));
}
