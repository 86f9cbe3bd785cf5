# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# What every scenario sources first. Scenarios run in dom0 as root, in /root, where the guests' configs are.
#
#   step TEXT                      tells what comes next
#   show COMMAND...                prints the command as typed in dom0, runs it, prints its real output; both
#                                  status and output are kept for the checks that follow
#   check TEXT COMMAND...          ok if COMMAND succeeds, FAIL with its output if not
#   refused TEXT COMMAND...        ok if COMMAND runs and fails; a command that is missing or hangs is a FAIL
#   audit_is_sound                 checks that the monitor's audit log is whole, and that its verdicts follow from it
#   finish                         audit_is_sound, where there is a log; prints "N passed, N failed", exits 0 only if all
#                                  passed and there were any
#
# conditions, for check:
#   shown_succeeds, shown_fails    of the last `show`: its status
#   shown_says REGEX, shown_is_silent_on REGEX    of the last `show`: its output
#   running DOM, not_running DOM   as `xl list` has it
#   gone DOM                       neither xl nor the monitor has it any more
#   counts_are COUNTS              the monitor counts these running types, as `labeltool status` prints them
#   alarms                         how many the guard has raised
#   links_are N                    the monitor knows that many links, consoles aside
#   start_monitor                  acm-enforcerd starts and answers
#   nothing_below PATH...          xenstore has no such node, or one without children
#   no_trace_of_link FRONT_ID BACK_ID CLASS    no link of that class is in xenstore
#   listens_below PROGRAM DIR      the running program has a Unix socket with a path in DIR
#   wait_until SECONDS COMMAND...  COMMAND succeeds within SECONDS
#   wait_log DOM REGEX SECONDS     a line of the guest's console matches
#   wait_new_log DOM REGEX SECONDS a line that was written from now on does
#   wait_value PATH VALUE SECONDS  the xenstore node has that value
#   wait_link FRONT_ID BACK_ID SECONDS    vif 0 is connected at both ends
#
#   in_guest DOM COMMAND...        a client runs it, typed at its console; what it prints is in its log
#   now_ms                         milliseconds since boot
#   timed TEXT COMMAND...          runs COMMAND, prints how long it took
#   domid DOM                      its domain id
#   pid_of PROGRAM                 its process
#
#   reboot_host                    reboots the full dom0 (with a line "# reboots" in the scenario), which plays the scenario
#                                  from its beginning; has_rebooted tells it where it is
set -u

passed=0
failed=0
# Where a host that reboots leaves what it has counted.
before_reboot=/var/lib/lab-before-reboot
if [ -e "$before_reboot" ]; then
    read -r passed failed <"$before_reboot"
fi
shown_status=
shown_output=/tmp/shown
: >"$shown_output"

# No command of a scenario may hang it.
command_limit=60

# run COMMAND...: a program with a time limit; a function as it is, functions bound themselves.
run() {
    if [ "$(type -t "$1")" = file ]; then
        timeout "$command_limit" "$@"
    else
        "$@"
    fi
}

step() {
    printf '\n== %s\n' "$*"
}

show() {
    printf 'dom0# %s\n' "$*"
    run "$@" 2>&1 | tee "$shown_output"
    shown_status=${PIPESTATUS[0]}
    return "$shown_status"
}

report_pass() {
    passed=$((passed + 1))
    printf 'ok    %s\n' "$1"
}

# report_failure TEXT REASON, and the output of what failed from standard input.
report_failure() {
    failed=$((failed + 1))
    printf 'FAIL  %s: %s\n' "$1" "$2"
    sed -n 's/^\(.\)/      | \1/p'
}

check() {
    local text=$1 status=0 output
    shift
    output=$(run "$@" 2>&1) || status=$?
    if [ "$status" -eq 0 ]; then
        report_pass "$text"
    else
        report_failure "$text" "status $status of: $*" <<<"$output"
    fi
}

refused() {
    local text=$1 status=0 output
    shift
    output=$(run "$@" 2>&1) || status=$?
    case $status in
        0) report_failure "$text" "was not refused: $*" <<<"$output" ;;
        124) report_failure "$text" "hung: $*" <<<"$output" ;;
        126 | 127) report_failure "$text" "cannot be run: $*" <<<"$output" ;;
        *) report_pass "$text" ;;
    esac
}

# The monitor's own log; started again where the scenario stopped it.
audit_is_sound() {
    labeltool status >/dev/null 2>&1 || start_monitor
    check "the audit log is whole" labeltool audit verify
    check "every verdict in the audit log follows from the requests and policies in it" labeltool audit replay
}

# Is this the boot after reboot_host?
has_rebooted() {
    [ -e "$before_reboot" ]
}

# Never returns: the scenario begins anew once the host is up again.
reboot_host() {
    printf 'dom0# systemctl reboot\n'
    echo "$passed $failed" >"$before_reboot"
    sync
    systemctl reboot
    exec sleep "$command_limit"
}

finish() {
    [ ! -e /var/lib/xenacm/ledger.db ] || audit_is_sound
    printf '\n%d passed, %d failed\n' "$passed" "$failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}

# ---- the last `show` -----------------------------------------------------------------------------

shown_succeeds() {
    [ "$shown_status" = 0 ]
}

# Refused is not the same as missing (126, 127) or hung (124).
shown_fails() {
    case $shown_status in '' | 0 | 124 | 126 | 127) return 1 ;; esac
}

