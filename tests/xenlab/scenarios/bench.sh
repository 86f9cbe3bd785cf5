#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd acm-hook labeltool
#
# How long xl create and xl network-attach take with hook, gate and guard, and with none of them, in turns. It is run by
# `./run bench`, which reads the lines "@sample NAME MILLISECONDS".
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh

rounds=10

no_monitor() {
    ! pid_of acm-enforcerd
}

stop_monitor() {
    kill "$(pid_of acm-enforcerd)" && wait_until 20 no_monitor
}

# sample NAME COMMAND...: a command that fails is a failed check.
sample() {
    local name=$1 begun ended
    shift
    begun=$(date +%s%N)
    if ! run "$@" >/tmp/sample 2>&1; then
        report_failure "$name" "failed: $*" </tmp/sample
        return
    fi
    ended=$(date +%s%N)
    passed=$((passed + 1))
    printf '@sample %s %s\n' "$name" "$(awk -v ns=$((ended - begun)) 'BEGIN { print ns / 1e6 }')"
}

mac=00:16:3e:00:00:01

# What xl begins to remove before both ends are connected may be left half removed.
connected() {
    local client=$1 backend device
    backend=$(domid nicdom)
    device=$(xenstore-list "/local/domain/$client/device/vif") &&
        xenstore_is "/local/domain/$client/device/vif/$device/state" 4 &&
        xenstore_is "/local/domain/$backend/backend/vif/$client/$device/state" 4
}

# On a busy machine libxl gives up before the driver domain has done its part.
detached() {
    run /usr/sbin/xl network-detach client1 "$mac" >/dev/null 2>&1
    no_trace_of_link "$1" "$(domid nicdom)" vif
}

# one_round with|without XL
one_round() {
    local client
    client=$(domid client1)
    sample "xl-create/$1" "$2" create -q -p probe.cfg
    run /usr/sbin/xl destroy probe
    wait_until 60 not_running probe || report_failure "$1" "probe is still there" </dev/null
    sample "xl-attach/$1" "$2" network-attach client1 mac="$mac" backend=nicdom
    wait_until 60 connected "$client" || report_failure "$1" "the link does not connect" </dev/null
    wait_until 60 detached "$client" || report_failure "$1" "the link is still there" </dev/null
}

with() {
    start_monitor || report_failure "with" "the monitor does not start" </dev/null
    one_round with /usr/local/sbin/xl
    stop_monitor || report_failure "with" "the monitor does not stop" </dev/null
}

without() {
    one_round without /usr/sbin/xl
}

step "A host whose policy allows it"
check "the monitor starts" start_monitor
check "mytest is set" labeltool setpolicy ACM mytest
sed 's/client1/probe/' client1.cfg >probe.cfg
for name in nicdom client1 probe; do
    check "$name is labelled" labeltool addlabel A-Bank mgt "$name"
done
check "enforcing" labeltool mode enforcing
mkdir -p /usr/local/sbin
cp /root/examples/hooks/xl /usr/local/sbin/xl
check "the monitor stops" stop_monitor
check "nicdom starts" xl create nicdom.cfg
check "nicdom runs" wait_log nicdom NICDOM-UP 60
check "client1 starts" xl create client1.cfg
check "client1 runs" wait_log client1 CLIENT-UP 60

step "With and without, in turns"
one_round warm-up /usr/sbin/xl
for ((round = 0; round < rounds; round += 2)); do
    with
    without
    without
    with
done
finish
