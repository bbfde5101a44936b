import * as z from 'zod/mini';

// Records as xapi sends them, parsed at the edge. Releases differ in what they send: every field that a release
// may lack has a default; what we do not use is dropped.

export const nullRef = 'OpaqueRef:NULL';
export const isNull = (ref: string): boolean => ref === nullRef || ref === '' || ref === 'Null';

/** What a session calls an object by. It is the host's word: nobody else makes one. */
export const ref = z.string().brand<'Ref'>();
export type Ref = z.infer<typeof ref>;
export const refs = z.array(ref);
/** An object's name for ever, on this pool and in marks. */
export const uuid = z.string().brand<'Uuid'>();
export type Uuid = z.infer<typeof uuid>;
export const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Void results are an empty string; some later releases send nothing at all. */
export const nothing = z.unknown();

/** int64 travels as decimal text; -1 and 0 where a host says nothing. */
const int = z.pipe(
  z.union([z.string(), z.number()]),
  z.transform((value) => (value === '' ? 0 : Number(value))),
);
/** A double; 5.6 writes NaN where it knows nothing, others may write text. */
const float = z.union([z.number(), z.nan(), z.pipe(z.string(), z.transform(Number))]);
const map = z._default(z.record(z.string(), z.string()), {});
const text = z._default(z.string(), '');
/** A reference, or none. */
const link = z.pipe(z._default(z.string(), nullRef), ref);
const flag = z._default(z.boolean(), false);

export const vmRecord = z.object({
  uuid,
  name_label: text,
  name_description: text,
  /** Of a shipped template, from 7.1 on: what it is called in every language and version. */
  reference_label: text,
  power_state: text,
  is_a_template: flag,
  is_a_snapshot: flag,
  is_control_domain: flag,
  is_default_template: flag,
  PV_bootloader: text,
  PV_kernel: text,
  PV_ramdisk: text,
  PV_args: text,
  PV_bootloader_args: text,
  PV_legacy_args: text,
  HVM_boot_policy: text,
  /** From 7.5 on; empty before. */
  domain_type: text,
  /** As it was before the last boot, marshalled: boot/ reads it. */
  last_booted_record: text,
  other_config: map,
  platform: map,
  recommendations: text,
  memory_static_max: z._default(int, 0),
  memory_static_min: z._default(int, 0),
  memory_dynamic_max: z._default(int, 0),
  VCPUs_max: z._default(int, 0),
  VCPUs_at_startup: z._default(int, 0),
  VBDs: z._default(refs, []),
  VIFs: z._default(refs, []),
  metrics: link,
  guest_metrics: link,
  domid: z._default(int, -1),
  snapshot_of: link,
  resident_on: link,
  allowed_operations: z._default(z.array(z.string()), []),
  current_operations: map,
});
export type VmRecord = z.infer<typeof vmRecord>;

export const vmTable = z.record(ref, vmRecord);

/** A whole record, for what prints every parameter. */
export const rawRecord = z.record(z.string(), z.unknown());
export type RawRecord = z.infer<typeof rawRecord>;

export const vmMetrics = z.object({
  memory_actual: z._default(int, 0),
  VCPUs_number: z._default(int, 0),
  VCPUs_utilisation: z._default(z.record(z.string(), float), {}),
  start_time: text,
  install_time: text,
});

/** When a VM's present domain was built; 1970 for one that never ran. The rest of its metrics changes all the time. */
export const vmStart = z.object({ start_time: text });

export const hostRecord = z.object({
  uuid,
  name_label: text,
  hostname: text,
  address: text,
  API_version_major: z._default(int, 0),
  API_version_minor: z._default(int, 0),
  software_version: map,
  /** The kinds of guests that the hypervisor takes. */
  capabilities: z._default(z.array(z.string()), []),
});

/** Bytes. xapi writes it down every few seconds. */
export const hostMetrics = z.object({
  live: flag,
  memory_total: z._default(int, 0),
  memory_free: z._default(int, 0),
});

export const poolRecord = z.object({ uuid, name_label: text, master: link, default_SR: link });

export const srRecord = z.object({
  uuid,
  name_label: text,
  type: text,
  content_type: text,
  shared: flag,
  /** From 7.0 on. */
  is_tools_sr: flag,
  other_config: map,
  VDIs: z._default(refs, []),
  physical_size: z._default(int, 0),
  physical_utilisation: z._default(int, 0),
});
export type SrRecord = z.infer<typeof srRecord>;

export const networkRecord = z.object({
  uuid,
  name_label: text,
  bridge: text,
  PIFs: z._default(refs, []),
  other_config: map,
});
export type NetworkRecord = z.infer<typeof networkRecord>;

export const vbdRecord = z.object({
  uuid,
  VM: link,
  VDI: link,
  type: text,
  userdevice: text,
  bootable: flag,
  other_config: map,
});

export const vdiRecord = z.object({
  uuid,
  name_label: text,
  virtual_size: z._default(int, 0),
  SR: link,
  location: text,
  /** From 7.0 on. */
  is_tools_iso: flag,
  sm_config: map,
});
export type VdiRecord = z.infer<typeof vdiRecord>;

export const vifRecord = z.object({ uuid, device: text, MAC: text, network: link, VM: link });

export const taskRecord = z.object({
  uuid,
  name_label: text,
  status: text,
  progress: z._default(float, 0),
  result: text,
  error_info: z._default(z.array(z.string()), []),
});

/** An event; the snapshot is there on add and mod, and on del in 5.6. */
export const eventRecord = z.object({
  id: text,
  class: z.string(),
  operation: z.string(),
  ref,
  snapshot: z.optional(z.unknown()),
});
export type HostEvent = z.infer<typeof eventRecord>;

/** What event.from answers: events, the token that comes after them, and how many objects of each class there are. */
export const eventBatch = z.object({
  events: z.array(eventRecord),
  token: z.string(),
  valid_ref_counts: z._default(z.record(z.string(), int), {}),
});
