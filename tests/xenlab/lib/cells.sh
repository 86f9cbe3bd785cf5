# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Cells of the matrix of docs/coverage.md, for scenarios that try what the policy refuses.
#
#   attempt OPERATION WAY TRACELESS COMMAND...   COMMAND has to fail by a denial, and TRACELESS to succeed: "mediated"
#   asked OPERATION WAY TRACELESS COMMAND...     the same of a hook, which has to end with its status for a refusal, 2
#   shown_refused OPERATION WAY TRACELESS...          the same of the last command that was `show`n; by a denial is left to others
#   undone OPERATION WAY TRACELESS COMMAND...    COMMAND may succeed; an alarm has to come, and TRACELESS to succeed soon
#                                                after: "undone, N ms" until the domain was paused or the link closing
#   reported OPERATION WAY COMMAND...            an alarm has to come: "reported"
# What speaks against a cell is printed below it. Each prints "@cell OPERATION | WAY | RESULT", which counts as a check too.

denials() {
    labeltool status | sed -n 's/.* \([0-9]*\) denied.*/\1/p'
}

more_alarms_than() {
    [ "$(alarms)" -gt "$1" ]
}

# cell OPERATION WAY RESULT: an "allowed" or the like is a failure of its own.
cell() {
    printf '@cell %s | %s | %s\n' "$1" "$2" "$3"
    case $3 in
        mediated | undone,* | reported) report_pass "$1, $2: $3" ;;
        *) report_failure "$1, $2" "$3" </tmp/attempt ;;
    esac
}

attempt() {
    local operation=$1 way=$2 traceless=$3 before result=mediated
    shift 3
    before=$(denials)
    if run "$@" >/tmp/attempt 2>&1; then
        result="allowed"
    elif [ "$(denials)" = "$before" ]; then
        result="failed without a denial"
    elif ! wait_until 20 "$traceless"; then
        "$traceless" >>/tmp/attempt 2>&1
        result="left traces"
    fi
    cell "$operation" "$way" "$result"
}

asked() {
    local operation=$1 way=$2 traceless=$3 status=0 result=mediated
    shift 3
    run "$@" >/tmp/attempt 2>&1 || status=$?
    if [ "$status" != 2 ]; then
        result="ended with status $status"
    elif ! wait_until 20 "$traceless"; then
        "$traceless" >>/tmp/attempt 2>&1
        result="left traces"
    fi
    cell "$operation" "$way" "$result"
}

shown_refused() {
    local operation=$1 way=$2 result=mediated
    shift 2
    # shellcheck disable=SC2154 # common.sh's
    cp "$shown_output" /tmp/attempt
    if ! shown_fails; then
        result="allowed"
    elif ! wait_until 20 "$@"; then
        "$@" >>/tmp/attempt 2>&1
        result="left traces"
    fi
    cell "$operation" "$way" "$result"
}

undone() {
    local operation=$1 way=$2 traceless=$3 before time result
    shift 3
    before=$(alarms)
    run "$@" >/tmp/attempt 2>&1
    if ! wait_until 20 more_alarms_than "$before"; then
        result="no alarm"
    elif ! wait_until 20 "$traceless"; then
        "$traceless" >>/tmp/attempt 2>&1
        result="left traces"
    else
        time=$(labeltool status --json | sed -n 's/^ *"last_alarm": .*\(paused\|closing began\) \([0-9]*\) ms after.*/\2/p')
        result="undone, ${time:-unknown} ms"
    fi
    cell "$operation" "$way" "$result"
}

reported() {
    local operation=$1 way=$2 before result=reported
    shift 2
    before=$(alarms)
    run "$@" >/tmp/attempt 2>&1
    wait_until 20 more_alarms_than "$before" || result="no alarm"
    cell "$operation" "$way" "$result"
}
