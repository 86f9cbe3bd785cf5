#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# dom0: full
# needs: acm-enforcerd labeltool acm-hook
#
# libvirt's own way to each operation that the gate judges: what the policy allows works, and what it refuses fails
# and leaves nothing behind, neither in Xen and xenstore nor with the monitor.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh
# shellcheck source=../lib/cells.sh
source /lab/lib/cells.sh
# shellcheck source=../lib/play.sh
source /lab/lib/play.sh
export LIBVIRT_DEFAULT_URI=xen:///system

asked_xenstored_runs() {
    local name
    name=$(sed -n 's/.*lab\.xenstored=\([a-z]*\).*/\1/p' /proc/cmdline)
    pidof "${name:-oxenstored}"
}

unit_property() {
    systemctl show --value --property "$2" "$1"
}

ready_before_libvirt_started() {
    [ "$(unit_property acm-enforcerd ActiveEnterTimestampMonotonic)" -lt \
        "$(unit_property libvirtd ExecMainStartTimestampMonotonic)" ]
}

# host_has DOM...: beside Domain-0 these domains, no more and no fewer: for libvirt, xl, the monitor and xenstore.
host_has() {
    local names ids listing
    listing=$(xl list | tail -n +2)
    names=$(printf '%s\n' Domain-0 "$@" | sort)
    is_list "libvirt" "$names" "$(virsh list --name | grep . | sort)" &&
        is_list "xl" "$names" "$(awk '{ print $1 }' <<<"$listing" | sort)" &&
        is_list "the monitor" "$names" "$(labeltool list | awk 'NR > 1 { print $1 }' | sort)" || return 1
    ids=$(awk '$2 > 0 { print $2 }' <<<"$listing" | sort -n)
    # Of Domain-0 libvirt writes nothing there.
    is_list "/local/domain" "$ids" "$(xenstore-list /local/domain | grep -v -x 0 | sort -n)" &&
        is_list "/libxl" "$ids" "$(xenstore-list /libxl | sort -n)"
}

is_list() {
    [ "$2" = "$3" ] || { echo "$1 has ${3//$'\n'/ }, not ${2//$'\n'/ }" && return 1; }
}

# The guest has booted more often than N times.
booted_more_than() {
    [ "$(grep -c CLIENT-UP "$(console_of "$1")")" -gt "$2" ]
}

new_id() {
    local id
    id=$(domid "$1") && [ "$id" -ne "$2" ]
}

journald_has_the_last_checkpoint() {
    labeltool audit checkpoint | cmp - <(journalctl --output cat --output-fields XENACM_AUDIT_CHECKPOINT --lines 1 \
        MESSAGE_ID=9c1d7f0b3f5e4a6d8a52c6b1e07d4f38)
}

no_interface_of() {
    ! virsh domiflist "$1" | grep bridge
}

# refusal_in_journal DOMAIN RULE: journald has it, with fields to look for.
refusal_in_journal() {
    journalctl --quiet --output json SYSLOG_IDENTIFIER=acm-enforcerd XENACM_ACTION=start XENACM_DECISION=deny \
        "XENACM_SUBJECT=$1" "XENACM_RULE=$2" XENACM_TOOLSTACK=libvirt |
        grep '"PRIORITY":"4"' | grep '"XENACM_SUBJECT_LABEL":"B-Bank"' | grep -E '"XENACM_HASH":"[0-9a-f]{64}"'
}

no_disk_of() {
    ! virsh domblklist "$1" | grep /root/
}

# labelled_image FILE LABEL
labelled_image() {
    printf '%s %s\n' "$2" "$1" >"$1" && truncate -s 1M "$1" && labeltool addlabel "$2" res "file:$1"
}

