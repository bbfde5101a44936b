/** What ends a domain from within, and what it says meanwhile. */
export interface Ends {
  readonly rebooted: () => void;
  readonly halted: () => void;
  readonly crashed: () => void;
  /** Bytes of its first console, as they come. */
  readonly console: (bytes: Uint8Array) => void;
}

/** What a guest can be asked for. */
export type Wish = 'halted' | 'rebooted';

/** A running domain: how to end it from outside, to ask it to end, or to stop its processors. */
export interface Domain {
  readonly stop: () => void;
  /** Resolves once it has shut down as asked, which its `Ends` do not tell then; never when it does not heed. */
  readonly ask: (wish: Wish) => Promise<void>;
  /** Nothing happens in it until it is thawed. */
  readonly freeze: () => void;
  readonly thaw: () => void;
}

/** A disk of a guest, under the name a PV guest has for it, such as xvda. */
export interface GuestDisk {
  readonly vdi: string;
  readonly device: string;
  readonly writable: boolean;
}

/**
 * What a domain is booted with: two files and a line that eliloader has fetched, or whatever pygrub finds on a disk,
 * with PV-args behind it. `bits` is of other_config, where the kernel itself has not been seen.
 */
export type Boot =
  | { readonly from: 'net'; readonly kernel: Buffer; readonly initrd: Buffer | null; readonly line: string }
  | { readonly from: 'disk'; readonly disk: string; readonly line: string; readonly bits: 32 | 64 }
  | { readonly from: 'hvm' };

/** A domain as the host wants it. Memory in bytes. */
export interface DomainPlan {
  readonly vm: string;
  readonly name: string;
  readonly memory: number;
  readonly vcpus: number;
  readonly macs: readonly string[];
  readonly disks: readonly GuestDisk[];
  readonly boot: Boot;
}

/** A domain that is built and does not run yet. `arch` as VM.domarch has it. */
export interface Built {
  readonly arch: 'x64' | 'x32' | 'hvm';
  readonly start: (ends: Ends) => Domain;
}

/** The disks of guests, told of in the order in which the host makes and drops them. Sizes in bytes. */
export interface GuestDisks {
  readonly made: (vdi: string, size: number) => void;
  readonly copied: (vdi: string, from: string) => void;
  readonly resized: (vdi: string, size: number) => void;
  readonly dropped: (vdi: string) => void;
}

/**
 * The machine below the host: what boots its domains and keeps their disks. The demo's follows a script
 * (scripted.ts); test/xen has a real Xen.
 */
export interface Guests {
  readonly disks: GuestDisks;
  /** pygrub, where it boots from disk, and the domain builder: what either refuses is an ApiError, as xapi words it. */
  readonly build: (plan: DomainPlan, signal: AbortSignal) => Promise<Built>;
}
