import { type Dialect, detectDialect, dialectFacts, overlayArguments } from './dialects.ts';
import { splitFlags } from './flags.ts';
import { type KernelArgument, splitKernelLine } from './kernel-line.ts';

/**
 * The kernel line as a form has it. Every word of a line has its place here: what no field knows is in `extra`,
 * earlier duplicates are in `shadowed`, so that reading a line and writing it back loses nothing.
 */
export interface FaiForm {
  readonly dialect: Dialect;
  /** "10.1.1.6:/srv/fai/nfsroot", "/srv/…" where DHCP names the server, or a URL for HTTP. */
  readonly nfsroot: string;
  readonly overlay: string;
  readonly bootLive: boolean;
  readonly ip: string;
  readonly action: string;
  readonly flags: readonly string[];
  readonly configSpace: string;
  readonly monitor: string;
  readonly monitorPort: string;
  readonly sendid: string;
  readonly console: string;
  readonly quiet: boolean;
  readonly extra: string;
  readonly shadowed: string;
}

export const emptyForm: FaiForm = {
  dialect: 'live-boot',
  nfsroot: '',
  overlay: '',
  bootLive: false,
  ip: '',
  action: '',
  flags: [],
  configSpace: '',
  monitor: '',
  monitorPort: '',
  sendid: '',
  console: '',
  quiet: false,
  extra: '',
  shadowed: '',
};

/** What a new line starts with: the page's arguments, made safe for a VM that nobody watches. */
export function freshForm(dialect: Dialect): FaiForm {
  const facts = dialectFacts(dialect);
  return {
    ...emptyForm,
    dialect,
    overlay: facts.overlay[0] ?? '',
    bootLive: dialect === 'live-boot',
    ip: 'dhcp',
    action: 'install',
    flags: ['verbose', 'sshd', 'reboot'],
    sendid: dialect === 'live-boot' ? '' : 'mac',
    console: 'hvc0',
    quiet: true,
    extra: dialect === 'live-boot' ? '' : noLogs,
  };
}

/** No logs by ssh, which may ask on the console: see validateLine. */
const noLogs = 'LOGUSER= FAI_LOGPROTO=none';

/** The same answers in another dialect: overlay and boot words follow, what the operator typed stays. */
export function changeDialect(form: FaiForm, dialect: Dialect): FaiForm {
  const facts = dialectFacts(dialect);
  return {
    ...form,
    dialect,
    overlay: facts.overlay[0] ?? '',
    bootLive: dialect === 'live-boot',
    sendid: dialect === 'live-boot' ? '' : form.sendid || 'mac',
    extra: form.extra === '' || form.extra === noLogs ? freshForm(dialect).extra : form.extra,
  };
}

/** Fields that are one `name=value` word each, in the order they are written. */
const valueFields = [
  ['ip', 'ip'],
  ['FAI_FLAGS', 'flags'],
  ['FAI_ACTION', 'action'],
  ['FAI_CONFIG_SRC', 'configSpace'],
  ['monserver', 'monitor'],
  ['FAI_MONITOR_PORT', 'monitorPort'],
  ['FAI_SENDID', 'sendid'],
] as const;

/** The kernel line of a form. Blanks inside a field are kept out: the form's validation names them. */
export function composeLine(form: FaiForm): string {
  const words: string[] = [];
  if (form.shadowed !== '') words.push(form.shadowed);
  if (form.quiet) words.push('quiet');
  if (form.console !== '') words.push(`console=${form.console}`);
  words.push(...rootWords(form));
  for (const [name, field] of valueFields) {
    const value = field === 'flags' ? form.flags.join(',') : form[field];
    if (value !== '') words.push(`${name}=${value}`);
  }
  if (form.extra !== '') words.push(form.extra);
  return words.join(' ').trim();
}

function rootWords(form: FaiForm): string[] {
  const words: string[] = [];
  if (form.dialect === 'live-boot') {
    if (form.nfsroot !== '') words.push('root=/dev/nfs', `nfsroot=${form.nfsroot}`);
    if (form.bootLive) words.push('boot=live');
  } else if (form.nfsroot !== '') {
    const prefix = form.dialect === 'overlayfs' ? 'nfs:' : form.dialect === 'http' ? 'live:' : '';
    words.push(`root=${prefix}${form.nfsroot}`);
  }
  if (form.overlay !== '') words.push(form.overlay);
  return words;
}

/** Reads any kernel line into a form, whoever wrote it. */
export function readLine(line: string): FaiForm {
  const words = splitKernelLine(line);
  const dialect = detectDialect(words) ?? 'live-boot';
  const last = new Map<string, KernelArgument>();
  for (const word of words) last.set(word.name, word);
  const form: { -readonly [K in keyof FaiForm]: FaiForm[K] } = { ...emptyForm, dialect };
  const taken = new Set<KernelArgument>(takeRoot(form, last));
  const take = (name: string): string => {
    const word = last.get(name);
    if (word === undefined || !word.value) return '';
    taken.add(word);
    return word.value;
  };
  for (const [name, field] of valueFields) {
    if (field === 'flags') {
      const value = last.get(name)?.value ?? '';
      // A list with empty places would come back shorter: it stays as it is, in extra.
      if (splitFlags(value).join(',') === value) form.flags = splitFlags(take(name));
    } else {
      form[field] = take(name);
    }
  }
  form.console = take('console');
  const quiet = last.get('quiet');
  if (quiet?.value === null) {
    form.quiet = true;
    taken.add(quiet);
  }
  const rest = words.filter((word) => !taken.has(word));
  const takenNames = new Set([...taken].map((word) => word.name));
  form.shadowed = join(rest.filter((word) => takenNames.has(word.name)));
  form.extra = join(rest.filter((word) => !takenNames.has(word.name)));
  return form;
}

/** Takes the words that say where the root is; a root this dialect does not write itself is left in extra. */
function takeRoot(
  form: { -readonly [K in keyof FaiForm]: FaiForm[K] },
  last: ReadonlyMap<string, KernelArgument>,
): KernelArgument[] {
  const taken: KernelArgument[] = [];
  const root = last.get('root');
  const boot = last.get('boot');
  if (form.dialect === 'live-boot') {
    const nfsroot = last.get('nfsroot');
    if (root?.value === '/dev/nfs' && nfsroot?.value) {
      form.nfsroot = nfsroot.value;
      taken.push(root, nfsroot);
    }
    if (boot?.value === 'live') {
      form.bootLive = true;
      taken.push(boot);
    }
  } else if (root?.value) {
    const prefix = form.dialect === 'overlayfs' ? 'nfs:' : form.dialect === 'http' ? 'live:' : '';
    if (root.value.startsWith(prefix) && root.value.length > prefix.length) {
      form.nfsroot = root.value.slice(prefix.length);
      taken.push(root);
    }
  }
  const overlay = overlayArguments.map((name) => last.get(name)).find((word) => word?.value === null);
  if (overlay !== undefined) {
    form.overlay = overlay.text;
    taken.push(overlay);
  }
  return taken;
}

const join = (words: readonly KernelArgument[]): string => words.map((word) => word.text).join(' ');
