import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { good, kernelLine, type Run, type Site, setUp, target } from './site.ts';

/** Each part of a run, in order. `images` comes before all of them. */
export const parts: Readonly<Record<string, (site: Site, run: Run) => Promise<void>>> = { boot, install, rearm };

/** dom0 with its hypervisor, and nothing of ours in it. */
async function boot({ dom0 }: Site, { say }: Run): Promise<void> {
  say(await dom0.run('xl info | grep -E "xen_version|total_memory|virt_caps"; xl list'));
}

/** A template and a VM by the command line, watched until it is installed and its disk has booted to a login. */
async function install(site: Site, run: Run): Promise<void> {
  const { archive, xenfai } = site;
  await setUp(site, run);
  await good(xenfai('template', 'copy', 'Debian Lenny 5.0 (32-bit)', 'FAI'));
  const set = ['--repository', archive.url, ...target, '--args', kernelLine('web01')];
  await good(xenfai('template', 'set', 'FAI', ...set, '--yes'));
  await good(xenfai('check', 'FAI'));
  const sizes = ['--memory', '2G', '--disk', '4G'];
  await good(
    xenfai('create', 'web01', '--template', 'FAI', ...sizes, '--start', '--watch', '--patience', '30', '--yes'),
  );
  await login(site, run, 'web01');
}

/** The same VM once more, by one line. */
async function rearm(site: Site, run: Run): Promise<void> {
  await good(site.xenfai('rearm', 'web01', '--start', '--watch', '--force', '--patience', '30', '--yes'));
  await login(site, run, 'web01');
}

/** Until the installed system asks for a login on its console. */
async function login(site: Site, run: Run, name: string): Promise<void> {
  const said = (): string => consoleOf(site, name);
  const from = Math.max(0, said().lastIndexOf('xen:grant_table: Grant tables'));
  while (!/login: *$/m.test(said().slice(from))) await pause(1000, undefined, { signal: run.signal });
  run.say(`${name} asks for a login on hvc0`);
  keep(site, run, name);
}

/** What a VM has said on its console, in a file of the run. */
export function keep(site: Site, run: Run, name: string): void {
  writeFileSync(join(run.folder, `${name}-console.log`), consoleOf(site, name));
}

function consoleOf({ host }: Site, name: string): string {
  const vms = [...host.world.database.all('VM')];
  const [ref = ''] =
    vms.find(([, record]) => record['name_label'] === name && record['is_a_template'] !== true) ?? [];
  return String(host.world.consoles.get(ref) ?? '');
}
