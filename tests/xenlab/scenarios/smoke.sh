#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Is the lab what it claims to be? Xen, dom0 and guests work, and so does what xenacm will lean on.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh

# The wall clock of audit records: within two minutes of the machine that started this one.
clock_is_right() {
    local started now
    started=$(sed -n 's/.*lab\.started=\([0-9]*\).*/\1/p' /proc/cmdline)
    now=$(date +%s)
    echo "started at $started, dom0 has $now"
    [ "$now" -ge "$started" ] && [ "$now" -le $((started + 120)) ]
}

trusted_attributes_work() {
    local file=/var/lib/xenacm/attribute
    : >"$file"
    setfattr -n trusted.xenacm.label -v A-Bank "$file" &&
        [ "$(getfattr --only-values -n trusted.xenacm.label "$file")" = A-Bank ]
    local status=$?
    rm -f "$file"
    return "$status"
}

write_ahead_logging_works() {
    local ledger=/var/lib/xenacm/smoke.db mode
    mode=$(sqlite3 "$ledger" 'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
        CREATE TABLE t(x INTEGER) STRICT; INSERT INTO t VALUES (42);') &&
        [ "$mode" = wal ] && [ "$(sqlite3 "$ledger" 'SELECT x FROM t')" = 42 ]
    local status=$?
    rm -f "$ledger"*
    return "$status"
}

step "Xen and dom0"
show xl list
check "xl lists Domain-0" shown_says '^Domain-0 +0 '
check "this is dom0 of a real Xen" grep -q control_d /proc/xen/capabilities
check "dom0's wall clock is right" clock_is_right
check "/var/lib/xenacm keeps trusted. extended attributes" trusted_attributes_work
check "/var/lib/xenacm does for SQLite's write-ahead log" write_ahead_logging_works
check "group xenacm exists" grep -q '^xenacm:' /etc/group

step "Guests"
check "nicdom is created" xl create nicdom.cfg
check "nicdom boots" wait_log nicdom NICDOM-UP 60
check "client1 is created" xl create client1.cfg
check "client1 boots" wait_log client1 CLIENT-UP 60
show xl list

step "A link between them"
check "network-attach succeeds" xl network-attach client1 mac=00:16:3e:00:00:01 backend=nicdom
check "both ends connect" wait_link "$(domid client1)" "$(domid nicdom)" 30
check "a ping crosses it" wait_log client1 'CLIENT-PING ok' 30

finish
