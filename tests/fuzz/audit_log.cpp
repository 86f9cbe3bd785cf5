// SPDX-License-Identifier: Apache-2.0
// The audit log as it comes from elsewhere: exported lines, archives, checkpoints, for `audit verify` and `replay`. An
// input that begins with '#' is a log that is made soundly and then tampered with; any other is taken as it is.
// Meant for: enforcer/audit/chain.cpp enforcer/audit/checkpoint.cpp enforcer/audit/misfit.cpp
// Meant for: enforcer/audit/number.cpp enforcer/audit/record.cpp enforcer/audit/replay.cpp enforcer/audit/verify.cpp
// Meant for: enforcer/monitor/request_json.cpp enforcer/monitor/state_json.cpp enforcer/monitor/json_members.h
#include <array>
#include <fstream>
#include <vector>

#include "enforcer/audit/checkpoint.h"
#include "enforcer/audit/number.h"
#include "enforcer/audit/record.h"
#include "enforcer/audit/replay.h"
#include "enforcer/audit/verify.h"
#include "enforcer/ledger/archive_file.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace xenacm;
using namespace xenacm::audit;
using fuzz::require;
using Log = std::vector<Line>;

constexpr std::string_view kKey =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIJ/YhgEIIM96wFe3lbRyNwCVt5fRncvKOmFOLc1luCEJ\n"
    "-----END PRIVATE KEY-----\n";

const SigningKey& signing_key() {
  static const SigningKey key = *SigningKey::from_pem(std::string(kKey));
  return key;
}

void check_line(std::string_view text) {
  if (const auto line = parse_line(text)) require(to_text(*line) == text, "an exported line is written as it was read");
  if (const auto record = parse_record(text)) {
    const std::string canonical = text_of(*record);
    const auto again = parse_record(canonical);
    require(again && text_of(*again) == canonical, "a record's canonical form is its own canonical form");
    require(number_of(canonical) == record->seq || record->seq < 1, "a record's number is found in its text");
  }
  if (const auto checkpoint = parse_checkpoint(text)) require(checkpoint->seq >= 1, "a checkpoint is of a record");
}

Report verified(const Log& log, const std::string& checkpoint, Source source) {
  Verifier verifier({signing_key().public_key()});
  if (!checkpoint.empty()) verifier.expect(checkpoint, source);
  for (const Line& line : log) {
    if (!verifier.feed(line.record, line.hash)) break;
  }
  return verifier.finish();
}

