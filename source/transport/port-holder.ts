import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { socketName } from './socket-folder.ts';

const listening = '0A';
const interpreters = /^(perl|python|ruby|node|bash|dash|sh)[\d.]*$/;
/** Characters of a program's or a user's name: the rest would push out what stands beside it. */
const longest = 40;

/**
 * Who has a TCP port of this machine, for a sentence: `fai-monitor, PID 812`, `a process of user bob`, and where the
 * machine does not tell, `another program`. Linux only (proc(5)): /proc/net/tcp has the socket's user and number, the
 * descriptors below /proc/PID the number again, but only those of one's own processes can be read. `root` is `/`, but
 * for tests. The text is foreign in part.
 */
export function portHolder(port: number, root = '/'): string {
  const socket = listener(port, root);
  if (socket === null) return 'another program';
  const user = socket.uid === process.getuid?.() ? '' : ` of user ${userName(socket.uid, root)}`;
  const announced = announcedBy(port, socket.uid, root);
  if (announced !== null) return `xenfai${user}, PID ${announced}`;
  const pid = processWith(socket, root);
  return pid === null ? `a process${user || ' of yours'}` : `${programName(pid, root)}${user}, PID ${pid}`;
}

interface ListeningSocket {
  readonly uid: number;
  readonly inode: string;
}

function listener(port: number, root: string): ListeningSocket | null {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const table of ['tcp', 'tcp6']) {
    for (const row of linesOf(`${root}proc/net/${table}`)) {
      const [, local = '', , state, , , , uid, , inode = ''] = row.trim().split(/\s+/);
      if (state === listening && local.endsWith(wanted)) return { uid: Number(uid), inode };
    }
  }
  return null;
}

/** A xenfai that holds a port has a socket file with its PID in the name, and the table of those is open to all. */
function announcedBy(port: number, uid: number, root: string): number | null {
  const name = new RegExp(`/${socketName(port)}(\\d{1,10})$`);
  for (const row of linesOf(`${root}proc/net/unix`)) {
    const pid = name.exec(row)?.[1];
    // Anybody may name a file so: only a process of the port's own user counts.
    if (pid !== undefined && ownerOf(`${root}proc/${pid}`) === uid) return Number(pid);
  }
  return null;
}

function processWith({ uid, inode }: ListeningSocket, root: string): number | null {
  const link = `socket:[${inode}]`;
  for (const pid of namesIn(`${root}proc`)) {
    if (!/^\d+$/.test(pid) || ownerOf(`${root}proc/${pid}`) !== uid) continue;
    const folder = `${root}proc/${pid}/fd`;
    if (namesIn(folder).some((file) => quietly(() => readlinkSync(`${folder}/${file}`)) === link)) return Number(pid);
  }
  return null;
}

/** As people call it: a script by its own name, not by that of what interprets it; `-c` and `-e` bring no script. */
function programName(pid: number, root: string): string {
  const words = (quietly(() => readFileSync(`${root}proc/${pid}/cmdline`, 'utf8')) ?? '').split('\0').filter(Boolean);
  const [program = 'a process', ...rest] = words;
  const first = rest.find((word) => /^-[ce]$/.test(word) || !word.startsWith('-')) ?? '-';
  const isScript = interpreters.test(basename(program)) && !first.startsWith('-');
  return basename(isScript ? first : program).slice(0, longest);
}

function userName(uid: number, root: string): string {
  const row = linesOf(`${root}etc/passwd`).find((line) => line.split(':')[2] === String(uid));
  return (row?.split(':')[0] ?? String(uid)).slice(0, longest);
}

const linesOf = (path: string): string[] => (quietly(() => readFileSync(path, 'utf8')) ?? '').split('\n');
const namesIn = (path: string): string[] => quietly(() => readdirSync(path)) ?? [];
const ownerOf = (path: string): number | null => quietly(() => statSync(path).uid) ?? null;

/** Processes come and go while one reads, and most of what others do is not shown: that is no error here. */
function quietly<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
