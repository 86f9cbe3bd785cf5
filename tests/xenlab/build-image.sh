#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# build-image.sh IMAGE_DIR [DEB_DIR]
#
# Makes what the lab boots, from Debian packages that apt downloads. Needs no root and mounts nothing.
#   IMAGE_DIR/xen            the hypervisor, a multiboot ELF
#   IMAGE_DIR/vmlinux.dom0   dom0's kernel, ELF
#   IMAGE_DIR/dom0.cpio      dom0's initramfs, not compressed; the guests' files are in its /boot:
#                            vmlinux.domU, client.cpio, nicdom.cpio
#   IMAGE_DIR/dom0.files     the files of dom0, one path a line
#   IMAGE_DIR/busybox        for whoever packs an overlay
# IMAGE_DIR comes into being as the last step and in one piece: if it is there, it is whole.
# Downloaded packages are kept in DEB_DIR (default: debs beside IMAGE_DIR).
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
multiarch=usr/lib/x86_64-linux-gnu
xen_bin=usr/lib/xen-4.17/bin
# shellcheck source=debs.sh
source "$here/debs.sh"
# shellcheck source=packages.sh
source "$here/packages.sh"

die() {
    echo "build-image.sh: $*" >&2
    exit 1
}

say() {
    echo "[${SECONDS}s] $*"
}

# ---- packages ------------------------------------------------------------------------------------

# The folder that a package is unpacked into: one root for all, but for the kernels and the hypervisor.
unpack_target() {
    case $1 in
        linux-image-*-cloud-*) echo "$work/kernel.domU" ;;
        linux-image-*) echo "$work/kernel.dom0" ;;
        xen-hypervisor-*) echo "$work/hypervisor" ;;
        *) echo "$root" ;;
    esac
}

