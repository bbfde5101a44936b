#!/bin/bash
# nfsroot.sh TREE CONFIG-SPACE: fai-make-nfsroot in the tree of dom0.sh, with the lines of CONFIG-SPACE/xenserver in FAI's
# own files, as `xenfai fai-files` tells an administrator to do it. As root.
set -euo pipefail
tree=$1
space=$2

cp /etc/resolv.conf "$tree/etc/resolv.conf"
for each in proc sys dev; do mount --rbind --make-rslave "/$each" "$tree/$each"; done
trap 'for each in dev sys proc; do umount -R -l "$tree/$each"; done' EXIT

fai=$tree/etc/fai
[ -e "$fai/NFSROOT.debian" ] || cp "$fai/NFSROOT" "$fai/NFSROOT.debian"
cat "$fai/NFSROOT.debian" "$space/xenserver/NFSROOT" > "$fai/NFSROOT"
mirror=http://deb.debian.org/debian
printf 'deb %s bookworm main\n' "$mirror" > "$fai/apt/sources.list"
sed -i "s|^FAI_DEBOOTSTRAP=.*|FAI_DEBOOTSTRAP=\"bookworm $mirror\"|" "$fai/nfsroot.conf"
sed -i 's|^#*LOGUSER=.*|LOGUSER=fai|' "$fai/fai.conf"
chroot "$tree" fai-make-nfsroot -f
