# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2034
# What the lab's machines are made of: Debian packages, by the part they play.
# Sourced by the scripts that build images or tell their keys.

# Debian's generic kernel can be dom0; its cloud kernel cannot, but is smaller and does for the guests.
# linux-image-amd64 names the version that is current.
kernel_version() {
    apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: linux-image-\([0-9].*\)-amd64$/\1/p'
}

hypervisor_packages=(xen-hypervisor-4.17-amd64)

# Programs that the machines run.
program_packages=(
    busybox-static bash coreutils util-linux mount kmod
    iproute2 bridge-utils
    xen-utils-4.17 xen-utils-common xenstore-utils
    attr dmsetup e2fsprogs sqlite3 strace
)

# Shared libraries of those programs. If one lacks, build-image.sh names it.
library_packages=(
    libxenmisc4.17 libxencall1 libxendevicemodel1 libxenevtchn1 libxenforeignmemory1 libxengnttab1
    libxenhypfs1 libxenstore4 libxentoolcore1 libxentoollog1
    libc6 libgcc-s1 libstdc++6 libtinfo6 libreadline8 libsqlite3-0
    zlib1g liblzma5 libzstd1 libyajl2 libuuid1 libblkid1 libmount1 libsmartcols1
    libselinux1 libpcre2-8-0 libcap2 libcap-ng0 libacl1 libattr1
    libdevmapper1.02.1 libudev1 libext2fs2 libcom-err2
    libbpf1 libelf1 libmnl0 libbsd0 libmd0 libunwind8
)

# Used while the image is built: Debian's cloud kernel is compressed with lz4.
builder_packages=(lz4 liblz4-1)

# ---- the full dom0 -------------------------------------------------------------------------------

# What the project's package depends on, so that it can be installed there.
xenacm_depends=(
    libboost-url1.81.0 libfmt9 libpugixml1v5 libspdlog1.10-fmt9 libsqlite3-0 libssl3 libsystemd0 libtomlplusplus3
    xml-core
)

# What is asked for; apt adds what these depend on, and all that is essential.
full_dom0_packages=(
    apt usr-is-merged systemd-sysv udev dbus kmod iproute2 procps bridge-utils
    xen-utils-4.17 xen-utils-common xenstore-utils
    libvirt-daemon-system libvirt-daemon-driver-xen libvirt-clients
    attr sqlite3
    "${xenacm_depends[@]}"
)

# It has its modules from the small dom0's image, which therefore brings these along: for its disk, and for systemd.
full_dom0_modules=(virtio_pci virtio_blk crc32c_generic autofs4)
