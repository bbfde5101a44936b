import { eventLimits } from './event-limits.ts';

import { sshLimits } from './ssh-limits.ts';

const KiB = 1024;
const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * What xenfai reads, keeps and waits for at most, each with its reason. Sizes in bytes, times in milliseconds where
 * nothing else is said. What Xen, FAI or Debian limit is no policy of ours and stands with their rules.
 */
export const limits = {
  reply: {
    /** Elements inside one another: a record in a map in an envelope is some twenty deep, and each open one is memory. */
    depth: 200,
    /** Characters. 5,000 VMs with their boot records are some 60 million. */
    size: 256 * MiB,
    /** Values in it: the smallest is a few characters of the reply, and twenty times as many bytes of memory. 5,000 VMs have 800,000. */
    values: 5_000_000,
    /** What a host complains with is shown to people. */
    errorParts: 32,
    /** Characters of one part: a Python traceback fits. */
    errorPart: 4000,
  },
  session: {
    /** Nobody waits to be gone; the session ends by itself after a day. */
    logout: 3 * second,
    /** A hiccup of the network is waited out, a host that is gone is told soon. */
    absence: 4 * second,
    /** For one call: a host that forgets each login is broken. */
    logins: 3,
    /** Until another host of the pool is asked in its place: a wrong password takes 5 s, a slow directory some more. */
    login: 15 * second,
    /** Hosts of a pool that are known: XenServer allows 64. */
    members: 64,
  },
  task: {
    /** xapi itself lets an operation wait for another for two hours. */
    whole: 2.5 * hour,
    /** Polls that fail in a row: a restart of xapi is shorter, and its tasks are gone then. */
    unseen: 60 * second,
    /** A task that was asked to end; some of 5.6 cannot. */
    cancelled: 30 * second,
  },
  events: eventLimits,
  disc: {
    /** The member that has the disk answers for itself. */
    redirects: 1,
    /** A disc of some 100 MB over a slow line. */
    whole: 1 * hour,
  },
  watch: {
    /** Kept of one VM: an install sends some sixty. */
    messages: 200,
    /** Messages that wait until the VMs are known: as many as another process may pass on at once. */
    early: 20_000,
    ahead: {
      /** Milliseconds by which a record may be behind FAI's own word. */
      wait: 10 * second,
      /** Messages of all VMs: a first word, and a few more, of hundreds that start at once. */
      most: 1000,
    },
    /** A message that is passed on while it is news comes sooner. */
    late: 5 * second,
    /** Kept of one VM besides: marks, starts, changes of state; an install has some ten. */
    notes: 100,
    /** Of them, messages that do not count: anybody may send any number. */
    doubts: 10,
    /** Between two looks: a program that is stopped, or whose machine sleeps, sees no sign of life. */
    unlooked: 60 * second,
    /** Calls in one round: on a large fleet the others have their turn in the next. */
    loads: 50,
    /** Characters of a message that go on record. */
    text: 200,
  },
  netboot: {
    /** It is held in memory; plain ELF files of Debian's kernels reach 60 MiB. */
    kernel: 64 * MiB,
    /** It is read as it comes and not held; nfsroots with firmware reach 200 MiB. */
    initrd: 512 * MiB,
  },
  download: {
    /** A download that takes longer would keep a whole check waiting. */
    whole: 15 * minute,
    /** Without a byte. */
    silence: 20 * second,
    /** As many as urllib2 of dom0 follows. */
    redirects: 10,
    /** Until the head of an answer is there: a server may trickle its lines for ever. */
    head: 30 * second,
    /** Without a byte. */
    ftpSilence: 20 * second,
  },
  archive: {
    /** Debian's own is 200 kB. */
    release: 8 * MiB,
    /** As it comes over the line; Debian's main is 12 MiB. */
    packages: 256 * MiB,
    /** Unpacked; a bomb stops here. */
    text: 1 * GiB,
    /** Packages whose file is looked at: a hostile Depends must not make a thousand requests. */
    looked: 8,
  },
  bootRecord: {
    /** A record is some kilobytes. */
    size: 256 * KiB,
    /** A record is four deep. */
    depth: 32,
  },
  bootMenu: {
    /** No title is longer, and the pattern must not be given time. */
    title: 1000,
  },
  mark: {
    /** A mark that somebody has blown up is not read. */
    size: 8 * KiB,
    /** Characters of what a failure said. */
    text: 200,
  },
  iso: {
    /** ECMA-119 allows no more. */
    depth: 8,
    /** A whole Debian DVD has less. */
    files: 20_000,
    /** Of one folder. */
    folder: 4 * MiB,
    /** A hostile image may let them overlap. */
    folders: 2000,
    /** Of folders together. */
    read: 64 * MiB,
  },
  unpack: {
    /** A kernel's payload takes a moment; a program that hangs must not keep the whole check. */
    payload: 60 * second,
    /** What no initrd reaches unpacked: a bomb stops here. */
    initrd: 4 * GiB,
  },
  deb: {
    /** A control file is some kilobytes. */
    control: 1 * MiB,
    /** Kernel packages of today unpack to 400 MiB. */
    unpacked: 4 * GiB,
    /** A package has three. */
    members: 32,
  },
  elf: {
    /** Segments and sections with notes: a kernel has two or three. */
    parts: 32,
    /** Of one of them: Xen's are some 500 bytes. */
    notes: 64 * KiB,
    /** Of one note's text. */
    text: 256,
  },
  cpio: {
    /** The longest path Linux knows. */
    name: 4 * KiB,
    /** An initrd with all modules has 10,000. */
    entries: 500_000,
    /** Of a file whose content is wanted: modules.builtin is 10 kB. */
    kept: 1 * MiB,
  },
  deb822: {
    /** A paragraph has some twenty. */
    fields: 200,
    /** The longest of Debian is 40 kB. */
    paragraph: 1 * MiB,
  },
  password: {
    /** A password is one line. */
    size: 4 * KiB,
    /** It may ask for another password, which somebody has to type. */
    command: 60 * second,
  },
  run: {
    /** A host that is away in the middle of a run: a restart of xapi takes half a minute on old ones. */
    recovery: 60 * second,
    /** A short absence of the host in the middle of a step. */
    step: 10 * second,
    /** Of one key, when somebody else adds it in between. */
    replacements: 5,
    /** Where switching off is allowed next: a guest that waits for RETURN never answers. */
    cleanShutdown: 60 * second,
    /** Clean-up must not give up while the host is busy with the object. */
    removals: 8,
  },
  claim: {
    /** Making one VM takes less, and a holder that takes longer notices before it gives the name. */
    lease: 3 * minute,
    /** Times that a lost race for a name is run once more. */
    rounds: 3,
  },
  name: {
    /** Characters: what no table can show is no name. */
    length: 200,
    /** Of what could be meant. */
    suggested: 12,
  },
  learned: {
    /** Of FAI's messages to one VM: what a log shows at once. An install sends some sixty. */
    messages: 100,
    /** A hundred messages of a line each, and then some. */
    size: 256 * KiB,
    /** Milliseconds: whoever looks again after a month wants no progress. */
    age: 30 * 24 * hour,
    /** The rest of a process that was killed. */
    draft: 60 * second,
    files: 5000,
    /** Milliseconds between two times at which what has changed is written. */
    beat: 3 * second,
  },
  settings: {
    /** Profiles of some hundred hosts. */
    size: 1 * MiB,
  },
  given: {
    /** Of a pipe that somebody names as a file: as long as a password command may take. */
    wait: 60 * second,
    chunk: 16 * KiB,
    /** A manifest of a thousand VMs is some hundred kilobytes. */
    manifest: 4 * MiB,
  },
  journal: {
    /** Of its end: years of work. */
    read: 64 * MiB,
  },
  dial: {
    /** On a network where an install would work an answer takes far less. */
    whole: 2 * second,
  },
  connection: {
    /**
     * At rest, until the system asks by TCP whether the other end is still there; after ten questions, a second apart,
     * it is not. Firewalls that forget quiet connections do so after minutes.
     */
    rest: 15 * second,
    /** To one host, one of them for its events: xapi of 5.6 has few threads, and others use it, too. */
    kept: 3,
    /** Of TLS: an old host takes a second, a busy one several. A call has its own deadline besides. */
    handshake: 20 * second,
  },
  ssh: sshLimits,
  devices: {
    /** Disks, and networks, of one VM that are looked at: two or three calls each; up to 6.5 a VM can have 16 and 7. */
    most: 32,
    /** VMs whose devices are kept: those one comes back to. */
    kept: 100,
    /** The cursor rests on a VM before it is asked for: whoever holds the key down asks for none on the way. */
    rest: 200,
  },
  keyboard: {
    /** Whoever presses Escape should not feel the wait for the rest of an arrow key. */
    escape: 150,
    /** On a line that has been seen to cut a key in two. */
    slowEscape: 500,
    /** No key is the beginning of a sequence: its end comes, or the line is broken. */
    sequence: 5 * second,
  },
  message: {
    /** FAI's messages are some fifty bytes. */
    size: 1 * KiB,
    /** A client that says nothing must not keep its connection. */
    whole: 5 * second,
    /** A thousand VMs may speak at once; a flood must not take every descriptor of the process. */
    sockets: 2000,
    /** Bytes that are kept for whoever opens a screen later: some twenty thousand messages, 300 installs. */
    kept: 1 * MiB,
    /** Other screens of the same user that are passed messages: nobody has more terminals open. */
    readers: 32,
    /** Bytes that wait for one of them: it is stopped or hangs, and may come again. More than what is kept. */
    behind: 4 * MiB,
    /** Until somebody who holds the port has let go of it, or has begun to pass messages on. */
    settling: 100,
    /** Tries as soon as that. */
    settlings: 4,
    /** Between two looks whether a port that somebody else holds is free: nobody watches for that. */
    retry: 5 * second,
  },
  staging: {
    /** It is held in memory; Debian's largest kernels are 12 MiB, plain ELF files of them 60. */
    kernel: 64 * MiB,
    /** It is held in memory, too; the kernel packages of the tools ISO are 20 MiB, today's 100. */
    package: 512 * MiB,
    /** A tools ISO has some 20 packages; a whole Debian DVD given by mistake has thousands, each of which would be opened. */
    packagesOnDisc: 200,
    /** A file of a config space is written by hand; what is larger is something else under its name. */
    configFile: 1 * MiB,
    /** pygrub reads no more of a menu. */
    bootMenu: 1 * MiB,
    /** Files named by a menu that are looked for in a root: a menu has two for each kernel. */
    bootFiles: 1000,
    /** Whether a run of another machine still goes on cannot be seen from here. None writes for so long. */
    strangeRun: 1 * hour,
  },
} as const;
