#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd labeltool
#
# The monitor is killed: whoever asks xenstored is refused until it runs again, or root gives xenstored its socket back.
# And who speaks to xenstored round the gate is named.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh


kill_monitor() {
    kill -KILL "$(pid_of acm-enforcerd)" && wait_until 20 no_monitor
}

no_monitor() {
    ! pid_of acm-enforcerd
}

no_keeper() {
    ! pidof acm-gate-keeper
}

one_keeper() {
    [ "$(pidof acm-gate-keeper | wc -w)" = 1 ]
}

status_says() {
    labeltool status | grep -q -E -e "$1"
}

status_does_not_say() {
    ! status_says "$1"
}

# As the toolstack sees it, and as the hypervisor does: nothing but Domain-0.
nothing_runs() {
    local domains
    domains=$(xenstore-list -s /local/domain 2>/dev/null | grep -v -x 0)
    [ -z "$domains" ] && [ "$(xl list | tail -n +2 | wc -l)" = 1 ]
}

# The exit status of a program that opens /dev/xen/xenbus does not matter: it is to hold it open.
hold_xenbus() {
    sleep 60 <>/dev/xen/xenbus &
    xenbus_holder=$!
}

step "The monitor runs, and a client connected before it"
check "the monitor starts" start_monitor
check "it has a keeper" pidof acm-gate-keeper
check "xenconsoled, which was there first, is named" \
    wait_until 20 status_says 'round the gate *: .*/xenconsoled \(pid [0-9]+\): older connection'
check "its alarm is on record" wait_until 10 sh -c "labeltool audit | grep -q 'alarm.*xenconsoled'"
show labeltool status
check "a client of the gate is not named" shown_is_silent_on '(xl|xenstore.*) \(pid'
hold_xenbus
check "who holds the kernel's device is named" \
    wait_until 20 status_says "round the gate *: .* \(pid $xenbus_holder\): /dev/xen/xenbus"
kill "$xenbus_holder"
check "and no longer, once it has ended" wait_until 20 status_does_not_say '/dev/xen/xenbus'

step "The monitor is killed: nothing starts"
check "it is gone" kill_monitor
check "its keeper is not" pidof acm-gate-keeper
show xl create -p client1.cfg
check "xl create fails" shown_fails
show xl create -p nicdom.cfg
check "of anything" shown_fails
show xenstore-read /local/domain/0/name
check "every request is refused" shown_says 'couldn.t read path|Permission denied'
check "the log says the way out" grep -q 'acm-enforcerd --release-socket' "$monitor_log"
check "nobody went round by the kernel" sh -c '! ls -l /proc/[0-9]*/fd 2>/dev/null | grep -q xen/xenbus'

step "It starts again: everything works"
check "it starts" start_monitor
check "nothing has come into being meanwhile" wait_until 20 nothing_runs
check "one keeper is left" wait_until 20 one_keeper
check "client1 starts" xl create -p client1.cfg
check "and ends" xl destroy client1

step "Its keeper is killed: it has another"
kill -KILL "$(pidof acm-gate-keeper)"
check "another keeper" wait_until 20 pidof acm-gate-keeper
check "xl works meanwhile" xl create -p client1.cfg
check "client1 ends" xl destroy client1

step "It is killed, and root lets things go on without it"
refused "not while it lives" acm-enforcerd --release-socket
check "it is gone" kill_monitor
refused "nothing starts" xl create -p client1.cfg
check "xenstored gets its socket back" acm-enforcerd --release-socket
check "the keeper ends" wait_until 20 no_keeper
check "no gate is left" test ! -e /run/xenstored/socket.real
check "client1 starts, with nothing enforced" xl create -p client1.cfg

step "An end in good order leaves no keeper"
check "it starts" start_monitor
kill -TERM "$(pid_of acm-enforcerd)"
check "it ends" wait_until 20 no_monitor
check "so does its keeper" no_keeper
check "xenstored answers itself" xenstore-read /local/domain/0/name
finish
