// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/audit_where.h"

#include <fmt/format.h>

namespace xenacm::ledger {

namespace {

std::string member(const std::string& name) { return "json_extract(record, '$." + name + "')"; }

std::string any_of(const std::vector<std::string>& conditions) {
  std::string text;
  for (const std::string& condition : conditions) text += (text.empty() ? "(" : " OR ") + condition;
  return text + ")";
}

// Texts are compared piece by piece: LIKE would read the characters % and _ of a name as wildcards.
std::string starts_with(const std::string& text, const std::string& start) {
  return fmt::format("substr({}, 1, length({})) = {}", text, start, start);
}

std::string ends_with(const std::string& text, const std::string& end) {
  return fmt::format("(length({0}) >= length({1}) AND substr({0}, -length({1})) = {1})", text, end);
}

// A reason of which the condition holds; `reason.value` is one of them.
std::string some_reason(const std::string& condition) {
  return "EXISTS (SELECT 1 FROM json_each(record, '$.reasons') AS reason WHERE " + condition + ")";
}

std::string of_reason(const std::string& name) { return "json_extract(reason.value, '$." + name + "')"; }

}  // namespace

AuditWhere::AuditWhere(const audit::Filter& filter) {
  if (filter.rule) add(some_reason(of_reason("rule") + " = " + value(*filter.rule)));
  if (filter.toolstack) add(member("toolstack") + " = " + value(*filter.toolstack));
  if (filter.domain) add_domain(*filter.domain);
  if (filter.label) add_label(*filter.label);
  if (filter.resource) add_resource(*filter.resource, filter.listed);
  add_times(filter);
  add_asker(filter.who);
  // CASE is what makes SQLite look whether it is JSON before it looks into it.
  if (!clause_.empty()) clause_ = " AND CASE WHEN json_valid(record) THEN 1" + clause_ + " ELSE 1 END";
  std::string rows;
  // As the index audit_refused has it.
  if (filter.refused) {
    rows += R"( AND (instr(record, '"decision":"deny"') OR instr(record, '"decision":"would-deny"')))";
  }
  if (filter.after) rows += " AND seq > " + value(*filter.after);
  if (filter.seq) rows += " AND seq = " + value(*filter.seq);
  clause_ = " WHERE 1" + rows + clause_;
}

void AuditWhere::bind(SQLite::Statement& statement) const {
  for (std::size_t i = 0; i < values_.size(); ++i) {
    std::visit([&](const auto& bound) { statement.bind(static_cast<int>(i + 1), bound); }, values_[i]);
  }
}

void AuditWhere::add(const std::string& condition) { clause_ += " AND " + condition; }

std::string AuditWhere::value(std::int64_t number) {
  values_.emplace_back(number);
  return "?" + std::to_string(values_.size());
}

std::string AuditWhere::value(const std::string& text) {
  values_.emplace_back(text);
  return "?" + std::to_string(values_.size());
}

void AuditWhere::add_times(const audit::Filter& filter) {
  if (filter.since) add(member("time") + " >= " + value(filter.since->count()));
  if (filter.until) add(member("time") + " < " + value(filter.until->count()));
}

void AuditWhere::add_domain(const std::string& domain) {
  const std::string name = value(domain);
  add(any_of({member("subject") + " = " + name, member("object") + " = " + name,
              // "nicdom (phy:/dev/a)"
              starts_with(member("object"), value(domain + " (")),
              // "vif-0 of client1"
              "(" + starts_with(member("subject"), value("vif-")) + " AND " +
                  ends_with(member("subject"), value(" of " + domain)) + ")"}));
}

void AuditWhere::add_label(const std::string& label) {
  const std::string name = value(label);
  // "nicdom (A-Bank)" or "nicdom (A-Bank, about to start)", who hold a type in a conflict set.
  const std::string holder = any_of({ends_with("part.atom", value(" (" + label + ")")),
                                     ends_with("part.atom", value(" (" + label + ", about to start)"))});
  add(any_of(
      {member("subject_label") + " = " + name, member("object_label") + " = " + name,
       "(" + starts_with(member("action"), value("addlabel ")) + " AND " + member("object") + " = " + name + ")",
       "(" + member("action") + " = 'mode' AND " + member("subject") + " = " + name + ")",
       "EXISTS (SELECT 1 FROM json_tree(record, '$.reasons') AS part WHERE (part.key = 'label' AND part.atom = " +
           name + ") OR (part.type = 'text' AND part.path LIKE '%.domains' AND " + holder + "))"}));
}

void AuditWhere::add_resource(const std::string& name, const std::optional<audit::ListedResource>& listed) {
  const std::string whole = value(name);
  std::vector<std::string> ways{
      member("subject") + " = " + whole,
      some_reason(any_of({of_reason("subject.name") + " = " + whole, of_reason("object.name") + " = " + whole}))};
  if (listed) {
    const std::string before = value(listed->backend + " (");
    // The list between the brackets, each name between ", " and ", ".
    const std::string list = fmt::format("', ' || substr({0}, length({1}) + 1, length({0}) - length({1}) - 1) || ', '",
                                         member("object"), before);
    ways.push_back("(" + starts_with(member("object"), before) + " AND instr(" + list + ", " +
                   value(", " + listed->name + ", ") + "))");
  }
  add(any_of(ways));
}

void AuditWhere::add_asker(const audit::Asker& who) {
  std::vector<std::string> ways;
  if (who.uid) ways.push_back(member("uid") + " = " + value(*who.uid));
  if (who.pid) ways.push_back(member("pid") + " = " + value(*who.pid));
  if (who.program) {
    ways.push_back(member("exe") + " = " + value(*who.program));
    ways.push_back(ends_with(member("exe"), value("/" + *who.program)));
  }
  if (!ways.empty()) add(any_of(ways));
}

}  // namespace xenacm::ledger
