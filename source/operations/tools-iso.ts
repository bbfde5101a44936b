import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { atLeast, parseVersion } from '../boot/version.ts';
import type { Host } from '../hosts/host.ts';
import { findToolsIso, type ToolsIso } from '../hosts/tools-iso.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { type ShellLine, shellWord } from '../text/shell.ts';

/** GET /export_raw_vdi came after 6.1 (xapi, April 2013); before, the same path means something else. */
const exportSince = { major: 6, minor: 2 };
/** A disc may be padded to whole blocks. */
const slack = 4 * 1024 ** 2;

/** The tools ISO of a host. Errors: exit 7 where it has none. */
export async function toolsIsoOf(host: Host): Promise<ToolsIso> {
  const iso = await findToolsIso(host.session);
  if (iso !== null) return iso;
  return fail({
    code: 'no-tools-iso',
    exit: exit.notFound,
    message: `${host.address} has no tools ISO.`,
    cause: 'From 8.2 on it is no part of the host: it is downloaded from the vendor.',
    try: [
      { act: 'give', setting: 'iso', note: 'with a file' },
      { act: 'give', setting: 'deb', note: 'with the kernel package' },
    ],
  });
}

/**
 * Fetches the disc into a folder of its own, hands the file to `work`, and removes it on every way. Errors: exit 2 where
 * the release has no way to send it, with the line that copies it from dom0; exit 10 when not all of it came.
 */
export async function withToolsIso<T>(
  host: Host,
  iso: ToolsIso,
  { signal, onFetch }: { readonly signal: AbortSignal; readonly onFetch: () => void },
  work: (file: string) => Promise<T>,
): Promise<T> {
  const version = parseVersion((await host.facts()).version);
  if (version === null || !atLeast(version, exportSince.major, exportSince.minor)) return notExported(host, iso);
  const folder = await mkdtemp(join(tmpdir(), 'xenfai-iso-'));
  try {
    const file = join(folder, 'xs-tools.iso');
    onFetch();
    await fetchIso(host, iso, file, signal);
    return await work(file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** No Content-Length comes with it, and errors come as a short body: the size on record is the judge. */
async function fetchIso(host: Host, iso: ToolsIso, file: string, signal: AbortSignal): Promise<void> {
  const stream = await host.session.download({ path: '/export_raw_vdi', query: { vdi: iso.uuid }, signal });
  let bytes = 0;
  const counted = async function* () {
    for await (const chunk of stream) {
      bytes += chunk.length;
      // More than is on record is no disc of this host.
      if (bytes > iso.size + slack) return;
      yield chunk;
    }
  };
  await pipeline(Readable.from(counted()), createWriteStream(file, { mode: 0o600 }), { signal });
  if (bytes >= iso.size) return;
  fail({
    code: 'iso-cut-off',
    exit: exit.hostError,
    message: `${bytes} of ${iso.size} bytes of ${iso.name} came from ${host.address}.`,
    cause: 'The host could not attach the disc, or the connection was cut.',
    try: [copyLine(host, iso)],
  });
}

/** As dom0 has it; the address is a person's, not always one that ssh takes. */
function copyLine(host: Host, iso: ToolsIso, note?: string): ShellLine {
  const name = URL.canParse(host.address) ? new URL(host.address).hostname : host.address;
  // The path is ours, but for a file name of harmless characters: a pattern in it is for the shell over there.
  const from = { plain: `${shellWord(`root@${name}`)}:${iso.path}` };
  return { shell: ['scp', from, '.'], ...(note === undefined ? {} : { note }) };
}

function notExported(host: Host, iso: ToolsIso): never {
  return fail({
    code: 'iso-not-exported',
    exit: exit.usage,
    message: `${host.address} has ${iso.name}, and no way to send it: that came with 6.2.`,
    try: [
      copyLine(host, iso),
      { act: 'give', setting: 'iso', value: iso.path.split('/').at(-1) ?? '', note: 'once it is copied' },
      {
        act: 'give',
        setting: 'live-iso',
        note: "without a login in dom0, the page's way: a small VM of a live disc, with the tools in its second drive",
      },
    ],
  });
}

/** What copies the packages, typed on the console of the VM that has the disc in its second drive. */
export const copyFromDisc = 'mkdir /t && mount -o ro /dev/sr1 /t && scp /t/Linux/*.deb USER@THIS-MACHINE:';
