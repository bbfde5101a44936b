/**
 * class/60-detect-XenServer. The page's own greps one boot message, which newer kernels word otherwise, and cannot
 * tell PV from HVM, which need different boot loaders. Boot messages: Linux, arch/x86/kernel/paravirt.c and
 * arch/x86/xen/enlighten*.c through the releases.
 */
export const detectScript = [
  '#!/bin/sh',
  '# Classes of a guest of XenServer or XCP-ng: XENSERVER, and how it runs: XENPV or XENHVM.',
  '# A PV guest is booted by pygrub in dom0, an HVM guest by the boot loader on its disk.',
  '',
  '# Where to look; tests set other places.',
  'sys=${XENSERVER_SYS:-/sys}',
  '',
  '# dmesg may be forbidden, or have lost its beginning: it is one witness of several.',
  'messages=$(dmesg 2>/dev/null)',
  'said() { printf "%s\\n" "$messages" | grep -Eq "$1"; }',
  'holds() { [ -r "$1" ] && [ "$(cat "$1" 2>/dev/null)" = "$2" ]; }',
  '',
  "# Xen's own table of an HVM guest, and what Linux prints when it finds itself in one.",
  "hvm='ACPI:.*Xen.*HVM|Hypervisor detected: Xen HVM|kernel on Xen HVM'",
  '# 2.6.24 to 4.x: "Booting paravirtualized kernel on Xen", some "with PVH extensions on Xen";',
  '# newer: "Booting kernel on Xen PV"; older Debian -xen kernels: only their console.',
  "pv='Booting (a )?(paravirtualized )?kernel.* on Xen|Xen virtual console successfully installed'",
  '',
  'mode=',
  'if holds "$sys/hypervisor/guest_type" PV; then',
  '  mode=XENPV',
  'elif holds "$sys/hypervisor/guest_type" HVM || holds "$sys/hypervisor/guest_type" PVH; then',
  '  mode=XENHVM',
  'elif said "$hvm"; then',
  '  mode=XENHVM',
  'elif said "$pv"; then',
  '  mode=XENPV',
  'elif holds "$sys/hypervisor/type" xen || [ "$(systemd-detect-virt --vm 2>/dev/null)" = xen ]; then',
  '  # Xen for sure, but nobody says which kind: a PV guest has no ACPI.',
  '  if [ -d "$sys/firmware/acpi/tables" ]; then mode=XENHVM; else mode=XENPV; fi',
  'fi',
  '',
  'if [ -n "$mode" ]; then echo "XENSERVER $mode"; fi',
  '',
  '# fai-class takes any other end for a failure.',
  'exit 0',
];

/** class/70-XENPV-no-GRUB_PC: FAI has no way to say "not this class"; classes so far are in a file of fai-class. */
export const noGrubPcScript = [
  '#!/bin/sh',
  '# A PV guest needs no boot loader on its disk, and grub-pc conflicts with grub-legacy, which writes menu.lst.',
  '# GRUB_PC is set for every machine by 50-host-classes or 60-misc; here it is taken off again, for XENPV only.',
  '',
  'list=$LOGDIR/FAI_CLASSES',
  'if [ -f "$list" ] && grep -qx XENPV "$list"; then',
  '  sed -i \'/^GRUB_PC$/d\' "$list"',
  'fi',
  'exit 0',
];
