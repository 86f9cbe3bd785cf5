#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd labeltool
# qemu: -machine q35 -device intel-iommu,intremap=on
# qemu: -netdev hubport,id=net5,hubid=5 -netdev hubport,id=net6,hubid=6
# qemu: -device virtio-net-pci,addr=5,netdev=net5,mac=52:54:00:00:00:05,disable-legacy=on,iommu_platform=on
# qemu: -device virtio-net-pci,addr=6,netdev=net6,mac=52:54:00:00:00:06,disable-legacy=on,iommu_platform=on
#
# Two network cards of the host are passed through to guests, really: a guest gets only one that shares a type with it, at
# its start and later, and one that it is refused has not been its own for a moment.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh
# shellcheck source=../lib/cells.sh
source /lab/lib/cells.sh

bank_card=0000:00:05.0
other_card=0000:00:06.0

# Whose Xen says that the device is: "d1" is domain 1's, "DomIO" that of nobody who could use it.
owner_of() {
    xl debug-keys Q && xl dmesg | sed -n "s/^(XEN) $1 - \([^ :]*\).*/\1/p" | tail -n 1
}

owner_is() {
    local owner
    owner=$(owner_of "$1")
    [ "$owner" = "$2" ] || { echo "Xen says that $1 is $owner's" && return 1; }
}

# As if nobody had asked for the device: neither Xen nor xl nor a backend knows of a domain that has it.
untouched() {
    owner_is "$1" DomIO && xl pci-assignable-list | grep -q "^$1" && no_backend_has "$1" &&
        nothing_below "/libxl/pci/$(tr :. -- <<<"$1")"
}

no_backend_has() {
    ! xenstore-ls -f /local/domain/0/backend/pci 2>/dev/null | grep -E "/dev-[0-9]+ = \"$1\""
}

step "Two cards that Domain-0 gives away; the first is A-Bank's"
check "xen-pciback" modprobe xen-pciback
check "the first can be assigned" xl pci-assignable-add $bank_card
check "the second can be assigned" xl pci-assignable-add $other_card
check "Xen keeps them from everybody" untouched $bank_card
check "the monitor starts" start_monitor
check "mytest is set" labeltool setpolicy ACM mytest
check "enforcing" labeltool mode enforcing
check "the card is labelled" labeltool addlabel A-Bank res pci:$bank_card
check "client1 is A-Bank's" labeltool addlabel A-Bank dom client1.cfg
check "client2 is AutoCorp's" labeltool addlabel AutoCorp dom client2.cfg
check "domain2 is B-Bank's" labeltool addlabel B-Bank dom domain2.cfg
for config in client1.cfg domain2.cfg; do echo "pci = ['$bank_card']" >>$config; done
echo 'passthrough = "enabled"' >>client2.cfg # without it a domain that has no device at its start gets none later

step "A domain of B-Bank does not start with it"
show xl create domain2.cfg
check "xl fails" shown_fails
show labeltool why
check "the denial names the card" shown_says "pci:$bank_card +A-Bank"
check "domain2 is gone" wait_until 20 gone domain2
check "the card is as it was" untouched $bank_card

step "One of A-Bank does, and uses it"
show xl create client1.cfg
check "xl succeeds" shown_succeeds
check "the guest finds the card" wait_log client1 'CLIENT-PCI 0000:00:00.0 1af4:1041' 60
check "... and drives it" wait_log client1 'CLIENT-NET eth0 52:54:00:00:00:05' 30
check "Xen says that it is the guest's" owner_is $bank_card "d$(domid client1)"
refused "its label stays while it is used" labeltool rmlabel res pci:$bank_card

step "A card without a label, or with another's, is not attached to it"
refused "without a label" xl pci-attach client1 $other_card
check "... it is as it was" untouched $other_card
check "it is labelled for AutoCorp" labeltool addlabel AutoCorp res pci:$other_card
show xl pci-attach client1 $other_card
shown_refused "a PCI device" xl untouched $other_card
show labeltool why
check "the denial names the card" shown_says "pci:$other_card +AutoCorp"
check "... it is as it was" untouched $other_card
check "the first one is still the guest's" owner_is $bank_card "d$(domid client1)"

step "With A-Bank's label it is"
check "the label of AutoCorp goes" labeltool rmlabel res pci:$other_card
check "... and A-Bank's comes" labeltool addlabel A-Bank res pci:$other_card
check "attached" xl pci-attach client1 $other_card
check "the guest finds it" wait_log client1 'CLIENT-PCI 0000:00:01.0 1af4:1041' 30
check "Xen says that it is the guest's" owner_is $other_card "d$(domid client1)"

step "The first is detached: the second takes its number in the backend, and stays what it is"
check "detached" xl pci-detach client1 $bank_card
check "the guest loses it" wait_log client1 'CLIENT-PCI-GONE 0000:00:00.0' 30
check "it is nobody's" untouched $bank_card
check "the second is the guest's" owner_is $other_card "d$(domid client1)"
refused "... and its label stays" labeltool rmlabel res pci:$other_card

step "A domain that has none yet gets its first while it runs"
check "client2 starts" xl create client2.cfg
check "... and runs" wait_log client2 CLIENT-UP 60
refused "A-Bank's card is not attached to it" xl pci-attach client2 $bank_card
check "... it is as it was" untouched $bank_card
check "client1 is destroyed" xl destroy client1
check "client1 is gone" wait_until 20 gone client1
check "the second card is nobody's" untouched $other_card
check "its label can be removed" labeltool rmlabel res pci:$other_card
check "it is AutoCorp's now" labeltool addlabel AutoCorp res pci:$other_card
check "it is attached to client2" xl pci-attach client2 $other_card
check "... which drives it" wait_log client2 'CLIENT-NET eth0 52:54:00:00:00:06' 30

step "At its end a domain gives its card back"
check "client2 shuts down" xl shutdown -w client2
check "client2 is gone" wait_until 30 gone client2
# libxl waits in vain for the backend of a guest that is shut down, and leaves its nodes behind: only Xen is asked.
check "its card is nobody's" wait_until 20 owner_is $other_card DomIO
check "its label can be removed" labeltool rmlabel res pci:$other_card

finish
