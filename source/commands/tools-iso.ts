import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseXenVersion, xenAtLeast } from '../boot/releases.ts';
import type { Host } from '../hosts/host.ts';
import { findToolsIso, type ToolsIso } from '../hosts/tools-iso.ts';
import { execute, throwProblem, withRemains } from '../operations/execute.ts';
import { hands as makeHands } from '../operations/hands.ts';
import { awaitAndRemove, planToolsVm } from '../operations/tools-vm.ts';
import { planView } from '../operations/words.ts';
import { exit } from '../problem/exit.ts';
import { fail } from '../problem/problem.ts';
import { shellWord } from '../text/shell.ts';
import { refuseReadOnly } from './change.ts';
import { withHost } from './connect.ts';
import type { GlobalOptions, Result, Surroundings } from './options.ts';
import { planLines } from './print.ts';

export interface ToolsIsoOptions extends GlobalOptions {
  readonly liveIso?: string;
  readonly network?: string;
}

/** GET /export_raw_vdi came after 6.1 (xapi, April 2013); before, the same path means something else. */
const exportSince = { major: 6, minor: 2 };
/** A disc may be padded to whole blocks. */
const slack = 4 * 1024 ** 2;

/**
 * The tools ISO of a host: fetched where the release can export it, and then handed to `work`; else by the page's
 * way (--live-iso), or with the line that copies it from dom0 as advice.
 */
export function withToolsIso(
  options: ToolsIsoOptions,
  around: Surroundings,
  work: (file: string) => Promise<Result>,
): Promise<Result> {
  return withHost(options, around, async ({ host }) => {
    const iso = await findToolsIso(host.session);
    if (iso === null) return noIso(host);
    if (options.liveIso !== undefined) return byLiveDisc(host, iso, options.liveIso, options, around);
    const version = parseXenVersion((await host.facts()).version);
    if (version === null || !xenAtLeast(version, exportSince)) return notExported(host, iso);
    const folder = await mkdtemp(join(tmpdir(), 'xenfai-iso-'));
    try {
      const file = join(folder, 'xs-tools.iso');
      await fetchIso(host, iso, file, around);
      return await work(file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** No Content-Length comes with it, and errors come as a short body: the size on record is the judge. */
async function fetchIso(host: Host, iso: ToolsIso, file: string, { signal, err }: Surroundings): Promise<void> {
  err(`Fetching ${iso.name} from ${host.address}.`);
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
    try: [scpLine(host, iso)],
  });
}

/** As dom0 has it; the address is a person's, not always one that ssh takes. */
function scpLine(host: Host, iso: ToolsIso): string {
  const name = URL.canParse(host.address) ? new URL(host.address).hostname : host.address;
  // The path is ours, but for a file name of harmless characters: a pattern in it is for the shell over there.
  return `scp ${shellWord(`root@${name}`)}:${iso.path} .`;
}

function noIso(host: Host): never {
  return fail({
    code: 'no-tools-iso',
    exit: exit.notFound,
    message: `${host.address} has no tools ISO.`,
    cause: 'From 8.2 on it is no part of the host: it is downloaded from the vendor.',
    try: ['Give --iso F with a file, or --deb F with the kernel package.'],
  });
}

function notExported(host: Host, iso: ToolsIso): never {
  return fail({
    code: 'iso-not-exported',
    exit: exit.usage,
    message: `${host.address} has ${iso.name}, and no way to send it: that came with 6.2.`,
    try: [
      `${scpLine(host, iso)}   then --iso ${iso.path.split('/').at(-1)}`,
      "Without a login in dom0, the page's way: --live-iso NAME makes a small VM of a live disc with the tools in its second drive.",
    ],
  });
}

/** The page's way: a VM to copy the files from by hand. It is removed when it is shut down, or on Ctrl-C. */
async function byLiveDisc(
  host: Host,
  iso: ToolsIso,
  liveIso: string,
  options: ToolsIsoOptions,
  around: Surroundings,
): Promise<Result> {
  refuseReadOnly(options);
  const hands = makeHands(host, around.signal);
  const plan = await planToolsVm(host, iso, { liveIso, network: options.network, run: hands.run });
  const steps = planView(plan);
  if (options.dryRun) return { exit: exit.done, json: { dryRun: true, plan: steps }, lines: planLines(steps) };
  const outcome = await execute(plan, hands);
  throwProblem(withRemains(outcome));
  const copy = 'mkdir /t && mount -o ro /dev/sr1 /t && scp /t/Linux/*.deb USER@THIS-MACHINE:';
  for (const line of [
    `"${plan.target.name}" runs. On its console:`,
    `  ${copy}`,
    '  poweroff',
    'It is removed when it is off. Ctrl-C removes it now.',
  ])
    around.err(line);
  await awaitAndRemove(outcome.ref, hands);
  return {
    exit: exit.done,
    json: { vm: { name: plan.target.name, uuid: outcome.uuid }, removed: true, commands: [copy] },
    lines: ['The VM is removed. Stage what you copied: xenfai stage --deb F …'],
  };
}
