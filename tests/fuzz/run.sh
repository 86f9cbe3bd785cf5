#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# tests/fuzz/run.sh SECONDS [TARGET...]: fuzzes the targets (all of them), each for its share of the time, with the
# programs of the preset fuzz. What is found anew is kept in build/fuzz/corpus. Ends with a table, and one line of figures.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

seconds=$1
shift
if [ $# -gt 0 ]; then
    targets=("$@")
else
    mapfile -t targets < <(find tests/fuzz -name '*.cpp' ! -name replay.cpp -printf '%f\n' | sed 's/\.cpp$//' | sort)
fi
share=$((seconds / ${#targets[@]}))
[ "$share" -gt 0 ] || share=1 # libFuzzer takes 0 for no limit

work=build/fuzz
mkdir -p "$work/logs"
export TMPDIR=/dev/shm
export ASAN_OPTIONS=allocator_may_return_null=1

# run_target TARGET ARGUMENT...: on the corpus of the tree and what was found before.
run_target() {
    local target=$1 options=(-timeout=30 -rss_limit_mb=4096 -max_len=16384 -print_final_stats=1)
    shift
    [ ! -e "tests/fuzz/$target.dict" ] || options+=("-dict=tests/fuzz/$target.dict")
    mkdir -p "$work/corpus/$target"
    nice -n 19 "$work/bin/fuzz_$target" "${options[@]}" "-artifact_prefix=$work/$target-" "$@" \
        "$work/corpus/$target" "tests/fuzz/corpus/$target" >"$work/logs/$target.log" 2>&1 ||
        { tail -n 40 "$work/logs/$target.log" && echo "fuzz: $target has failed; the input is $work/$target-*" && exit 1; } >&2
}

# Lines and branches of the files that the target says it is meant for, in percent.
coverage_of() {
    local target=$1 files
    LLVM_PROFILE_FILE=$work/$target.profraw run_target "$target" -runs=0
    llvm-profdata-19 merge -o "$work/$target.profdata" "$work/$target.profraw"
    # shellcheck disable=SC2046,SC2086 # patterns
    mapfile -t files < <(printf '%s\n' $(sed -n 's,^// Meant for: ,,p' "tests/fuzz/$target.cpp"))
    llvm-cov-19 report "$work/bin/fuzz_$target" -instr-profile "$work/$target.profdata" "${files[@]}" |
        awk '$1 == "TOTAL" { print $10, $13 }'
}

total=0
table=
for target in "${targets[@]}"; do
    LLVM_PROFILE_FILE=/dev/null run_target "$target" "-max_total_time=$share"
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/logs/$target.log")
    total=$((total + runs))
    figures=$(coverage_of "$target")
    read -r lines branches <<<"$figures"
    inputs=$(find "tests/fuzz/corpus/$target" -type f | wc -l)
    table+=$(printf '%-14s %12s %7s %9s %9s' "$target" "$runs" "$inputs" "$lines" "$branches")$'\n'
done
printf '%-14s %12s %7s %9s %9s\n%s' target runs corpus lines branches "$table"
echo "fuzz: ${#targets[@]} targets, $total runs, no crash"
