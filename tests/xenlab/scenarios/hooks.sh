#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd acm-hook labeltool
#
# xl asks first: refusals before anything is built, in words, and tickets for what is about to start.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh

free="SystemManagement 1"

about_to_start() {
    labeltool status | grep -q "^about to start *: $1 "
}

nobody_is_about_to_start() {
    ! labeltool status | grep '^about to start'
}

# The ids that Xen has handed out so far are told by the next one.
next_domid() {
    /usr/sbin/xl create -q -p probe.cfg >/dev/null && xl domid probe && xl destroy probe
}

step "The monitor, a policy, and the wrapper in front of xl"
acm-enforcerd --state-dir /var/lib/xenacm >"$monitor_log" 2>&1 &
check "the monitor answers" wait_until 20 labeltool status
check "mytest is set" labeltool setpolicy ACM mytest
check "enforcing" labeltool mode enforcing
mkdir -p /usr/local/sbin
cp /root/examples/hooks/xl /usr/local/sbin/xl
PATH=/usr/local/sbin:$PATH
hash -r
check "xl is the wrapper" test "$(type -P xl)" = /usr/local/sbin/xl
sed 's/client2/probe/' client2.cfg >probe.cfg
labeltool addlabel AutoCorp mgt probe
for pair in A-Bank:nicdom A-Bank:client1 AutoCorp:client2 B-Bank:domain2; do
    check "${pair#*:} is labelled" labeltool addlabel "${pair%:*}" dom "${pair#*:}.cfg"
done
check "other commands pass" xl list

step "A competitor is refused before libxl does anything"
show xl create -p client1.cfg
check "client1 starts" shown_succeeds
check "its ticket was used up" nobody_is_about_to_start
before=$(next_domid)
show xl create -p domain2.cfg
check "the wrapper refuses" test "$shown_status" = 2
check "in words" shown_says 'DENIED +start of domain2'
check "... with the conflict set" shown_says 'chinese-wall: conflict set RER'
check "... and who is in the way" shown_says 'A-Bank x 1: client1 \(A-Bank\)'
check "xl was not run" shown_is_silent_on 'Parsing config'
check "Xen never made a domain for it" test "$(next_domid)" = $((before + 1))
refused "an override counts" xl create -p client1.cfg "name='domain2'"
show labeltool audit --denied
check "the audit log has it" shown_says 'reserve start +domain2 .*acm-hook'

step "A device that is refused names itself"
check "the PCI device is labelled" labeltool addlabel B-Bank res pci:0000:04:00.0
{ sed 's/client1/passthrough/' client1.cfg && echo 'pci = ["04:00.0"]'; } >passthrough.cfg
check "passthrough is labelled" labeltool addlabel A-Bank mgt passthrough
show xl create -p passthrough.cfg
check "the wrapper refuses" test "$shown_status" = 2
check "it names the device" shown_says 'device +pci 0'
check "... and its label" shown_says 'pci:0000:04:00.0 +B-Bank'

step "A network interface that is refused"
check "nicdom starts" xl create nicdom.cfg
check "nicdom runs" wait_log nicdom NICDOM-UP 60
check "client2 starts" xl create client2.cfg
show xl network-attach client2 mac=00:16:3e:00:00:02 backend=nicdom
check "the wrapper refuses" test "$shown_status" = 2
check "it names the link" shown_says 'DENIED +vif link client2 -> nicdom'
check "... the rule" shown_says 'ste: the two labels share no STE type'
check "... both labels" shown_says 'nicdom +A-Bank +\{A-Bank\}'
check "nothing was written" nothing_below "/libxl/$(domid client2)/device/vif"
show xl network-attach "$(domid client1)" mac=00:16:3e:00:00:01 backend=nicdom
check "one with a common type passes, by id" shown_succeeds

step "A saved domain asks before it comes back"
check "client2 is up" wait_log client2 CLIENT-UP 60
check "it is saved" xl save client2 /root/client2.save
check "its type is free" wait_until 20 counts_are "A-Bank 2, $free"
check "the label is taken away" labeltool rmlabel mgt client2
show xl restore -p /root/client2.save
check "the wrapper refuses" test "$shown_status" = 2
check "it knows who was saved" shown_says 'DENIED +start of client2'
check "the label is given back" labeltool addlabel AutoCorp mgt client2
check "it comes back" xl restore /root/client2.save
check "it is counted" counts_are "A-Bank 2, AutoCorp 1, $free"

step "Two competitors at once: one of them runs"
for domain in client1 client2 nicdom; do xl destroy "$domain"; done
check "nobody runs" wait_until 20 counts_are "$free"
xl create -q -p client1.cfg 2>one.err &
one=$!
xl create -q -p domain2.cfg 2>two.err &
two=$!
wait "$one" && first=0 || first=$?
wait "$two" && second=0 || second=$?
echo "client1: status $first, domain2: status $second"
check "one is allowed, the other refused" test $((first + second)) = 2
check "the refusal says why" grep -q 'chinese-wall: conflict set RER' one.err two.err
check "xl has one of them" test "$(xl list | grep -c -E '^(client1|domain2) ')" = 1
for domain in client1 domain2; do xl destroy "$domain" 2>/dev/null; done
check "nobody runs" wait_until 20 counts_are "$free"

step "xl is killed before its domain starts: what it held is given back"
# An xl that stops before it does anything, until it is told to go on.
printf '#!/bin/bash\nkill -STOP $$\nexec /usr/sbin/xl "$@"\n' >stopped-xl
chmod +x stopped-xl
XENACM_XL=/root/stopped-xl xl create -q -p client1.cfg >/dev/null 2>&1 &
stopped=$!
check "client1 is about to start" wait_until 20 about_to_start client1
check "its type is held" counts_are "A-Bank 1, $free"
show xl create -p domain2.cfg
check "a competitor is told" shown_says 'client1 \(A-Bank, about to start\)'
kill -KILL "$stopped"
check "the ticket lapses" wait_until 20 nobody_is_about_to_start
check "the counts are back" counts_are "$free"
check "no domain of it appeared" not_running client1
check "the competitor's turn has come" xl create -q -p domain2.cfg
xl destroy domain2
check "nobody runs" wait_until 20 counts_are "$free"
XENACM_XL=/root/stopped-xl xl create -q -p client1.cfg >/dev/null 2>&1 &
stopped=$!
check "client1 is about to start again" wait_until 20 about_to_start client1
kill -CONT "$stopped"
wait "$stopped" && status=0 || status=$?
check "and starts" test "$status" = 0
check "its ticket is used up" nobody_is_about_to_start
check "it is counted once" counts_are "A-Bank 1, $free"
show labeltool audit
check "the lapse is recorded" shown_says 'lapse ticket +client1'

step "Without the monitor nothing starts"
kill "$(pid_of acm-enforcerd)"
check "it ends" wait_until 20 test ! -e /run/xenacm/enforcer.sock
show xl create -p client1.cfg
check "the wrapper refuses" test "$shown_status" = 3
check "it names what is missing" shown_says 'acm-enforcerd is not running .nobody serves /run/xenacm/enforcer.sock'
check "other commands pass" xl list

finish
