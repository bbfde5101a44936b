import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod/mini';
import { cleanRow } from '../../../source/text/clean.ts';
import { open } from '../../harness.ts';
import { says } from '../guest.ts';
import { cacheFolder } from '../images.ts';
import { ends, good, holds, kernelLine, type Site, target } from '../site.ts';

const sizes = ['--memory', '1G', '--disk', '4G'];

/** What the page warns of, and what it does not: each is refused by the check, then started all the same. */
export async function traps(site: Site): Promise<void> {
  await good(site.xenfai('template', 'copy', 'Debian Lenny 5.0 (32-bit)', 'trap'));
  await repository(site, site.archive.url);
  await lostArguments(site);
  await debianInstaller(site);
  await refusedKernel(site);
  await killed(site);
}

/** The template's repository, and FAI's arguments. */
async function repository({ xenfai }: Site, url: string): Promise<void> {
  await good(
    xenfai('template', 'set', 'trap', '--repository', url, ...target, '--args', kernelLine('trap'), '--yes'),
  );
}

/** XenCenter has lost PV-args: the kernel boots, finds no root to mount, and FAI never begins. */
async function lostArguments(site: Site): Promise<void> {
  const { xenfai, say } = site;
  await good(xenfai('create', 'lost', '--template', 'trap', ...sizes, '--yes'));
  const client = await open(site.host);
  const [ref = ''] = await client.session.call('VM.get_by_name_label', ['lost'], z.array(z.string()));
  await client.session.call('VM.set_PV_args', [ref, ''], z.unknown());
  await client.close();
  await ends(6, xenfai('start', 'lost', '--yes'));
  await good(xenfai('start', 'lost', '--force', '--yes'));
  say(`the console: ${lastLines(await says(site, /dracut.*(FATAL|Warning)|emergency|Power down|Rebooting/i))}`);
  await gone(site, 'lost');
}

/** debian-installer's own pair lies where the page puts FAI's: the VM asks which language. */
async function debianInstaller(site: Site): Promise<void> {
  const { xenfai, say } = site;
  await repository(site, put(site, 'di', 'vmlinuz'));
  await good(xenfai('create', 'di', '--template', 'trap', ...sizes, '--yes'));
  await ends(6, xenfai('start', 'di', '--yes'));
  await good(xenfai('start', 'di', '--force', '--yes'));
  say(`the console: ${lastLines(await says(site, /Select a language|Choose language/))}`);
  await gone(site, 'di');
}

/** A kernel for bare machines of 32 bits: Xen's domain builder says no, and the attempt is used. */
async function refusedKernel(site: Site): Promise<void> {
  const { xenfai } = site;
  await repository(site, put(site, 'bare', 'linux-i386'));
  await good(xenfai('create', 'bare', '--template', 'trap', ...sizes, '--yes'));
  await ends(6, xenfai('start', 'bare', '--yes'));
  const { out } = await ends(10, xenfai('start', 'bare', '--force', '--yes'));
  holds(out, /kernel/i, 'what start says');
  await good(xenfai('status', 'bare'));
}

/** An install that is cut off while it unpacks the base system, and begins anew by one line. */
async function killed(site: Site): Promise<void> {
  const { archive, xenfai, say } = site;
  await repository(site, archive.url);
  await good(xenfai('create', 'cut', '--template', 'trap', ...sizes, '--start', '--yes'));
  await heard(site, /TASKBEGIN extrbase/);
  await good(xenfai('stop', 'cut', '--force', '--yes'));
  await good(xenfai('status', 'cut'));
  await good(xenfai('rearm', 'cut', '--start', '--yes'));
  say(`FAI again: ${await heard(site, / check$/)}`);
  await gone(site, 'cut');
}

async function gone({ xenfai }: Site, name: string): Promise<void> {
  await good(xenfai('status', name));
  await good(xenfai('stop', name, '--force', '--yes'));
}

/** A repository of its own with this kernel and the initrd of debian-installer; its address. */
function put({ archive }: Site, name: string, kernel: string): string {
  const folder = join(archive.root, '..', name, 'dists/bookworm/main/installer-amd64/current/images/netboot/xen');
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(cacheFolder, 'installer', kernel), join(folder, 'vmlinuz'));
  copyFileSync(join(cacheFolder, 'installer/initrd.gz'), join(folder, 'initrd.gz'));
  return archive.url.replace(/debian$/, name);
}

/** A message of FAI from now on. */
async function heard({ recording, signal }: Site, wanted: RegExp): Promise<string> {
  const from = recording.heard().length;
  for (;;) {
    const line = recording
      .heard()
      .slice(from)
      .find((each) => wanted.test(each));
    if (line !== undefined) return line;
    await pause(500, undefined, { signal });
  }
}

const lastLines = (text: string): string => text.trimEnd().split('\n').slice(-6).map(cleanRow).join('\n  ');
