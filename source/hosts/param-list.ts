import type { RawRecord } from '../xapi/records.ts';

/** A parameter as `xe template-param-list` names it, its tag, and the field it shows (records.ml of 5.6). */
type Parameter = readonly [name: string, tag: string, field: string];

const parameters: readonly Parameter[] = [
  ['uuid', ' RO', 'uuid'],
  ['name-label', ' RW', 'name_label'],
  ['name-description', ' RW', 'name_description'],
  ['user-version', ' RW', 'user_version'],
  ['is-a-template', ' RW', 'is_a_template'],
  ['is-a-snapshot', ' RO', 'is_a_snapshot'],
  ['snapshot-of', ' RO', 'snapshot_of'],
  ['snapshots', ' RO', 'snapshots'],
  ['snapshot-time', ' RO', 'snapshot_time'],
  ['snapshot-info', ' RO', 'snapshot_info'],
  ['parent', ' RO', 'parent'],
  ['children', ' RO', 'children'],
  ['is-control-domain', ' RO', 'is_control_domain'],
  ['power-state', ' RO', 'power_state'],
  ['memory-overhead', ' RO', 'memory_overhead'],
  ['memory-static-max', ' RW', 'memory_static_max'],
  ['memory-dynamic-max', ' RW', 'memory_dynamic_max'],
  ['memory-dynamic-min', ' RW', 'memory_dynamic_min'],
  ['memory-static-min', ' RW', 'memory_static_min'],
  ['suspend-VDI-uuid', ' RO', 'suspend_VDI'],
  ['VCPUs-params', 'MRW', 'VCPUs_params'],
  ['VCPUs-max', ' RW', 'VCPUs_max'],
  ['VCPUs-at-startup', ' RW', 'VCPUs_at_startup'],
  ['actions-after-shutdown', ' RW', 'actions_after_shutdown'],
  ['actions-after-reboot', ' RW', 'actions_after_reboot'],
  ['actions-after-crash', ' RW', 'actions_after_crash'],
  ['console-uuids', 'SRO', 'consoles'],
  ['platform', 'MRW', 'platform'],
  ['allowed-operations', 'SRO', 'allowed_operations'],
  ['current-operations', 'SRO', 'current_operations'],
  ['blocked-operations', 'MRW', 'blocked_operations'],
  ['HVM-boot-policy', ' RW', 'HVM_boot_policy'],
  ['HVM-boot-params', 'MRW', 'HVM_boot_params'],
  ['HVM-shadow-multiplier', ' RW', 'HVM_shadow_multiplier'],
  ['PV-kernel', ' RW', 'PV_kernel'],
  ['PV-ramdisk', ' RW', 'PV_ramdisk'],
  ['PV-args', ' RW', 'PV_args'],
  ['PV-legacy-args', ' RW', 'PV_legacy_args'],
  ['PV-bootloader', ' RW', 'PV_bootloader'],
  ['PV-bootloader-args', ' RW', 'PV_bootloader_args'],
  ['last-boot-CPU-flags', ' RO', 'last_boot_CPU_flags'],
  ['last-boot-record', ' RO', 'last_booted_record'],
  ['resident-on', ' RO', 'resident_on'],
  ['affinity', ' RW', 'affinity'],
  ['other-config', 'MRW', 'other_config'],
  ['dom-id', ' RO', 'domid'],
  ['recommendations', ' RO', 'recommendations'],
  ['xenstore-data', 'MRW', 'xenstore_data'],
  ['ha-always-run', ' RW', 'ha_always_run'],
  ['ha-restart-priority', ' RW', 'ha_restart_priority'],
  ['blobs', ' RO', 'blobs'],
  ['tags', 'SRW', 'tags'],
];

export interface ParameterLine {
  readonly name: string;
  readonly value: string;
  /** As xe prints it: right-aligned label, tag, value; the uuid flush left. */
  readonly line: string;
}

const width = 36;

/**
 * Every parameter of a record, formed as `xe template-param-list` forms it. References are shown by uuid where
 * `uuidOf` knows one. What xe asks other objects for (metrics, data sources) is left out.
 */
export function parameterLines(record: RawRecord, uuidOf: (ref: string) => string | undefined): ParameterLine[] {
  return parameters
    .filter(([, , field]) => record[field] !== undefined)
    .map(([name, tag, field]) => {
      const value = show(field, record[field], uuidOf);
      const label = `${name} (${tag})`;
      const padded = name === 'uuid' ? label.padEnd(width) : label.padStart(width);
      return { name, value, line: `${padded}: ${value}` };
    });
}

function show(field: string, value: unknown, uuidOf: (ref: string) => string | undefined): string {
  if (Array.isArray(value)) return value.map((item) => showText(String(item), uuidOf)).join('; ');
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => [key, showText(String(item), uuidOf)]);
    if (field === 'current_operations') return entries.map(([, item]) => item).join('; ');
    return entries.map(([key, item]) => `${key}: ${item}`).join('; ');
  }
  if (typeof value === 'number') return value.toFixed(3);
  const text = showText(String(value), uuidOf);
  if (field === 'power_state') return text.toLowerCase();
  if (field === 'last_booted_record') return `'${text}'`;
  if (field.startsWith('actions_after')) return text.charAt(0).toUpperCase() + text.slice(1).replaceAll('_', ' ');
  return text;
}

function showText(text: string, uuidOf: (ref: string) => string | undefined): string {
  if (!text.startsWith('OpaqueRef:')) return text;
  return uuidOf(text) ?? '<not in database>';
}
