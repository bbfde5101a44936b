/** What a host answered instead of a result: its code and parameters, untouched. */
export class HostFailure extends Error {
  readonly method: string;
  readonly code: string;
  readonly params: readonly string[];

  constructor(method: string, code: string, params: readonly string[]) {
    super(`${method}: ${[code, ...params].join(', ')}`);
    this.name = 'HostFailure';
    this.method = method;
    this.code = code;
    this.params = params;
  }
}

/** A host's errors by what they mean for the user. Code and parameters stay on the failure. */
export type HostError =
  /** `words`: the host's own, of PAM or the directory. */
  | { readonly kind: 'login-refused'; readonly words: string }
  | { readonly kind: 'session-lost' }
  | { readonly kind: 'slave'; readonly master: string }
  /** The bootloader could not do its part. Nothing was switched: the attempt is not used. */
  | { readonly kind: 'bootloader'; readonly reason: BootloaderReason; readonly message: string }
  /** Both files came, then the domain builder refused the kernel: the attempt is used. */
  | { readonly kind: 'kernel-refused'; readonly message: string }
  | { readonly kind: 'power-state'; readonly expected: string; readonly actual: string }
  | { readonly kind: 'template-operation' }
  | { readonly kind: 'busy'; readonly operation: string }
  | { readonly kind: 'no-host' }
  | { readonly kind: 'memory'; readonly needed: number; readonly free: number }
  | { readonly kind: 'storage'; readonly message: string }
  | { readonly kind: 'duplicate-key'; readonly key: string }
  | { readonly kind: 'unknown-object'; readonly className: string }
  | { readonly kind: 'permission'; readonly permission: string }
  /** The guest did not answer a request to shut down. */
  | { readonly kind: 'deaf-guest' }
  | { readonly kind: 'licence' }
  | { readonly kind: 'booting' }
  /** A pool member that has lost its coordinator. It takes nothing but the calls that end this. */
  | { readonly kind: 'emergency' }
  | { readonly kind: 'events-lost' }
  | { readonly kind: 'method-unknown' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'other' };

export type BootloaderReason = 'file-missing' | 'settings' | 'support-package' | 'disk-empty' | 'crashed';

/**
 * Sorts a failure. eliloader's own words are looked for in every string, because they arrive as the code
 * (5.6 to 6.0), inside BOOTLOADER_FAILED, or inside INTERNAL_ERROR (6.1 and later).
 */
