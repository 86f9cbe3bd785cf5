// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/archive_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>

#include "enforcer/audit/durable_file.h"
#include "enforcer/audit/number.h"

namespace xenacm::ledger {

namespace {

using Done = std::expected<void, std::string>;

constexpr std::int64_t kPage = 1000;
constexpr mode_t kMode = 0640;

Done failure(const std::filesystem::path& file) {
  return std::unexpected("cannot write " + file.string() + ": " + std::strerror(errno));
}

// All lines of the segment, page by page.
Done each_page(const Segment& segment, const AuditReader& reader, const std::function<Done(const std::string&)>& take) {
  for (std::int64_t after = segment.first - 1; after < segment.last;) {
    const auto lines = reader.read({.after = after, .limit = std::min(kPage, segment.last - after)});
    if (!lines) return std::unexpected(lines.error());
    std::string text;
    for (const audit::Line& line : *lines) {
      const std::int64_t number = audit::number_of(line.record).value_or(0);
      if (number <= after || number > segment.last) break;
      after = number;
      text.append(audit::to_text(line)).append("\n");
    }
    if (text.empty()) return std::unexpected("record " + std::to_string(after + 1) + " cannot be archived");
    if (auto taken = take(text); !taken) return taken;
  }
  return {};
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t size = ::write(fd, text.data(), text.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(size));
  }
  return true;
}

bool sync(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool synced = ::fsync(fd) == 0;
  ::close(fd);
  return synced;
}

Done is_the_same(const std::filesystem::path& file, const Segment& segment, const AuditReader& reader) {
  std::ifstream in(file, std::ios::binary);
  const Done differs = std::unexpected(file.string() + " holds other records than the ledger; move it away");
  auto same = each_page(segment, reader, [&](const std::string& text) {
    std::string there(text.size(), '\0');
    in.read(there.data(), static_cast<std::streamsize>(there.size()));
    return there == text ? Done() : differs;
  });
  if (same && in.peek() != std::ifstream::traits_type::eof()) return differs;
  return same;
}

Done write_beside(const std::filesystem::path& beside, const Segment& segment, const AuditReader& reader) {
  ::unlink(beside.c_str());  // what a predecessor left there, who died
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kMode);
  if (fd < 0) return failure(beside);
  Done done = each_page(segment, reader,
                        [&](const std::string& text) { return write_all(fd, text) ? Done() : failure(beside); });
  if (done && (::fchmod(fd, kMode) != 0 || ::fsync(fd) != 0)) done = failure(beside);
  ::close(fd);
  if (!done) ::unlink(beside.c_str());
  return done;
}

Done write_checkpoints(const std::filesystem::path& file, const Segment& segment, const AuditReader& reader) {
  std::string text;
  for (std::int64_t after = segment.first - 1;;) {
    const auto page = reader.checkpoints(after, kPage);
    if (!page) return std::unexpected(page.error());
    for (const auto& [seq, checkpoint] : *page) {
      if (seq <= segment.last) text.append(checkpoint).append("\n");
    }
    if (page->empty() || page->back().seq >= segment.last) break;
    after = page->back().seq;
  }
  return audit::replace_file(file, text);
}

std::filesystem::path named(const std::filesystem::path& folder, const Segment& segment, const char* extension) {
  return folder / (std::to_string(segment.first) + "-" + std::to_string(segment.last) + extension);
}

}  // namespace

std::filesystem::path checkpoints_file(const std::filesystem::path& folder, const Segment& segment) {
  return named(folder, segment, ".checkpoints");
}

std::filesystem::path archive_file(const std::filesystem::path& folder, const Segment& segment) {
  return named(folder, segment, ".jsonl");
}

Done write_archive(const std::filesystem::path& folder, const Segment& segment, const AuditReader& reader) {
  std::error_code error;
  const bool is_new = std::filesystem::create_directories(folder, error);
  if (is_new && !sync(folder.parent_path())) return failure(folder);
  if (error) return std::unexpected("cannot make " + folder.string() + ": " + error.message());
  if (auto written = write_checkpoints(checkpoints_file(folder, segment), segment, reader); !written) return written;
  const std::filesystem::path file = archive_file(folder, segment);
  if (std::filesystem::exists(file, error)) {
    if (auto same = is_the_same(file, segment, reader); !same) return same;
    return sync(file) && sync(folder) ? Done() : failure(file);
  }
  const std::filesystem::path beside = file.string() + ".new";
  if (auto written = write_beside(beside, segment, reader); !written) return written;
  if (::rename(beside.c_str(), file.c_str()) != 0 || !sync(folder)) return failure(file);
  return {};
}

std::expected<std::vector<std::string>, std::string> archived_lines(const std::filesystem::path& file,
                                                                    std::int64_t after, std::size_t limit) {
  constexpr std::streamoff kNear = 65'536;
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return std::unexpected("cannot read " + file.string() + ": " + std::strerror(errno));
  std::streamoff begin = 0;  // of a line whose record does not come after, or of the first
  std::streamoff end = in.tellg();
  std::string line;
  while (end - begin > kNear) {
    const std::streamoff middle = begin + (end - begin) / 2;
    in.clear();
    in.seekg(middle);
    std::getline(in, line);
    const std::streamoff here = in.tellg();
    if (std::getline(in, line) && audit::number_of(line).value_or(after + 1) <= after) {
      begin = here;
    } else {
      end = middle;
    }
  }
  in.clear();
  in.seekg(begin);
  std::vector<std::string> lines;
  while (lines.size() < limit && std::getline(in, line)) {
    if (audit::number_of(line).value_or(after + 1) > after) lines.push_back(line);
  }
  if (in.bad()) return std::unexpected("cannot read " + file.string() + ": " + std::strerror(errno));
  return lines;
}

}  // namespace xenacm::ledger
