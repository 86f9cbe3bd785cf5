#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# build-image.sh SMALL_IMAGE_DIR IMAGE_DIR [DEB_DIR]
#
# Makes the full dom0: Debian with systemd, Xen's tools and libvirt, on a disk. Xen, the kernels with their modules
# and the guests are those of the small image. Needs root (to run the packages' own scripts), but mounts no image.
#   IMAGE_DIR/root.img       dom0's disk, ext4
#   IMAGE_DIR/dom0.cpio      the initramfs that mounts it
#   IMAGE_DIR/dom0.files     the files on it, one path a line
#   IMAGE_DIR/{xen,vmlinux.dom0,busybox}   as in the small image
# IMAGE_DIR comes into being as the last step and in one piece, and belongs to whom the folder above belongs.
# Downloaded packages are kept in DEB_DIR (default: debs-full beside IMAGE_DIR).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../packages.sh
source "$here/../packages.sh"
# shellcheck source=../debs.sh
source "$here/../debs.sh"
disk_size=1G

# What a machine of the lab has no use for, and takes seconds to start under emulation.
masked_units=(
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer e2scrub_reap.service
    fstrim.timer logrotate.timer systemd-tmpfiles-clean.timer
    getty@tty1.service getty-static.service console-getty.service serial-getty@hvc0.service
    hwclock.service systemd-random-seed.service systemd-pstore.service systemd-sysusers.service
    systemd-update-utmp.service systemd-update-utmp-runlevel.service systemd-user-sessions.service
    systemd-remount-fs.service systemd-journal-flush.service systemd-udev-trigger.service
    systemd-logind.service systemd-machined.service systemd-binfmt.service proc-sys-fs-binfmt_misc.automount
    modprobe@configfs.service modprobe@dm_mod.service modprobe@drm.service modprobe@efi_pstore.service
    modprobe@fuse.service modprobe@loop.service
    sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount
    dev-mqueue.mount
    # What starts and stops domains together with the host; the first by xl, and libvirtd conflicts with it.
    xendomains.service libvirt-guests.service
)
masked_generators=(
    bless-boot cryptsetup debug fstab getty gpt-auto hibernate-resume integritysetup rc-local run
    system-update veritysetup
)

die() {
    echo "full/build-image.sh: $*" >&2
    exit 1
}

say() {
    echo "[${SECONDS}s] $*"
}

# A flat repository of exactly the packages wanted: mmdebstrap needs no network, and none of this machine's sources.
# The index is what this machine's apt knows of them, with their sums; the pool's names have no epoch.
make_repository() {
    local name version file
    local -a wanted
    mapfile -t wanted < <(sed 's/ /=/' "$work/packages")
    mkdir -p "$work/repository"
    while read -r name version; do
        file=$(deb_file "$name" "$version") || die "package $name $version is gone from $debs"
        ln -s "$file" "$work/repository/$(basename "$file" | sed 's/_[0-9]*%3a/_/')"
    done <"$work/packages"
    apt-cache show "${wanted[@]}" | sed 's|^Filename: .*/|Filename: ./|' >"$work/repository/Packages"
}

