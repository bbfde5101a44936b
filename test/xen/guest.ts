import { setTimeout as pause } from 'node:timers/promises';
import type { Site } from './site.ts';

/** Until the last domain that was built says it on its console; fails when it says one of `never` first. */
export async function says(site: Site, wanted: RegExp, never?: RegExp): Promise<string> {
  for (;;) {
    const said = await consoleText(site);
    if (never?.test(said)) throw new Error(`the console says ${never.exec(said)?.[0]}`);
    if (wanted.test(said)) return said;
    await pause(2000, undefined, { signal: site.signal });
  }
}

/** Until the installed system asks for a login on hvc0. */
export async function login(site: Site): Promise<void> {
  const said = await says(site, /login: *$/m, /\(initramfs\)|ALERT!|Kernel panic|emergency mode/);
  site.say('a login is asked for on hvc0');
  const line = /Kernel command line: (.*)/.exec(said)?.[1] ?? '';
  site.say(`/proc/cmdline: ${line}`);
  site.recording.note(`/proc/cmdline of the installed system: ${line}`);
}

/** What xenconsoled has kept of the last domain that was built, without its times. */
async function consoleText({ dom0, recording }: Site): Promise<string> {
  const domain = recording.lastDomain();
  const log = await dom0.run(`cat /var/log/xen/console/guest-${domain}.log 2>/dev/null || true`);
  return log.replaceAll(/^\[[-\d: ]+\] /gm, '').replaceAll('\r', '');
}
