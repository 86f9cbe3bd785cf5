// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/archivist.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <future>

#include "enforcer/audit/number.h"
#include "enforcer/ledger/archive_file.h"
#include "enforcer/ledger/audit_table.h"
#include "enforcer/ledger/segment_table.h"

namespace xenacm::ledger {

namespace {

constexpr std::chrono::milliseconds kFirstRetry{100};
constexpr std::chrono::milliseconds kLongestRetry{60'000};

struct Seen {
  std::optional<Segment> oldest;
  std::int64_t first = 1;  // record in the ledger
  std::int64_t last = 0;
  std::vector<Segment> archived;
};

Seen see(const std::filesystem::path& ledger_file) {
  SQLite::Database db(ledger_file.string(), SQLite::OPEN_READONLY);
  db.setBusyTimeout(5000);
  const SQLite::Transaction one_moment(db);
  return {oldest_segment(db), db.execAndGet("SELECT coalesce(min(seq), 1) FROM audit").getInt64(), read_tip(db).seq,
          archived_segments(db)};
}

// Of a file that is named as an archive, or as its checkpoints; none: it is not.
std::optional<Segment> segment_named_by(const std::filesystem::path& file) {
  const std::string name = file.filename();
  const char* end = name.data() + name.size();
  Segment segment;
  const auto [dash, no_first] = std::from_chars(name.data(), end, segment.first);
  if (no_first != std::errc{} || dash == end || *dash != '-') return std::nullopt;
  const auto [rest, no_last] = std::from_chars(dash + 1, end, segment.last);
  if (no_last != std::errc{} || segment.first < 1 || segment.last < segment.first) return std::nullopt;
  const bool is_named_so =
      file == archive_file(file.parent_path(), segment) || file == checkpoints_file(file.parent_path(), segment);
  return is_named_so ? std::optional(segment) : std::nullopt;
}

// Whether the archivist can have written it: a name alone proves nothing.
bool is_of(const Segment& segment, const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string line;
  const bool is_archive = file.extension() == archive_file({}, segment).extension();
  if (!std::getline(in, line)) return in.eof() && !is_archive;  // there may have been no checkpoint
  const std::int64_t number = audit::number_of(line).value_or(0);
  return is_archive ? number == segment.first : number >= segment.first && number <= segment.last;
}

// Waits for a change of the ledger.
template <class Change>
bool done(Change change) {
  std::promise<bool> promise;
  change([&promise](bool is_done) { promise.set_value(is_done); });
  return promise.get_future().get();
}

constexpr const char* kNotDone = "the ledger cannot be written";

}  // namespace

Archivist::Archivist(ArchiveOptions options, const std::filesystem::path& ledger_file, Changes changes)
    : options_(options),
      ledger_file_(ledger_file),
      folder_(ledger_file.parent_path() / kArchiveFolder),
      reader_(ledger_file),
      changes_(std::move(changes)) {}

Archivist::~Archivist() { stop(); }

void Archivist::start() {
  thread_ = std::thread([this] { work(); });
}

void Archivist::wake(std::int64_t last) {
  {
    const std::scoped_lock lock(mutex_);
    last_ = std::max(last_, last);
    if (last_ < next_) return;
  }
  wake_.notify_one();
}

void Archivist::stop() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  reader_.stop();  // a segment that is being written is written anew after the next start
  if (thread_.joinable()) thread_.join();
}

Archivist::Told Archivist::told() const {
  const std::scoped_lock lock(mutex_);
  return told_;
}

void Archivist::work() {
  std::chrono::milliseconds pause{0};
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    Done looked;
    try {
      looked = look();
    } catch (const std::exception& error) {
      looked = std::unexpected(std::string(error.what()));
    }
    if (looked) {
      pause = std::chrono::milliseconds(0);
      tell("");
    } else {
      if (!stops() && (pause.count() == 0 || pause == kLongestRetry)) {
        spdlog::error("the oldest records of the audit log cannot be archived, and the ledger grows: {}",
                      looked.error());
      }
      pause = pause.count() == 0 ? kFirstRetry : std::min(2 * pause, kLongestRetry);
      tell(looked.error());
    }
    lock.lock();
    if (looked) {
      wake_.wait(lock, [this] { return stopping_ || last_ >= next_; });
    } else {
      wake_.wait_for(lock, pause, [this] { return stopping_; });
    }
  }
}

bool Archivist::stops() const {
  const std::scoped_lock lock(mutex_);
  return stopping_;
}

void Archivist::tell(const std::string& error) {
  const std::scoped_lock lock(mutex_);
  told_.error = error;
}

// Archives what there is to archive, and says when to look again.
Archivist::Done Archivist::look() {
  while (true) {
    const Seen seen = see(ledger_file_);
    {
      const std::scoped_lock lock(mutex_);
      told_.archives = static_cast<std::int64_t>(seen.archived.size());
      told_.archived_to = seen.archived.empty() ? 0 : seen.archived.back().last;
      // Where no segment is whole yet, one will be within as many records as a segment has.
      next_ = seen.oldest ? seen.oldest->last + options_.keep_records
                          : std::max(seen.last, seen.first) + options_.segment_records;
      if (stopping_) return {};
    }
    if (!seen.archived.empty() && seen.first <= seen.archived.back().last) {
      if (!done(changes_.dropped)) return std::unexpected(kNotDone);
      continue;
    }
    if (options_.keep_archives > 0 && !seen.archived.empty()) {
      const Segment& first = seen.archived.front();
      // The ledger forgets it before the file goes: it never names one that is not there.
      if (static_cast<std::int64_t>(seen.archived.size()) > options_.keep_archives) {
        if (!done([&](auto told) { changes_.forgotten(first, told); })) return std::unexpected(kNotDone);
        continue;
      }
      drop_leftovers(first.first);
    }
    if (!seen.oldest || seen.last - seen.oldest->last < options_.keep_records) return {};
    if (auto archived = archive(*seen.oldest); !archived) return archived;
  }
}

Archivist::Done Archivist::archive(const Segment& segment) {
  if (auto written = write_archive(folder_, segment, reader_); !written) return written;
  if (!done([&](auto told) { changes_.archived(segment, told); })) return std::unexpected(kNotDone);
  spdlog::info("records {} to {} of the audit log are in {} now", segment.first, segment.last,
               archive_file(folder_, segment).string());
  return {};
}

// Files of segments that the ledger has forgotten.
void Archivist::drop_leftovers(std::int64_t before) const {
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
    const auto segment = segment_named_by(entry.path());
    if (!segment || segment->last >= before || !is_of(*segment, entry.path())) continue;
    std::filesystem::remove(entry.path(), error);
  }
  if (error) spdlog::warn("old archives in {} cannot be removed: {}", folder_.string(), error.message());
}

}  // namespace xenacm::ledger
