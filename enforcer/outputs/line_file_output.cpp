// SPDX-License-Identifier: Apache-2.0
#include "enforcer/outputs/line_file_output.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "enforcer/audit/number.h"

namespace xenacm::outputs {

namespace {

constexpr mode_t kMode = 0640;
constexpr mode_t kFolderMode = 0750;

std::optional<gid_t> gid_of(const std::string& group) {
  const ::group* entry = ::getgrnam(group.c_str());
  return entry == nullptr ? std::nullopt : std::optional(entry->gr_gid);
}

std::string text_at(int fd, std::uint64_t begin, std::uint64_t end) {
  std::string text(end - begin, '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    const ssize_t size = ::pread(fd, text.data() + have, text.size() - have, static_cast<off_t>(begin + have));
    if (size <= 0) break;
    have += static_cast<std::size_t>(size);
  }
  text.resize(have);
  return text;
}

// Where the last of the first `end` bytes' line breaks is, plus one; 0: there is none.
std::uint64_t end_of_lines(int fd, std::uint64_t end) {
  constexpr std::uint64_t kStep = 65'536;
  while (end > 0) {
    const std::uint64_t begin = end - std::min(end, kStep);
    const std::size_t found = text_at(fd, begin, end).rfind('\n');
    if (found != std::string::npos) return begin + found + 1;
    end = begin;
  }
  return 0;
}

std::optional<std::int64_t> last_number(int fd, std::uint64_t size) {
  const std::uint64_t end = end_of_lines(fd, size);
  if (end == 0) return std::nullopt;
  return audit::number_of(text_at(fd, end_of_lines(fd, end - 1), end));
}

std::optional<std::int64_t> last_number(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return std::nullopt;
  struct stat status{};
  std::optional<std::int64_t> number;
  if (::fstat(fd, &status) == 0) number = last_number(fd, static_cast<std::uint64_t>(status.st_size));
  ::close(fd);
  return number;
}

std::filesystem::path older(const std::filesystem::path& file, unsigned number) {
  return file.string() + "." + std::to_string(number);
}

}  // namespace

LineFileOutput::~LineFileOutput() { close(); }

void LineFileOutput::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

std::unexpected<std::string> LineFileOutput::failure(const char* what) const {
  return std::unexpected(std::string("cannot ") + what + " " + options_.file.string() + ": " + std::strerror(errno));
}

std::expected<std::int64_t, std::string> LineFileOutput::open(std::int64_t position) {
  if (auto opened = open_file(); !opened) return std::unexpected(opened.error());
  if (const auto number = last_number(fd_, size_)) return *number;
  return last_number(older(options_.file, 1)).value_or(position);
}

LineFileOutput::Done LineFileOutput::open_file() {
  close();
  const std::optional<gid_t> group = gid_of(options_.group);
  std::error_code error;
  const std::filesystem::path folder = options_.file.parent_path();
  if (std::filesystem::create_directories(folder, error) && ::chmod(folder.c_str(), kFolderMode) == 0 && group) {
    (void)!::chown(folder.c_str(), static_cast<uid_t>(-1), *group);
  }
  fd_ = ::open(options_.file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, kMode);
  if (fd_ < 0) return failure("open");
  struct stat status{};
  if (::fstat(fd_, &status) != 0) return failure("look at");
  if (!S_ISREG(status.st_mode)) return std::unexpected(options_.file.string() + " is not a plain file");
  // Its mode is what we say, whatever the umask is; where the group may not be given, root alone reads.
  const bool given = group && ::fchown(fd_, static_cast<uid_t>(-1), *group) == 0;
  if (::fchmod(fd_, given ? kMode : kMode & 0700) != 0) return failure("protect");
  size_ = static_cast<std::uint64_t>(status.st_size);
  return trim();
}

// What was cut off in the middle of a line is written again.
LineFileOutput::Done LineFileOutput::trim() {
  const std::uint64_t whole = end_of_lines(fd_, size_);
  if (whole == size_) return {};
  if (::ftruncate(fd_, static_cast<off_t>(whole)) != 0) return failure("mend the end of");
  size_ = whole;
  return {};
}

// By logrotate, or by hand.
bool LineFileOutput::was_moved() const {
  struct stat named{};
  struct stat ours{};
  if (::fstat(fd_, &ours) != 0 || ::lstat(options_.file.c_str(), &named) != 0) return true;
  return named.st_dev != ours.st_dev || named.st_ino != ours.st_ino;
}

LineFileOutput::Done LineFileOutput::write(std::span<const audit::Line> lines) {
  if (was_moved()) {
    if (auto opened = open_file(); !opened) return opened;
  }
  std::string text;
  for (const audit::Line& line : lines) {
    const std::string next = audit::to_text(line) + '\n';
    if (size_ + text.size() > 0 && size_ + text.size() + next.size() > options_.rotate_size) {
      if (auto appended = append(text); !appended) return appended;
      text.clear();
      if (auto rotated = rotate(); !rotated) return rotated;
    }
    text += next;
  }
  return append(text);
}

// The whole of it, or nothing of its last line: who reads meanwhile sees whole lines.
LineFileOutput::Done LineFileOutput::append(const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    const ssize_t size = ::write(fd_, text.data() + written, text.size() - written);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) {
      const auto failed = failure("write");
      size_ += written;
      (void)trim();  // and once more when it is opened
      return failed;
    }
    written += static_cast<std::size_t>(size);
  }
  size_ += text.size();
  return {};
}

// Durable before it has its new name: no younger file says that an older one was whole when it was not.
LineFileOutput::Done LineFileOutput::rotate() {
  if (::fsync(fd_) != 0) return failure("write");
  close();
  for (unsigned number = options_.rotate_keep; number > 0; --number) {
    const std::filesystem::path from = number == 1 ? options_.file : older(options_.file, number - 1);
    if (::rename(from.c_str(), older(options_.file, number).c_str()) != 0 && errno != ENOENT) return failure("rotate");
  }
  if (options_.rotate_keep == 0 && ::unlink(options_.file.c_str()) != 0) return failure("rotate");
  return open_file();
}

}  // namespace xenacm::outputs