step "The host comes up: xenstored, then the monitor, then libvirt"
check "every unit is in order" test -z "$(systemctl --failed --no-legend)"
check "the xenstored runs that was asked for" asked_xenstored_runs
check "the monitor's unit is active" systemctl is-active acm-enforcerd
check "it was ready before libvirtd was started" ready_before_libvirt_started
check "the gate is between libvirt and xenstored" listens_below acm-enforcerd /run/xenstored
show labeltool setpolicy ACM mytest
check "the policy is accepted" shown_succeeds
check "enforcing is on" labeltool mode enforcing
for domain in nicdom:A-Bank client1:A-Bank client2:AutoCorp domain2:B-Bank; do
    check "libvirt has ${domain%:*}" virsh define "${domain%:*}.xml"
    check "... and the monitor its label" labeltool addlabel "${domain#*:}" mgt "${domain%:*}"
done

step "Domains of A-Bank start"
show virsh start nicdom
check "nicdom starts" shown_succeeds
show virsh start client1
check "client1 starts" shown_succeeds
check "nicdom runs" wait_log nicdom NICDOM-UP 60
check "client1 runs" wait_log client1 CLIENT-UP 60
check "they are counted" counts_are "A-Bank 2, SystemManagement 1"

step "One of B-Bank does not, and leaves nothing"
show virsh start domain2
shown_refused "a domain in conflict" libvirt host_has nicdom client1
check "the counts are as before" counts_are "A-Bank 2, SystemManagement 1"
show labeltool why
check "the refusal names the conflict set" shown_says 'chinese-wall: conflict set RER'
check "... and who holds it" shown_says 'A-Bank x 2: .*client1'
check "the journal has it too" wait_until 20 refusal_in_journal domain2 chinese-wall

step "A network interface whose backend is the driver domain"
show virsh attach-device client1 nic1.xml --live
check "the link is admitted" shown_succeeds
check "both ends connect" wait_link "$(domid client1)" "$(domid nicdom)" 30
check "a ping crosses it" wait_log client1 'CLIENT-PING ok' 30
check "one link is known" links_are 1

step "AutoCorp's domain may run beside the bank's, but not use its driver domain"
show virsh start client2
check "client2 starts" shown_succeeds
show virsh attach-device client2 nic2.xml --live
shown_refused "a vif" libvirt no_trace_of_link "$(domid client2)" "$(domid nicdom)" vif
check "nor does libvirt" no_interface_of client2
check "one link is known" links_are 1
show labeltool why
check "the refusal names the rule" shown_says 'ste: the two labels share no STE type'
check "... client2 and its label" shown_says 'client2 +AutoCorp'
check "client1's link is as alive as before" wait_new_log client1 'CLIENT-PING ok' 30

step "Disks of A-Bank"
check "an image is labelled" labelled_image /root/a.img A-Bank
check "another one too" labelled_image /root/b.img A-Bank
show virsh attach-disk client1 /root/a.img xvda --targetbus xen --driver phy --live
check "client1 may have the bank's disk" shown_succeeds
check "and reads it" wait_log client1 'CLIENT-DISK xvda 1048576 A-Bank /root/a.img' 30
check "two links are known" links_are 2
show virsh attach-disk client2 /root/b.img xvda --targetbus xen --driver phy --live
shown_refused "a disk" libvirt no_trace_of_link "$(domid client2)" 0 vbd
check "nor does libvirt" no_disk_of client2
check "no loop device has it" test -z "$(losetup --associated /root/b.img)"
check "two links are known" links_are 2
show labeltool why
check "the refusal names the disk" shown_says 'file:/root/b.img +A-Bank'

step "Interface and disk are given back"
client1_id=$(domid client1)
show virsh detach-disk client1 xvda --live
check "the disk is detached" shown_succeeds
show virsh detach-device client1 nic1.xml --live
check "the interface is detached" shown_succeeds
check "no link is known" wait_until 20 links_are 0
check "no trace of the disk is left" wait_until 20 no_trace_of_link "$client1_id" 0 vbd
check "no trace of the interface is left" wait_until 20 no_trace_of_link "$client1_id" "$(domid nicdom)" vif

