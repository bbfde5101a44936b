import type { Offer } from '../../../hosts/trust.ts';
import { defaults } from '../../../limits/defaults.ts';
import type { Problem } from '../../../problem/problem.ts';
import type { Profile } from '../../../settings/settings.ts';
import type { Found, Scene, Shared } from '../../app/shared.ts';
import { type Field, type FormState, firstMissing, newForm, stringField } from '../../kit/form.ts';
import { emptyList, type ListState } from '../../kit/list.ts';
import type { MenuItem } from '../../kit/menu.ts';

export interface Login {
  readonly address: string;
  readonly user: string;
  readonly password: string;
}

export interface ConnectState {
  readonly phase: 'menu' | 'form' | 'connecting' | 'untrusted' | 'connected';
  readonly menu: ListState;
  readonly form: FormState<Login>;
  readonly problem: Problem | null;
  /** The certificate that somebody is asked about while `untrusted`. */
  readonly offer: Offer | null;
  /** Somebody comes from the fleet, whose pool has another coordinator, and goes back there. */
  readonly returns: boolean;
  /** Names of the hosts that were opened in this session. */
  readonly opened: readonly string[];
}

export type ConnectScene = Scene<ConnectState>;

export type ConnectEvent =
  | {
      readonly type: 'connected';
      readonly found: Found;
      readonly profiles: readonly Profile[];
      /** Of its profile. */
      readonly name: string;
    }
  /** Nothing was sent yet. */
  | { readonly type: 'untrusted'; readonly offer: Offer }
  | { readonly type: 'trusted' }
  | { readonly type: 'failed'; readonly problem: Problem };

/** `agreed`: somebody has agreed to this before. */
export type ConnectCommand =
  | ({ readonly do: 'connect'; readonly agreed?: Offer } & Login)
  /** Keeps that somebody agrees to a host; the session goes on. */
  | { readonly do: 'trust'; readonly offer: Offer };

/** Known hosts are offered, unless an address was given. */
export function startConnect({ suggestions, profiles }: Shared): ConnectState {
  const login = {
    address: suggestions.address ?? '',
    user: suggestions.user ?? defaults.user,
    password: suggestions.password ?? '',
  };
  return {
    phase: suggestions.address === undefined && profiles.length > 0 ? 'menu' : 'form',
    menu: emptyList,
    form: newForm(login, firstMissing(loginFields, login)),
    problem: null,
    offer: null,
    returns: false,
    opened: [],
  };
}

export const loginFields: readonly Field<Login>[] = [
  stringField('address', {
    label: 'address',
    help: 'Host name or IP of the pool master. https is meant unless you write http://.',
    required: 'Which host? An address is missing.',
    terms: ['xenserver', 'pool', 'fai'],
  }),
  stringField('user', {
    label: 'user',
    help: 'root, unless the pool uses Active Directory.',
    terms: ['xenserver', 'dom0'],
  }),
  stringField('password', {
    label: 'password',
    help: 'Kept in memory only: never written to a file, never shown.',
    kind: 'secret',
    terms: ['xenserver', 'profile'],
    required: 'The password is missing.',
  }),
];

/** Every saved host, and one line for another. */
export const hostItems = ({ shared }: ConnectScene): readonly MenuItem[] => [
  ...shared.profiles.map(({ name, user, via }) => ({
    label: `${name} (${user}${via === undefined ? '' : `, by ssh through ${via}`})`,
    value: name,
  })),
  { label: 'A new host', value: '' },
];
