#!/bin/bash
# disks.sh TREE FOLDER: what qemu gives to dom0, from the tree of dom0.sh and nfsroot.sh: dom0.img, srv.img and an empty
# vdis.img for the disks of guests. As root; no loop device is needed.
set -euo pipefail
tree=$1
out=$2

# In a mount namespace of its own: /srv is a disk by itself.
image() { rm -f "$out/$1"; truncate -s "$2" "$out/$1"; mkfs.ext4 -q -F -O ^orphan_file ${3:+-d "$3"} "$out/$1"; }
export -f image
export out tree
unshare -m bash -euc '
  mount --bind "$tree" /mnt
  image srv.img 3G /mnt/srv
  mount -t tmpfs none /mnt/srv
  image dom0.img 3G /mnt'
image vdis.img 40G
cp "$tree"/boot/vmlinuz-* "$out/vmlinuz"
cp "$tree"/boot/initrd.img-* "$out/initrd.img"
