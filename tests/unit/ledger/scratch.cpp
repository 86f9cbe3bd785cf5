// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/ledger/scratch.h"

#include <stdlib.h>

#include <array>
#include <fstream>
#include <future>
#include <sstream>

#include "enforcer/audit/number.h"

namespace xenacm::ledger {

Scratch::Scratch() {
  std::string name = (std::filesystem::temp_directory_path() / "xenacm-ledger.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  dir_ = name;
}

Scratch::~Scratch() { std::filesystem::remove_all(dir_); }

Ledger Scratch::open() const {
  auto ledger = Ledger::open(dir_);
  if (!ledger) throw std::runtime_error(ledger.error());
  return *std::move(ledger);
}

std::unique_ptr<Committer> Scratch::committer(CommitterOptions options) const {
  Ledger ledger = open();
  auto state = ledger.load();
  if (!state) throw std::runtime_error(state.error());
  return std::make_unique<Committer>(std::move(ledger), *std::move(state), std::move(options));
}

std::vector<audit::Record> Scratch::records(const audit::Filter& filter) const {
  const auto lines = AuditReader(file()).read(filter);
  if (!lines) throw std::runtime_error(lines.error());
  std::vector<audit::Record> records;
  for (const audit::Line& line : *lines) records.push_back(audit::parse_record(line.record).value());
  return records;
}

testing::AssertionResult is_whole(const std::vector<audit::Line>& lines) {
  audit::Hash before = audit::kNoHash;
  std::int64_t expected = 1;
  for (const audit::Line& line : lines) {
    const auto number = audit::number_of(line.record);
    if (number != expected) {
      return testing::AssertionFailure() << "where record " << expected << " should be, there is " << line.record;
    }
    if (line.hash != audit::next_hash(before, line.record)) {
      return testing::AssertionFailure() << "the hash of record " << expected << " does not fit";
    }
    before = line.hash;
    ++expected;
  }
  return testing::AssertionSuccess();
}

std::vector<audit::Line> all_lines(const AuditReader& reader) {
  std::vector<audit::Line> all;
  while (true) {
    const std::int64_t after = all.empty() ? 0 : audit::number_of(all.back().record).value_or(0);
    const auto page = reader.read({.after = after, .limit = 100});
    if (!page) throw std::runtime_error(page.error());
    if (page->empty()) return all;
    all.insert(all.end(), page->begin(), page->end());
  }
}

monitor::SetPolicy example(const std::string& file) {
  std::ifstream in(std::string(XENACM_SOURCE_DIR) + "/examples/policies/" + file);
  std::ostringstream text;
  text << in.rdbuf();
  auto compiled = policy::compile_document(text.str());
  if (!compiled) throw std::runtime_error(file + " does not compile");
  return {std::make_shared<const policy::Compiled>(*std::move(compiled)),
          std::make_shared<const std::string>(text.str())};
}

monitor::SetPolicy mytest() { return example("mytest-security_policy.xml"); }

monitor::SetPolicy way_back(const monitor::SetPolicy& from, monitor::SetPolicy to) {
  const std::array<policy::Reign, 2> reigns{{{to.compiled->tables.ref.digest, &to.compiled->policy},
                                             {from.compiled->tables.ref.digest, &from.compiled->policy}}};
  to.back = {from.compiled->tables.ref.digest, policy::lineage_back(reigns, 0)};
  return to;
}

monitor::LabelDomain label(const std::string& name, const std::string& label) {
  return {monitor::DomainName(name), {}, label, {}};
}

monitor::StartDomain start(unsigned domid, const std::string& name) {
  std::string uuid = "00000000-0000-4000-8000-000000000000";
  const std::string digits = std::to_string(domid);
  uuid.replace(uuid.size() - digits.size(), digits.size(), digits);
  return {.domid = monitor::DomId(static_cast<std::uint16_t>(domid)),
          .uuid = monitor::Uuid(uuid),
          .name = monitor::DomainName(name)};
}

monitor::Caller tester() { return {.via = "api", .uid = 0, .gid = 0, .pid = 4711, .executable = "/usr/bin/tester"}; }

monitor::Reply ask(Committer& committer, monitor::Request request) {
  std::promise<monitor::Reply> promise;
  committer.submit(std::move(request), tester(), [&](const monitor::Reply& reply) { promise.set_value(reply); });
  return promise.get_future().get();
}

monitor::State state_of(Committer& committer) {
  std::promise<monitor::State> promise;
  committer.look([&](const monitor::State* state) {
    if (state != nullptr) promise.set_value(*state);
  });
  return promise.get_future().get();
}

}  // namespace xenacm::ledger
