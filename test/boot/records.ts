import type { BootRecord } from '../../source/boot/install-state.ts';
import type { Mark } from '../../source/boot/marks.ts';

type Fields = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** Xmlrpc_sexpr.xmlrpc_to_sexpr_str of xen-api, written anew: what the host marshals a record into. */
export function sexpr(fields: Fields): string {
  const quoted = (text: string): string => `'${text.replace(/[\\"']/g, '\\$&')}'`;
  const struct = (map: Fields): string => {
    const members = Object.entries(map).map(
      ([name, value]) => ` (${quoted(name)} ${typeof value === 'string' ? quoted(value) : struct(value)})`,
    );
    return `('struct'${members.join('')})`;
  };
  return struct(fields);
}

/** API.To.vM_t as Xml.to_string prints it: before 5.5, and while a pool is being upgraded. */
export function xmlrpc(fields: Fields): string {
  const escaped = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
  const value = (one: Fields[string]): string =>
    typeof one === 'string' ? (one === '' ? '<value/>' : `<value>${escaped(one)}</value>`) : struct(one);
  const struct = (map: Fields): string => {
    const members = Object.entries(map).map(([name, one]) => `<member><name>${name}</name>${value(one)}</member>`);
    return `<value><struct>${members.join('')}</struct></value>`;
  };
  return struct(fields);
}

export const repository = {
  'install-repository': 'http://r/d',
  'debian-release': 'lenny',
  'install-arch': 'i386',
};

export const uuid = 'd42c38db-76ca-8e53-a0c1-1f0cae4d0ad9';

export const armedVm: BootRecord = {
  uuid,
  power_state: 'Halted',
  PV_bootloader: 'eliloader',
  PV_bootloader_args: '',
  PV_args: 'whatever',
  HVM_boot_policy: '',
  other_config: { ...repository, 'install-distro': 'debianlike' },
  last_booted_record: '',
};

/** What eliloader leaves: pygrub, and no install-distro. */
export const firedVm: BootRecord = { ...armedVm, PV_bootloader: 'pygrub', other_config: repository };

export const markAt = (at: string, more: Partial<Mark> = {}): string =>
  JSON.stringify({ vm: uuid, run: 'r', by: 'b', at, ...more });
