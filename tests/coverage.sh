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
run "$work/bin/fuzz_policy" tests/fuzz/corpus/policy
run "$work/bin/fuzz_resource_name" tests/fuzz/corpus/resource_name
run python3 tests/oracle/oracle.py --driver "$work/bin/oracle_driver" --traces 1000 --failures "$work"

llvm-profdata-19 merge -o "$work/all.profdata" "$profiles"/*.profraw

# report FOLDER: a line for each file with its lines and branches, then that of the folder; fails below the limit. Left out
# are the branches of comparisons that the compiler writes (= default): there is no code of ours to test.
report() {
    local files
    mapfile -t files < <(find "$PWD/$1" -name '*.cpp' -o -name '*.h' | sort)
    llvm-cov-19 export -format=lcov -instr-profile "$work/all.profdata" "$work/bin/policy_test" \
        -object "$work/bin/monitor_test" -object "$work/bin/exhaustive" -object "$work/bin/oracle_driver" \
        -object "$work/bin/fuzz_policy" -object "$work/bin/fuzz_resource_name" "${files[@]}" 2>/dev/null |
        awk -v folder="$1" -v limit="$limit" '
            function percent(hit, all) { return all > 0 ? sprintf("%.1f %%", 100 * hit / all) : "-" }
            function print_row(name) {
                printf "%-46s %9s %9s   %d of %d\n", name, percent(lines, all_lines), percent(branches, all_branches), branches, all_branches
            }
            /^SF:/ {
                file = substr($0, 4)
                delete source
                for (n = 1; (getline text < file) > 0; n++) source[n] = text
                close(file)
                lines = all_lines = branches = all_branches = 0
            }
            /^DA:/ { split(substr($0, 4), part, ","); all_lines++; lines += part[2] > 0 }
            /^BRDA:/ {
                split(substr($0, 6), part, ",")
                if (source[part[1]] ~ /= default;/) next
                all_branches++
                branches += part[4] > 0
            }
            /^end_of_record/ {
                print_row(substr(file, index(file, "/" folder "/") + 1))
                sum_lines += lines; sum_all_lines += all_lines; sum_branches += branches; sum_all_branches += all_branches
            }
            END {
                lines = sum_lines; all_lines = sum_all_lines; branches = sum_branches; all_branches = sum_all_branches
                print_row(folder)
                print ""
                exit all_branches > 0 && branches * 100 >= limit * all_branches ? 0 : 1
            }'
}

printf '%-46s %9s %9s   %s\n' file lines branches ''
below=
report policy || below+=" policy"
report enforcer/monitor || below+=" enforcer/monitor"
[ -z "$below" ] || { echo "coverage: below $limit % of the branches:$below" && exit 1; }
echo "coverage: at least $limit % of the branches of policy and enforcer/monitor"
