#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd labeltool
#
# The policy changes while guests run beside a driver domain: what follows, what refuses it, the way back. Domain-0's label; the
# monitor killed in the middle of updates; domains that came and went while it was down; the end of the policy.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh

policies=/etc/xen/acm-security/policies

# ---- documents -----------------------------------------------------------------------------------

# types TYPE,TYPE...
types() {
    printf '<Type>%s</Type>' "${1//,/</Type><Type>}"
}

# name NEW or NEW=OLD, which renames.
name() {
    if [[ $1 == *=* ]]; then printf '<Name from="%s">%s</Name>' "${1#*=}" "${1%=*}"; else printf '<Name>%s</Name>' "$1"; fi
}

# update FILE VERSION FROM: an update of mytest FROM to VERSION. Its labels come on standard input, a line each; types are
# separated by commas. All types are declared that labels and conflict sets of this scenario have.
#   vm NAME[=OLD] STE-TYPES CHINESE-WALL-TYPES
#   res NAME[=OLD] STE-TYPE
#   conflict TYPES
update() {
    local all vm='' res='' conflict='' kind first second third
    all=$(types SystemManagement,A-Bank,SU,MA,B-Bank,AutoCorp,Shared)
    while read -r kind first second third; do
        case $kind in
            vm)
                vm+="<VirtualMachineLabel>$(name "$first")<SimpleTypeEnforcementTypes>"
                vm+="$(types "$second")</SimpleTypeEnforcementTypes><ChineseWallTypes>$(types "$third")"
                vm+="</ChineseWallTypes></VirtualMachineLabel>"$'\n'
                ;;
            res)
                res+="<ResourceLabel>$(name "$first")<SimpleTypeEnforcementTypes>$(types "$second")"
                res+="</SimpleTypeEnforcementTypes></ResourceLabel>"$'\n'
                ;;
            conflict) conflict+="<Conflict name=\"$first\">$(types "$first")</Conflict>" ;;
        esac
    done
    cat >"$1" <<END
<?xml version="1.0" encoding="UTF-8"?>
<SecurityPolicyDefinition xmlns="http://www.ibm.com">
<PolicyHeader><PolicyName>mytest</PolicyName><Version>$2</Version>
<FromPolicy><PolicyName>mytest</PolicyName><Version>$3</Version></FromPolicy></PolicyHeader>
<SimpleTypeEnforcement><SimpleTypeEnforcementTypes>$all</SimpleTypeEnforcementTypes></SimpleTypeEnforcement>
<ChineseWall><ChineseWallTypes>$all</ChineseWallTypes><ConflictSets>$conflict</ConflictSets></ChineseWall>
<SecurityLabelTemplate><SubjectLabels bootstrap="SystemManagement">
$vm</SubjectLabels>
<ObjectLabels>
$res</ObjectLabels></SecurityLabelTemplate></SecurityPolicyDefinition>
END
}

# ---- conditions ----------------------------------------------------------------------------------

running_label_is() {
    labeltool list --label | grep -q -E "^$1 .* ACM:mytest:$2\$" || { labeltool list --label && return 1; }
}

# stored_label_is dom|mgt|res OBJECT LABEL
stored_label_is() {
    local label
    label=$(labeltool getlabel "$1" "$2" 2>&1)
    [ "$label" = "$3" ] || { echo "$label" && return 1; }
}

# The guests of one side, their disk, and what is bound to their names: all have this label.
our_side_is() {
    local list
    list=$(labeltool list --label)
    [ "$(grep -c -E "^(nicdom|client1) .* ACM:mytest:$1\$" <<<"$list")" = 2 ] || { echo "$list" && return 1; }
    stored_label_is mgt client1 "ACM:mytest:$1" && stored_label_is res file:/root/bank.img "ACM:mytest:$1"
}

version_is() {
    labeltool getpolicy | grep -q -E "^Version of XML policy : $1\$" || { labeltool getpolicy && return 1; }
}

# The link that was there before still carries traffic.
pings_go_on() {
    wait_new_log client1 'CLIENT-PING ok' 20
}

domains_are_the_hypervisors() {
    diff <(xl list | awk 'NR > 1 { print $1, $2 }' | sort) <(labeltool list | awk 'NR > 1 { print $1, $2 }' | sort)
}

audit_says() {
    labeltool audit | grep -E -e "$1"
}

no_monitor() {
    ! pid_of acm-enforcerd
}

kill_monitor() {
    kill -KILL "$(pid_of acm-enforcerd)" && wait_until 20 no_monitor
}

# ---- the host ------------------------------------------------------------------------------------

