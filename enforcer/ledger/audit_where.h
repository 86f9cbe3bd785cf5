// SPDX-License-Identifier: Apache-2.0
// A filter as SQL. Internal to the ledger.
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "enforcer/audit/filter.h"

namespace xenacm::ledger {

// A WHERE clause on the table `audit`, and the values of its parameters. A row whose text is not JSON is taken to fit
// every filter: what was damaged must not go unseen.
class AuditWhere {
 public:
  explicit AuditWhere(const audit::Filter& filter);

  [[nodiscard]] const std::string& clause() const { return clause_; }
  void bind(SQLite::Statement& statement) const;

 private:
  void add(const std::string& condition);
  // The name of a parameter that has this value.
  std::string value(std::int64_t number);
  std::string value(const std::string& text);

  void add_times(const audit::Filter& filter);
  void add_domain(const std::string& domain);
  void add_label(const std::string& label);
  void add_resource(const std::string& name, const std::optional<audit::ListedResource>& listed);
  void add_asker(const audit::Asker& who);

  std::string clause_;
  std::vector<std::variant<std::int64_t, std::string>> values_;
};

}  // namespace xenacm::ledger
