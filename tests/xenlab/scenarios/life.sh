#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd labeltool
#
# The daemon stops, comes back, is killed and comes back: the socket, the counts and the mode, on a real Xen.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh

# stop_monitor SIGNAL
stop_monitor() {
    kill "$1" "$(pid_of acm-enforcerd)" && wait_until 20 no_monitor
}

no_monitor() {
    ! pid_of acm-enforcerd
}

step "A policy, enforced, and a domain of A-Bank"
check "the monitor starts" start_monitor
check "mytest is set" labeltool setpolicy ACM mytest
check "enforcing" labeltool mode enforcing
check "client1 is labelled" labeltool addlabel A-Bank dom client1.cfg
check "domain2 is labelled" labeltool addlabel B-Bank dom domain2.cfg
check "client1 starts" xl create -p client1.cfg
check "one A-Bank domain is counted" counts_are "A-Bank 1, SystemManagement 1"
refused "domain2 does not start beside it" xl create -p domain2.cfg
check "the refused start left no domain" wait_until 20 not_running domain2

step "A configuration whose build fails after its admission gives its types back"
sed 's/client1/broken/; s#^kernel.*#kernel="/boot/none"#' client1.cfg >broken.cfg
check "broken is labelled" labeltool addlabel A-Bank mgt broken
refused "it cannot be built" xl create -p broken.cfg
check "it is not counted" wait_until 20 counts_are "A-Bank 1, SystemManagement 1"

step "The monitor stops: xenstored has its socket back, nothing is enforced"
check "it ends" stop_monitor -TERM
check "no gate is left" test ! -e /run/xenstored/socket.real
check "domain2 starts unasked" xl create -p domain2.cfg

step "The monitor starts: what runs is counted, whoever started it"
check "it starts" start_monitor
check "both banks are counted" counts_are "A-Bank 1, B-Bank 1, SystemManagement 1"
show labeltool status
check "domain2 is reported" shown_says 'not admitted *: domain2'
check "the mode is what it was" shown_says 'mode *: enforcing'
check "domain2 is destroyed" xl destroy domain2
check "and no longer counted" wait_until 20 counts_are "A-Bank 1, SystemManagement 1"

step "The monitor is killed, and comes back"
check "it is gone" stop_monitor -KILL
check "the gate's name is left, and a keeper behind it" test -e /run/xenstored/socket.real
refused "nothing starts meanwhile" xl create -p domain2.cfg
check "it starts again" start_monitor
check "the counts are the hypervisor's" counts_are "A-Bank 1, SystemManagement 1"
refused "domain2 does not start" xl create -p domain2.cfg
check "the gate is in place" listens_below acm-enforcerd /run/xenstored

step "A reboot of a domain: a new domain id, one count"
check "client1 is destroyed" xl destroy client1
check "it is not counted" wait_until 20 counts_are "SystemManagement 1"
check "and starts anew" xl create -p client1.cfg
check "counted once" counts_are "A-Bank 1, SystemManagement 1"

show labeltool audit
finish
