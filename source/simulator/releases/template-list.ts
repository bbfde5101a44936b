// Which templates a host of which release comes with: the Debian-like ones all, of the others some of each kind.
// Sources: create_templates.ml of xen-api@1c32df9695 (5.6 FP1) and @63ef2c5363 (6.0), xenserver/guest-templates (6.1 to
// 7.0), xenserver/guest-templates-json: its branches falcon (7.2), naples and stockholm, 1.7.11 (7.6), 1.8.10 (8.1), xs8.

export type TemplateKind =
  | { readonly kind: 'debianlike'; readonly suite: string; readonly arch: 'i386' | 'amd64'; readonly cd?: false }
  | { readonly kind: 'rhlike'; readonly memory: number }
  | { readonly kind: 'sleslike'; readonly memory: number; readonly arch?: 'x86_64' }
  /** Sizes in MiB and GiB. Without a disk it orders none. */
  | { readonly kind: 'hvm'; readonly memory: number; readonly disk?: number; readonly linux?: true }
  | { readonly kind: 'uefi'; readonly memory: number; readonly disk?: number; readonly linux?: true };

export interface TemplateRow {
  readonly name: string;
  /** First and last release that has it. */
  readonly from: string;
  readonly to: string;
  readonly what: TemplateKind;
  /** VM.reference_label, where there is one. */
  readonly label: string;
}

const row = (from: string, to: string, name: string, label: string, what: TemplateKind): TemplateRow => ({
  name,
  from,
  to,
  what,
  label,
});

const debian = (suite: string, arch: 'i386' | 'amd64'): TemplateKind => ({ kind: 'debianlike', suite, arch });
/** Ubuntu's installer comes from a mirror only. */
const ubuntu = (suite: string, arch: 'i386' | 'amd64'): TemplateKind => ({
  kind: 'debianlike',
  suite,
  arch,
  cd: false,
});
const maverick = (bits: 32 | 64): string => `ubuntu-10.10-${bits}bit`;
const rh: TemplateKind = { kind: 'rhlike', memory: 512 };
const linux = (memory: number, disk: number): TemplateKind => ({ kind: 'hvm', memory, disk, linux: true });
const linuxUefi = (memory: number, disk: number): TemplateKind => ({ kind: 'uefi', memory, disk, linux: true });
const windows = (memory: number, disk: number): TemplateKind => ({ kind: 'hvm', memory, disk });

export const templateRows: readonly TemplateRow[] = [
  row('5.6-fp1', '6.0', 'Debian Lenny 5.0 (32-bit)', '', debian('lenny', 'i386')),
  row('5.6-fp1', '7.6', 'Debian Squeeze 6.0 (32-bit)', 'debian-6-32bit', debian('squeeze', 'i386')),
  row('5.6-fp1', '7.6', 'Debian Squeeze 6.0 (64-bit)', 'debian-6-64bit', debian('squeeze', 'amd64')),
  row('6.2', '8.0', 'Debian Wheezy 7.0 (32-bit)', 'debian-7-32bit', debian('wheezy', 'i386')),
  row('6.2', '8.0', 'Debian Wheezy 7.0 (64-bit)', 'debian-7-64bit', debian('wheezy', 'amd64')),
  row('7.2', '8.2', 'Debian Jessie 8.0', 'debian-8', linux(128, 8)),
  row('7.6', '8.2', 'Debian Stretch 9.0', 'debian-9', linux(256, 10)),
  row('8.0', '8.3', 'Debian Buster 10', 'debian-10', linux(512, 10)),
  row('8.3', '8.3', 'Debian Bullseye 11', 'debian-11', linux(512, 10)),
  row('8.3', '8.3', 'Debian Bookworm 12', 'debian-12', linuxUefi(1024, 10)),
  row('5.6-fp1', '7.2', 'Ubuntu Lucid Lynx 10.04 (32-bit)', 'ubuntu-10.04-32bit', ubuntu('lucid', 'i386')),
  row('5.6-fp1', '7.2', 'Ubuntu Lucid Lynx 10.04 (64-bit)', 'ubuntu-10.04-64bit', ubuntu('lucid', 'amd64')),
  row(
    '6.0',
    '7.2',
    'Ubuntu Maverick Meerkat 10.10 (32-bit) (experimental)',
    maverick(32),
    ubuntu('maverick', 'i386'),
  ),
  row(
    '6.0',
    '7.2',
    'Ubuntu Maverick Meerkat 10.10 (64-bit) (experimental)',
    maverick(64),
    ubuntu('maverick', 'amd64'),
  ),
  row('6.1', '7.6', 'Ubuntu Precise Pangolin 12.04 (32-bit)', 'ubuntu-12.04-32bit', ubuntu('precise', 'i386')),
  row('6.1', '7.6', 'Ubuntu Precise Pangolin 12.04 (64-bit)', 'ubuntu-12.04-64bit', ubuntu('precise', 'amd64')),
  row('6.5', '8.0', 'Ubuntu Trusty Tahr 14.04', 'ubuntu-14.04', linux(512, 8)),
  row('8.2', '8.3', 'Ubuntu Focal Fossa 20.04', 'ubuntu-20.04', linux(512, 10)),
  row('5.6-fp1', '8.0', 'CentOS 5 (32-bit)', 'centos-5-32bit', rh),
  row('5.6-fp1', '8.0', 'CentOS 5 (64-bit)', 'centos-5-64bit', rh),
  row('6.1', '8.2', 'CentOS 6 (32-bit)', 'centos-6-32bit', rh),
  row('6.1', '8.2', 'CentOS 6 (64-bit)', 'centos-6-64bit', rh),
  row('5.6-fp1', '8.2', 'Red Hat Enterprise Linux 5 (32-bit)', 'rhel-5-32bit', rh),
  row('5.6-fp1', '8.2', 'Red Hat Enterprise Linux 5 (64-bit)', 'rhel-5-64bit', rh),
  row('6.5', '8.3', 'CentOS 7', 'centos-7', linux(1024, 10)),
  row('5.6-fp1', '7.2', 'SUSE Linux Enterprise Server 11 (32-bit)', 'sles-11-32bit', {
    kind: 'sleslike',
    memory: 512,
  }),
  row('5.6-fp1', '7.2', 'SUSE Linux Enterprise Server 11 (64-bit)', 'sles-11-64bit', {
    kind: 'sleslike',
    memory: 512,
    arch: 'x86_64',
  }),
  row('7.2', '8.2', 'SUSE Linux Enterprise Server 11 SP4 (64-bit)', 'sles-11-sp4-64bit', {
    kind: 'sleslike',
    memory: 512,
    arch: 'x86_64',
  }),
  row('5.6-fp1', '8.3', 'Other install media', 'other-install-media', { kind: 'hvm', memory: 128 }),
  row('5.6-fp1', '6.5', 'Windows XP SP3 (32-bit)', '', windows(256, 8)),
  row('5.6-fp1', '8.1', 'Windows 7 (64-bit)', 'windows-7-64bit', windows(2048, 24)),
  row('5.6-fp1', '8.1', 'Windows Server 2008 R2 (64-bit)', 'windows-server-2008-r2-64bit', windows(512, 24)),
  row('6.2', '8.2', 'Windows Server 2012 (64-bit)', 'windows-server-2012-64bit', windows(1024, 32)),
  row('7.2', '8.3', 'Windows 10 (64-bit)', 'windows-10-64bit', windows(2048, 32)),
  row('7.2', '8.3', 'Windows Server 2016 (64-bit)', 'windows-server-2016-64bit', windows(1024, 32)),
];
