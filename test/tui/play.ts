import { hostRelease, unknownRules } from '../../source/boot/releases.ts';
import { capabilities } from '../../source/hosts/capabilities.ts';
import { stackOf } from '../../source/tui/app/layers.ts';
import { happening, type Launch } from '../../source/tui/app/mount.ts';
import type { AppCommand, OwnCommand } from '../../source/tui/app/screen.ts';
import type { Found, StartOptions } from '../../source/tui/app/shared.ts';
import { type AppEvent, reduce } from '../../source/tui/app/store.ts';
import { saidOnly } from '../../source/tui/app/told.ts';
import { act } from '../../source/tui/screens/act/screen.ts';
import type { ActEvent } from '../../source/tui/screens/act/state.ts';
import { configure } from '../../source/tui/screens/configure/screen.ts';
import type { ConfigureEvent } from '../../source/tui/screens/configure/state.ts';
import { connect } from '../../source/tui/screens/connect/screen.ts';
import type { ConnectEvent } from '../../source/tui/screens/connect/state.ts';
import { fleet } from '../../source/tui/screens/fleet/screen.ts';
import type { FleetEvent } from '../../source/tui/screens/fleet/state.ts';
import { type AppState, screens, startState } from '../../source/tui/screens/index.ts';
import { plan } from '../../source/tui/screens/plan/screen.ts';
import type { PlanEvent } from '../../source/tui/screens/plan/state.ts';
import { template } from '../../source/tui/screens/template/screen.ts';
import type { TemplateEvent } from '../../source/tui/screens/template/state.ts';
import { verify } from '../../source/tui/screens/verify/screen.ts';
import type { VerifyEvent } from '../../source/tui/screens/verify/state.ts';
import { type Fleet, FleetFold } from '../../source/watch/fleet.ts';
import { ref as refOf, vmRecord } from '../../source/xapi/records.ts';

// The screen without a terminal: keys and results in, the state and every command on the way out.

export type Event = AppEvent<AppState>;

/** Results, as they come to each screen. */
export const say = {
  connect: (event: ConnectEvent): Event => happening(connect, event),
  template: (event: TemplateEvent): Event => happening(template, event),
  configure: (event: ConfigureEvent): Event => happening(configure, event),
  verify: (event: VerifyEvent): Event => happening(verify, event),
  act: (event: ActEvent): Event => happening(act, event),
  plan: (event: PlanEvent): Event => happening(plan, event),
  fleet: (event: FleetEvent): Event => happening(fleet, event),
};

export const now = Date.parse('2010-11-15T10:53:00Z');

const commandOf = (launch: Launch<AppState>): AppCommand | OwnCommand => ('app' in launch ? launch : launch.command);

/** Before the first key, with every command that is given by then. */
export function begin(change: Partial<StartOptions> = {}) {
  const suggestions = { address: 'xvm03', password: 'secret' };
  const [state, launches] = startState({ suggestions, profiles: [], now, readOnly: false, ...change });
  return { state, commands: launches.map(commandOf) };
}

export const start = (change: Partial<StartOptions> = {}): AppState => begin(change).state;

/** Feeds keys (by name) and events in; gives the state and every command on the way. */
export function play(state: AppState, ...events: (string | Event)[]) {
  const commands: (AppCommand | OwnCommand)[] = [];
  let current = state;
  for (const event of events) {
    const full: Event =
      typeof event === 'string'
        ? { type: 'key', key: { name: event, text: event === 'space' ? ' ' : [...event].length === 1 ? event : '' } }
        : event;
    const [next, launches] = reduce(screens, current, full);
    current = next;
    commands.push(...launches.map(commandOf));
  }
  return { state: current, commands };
}

export const stack = (state: AppState) => stackOf(screens, state);

export const found: Found = {
  address: 'https://xvm03',
  product: 'XenServer',
  version: '5.6.0',
  name: 'xvm03',
  pool: '',
  hosts: 1,
  account: { name: 'root', permissions: null },
  xen: '3.4',
  able: capabilities(hostRelease('5.6.0')),
  localAddress: '10.1.1.9',
};

/** What an unknown host shows. */
export const offer = {
  presented: {
    authority: 'xvm03:443',
    fingerprint: `${'AB:'.repeat(31)}CD`,
    names: ['xvm03'],
    issuer: 'CN=xvm03',
    notBefore: '2010-05-01T00:00:00.000Z',
    notAfter: '2020-04-28T00:00:00.000Z',
    protocol: 'TLSv1',
    flaw: 'self-signed',
  },
  legacyTls: true,
} as const;
export const untrusted = say.connect({ type: 'untrusted', offer });

export const connected = say.connect({ type: 'connected', found, profiles: [], name: 'xvm03' });
export const problem = { code: 'x', exit: 4, message: 'no' } as const;

/** A VM as the host tells it: halted and armed, unless something else is said. */
export const vm = (name: string, change: Record<string, unknown> = {}) => ({
  ref: refOf.parse(name),
  record: vmRecord.parse({
    uuid: `u-${name}`,
    name_label: name,
    power_state: 'Halted',
    PV_bootloader: 'eliloader',
    memory_static_max: '268435456',
    VCPUs_max: '1',
    PV_args:
      'console=hvc0 root=/dev/nfs nfsroot=10.1.1.6:/srv/fai/nfsroot boot=live FAI_FLAGS=verbose,reboot FAI_ACTION=install ip=dhcp',
    other_config: {
      'install-distro': 'debianlike',
      'install-repository': 'http://10.1.1.6/debian',
      'debian-release': 'lenny',
      'install-arch': 'i386',
    },
    ...change,
  }),
});

export const own = vm('own', { is_a_template: true });
export const vendor = vm('vendor', {
  is_a_template: true,
  other_config: { ...own.record.other_config, default_template: 'true' },
});

/** What the host tells of these VMs. */
export const told = (vms: readonly ReturnType<typeof vm>[]): Event =>
  say.fleet({ type: 'fleet', fleet: fleetOf(vms), now });

export function fleetOf(vms: readonly ReturnType<typeof vm>[]): Fleet {
  const fold = new FleetFold(unknownRules);
  fold.fold({ type: 'all', vms, started: new Map(), clockAhead: 0 }, now);
  return fold.snapshot();
}

export const result = { ok: true, kernel: '', files: [], findings: [] };
export const verified = (ok: boolean): Event => say.verify({ type: 'verified', result: { ...result, ok } });

/** At a step, with a host, its templates and some VMs; the template of one's own is used. */
export function at(step: 'template' | 'configure' | 'verify' | 'act' | 'fleet', readOnly = false): AppState {
  const vms = [
    vm('armed'),
    vm('on', { power_state: 'Running', PV_bootloader: 'pygrub', domid: 3 }),
    vm('part', { PV_args: '' }),
  ];
  const all = play(
    start({ readOnly }),
    connected,
    say.template({ type: 'templates', vms: [own, vendor] }),
    told(vms),
    'enter',
  );
  const keys = { template: 0, configure: 1, verify: 2, act: 3, fleet: 4 }[step];
  const walk: (string | Event)[][] = [
    ['g', 'enter'],
    readOnly
      ? ['pagedown', 'enter']
      : [
          'pagedown',
          'enter',
          say.configure({ type: 'configured', vm: own, told: saidOnly('nothing to do'), changed: false }),
        ],
    [verified(true), 'enter'],
    // The armed one is the last: what wants somebody comes first.
    [readOnly ? '2' : '6', 'G'],
  ];
  return play(all.state, ...walk.slice(0, keys).flat()).state;
}
