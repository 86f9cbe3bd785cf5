// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/log_watch.h"

#include <SQLiteCpp/SQLiteCpp.h>

#include <stdexcept>

#include "enforcer/audit/number.h"
#include "enforcer/audit/verify.h"
#include "enforcer/ledger/audit_reader.h"
#include "enforcer/ledger/rows.h"

namespace xenacm::faults {

std::string difference(const monitor::State& a, const monitor::State& b) {
  if (a.tables().ref != b.tables().ref || a.document() != b.document()) return "policy";
  if (a.bindings() != b.bindings()) return "labels of domains";
  if (a.resources() != b.resources()) return "labels of resources";
  if (a.vif_labels() != b.vif_labels()) return "labels of vifs";
  if (a.running() != b.running()) return "running domains";
  if (a.links() != b.links()) return "links";
  return a.modes() != b.modes() ? "modes" : "";
}

std::string miscount(const monitor::State& state) {
  monitor::ChineseWall recount(state.tables());
  const auto add = [&](const monitor::StoredLabel& label) {
    if (const auto row = state.row_of(label)) recount.add(state.tables(), *row);
  };
  for (const auto& [domid, domain] : state.running()) add(domain.label);
  for (const auto& [id, ticket] : state.tickets()) add(ticket.label);
  if (recount.running() != state.wall().running()) return "the counts of Chinese Wall types are not a recount";
  return recount.aggregate() != state.wall().aggregate() ? "the conflict aggregates are not a recount" : "";
}

std::string LogWatch::look() {
  news_.clear();
  try {
    std::string fault = follow();
    return fault.empty() ? compare_rows() : fault;
  } catch (const std::exception& error) {
    return std::string("the ledger cannot be read: ") + error.what();
  }
}

std::string LogWatch::follow() {
  while (true) {
    const auto lines = ledger::AuditReader(file_).read({.after = tip_.seq, .limit = ledger::kMaxAuditPage});
    if (!lines) return lines.error();
    if (lines->empty()) return {};
    for (const audit::Line& line : *lines) {
      const std::string name = "record " + std::to_string(tip_.seq + 1);
      if (audit::number_of(line.record) != tip_.seq + 1) return name + " is missing: " + line.record;
      if (line.hash != audit::next_hash(tip_.hash, line.record)) return name + " does not fit its hash";
      for (const audit::Difference& found : replay_.feed(line.record)) {
        return name + ": " + found.what + ": recorded " + found.recorded + ", derived " + found.derived;
      }
      tip_ = {tip_.seq + 1, line.hash};
      auto record = audit::parse_record(line.record);
      if (!record) return name + " is none";
      news_.push_back(*std::move(record));
    }
  }
}

std::string LogWatch::compare_rows() const {
  SQLite::Database db(file_.string(), SQLite::OPEN_READONLY);
  db.setBusyTimeout(5000);
  const auto rows = ledger::read_state(db);
  if (!rows) return rows.error();
  if (!replay_.state()) return "the log leads to no state";
  if (const std::string what = difference(*rows, *replay_.state()); !what.empty()) {
    return what + ": the ledger's rows are not what its log leads to";
  }
  if (const std::string fault = miscount(*rows); !fault.empty()) return fault;
  return miscount(*replay_.state());
}

std::string LogWatch::verify() const {
  const ledger::AuditReader reader(file_);
  audit::Verifier verifier({});
  for (std::int64_t after = 0;;) {
    const auto page = reader.checkpoints(after, ledger::kMaxAuditPage);
    if (!page) return page.error();
    if (page->empty()) break;
    for (const auto& [seq, text] : *page) verifier.expect(text, audit::Source::log);
    after = page->back().seq;
  }
  if (const auto head = reader.head()) verifier.expect(*head, audit::Source::elsewhere);
  for (std::int64_t after = 0;;) {
    const auto lines = reader.read({.after = after, .limit = ledger::kMaxAuditPage});
    if (!lines) return lines.error();
    if (lines->empty()) break;
    for (const audit::Line& line : *lines) (void)verifier.feed(line.record, line.hash);
    after = audit::number_of(lines->back().record).value_or(0);
  }
  const audit::Report report = verifier.finish();
  return report.finding ? report.finding->message : "";
}

}  // namespace xenacm::faults
