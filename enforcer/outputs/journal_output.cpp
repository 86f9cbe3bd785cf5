// SPDX-License-Identifier: Apache-2.0
#include "enforcer/outputs/journal_output.h"

#define SD_JOURNAL_SUPPRESS_LOCATION  // where in our source it was sent is of no use to anybody
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <vector>

#include "enforcer/audit/number.h"
#include "enforcer/outputs/fields.h"

namespace xenacm::outputs {

namespace {

constexpr const char* kJournalSocket = "/run/systemd/journal/socket";
// Of every record of the audit log: `journalctl MESSAGE_ID=…` (docs/audit.md).
constexpr const char* kMessageId = "4f1d6e5c2b0a4d0f9c37a86f1e52d7b3";

std::string upper(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::vector<std::string> entry_of(const audit::Line& line) {
  std::vector<std::string> entry{"SYSLOG_IDENTIFIER=acm-enforcerd", std::string("MESSAGE_ID=") + kMessageId,
                                 "SYSLOG_FACILITY=" + std::to_string(LOG_FAC(LOG_AUTHPRIV))};
  const auto record = audit::parse_record(line.record);
  if (!record) {
    entry.push_back("PRIORITY=" + std::to_string(LOG_CRIT));
    entry.push_back("MESSAGE=a row of the audit log is no record: " + escaped(line.record));
    return entry;
  }
  entry.push_back("PRIORITY=" + std::to_string(priority_of(*record)));
  entry.push_back("MESSAGE=" + sentence_of(*record));
  // journald adds what it knows of that process, if it still runs.
  if (record->who.pid > 0) entry.push_back("OBJECT_PID=" + std::to_string(record->who.pid));
  for (const auto& [name, value] : fields_of(*record, line.hash))
    entry.push_back("XENACM_" + upper(name) + "=" + value);
  return entry;
}

std::expected<void, std::string> send(std::vector<std::string> entry) {
  std::vector<iovec> fields;
  for (std::string& field : entry) fields.push_back({field.data(), field.size()});
  const int status = ::sd_journal_sendv(fields.data(), static_cast<int>(fields.size()));
  if (status < 0) return std::unexpected(std::string("journald: ") + std::strerror(-status));
  return {};
}

// The library says nothing where there is no journald.
bool is_there() { return ::access(kJournalSocket, W_OK) == 0; }

}  // namespace

std::expected<std::int64_t, std::string> JournalOutput::open(std::int64_t position) {
  if (!is_there()) return std::unexpected(std::string("journald does not run: there is no ") + kJournalSocket);
  return std::max(position, sent_);
}

std::expected<void, std::string> JournalOutput::write(std::span<const audit::Line> lines) {
  for (const audit::Line& line : lines) {
    if (!is_there()) return std::unexpected("journald does not run any more");
    if (auto sent = send(entry_of(line)); !sent) return sent;
    sent_ = std::max(sent_, audit::number_of(line.record).value_or(0));
  }
  return {};
}

}  // namespace xenacm::outputs
