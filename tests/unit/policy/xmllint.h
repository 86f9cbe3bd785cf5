// SPDX-License-Identifier: Apache-2.0
// A second opinion on the shape of a document: libxml2's validator with schemas/security_policy.xsd.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace xenacm::policy::test {

// Numbers of those documents that validate. Throws where xmllint cannot be run or the schema is faulty.
[[nodiscard]] std::set<std::size_t> valid_for_xmllint(const std::vector<std::string>& documents);

}  // namespace xenacm::policy::test
