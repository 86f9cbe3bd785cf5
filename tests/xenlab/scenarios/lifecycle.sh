#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd labeltool
# qemu: -cpu qemu64,+rdrand,+svm,+npt
#
# Stops and starts: whatever becomes of a domain, what the monitor has on record is what the hypervisor has: save, restore,
# migration, reboot, rename, crash, destruction. A domain in conflict is refused as long as it is there, and no longer.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh

bank="A-Bank 1, SystemManagement 1"
rival="B-Bank 1, SystemManagement 1"
nobody="SystemManagement 1"

# Names and ids, on record and in the hypervisor.
domains_are_the_hypervisors() {
    diff <(xl list | awk 'NR > 1 { print $1, $2 }' | sort) <(labeltool list | awk 'NR > 1 { print $1, $2 }' | sort)
}

# disks_are N: that many disks are linked, all to domains that are there.
disks_are() {
    local links class frontend disks=0
    links=$(sqlite3 -readonly -separator ' ' /var/lib/xenacm/ledger.db 'SELECT class, frontend FROM link')
    while read -r class frontend; do
        [ -z "$class" ] || xl list "$frontend" >/dev/null || return 1
        [ "$class" != vbd ] || disks=$((disks + 1))
    done <<<"$links"
    [ "$disks" = "$1" ] || { echo "links: $links" && return 1; }
}

on_record() {
    counts_are "$1" && disks_are "$2" && domains_are_the_hypervisors
}

# record_is TYPES DISKS: these types are counted and so many disks linked, and the domains are the hypervisor's; soon.
record_is() {
    wait_until 20 on_record "$@" || on_record "$@"
}

# The guest is alive, whatever it was called when its console's log began.
answers() {
    local word=HEARD-$RANDOM
    in_guest "$1" "echo $word" && wait_until 20 grep -q "^$word" /var/log/xen/console/guest-*.log
}

has_other_id() {
    local id
    id=$(domid "$1") && [ "$id" != "$2" ]
}

# restarted DOM ID LINES: it has another id than ID, and has booted since its console's log had LINES lines.
restarted() {
    wait_until 30 has_other_id "$1" "$2" && wait_until 30 log_after "$1" CLIENT-UP "$3"
}

lines_of() {
    wc -l <"$(console_of "$1")"
}

has_crashed() {
    xl list "$1" | awk 'END { exit $5 !~ /c/ }' # its state: "---sc-"
}

# rival_refused TEXT: domain2, in conflict with the one that is there, does not start, and nothing of it is left.
rival_refused() {
    refused "$1" xl create -p domain2.cfg
    check "... and nothing is left of it" record_is "$bank" 1
}

# note_counts FILE: everything that is counted from now on, until FILE.stop is there.
note_counts() {
    until [ -e "$1.stop" ]; do counts; done >"$1"
}

step "A PVH domain of A-Bank with a disk; domain2 is B-Bank's"
check "the monitor starts" start_monitor
check "mytest is set" labeltool setpolicy ACM mytest
check "enforcing" labeltool mode enforcing
check "client1 is labelled" labeltool addlabel A-Bank dom client1.cfg
check "client2 is labelled" labeltool addlabel A-Bank dom client2.cfg
check "domain2 is labelled" labeltool addlabel B-Bank dom domain2.cfg
truncate -s 1M bank.img
check "the disk is labelled" labeltool addlabel A-Bank res file:/root/bank.img
for config in client1.cfg client2.cfg; do
    printf 'disk = ["file:/root/bank.img,xvda,r"]\non_crash = "restart"\n' >>$config
done
# Debian's Xen keeps no log of a PV domain's dirty pages: xl cannot migrate one.
sed -i 's/^type.*/type = "pvh"/; s/^memory.*/memory = 128/' client1.cfg
check "client1 starts" xl create client1.cfg
check "it boots" wait_log client1 CLIENT-UP 60
check "one domain and one disk" record_is "$bank" 1

step "Paused it is still there"
check "pause" xl pause client1
rival_refused "domain2 does not start beside it"
check "unpause" xl unpause client1
check "it answers" answers client1

step "Saved it is gone; restored it is a start like any other"
check "save" xl save client1 saved
check "its types and its link are given back" record_is "$nobody" 0
check "domain2 starts" xl create -p domain2.cfg
show xl restore saved
check "beside it client1 is not restored" shown_fails
show labeltool why
check "... for the conflict" shown_says 'chinese-wall: conflict set RER'
check "... and nothing is left of it" record_is "$rival" 0
check "domain2 is destroyed" xl destroy domain2
check "restore" xl restore saved
rm -f saved
check "it is counted, with its disk" record_is "$bank" 1
check "it answers" answers client1

step "Migrated to the same host: two of one label for a moment"
sed 's/^name.*/name = "domain2"/' client1.cfg >as-domain2.cfg
show xl migrate -s '' -C as-domain2.cfg client1 'xl migrate-receive'
check "into a name of B-Bank it does not migrate" shown_fails
show labeltool why
check "... for the conflict" shown_says 'chinese-wall: conflict set RER'
check "... the source goes on" answers client1
check "... alone" record_is "$bank" 1
before=$(domid client1)
note_counts noted &
show xl migrate -s '' client1 'xl migrate-receive'
touch noted.stop
wait $!
check "into its own it does" shown_succeeds
check "source and target were counted" grep -q '^A-Bank 2,' noted
check "one is left, with its disk" record_is "$bank" 1
check "it is the new one" has_other_id client1 "$before"
check "it answers" answers client1

step "Renamed it is the same domain"
check "rename" xl rename client1 other
check "... on record too" record_is "$bank" 1
refused "it does not take the name of B-Bank's" xl rename other domain2
rival_refused "domain2 does not start beside it"
check "the name is given back" xl rename other client1
check "destroy" xl destroy client1
check "nothing is left" record_is "$nobody" 0

step "Reboots of a PV domain, one after the other: from outside, from inside, after a crash"
check "client2 starts" xl create client2.cfg
check "it boots" wait_log client2 CLIENT-UP 60
for how in "xl reboot client2" "in_guest client2 'reboot -f'" \
    "in_guest client2 'echo c >/proc/sysrq-trigger'"; do
    before=$(domid client2)
    lines=$(lines_of client2)
    check "$how" eval "$how"
    check "... it boots under another id" restarted client2 "$before" "$lines"
    check "... counted once, with one disk" record_is "$bank" 1
done
rival_refused "domain2 does not start beside it"
check "shutdown" xl shutdown -w client2
check "nothing is left" record_is "$nobody" 0

step "Crashed and preserved it is still there; destroyed it is not"
sed -i 's/^on_crash.*/on_crash = "preserve"/' client2.cfg
lines=$(lines_of client2)
check "it starts" xl create client2.cfg
check "... boots" wait_until 60 log_after client2 CLIENT-UP "$lines"
check "... and outlives a checkpoint" xl save -c client2 saved
rm -f saved
check "... alive" answers client2
check "... on record as before" record_is "$bank" 1
check "... is told to crash" in_guest client2 'echo c >/proc/sysrq-trigger'
check "... and has" wait_until 30 has_crashed client2
rival_refused "domain2 does not start beside it"
check "destroy" xl destroy client2
check "nothing is left" record_is "$nobody" 0
check "domain2 starts" xl create -p domain2.cfg
check "... and is counted" record_is "$rival" 0

show labeltool audit
finish
