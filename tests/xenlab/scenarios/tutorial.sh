#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd labeltool
# qemu: -machine q35 -device intel-iommu,intremap=on
# qemu: -netdev hubport,id=net5,hubid=5
# qemu: -device virtio-net-pci,addr=5,netdev=net5,mac=52:54:00:00:00:05,disable-legacy=on,iommu_platform=on
#
# docs/tutorial.md and the pages of docs/how-to, command by command; libvirt's is played by the scenario libvirt. The host has
# a network card that can be given to a driver domain.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh
# shellcheck source=../lib/play.sh
source /lab/lib/play.sh

no_monitor() {
    ! pid_of acm-enforcerd
}

restart_with_empty_ledger() {
    kill "$(pid_of acm-enforcerd)" && wait_until 20 no_monitor && rm -r /var/lib/xenacm && start_monitor
}

# For the pages' own waiting (lib/play.sh).
export monitor_log
export -f start_monitor pid_of restart_with_empty_ledger no_monitor

# As the first page found it. The consoles are waited for by what they say.
fresh_host() {
    restart_with_empty_ledger && cp /lab/pristine/*.cfg /root/ && truncate -s 0 /var/log/xen/console/guest-*.log
}

mkdir -p /lab/pristine
cp /root/*.cfg /lab/pristine/
step "The monitor starts"
check "it answers" start_monitor
play /lab/docs/tutorial.md

step "A host under DEFAULT, for the pages that begin with one"
check "it is there" fresh_host
for page in from-xm vio-server openembedded-driver-vm cluster; do
    play "/lab/docs/how-to/$page.md"
done
finish
