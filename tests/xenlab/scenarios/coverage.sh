#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd labeltool acm-hook
# As for guard.sh:
# qemu: -smp 2
#
# Every way to what the policy refuses, on a real Xen: is it refused before anything is there, or found and undone, and in
# what time? Each cell of the matrix is printed as "@cell OPERATION | WAY | RESULT"; tests/xenlab/coverage holds the
# results against what docs/coverage.md claims.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh
# shellcheck source=../lib/cells.sh
source /lab/lib/cells.sh

hook() {
    timeout "$command_limit" /usr/libexec/xenacm/acm-hook xl "$@"
}

# By Domain-0's kernel, as libxenstore goes by itself where there is no socket.
past_the_gate() {
    XENSTORED_PATH=/dev/xen/xenbus run "$@"
}

# The nodes of a link CLASS 0 of client2 with nicdom, as PATH VALUE pairs, frontend first.
link_nodes() {
    local front=/local/domain/$client2/device/$1/0 back=/local/domain/$nicdom/backend/$1/$client2/0
    echo "$front/backend $back $front/backend-id $nicdom $back/frontend $front $back/frontend-id $client2"
}

in_one_transaction() {
    # shellcheck disable=SC2046 # no path or value holds a blank
    xenstore-write $(link_nodes "$1")
}

# Fails if any of them is refused.
one_by_one() {
    local path value status=0
    link_nodes "$1" | tr ' ' '\n' | paste - - | eval "${2:-cat}" | while read -r path value; do
        xenstore-write "$path" "$value" || exit 1
    done || status=1
    return "$status"
}

backend_first() {
    one_by_one "$1" tac
}

no_vif() { no_trace_of_link "$client2" "$nicdom" vif; }
no_vif_of_client1() { no_trace_of_link "$client1" "$nicdom" vif; }
no_vtpm() { no_trace_of_link "$client2" "$nicdom" vtpm; }
no_pvcalls() { no_trace_of_link "$client2" "$nicdom" pvcalls; }
no_disk() { no_trace_of_link "$client2" 0 vbd; }
no_pci() { nothing_below "/libxl/pci/0000-00-05-0" "/local/domain/$client2/device/pci" "/local/domain/0/backend/pci/$client2"; }
no_domain2() { not_running domain2; }
no_domain77() { nothing_below /local/domain/77 /vm/77777777-7777-4777-8777-777777777777; }
still_client2() { xenstore_is "/local/domain/$client2/name" client2; }
nothing_shared() { ! xenstore-ls -p / | grep -E "^shared .*b$client2"; }

step "The monitor enforces; nicdom and client1 of A-Bank, client2 of AutoCorp"
check "the monitor starts" start_monitor
check "mytest is set" labeltool setpolicy ACM mytest
check "enforcing" labeltool mode enforcing
for domain in nicdom:A-Bank client1:A-Bank client2:AutoCorp domain2:B-Bank; do
    check "${domain%:*} is labelled" labeltool addlabel "${domain#*:}" dom "${domain%:*}.cfg"
done
truncate -s 1M bank.img
check "a disk is labelled" labeltool addlabel A-Bank res file:/root/bank.img
check "a PCI device is labelled" labeltool addlabel A-Bank res pci:0000:00:05.0
check "a name is labelled" labeltool addlabel A-Bank mgt vault
check "domain2 starts" xl create domain2.cfg
check "domain2 runs" wait_log domain2 CLIENT-UP 60
check "... and is saved" xl save domain2 domain2.save
check "nicdom starts" xl create nicdom.cfg
check "client2 starts" xl create client2.cfg
check "nicdom runs" wait_log nicdom NICDOM-UP 60
check "client2 runs" wait_log client2 CLIENT-UP 60
nicdom=$(domid nicdom)
client2=$(domid client2)

step "A domain in conflict with what runs"
asked "a domain in conflict" "acm-hook xl" no_domain2 hook create domain2.cfg
attempt "a domain in conflict" "xl" no_domain2 xl create domain2.cfg
attempt "a domain in conflict" "xenstore writes" no_domain77 xenstore-write \
    /local/domain/77/vm /vm/77777777-7777-4777-8777-777777777777 /local/domain/77/name domain2
undone "a domain in conflict" "round the gate" no_domain2 past_the_gate xl create domain2.cfg
asked "a saved domain in conflict" "acm-hook xl" no_domain2 hook restore domain2.cfg domain2.save
attempt "a saved domain in conflict" "xl" no_domain2 xl restore domain2.cfg domain2.save
undone "a saved domain in conflict" "round the gate" no_domain2 past_the_gate xl restore domain2.cfg domain2.save

step "A network interface of somebody else's driver domain"
asked "a vif" "acm-hook xl" no_vif hook network-attach client2 mac=00:16:3e:00:00:01 backend=nicdom
attempt "a vif" "xl" no_vif xl network-attach client2 mac=00:16:3e:00:00:01 backend=nicdom
for way in in_one_transaction one_by_one backend_first; do
    attempt "a vif" "xenstore writes" no_vif "$way" vif
done
undone "a vif" "round the gate" no_vif past_the_gate xl network-attach client2 mac=00:16:3e:00:00:01 backend=nicdom
check "client1 starts" xl create client1.cfg
check "... runs" wait_log client1 CLIENT-UP 60
client1=$(domid client1)
check "... and has an interface of nicdom" xl network-attach client1 mac=00:16:3e:00:00:02 backend=nicdom
check "... that connects" wait_link "$client1" "$nicdom" 30
undone "a vif" "guest" no_vif_of_client1 in_guest client1 \
    xenstore-write device/vif/0/backend "/local/domain/$client2/backend/vif/$client1/0"

step "A disk with another label"
asked "a disk" "acm-hook xl" no_disk hook block-attach client2 format=raw,vdev=xvdb,access=w,target=/root/bank.img
attempt "a disk" "xl" no_disk xl block-attach client2 format=raw,vdev=xvdb,access=w,target=/root/bank.img
attempt "a disk" "xenstore writes" no_disk xenstore-write \
    "/local/domain/0/backend/vbd/$client2/51728/frontend" "/local/domain/$client2/device/vbd/51728" \
    "/local/domain/0/backend/vbd/$client2/51728/params" /root/bank.img
undone "a disk" "round the gate" no_disk past_the_gate xl block-attach client2 format=raw,vdev=xvdb,access=w,target=/root/bank.img

step "A PCI device with another label"
asked "a PCI device" "acm-hook xl" no_pci hook pci-attach client2 0000:00:05.0
attempt "a PCI device" "xenstore writes" no_pci xenstore-write /libxl/pci/0000-00-05-0/domid "$client2"

step "Links of other classes"
attempt "another class" "xl" no_vtpm xl vtpm-attach client2 backend=nicdom uuid=6e33ac06-7a01-4f2f-9bcd-11c06f2c9a5e
for way in in_one_transaction one_by_one backend_first; do
    attempt "another class" "xenstore writes" no_pvcalls "$way" pvcalls
done
undone "another class" "round the gate" no_pvcalls past_the_gate in_one_transaction pvcalls

step "The name of another label, and a node that two domains may use"
attempt "another's name" "xl" still_client2 xl rename client2 vault
attempt "another's name" "xenstore writes" still_client2 xenstore-write "/local/domain/$client2/name" vault
reported "another's name" "round the gate" past_the_gate xenstore-write "/local/domain/$client2/name" vault
check "its name is given back" past_the_gate xenstore-write "/local/domain/$client2/name" client2
xenstore-write /shared 1
attempt "permissions" "xenstore writes" nothing_shared xenstore-chmod /shared "n$nicdom" "b$client2"

finish
