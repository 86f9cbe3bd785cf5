#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd labeltool
#
# What xenacm does, on a real Xen, in one sitting: two banks and a car maker share a machine, and the policy
# "mytest" decides who may run beside whom, and who may use the network driver domain.
# Every step is asserted; the exit status is 0 only if all came out as told.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh


# None of these domains is left.
gone_from_xen() {
    local domain
    for domain in "$@"; do not_running "$domain" || return 1; done
}

# The last `show` listed that many refusals, below its heading.
denied_records_are() {
    [ "$(grep -c ' deny ' "$shown_output")" = "$1" ] && [ "$(wc -l <"$shown_output")" = $(($1 + 1)) ]
}

step "The monitor starts: from now on every toolstack's requests pass it"
printf 'dom0# acm-enforcerd --state-dir /var/lib/xenacm &\n'
acm-enforcerd --state-dir /var/lib/xenacm >"$monitor_log" 2>&1 &
check "the monitor answers" wait_until 20 labeltool status
check "the gate is between xl and xenstored" listens_below acm-enforcerd /run/xenstored
show labeltool status

step "The administrator sets a policy and turns enforcing on"
show labeltool setpolicy ACM mytest
check "the policy is accepted" shown_succeeds
show labeltool mode enforcing
check "enforcing is on" shown_succeeds
show labeltool labels
check "the policy's labels are known" shown_says A-Bank
check "one of them is AutoCorp" shown_says AutoCorp

step "A network driver domain for the workload of A-Bank"
show labeltool addlabel A-Bank dom nicdom.cfg
check "nicdom is labelled" grep -q 'access_control.*label=A-Bank' nicdom.cfg
show xl create nicdom.cfg
check "nicdom starts" shown_succeeds
check "nicdom runs" wait_log nicdom NICDOM-UP 60
show labeltool list --label
check "it carries its label" shown_says 'nicdom.*A-Bank'

step "A client with the same label may use it"
show labeltool addlabel A-Bank dom client1.cfg
show xl create client1.cfg
check "client1 starts" shown_succeeds
check "client1 runs" wait_log client1 CLIENT-UP 60
show xl network-attach client1 mac=00:16:3e:00:00:01 backend=nicdom
check "the link is admitted" shown_succeeds
check "both ends connect" wait_link "$(domid client1)" "$(domid nicdom)" 30
check "a ping crosses it" wait_log client1 'CLIENT-PING ok' 30

step "A client of AutoCorp runs beside them, but shares no type with the driver domain"
show labeltool addlabel AutoCorp dom client2.cfg
show xl create client2.cfg
check "client2 starts" shown_succeeds
check "client2 runs" wait_log client2 CLIENT-UP 60
show xl network-attach client2 mac=00:16:3e:00:00:02 backend=nicdom
check "xl fails" shown_fails
check "xenstore holds no trace of the link" no_trace_of_link "$(domid client2)" "$(domid nicdom)" vif
show labeltool why
check "the denial names the rule" shown_says 'ste: the two labels share no STE type'
check "... client2, its label and its types" shown_says 'client2 +AutoCorp +\{AutoCorp\}'
check "... nicdom, its label and its types" shown_says 'nicdom +A-Bank +\{A-Bank\}'
check "client1's link is as alive as before" wait_new_log client1 'CLIENT-PING ok' 30

step "B-Bank competes with A-Bank: their types are in one conflict set"
show labeltool addlabel B-Bank dom domain2.cfg
show xl create domain2.cfg
check "xl fails" shown_fails
check "domain2 does not run" not_running domain2
show labeltool why
check "the denial names the conflict set" shown_says 'chinese-wall: conflict set RER'
check "... and who holds the type, with the count" shown_says 'A-Bank x 2: .*nicdom'

step "When A-Bank's domains have stopped, B-Bank's turn comes"
show xl destroy client1
show xl destroy nicdom
check "A-Bank's domains are gone" wait_until 20 gone_from_xen client1 nicdom
show xl create domain2.cfg
check "domain2 starts" shown_succeeds
check "domain2 runs" wait_log domain2 CLIENT-UP 60
show labeltool list --label
check "it carries its label" shown_says 'domain2.*B-Bank'

step "All of it is in the audit log"
show labeltool audit --denied
check "both refusals, and no other" denied_records_are 2
show labeltool audit
check "the policy" shown_says mytest
check "the admitted link" shown_says 'client1.*nicdom'
check "the refused link" shown_says 'client2.*nicdom'
check "the refused start and the later one" shown_says domain2

finish
