#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# needs: acm-enforcerd labeltool
#
# The step-by-step chapter of the old Xen manual, on today's Xen: chapter/manual-10.2.md, command by command.
# shellcheck source=../lib/common.sh
source /lab/lib/common.sh
# shellcheck source=../lib/play.sh
source /lab/lib/play.sh

step "The monitor starts"
acm-enforcerd --state-dir /var/lib/xenacm >/var/log/xenacm/acm-enforcerd.log 2>&1 &
check "it answers" wait_until 20 labeltool status
cd /lab/chapter || exit 1
play manual-10.2.md
finish
