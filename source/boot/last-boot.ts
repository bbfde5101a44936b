import { limits } from '../limits/limits.ts';

/**
 * VM.last_booted_record: the VM's whole record as it was just before its last boot. It is an s-expression from 5.5
 * on (xen-api@3c71283aac, xmlrpc_sexpr.ml) and XML-RPC before, or while a pool is being upgraded (helpers.ml,
 * set_boot_record). It is written before the boot is tried, so a boot that failed is on record, too; and VM.clone
 * copies it (xapi_vm_clone.ml), so a record of another uuid says nothing of this VM. Foreign text: nothing throws.
 */
export interface LastBoot {
  /** Who made it: the installer ran in it, or it came up from the VM's own disk. */
  readonly bootloader: 'eliloader' | 'pygrub';
  /** As it was before that boot. */
  readonly otherConfig: Readonly<Record<string, string>>;
}

/** Null where it is empty, unreadable, another VM's, or of a boot that neither of the two loaders made. */
export function lastBoot(text: string, uuid: string): LastBoot | null {
  if (text === '' || text.length > limits.bootRecord.size) return null;
  const fields = membersOf(/^\s*</.test(text) ? readXml(text) : readSexpr(text));
  if (fields.get('uuid') !== uuid) return null;
  const bootloader = fields.get('PV_bootloader');
  if (bootloader !== 'eliloader' && bootloader !== 'pygrub') return null;
  const keys = [...membersOf(fields.get('other_config'))];
  const otherConfig = keys.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return { bootloader, otherConfig: Object.fromEntries(otherConfig) };
}

/** Text, or what stands between two parentheses. */
type Tree = string | readonly Tree[];

/** ('struct' ('name' value) ..) as a map; empty for anything else. */
function membersOf(tree: Tree | null | undefined): Map<string, Tree> {
  if (!Array.isArray(tree) || tree[0] !== 'struct') return new Map();
  const members = tree.slice(1).filter((member) => Array.isArray(member));
  return new Map(members.map(([name, value]) => [typeof name === 'string' ? name : '', value ?? '']));
}

/** SExpr of xen-api-libs: strings in either quotes with backslash escapes, bare symbols, parentheses. */
function readSexpr(text: string): Tree | null {
  const token = /\s+|([()])|'([^'\\]*(?:\\.[^'\\]*)*)'|"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s()'"]+)/gsy;
  const open: Tree[][] = [[]];
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (match === null) return null;
    const [, parenthesis, single, double, symbol] = match;
    if (parenthesis === '(') open.push([]);
    if (parenthesis === ')') close(open);
    const word = symbol ?? (single ?? double)?.replace(/\\(.)/gs, '$1');
    if (word !== undefined) open.at(-1)?.push(word);
    if (open.length === 0 || open.length > limits.bootRecord.depth) return null;
  }
  return open.length === 1 ? (open[0]?.[0] ?? null) : null;
}

function close(open: Tree[][]): void {
  const done = open.pop();
  if (done !== undefined) open.at(-1)?.push(done);
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** XML-RPC as Xmlrpc_sexpr turns it into the same tree: structs keep their name, members become pairs. */
function readXml(text: string): Tree | null {
  const token = /<(\/?)([\w.]+)\s*(\/?)>|<\?[^>]*>|([^<]+)/gy;
  const open: Tree[][] = [[]];
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    if (match === null) return null;
    const [, slash, tag = '', empty, words] = match;
    if (words !== undefined) open.at(-1)?.push(words.replace(/&(\w+);/g, (all, name) => entities[name] ?? all));
    else if (slash === '/') closeElement(open, tag);
    else if (empty === '/') open.at(-1)?.push(element(tag, []));
    else if (tag !== '') open.push([]);
    if (open.length === 0 || open.length > limits.bootRecord.depth) return null;
  }
  return open.length === 1 ? (open[0]?.find((tree) => typeof tree !== 'string') ?? null) : null;
}

function closeElement(open: Tree[][], tag: string): void {
  const children = open.pop();
  if (children !== undefined) open.at(-1)?.push(element(tag, children));
}

function element(tag: string, children: readonly Tree[]): Tree {
  const inner = children.filter((child) => typeof child !== 'string');
  if (tag === 'struct') return ['struct', ...inner];
  if (tag === 'value' && inner[0] !== undefined) return inner[0];
  if (tag === 'member') return children.filter((child) => typeof child !== 'string' || child.trim() !== '');
  return children.filter((child) => typeof child === 'string').join('');
}
