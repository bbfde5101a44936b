// At every boot the host appends PV-args to the line that pygrub has read from the disk, and the last root= counts. After
// an install they still hold FAI's words: initramfs-tools would look for the nfsroot (seen in a real guest), or mount it
// and install once more. Facts: init of initramfs-tools 0.92 to 0.142, which reads /conf/param.conf after each script.

/** files/etc/initramfs-tools/scripts/init-top/xenserver-disk-root/XENPV */
export const diskRootScript = [
  '#!/bin/sh',
  "# The host puts PV-args behind the words of menu.lst at every boot, and after an install they are still FAI's. The",
  "# root of this system is the one that menu.lst names, the first. Without FAI's words nothing is done here.",
  'if [ "$1" = prereqs ]; then exit 0; fi',
  '',
  '# Tests set other places.',
  'line=$(cat "${XENSERVER_CMDLINE:-/proc/cmdline}")',
  'case " $line" in',
  '  *" FAI_ACTION="* | *" FAI_FLAGS="*) ;;',
  '  *) exit 0 ;;',
  'esac',
  'for word in $line; do',
  '  case $word in',
  '    root=*)',
  '      printf "ROOT=\'%s\'\\nBOOT=local\\n" "${word#root=}" >> "${XENSERVER_PARAM:-/conf/param.conf}"',
  '      exit 0',
  '      ;;',
  '  esac',
  'done',
];
