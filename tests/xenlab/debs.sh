# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash disable=SC2154
# Debian packages for a build of an image. Sourced by the scripts that build one; they have
#   $work    a folder of their own, with the wanted packages in $work/packages: NAME VERSION, one a line
#   $debs    the folder in which downloaded packages are kept
#   die, say

# The name that `apt-get download` gives a package, but for its architecture.
deb_stem() {
    echo "${1}_${2//:/%3a}"
}

# The file of package NAME VERSION in $debs; fails if there is none.
deb_file() {
    local file
    for file in "$debs/$(deb_stem "$1" "$2")"_{amd64,all}.deb; do
        [ -e "$file" ] && echo "$file" && return
    done
    return 1
}

# Packages of the list that are not in $debs, as NAME=VERSION.
missing_packages() {
    local name version
    while read -r name version; do
        deb_file "$name" "$version" >/dev/null || echo "$name=$version"
    done <"$work/packages"
}

# Downloads go to a folder of their own first, and are kept only if all of them came: what a broken connection
# leaves behind never looks like a package.
download_missing() {
    local package stem incoming=$work/incoming
    local -a wanted
    mapfile -t wanted < <(missing_packages)
    [ "${#wanted[@]}" -gt 0 ] || return 0

    say "downloading ${#wanted[@]} packages"
    mkdir -p "$incoming"
    if ! (cd "$incoming" && apt-get download -q "${wanted[@]}") >"$work/apt.log" 2>&1; then
        sed -n 's/^E: /apt: /p' "$work/apt.log" >&2
        for package in "${wanted[@]}"; do
            stem=$(deb_stem "${package%%=*}" "${package#*=}")
            compgen -G "$incoming/${stem}_*.deb" >/dev/null || echo "${0##*/}: no package $package" >&2
        done
        die "not all packages could be downloaded"
    fi
    find "$incoming" -name '*.deb' -exec mv -t "$debs" {} +
    mapfile -t wanted < <(missing_packages)
    [ "${#wanted[@]}" -eq 0 ] || die "apt reports success, but there is no ${wanted[*]}"
}

# Packages of earlier versions are of no more use.
drop_old_packages() {
    local name version file
    while read -r name version; do
        deb_file "$name" "$version"
    done <"$work/packages" | sort >"$work/debs.used"
    find "$debs" -name '*.deb' | sort | comm -23 - "$work/debs.used" | while read -r file; do
        rm -f "$file"
    done
}
