#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd acm-hook labeltool
# qemu: -machine q35 -device intel-iommu,intremap=on
# qemu: -netdev hubport,id=net5,hubid=5
# qemu: -device virtio-net-pci,addr=5,netdev=net5,mac=52:54:00:00:00:05,disable-legacy=on,iommu_platform=on
#
# labeltool doctor: silent on a healthy host. Then one thing after the other is broken; it is found, mended by the very
# command that the finding names, and not found any more.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh

card=0000:00:05.0

status_is() {
    [ "$shown_status" = "$1" ] || { echo "status $shown_status" && return 1; }
}

healthy() {
    local output
    output=$(labeltool doctor) || { echo "$output" && return 1; }
    grep -q '^Nothing to do\.$' <<<"$output" || { echo "$output" && return 1; }
}

finds() {
    shown_says "^(critical|warning|notice) +$1: "
}

# The commands for Domain-0 that the last `show` names for a finding.
remedy_of() {
    awk -v finding="$1:" '/^$/ { on = 0 } /^[a-z]/ { on = $2 == finding; in_remedy = 0 }
        on && /^  remedy / { in_remedy = 1 }
        on && in_remedy && substr($0, 11, 3) != "in " { print substr($0, 11) }' "$shown_output"
}

# mend FINDING [LABEL]: types them, with that label.
mend() {
    local commands command
    commands=$(remedy_of "$1")
    [ -n "$commands" ] || { echo "no command for $1" && return 1; }
    while IFS= read -r command; do
        command=${command//LABEL/${2:-}}
        echo "dom0# $command"
        bash -c "$command" >/tmp/mended 2>&1 </dev/null || { cat /tmp/mended && return 1; }
    done <<<"$commands"
}

# broken TEXT FINDING [LABEL]: found, mended, gone.
broken() {
    show labeltool doctor
    check "$1 is found" finds "$2"
    check "... and mended by the command it names" mend "$2" "${3:-}"
    check "... then nothing is left to do" wait_until 30 healthy
}

step "A host as it is meant to be, but that nobody installed xl's hook"
mkdir -p /usr/share/doc && ln -s /root /usr/share/doc/xenacm # the package's place for examples/
PATH=/usr/local/sbin:$PATH
mkdir -p /etc/xenacm
printf '[audit]\noutputs = []\n' >/etc/xenacm/xenacm.toml # nothing here takes records
check "xen-pciback" modprobe xen-pciback
check "a card is set aside" xl pci-assignable-add "$card"
check "the monitor starts" start_monitor
check "mytest is set" labeltool setpolicy ACM mytest
check "enforcing" labeltool mode enforcing
check "the card is labelled" labeltool addlabel A-Bank res "pci:$card"
check "the bridge is labelled" labeltool addlabel A-Bank res bridge:xenbr0@nicdom
check "nicdom is labelled" labeltool addlabel A-Bank dom nicdom.cfg
check "client1 is labelled" labeltool addlabel A-Bank dom client1.cfg
check "nicdom starts" xl create nicdom.cfg
check "nicdom runs" wait_log nicdom NICDOM-UP 60
check "client1 starts" xl create client1.cfg
check "client1 runs" wait_log client1 CLIENT-UP 60
nicdom=$(domid nicdom)
client1=$(domid client1)
check "a link" xl network-attach client1 mac=00:16:3e:00:00:01 backend=nicdom bridge=xenbr0
check "connects" wait_link "$client1" "$nicdom" 30
broken "the missing hook" hook-missing
hash -r
check "xl is the wrapper now" test "$(type -P xl)" = /usr/local/sbin/xl
show labeltool doctor
check "the status says that there is nothing to do" status_is 0
check "it names Xen" shown_says '^Xen 4\.17'
check "... and xenstored" shown_says 'xenstored: (C|OCaml) \(pid [0-9]+\)'
show labeltool doctor --json
check "JSON has no findings" shown_says '"findings": \[\]'

step "A hook that cannot be run"
chmod 644 /usr/local/sbin/xl
broken "it" hook-not-executable

step "A hotplug script that is not in the driver domain"
check "the link goes" xl network-detach client1 0
check "nothing is left of it" wait_until 20 no_trace_of_link "$client1" "$nicdom" vif
show xl network-attach client1 mac=00:16:3e:00:00:02 backend=nicdom bridge=xenbr0 script=vif-absent
show labeltool doctor
check "it is found" finds script-silent
check "the status says so" status_is 1
check "what is to be done in nicdom is told" shown_says 'in nicdom: apt-get install'
check "the dead link is taken away by the command it names" mend script-silent
check "... then nothing is left to do" wait_until 30 healthy
check "with a script that is there" xl network-attach client1 mac=00:16:3e:00:00:03 backend=nicdom bridge=xenbr0
check "... the link connects" wait_link "$client1" "$nicdom" 30

step "A card without a label"
check "its label goes" labeltool rmlabel res "pci:$card"
broken "it" pci-unlabelled A-Bank

step "A labelled disk image that is deleted"
truncate -s 1M /root/a.img
check "it is labelled" labeltool addlabel A-Bank res file:/root/a.img
rm /root/a.img
show labeltool doctor
check "a notice alone is nothing of weight" status_is 0
broken "its label" resource-idle

step "The clock is set back"
check "by an hour" date -s "@$(($(date +%s) - 3600))"
broken "it" clock-back

step "The guard is switched off"
printf '[guard]\nenabled = false\n' >>/etc/xenacm/xenacm.toml
kill "$(pid_of acm-enforcerd)"
check "the monitor ends" wait_until 20 test ! -e /run/xenacm/enforcer.sock
check "it starts anew" start_monitor
broken "it" guard-off

step "The daemon is killed: its keeper refuses everything"
kill -KILL "$(pid_of acm-enforcerd)"
broken "it" everything-refused

step "A driver domain that ends under its link"
check "nicdom is destroyed" xl destroy nicdom
show labeltool doctor
check "the link is found" finds backend-gone
check "the label that waits for nobody, too" finds label-idle
check "the link goes by the command it names" mend backend-gone
show labeltool doctor
check "the label as well" mend label-idle
check "... then nothing is left to do" wait_until 30 healthy

step "A domain that nobody admitted, and that has no label"
check "permissive" labeltool mode permissive
check "client2 starts" xl create -p client2.cfg
show labeltool doctor
check "its missing label is found" finds domain-unlabelled
check "... and the mode" finds permissive
check "enforcing, by the command it names" mend permissive
check "client2 is destroyed" xl destroy client2
check "... then nothing is left to do" wait_until 30 healthy

finish
