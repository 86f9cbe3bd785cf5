#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# run.sh [OPTION...] SCENARIO      boots real Xen, runs scenarios/SCENARIO.sh in dom0, exits with its status
# run.sh [OPTION...] --shell       the same machine with a shell of dom0 on this terminal
# run.sh --images                  the images of both kinds of dom0, and no more
#
#   --dom0 KIND        small: xl on busybox; full: Debian with systemd and libvirt. Without it the one that the
#                      scenario says it needs, in a line "# dom0: KIND", else small
#   --extra DIR        everything in DIR is laid over dom0's root
#   --timestamps, --time-limit S, --xenstored NAME, --memory MIB, --qemu ARGS, --xen ARGS: as boot.sh has them
#
# The machine's image is built when there is none for the present packages and scripts (small: about 20 s; full:
# about 45 s more, as root).
# The programs under test come from $XENACM_BUILD/bin (default: build/release/bin), the policies from
# examples/policies.
# Cache: $XENACM_CACHE, else $XDG_CACHE_HOME/xenacm, else ~/.cache/xenacm; consoles are in its folder logs.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$(cd "$here/../.." && pwd)
build=${XENACM_BUILD:-$project/build/release}
cache=${XENACM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/xenacm}

# Program, and the folder of dom0 that it goes to; those that the build has.
programs=(acm-enforcerd:usr/sbin labeltool:usr/bin acm-hook:usr/libexec/xenacm)
dom0_libraries=usr/lib/x86_64-linux-gnu

die() {
    echo "run.sh: $*" >&2
    exit 1
}

# ---- the image -----------------------------------------------------------------------------------

