import { parseTarget, showAddress, typedTarget } from '../hosts/address.ts';
import { fileJournal, type Journal, journalPath, noJournal } from '../operations/journal.ts';
import { fileLearned, type LearnedStore, noLearned } from '../settings/learned.ts';
import { noticesFor } from '../settings/notices.ts';
import { openSettings, type Settings } from '../settings/settings.ts';
import { stateFolder } from '../settings/state-folder.ts';
import type { Suggestions } from '../settings/suggestions.ts';
import { cleanLine } from '../text/clean.ts';
import { network } from '../transport/network.ts';
import { hostAtItsEnd, showWay } from '../transport/ssh/way.ts';
import type { Transport } from '../transport/transport.ts';
import { givenPassword, timeoutOf } from './connect.ts';
import type { GlobalFlags } from './global-flags.ts';
import { listenPort } from './monitor-port.ts';
import { loadSettings } from './settings.ts';
import type { Surroundings } from './surroundings.ts';
import { isAloud, signsFor, terminalProblem, wantsColour } from './terminal.ts';
import { usage } from './usage.ts';
import { networkAt } from './via.ts';

// What the screen is opened with, from flags, environment and settings. All that the front door needs for it is here,
// so that the first frame waits for one part and not for twelve.

export { cleanLine, isAloud };

/** What outlives the screen, whom it talks to, and what it suggests. */
export interface ScreenGiven {
  readonly settings: Settings;
  readonly journal: Journal;
  readonly learned: LearnedStore;
  readonly monitorPort: number;
  readonly suggestions: Suggestions;
  readonly transport: Transport;
}

/** Neither changes anything. */
const isReading = ({ readOnly, dryRun }: GlobalFlags): boolean => readOnly || dryRun;

/** Errors: exit 2 where nobody sits at a terminal. */
export function refuseTerminal(): void {
  const problem = terminalProblem(process.stdin.isTTY === true, process.stdout.isTTY === true);
  if (problem !== null) usage(problem);
}

/** For a real host. `complaints` grows: what could not be noted, for afterwards. Errors: ProblemError, exit 2. */
export async function screenOnHost(
  flags: GlobalFlags,
  around: Surroundings,
): Promise<ScreenGiven & { readonly complaints: readonly string[] }> {
  refuseTerminal();
  const { env } = around;
  const readOnly = isReading(flags);
  const settings = await loadSettings(around, readOnly ? 'read' : 'write');
  const named = flags.host ?? env['XENFAI_HOST'];
  const wanted = flags.profile ?? env['XENFAI_PROFILE'];
  // As on the command line: a host may be named by its profile.
  const profile = settings.profile(wanted ?? named ?? '');
  const own = profile && typedTarget(profile.address, profile.via);
  const typed = wanted === undefined ? (own ?? named) : (named ?? own);
  const address = await reached(typed, flags.via, around);
  const password = await givenPassword(flags, around);
  const complaints: string[] = [];
  return {
    settings,
    journal: readOnly ? noJournal : fileJournal(journalPath(env), (text) => complaints.push(text)),
    learned: fileLearned(stateFolder(env)),
    monitorPort: listenPort(around),
    suggestions: {
      address,
      user: flags.user ?? env['XENFAI_USER'] ?? profile?.user,
      password: password?.reveal(),
      direct: address !== undefined && password !== null,
      repository: profile?.repository,
    },
    transport: around.transport,
    complaints,
  };
}

/** The address with its way. ssh has been there before the screen is: what it asks, it asks now. */
async function reached(
  typed: string | undefined,
  flag: GlobalFlags['via'],
  around: Surroundings,
): Promise<string | undefined> {
  const text = typed ?? (flag ? hostAtItsEnd(flag) : undefined);
  if (text === undefined || (flag === undefined && !text.includes(' via '))) return text;
  const { url, way: own } = parseTarget(text);
  const way = flag === undefined ? own : flag;
  await networkAt(way, around);
  return typedTarget(showAddress(url), way === null ? undefined : showWay(way));
}

/** For a host that exists in this process only; its settings go with their folder. */
export function screenOnDemo({
  folder,
  dial,
  ...given
}: Pick<ScreenGiven, 'suggestions' | 'monitorPort'> & {
  readonly folder: string;
  readonly dial: Transport['dial'];
}): ScreenGiven {
  // What its guests say is for nobody else.
  const transport = { ...network, dial };
  return { ...given, settings: openSettings(folder), journal: noJournal, learned: noLearned, transport };
}

/** The rest, from flags and environment. */
export const screenOptions = (given: ScreenGiven, flags: GlobalFlags, { env, now, signal }: Surroundings) => ({
  ...given,
  timeout: timeoutOf(flags),
  readOnly: isReading(flags),
  notices: noticesFor(given.settings.notices(), env),
  lowBandwidth: flags.lowBandwidth,
  signs: signsFor(env),
  colour: wantsColour(env, flags.noColor),
  now,
  signal,
});
