import { networkBootText } from '../../boot/network-boot.ts';
import { type Account, roleReason } from '../../hosts/account.ts';
import type { Capabilities } from '../../hosts/capabilities.ts';
import { nothingIsChanged } from '../../problem/problem.ts';
import type { Profile } from '../../settings/settings.ts';
import type { Suggestions } from '../../settings/suggestions.ts';
import { type Fleet, noFleet } from '../../watch/fleet.ts';
import type { Ref } from '../../xapi/records.ts';
import { lossReason } from './connection.ts';
import { noTemplates, type Templates } from './templates.ts';
import type { Request } from './work.ts';

/** What was found behind an address. */
export interface Found {
  readonly address: string;
  /** By ssh, through there. */
  readonly via?: string | undefined;
  readonly product: string;
  readonly version: string;
  readonly name: string;
  /** Of its pool; empty: it has no name. */
  readonly pool: string;
  /** How many the pool has. */
  readonly hosts: number;
  readonly account: Account;
  readonly xen: string;
  readonly able: Capabilities;
  /** This machine's address as the host sees it. */
  readonly localAddress: string;
}

/** Where one can be: a step of the wizard, or the fleet. Each screen that has one declares it. */
export interface Place {
  readonly name: string;
  readonly label: string;
  /** Where one key leads from everywhere. */
  readonly home?: boolean;
}

/** A sheet over the screen: its keys, or its words. */
export interface Sheet {
  readonly shows: 'keys' | 'words';
  readonly scroll: number;
}

/** The terminal as it was last measured; what a key does may depend on what is in sight. */
export interface Window {
  readonly columns: number;
  readonly rows: number;
}

interface Flash {
  readonly text: string;
  readonly tone: 'note' | 'bad' | 'good';
}

/** What several screens look at. Everything else is in the slice of one screen. */
export interface Shared {
  readonly suggestions: Suggestions;
  readonly readOnly: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly window: Window;
  readonly place: Place;
  /** Places one has been through. */
  readonly visited: readonly Place[];
  /** One remark, until the next key. */
  readonly flash: Flash | null;
  readonly sheet: Sheet | null;
  /** The place that one left for home by one key, and goes back to by the same. */
  readonly left: Place | null;
  /** Ctrl-C was pressed once while something ran. */
  readonly stopping: boolean;
  /** What this session did, for the normal screen afterwards. */
  readonly history: readonly string[];
  readonly profiles: readonly Profile[];
  /** Null: not connected. Another object with every connection. */
  readonly host: Found | null;
  readonly templates: Templates;
  /** The check of the repository failed, and was overridden. */
  readonly overridden: boolean;
  readonly fleet: Fleet;
  /** Another number: the host is to be followed anew. */
  readonly followed: number;
  /** Work that a screen asks for; the plan takes it from here. */
  readonly request: Request | null;
  /** A VM that the fleet is to show: something was just done with it. */
  readonly spotlight: Ref | null;
}

export interface StartOptions {
  readonly suggestions: Suggestions;
  readonly profiles: readonly Profile[];
  readonly now: number;
  readonly readOnly: boolean;
}

/** The shared part before the first key. */
export const startShared = (options: StartOptions, place: Place): Shared => ({
  ...options,
  window: { columns: 80, rows: 24 },
  place,
  visited: [],
  flash: null,
  sheet: null,
  left: null,
  stopping: false,
  history: [],
  host: null,
  templates: noTemplates,
  overridden: false,
  fleet: noFleet,
  followed: 0,
  request: null,
  spotlight: null,
});

/** A state that a program of screens can run on. */
export interface HasShared {
  readonly shared: Shared;
}

/** The same state with something else in the shared part. */
export const sharing = <State extends HasShared>(state: State, change: Partial<Shared>): State => ({
  ...state,
  shared: { ...state.shared, ...change },
});

/** What a screen works with: its own slice, and what it shares. */
export interface Scene<Own> {
  readonly shared: Shared;
  readonly own: Own;
}

/** The same scene with something else in the shared part. */
export const share = <Own>(scene: Scene<Own>, change: Partial<Shared>): Scene<Own> => ({
  ...scene,
  shared: { ...scene.shared, ...change },
});

/** The same scene with something else in the slice. */
export const change = <Own>(scene: Scene<Own>, own: Partial<Own>): Scene<Own> => ({
  ...scene,
  own: { ...scene.own, ...own },
});

/** Back to a place; nothing is done with it. */
export const back = <Own>(scene: Scene<Own>, place: Place): Scene<Own> => share(scene, { place, left: null });

/** On to a place; the one left counts as done. */
export function go<Own>(scene: Scene<Own>, place: Place): Scene<Own> {
  const { visited, place: left } = scene.shared;
  return share(scene, { place, left: null, visited: visited.includes(left) ? visited : [...visited, left] });
}

/** A remark for whoever pressed the key. */
export const flash = <Own>(scene: Scene<Own>, text: string, tone: Flash['tone']): Scene<Own> =>
  share(scene, { flash: { text, tone } });

export const remember = <Own>(scene: Scene<Own>, ...lines: readonly string[]): Scene<Own> =>
  share(scene, { history: [...scene.shared.history, ...lines] });

/** What an account must be allowed at least for a kind of work. */
const least = {
  edit: ['VM.add_to_other_config'],
  make: ['VM.clone'],
  start: ['VM.start'],
  stop: ['VM.hard_shutdown'],
  /** Files are no business of the host. */
  files: [],
} as const;

/**
 * Why a key that writes does nothing now; null: it may. Every key that writes asks here first. `kind`: what the account
 * must be allowed for it.
 */
export const writeReason = ({ shared }: Scene<unknown>, kind: keyof typeof least = 'edit'): string | null => {
  if (shared.readOnly) return nothingIsChanged;
  const loss = lossReason(shared);
  return loss ?? (shared.host === null ? null : roleReason(shared.host.account, least[kind]));
};

/** The same of a key that makes a VM boot from a repository: it asks here. */
export const armReason = (scene: Scene<unknown>, kind: keyof typeof least = 'edit'): string | null =>
  writeReason(scene, kind) ?? loaderReason(scene.shared);

/** Why nothing boots from a repository on this host; null: it does, or nobody knows. */
export const loaderReason = ({ host }: Shared): string | null =>
  host?.able.networkBoot === 'hvm-only' ? networkBootText('hvm-only') : null;
