// SPDX-License-Identifier: Apache-2.0
// What is done with the audit log beside writing it: its outputs, its archives, and what happens when it cannot be
// written (docs/audit.md).
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "enforcer/audit/notes.h"
#include "enforcer/daemon/enforcer.h"

namespace xenacm::daemon {

using nlohmann::json;

namespace {

ledger::OnFailure on_failure_of(const std::string& word) {
  if (word == "halt") return ledger::OnFailure::halt;
  return word == "continue" ? ledger::OnFailure::carry_on : ledger::OnFailure::deny;
}

// As if it had been killed: its keeper refuses every request from here on.
[[noreturn]] void halt(const std::string& error) {
  spdlog::critical("halting, as audit.on_failure says: {}. Every request is refused until acm-enforcerd runs again",
                   error);
  spdlog::default_logger()->flush();
  std::_Exit(EXIT_FAILURE);
}

// Of a file that may not be there.
std::uintmax_t bytes_of(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  return error ? 0 : bytes;
}

}  // namespace

monitor::Caller self() {
  return {.via = std::string(audit::kOwnVoice),
          .uid = ::getuid(),
          .gid = ::getgid(),
          .pid = ::getpid(),
          .executable = "acm-enforcerd"};
}

ledger::CommitterOptions Enforcer::committer_options() {
  ledger::CommitterOptions options;
  options.on_failure = on_failure_of(config_.audit.on_failure);
  options.halt = halt;
  // Whatever is done now: a daemon that carried on may have died with records that it had only in memory.
  options.marker_folders = {config_.state_dir, config_.api.socket.parent_path()};
  options.committed = [this](std::int64_t last) {
    outputs_->wake(last);
    archivist_->wake(last);
  };
  options.segment_records = static_cast<std::int64_t>(config_.audit.segment_records);
  options.self = self();
  return options;
}

ledger::Archivist::Changes Enforcer::archive_changes() {
  return {.archived = [this](const ledger::Segment& segment,
                             std::function<void(bool)> done) { committer_->archived(segment, std::move(done)); },
          .dropped = [this](std::function<void(bool)> done) { committer_->drop_archived(std::move(done)); },
          .forgotten = [this](const ledger::Segment& segment,
                              std::function<void(bool)> done) { committer_->forget(segment, std::move(done)); }};
}

json Enforcer::audit_state() const {
  const ledger::Outage::Told outage = committer_->outage();
  const ledger::Archivist::Told archive = archivist_->told();
  json outputs = json::array();
  for (const outputs::Follower::Told& output : outputs_->told()) {
    outputs.push_back({{"name", output.name}, {"position", output.position}, {"error", output.error}});
  }
  const ledger::Standing& standing = committer_->standing();
  const std::filesystem::path file = config_.state_dir / ledger::kLedgerFile;
  return {{"writable", !outage.lasts},
          {"waiting", committer_->waiting()},
          {"last_record", standing.last_record.load()},
          {"checkpoint_record", standing.checkpoint_record.load()},
          {"checkpoint_time", standing.checkpoint_time.load()},
          {"ledger_bytes", bytes_of(file)},
          {"wal_bytes", bytes_of(file.string() + "-wal")},
          {"on_failure", config_.audit.on_failure},
          {"gaps", outage.count},
          {"since", outage.since.count()},
          {"error", outage.error},
          {"refused", outage.refused},
          {"let_through", outage.let_through},
          {"late", outage.late},
          {"lost", outage.lost},
          {"archives", archive.archives},
          {"archived_to", archive.archived_to},
          {"archive_error", archive.error},
          {"outputs", outputs}};
}

}  // namespace xenacm::daemon
