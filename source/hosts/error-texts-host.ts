import type { Advice } from '../problem/advice.ts';
import { exit } from '../problem/exit.ts';
import { behind, type ErrorTexts, hostLog } from './error-text.ts';

const ourFault: readonly [Advice, ...Advice[]] = [
  'Report it, with the release of the host: xenfai sends what that release should take.',
];

/** Only if the coordinator is gone for good: two of them would write to the same disks. */
const promote: Advice = {
  shell: ['xe', 'pool-emergency-transition-to-master'],
  where: 'dom0',
  note: 'only if the coordinator is gone for good',
};
const haState: Advice = {
  shell: ['xe', 'pool-list', 'params=ha-enabled,ha-host-failures-to-tolerate'],
  where: 'dom0',
};

/** What a host says of itself, of its pool, and of a call as such. Codes that bring facts along have kinds: see `classify`. */
export const hostErrorTexts: ErrorTexts = {
  HOST_IN_EMERGENCY_MODE: {
    message: 'This pool member has lost its coordinator.',
    cause: 'It cannot reach it, and takes no calls until it does (emergency mode).',
    try: ['Connect to another host of the pool.', promote],
    exit: exit.unreachable,
  },
  HOST_HAS_NO_MANAGEMENT_IP: {
    message: 'This pool member has no address on the management network.',
    cause: 'DHCP gave it none, or the network card was changed (emergency mode).',
    try: [{ shell: ['xe', 'pif-list', 'management=true', 'params=all'], where: 'dom0' }],
    exit: exit.unreachable,
  },
  HOST_MASTER_CANNOT_TALK_BACK: {
    message: ([address = '']) => `The coordinator cannot reach this pool member at ${address}.`,
    cause: 'A firewall is between them, or the address of the member has changed (emergency mode).',
    try: ['Connect to the coordinator, and mend the network between the two.'],
    exit: exit.unreachable,
  },
  HOST_UNKNOWN_TO_MASTER: {
    message: 'The coordinator does not know this host.',
    cause:
      'It was ejected from the pool while it was down, or the pool was restored from an older backup (emergency mode).',
    try: ['Connect to the coordinator of the pool that you mean.'],
    exit: exit.unreachable,
  },
  HOST_BROKEN: {
    message: 'This host failed while it left or joined a pool.',
    cause: 'It does not know any more which pool it is of (emergency mode).',
    try: ['Connect to another host of the pool; this one must be installed anew.'],
    exit: exit.unreachable,
  },
  HA_POOL_IS_ENABLED_BUT_HOST_IS_DISABLED: {
    message: 'High availability is on in the pool, and off on this host.',
    cause: 'It has lost its state, and waits until the coordinator lets it in again (emergency mode).',
    try: ['Connect to the coordinator.', haState],
    exit: exit.unreachable,
  },
  HA_HOST_CANNOT_ACCESS_STATEFILE: {
    message: 'This host cannot reach the disk on which high availability keeps its state.',
    cause: 'The storage is away; the host tries again every 10 s (emergency mode).',
    try: ['Bring the storage back.', haState],
    exit: exit.unreachable,
  },
  HA_HEARTBEAT_DAEMON_STARTUP_FAILED: {
    message: 'The heartbeat of high availability does not start on this host.',
    cause: 'The host tries again every 10 s (emergency mode).',
    try: [haState, hostLog],
    exit: exit.unreachable,
  },
  HOST_DISABLED: {
    message: 'The host takes no VMs.',
    cause: 'Somebody has put it into maintenance mode, or it is still starting.',
    try: [{ shell: ['xe', 'host-enable', 'uuid=UUID'], where: 'dom0', note: 'when the maintenance is over' }],
  },
  HOST_NOT_LIVE: {
    message: 'The host that should do this is down.',
    cause: 'The coordinator has not heard of it for some time.',
    try: [{ shell: ['xe', 'host-list', 'params=name-label,host-metrics-live'], where: 'dom0' }],
  },
  HOST_OFFLINE: {
    message: 'The host that should do this is down.',
    cause: 'The coordinator cannot reach it.',
    try: [{ shell: ['xe', 'host-list', 'params=name-label,host-metrics-live'], where: 'dom0' }],
  },
  CANNOT_CONTACT_HOST: {
    message: 'The coordinator cannot reach the host that should do this.',
    cause: 'It is down, or the network between them is.',
    try: [{ shell: ['xe', 'host-list', 'params=name-label,address,host-metrics-live'], where: 'dom0' }],
  },
  HOST_CANNOT_ATTACH_NETWORK: {
    message: 'The host cannot bring up a network that the VM needs.',
    cause: 'Its network card is part of a bond, or used by another network.',
    try: [{ shell: ['xe', 'pif-list', 'params=all'], where: 'dom0', note: 'shows what each card is used for' }],
  },
  HOST_NOT_ENOUGH_PCPUS: {
    message: ([needed = '', there = '']) => `The VM wants ${needed} processors, and the host has ${there}.`,
    cause: 'A VM cannot have more VCPUs than the host has processors.',
    try: ['Give it fewer VCPUs.'],
  },
  NETWORK_SRIOV_INSUFFICIENT_CAPACITY: {
    message: 'The SR-IOV network has no virtual function left.',
    cause: 'Other VMs have them all.',
    try: [{ act: 'give', setting: 'network' }],
  },
  EVENTS_LOST: {
    message: 'The host has forgotten events that were not fetched yet.',
    cause: 'It keeps 500 of them, or those of 15 minutes.',
    try: [{ act: 'repeat' }],
  },
  EVENT_FROM_TOKEN_PARSE_FAILURE: {
    message: 'The host does not know where its events were left off.',
    cause: 'xapi was restarted, or another host has become the coordinator.',
    try: [{ act: 'repeat' }],
  },
  EVENT_SUBSCRIPTION_PARSE_FAILURE: {
    message: ([subscription = '']) => `The host has no events of "${subscription}".`,
    cause: 'This release does not know that class.',
    try: ourFault,
  },
  INVALID_VALUE: {
    message: ([field = '', value = '']) =>
      `The host does not take ${value === '' ? 'this value' : value} for ${field}.`,
    cause: 'It is out of range, or does not go with the other settings of the VM.',
    try: ['Give another value.'],
    exit: exit.usage,
  },
  VALUE_NOT_SUPPORTED: {
    message: ([field = '', value = '', reason]) => `The host does not take ${value} for ${field}${behind(reason)}`,
    cause: 'This release or this VM does not support it.',
    try: ['Give another value.'],
    exit: exit.usage,
  },
  FIELD_TYPE_ERROR: {
    message: ([field = '']) => `The host could not read the value for ${field}.`,
    cause: 'It was sent in a form that this release does not take.',
    try: ourFault,
  },
  XMLRPC_UNMARSHAL_FAILURE: {
    message: 'The host could not read an argument of the call.',
    cause: 'It was sent in a form that this release does not take.',
    try: ourFault,
  },
  MESSAGE_PARAMETER_COUNT_MISMATCH: {
    message: ([method = '', expected = '', got = '']) =>
      `The host wants ${expected} arguments for ${method}, and got ${got}.`,
    cause: 'The call has another form in this release.',
    try: ourFault,
  },
  MESSAGE_DEPRECATED: {
    message: 'The host does not do this any more.',
    cause: 'The call was given up in this release.',
    try: ourFault,
  },
  MESSAGE_REMOVED: {
    message: 'The host does not do this any more.',
    cause: 'The call was removed in this release.',
    try: ourFault,
  },
  NOT_IMPLEMENTED: {
    message: ([method = 'this call']) => `The host has ${method} in its list, and nothing behind it.`,
    cause: 'The release never did this.',
    try: ourFault,
  },
  INTERNAL_ERROR: {
    message: ([words]) => `The host failed inside${behind(words)}`,
    cause: 'xapi, or xenopsd below it, met something that it does not know.',
    try: [hostLog],
  },
  TOO_BUSY: {
    message: 'The host has too much to do to take this.',
    cause: 'Too many calls are under way at once.',
    try: ['Try again in a minute.'],
  },
  TOO_MANY_PENDING_TASKS: {
    message: 'The host has too many tasks waiting.',
    cause: 'Somebody has started very many things at once.',
    try: [{ shell: ['xe', 'task-list'], where: 'dom0', note: 'shows them' }],
  },
  LICENSE_PROCESSING_ERROR: {
    message: 'The host cannot read its licence.',
    cause: 'The licence file is damaged, or the licence server does not answer.',
    try: [{ shell: ['xe', 'host-license-view'], where: 'dom0' }],
  },
};
