#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# image-key.sh [--packages]
#
# Prints the key of the full dom0's image, as ../image-key.sh does for the small one, which is a part of it.
#   --packages   prints the packages instead, one a line: NAME VERSION
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../packages.sh
source "$here/../packages.sh"

die() {
    echo "image-key.sh: $*" >&2
    exit 1
}

# NAME VERSION of every package that apt would install now on a machine that has none.
packages() {
    local found
    found=$(LC_ALL=C apt-get install --simulate --no-install-recommends -o Dir::State::Status=/dev/null \
        -o Dir::State::Extended_States=/dev/null '?and(?essential,?architecture(amd64))' \
        "${full_dom0_packages[@]}" 2>&1) || die "apt cannot put the full dom0 together: $found"
    sed -n 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1 \2/p' <<<"$found" | sort
}

# Everything that ends up in the image, or decides how it is made.
ingredients() {
    "$here/../image-key.sh"
    (cd "$here" && find . -type f | LC_ALL=C sort | xargs sha256sum)
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