unpack_packages() {
    local name version file target
    # Debian 12 has /usr merged; packages that still say /bin or /lib are unpacked through these links.
    local dir
    for dir in bin sbin lib lib64; do
        mkdir -p "$root/usr/$dir"
        ln -s "usr/$dir" "$root/$dir"
    done
    while read -r name version; do
        file=$(deb_file "$name" "$version") || die "package $name $version is gone from $debs"
        target=$(unpack_target "$name")
        mkdir -p "$target"
        dpkg-deb --fsys-tarfile "$file" | tar -x -C "$target" --keep-directory-symlink --no-same-owner \
            --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale' \
            --exclude='./lib/modules/*/kernel/drivers/gpu' || die "cannot unpack package $name ($file)"
    done <"$work/packages"
}

# ---- the unpacked programs -----------------------------------------------------------------------

# The unpacked dynamic linker: it runs unpacked programs on this machine, with the libraries they came with.
linker() {
    "$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/$multiarch" "$@"
}

# depmod and modprobe: kmod is one program that acts as its name says.
kmod_as() {
    local name=$1
    shift
    linker --argv0 "$name" "$root/usr/bin/kmod" "$@"
}

# The shared libraries of FILE, as paths below the unpacked root. Fails, naming it, if one is in no package:
# the linker then says that it is not found, or finds this machine's own.
libraries_of() {
    local listing missing
    # Not a dynamic program, or a script: no libraries.
    listing=$(linker --list "$root/$1" 2>/dev/null) || return 0
    missing=$(awk -v root="$root/" '$2 == "=>" && index($3, root) != 1 { printf "%s ", $1 }' <<<"$listing")
    [ -z "$missing" ] || die "/$1 needs ${missing}which no package of packages.sh brings"
    awk -v root="$root/" '$2 == "=>" { print substr($3, length(root) + 1) }' <<<"$listing"
}

# ---- the machines' file systems ------------------------------------------------------------------

# Wherever the real program goes: Xen's scripts look into /usr/bin first.
drop_busybox_command() {
    local link=$1/usr/bin/$2
    [ "$(readlink "$link")" != busybox ] || rm -f "$link"
}

# install_files TREE FILE...: copies FILEs of the unpacked root, what they link to, and their libraries.
install_files() {
    local tree=$1 file libraries library target
    shift
    for file in "$@"; do
        [ -e "$root/$file" ] || die "no package of packages.sh brings /$file"
        drop_busybox_command "$tree" "$(basename "$file")"
        mkdir -p "$tree/$(dirname "$file")"
        cp -a "$root/$file" "$tree/$file"
        if [ -L "$root/$file" ]; then
            target=$(readlink -f "$root/$file")
            install_files "$tree" "${target#"$root"/}"
            continue
        fi
        libraries=$(libraries_of "$file") || exit 1
        for library in $libraries; do
            [ -e "$tree/$library" ] && continue
            mkdir -p "$tree/$(dirname "$library")"
            cp -L "$root/$library" "$tree/$library"
        done
    done
}

# A tree with folders, busybox, and busybox's commands.
make_base() {
    local tree=$1 dir command
    mkdir -p "$tree"/{proc,sys,dev,run,tmp,etc,root,boot,mnt} "$tree"/usr/{bin,sbin,lib,lib64} \
        "$tree"/var/{lib/xen,log/xen}
    for dir in bin sbin lib lib64; do
        ln -s "usr/$dir" "$tree/$dir"
    done
    ln -s /run "$tree/var/run"
    ln -s /run/lock "$tree/var/lock"
    cp "$root/usr/bin/busybox" "$tree/usr/bin/busybox"
    for command in $("$tree/usr/bin/busybox" --list); do
        [ "$command" = busybox ] || ln -s busybox "$tree/usr/bin/$command"
    done
    printf 'root:x:0:0:root:/root:/bin/bash\n' >"$tree/etc/passwd"
    printf 'root:x:0:\nxenacm:x:990:\n' >"$tree/etc/group"
    printf '127.0.0.1 localhost\n' >"$tree/etc/hosts"
}

# The xenstore commands are one program too.
install_xenstore_commands() {
    local tree=$1 command
    install_files "$tree" usr/bin/xenstore
    for command in ls read write rm list watch exists chmod; do
        ln -s xenstore "$tree/usr/bin/xenstore-$command"
    done
}

# xl without Debian's wrapper, which looks up the running hypervisor's version each time.
install_xl() {
    local tree=$1
    install_files "$tree" "$xen_bin/xl"
    ln -sf "../lib/xen-4.17/bin/xl" "$tree/usr/sbin/xl"
}

# install_modules TREE KERNEL_TREE MODULE...: the modules, what they depend on, and the indices of modprobe.
install_modules() {
    local tree=$1 kernel_tree=$2 version indices module file listing
    shift 2
    version=$(ls "$kernel_tree/lib/modules")
    indices=$kernel_tree/lib/modules/$version
    [ -e "$indices/modules.dep" ] || kmod_as depmod -b "$kernel_tree" "$version"
    mkdir -p "$tree/lib/modules/$version"
    for module in "$@"; do
        listing=$(kmod_as modprobe -d "$kernel_tree" -S "$version" --show-depends "$module") ||
            die "kernel $version has no module $module"
        awk '$1 == "insmod" { print $2 }' <<<"$listing" | while read -r file; do
            file=${file#"$kernel_tree"/}
            mkdir -p "$tree/$(dirname "$file")"
            cp "$kernel_tree/$file" "$tree/$file"
        done
    done
    cp "$indices"/modules.{builtin,builtin.modinfo,order} "$tree/lib/modules/$version/"
    kmod_as depmod -b "$tree" "$version"
}

install_init() {
    install -m 755 "$here/init.$2" "$1/init"
}

pack() {
    (cd "$1" && find . | LC_ALL=C sort | "$root/usr/bin/busybox" cpio -o -H newc -R 0:0 2>/dev/null) >"$2"
}

network_programs=(usr/bin/bash usr/sbin/ip usr/bin/ip usr/sbin/brctl usr/sbin/bridge)

# A guest with frontends for network, disks and PCI devices, the driver of the one NIC that is passed to it, and the
# commands to write its own nodes in xenstore.
make_client() {
    local tree=$work/client
    make_base "$tree"
    install_xenstore_commands "$tree"
    install_modules "$tree" "$work/kernel.domU" xen-netfront xen-blkfront xen-pcifront virtio_pci virtio_net
    # What the kernel runs when the toolstack asks it to shut down or reboot; busybox's own would ask /init.
    local command
    for command in poweroff reboot; do
        printf '#!/bin/sh\nexec busybox %s -f\n' "$command" >"$tree/usr/sbin/$command"
        chmod 755 "$tree/usr/sbin/$command"
    done
    install_init "$tree" client
    pack "$tree" "$image/client.cpio"
}

# The network driver domain: netback, a bridge, and `xl devd` which runs the hotplug scripts.
make_nicdom() {
    local tree=$work/nicdom
    make_base "$tree"
    install_files "$tree" "${network_programs[@]}" "${xen_files[@]}"
    install_xl "$tree"
    install_xenstore_commands "$tree"
    install_modules "$tree" "$work/kernel.domU" xen-netfront xen-netback bridge dummy \
        xenfs xen-privcmd xen-evtchn xen-gntdev xen-gntalloc
    install -m 755 "$here/../../enforcer/hooks/vif-acm" "$tree/etc/xen/scripts/vif-acm"
    mkdir -p "$tree/etc/xenacm"
    echo timeout=5 >"$tree/etc/xenacm/vif-acm.conf"
    install_init "$tree" nicdom
    pack "$tree" "$image/nicdom.cpio"
}

make_dom0() {
    local tree=$work/dom0
    local -a libraries
    make_base "$tree"
    install_files "$tree" "${network_programs[@]}" "${xen_files[@]}"
    install_xl "$tree"
    install_xenstore_commands "$tree"
    install_files "$tree" $xen_bin/{xenstored,oxenstored,xenconsoled,xenconsole} \
        $xen_bin/{xen-init-dom0,xenstore-control,libxl-save-helper}
    # Where busybox's own lacks an option that scenarios or Xen's scripts use, or has no such command.
    install_files "$tree" usr/bin/{cp,date,flock,getfattr,install,mount,mv,setfattr,setpriv,sqlite3,stat,stdbuf} \
        usr/bin/{strace,sync,timeout} usr/sbin/{dmsetup,losetup,mke2fs} sbin/mkfs.minix etc/mke2fs.conf
    install_files "$tree" usr/libexec/coreutils/libstdbuf.so
    # Every library that a program linked with Xen's may want, and the C++ one.
    mapfile -t libraries < <(cd "$root" && ls $multiarch/libxen*.so.* $multiarch/libxl*.so.*)
    install_files "$tree" "${libraries[@]}" $multiarch/libstdc++.so.6
    install_modules "$tree" "$work/kernel.dom0" xenfs xen-privcmd xen-evtchn xen-gntdev xen-gntalloc \
        xen-netback xen-netfront xen-blkback xen-pciback bridge dummy tun loop dm-mod ext4 minix vfat nls_cp437 nls_ascii unix_diag \
        "${full_dom0_modules[@]}"
    mkdir -p "$tree"/var/lib/xenacm "$tree"/etc/xenacm "$tree"/etc/xen/acm-security/policies
    cp "$image/vmlinux.domU" "$image/client.cpio" "$image/nicdom.cpio" "$tree/boot/"
    install_init "$tree" dom0
    pack "$tree" "$image/dom0.cpio"
    (cd "$tree" && find . -type f -o -type l | sed 's|^\./||' | sort) >"$image/dom0.files"
}

make_kernels() {
    gunzip -c "$work"/hypervisor/boot/xen-4.17-amd64.gz >"$image/xen"
    local machine
    for machine in dom0 domU; do
        python3 "$here/extract-vmlinux.py" "$work/kernel.$machine"/boot/vmlinuz-* "$image/vmlinux.$machine" \
            "$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/$multiarch" "$root/usr/bin/lz4" ||
            die "cannot take the kernel of $machine out of its image"
    done
    cp "$root/usr/bin/busybox" "$image/busybox"
}

# ---- main ----------------------------------------------------------------------------------------

[ $# -ge 1 ] || die "usage: build-image.sh IMAGE_DIR [DEB_DIR]"
target=$(realpath -m "$1")
debs=$(realpath -m "${2:-$(dirname "$target")/debs}")
mkdir -p "$(dirname "$target")" "$debs"

# Beside the target, so that the last step is a rename.
work=$(mktemp -d "$target.building.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root
image=$work/image
mkdir -p "$root" "$image"

"$here/image-key.sh" --packages >"$work/packages"
download_missing
say "unpacking"
unpack_packages
say "kernels"
make_kernels
say "file systems"
# Xen's scripts and configuration: what backends and xl look for.
mapfile -t xen_files < <(cd "$root" && find etc/xen usr/lib/xen-common -type f -o -type l)
make_client
make_nicdom
make_dom0
rm -f "$image/vmlinux.domU" "$image/client.cpio" "$image/nicdom.cpio" # dom0 has them

rm -rf "$target"
mv "$image" "$target"
drop_old_packages
say "done: $(du -sh "$target" | cut -f1) in $target"
