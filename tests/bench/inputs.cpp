// SPDX-License-Identifier: Apache-2.0
// What whole programs are measured with:
//   xenacm_bench_inputs policy FILE LABELS TYPES        writes FILE.xml, and the same in SELinux's language: FILE.cil
//   xenacm_bench_inputs ledger FOLDER RESOURCES RECORDS    a state directory
#include <charconv>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "enforcer/audit/derive.h"
#include "enforcer/ledger/ledger.h"
#include "policy/parser.h"
#include "tests/bench/host.h"
#include "tests/selinux/cil.h"

namespace {

using namespace xenacm;
using namespace xenacm::monitor;

constexpr std::size_t kRecordsOfACommit = 10'000;

void write_policy(const std::string& file, std::size_t labels, std::size_t types) {
  const std::string document = bench::synthetic_policy({labels, types, types / 2});
  std::ofstream(file + ".xml") << document;
  std::ofstream(file + ".cil") << selinux::to_cil(policy::parse(document).policy);
}

void expect(const std::expected<void, ledger::Error>& done) {
  if (!done) throw std::runtime_error(done.error());
}

void put_host(ledger::Ledger& ledger, const State& state) {
  Delta delta{PutPolicy{std::make_shared<const policy::Compiled>(state.policy()),
                        std::make_shared<const std::string>(state.document())},
              PutMode{"", Mode::enforcing}};
  for (const auto& [name, binding] : state.bindings()) delta.emplace_back(PutBinding{name, binding});
  for (const auto& [domid, domain] : state.running()) delta.emplace_back(PutRunning{domain});
  for (const auto& [name, resource] : state.resources()) delta.emplace_back(PutResource{name, resource});
  expect(ledger.begin());
  expect(ledger.write(delta));
  expect(ledger.commit());
}

// Refused links. A segment for each 100,000, as the daemon makes them.
void put_records(ledger::Ledger& ledger, const State& state, std::size_t records) {
  const Request link = AttachLink{{"vif", DomId(1), DomId(2), 0}, {}, {}};
  audit::Record record = audit::record_of(state, link, decide(state, link));
  record.who = {.via = "gate", .pid = 2231, .executable = "/usr/lib/xen-4.17/bin/xl", .toolstack = "xl"};
  record.time = std::chrono::microseconds(1'700'000'000'000'000);
  for (std::size_t done = 0; done < records; done += kRecordsOfACommit) {
    expect(ledger.begin());
    for (std::size_t i = 0; i < kRecordsOfACommit; ++i) expect(ledger.append(record));
    if (done > 0 && done % 100'000 == 0) expect(ledger.begin_segment());
    expect(ledger.commit());
  }
}

std::size_t number(std::string_view word) {
  std::size_t number = 0;
  if (std::from_chars(word.data(), word.data() + word.size(), number).ec != std::errc()) {
    throw std::invalid_argument("not a number: " + std::string(word));
  }
  return number;
}

int make(const std::vector<std::string>& words) {
  if (words.size() == 4 && words[0] == "policy") {
    write_policy(words[1], number(words[2]), number(words[3]));
    return 0;
  }
  if (words.size() == 4 && words[0] == "ledger") {
    ledger::Ledger ledger = ledger::Ledger::open(words[1]).value();
    const State& state = bench::host({.resources = number(words[2])});
    put_host(ledger, state);
    put_records(ledger, state, number(words[3]));
    return 0;
  }
  std::fputs("usage: policy FILE LABELS TYPES | ledger FOLDER RESOURCES RECORDS\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return make({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::fprintf(stderr, "xenacm_bench_inputs: %s\n", error.what());
    return 1;
  }
}
