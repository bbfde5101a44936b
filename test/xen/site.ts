import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Simulator, startSimulator } from '../../source/simulator/simulator.ts';
import { type Archive, startArchive, toolsIso } from './archive.ts';
import { addresses, type Dom0 } from './dom0.ts';
import { cacheFolder } from './images.ts';
import { addSite } from './space.ts';
import { xlGuests } from './xl-guests.ts';

export const cli = join(import.meta.dirname, '../../dist/cli.js');

/** What is known of a run: its folder for logs, when it must be over, and how to say what goes on. */
export interface Run {
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

export interface Ran {
  readonly code: number;
  readonly out: string;
}

/** A site with a XenServer that has real guests, an FAI server and an archive. */
export interface Site {
  readonly dom0: Dom0;
  readonly host: Simulator;
  readonly archive: Archive;
  /** Runs the built program against it. What it prints is said, too. */
  readonly xenfai: (...args: string[]) => Promise<Ran>;
  readonly stop: () => Promise<void>;
}

/** Release and architecture of all that is installed. */
export const target = ['--release', 'bookworm', '--arch', 'amd64'] as const;

/** The files of `fai-files` in `folder`, which name no archive that matters to the images. */
export function writeSpace(folder: string, archive: string): void {
  execFileSync(process.execPath, [cli, 'fai-files', folder, ...target, '--repository', archive, '--yes'], {
    stdio: 'ignore',
  });
}

/** A host whose guests run below this dom0, and an empty archive. */
export async function openSite(dom0: Dom0, run: Run): Promise<Site> {
  const { folder, signal, say } = run;
  const archive = await startArchive(folder, signal);
  const host = await startSimulator({ vms: 0, loginDelay: 0, guests: xlGuests(dom0, say) });
  const env = {
    ...process.env,
    XENFAI_HOST: host.host,
    XENFAI_PASSWORD: host.password,
    XENFAI_CONFIG_DIR: join(folder, 'settings'),
    XENFAI_STATE_DIR: join(folder, 'state'),
  };
  const xenfai = (...args: string[]): Promise<Ran> => {
    say(`$ xenfai ${args.join(' ')}`);
    const child = spawn(process.execPath, [cli, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'], signal });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (bytes: Buffer) => {
        out += String(bytes);
        say(`  ${String(bytes).trimEnd().replaceAll('\n', '\n  ')}`);
      });
    }
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code: code ?? 1, out }));
    });
  };
  return {
    dom0,
    host,
    archive,
    xenfai,
    async stop() {
      await host.stop();
      archive.stop();
    },
  };
}

/** The page's "FAI setup": packages, the archive's lists, kernel and initrd of the nfsroot, the config space. */
export async function setUp({ dom0, archive, xenfai }: Site, { folder, say }: Run): Promise<void> {
  const iso = join(folder, 'xs-tools.iso');
  const debs = join(cacheFolder, 'debs');
  toolsIso(debs, iso);
  const nfsroot = join(cacheFolder, 'dom0/srv/fai/nfsroot');
  const [initrd] = readdirSync(join(nfsroot, 'boot')).filter((name) => name.startsWith('initrd.img-'));
  const there = ['--root', archive.root, ...target, '--yes'];
  const initrdFile = join(nfsroot, 'boot', initrd ?? '');
  await good(xenfai('stage', '--iso', iso, '--pool', '--initrd', initrdFile, '--repack', ...there));
  // What Debian's own mirror would have.
  const pool = join(archive.root, 'pool/main');
  mkdirSync(pool, { recursive: true });
  for (const name of readdirSync(debs)) copyFileSync(join(debs, name), join(pool, name));
  const main = 'dists/bookworm/main/binary-amd64';
  const lists = `mkdir -p ${main} && apt-ftparchive --arch amd64 packages pool > ${main}/Packages && gzip -9kf ${main}/Packages &&
    apt-ftparchive -o APT::FTPArchive::Release::Suite=bookworm -o APT::FTPArchive::Release::Codename=bookworm -o APT::FTPArchive::Release::Components=main -o APT::FTPArchive::Release::Architectures=amd64 release dists/bookworm > Release.new &&
    mv Release.new dists/bookworm/Release`;
  execFileSync('sh', ['-c', lists], { cwd: archive.root, stdio: ['ignore', 'ignore', 'inherit'] });
  await good(xenfai('stage', '--nfsroot', nfsroot, '--repack', ...there));
  const space = join(folder, 'config');
  writeSpace(space, archive.guestUrl);
  addSite(space, archive.guestUrl);
  const packed = execFileSync('tar', ['-C', space, '--owner=0', '--group=0', '-cf', '-', '.']);
  await dom0.run('mkdir -p /srv/fai/config && tar -xf - -C /srv/fai/config && exportfs -ra', packed);
  say('the config space lies on the FAI server');
}

/** The line of a guest's first boot: FAI's root and config space by NFS, its messages to this machine. */
export const kernelLine = (host: string): string =>
  [
    `console=hvc0 net.ifnames=0 root=${addresses.dom0}:/srv/fai/nfsroot:vers=3 rootovl ip=dhcp hostname=${host}`,
    `FAI_ACTION=install FAI_FLAGS=verbose,sshd,reboot FAI_CONFIG_SRC=nfs://${addresses.dom0}/srv/fai/config`,
    `monserver=${addresses.machine} FAI_SENDID=host LOGUSER= FAI_LOGPROTO=none`,
  ].join(' ');

/** Throws unless it ended with 0. */
export async function good(ran: Promise<Ran>): Promise<Ran> {
  const { code, out } = await ran;
  if (code !== 0) throw new Error(`exit ${code}, not 0`);
  return { code, out };
}
