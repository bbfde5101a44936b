#!/bin/bash
# debs.sh NFSROOT FOLDER INSTALLER: the packages that a guest needs beyond the base system of this nfsroot, fetched by apt as the
# guest would; xe-guest-utilities, which Debian has not, is an empty one of that name. Into INSTALLER: debian-installer's
# pair for PV guests, and its kernel for machines of 32 bits. As root.
set -euo pipefail
nfsroot=$1
out=$2
installer=$3

base=$(mktemp -d)
# What is mounted in it goes first.
trap 'umount -l "$base/proc" 2>/dev/null || true; rm -rf "$base"' EXIT
tar -xJf "$nfsroot/var/tmp/base.tar.xz" -C "$base"
cp /etc/resolv.conf "$base/etc/resolv.conf"
mount -t proc proc "$base/proc"
mirror=http://deb.debian.org/debian
printf 'deb %s bookworm main\n' "$mirror" > "$base/etc/apt/sources.list"
chroot "$base" apt-get -qq update
chroot "$base" apt-get -qq -y --no-install-recommends -d install linux-image-amd64 initramfs-tools grub-legacy libc6-i386 openssh-server
mkdir -p "$out"
cp "$base"/var/cache/apt/archives/*.deb "$out"

tools=$base/tools
mkdir -p "$tools/DEBIAN"
printf '%s\n' 'Package: xe-guest-utilities' 'Version: 5.6.0-578' 'Architecture: amd64' 'Maintainer: nobody <root@localhost>' \
  'Description: stands for the package of the tools ISO' > "$tools/DEBIAN/control"
dpkg-deb --root-owner-group --build "$tools" "$out" > /dev/null

mkdir -p "$installer" "$base/di"
chroot "$base" sh -ec 'cd /di && apt-get -qq download debian-installer-12-netboot-amd64 debian-installer-12-netboot-i386'
# Its kernel of 64 bits is the one of netboot/xen, too.
take() { dpkg-deb --fsys-tarfile "$base"/di/debian-installer-12-netboot-"$1"_*.deb | tar -xO "./usr/lib/debian-installer/images/12/$1/text/debian-installer/$1/$2" > "$installer/$3"; }
take amd64 linux vmlinuz
take amd64 initrd.gz initrd.gz
take i386 linux linux-i386
