#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# dom0: full
# packages: xenacm xenacm-driver-domain
# reboots
#
# The life of the package on a Debian host: installed, rebooted, killed, stuck, upgraded, given up, removed, purged. Whoever
# removes it, in whatever state, has a host whose toolstacks work.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh

socket=/run/xenstored/socket

# packages_of VERSION: packages of that version, the same but for their number.
packages_of() {
    local file folder
    mkdir -p "/root/$1"
    for file in /root/packages/*.deb; do
        folder=$(mktemp -d)
        dpkg-deb -R "$file" "$folder" && sed -i "s/^Version: .*/Version: $1/" "$folder/DEBIAN/control" &&
            dpkg-deb --build --root-owner-group "$folder" "/root/$1" || return 1
    done
}

answers() {
    systemctl --quiet is-active acm-enforcerd && labeltool status
}

another_daemon_than() {
    local pid
    answers && pid=$(pid_of acm-enforcerd) && [ "$pid" != "$1" ]
}

fits_on_a_screen() {
    awk 'length > 80 { print "too wide: " $0; bad = 1 } END { if (NR > 24) print NR " lines"; exit (bad || NR > 24) }' \
        "$shown_output"
}

no_daemon() {
    ! pid_of acm-enforcerd
}

# What a keeper answers.
refuses_everything() {
    ! xenstore-write /tool/lab 1
}

is_xenstored() {
    [ ! -e "$socket.real" ] && xenstore-write /tool/lab 1
}

runs_alone() {
    labeltool status | grep -q '^running domains *: 1$'
}

# What is named after the project, but for the lab's own files and what systemd remembers while it runs.
files_of_it() {
    find / /run -xdev \( -path /root -o -path /lab -o -path /tmp -o -path /run/systemd \) -prune -o \
        \( -iname '*xenacm*' -o -name 'acm-enforcerd*' -o -name '*vif-acm*' \) -print 2>/dev/null
}

has_failed_often() {
    [ "$(systemctl show --value --property NRestarts acm-enforcerd)" -ge 6 ]
}

# Every sample, where docs/hooks.md or a remedy of labeltool doctor puts it.
install_hooks() {
    local name samples=/usr/share/doc/xenacm/examples/hooks
    install -m 755 "$samples/xl" /usr/local/sbin/xl || return 1
    for name in libxl network; do
        install -D -m 755 "$samples/$name" "/etc/libvirt/hooks/$name" &&
            install -D -m 755 "$samples/$name" "/etc/libvirt/hooks/$name.d/xenacm" || return 1
    done
    for name in vm-pre-start vm-post-destroy; do
        install -D -m 755 "$samples/xapi" "/etc/xapi.d/$name/10-xenacm" || return 1
    done
}

# hooks_are N: so many files call acm-hook where toolstacks look.
hooks_are() {
    local hooks
    hooks=$(grep -r -l acm-hook /etc/libvirt/hooks /etc/xapi.d /usr/local/sbin)
    [ "$(grep -c . <<<"$hooks")" = "$1" ] || { echo "hooks: $hooks" && return 1; }
}

if ! has_rebooted; then

