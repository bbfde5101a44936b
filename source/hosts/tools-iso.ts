import * as z from 'zod/mini';
import { type Ref, ref, type SrRecord, srRecord, type Uuid, type VdiRecord, vdiRecord } from '../xapi/records.ts';
import type { Session } from '../xapi/session.ts';

/** The disc with the Linux kernel and guest utilities that a host brings for its guests. */
export interface ToolsIso {
  readonly ref: Ref;
  readonly uuid: Uuid;
  readonly name: string;
  readonly size: number;
  /** Where dom0 keeps it. */
  readonly path: string;
}

const folder = '/opt/xensource/packages/iso';

/** SR.is_tools_sr since 7.0; before, xapi itself goes by either key (helpers.ml, is_tools_sr). */
const isToolsSr = ({ is_tools_sr, other_config }: SrRecord): boolean =>
  is_tools_sr || 'xenserver_tools_sr' in other_config || 'xensource_internal' in other_config;

/** The storage manager marks the newest of several; its file names changed in 7.0. */
const rank = ({ is_tools_iso, sm_config, name_label }: VdiRecord): number => {
  if (sm_config['xs-tools'] === 'true' || is_tools_iso) return 2;
  return /^(xs-tools|guest-tools)\.iso$/.test(name_label) ? 1 : 0;
};

/** Null where the host has none: from 8.2 on it is downloaded from the vendor. */
export async function findToolsIso(session: Session): Promise<ToolsIso | null> {
  const storage = await session.call('SR.get_all_records', [], z.record(ref, srRecord));
  let best: { ref: Ref; record: VdiRecord } | null = null;
  for (const vdi of Object.values(storage)
    .filter(isToolsSr)
    .flatMap(({ VDIs }) => VDIs)) {
    const record = await session.call('VDI.get_record', [vdi], vdiRecord);
    if (rank(record) > (best === null ? 0 : rank(best.record))) best = { ref: vdi, record };
  }
  if (best === null) return null;
  const { uuid, name_label, virtual_size, location } = best.record;
  // `location` is the bare file name; where it is not one, the shell finds it.
  const file = /^[\w.+-]+\.iso$/.test(location) ? location : 'xs-tools-*.iso';
  return { ref: best.ref, uuid, name: name_label, size: virtual_size, path: `${folder}/${file}` };
}
