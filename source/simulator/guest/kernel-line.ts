// What a guest of this world makes of its kernel line. Written for the simulator alone, from the FAI guide and
// FAI's own scripts, so that a mistake of the client's reading does not find its twin here.

export interface FaiRun {
  /** The nfsroot answers to both ages: live-boot words bring FAI 3.4, dracut's bring FAI 6. */
  readonly version: 3 | 6;
  readonly action: string;
  readonly flags: readonly string[];
  readonly configError: number | null;
  readonly monitor: { readonly address: string; readonly port: number | null };
  readonly sendid: string;
  readonly hostname: string | null;
  /** FAI copies its logs to the server, whose key the nfsroot does not know: ssh asks on the console, for ever. */
  readonly asksForLogs: boolean;
}

export type Outcome =
  | { readonly kind: 'panic' }
  | { readonly kind: 'stuck'; readonly why: string }
  | { readonly kind: 'fai'; readonly run: FaiRun };

/** The one FAI server of this world, with its NFS exports. */
export const faiServer = '10.1.1.6';
const nfsroot = '/srv/fai/nfsroot';
const configSpace = '/srv/fai/config';

export function readKernelLine(line: string): Outcome {
  const variables = new Map<string, string>();
  const bare = new Set<string>();
  for (const word of line.trim().split(/\s+/)) {
    const [, name, value] = /^([^=]+)=(.*)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) bare.add(word);
    else variables.set(name, value);
  }
  const root = variables.get('root') ?? '';
  if (root === '') return { kind: 'panic' };
  const classic = root === '/dev/nfs';
  const place = classic ? (variables.get('nfsroot') ?? '') : root.replace(/^(nfs4?|live):/, '');
  if (!classic && !/:\/|^live:/.test(root)) return { kind: 'panic' };
  if (!answers(place)) return { kind: 'stuck', why: `waiting for ${place}` };
  if (classic && variables.get('boot') !== 'live') return { kind: 'stuck', why: 'the root is read-only' };
  const overlay = ['rootovl', 'aufs', 'rd.live.overlay.overlayfs'].some((word) => bare.has(word));
  if (!classic && !overlay) return { kind: 'stuck', why: 'the root is read-only' };
  return { kind: 'fai', run: faiRun(variables, classic ? 3 : 6) };
}

/** NFS of the one FAI server, named or found by DHCP, or a file over HTTP from it. Others do not answer. */
function answers(place: string): boolean {
  if (place.startsWith('http://')) return place.startsWith(`http://${faiServer}/`);
  const [, server = '', path = ''] = /^(?:([^:/]*):)?(\/[^,:]*)/.exec(place) ?? [];
  return (server === '' || server === faiServer) && path === nfsroot;
}

function faiRun(variables: ReadonlyMap<string, string>, version: 3 | 6): FaiRun {
  // eval in a shell: what the shell would act on never arrives as a value.
  const value = (name: string): string => {
    const text = variables.get(name) ?? '';
    return /[;&|<>$`'"()\\*?!]/.test(text) ? '' : text;
  };
  const source = value('FAI_CONFIG_SRC');
  const serverOfSource = /^\w[\w+]*:\/\/([^/:]+)/.exec(source)?.[1];
  const port = version === 6 ? Number(value('FAI_MONITOR_PORT')) : 0;
  return {
    version,
    action: value('FAI_ACTION'),
    flags: value('FAI_FLAGS').split(','),
    configError: version === 3 && source === '' ? null : configError(source),
    monitor: {
      address: value('monserver') || (version === 6 && serverOfSource ? serverOfSource : faiServer),
      port: port > 0 && port < 65536 ? port : null,
    },
    sendid: version === 6 ? value('FAI_SENDID') : '',
    hostname: value('hostname') || null,
    // fai.conf of this world's nfsroot has LOGUSER=fai, which a word of the line overrides, empty as it may be.
    asksForLogs:
      version === 6 &&
      (variables.has('LOGUSER') ? value('LOGUSER') : 'fai') !== '' &&
      value('FAI_LOGPROTO') !== 'none',
  };
}

/** get-config-dir's exit codes: 21 none given, 24 no scheme, 22 unknown scheme, 23 nothing there. */
function configError(source: string): number | null {
  if (source === '') return 21;
  const [, scheme, rest = ''] = /^(\w[\w+]*):\/\/(.*)$/.exec(source) ?? [];
  if (scheme === undefined) return 24;
  const known = ['nfs', 'file', 'cvs', 'svn', 'git', 'hg', 'http', 'https', 'scp', 'sftp'];
  if (!known.includes(scheme.split('+')[0] ?? '')) return 22;
  if (scheme === 'nfs') return rest === `${faiServer}${configSpace}` ? null : 23;
  if (scheme === 'file') return rest === configSpace ? null : 23;
  return rest.startsWith(faiServer) ? null : 23;
}
