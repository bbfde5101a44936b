// The words of the trade, each in two sentences, for whoever meets it here for the first time. What stands under the
// cursor names its words; the key for words shows them.

interface Entry {
  readonly word: string;
  readonly text: string;
}

const entry = (word: string, text: string): Entry => ({ word, text });

/** Every word by its key; the keys of states are those of the theme. */
export const glossary = {
  xenserver: entry(
    'XenServer',
    'A machine that runs virtual machines on the Xen hypervisor; XCP-ng is its free successor. Both are steered through the same interface, the Xen API, which this program uses.',
  ),
  fai: entry(
    'FAI',
    'Fully Automatic Installation: it partitions the disk, installs Debian and configures it without a question. The VM boots the kernel of FAI over the network, and the disk when it is done.',
  ),
  pool: entry(
    'pool, pool master',
    'Hosts that share storage and networks form a pool, and one of them, the master, takes all commands. Its address is the one to give; a host of its own is its own master.',
  ),
  profile: entry(
    'saved host',
    'Address and user of a host you have logged in to before, and what you set up there. A password is never saved.',
  ),
  certificate: entry(
    'certificate, fingerprint',
    'What a host shows to prove who it is. The fingerprint is its short form: when the host itself tells you the same one, on its console, it is this host and nobody in between.',
  ),
  pv: entry(
    'PV guest',
    'A VM whose kernel knows that it runs on Xen and works with it. It has no BIOS: a bootloader in dom0 finds its kernel, and that is how it can be installed over the network.',
  ),
  hvm: entry(
    'HVM guest',
    'A VM with a whole PC in software, BIOS and network boot included, as Windows needs it. Eliloader is never asked for one, so xenfai leaves them alone.',
  ),
  dom0: entry(
    'dom0',
    'The Linux system of the XenServer itself, which has the disks and network cards and runs the bootloaders of the guests. What eliloader fetches must be reachable from there.',
  ),
  eliloader: entry(
    'eliloader',
    'The bootloader that XenServer starts in dom0 for a VM that is to be installed: it fetches kernel and initrd from a repository and boots them. It then switches the VM to its disk, so there is one attempt.',
  ),
  pygrub: entry(
    'pygrub',
    'The bootloader for a VM that is installed: it looks into the disk of the VM, reads its GRUB menu and takes the kernel from there.',
  ),
  'vendor template': entry(
    'vendor template',
    'A template that came with the host, one for each system it knows. xenfai never changes one: it makes a copy, and works with that.',
  ),
  template: entry(
    'template',
    'What a new VM is cloned from: memory, disks, bootloader and the kernel line. Set up once for FAI, it makes any number of VMs.',
  ),
  distro: entry(
    'debianlike, rhlike, sleslike',
    'How eliloader looks for kernel and initrd in a repository: each family of systems puts them elsewhere (install-distro). FAI needs debianlike; rhlike is Red Hat and CentOS, sleslike is SUSE.',
  ),
  repository: entry(
    'install repository',
    'The web server folder from which eliloader fetches the netboot files; it holds dists/ as a Debian mirror does. Packages may come from there or from any other mirror: FAI decides.',
  ),
  release: entry(
    'release, architecture',
    'Debian by its code name, such as lenny, and the kind of processor, i386 or amd64. Here they only name the folder of the netboot files; what is installed is up to FAI.',
  ),
  'netboot files': entry(
    'netboot files',
    'The two files that boot the installer: vmlinuz, a Linux kernel, and initrd.gz, the small system it starts with. For FAI they are those of the nfsroot.',
  ),
  proxy: entry(
    'proxy',
    'A web proxy that dom0 must use to reach the repository. It is for the two netboot files only.',
  ),
  nfsroot: entry(
    'nfsroot',
    'A small Debian in a folder of the FAI server (made by fai-setup), from which the installer runs. The VM mounts it over NFS and works on its own disk from there.',
  ),
  dialect: entry(
    'boot=live, dracut',
    'How the initrd of the nfsroot wants to be told where the nfsroot is. FAI 3 uses live-boot (boot=live), later releases dracut; it follows from the FAI that made the nfsroot.',
  ),
  'config space': entry(
    'config space',
    'The folder on the FAI server that says what is installed: classes, disk layouts, package lists, scripts. FAI mounts or fetches it first of all.',
  ),
  monitor: entry(
    'monitor (monserver)',
    'Where FAI sends a line for each task it begins and ends, on TCP port 4711. With the address of this machine, the fleet shows the progress.',
  ),
  action: entry(
    'FAI_ACTION',
    'What FAI is to do: install erases the disk and installs, sysinfo only looks at the machine.',
  ),
  flags: entry(
    'FAI_FLAGS',
    'Switches for a run of FAI: verbose says more, sshd lets you log in while it runs, reboot starts the new system without waiting for a key.',
  ),
  'kernel line': entry(
    'kernel line (PV-args)',
    'The words the kernel is started with. FAI reads its settings from it: where the nfsroot is, what to do, whom to tell.',
  ),
  overlay: entry(
    'overlay',
    'The nfsroot is read-only, for many VMs boot from it at once. One of these words makes the kernel keep what is written in memory.',
  ),
  console: entry(
    'hvc0',
    'The console of a PV guest. Without console=hvc0 on the kernel line, nothing of the install is seen in XenCenter.',
  ),
  storage: entry(
    'storage (SR)',
    'A storage repository of the host, in which the disks of VMs are made: a local disk, NFS, iSCSI.',
  ),
  network: entry(
    'network',
    'What the network card of the VM is plugged into; xenbr0 is the bridge of the first card of the host. The VM must reach the FAI server and its DHCP there.',
  ),
  plan: entry(
    'plan',
    'Everything that will be done, step by step, with the xe line that does the same by hand. Nothing has happened while you read it.',
  ),
  dom0line: entry(
    'line for dom0',
    'This check sees the repository from your machine, and eliloader will see it from dom0. The line asks for the same files there: log in to the host and paste it.',
  ),
  repair: entry(
    'repair',
    'A VM made in XenCenter loses its kernel line on the way from the template. Repair gives it what the template says, before its first boot.',
  ),
  rearm: entry(
    'rearm',
    'Set a VM up so that its next boot runs the installer once more. That install erases its disks.',
  ),
  armed: entry('armed', 'Everything is set: the next boot of the VM runs the installer, and erases its disks.'),
  'half-armed': entry(
    'half-armed',
    'The next boot asks eliloader, but something it needs is missing or wrong. It would waste the one attempt, or stop with an error.',
  ),
  fired: entry(
    'fired',
    'Eliloader has started the installer and switched the VM to its disk: the one attempt is used. What came of it is not known yet.',
  ),
  installing: entry(
    'installing',
    'This boot is that of the installer, as FAI says itself or as the host recorded it.',
  ),
  waiting: entry(
    'waits for a key',
    'The install has ended or rests, and somebody must press RETURN on its console. With reboot among the flags it would go on by itself.',
  ),
  failed: entry(
    'failed',
    'FAI has reported an error and stopped. A shell is open on the console of the VM; rearming gives it another try.',
  ),
  lost: entry(
    'lost',
    'Nothing has been heard of this install for so long that it is not believed to go on. Its console tells more.',
  ),
  quiet: entry(
    'fired, no news',
    'The attempt is used, and no message of FAI has come here. Messages come with monserver= on the kernel line and an open port 4711.',
  ),
  installed: entry('installed', 'FAI has said so, or the VM came up from its own disk after the attempt.'),
  disarmed: entry('disarmed', 'Installed, and the words of FAI are gone from its kernel line.'),
  erased: entry(
    'erased at reboot',
    'It runs, and is set to be installed at its next boot: a reboot erases its disks. Disarm it to keep them.',
  ),
  other: entry('other', 'No install concerns this VM.'),
} as const satisfies Readonly<Record<string, Entry>>;

/** A word that is explained. */
export type Term = keyof typeof glossary;

/** All of them, as a dictionary has them. */
export const allTerms: readonly Term[] = (Object.keys(glossary) as Term[]).sort((a, b) =>
  glossary[a].word.localeCompare(glossary[b].word, 'en'),
);
