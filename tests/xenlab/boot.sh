#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# boot.sh [OPTION...] IMAGE_DIR OVERLAY_DIR
#
# Boots Xen and dom0 in QEMU (software emulation), with everything in OVERLAY_DIR laid over dom0's root, and
# prints what /lab/scenario.sh prints there, line by line as it comes. Exits with the scenario's status, 99 if
# it did not end in time. The console of Xen and dom0's kernel goes to a file; if the scenario fails, the end
# of that is shown. An image with a disk, root.img, is the full dom0's; nothing is written to it.
#
#   --console-log FILE   where the console goes (default: a temporary file, kept if the scenario fails)
#   --shell              no scenario, but a shell of dom0 on this terminal
#   --reboots            the machine may reboot; else it ends then
#   --time-limit S       seconds until the machine is stopped (default 600)
#   --timestamps         put the seconds since start in front of each line
#   --xenstored NAME     xenstored or oxenstored (default: the small dom0 has xenstored, the full one oxenstored)
#   --memory MIB         of the machine (default 4096, of which the small dom0 has 1536, the full one 1024)
#   --qemu "ARGUMENT..." more arguments for QEMU, such as devices; words without blanks in them
#   --xen "ARGUMENT..."  more arguments for the hypervisor
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# Emulated, the mitigations of speculation cost much and protect nobody.
xen_arguments="console=com1 com1=115200,8n1 loglvl=info guest_loglvl=all noreboot=0 sched=credit spec-ctrl=no xpti=no"
kernel_arguments="console=hvc0 earlyprintk=xen quiet loglevel=4 panic=1 mitigations=off random.trust_cpu=on cryptomgr.notests"

die() {
    echo "boot.sh: $*" >&2
    exit 1
}

# What dom0 printed about a failed scenario, or how far the boot came.
console_end() {
    local ended='^@@ .* scenario ended'
    if grep -q -a "$ended" "$console_log"; then
        sed -n "/$ended/,\$p" "$console_log"
    else
        tail -n 60 "$console_log"
    fi
}

console_log=
shell=no
reset=-no-reboot
time_limit=600
timestamps=
memory=4096
qemu_arguments=()
while [ $# -gt 0 ]; do
    case $1 in
        --console-log) console_log=$2 && shift ;;
        --shell) shell=yes ;;
        --reboots) reset= ;;
        --time-limit) time_limit=$2 && shift ;;
        --timestamps) timestamps=--timestamps ;;
        --xenstored) kernel_arguments+=" lab.xenstored=$2" && shift ;;
        --memory) memory=$2 && shift ;;
        --qemu) read -r -a qemu_arguments <<<"$2" && shift ;;
        --xen) xen_arguments+=" $2" && shift ;;
        -*) die "unknown option '$1'" ;;
        *) break ;;
    esac
    shift
done
[ $# = 2 ] || die "usage: boot.sh [OPTION...] IMAGE_DIR OVERLAY_DIR"
image=$(realpath "$1")
overlay=$(realpath "$2")
command -v qemu-system-x86_64 >/dev/null ||
    die "qemu-system-x86_64 is not installed (package qemu-system-x86)"

# rdrand: without it every guest waits seconds for entropy. Of richer models than these (max, EPYC) a PV dom0 stops
# early in its boot.
if [ -e "$image/root.img" ]; then
    cpu=Conroe,+rdrand # Intel's: libvirt knows none that fits what Xen leaves of qemu64, and does not start
    dom0_memory=1024M
else
    cpu=qemu64,+rdrand
    dom0_memory=1536M
fi
xen_arguments+=" dom0_mem=$dom0_memory,max:$dom0_memory dom0_max_vcpus=1"

work=$(mktemp -d "${TMPDIR:-/tmp}/xenlab.XXXXXX")
trap 'rm -rf "$work"' EXIT
[ -n "$console_log" ] || console_log=$(mktemp "${TMPDIR:-/tmp}/xenlab-console.XXXXXX")
console_log=$(realpath -m "$console_log")
mkdir -p "$(dirname "$console_log")"
: >"$console_log"

# Without "." itself, whose mode would become that of dom0's root.
(cd "$overlay" && find . -mindepth 1 | LC_ALL=C sort | "$image/busybox" cpio -o -H newc -R 0:0) \
    >"$work/overlay.cpio" 2>"$work/cpio.log" || die "cannot pack the overlay: $(cat "$work/cpio.log")"
disks=()
if [ -e "$image/root.img" ]; then
    ln -s "$image/dom0.cpio" "$work/initrd"
    ln -s "$image/root.img" "$work/"
    truncate -s %512 "$work/overlay.cpio"
    # shellcheck disable=SC2054 # the commas are QEMU's
    disks=(-drive file=root.img,format=raw,snapshot=on,cache=unsafe,if=none,id=root
        -device virtio-blk-pci,drive=root
        -drive file=overlay.cpio,format=raw,readonly=on,if=none,id=overlay
        -device virtio-blk-pci,drive=overlay)
else
    # The kernel unpacks cpio archives one after the other: later files replace earlier ones.
    cat "$image/dom0.cpio" "$work/overlay.cpio" >"$work/initrd"
    rm "$work/overlay.cpio"
fi
ln -s "$image/xen" "$image/vmlinux.dom0" "$work/"

# The host's clock, for the scenario that compares dom0's with it.
kernel_arguments+=" lab.started=$(date +%s)"
if [ "$shell" = yes ]; then
    terminal_size=$(stty size 2>/dev/null || echo "24 80")
    kernel_arguments+=" lab.shell lab.rows=${terminal_size% *} lab.cols=${terminal_size#* }"
fi

# One processor: with two, half as much again is spent for the same, where others use the host's too.
# QEMU takes "FILE ARGUMENTS,FILE ARGUMENTS": from within $work, no path can hold a blank or a comma.
# shellcheck disable=SC2054 # the commas are QEMU's
qemu=(qemu-system-x86_64
    -machine pc -accel tcg,thread=multi -cpu "$cpu" -smp 1 -m "$memory" -rtc base=utc
    -nodefaults -display none ${reset:+"$reset"}
    -kernel xen -append "${xen_arguments//$'\n'/ }"
    -initrd "vmlinux.dom0 $kernel_arguments,initrd" "${disks[@]}"
    -serial "file:console.log" -chardev stdio,id=scenario,signal=off -serial chardev:scenario
    "${qemu_arguments[@]}")
ln -s "$console_log" "$work/console.log"
cd "$work"

if [ "$shell" = yes ]; then
    # QEMU itself puts the terminal into raw mode and back.
    "${qemu[@]}"
    exit
fi

status=0
python3 "$here/watch-machine.py" --time-limit "$time_limit" $timestamps -- "${qemu[@]}" || status=$?
if [ "$status" -ne 0 ]; then
    echo "boot.sh: status $status; the console is in $console_log, this is its end:" >&2
    console_end >&2
fi
exit "$status"
