# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What dom0 does once Xen's services run, of whichever kind it is: the scenario, or a shell. Sourced by what
# starts it.
#
# The second serial line (ttyS1) carries the scenario's output alone, then a line TEST-RC=<exit status>.
# Kernel arguments:
#   lab.shell                  a shell on the second line in place of the scenario
#   lab.rows=R lab.cols=C      size of the terminal that the shell is seen on
scenario_line=/dev/ttyS1

say() {
    read -r uptime _ </proc/uptime
    echo "@@ $uptime $*"
}

# argument NAME: the value of kernel argument NAME=; fails if it was not given.
argument() {
    # shellcheck disable=SC2013 # words, not lines
    for word in $(cat /proc/cmdline); do
        case $word in
            "$1") return 0 ;;
            "$1="*) echo "${word#*=}" && return 0 ;;
        esac
    done
    return 1
}

run_shell() {
    LAB_ROWS=$(argument lab.rows) || LAB_ROWS=24
    LAB_COLUMNS=$(argument lab.cols) || LAB_COLUMNS=80
    export LAB_ROWS LAB_COLUMNS TERM=linux
    stty -F "$scenario_line" sane
    # shellcheck disable=SC2094 # a terminal is read and written
    setsid -c bash --rcfile /lab/lib/shell.rc -i <"$scenario_line" >"$scenario_line" 2>&1
    poweroff -f
}

# Its exit status is the scenario's.
run_scenario() {
    stty -F "$scenario_line" raw -echo
    cd /root || return 98
    bash /lab/scenario.sh </dev/null >"$scenario_line" 2>&1
}

# print_logs FILE...: for whoever reads the console after a failure.
print_logs() {
    for log in /var/log/xen/*.log /var/log/xen/console/*.log "$@"; do
        case $log in */hypervisor.log | */xenstored-access.log) continue ;; esac
        [ -s "$log" ] || continue
        echo "---- $log"
        tail -n 30 "$log"
    done
}

# end_session STATUS FILE...: reports, with the logs if the scenario failed, and switches the machine off.
end_session() {
    status=$1
    shift
    say "scenario ended with status $status"
    [ "$status" = 0 ] || print_logs "$@"
    echo "TEST-RC=$status" >"$scenario_line"
    sync
    poweroff -f
}
