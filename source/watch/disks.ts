import { type HostEvent, type Ref, vdiRecord } from '../xapi/records.ts';

/** What the host tells of disks. `all`: something may have been missed, and any disk may be another. */
export type DiskNews =
  | { readonly type: 'all' }
  | { readonly type: 'gone'; readonly disk: Ref }
  /** `bytes`: as the guest sees it. */
  | { readonly type: 'disk'; readonly disk: Ref; readonly name: string; readonly bytes: number };

/** A record that does not parse tells nothing. */
export function diskNews({ class: of, operation, ref: disk, snapshot }: HostEvent): DiskNews[] {
  if (of !== 'vdi') return [];
  if (operation === 'del') return [{ type: 'gone', disk }];
  const parsed = vdiRecord.safeParse(snapshot);
  if (!parsed.success) return [];
  const { name_label: name, virtual_size: bytes } = parsed.data;
  return [{ type: 'disk', disk, name, bytes }];
}
