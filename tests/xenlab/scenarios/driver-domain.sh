#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd labeltool
#
# What a driver domain is told of its links, and vif-acm, the hotplug script that waits for it: in nicdom and in Domain-0.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh

# told FRONT_ID BACK_ID NODE: what Domain-0 published beside vif 0.
told() {
    xenstore-read "/local/domain/$2/backend/vif/$1/0/xenacm/$3"
}

told_is() {
    [ "$(told "$1" "$2" "$3")" = "$4" ] || { echo "$3 is '$(told "$1" "$2" "$3" 2>&1)'" && return 1; }
}

only_domain0_writes() {
    xenstore-ls -p "/local/domain/$2/backend/vif/$1/0" | grep 'verdict = "allow"' | grep -F "(n0,r$2)"
}

step "The monitor enforces; nicdom of A-Bank, client1 of A-Bank, client2 of AutoCorp"
check "the monitor starts" start_monitor
check "mytest is set" labeltool setpolicy ACM mytest
check "enforcing" labeltool mode enforcing
check "nicdom is labelled" labeltool addlabel A-Bank dom nicdom.cfg
check "client1 is labelled" labeltool addlabel A-Bank dom client1.cfg
check "client2 is labelled" labeltool addlabel AutoCorp dom client2.cfg
check "the bank's bridge is labelled" labeltool addlabel A-Bank res bridge:xenbr0@nicdom
check "nicdom starts" xl create nicdom.cfg
check "client1 starts" xl create client1.cfg
check "nicdom runs" wait_log nicdom NICDOM-UP 60
check "client1 runs" wait_log client1 CLIENT-UP 60
nicdom=$(domid nicdom)
client1=$(domid client1)

step "A link that is allowed: the driver domain waits for the verdict, and plugs the interface in"
show xl network-attach client1 mac=00:16:3e:00:00:01 backend=nicdom bridge=xenbr0 script=vif-acm
check "xl succeeds" shown_succeeds
check "both ends connect" wait_link "$client1" "$nicdom" 30
check "a ping crosses it" wait_log client1 'CLIENT-PING ok' 30
check "nicdom is told the verdict" told_is "$client1" "$nicdom" verdict allow
check "... the label of the frontend" told_is "$client1" "$nicdom" frontend-label ACM:mytest:A-Bank
check "... and of the bridge" told_is "$client1" "$nicdom" link-label ACM:mytest:A-Bank
check "Domain-0 alone can write it" only_domain0_writes "$client1" "$nicdom"
check "it goes again" xl network-detach client1 0
check "nothing of it is left" wait_until 20 no_trace_of_link "$client1" "$nicdom" vif

step "A denial: the real script is not run, and libxl finds the reason"
cat >/tmp/real-script <<'END'
#!/bin/sh
echo "$1 $XENBUS_PATH" >>/tmp/real-script.ran
END
chmod 755 /tmp/real-script
mkdir -p /etc/xenacm
printf 'script=/tmp/real-script\ntimeout=2\n' >/etc/xenacm/vif-acm.conf
vif_acm() {
    XENBUS_PATH=backend/vif/99/0 /etc/xen/scripts/vif-acm "$@"
}
check "a verdict" xenstore-write /local/domain/0/backend/vif/99/0/xenacm/reason "ste: no type in common" \
    /local/domain/0/backend/vif/99/0/xenacm/verdict deny
refused "it is refused" vif_acm online type_if=vif
check "the reason is told" xenstore_is /local/domain/0/backend/vif/99/0/hotplug-error \
    "xenacm refuses backend/vif/99/0: ste: no type in common"
check "the status is an error" xenstore_is /local/domain/0/backend/vif/99/0/hotplug-status error
check "the real script was not run" test ! -e /tmp/real-script.ran
check "going away is not asked" vif_acm offline type_if=vif
check "the real script did that" grep -q '^offline backend/vif/99/0$' /tmp/real-script.ran
printf 'script=/tmp/absent\ntimeout=2\n' >/etc/xenacm/vif-acm.conf
check "a verdict that allows" xenstore-write /local/domain/0/backend/vif/99/0/xenacm/verdict allow
refused "a real script that is missing is a failure" vif_acm online type_if=vif
check "... which is told" xenstore_is /local/domain/0/backend/vif/99/0/hotplug-error \
    "the hotplug script /tmp/absent is not here, or cannot be run"
check "it is cleared" xenstore-rm /local/domain/0/backend/vif/99
rm /etc/xenacm/vif-acm.conf

step "Without a verdict nothing is plugged in: the monitor runs without its guard"
check "the monitor stops" kill "$(pid_of acm-enforcerd)"
check "... it is gone" wait_until 20 test ! -e /run/xenstored/socket.real
mkdir -p /etc/xenacm
printf '[guard]\nenabled = false\n' >/etc/xenacm/xenacm.toml
check "it starts anew" start_monitor
lines=$(wc -l <"$(console_of nicdom)")
show xl network-attach client1 mac=00:16:3e:00:00:02 backend=nicdom bridge=xenbr0 script=vif-acm
check "the driver domain says why" wait_until 20 log_after nicdom 'no verdict of xenacm on backend/vif' "$lines"
check "the script is marked as failed" xenstore_is "/local/domain/$nicdom/backend/vif/$client1/0/hotplug-status" error
refused "the link does not connect" xenstore_is "/local/domain/$nicdom/backend/vif/$client1/0/state" 4
printf 'timeout=2\n' >/etc/xenacm/vif-acm.conf
check "a bridge of Domain-0's" brctl addbr xenbr0
show xl network-attach client1 mac=00:16:3e:00:00:03 bridge=xenbr0 script=vif-acm
check "xl fails" shown_fails
check "xl itself says why" shown_says 'no verdict of xenacm on backend/vif'

finish