step "mytest is enforced; a driver domain, a client with a disk, a client of another organisation"
check "the monitor starts" start_monitor
check "mytest is set" labeltool setpolicy ACM mytest
check "enforcing" labeltool mode enforcing
underwriting=A-Bank.SecurityUnderwriting
analysis=A-Bank.MarketAnalysis
check "nicdom is labelled" labeltool addlabel $underwriting dom nicdom.cfg
check "client1 is labelled" labeltool addlabel $underwriting dom client1.cfg
check "client2 is labelled" labeltool addlabel AutoCorp dom client2.cfg
check "domain2 is labelled" labeltool addlabel $analysis dom domain2.cfg
check "idle, which never runs, is labelled" labeltool addlabel B-Bank mgt idle
truncate -s 1M bank.img idle.img
check "client1's disk is labelled" labeltool addlabel $underwriting res file:/root/bank.img
check "an idle disk is labelled" labeltool addlabel B-Bank res file:/root/idle.img
printf 'disk = ["file:/root/bank.img,xvda,r"]\n' >>client1.cfg
check "nicdom starts" xl create nicdom.cfg
check "client1 starts" xl create client1.cfg
check "client2 starts" xl create client2.cfg
check "nicdom runs" wait_log nicdom NICDOM-UP 60
check "client1 runs" wait_log client1 CLIENT-UP 60
check "they are linked" xl network-attach client1 mac=00:16:3e:00:00:01 backend=nicdom
check "... and talk" wait_log client1 'CLIENT-PING ok' 60

step "The manual's update: labels renamed, one added, one taken away"
show labeltool setpolicy ACM mytest_update --dry-run
check "a dry run shows the rename" shown_says "$underwriting -> A-Bank.SU"
check "... and that nothing speaks against it" shown_says '^ALLOWED'
check "... and sets nothing" version_is 1.0
show labeltool setpolicy ACM mytest_update
check "it is set" shown_succeeds
check "guests, disk and binding have the new name" our_side_is A-Bank.SU
check "so has who does not run" stored_label_is mgt domain2 ACM:mytest:A-Bank.MA
show labeltool dry-run --explain domain2.cfg
check "its configuration, which says the old name, is understood" shown_is_silent_on integrity
check "the link carries on" pings_go_on
check "what is counted has the new names" counts_are "A-Bank 2, A-Bank.SU 2, AutoCorp 1, SystemManagement 1"
refused "domain2 still is a rival" xl create -p domain2.cfg
refused "client2 shares no type with nicdom" xl network-attach client2 mac=00:16:3e:00:00:02 backend=nicdom

step "An update that swaps two names, deletes a label, adds a type, drops a conflict set"
update swap.xml 1.2 1.1 <<'END'
vm SystemManagement SystemManagement,A-Bank,SU,MA,B-Bank,AutoCorp,Shared SystemManagement
vm A-Bank-WL SystemManagement,A-Bank,SU,MA SystemManagement
vm A-Bank A-Bank A-Bank
vm A-Bank.MA=A-Bank.SU SU,Shared A-Bank,SU
vm A-Bank.SU=A-Bank.MA MA A-Bank,MA
vm AutoCorp AutoCorp,Shared AutoCorp
res A-Bank A-Bank
res A-Bank.MA=A-Bank.SU SU
res A-Bank.SU=A-Bank.MA MA
conflict A-Bank,B-Bank
END
check "it is set" labeltool setpolicy ACM ./swap.xml
check "guests, disk and binding have the other name" our_side_is A-Bank.MA
check "so has who does not run" stored_label_is mgt domain2 ACM:mytest:A-Bank.SU
check "the deleted label of a domain means nothing" stored_label_is mgt idle INV_ACM:mytest:B-Bank
check "... nor does that of a resource" stored_label_is res file:/root/idle.img INV_ACM:mytest:B-Bank
check "the link carries on" pings_go_on
check "domain2 starts at once" xl create -p domain2.cfg
check "client2 is linked at once" xl network-attach client2 mac=00:16:3e:00:00:02 backend=nicdom
check "... and connects" wait_link "$(domid client2)" "$(domid nicdom)" 30

