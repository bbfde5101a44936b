#!/bin/bash
# dom0.sh TREE PUBLIC-KEY: a Debian 12 that is dom0 of a Xen, an FAI server, and nothing else. As root; everything comes
# from Debian's packages. The hypervisor lies beside the tree: TREE.xen.
set -euo pipefail
tree=$1
key=$2

packages=(
  systemd-sysv udev kmod dbus iproute2 procps openssh-server ca-certificates
  linux-image-amd64 initramfs-tools xen-hypervisor-4.17-amd64 xen-utils-4.17 xen-utils-common xenstore-utils
  nfs-kernel-server fai-server debootstrap xz-utils zstd
)

# The initrd has what qemu gives this machine: each further module costs emulated seconds.
initramfs='mkdir -p "$1/etc/initramfs-tools/conf.d"
  echo MODULES=list > "$1/etc/initramfs-tools/conf.d/list"
  printf "%s\n" virtio_pci virtio_blk virtio_net ext4 crc32c_generic > "$1/etc/initramfs-tools/modules"'

mmdebstrap --quiet --mode=root --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" \
  --dpkgopt=force-confold --essential-hook="$initramfs" bookworm "$tree"

cd "$tree"
zcat boot/xen-4.17-amd64.gz > "$tree.xen"
echo xen0 > etc/hostname
printf '/dev/vda / ext4 noatime 0 1\n/dev/vdb /srv ext4 noatime 0 2\n/dev/vdc /vdis ext4 noatime 0 2\n' > etc/fstab
mkdir -p vdis root/.ssh
cp "$key" root/.ssh/authorized_keys
chmod 600 root/.ssh/authorized_keys

# eth0 is a port of the bridge that guests hang on; 10.0.2.2 is the machine on which qemu runs.
printf '[NetDev]\nName=xenbr0\nKind=bridge\n' > etc/systemd/network/10-xenbr0.netdev
printf '[Match]\nName=eth0\n[Network]\nBridge=xenbr0\n' > etc/systemd/network/20-eth0.network
printf '[Match]\nName=xenbr0\n[Network]\nAddress=10.0.2.10/24\nGateway=10.0.2.2\n' > etc/systemd/network/30-xenbr0.network
chroot . systemctl --quiet enable systemd-networkd
printf '/srv/fai/nfsroot *(ro,async,no_root_squash,no_subtree_check)\n/srv/fai/config *(ro,async,no_root_squash,no_subtree_check)\n' > etc/exports
# Without this folder xenconsoled ends at once, and no guest's console is kept.
mkdir -p var/log/xen/console
sed -i '/XENCONSOLED_ARGS/d' etc/default/xen
echo 'XENCONSOLED_ARGS="--log=all --timestamp=all"' >> etc/default/xen
# What only costs time in an emulated machine.
chroot . systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer systemd-timesyncd nfs-blkmap \
  e2scrub_reap.service man-db.timer dpkg-db-backup.timer
# An emulated machine beside others that are busy may take minutes for what takes seconds elsewhere.
mkdir -p etc/systemd/system.conf.d
printf '[Manager]\nDefaultTimeoutStartSec=900\nDefaultDeviceTimeoutSec=900\n' > etc/systemd/system.conf.d/slow.conf
