import { Bytes } from './bytes.ts';
import { type Compression, compressionOf } from './compression.ts';
import type { CpioEntry } from './cpio.ts';

/** Which program made the initrd what it is at boot. */
export type InitrdKind = 'live-boot' | 'dracut' | 'debian-installer' | 'initramfs-tools';

/** What is inside an initrd. */
export interface InitrdFacts {
  /** Of the (last) archive; null: these bytes begin no initrd. */
  readonly format: Compression | 'cpio' | null;
  /** The start of the file, for saying what it is instead. */
  readonly head: Uint8Array;
  /** False: nobody here can unpack it (the program is missing), so the rest is not known. */
  readonly seen: boolean;
  /** Why it could not be read to its end; null when it could. */
  readonly problem: string | null;
  /** Names below lib/modules: kernel versions it has modules for. */
  readonly modules: readonly string[];
  /** How its kernel gets a network card in a PV guest. */
  readonly netfront: 'module' | 'builtin' | null;
  readonly kind: InitrdKind | null;
  readonly files: number;
}

/** "gzip", "cpio" for an unpacked archive, or null when these bytes begin no initrd. */
export function initrdFormat(data: Uint8Array): Compression | 'cpio' | null {
  const bytes = new Bytes(data);
  if (['070701', '070702'].includes(bytes.text(0, 6))) return 'cpio';
  if (bytes.startsWith([0x04, 0x22, 0x4d, 0x18])) return 'lz4';
  return compressionOf(data);
}

/** lib/modules/VERSION/… */
const modulePath = /^lib\/modules\/([^/]+)(?:\/(.*))?$/;

/**
 * Paths that tell who made it, without the usr/ of merged systems. Seen in the images of Debian 12; older ones by the
 * sources: live-boot was called live-initramfs in Lenny and always had scripts/live, dracut its library.
 */
const marks: readonly [InitrdKind, RegExp][] = [
  ['debian-installer', /^(?:sbin\/debian-installer$|lib\/debian-installer(?:\/|-startup\.d|$)|bin\/anna$)/],
  ['live-boot', /^(?:scripts\/live(?:$|-functions$|-helpers$)|bin\/live-boot$|lib\/live\/boot(?:\.sh$|\/))/],
  ['dracut', /^(?:lib\/dracut(?:\/|-lib\.sh$)|sbin\/initqueue$)/],
  ['initramfs-tools', /^(?:scripts\/functions$|conf\/initramfs\.conf$)/],
];

/** Collects what matters while the entries of an initrd pass by. */
export class InitrdCollector {
  private readonly modules = new Set<string>();
  private readonly kinds = new Set<InitrdKind>();
  private netfront: InitrdFacts['netfront'] = null;

  entry({ name: path }: CpioEntry): void {
    const name = merged(path);
    for (const [kind, mark] of marks) if (mark.test(name)) this.kinds.add(kind);
    const found = modulePath.exec(name);
    if (found === null) return;
    const [, version = '', rest = ''] = found;
    if (this.modules.size < 16) this.modules.add(version);
    if (/(?:^|\/)xen[-_]netfront\.ko(?:\.\w+)?$/.test(rest)) this.netfront = 'module';
  }

  /** The one file whose content says something: which drivers the kernel has built in. */
  wanted({ name }: CpioEntry): boolean {
    return modulePath.exec(merged(name))?.[2] === 'modules.builtin';
  }

  content(text: string): void {
    if (/\/xen-netfront\.ko$/m.test(text)) this.netfront ??= 'builtin';
  }

  facts(rest: Pick<InitrdFacts, 'format' | 'head' | 'seen' | 'problem' | 'files'>): InitrdFacts {
    const kind = marks.find(([name]) => this.kinds.has(name))?.[0] ?? null;
    return { ...rest, modules: [...this.modules], netfront: this.netfront, kind };
  }
}

/** Merged systems keep lib, bin and sbin below usr; to everybody else it is the same place. */
const merged = (path: string): string => path.replace(/^usr\/(?=(?:lib|bin|sbin)\/)/, '');
