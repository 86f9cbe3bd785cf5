#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# image-key.sh [--packages]
#
# Prints the key of the lab's image: a hash over everything that the image is made of, so that a cached image
# is used exactly as long as it is the one that would be built now.
#   --packages   prints the packages instead, one a line: NAME VERSION
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=packages.sh
source "$here/packages.sh"

die() {
    echo "image-key.sh: $*" >&2
    exit 1
}

package_names() {
    local kernel
    kernel=$(kernel_version)
    [ -n "$kernel" ] ||
        die "apt knows no linux-image-amd64: its package lists are missing (run: apt-get update)"
    printf '%s\n' "${hypervisor_packages[@]}" "linux-image-$kernel-amd64" "linux-image-$kernel-cloud-amd64" \
        "${program_packages[@]}" "${library_packages[@]}" "${builder_packages[@]}"
}

# NAME VERSION of every package, the version being the one that apt would download now.
packages() {
    local -a names
    local found missing
    mapfile -t names < <(package_names)
    [ "${#names[@]}" -gt 0 ] || exit 1
    found=$(LC_ALL=C apt-cache policy "${names[@]}" |
        awk '/^[^ ].*:$/ { name = substr($1, 1, length($1) - 1) }
             /^  Candidate:/ && $2 != "(none)" { print name, $2 }')
    missing=$(comm -23 <(printf '%s\n' "${names[@]}" | sort -u) <(cut -d' ' -f1 <<<"$found" | sort -u))
    [ -z "$missing" ] || die "apt has no version to download of: ${missing//$'\n'/ }"
    sort <<<"$found"
}

# Everything that ends up in the image, or decides how it is made.
ingredients() {
    local file
    for file in build-image.sh debs.sh extract-vmlinux.py packages.sh init.dom0 init.nicdom init.client ../../enforcer/hooks/vif-acm; do
        echo "$file $(sha256sum <"$here/$file")"
    done
    packages
}

case ${1:-} in
    --packages) packages ;;
    '')
        listing=$(ingredients)
        sha256sum <<<"$listing" | cut -c1-16
        ;;
    *) die "unknown argument '$1'" ;;
esac
