import { type NetworkBoot, networkBoot, type PvDomain, pvDomain } from '../boot/network-boot.ts';
import { type HostRelease, isSince, type Loader, unknownRules } from '../boot/releases.ts';

/** What a host can do, by its release and by what it shows. One object: who wants to know asks here. */
export interface Capabilities {
  /** The known release that it belongs to, such as 7.6; null where nobody knows it. */
  readonly release: string | null;
  readonly networkBoot: NetworkBoot;
  readonly loader: Loader;
  /** VM.domain_type for a PV guest that is made there; null where there is no such field. */
  readonly pvDomain: PvDomain;
  /** event.from came with 6.0 (datamodel: boston). 5.6 has event.next alone, which answers when something happens. */
  readonly events: 'next' | 'from';
  /** Of a PV guest. Up to 5.6 FP1 vncterm runs without its text listener. */
  readonly consoles: readonly ('rfb' | 'vt100')[];
  /** GET /export_raw_vdi, since 6.2. */
  readonly rawVdiExport: boolean;
  /** POST /jsonrpc is in the tree of 6.5, not in that of 6.2 (XS62). The /json of before takes XML and answers JSON. */
  readonly jsonRpc: boolean;
}

/** `guests`: host.capabilities, as the hypervisor says it. */
export function capabilities(release: HostRelease | null, guests: readonly string[] = []): Capabilities {
  // One that is newer than all we know has what the newest has, but for the loader.
  const has = (first: string): boolean => release === null || isSince(release, first);
  return {
    release: release?.release ?? null,
    networkBoot: networkBoot(release, guests),
    loader: release?.loader ?? unknownRules.loader,
    pvDomain: pvDomain(release),
    events: has('6.0') ? 'from' : 'next',
    consoles: has('6.0') ? ['rfb', 'vt100'] : ['rfb'],
    rawVdiExport: has('6.2'),
    jsonRpc: has('6.5'),
  };
}