export function classify({ code, params }: Pick<HostFailure, 'code' | 'params'>): HostError {
  const bootloader = bootloaderError(code, params);
  if (bootloader !== null) return bootloader;
  const [first = '', second = '', third = ''] = params;
  switch (code) {
    case 'SESSION_AUTHENTICATION_FAILED':
      return { kind: 'login-refused', words: second };
    case 'SESSION_INVALID':
    case 'SESSION_NOT_REGISTERED':
      return { kind: 'session-lost' };
    case 'HOST_IS_SLAVE':
      return { kind: 'slave', master: first };
    case 'DOMAIN_BUILDER_ERROR':
      return { kind: 'kernel-refused', message: third };
    // From 6.1 on it is xenopsd that hears the domain builder (xenguestHelper.ml).
    case 'INTERNAL_ERROR': {
      const [, panic] = /Xenctrl_dom_linux_build_failure\(\d+, "(.*)"\)/s.exec(first) ?? [];
      return panic === undefined ? { kind: 'other' } : { kind: 'kernel-refused', message: panic.trim() };
    }
    case 'VM_BAD_POWER_STATE':
      return params.length >= 3
        ? { kind: 'power-state', expected: second.toLowerCase(), actual: third.toLowerCase() }
        : { kind: 'power-state', expected: first.toLowerCase(), actual: second.toLowerCase() };
    case 'VM_IS_TEMPLATE':
    case 'VM_CANNOT_DELETE_DEFAULT_TEMPLATE':
      return { kind: 'template-operation' };
    case 'OTHER_OPERATION_IN_PROGRESS':
      return { kind: 'busy', operation: first };
    case 'NO_HOSTS_AVAILABLE':
      return { kind: 'no-host' };
    case 'HOST_NOT_ENOUGH_FREE_MEMORY':
      return { kind: 'memory', needed: Number(first), free: Number(second) };
    case 'SR_FULL':
      return { kind: 'storage', message: 'the storage is full' };
    case 'MAP_DUPLICATE_KEY':
      return { kind: 'duplicate-key', key: params[3] ?? '' };
    case 'HANDLE_INVALID':
    case 'UUID_INVALID':
      return { kind: 'unknown-object', className: first };
    case 'PERMISSION_DENIED':
    case 'RBAC_PERMISSION_DENIED':
      return { kind: 'permission', permission: first };
    // Spelled so on the wire in every release.
    case 'LICENCE_RESTRICTION':
    case 'LICENSE_EXPIRED':
    case 'FEATURE_RESTRICTED':
      return { kind: 'licence' };
    case 'VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT':
      return { kind: 'deaf-guest' };
    case 'HOST_STILL_BOOTING':
      return { kind: 'booting' };
    // What xapi.ml and xapi_ha.ml set emergency_mode_error to; api_server.ml answers every other call with it.
    case 'HOST_IN_EMERGENCY_MODE':
    case 'HOST_HAS_NO_MANAGEMENT_IP':
    case 'HOST_MASTER_CANNOT_TALK_BACK':
    case 'HOST_UNKNOWN_TO_MASTER':
    case 'HOST_BROKEN':
    case 'HA_POOL_IS_ENABLED_BUT_HOST_IS_DISABLED':
    case 'HA_HOST_CANNOT_ACCESS_STATEFILE':
    case 'HA_HEARTBEAT_DAEMON_STARTUP_FAILED':
      return { kind: 'emergency' };
    case 'EVENTS_LOST':
    case 'EVENT_FROM_TOKEN_PARSE_FAILURE':
      return { kind: 'events-lost' };
    case 'MESSAGE_METHOD_UNKNOWN':
    case 'MESSAGE_REMOVED':
      return { kind: 'method-unknown' };
    case 'TASK_CANCELLED':
      return { kind: 'cancelled' };
    default:
      if (code.startsWith('SR_BACKEND_FAILURE')) return { kind: 'storage', message: second || first };
      return { kind: 'other' };
  }
}

function bootloaderError(code: string, params: readonly string[]): HostError | null {
  const all = [code, ...params];
  const text = all.join('\n');
  const own = (word: string): string => {
    const after = text.slice(text.indexOf(word) + word.length);
    return after.replace(/^(\s|\\n)+/, '').split(/\n|\\n/)[0] ?? '';
  };
  if (text.includes('INVALID_SOURCE')) {
    return { kind: 'bootloader', reason: 'file-missing', message: own('INVALID_SOURCE') };
  }
  // 7.0 to 7.6 say so for every fetch that failed (linux-guest-loader f373bad).
  const access = /Could not access (\S+)/.exec(text);
  if (access !== null) return { kind: 'bootloader', reason: 'file-missing', message: access[0] };
  // What eliloader's own getopt does not know: PV_bootloader_args. From 6.1 on in other words.
  const unreadable = 'Invalid command line arguments.';
  if (text.includes(unreadable)) return { kind: 'bootloader', reason: 'settings', message: unreadable };
  if (/^Invalid usage\b/m.test(text)) {
    return { kind: 'bootloader', reason: 'settings', message: own('Invalid usage') || 'Invalid usage' };
  }
  if (text.includes('UNSUPPORTED_INSTALL_METHOD')) {
    return { kind: 'bootloader', reason: 'settings', message: own('UNSUPPORTED_INSTALL_METHOD') };
  }
  if (text.includes('SUPPORT_PACKAGE_MISSING')) {
    return { kind: 'bootloader', reason: 'support-package', message: own('SUPPORT_PACKAGE_MISSING') };
  }
  if (/Unable to find partition containing kernel/.test(text)) {
    return { kind: 'bootloader', reason: 'disk-empty', message: 'Unable to find partition containing kernel' };
  }
  if (code.startsWith('Traceback') || code === 'BOOTLOADER_FAILED' || /Bootloader\.Bad_error/.test(text)) {
    const last = all.filter((line) => line.trim() !== '').at(-1) ?? '';
    return { kind: 'bootloader', reason: 'crashed', message: last };
  }
  return null;
}