// An independent look at the chain: how many lines fit, from the first on.
std::size_t sound_beginning(const std::vector<std::string>& lines) {
  Hash hash = kNoHash;
  std::size_t fit = 0;
  for (const std::string& text : lines) {
    const auto line = parse_line(text);
    if (!line || number_of(line->record) != static_cast<std::int64_t>(fit) + 1) break;
    if (next_hash(hash, line->record) != line->hash) break;
    hash = line->hash;
    ++fit;
  }
  return fit;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    lines.emplace_back(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return lines;
}

void check_archive(std::string_view text, const std::vector<std::string>& lines) {
  static const fuzz::Folder folder;
  const auto file = folder.path() / "1-9.jsonl";
  std::ofstream(file, std::ios::binary).write(text.data(), static_cast<std::streamsize>(text.size()));
  constexpr std::size_t kMost = 1000;
  const auto all = ledger::archived_lines(file, 0, kMost);
  require(all.has_value() && all->size() <= std::min(lines.size(), kMost),
          "an archive has no more lines than its file");
  const auto later = ledger::archived_lines(file, 2, 3);
  require(later.has_value() && later->size() <= 3, "and no more than are asked for");
  for (const std::string& line : *later) require(number_of(line).value_or(3) > 2, "of those that come after");
}

void check_foreign(std::string_view text) {
  const std::vector<std::string> lines = lines_of(text);
  Verifier verifier({});
  Replay replay;
  std::int64_t fed = 0;
  for (const std::string& line : lines) {
    check_line(line);
    verifier.expect(line, Source::elsewhere);
    for (const Difference& difference : replay.feed(line)) require(!difference.what.empty(), "a difference has a name");
    require(replay.records() == ++fed && replay.derived() <= fed, "a replay counts its records");
  }
  (void)verifier.finish();

  Verifier chain({});
  for (const std::string& line : lines) {
    if (!chain.feed_line(line)) break;
  }
  const Report report = chain.finish();
  require(report.records == sound_beginning(lines), "a log is sound as far as its hashes fit");
  require(report.finding.has_value() == (report.records < lines.size()), "and what does not fit is told");
  check_archive(text, lines);
}

Record record_of(fuzz::Input& input, std::int64_t seq) {
  static constexpr std::array<const char*, 5> kDecisions{"allow", "deny", "would-deny", "error", ""};
  static constexpr std::array<const char*, 4> kRequests{"null", R"({"kind":"lapse","ticket":"t"})",
                                                        R"({"kind":"snapshot","rows":[]})", R"({"hex":"00"})"};
  Record record;
  record.seq = seq;
  record.time = std::chrono::microseconds(input.byte());
  record.decision = input.pick(kDecisions);
  record.request = input.pick(kRequests);
  record.what.subject = input.text();
  record.message = input.text();
  record.policy = input.text();
  record.who.executable = input.text();
  return record;
}

Log sound_log(fuzz::Input& input) {
  constexpr std::int64_t kMost = 8;
  Log log;
  Hash hash = kNoHash;
  const std::int64_t last = 1 + input.byte() % kMost;
  for (std::int64_t seq = 1; seq <= last; ++seq) {
    const std::string text = text_of(record_of(input, seq));
    const auto read = parse_record(text);
    require(read && text_of(*read) == text, "a record is read as it was written");
    hash = next_hash(hash, text);
    log.push_back({text, hash});
    check_line(to_text(log.back()));
  }
  return log;
}

void tamper(Log& log, fuzz::Input& input) {
  const std::size_t at = input.byte() % log.size();
  const std::size_t other = input.byte() % log.size();
  const std::uint8_t value = input.byte();
  Line& line = log[at];
  switch (input.byte() % 7) {
    case 0:
      line.record[value % line.record.size()] = static_cast<char>(input.byte());
      break;
    case 1:
      line.hash[value % line.hash.size()] = input.byte();
      break;
    case 2:
      std::swap(line, log[other]);
      break;
    case 3:
      log.erase(log.begin() + static_cast<std::ptrdiff_t>(at));
      break;
    case 4:
      log.insert(log.begin() + static_cast<std::ptrdiff_t>(other), Line(line));
      break;
    case 5:
      line.record.insert(value % line.record.size(), input.text());
      break;
    default:  // all hashes anew, as whoever has no key can
      line.record = text_of(record_of(input, static_cast<std::int64_t>(at) + 1));
      for (std::size_t i = at; i < log.size(); ++i) {
        log[i].hash = next_hash(i == 0 ? kNoHash : log[i - 1].hash, log[i].record);
      }
  }
}

void check_tampering(fuzz::Input input) {
  const Log sound = sound_log(input);
  const std::string checkpoint = sign_checkpoint(static_cast<std::int64_t>(sound.size()), sound.back().hash,
                                                 std::chrono::microseconds(1), signing_key());
  const Source source = input.flag() ? Source::log : Source::elsewhere;
  require(!verified(sound, checkpoint, source).finding, "nothing is found in a sound log");
  Log log = sound;
  while (!input.empty() && !log.empty()) tamper(log, input);
  const bool same = std::ranges::equal(
      log, sound, [](const Line& a, const Line& b) { return a.record == b.record && a.hash == b.hash; });
  const Report report = verified(log, checkpoint, source);
  // What is written behind the last record that was signed nobody can know to be no record.
  const bool goes_on = log.size() > sound.size() && !report.finding;
  require(goes_on || report.finding.has_value() != same, "a checkpoint tells whatever was done to the log before it");
  require(!report.finding || !report.finding->message.empty(), "a finding has words");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  if (text.starts_with('#')) {
    check_tampering(fuzz::Input(text.substr(1)));
  } else {
    check_foreign(text);
  }
  return 0;
}
