#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd labeltool
# A driver domain is to be ready with a link within the five seconds that the guard gives it: not beside all others on one
# processor.
# qemu: -smp 2
#
# What comes round the gate, on a real Xen: domains, links, names, and a guest that writes its own nodes. The guard's
# log lines have the times.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh

# By the second name of xenstored's socket, past the gate.
by_socket_real() {
    XENSTORED_PATH=/run/xenstored/socket.real timeout "$command_limit" "$@"
}

alarms_are() {
    [ "$(alarms)" = "$1" ]
}

said_nothing() {
    [ ! -e "$(console_of "$1")" ] || ! grep -q CLIENT "$(console_of "$1")"
}

lines_of_the_guard() {
    sed -n 's/^.*guard: /guard: /p' "$monitor_log" | grep -E "$1"
}

step "The monitor enforces; nicdom of A-Bank and client2 of AutoCorp run"
acm-enforcerd --state-dir /var/lib/xenacm >"$monitor_log" 2>&1 &
check "the monitor answers" wait_until 20 labeltool status
check "mytest is set" labeltool setpolicy ACM mytest
check "enforcing" labeltool mode enforcing
check "nicdom is labelled" labeltool addlabel A-Bank dom nicdom.cfg
check "client1 is labelled" labeltool addlabel A-Bank dom client1.cfg
check "client2 is labelled" labeltool addlabel AutoCorp dom client2.cfg
check "domain2 is labelled" labeltool addlabel B-Bank dom domain2.cfg
check "nicdom starts" xl create nicdom.cfg
check "client2 starts" xl create client2.cfg
check "nicdom runs" wait_log nicdom NICDOM-UP 60
check "client2 runs" wait_log client2 CLIENT-UP 60
nicdom=$(domid nicdom)
client2=$(domid client2)

step "A domain that is refused, created past the gate"
timed "xl create" show by_socket_real xl create domain2.cfg
refused_id=$((client2 + 1))
check "it is destroyed" wait_until 20 gone domain2
check "an alarm tells it" wait_until 10 alarms_are 1
check "it never came so far as to say a word" said_nothing domain2
check "its nodes go" wait_until 10 nothing_below "/local/domain/$refused_id" "/libxl/$refused_id"
check "nothing else of it is left" nothing_below "/local/domain/0/backend/console/$refused_id" "/local/domain/$nicdom/backend"
show labeltool why
check "the record names the rule" shown_says 'chinese-wall'

step "A domain that is allowed, created the same way"
timed "xl create" show by_socket_real xl create client1.cfg
check "xl succeeds" shown_succeeds
check "it runs" wait_log client1 CLIENT-UP 60
check "it is reported" wait_until 10 grep -q '^not admitted *: client1' <(labeltool status)
client1=$(domid client1)

step "A link that is refused, attached past the gate"
timed "xl network-attach" show by_socket_real xl network-attach client2 mac=00:16:3e:00:00:02 backend=nicdom
check "it is cut, and leaves nothing" wait_until 10 no_trace_of_link "$client2" "$nicdom" vif
check "an alarm tells it" wait_until 10 alarms_are 2
check "the driver domain serves the same device again, once it may" labeltool mode permissive
check "... it is attached" xl network-attach client2 mac=00:16:3e:00:00:02 backend=nicdom
check "... and connects" wait_link "$client2" "$nicdom" 30
check "... and goes" xl network-detach client2 0
check "enforcing" labeltool mode enforcing
check "no link is on record" wait_until 10 links_are 0

step "A link that is allowed; then its guest points its front end elsewhere"
check "client1 is attached" xl network-attach client1 mac=00:16:3e:00:00:01 backend=nicdom
check "both ends connect" wait_link "$client1" "$nicdom" 30
check "a ping crosses it" wait_log client1 'CLIENT-PING ok' 30
check "the guest writes" in_guest client1 xenstore-write device/vif/0/backend "/local/domain/$client2/backend/vif/$client1/0"
check "the link is cut" wait_until 10 no_trace_of_link "$client1" "$nicdom" vif
check "the guest has lost its interface" wait_log client1 'CLIENT-NET-GONE' 20
check "an alarm tells it" wait_until 10 alarms_are 3
check "no link is on record" wait_until 10 links_are 0
check "it is attached again" xl network-attach client1 mac=00:16:3e:00:00:01 backend=nicdom
check "and connects" wait_link "$client1" "$nicdom" 30
check "and pings" wait_new_log client1 'CLIENT-PING ok' 30

step "A domain that takes the name of another label"
check "it is renamed" by_socket_real xenstore-write "/local/domain/$client2/name" domain2
check "an alarm tells it" wait_until 10 alarms_are 4
show labeltool list --label
check "it is what it was" shown_says '^client2 .*AutoCorp'
check "and named again" by_socket_real xenstore-write "/local/domain/$client2/name" client2

step "What the guard said"
show lines_of_the_guard .
show labeltool status
show labeltool audit --denied
finish
