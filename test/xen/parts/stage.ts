import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { toolsIso } from '../archive.ts';
import { cacheFolder } from '../images.ts';
import { good, holds, type Site, target } from '../site.ts';
import { addSite, writeSpace } from '../space.ts';

/** The page's "FAI setup": packages, the archive's lists, kernel and initrd of the nfsroot, the config space. */
export async function stage({ archive, dom0, folder, say, xenfai }: Site): Promise<void> {
  const iso = join(folder, 'xs-tools.iso');
  const debs = join(cacheFolder, 'debs');
  toolsIso(debs, iso);
  const nfsroot = join(cacheFolder, 'dom0/srv/fai/nfsroot');
  const [initrd] = readdirSync(join(nfsroot, 'boot')).filter((name) => name.startsWith('initrd.img-'));
  const there = ['--root', archive.root, ...target, '--yes'];
  const initrdFile = join(nfsroot, 'boot', initrd ?? '');
  await good(xenfai('stage', '--iso', iso, '--pool', '--initrd', initrdFile, '--repack', ...there));
  archive.list(debs);
  await good(xenfai('stage', '--nfsroot', nfsroot, '--repack', ...there));
  const { out } = await good(xenfai('check', '--repository', archive.url, ...target, '--for', '5.6.0'));
  holds(out, /Xen PV, 64-bit/, 'what check says');

  const space = join(folder, 'config');
  writeSpace(space, archive.guestUrl);
  addSite(space, archive.guestUrl);
  const packed = execFileSync('tar', ['-C', space, '--owner=0', '--group=0', '-cf', '-', '.']);
  await dom0.run('mkdir -p /srv/fai/config && tar -xf - -C /srv/fai/config && exportfs -ra', packed);
  say('the config space lies on the FAI server');
}