shown_says() {
    grep -q -E -e "$1" "$shown_output"
}

shown_is_silent_on() {
    ! grep -q -E -e "$1" "$shown_output"
}

# ---- waiting: always for a condition, always with a deadline -------------------------------------

now_ms() {
    local uptime
    read -r uptime _ </proc/uptime
    echo $((10#${uptime/./} * 10))
}

wait_until() {
    local deadline output
    deadline=$(($(now_ms) + $1 * 1000))
    shift
    until output=$("$@" 2>&1); do
        if [ "$(now_ms)" -gt "$deadline" ]; then
            echo "in vain waited for: $*"
            [ -z "$output" ] || echo "$output"
            return 1
        fi
        sleep 0.1
    done
}

console_of() {
    echo "/var/log/xen/console/guest-$1.log"
}

wait_log() {
    wait_until "$3" grep -q -E -e "$2" "$(console_of "$1")"
}

log_after() {
    tail -n "+$(($3 + 1))" "$(console_of "$1")" | grep -q -E -e "$2"
}

wait_new_log() {
    local lines
    lines=$(wc -l <"$(console_of "$1")") || return 1
    wait_until "$3" log_after "$1" "$2" "$lines"
}

in_guest() {
    local domain=$1 tty
    shift
    tty=$(xenstore-read "/local/domain/$(domid "$domain")/console/tty") || return 1
    printf '%s\n' "$*" >"$tty"
}

xenstore_is() {
    [ "$(xenstore-read "$1")" = "$2" ]
}

wait_value() {
    wait_until "$3" xenstore_is "$1" "$2" || {
        echo "$1 is '$(xenstore-read "$1" 2>&1)', not '$2'"
        return 1
    }
}

wait_link() {
    local connected=4 # XenbusStateConnected
    wait_value "/local/domain/$1/device/vif/0/state" "$connected" "$3" &&
        wait_value "/local/domain/$2/backend/vif/$1/0/state" "$connected" "$3"
}

# The monitor's keeper is the same file, which is enough for pidof.
pid_of() {
    local pid
    for pid in $(pidof "$1"); do
        [ "$(cat "/proc/$pid/comm")" = "$1" ] && echo "$pid" && return
    done
    return 1
}

# ---- domains -------------------------------------------------------------------------------------

domid() {
    xl domid "$1"
}

running() {
    xl domid "$1" >/dev/null
}

not_running() {
    if running "$1" 2>/dev/null; then
        echo "$1 is there: $(xl list "$1" | tail -n 1)"
        return 1
    fi
}

# xenstore loses the name of a domain some time before the hypervisor, and with it the monitor, lets it go.
gone() {
    local list
    not_running "$1" || return 1
    list=$(labeltool list) || return 1
    ! grep "^$1 " <<<"$list"
}

monitor_log=/var/log/xenacm/acm-enforcerd.log

start_monitor() {
    acm-enforcerd --state-dir /var/lib/xenacm >>"$monitor_log" 2>&1 &
    wait_until 20 labeltool status
}

alarms() {
    labeltool status | sed -n 's/^guard *: on: \([0-9]*\) alarms$/\1/p'
}

counts() {
    labeltool status | sed -n 's/^running types *: //p'
}

counts_are() {
    [ "$(counts)" = "$1" ] || { echo "running types: $(counts)" && return 1; }
}

# The line reads "console 4, vif 1", or "none".
links_are() {
    local links
    links=$(labeltool status | sed -n 's/^links *: //p')
    awk -v want="$1" '{ gsub(",", ""); for (i = 1; i < NF; i += 2) if ($i != "console") n += $(i + 1) }
        END { exit n + 0 != want }' <<<"$links" || { echo "links: $links" && return 1; }
}

nothing_below() {
    local path children
    for path in "$@"; do
        children=$(xenstore-ls -f "$path" 2>/dev/null)
        [ -z "$children" ] || {
            echo "$children"
            return 1
        }
    done
}

# The three places where libxl writes down a link.
no_trace_of_link() {
    nothing_below "/libxl/$1/device/$3" "/local/domain/$1/device/$3" "/local/domain/$2/backend/$3/$1"
}

# /proc/net/unix has the path in its last column, /proc/PID/fd the inode numbers that belong to the program.
listens_below() {
    local inodes
    # shellcheck disable=SC2012 # the names are numbers; what they link to is what counts
    inodes=$(ls -l /proc/"$(pid_of "$1")"/fd | sed -n 's/.*socket:\[\([0-9]*\)\]$/\1/p')
    awk -v inodes="${inodes//$'\n'/ }" -v dir="^(/var)?$2/" '
        BEGIN { split(inodes, list, " "); for (i in list) own[list[i]] = 1 }
        ($7 in own) && $8 ~ dir { found = 1 }
        END { exit !found }' /proc/net/unix
}

timed() {
    local text=$1 start status=0
    shift
    start=$(now_ms)
    "$@" || status=$?
    echo "      $text: $(($(now_ms) - start)) ms"
    return "$status"
}