step "An update that all kinds of rules refuse: everything is named at once, and nothing changes"
update refused.xml 1.3 1.2 <<'END'
vm SystemManagement SystemManagement,A-Bank,SU,MA SystemManagement
vm A-Bank A-Bank A-Bank
vm A-Bank.MA SU A-Bank,SU
vm A-Bank.SU MA A-Bank,MA
vm AutoCorp AutoCorp AutoCorp
res A-Bank A-Bank
res A-Bank.MA MA
res A-Bank.SU MA
conflict MA,SU
END
before=$(labeltool list --label | awk '{ print $1, $2, $NF }')
show labeltool setpolicy ACM ./refused.xml
check "it is refused" shown_fails
check "domain2 would be in conflict" shown_says '^chinese-wall: .*domain2'
check "client2 would lose its authorisation" shown_says '^authorization: .*client2'
check "client2 would lose its link" shown_says '^ste: .*\(client2, nicdom\)'
check "client1 would lose its disk" shown_says '^resource: .*file:/root/bank.img'
show labeltool setpolicy ACM ./refused.xml --dry-run
check "a dry run says the same" shown_says '^DENIED'
check "the policy is what it was" version_is 1.2
check "so are the labels" test "$before" = "$(labeltool list --label | awk '{ print $1, $2, $NF }')"
check "so is what is counted" counts_are "A-Bank 3, AutoCorp 1, MA 1, SU 2, SystemManagement 1"
check "the link carries on" pings_go_on
next_version='s/>1\.2</>1.3</; s/>1\.1</>1.2</; s/ from="[^"]*"//' # of swap.xml, without its renames
sed "/Name>AutoCorp</d; $next_version" swap.xml >deleted.xml
show labeltool setpolicy ACM ./deleted.xml
check "the label of client2, which runs, is not deleted" shown_says '^label: .*client2'
sed "s/<Name>SystemManagement</<Name>Other</; s/\"SystemManagement\"/\"Other\"/; $next_version" swap.xml >other.xml
show labeltool setpolicy ACM ./other.xml
check "nor that of Domain-0" shown_says "Domain-0 carries the label 'SystemManagement'"
sed 's/>1\.1</>1.0</' swap.xml >skipped.xml
show labeltool setpolicy ACM ./skipped.xml
check "an update of another version is refused" shown_says 'The version of the policy prevents an update: its FromPolicy is mytest 1.0'

step "An update that takes the meaning from most labels wants to be forced; and the way back"
label_dormant() {
    local n
    for n in 1 2 3 4 5 6; do labeltool addlabel A-Bank mgt "dormant$n" || return 1; done
}
check "six domains that do not run" label_dormant
sed "/<Name>A-Bank</d; $next_version" swap.xml >drastic.xml
show labeltool setpolicy ACM ./drastic.xml
check "it is refused" shown_fails
check "... and says what would be lost" shown_says 'the labels of 6 of 11 domains .*dormant1.*--force'
check "by force it is set" labeltool setpolicy ACM ./drastic.xml --force
check "their labels mean nothing" stored_label_is mgt dormant1 INV_ACM:mytest:A-Bank
show labeltool policy history
check "the history has them all" shown_says '^ +5  mytest 1\.3 .*setpolicy.*; in force'
check "... byte for byte" sh -c "labeltool policy show 3 | cmp - $policies/mytest_update-security_policy.xml"
check "back to the one before" labeltool policy rollback
check "that is the swapped one" version_is 1.2
check "guests, disk and binding have its names" our_side_is A-Bank.MA
check "what has lost its meaning stays without" stored_label_is mgt dormant1 INV_ACM:mytest:A-Bank
show labeltool policy rollback 2
check "mytest 1.0 is refused, for what runs" shown_says '^chinese-wall: .*domain2'
check "... and is linked" shown_says '^ste: .*client2'
check "domain2 is destroyed" xl destroy domain2
check "client2's link is taken away" xl network-detach client2 0
check "... and is off the record" wait_until 20 links_are 2
check "back to mytest 1.0" labeltool policy rollback 2
check "guests, disk and binding have their first names" our_side_is $underwriting
check "the link carries on" pings_go_on
check "the log says who went back" audit_says 'rollback'

step "The monitor is killed in the middle of updates: the old policy or the new one, and all of it"
# What our side is called under mytest 1.VERSION: each update swaps the names of the two sides.
our_name() {
    if (($1 % 2 == 0)); then echo $underwriting; else echo $analysis; fi
}

# next_update VERSION: the one that comes after mytest 1.VERSION.
next_update() {
    local next=$(($1 + 1)) ours theirs
    ours=$(our_name "$1")
    theirs=$(our_name "$next")
    update next.xml "1.$next" "1.$1" <<END
vm SystemManagement SystemManagement,A-Bank,SU,MA,B-Bank,AutoCorp SystemManagement
vm A-Bank-WL SystemManagement,A-Bank,SU,MA SystemManagement
vm A-Bank A-Bank A-Bank
vm $theirs=$ours SU A-Bank,SU
vm $ours=$theirs MA A-Bank,MA
vm AutoCorp AutoCorp AutoCorp
res $theirs=$ours SU
res $ours=$theirs MA
conflict MA,SU
END
}

