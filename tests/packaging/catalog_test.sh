#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# catalog_test.sh SOURCE: by the catalog alone xmllint finds the schema of a policy, and tells good from bad.
set -euo pipefail
cd "$1"

validates() {
    XML_CATALOG_FILES=schemas/catalog.xml xmllint --nonet --noout --schema http://www.ibm.com "$1"
}

for policy in examples/policies/*-security_policy.xml examples/policies/*/*-security_policy.xml; do
    validates "$policy"
done

bad=$(mktemp)
trap 'rm -f "$bad"' EXIT
sed 's/Version>/Wersion>/g' examples/policies/mytest-security_policy.xml >"$bad"
if validates "$bad"; then
    echo "a document that the schema does not allow validates" >&2
    exit 1
fi