step "A fresh installation: the daemon runs, and refuses nothing"
check "the group that the lab's image has is gone" groupdel xenacm
check "nothing of it is here" test -z "$(files_of_it)"
show dpkg -i /root/packages/*.deb
check "the packages are installed" shown_succeeds
check "the daemon answers" wait_until 60 answers
check "the gate is in place" listens_below acm-enforcerd /run/xenstored
show labeltool status
check "the mode is permissive" shown_says 'mode *: permissive'
check "the policy is DEFAULT" shown_says 'policy *: DEFAULT'
check "it will start with the host" systemctl is-enabled acm-enforcerd
check "there is the group" getent group xenacm
check "there are its files" test -n "$(files_of_it)"
check "the state is root's alone" test "$(stat -c '%U %a' /var/lib/xenacm)" = "root 700"
check "the API is the group's, too" test "$(stat -c '%U %G %a' /run/xenacm/enforcer.sock)" = "root xenacm 660"
check "systemd watches it" test "$(systemctl show --value --property WatchdogUSec acm-enforcerd)" = 1min
check "the configuration is sound, every setting commented out" acm-enforcerd --check --state-dir /nowhere
check "the schema is in the catalog" grep -q /etc/xml/xenacm.xml /etc/xml/catalog
check "libvirtd works" virsh --connect xen:///system list

reboot_host

fi

step "The first day: two domains start, as they did before; one screen tells what enforcement would do"
check "the daemon answers" wait_until 60 answers
check "it was started anew, by the host" test "$(labeltool audit | grep -c 'daemon start')" = 2
check "the gate is in place" listens_below acm-enforcerd /run/xenstored
check "libvirtd works" virsh --connect xen:///system list
check "client1 starts" xl create -p client1.cfg
check "client2 starts" xl create -p client2.cfg
show labeltool status
check "it fits on a screen" fits_on_a_screen
check "nothing is refused" shown_says '^verdicts .* 0 denied, '
check "what has no label is named" shown_says '^unlabelled *: 2 domains: client1, client2$'
check "what would have been refused is counted by rule" shown_says '^refused so far *: would have been: [0-9]+ \('
check "... with the latest" shown_says '^the latest *: record [0-9]+: '
check "... and the command that shows them" shown_says '^see *: labeltool audit --denied'
check "JSON has the same" grep -q '"would_deny": [1-9]' <(labeltool status --json)
show labeltool doctor --wait 0
check "hooks are to be installed" shown_says 'hook-missing: libvirt is here'
check "... from where the remedy says" test -f /usr/share/doc/xenacm/examples/hooks/libxl
check "no toolstack daemon goes round the gate" shown_is_silent_on 'bypass: '
check "nothing is critical" shown_says '^0 critical, '
xl destroy client1
xl destroy client2
check "they are gone" wait_until 30 runs_alone

step "A label and enforcement, in the unit's sandbox"
check "mytest is set" labeltool setpolicy ACM mytest
truncate -s 1M /root/disk.img
check "a disk image gets its label" labeltool addlabel A-Bank res file:/root/disk.img
check "and its mark" getfattr --name trusted.xenacm /root/disk.img
check "a domain gets its label" labeltool addlabel A-Bank mgt client1
check "enforcing is on" labeltool mode enforcing
check "client1 starts" xl create -p client1.cfg
refused "client2, unlabelled, does not" xl create -p client2.cfg
show labeltool status
check "the daemon can see who goes round it" shown_is_silent_on 'connections are not seen'

step "Killed, it is started again; stuck, it is killed"
first=$(pid_of acm-enforcerd)
kill -KILL "$first"
check "another daemon answers" wait_until 60 another_daemon_than "$first"
check "the mode is what it was" test "$(labeltool mode | head -n 1)" = enforcing
mkdir -p /run/systemd/system/acm-enforcerd.service.d
printf '[Service]\nWatchdogSec=5\n' >/run/systemd/system/acm-enforcerd.service.d/lab.conf
systemctl daemon-reload && systemctl restart acm-enforcerd
check "it answers" wait_until 60 answers
first=$(pid_of acm-enforcerd)
kill -STOP "$first"
check "another daemon answers" wait_until 90 another_daemon_than "$first"
rm -r /run/systemd/system/acm-enforcerd.service.d
systemctl daemon-reload

step "An upgrade keeps everything"
check "there is a later version" packages_of 9.0
first=$(pid_of acm-enforcerd)
echo '# mine' >>/etc/xenacm/xenacm.toml
show dpkg -i /root/9.0/*.deb
check "it is installed" shown_succeeds
check "another daemon answers" wait_until 60 another_daemon_than "$first"
check "the configuration is the administrator's" grep -q -x '# mine' /etc/xenacm/xenacm.toml
check "the mode is what it was" test "$(labeltool mode | head -n 1)" = enforcing
check "the labels too" test "$(labeltool getlabel res file:/root/disk.img)" = ACM:mytest:A-Bank
check "client1 is counted" counts_are "A-Bank 1, SystemManagement 1"

step "A daemon that can not start: the way out"
echo 'nonsense = true' >>/etc/xenacm/xenacm.toml
kill -KILL "$(pid_of acm-enforcerd)"
check "it is gone" wait_until 20 no_daemon
check "everything is refused" refuses_everything
check "it is started again and again" wait_until 120 has_failed_often
check "libvirtd, which is restarted with it, is not given up" test "$(systemctl is-failed libvirtd)" != failed
show xenacm-release
check "there is a way out" shown_succeeds
check "xenstored has its socket back" is_xenstored
check "libvirtd works" virsh --connect xen:///system list
sed -i '/^nonsense/d' /etc/xenacm/xenacm.toml
check "the daemon starts again" systemctl start acm-enforcerd
check "and enforces" test "$(labeltool mode | head -n 1)" = enforcing

step "Removed while the daemon is dead, it leaves a host that works"
check "every sample of a hook is installed" install_hooks
check "all of them call it" hooks_are 7
echo 'vif.default.script="vif-acm"' >>/etc/xen/xl.conf
echo 'nonsense = true' >>/etc/xenacm/xenacm.toml
kill -KILL "$(pid_of acm-enforcerd)"
check "it is gone" wait_until 20 no_daemon
show dpkg -r xenacm xenacm-driver-domain
check "the packages are removed" shown_succeeds
check "xenstored has its socket back" is_xenstored
check "a default script that waits for verdicts is named" shown_says '/etc/xen/xl.conf still names vif-acm'
sed -i '/^vif.default.script/d' /etc/xen/xl.conf
check "its hooks are out of the way" hooks_are 0
check "and kept" test "$(find /etc/xenacm/disabled-hooks -type f | wc -l)" = 7
refused "the catalog has lost the schema" grep xenacm /etc/xml/catalog
check "libvirtd works" virsh --connect xen:///system list
check "a domain starts" xl create -p client2.cfg
check "the ledger is kept" test -e /var/lib/xenacm/ledger.db

step "Purged, nothing of it is left"
check "it is purged" dpkg -P xenacm xenacm-driver-domain
check "no file" test -z "$(files_of_it)"
refused "no group" getent group xenacm
finish