# drop_other_images IMAGE: images and half-built images of other keys. Call with the lock held.
drop_other_images() {
    local name
    name=$(basename "$1")
    find "$cache" -mindepth 1 -maxdepth 1 -name "${name%%-*}-*" ! -name "$name" -exec rm -rf {} +
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# build_once IMAGE COMMAND...: of several that come at the same time one builds and the others wait.
build_once() {
    local image=$1
    shift
    [ -d "$image" ] && return
    mkdir -p "$cache"
    exec 9>"$cache/lock"
    flock 9
    if [ ! -d "$image" ]; then
        echo "run.sh: building the image of the $dom0 dom0" >&2
        "$@" >&2 || die "the lab's image could not be built"
        drop_other_images "$image"
    fi
    exec 9>&-
}

# Sets $image.
ensure_image() {
    local key small
    key=$("$here/image-key.sh")
    image=$cache/lab-$key
    build_once "$image" "$here/build-image.sh" "$image" "$cache/debs"
    [ "$dom0" = full ] || return 0
    small=$image
    key=$("$here/full/image-key.sh")
    image=$cache/full-$key
    build_once "$image" as_root "$here/full/build-image.sh" "$small" "$image" "$cache/debs-full"
}

# ---- the overlay: what is laid over dom0's root --------------------------------------------------

# The libraries that ldd names for PROGRAM and dom0's image lacks.
add_libraries() {
    local listing name path
    listing=$(ldd "$1" 2>&1) || {
        grep -q 'not a dynamic executable' <<<"$listing" && return
        die "ldd cannot tell what $1 needs: $listing"
    }
    ! grep -q 'not found' <<<"$listing" || die "$1 needs libraries that are not here: ${listing//$'\n'/;}"
    mkdir -p "$overlay/$dom0_libraries"
    awk '$2 == "=>" { print $1, $3 }' <<<"$listing" | while read -r name path; do
        grep -q -x "$dom0_libraries/$name" "$image/dom0.files" ||
            cp -L "$path" "$overlay/$dom0_libraries/$name"
    done
}

add_programs() {
    local entry file target
    for entry in "${programs[@]}"; do
        file=$build/bin/${entry%%:*}
        target=$overlay/${entry##*:}
        [ -x "$file" ] || continue
        mkdir -p "$target"
        # What debuggers need is most of the file, and takes seconds to unpack in dom0.
        strip -o "$target/${entry%%:*}" "$file"
        add_libraries "$file"
    done
}

# A scenario says what it needs in a line "# needs: PROGRAM...": better told now than after the boot.
check_needs() {
    local name
    # shellcheck disable=SC2013 # words, not lines
    for name in $(sed -n 's/^# needs: //p' "$1"); do
        [ -x "$build/bin/$name" ] ||
            die "scenario $scenario needs $build/bin/$name, which is not there: build it, or set XENACM_BUILD"
    done
}

# A scenario that installs the project's packages says so in a line "# packages: NAME...", and gets nothing else of it.
packages_of() {
    sed -n 's/^# packages: //p' "$here/scenarios/$1.sh"
}

add_packages() {
    local name file
    mkdir -p "$overlay/root/packages"
    for name in "$@"; do
        file=$(compgen -G "$project/build/deb/${name}_*.deb") || die "there is no package $name: ./run deb builds it"
        cp "$file" "$overlay/root/packages/"
    done
}

# In driver domains it is part of their image.
add_hotplug_script() {
    mkdir -p "$overlay/etc/xen/scripts"
    cp "$project/enforcer/hooks/vif-acm" "$overlay/etc/xen/scripts/"
}

# The package's own unit, in the dom0 that has systemd; a scenario that needs no monitor runs without one.
add_unit() {
    local units=$project/packaging/systemd wants=$overlay/etc/systemd/system/multi-user.target.wants
    [ "$dom0" = full ] && [ -x "$build/bin/acm-enforcerd" ] || return 0
    mkdir -p "$overlay"/usr/lib/{systemd/system,tmpfiles.d} "$wants"
    cp -r "$units/acm-enforcerd.service" "$units/libvirtd.service.d" "$overlay/usr/lib/systemd/system/"
    cp "$units/xenacm.tmpfiles" "$overlay/usr/lib/tmpfiles.d/xenacm.conf"
    ln -s /usr/lib/systemd/system/acm-enforcerd.service "$wants/"
}

# All of examples/ for whoever looks around; its policies to where labeltool finds them by name.
add_examples() {
    local policies=$overlay/etc/xen/acm-security/policies
    mkdir -p "$policies"
    [ -d "$project/examples" ] || return 0
    cp -r "$project/examples" "$overlay/root/examples"
    [ ! -d "$project/examples/policies" ] || cp -r "$project/examples/policies/." "$policies/"
}

make_overlay() {
    umask 022
    mkdir -p "$overlay/lab" "$overlay/root"
    cp -r "$here/lib" "$here/chapter" "$overlay/lab/"
    cp "$here"/domains/* "$overlay/root/"
    mkdir -p "$overlay/lab/docs"
    cp -r "$project"/docs/{tutorial.md,how-to} "$overlay/lab/docs/"
    [ -z "$scenario" ] || cp "$here/scenarios/$scenario.sh" "$overlay/lab/scenario.sh"
    local packages=
    [ -z "$scenario" ] || packages=$(packages_of "$scenario")
    if [ -n "$packages" ]; then
        # shellcheck disable=SC2086 # words
        add_packages $packages
    else
        add_programs
        add_unit
        add_hotplug_script
    fi
    add_examples
    [ -z "$extra" ] || cp -a "$extra/." "$overlay/"
}

# ---- main ----------------------------------------------------------------------------------------

scenario=
dom0=
extra=
boot_options=()
if [ "${1:-}" = --images ]; then
    dom0=full
    ensure_image
    exit
fi
while [ $# -gt 0 ]; do
    case $1 in
        --shell | --timestamps) boot_options+=("$1") ;;
        --time-limit | --xenstored | --memory | --qemu | --xen) boot_options+=("$1" "$2") && shift ;;
        --dom0) dom0=$2 && shift ;;
        --extra) extra=$2 && shift ;;
        -*) die "unknown option '$1'" ;;
        *)
            [ -z "$scenario" ] || die "one scenario at a time"
            scenario=$1
            ;;
    esac
    shift
done
if [[ " ${boot_options[*]} " != *" --shell "* ]]; then
    [ -n "$scenario" ] || die "usage: run.sh [OPTION...] SCENARIO | --shell"
    [ -e "$here/scenarios/$scenario.sh" ] ||
        die "no scenario '$scenario'; there are: $(cd "$here/scenarios" && echo *.sh | sed 's/\.sh//g')"
    check_needs "$here/scenarios/$scenario.sh"
    [ -n "$dom0" ] || dom0=$(sed -n 's/^# dom0: //p' "$here/scenarios/$scenario.sh")
    ! grep -q '^# reboots$' "$here/scenarios/$scenario.sh" || boot_options+=(--reboots)
    # Lines "# qemu: ARGUMENT..." and "# xen: ARGUMENT..." of the scenario are what its machine has beyond the others'.
    for option in qemu xen; do
        arguments=$(sed -n "s/^# $option: //p" "$here/scenarios/$scenario.sh" | tr '\n' ' ')
        [ -z "$arguments" ] || boot_options+=("--$option" "$arguments")
    done
fi
case ${dom0:=small} in small | full) ;; *) die "there is no dom0 '$dom0', but small and full" ;; esac

ensure_image
overlay=$(mktemp -d "${TMPDIR:-/tmp}/xenlab-overlay.XXXXXX")
trap 'rm -rf "$overlay"' EXIT
make_overlay
"$here/boot.sh" --console-log "$cache/logs/${scenario:-shell}.console.log" "${boot_options[@]}" \
    "$image" "$overlay"
