#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd acm-hook labeltool
#
# A review of the audit log: what xl was refused, by its hook and at the gate, what permissive mode let through, who was
# linked to whom, and what would have allowed it. docs/audit-review.md is what it prints.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh

# What was followed is what the log says of client2, from the record on that it began with.
followed_is_all() {
    grep -q '"would-deny"' followed &&
        [ "$(labeltool audit --domain client2 --format jsonl | tail -n "$(wc -l <followed)")" = "$(cat followed)" ]
}

# What the filters choose, one after the other: "DECISION ACTION SUBJECT".
chosen() {
    labeltool audit "$@" --format csv | awk -F, 'NR > 1 { print $3, $4, $5 }'
}

chosen_are() {
    local want=$1
    shift
    [ "$(chosen "$@")" = "$want" ] || { chosen "$@" && return 1; }
}

number_of() {
    labeltool audit "$@" --limit 1 --format csv | sed -n 's/^\([0-9]*\),.*/\1/p'
}

step "The monitor, a policy, and xl behind its hook"
acm-enforcerd --state-dir /var/lib/xenacm >"$monitor_log" 2>&1 &
check "the monitor answers" wait_until 20 labeltool status
check "mytest is set" labeltool setpolicy ACM mytest
check "enforcing" labeltool mode enforcing
mkdir -p /usr/local/sbin
cp /root/examples/hooks/xl /usr/local/sbin/xl
PATH=/usr/local/sbin:$PATH
hash -r
for pair in A-Bank:nicdom A-Bank:client1 AutoCorp:client2 B-Bank:domain2; do
    check "${pair#*:} is labelled" labeltool addlabel "${pair%:*}" dom "${pair#*:}.cfg"
done
labeltool audit --follow --format jsonl --domain client2 --limit 1 >followed &
follower=$!

step "A driver domain, and two clients of different organisations"
check "nicdom starts" xl create -q nicdom.cfg
check "client1 starts" xl create -q -p client1.cfg
check "client2 starts" xl create -q -p client2.cfg
check "nicdom runs" wait_log nicdom NICDOM-UP 60
check "client1 is linked to nicdom" xl network-attach client1 mac=00:16:3e:00:00:01 backend=nicdom

step "What is refused: by the hook, and at the gate where xl is run without it"
refused "a competitor" xl create -q -p domain2.cfg
refused "... without the hook" /usr/sbin/xl create -q -p domain2.cfg
refused "a link between the two organisations" /usr/sbin/xl network-attach client2 mac=00:16:3e:00:00:02 backend=nicdom
refused "... again" /usr/sbin/xl network-attach client2 mac=00:16:3e:00:00:02 backend=nicdom

step "Permissive mode lets it through"
check "permissive" labeltool mode permissive
check "client2 is linked to nicdom" /usr/sbin/xl network-attach client2 mac=00:16:3e:00:00:02 backend=nicdom
check "enforcing" labeltool mode enforcing

step "What was refused?"
show labeltool audit --denied
check "the hook's refusal is xl's" chosen_are "deny reserve start domain2" --denied --toolstack xl --who acm-hook
check "the rule narrows it" test "$(chosen --denied --rule ste | sort | uniq -c | tr -s ' ' | tr '\n' ';')" = \
    " 2 deny attach vif 0 client2; 1 would-deny attach vif 0 client2;"
check "a domain that serves is found" chosen_are "allow attach vif 0 client1" --domain nicdom --who xl --limit 1 --until \
    "$(labeltool audit --denied --rule ste --limit 4 --format csv | awk -F, 'NR == 2 { sub(/\..*/, "Z", $2); print $2 }')"
check "nothing was refused a day ago" chosen_are "" --denied --until 1d

step "How often?"
show labeltool audit summary
check "denials are counted" shown_says '^Refused: 4\. Would have been refused, if not for permissive mode: 1\.$'
check "... by rule" shown_says '^ste +2 +1$'
check "... by toolstack" shown_says '^xl +4 +1$'
check "... with who and what" shown_says ' 2 +1 .* ste +xl +attach vif client2 \(AutoCorp\) -> nicdom \(A-Bank\)$'

step "What would have allowed the link?"
show labeltool audit suggest
check "the smallest change comes first" shown_says '^1  policy: declare a new type AutoCorp-A-Bank '
check "... which allows nothing else" shown_says '^   allows also: nothing$'
check "others are told with what they open" shown_says 'allows also: AutoCorp using resources labelled A-Bank \(1 label pair\)'

step "And the competitor's start?"
show labeltool audit suggest "$(number_of --rule chinese-wall)"
check "who is to stop" shown_says '^1  stop: stop nicdom \(A-Bank\), client1 \(A-Bank\)$'
check "what a smaller conflict set would open" shown_says 'A-Bank.MarketAnalysis beside B-Bank'

step "Who is linked to whom?"
show labeltool audit graph
check "the link that was allowed" shown_says 'label="vif x 1"\];$'
check "those that were refused" shown_says 'label="vif x 2.ndenied: ste", style=dashed, color=red'
check "the one that permissive mode let through" shown_says 'label="vif x 1.nwould be denied: ste", style=dashed'
show labeltool audit graph --svg
check "without Graphviz the package is named" shown_says 'there is no program .dot. here: install graphviz'

step "What was followed meanwhile"
check "no record is missing or double" wait_until 20 followed_is_all
kill "$follower"

finish