# update_on VERSION: one update after the other, until one fails.
update_on() {
    local version=$1
    while next_update "$version" && labeltool setpolicy ACM ./next.xml; do
        version=$((version + 1))
    done
}

version_now() {
    labeltool getpolicy | sed -n 's/^Version of XML policy : 1\.//p'
}

is_beyond() {
    [ "$(version_now)" -gt "$1" ]
}

version=0
for _ in 1 2 3; do
    update_on "$version" >/dev/null 2>&1 &
    check "an update, and the next" wait_until 20 is_beyond "$version"
    check "... the monitor is killed" kill_monitor
    wait $!
    check "... and starts again" start_monitor
    version=$(version_now)
    ours=$(our_name "$version")
    check "... with 1.$version: $ours on all" our_side_is "$ours"
    check "... the hypervisor's domains" domains_are_the_hypervisors
    check "... and their counts" counts_are "A-Bank 2, AutoCorp 1, SU 2, SystemManagement 1"
done
check "the link has carried on" pings_go_on

step "Domain-0's label bounds what runs"
show labeltool addlabel A-Bank-WL mgt Domain-0
check "one without AutoCorp is refused while client2 runs" shown_says '^authorization: .*client2.*AutoCorp'
check "... and nothing has changed" running_label_is Domain-0 SystemManagement
check "client2 is destroyed" xl destroy client2
check "... and gone" wait_until 20 gone client2
check "now Domain-0 gets it, at once" labeltool addlabel A-Bank-WL mgt Domain-0
check "... it carries it" running_label_is Domain-0 A-Bank-WL
show xl create -p client2.cfg
check "client2 does not start any more" shown_fails
check "... for want of authorisation" audit_says 'authorization.*client2|client2.*authorization'

step "The monitor is killed and lets go, as it is told to; domains end and start without it"
mkdir -p /etc/xenacm
printf '[gate]\non_death = "release"\n' >/etc/xenacm/xenacm.toml
kill -TERM "$(pid_of acm-enforcerd)"
check "the monitor ends" wait_until 20 no_monitor
check "... and starts with that setting" start_monitor
check "Domain-0 has the label it had" running_label_is Domain-0 A-Bank-WL
check "the mode is what it was" grep -q '^mode *: enforcing' <(labeltool status)
check "it is killed" kill_monitor
check "xenstored has its socket back" wait_until 20 test ! -e /run/xenstored/socket.real
check "client1 ends" xl destroy client1
check "domain2, nicdom's rival, starts" xl create -p domain2.cfg
check "the monitor starts again" start_monitor
check "its domains are the hypervisor's" wait_until 20 domains_are_the_hypervisors
check "... and its counts" counts_are "A-Bank 2, MA 1, SU 1, SystemManagement 1"
show labeltool status
check "domain2 is named as one that was not admitted" shown_says 'not admitted *: domain2'
show labeltool audit
check "the end of client1 is on record" shown_says 'allow +stop +client1 .*acm-enforcerd'
check "... and what speaks against domain2" shown_says 'would-deny +adopt +domain2 +chinese-wall'
check "domain2 ends" xl destroy domain2
check "... and is not counted" wait_until 20 counts_are "A-Bank 1, SU 1, SystemManagement 1"

step "The end of the policy"
show labeltool resetpolicy
check "not while nicdom runs" shown_says '^label: .*nicdom'
check "... it is destroyed" xl destroy nicdom
check "... and gone" wait_until 20 gone nicdom
check "now it is reset" labeltool resetpolicy
check "Domain-0 is SystemManagement again" stored_label_is mgt Domain-0 ACM:DEFAULT:SystemManagement
check "the label of a disk means nothing" stored_label_is res file:/root/bank.img "INV_ACM:mytest:$ours"
check "mytest comes back" labeltool setpolicy ACM mytest
check "... but not its labels" stored_label_is mgt client1 "INV_ACM:mytest:$ours"
refused "... so client1 does not start" xl create -p client1.cfg
check "its label is removed" labeltool rmlabel dom client1.cfg
check "... and given anew" labeltool addlabel $underwriting dom client1.cfg
refused "... its disk is still nobody's" xl create -p client1.cfg
check "the disk's is removed" labeltool rmlabel res file:/root/bank.img
check "... and given anew" labeltool addlabel $underwriting res file:/root/bank.img
check "client1 starts" xl create -p client1.cfg
finish
