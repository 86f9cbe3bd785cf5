# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Completion of acm-enforcerd in bash: the options that its --help shows.
complete -F _longopt acm-enforcerd
