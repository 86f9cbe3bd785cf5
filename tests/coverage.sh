#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# tests/coverage.sh: runs what decides (policy/ and enforcer/monitor/) through its tests, with the programs of the preset
# coverage, and tells which lines and branches they reach. Fails where a folder is below the limit.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

limit=95
work=build/coverage
profiles=$PWD/$work/profiles
rm -rf "$profiles"
mkdir -p "$profiles"
export LLVM_PROFILE_FILE=$profiles/%p.profraw

run() {
    "$@" >"$work/log" 2>&1 || { tail -n 40 "$work/log" && echo "coverage: $1 has failed" && exit 1; }
}
run "$work/bin/policy_test" --gtest_brief=1
run "$work/bin/monitor_test" --gtest_brief=1
run "$work/bin/exhaustive" 2 2 2 1
run python3 tests/oracle/oracle.py --driver "$work/bin/oracle_driver" --traces 1000 --failures "$work"

llvm-profdata-19 merge -o "$work/all.profdata" "$profiles"/*.profraw

# report FOLDER: a line for each file with its lines and branches, then that of the folder; fails below the limit.
report() {
    local files
    mapfile -t files < <(find "$1" -name '*.cpp' -o -name '*.h' | sort)
    llvm-cov-19 report -instr-profile "$work/all.profdata" "$work/bin/policy_test" -object "$work/bin/monitor_test" \
        -object "$work/bin/exhaustive" -object "$work/bin/oracle_driver" "${files[@]}" |
        awk -v folder="$1" -v limit="$limit" '
            NF == 13 && $1 != "Filename" && $1 != "TOTAL" { printf "%-46s %9s %9s   %d of %d\n", $1, $10, $13, $11 - $12, $11 }
            $1 == "TOTAL" {
                printf "%-46s %9s %9s   %d of %d\n\n", folder, $10, $13, $11 - $12, $11
                exit $11 > 0 && ($11 - $12) * 100 >= limit * $11 ? 0 : 1
            }'
}

printf '%-46s %9s %9s   %s\n' file lines branches ''
below=
report policy || below+=" policy"
report enforcer/monitor || below+=" enforcer/monitor"
[ -z "$below" ] || { echo "coverage: below $limit % of the branches:$below" && exit 1; }
