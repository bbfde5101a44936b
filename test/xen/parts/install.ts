import type { Terminal } from '../../end-to-end/terminal.ts';
import { addresses } from '../dom0.ts';
import { login } from '../guest.ts';
import { holds, type Site } from '../site.ts';

/** Seconds that an install may take, beside others that are busy. */
const patience = 1500;

/** The page by keys alone: from the address of a host to a VM that has installed itself and answers on its console. */
export async function install(site: Site): Promise<void> {
  const screen = site.screen(140, 32);
  try {
    await prepare(screen, site);
    await make(screen, site);
    await watch(screen, site);
  } finally {
    screen.kill();
  }
  await login(site);
  await classes(site);
}

/** Steps 1 to 4: the host, a copy of the vendor's template, what it must say, and the files. */
async function prepare(screen: Terminal, { host, archive, recording }: Site): Promise<void> {
  await screen.shows('Which XenServer?');
  screen.press(host.host, 'enter', 'enter', host.password, 'enter');
  await screen.shows('Connected');
  recording.saw(screen);
  screen.press('enter');
  await screen.shows(/❯ Debian Lenny/);
  recording.saw(screen);
  screen.press('enter');
  await screen.shows('Copy the template');
  screen.press('ctrl-u', 'FAI', 'enter', 'enter');
  await screen.shows('Repository and FAI arguments');
  await fill(screen, [
    ['repository', archive.url],
    ['release', 'bookworm'],
    ['architecture', 'amd64'],
  ]);
  await screen.shows(/❯ FAI /);
  // From FAI 3 to the line that dracut reads.
  screen.press('right', 'enter');
  await fill(screen, [
    ['nfsroot', `${addresses.dom0}:/srv/fai/nfsroot:vers=3`],
    ['config space', `nfs://${addresses.dom0}/srv/fai/config`],
  ]);
  // What is folded away: without "quiet" the console says more.
  screen.press('up');
  await screen.shows(/❯ \+ \d+ more/);
  screen.press('enter', 'down');
  await screen.shows(/❯ proxy/);
  screen.press('down', 'down', 'down', 'down');
  await fill(screen, [['monitor ', addresses.machine]]);
  await screen.shows(/❯ monitor port/);
  screen.press('down', 'down', 'down', 'down');
  await screen.shows(/❯ quiet/);
  screen.press('space', 'down', ' hostname=web01 net.ifnames=0');
  await screen.shows('net.ifnames=0');
  recording.saw(screen);
  screen.press('pagedown');
  await screen.shows('❯  Save to the template and verify');
  screen.press('enter');
  await screen.shows('Both files are what this host can boot.');
  holds(screen.text(), /Xen PV, 64-bit/, 'Verify');
  recording.shot(screen, 'verify', 'The kernel and the initrd of a real nfsroot, judged before they boot');
}

/** Values into fields one after the other, each left by Enter. */
async function fill(screen: Terminal, fields: readonly (readonly [label: string, value: string])[]): Promise<void> {
  for (const [label, value] of fields) {
    await screen.shows(`❯ ${label}`);
    screen.press('ctrl-u', value, 'enter');
  }
}

/** Step 5: a plan for one VM, carried out, and the VM started. */
async function make(screen: Terminal, { recording }: Site): Promise<void> {
  screen.press('enter');
  await screen.shows('❯ Create new VMs from this template');
  screen.press('enter');
  await screen.shows('❯ names');
  screen.press('ctrl-u', 'web01', 'down');
  await screen.shows(/❯ \+ \d+ more/);
  screen.press('enter', 'down');
  await fill(screen, [
    ['memory', '2G'],
    ['VCPUs', '1'],
    ['first disk', '4G'],
  ]);
  recording.saw(screen);
  screen.press('pagedown');
  await screen.shows('❯  Show the plan');
  screen.press('enter');
  await screen.shows('Enter carries this out');
  recording.saw(screen);
  screen.press('enter');
  await screen.shows(/✓ web01 {2}armed/);
  screen.press('enter');
  await screen.shows('xe vm-start');
  recording.saw(screen);
  screen.press('enter');
  // Xen builds the domain meanwhile.
  await screen.shows(/✓ web01 {2}installing, running/, 300);
  screen.press('enter');
  await screen.shows(/web01 +▶ installing/);
}

/** Step 6: the fleet, until FAI has said that the VM is installed. */
async function watch(screen: Terminal, { recording, say }: Site): Promise<void> {
  let told = '';
  await screen.is(
    'web01 installed',
    (text) => {
      const row = /❯ (web01 .*?)(│|$)/m.exec(text)?.[1]?.trim() ?? '';
      if (row !== told) {
        told = row;
        say(row);
      }
      recording.filmFrame(screen);
      return row.includes('✓ installed');
    },
    patience,
  );
  recording.filmFrame(screen, true);
  recording.shot(screen, 'installed', 'FAI has said that the VM is installed');
}

/** FAI's own log, which lies on the new disk, must name the classes of a PV guest. */
async function classes({ dom0, recording, say }: Site): Promise<void> {
  const said = await dom0.run(
    `set -e; losetup -P -f --show -r /vdis/*.img > /tmp/loop; mount -o ro,noload $(cat /tmp/loop)p1 /mnt
cat /mnt/var/log/fai/*/last/FAI_CLASSES /mnt/var/log/fai/last/FAI_CLASSES 2>/dev/null | tr '\\n' ' ' || true
umount /mnt; losetup -d $(cat /tmp/loop)`,
  );
  say(`classes: ${said}`);
  recording.note(`classes: ${said}`);
  holds(said, /\bXENSERVER XENPV\b/, "FAI's list of classes");
}