make_root() {
    mmdebstrap --quiet --mode=root --variant=apt --include="$(cut -d' ' -f1 "$work/packages" | paste -s -d,)" \
        --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --dpkgopt=force-unsafe-io \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-include=/usr/share/doc/xenacm/*' \
        --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt='path-exclude=/usr/share/i18n/*' \
        '' "$root" "deb [trusted=yes] copy://$work/repository ./" >"$work/mmdebstrap.log" 2>&1 || {
        tail -n 30 "$work/mmdebstrap.log" >&2
        die "mmdebstrap failed"
    }
}

# The guests' files are in /boot, as in the small dom0.
take_from_small_image() {
    (cd "$root" && "$image/busybox" cpio -i -d -m 'boot/*' 'usr/lib/modules/*' <"$small/dom0.cpio" \
        2>"$work/cpio.log") || die "cannot take kernels and modules from $small: $(cat "$work/cpio.log")"
    kernel=$(ls "$root/usr/lib/modules")
}

configure() {
    local name
    cp -r "$here/root/." "$root/"
    for name in "${masked_units[@]}"; do ln -sf /dev/null "$root/etc/systemd/system/$name"; done
    mkdir -p "$root/etc/systemd/system-generators"
    for name in "${masked_generators[@]}"; do
        ln -sf /dev/null "$root/etc/systemd/system-generators/systemd-$name-generator"
    done
    rm -f "$root"/etc/systemd/system/getty.target.wants/*
    chroot "$root" systemctl --quiet set-default multi-user.target
    chroot "$root" systemctl --quiet enable lab-session.service
    chroot "$root" groupadd --system xenacm

    echo dom0 >"$root/etc/hostname"
    echo '127.0.0.1 localhost dom0' >"$root/etc/hosts"
    # With an empty one systemd asks for the time zone and the like, on the console.
    echo 00000000000040008000000000000d00 >"$root/etc/machine-id"
    mkdir -p "$root/var/log/xen/console"
    cat "$here/xen.defaults" >>"$root/etc/default/xen"
}

make_initramfs() {
    local tree=$work/initramfs command file
    mkdir -p "$tree"/{bin,dev,modules,proc,root,sys}
    cp "$image/busybox" "$tree/bin/busybox"
    for command in $("$image/busybox" --list); do
        [ "$command" = busybox ] || ln -s busybox "$tree/bin/$command"
    done
    # In the order in which they need each other.
    for command in virtio_pci virtio_blk crc32c_generic ext4; do
        chroot "$root" modprobe -S "$kernel" --show-depends "$command"
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' >"$work/modules"
    while read -r file; do
        cp "$root/$file" "$tree/modules/"
        echo "/modules/$(basename "$file")"
    done <"$work/modules" >"$tree/modules.order"
    install -m 755 "$here/init.initrd" "$tree/init"
    (cd "$tree" && find . | LC_ALL=C sort | "$image/busybox" cpio -o -H newc -R 0:0 2>/dev/null) >"$image/dom0.cpio"
}

# No journal: the disk forgets everything when the machine ends.
make_disk() {
    (cd "$root" && find . -type f -o -type l | sed 's|^\./||' | sort) >"$image/dom0.files"
    mke2fs -q -t ext4 -O ^has_journal,^metadata_csum,^64bit -E lazy_itable_init=0,nodiscard -m 0 -L dom0 \
        -d "$root" "$image/root.img" "$disk_size" >/dev/null
}

# ---- main ----------------------------------------------------------------------------------------

[ $# -ge 2 ] || die "usage: build-image.sh SMALL_IMAGE_DIR IMAGE_DIR [DEB_DIR]"
[ "$(id -u)" -eq 0 ] || die "only root can build the full dom0"
command -v mmdebstrap >/dev/null || die "mmdebstrap is not installed (package mmdebstrap)"
umask 022
small=$(realpath "$1")
target=$(realpath -m "$2")
debs=$(realpath -m "${3:-$(dirname "$target")/debs-full}")
mkdir -p "$(dirname "$target")" "$debs"

work=$(mktemp -d "$target.building.XXXXXX")
# Never into a file system that an interrupted build has left mounted.
trap 'rm -rf --one-file-system "$work"' EXIT
chmod 755 "$work"
root=$work/root
image=$work/image
mkdir -p "$image"
cp "$small"/{xen,vmlinux.dom0,busybox} "$image/"

"$here/image-key.sh" --packages >"$work/packages"
download_missing
make_repository
say "installing $(wc -l <"$work/packages") packages"
make_root
say "file systems"
take_from_small_image
configure
make_initramfs
make_disk

chown -R --reference="$(dirname "$target")" "$image" "$debs"
rm -rf "$target"
mv "$image" "$target"
drop_old_packages
say "done: $(du -sh "$target" | cut -f1) in $target"