step "A saved domain holds nothing: its competitor may start"
show virsh save client1 client1.save
check "client1 is saved" shown_succeeds
check "nicdom is destroyed" virsh destroy nicdom
check "A-Bank is not counted any more" wait_until 20 counts_are "AutoCorp 1, SystemManagement 1"
show virsh start domain2
check "domain2 starts" shown_succeeds
check "B-Bank is counted" counts_are "AutoCorp 1, B-Bank 1, SystemManagement 1"

step "Now the saved domain is not restored"
show virsh restore client1.save
shown_refused "a saved domain in conflict" libvirt host_has client2 domain2
check "the counts are as before" counts_are "AutoCorp 1, B-Bank 1, SystemManagement 1"
show labeltool why
check "the refusal names client1" shown_says 'start client1'
check "... and who is in the way" shown_says 'B-Bank x 1: .*domain2'

step "It is when the competitor is gone"
check "domain2 is destroyed" virsh destroy domain2
check "B-Bank is not counted any more" wait_until 20 counts_are "AutoCorp 1, SystemManagement 1"
show virsh restore client1.save
check "client1 is restored" shown_succeeds
check "A-Bank is counted" counts_are "A-Bank 1, AutoCorp 1, SystemManagement 1"

step "A reboot: a new domain, counted once"
client1_id=$(domid client1)
boots=$(grep -c CLIENT-UP "$(console_of client1)")
show virsh reboot client1
check "client1 is told to reboot" shown_succeeds
check "it boots anew" wait_until 60 booted_more_than client1 "$boots"
check "as another domain" new_id client1 "$client1_id"
check "counted once" wait_until 20 counts_are "A-Bank 1, AutoCorp 1, SystemManagement 1"

step "The monitor is restarted, and libvirt with it: it goes on judging"
check "the restart succeeds" systemctl restart acm-enforcerd
check "journald has the checkpoint that was signed at its end" journald_has_the_last_checkpoint
show labeltool audit verify
check "the audit log is sound" shown_says 'The audit log is sound'
check "nothing else is counted" counts_are "A-Bank 1, AutoCorp 1, SystemManagement 1"
show virsh start domain2
check "domain2 does not start beside client1" shown_fails
check "no domain is left" wait_until 20 host_has client1 client2
show virsh destroy client1
check "client1 is destroyed" shown_succeeds
check "A-Bank is not counted any more" wait_until 20 counts_are "AutoCorp 1, SystemManagement 1"
check "domain2 starts" virsh start domain2

step "libvirt asks first, once its hooks are there: a refusal before anything is built, in words"
install_hooks() {
    mkdir -p /etc/libvirt/hooks && install -m 755 /root/examples/hooks/{libxl,network} /etc/libvirt/hooks/
}
check "the hooks are installed" install_hooks
check "libvirtd takes them up" systemctl restart libvirtd
show virsh start client1
check "client1 does not start beside domain2" shown_fails
check "virsh itself says why" shown_says 'chinese-wall'
check "... and who is in the way" shown_says 'domain2'
check "no domain is left" host_has client2 domain2
check "domain2 is destroyed" virsh destroy domain2
check "B-Bank is not counted any more" wait_until 20 counts_are "AutoCorp 1, SystemManagement 1"
show virsh start client1
check "then client1 starts" shown_succeeds
check "its ticket is used up: it is counted once" counts_are "A-Bank 1, AutoCorp 1, SystemManagement 1"
show labeltool status
check "nobody is about to start" shown_is_silent_on 'about to start'
show virsh save client1 client1.save
check "client1 is saved" shown_succeeds
check "domain2 starts" virsh start domain2
show virsh restore client1.save
check "the saved domain is not restored" shown_fails
check "virsh itself says why" shown_says 'chinese-wall'

show labeltool audit --denied

# Beside domain2, which runs.
play /lab/docs/how-to/libvirt.md
finish
