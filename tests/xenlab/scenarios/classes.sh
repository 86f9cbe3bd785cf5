#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd labeltool
#
# Devices of other classes, permissions, names and introductions, by unmodified tools: what the policy refuses leaves
# nothing in xenstore, what it allows arrives.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh


# attach COMMAND...: in the background, for xl waits for a backend that nobody serves here.
attach() {
    printf 'dom0# xl %s &\n' "$*"
    timeout "$command_limit" xl "$@" >>/tmp/attached 2>&1 &
}

permissions_of_shared() {
    xenstore-ls -p / | sed -n 's/^shared = .*(\(.*\))$/\1/p'
}

permissions_are() {
    [ "$(permissions_of_shared)" = "$1" ]
}

step "A monitor that enforces, a driver domain, a client that shares its label and one that does not"
acm-enforcerd --state-dir /var/lib/xenacm >"$monitor_log" 2>&1 &
check "the monitor answers" wait_until 20 labeltool status
check "the policy is accepted" labeltool setpolicy ACM mytest
check "enforcing is on" labeltool mode enforcing
labeltool addlabel A-Bank dom nicdom.cfg
labeltool addlabel A-Bank dom client1.cfg
labeltool addlabel AutoCorp dom client2.cfg
for domain in nicdom client1 client2; do
    check "$domain is created" xl create "$domain.cfg"
done
nicdom=$(domid nicdom)
client1=$(domid client1)
client2=$(domid client2)
show labeltool audit
check "their consoles were asked about" shown_says 'attach console 0'
check "nothing that libxl wrote was refused" shown_is_silent_on ' deny '

step "A virtual TPM"
show xl vtpm-attach client2 backend=nicdom uuid=6e33ac06-7a01-4f2f-9bcd-11c06f2c9a5e
check "the other label's is refused" shown_fails
check "and leaves nothing" no_trace_of_link "$client2" "$nicdom" vtpm
show labeltool why
check "by the rule for links" shown_says 'ste: the two labels share no STE type'
attach vtpm-attach client1 backend=nicdom uuid=6e33ac06-7a01-4f2f-9bcd-11c06f2c9a5e
check "the same label's arrives" wait_value "/local/domain/$nicdom/backend/vtpm/$client1/0/frontend-id" "$client1" 30

step "A class that nobody has heard of"
show xenstore-write "/local/domain/$client2/device/telepathy/0/backend" \
    "/local/domain/$nicdom/backend/telepathy/$client2/0"
check "is refused by the same rule" shown_fails
check "and leaves nothing" no_trace_of_link "$client2" "$nicdom" telepathy
show xenstore-write "/local/domain/$client1/device/telepathy/0/backend" \
    "/local/domain/$nicdom/backend/telepathy/$client1/0"
check "or allowed" shown_succeeds

step "A node that two domains may use"
xenstore-write /shared 1
before=$(permissions_of_shared)
show xenstore-chmod /shared "n$nicdom" "b$client2"
check "is refused to those that share no type" shown_fails
check "and keeps its permissions" permissions_are "$before"
show xenstore-chmod /shared b0
check "nobody gets one that is everybody's" shown_fails
show xenstore-chmod /shared "n$nicdom" "b$client1"
check "those that share one may have it" permissions_are "n$nicdom,b$client1"

step "Names"
check "a label for a name that nobody has" labeltool addlabel B-Bank mgt vault
show xl rename client2 vault
check "does not pass to another label" shown_fails
check "client2 keeps its name" running client2
show xl rename client2 client2b
check "another name will do" shown_succeeds
show labeltool list --label
check "and is on record" shown_says 'client2b'

step "All ends"
for domain in client1 client2b nicdom; do
    show xl destroy "$domain"
done
check "nobody is left" wait_until 30 gone client1
check "nor is any link" wait_until 30 gone nicdom

finish
