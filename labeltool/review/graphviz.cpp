// SPDX-License-Identifier: Apache-2.0
#include "labeltool/review/graphviz.h"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace xenacm::labeltool::review {

namespace {

// A file without a name, in memory: neither side of a pipe has to wait for the other.
class MemoryFile {
 public:
  explicit MemoryFile(const char* name) : descriptor_(::memfd_create(name, MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  [[nodiscard]] int descriptor() const { return descriptor_; }

  [[nodiscard]] bool write(const std::string& text) const {
    std::size_t written = 0;
    while (written < text.size()) {
      const ssize_t size = ::write(descriptor_, text.data() + written, text.size() - written);
      if (size <= 0) return false;
      written += static_cast<std::size_t>(size);
    }
    return ::lseek(descriptor_, 0, SEEK_SET) == 0;
  }

  [[nodiscard]] std::string read() const {
    std::string text;
    std::array<char, 65536> block{};
    (void)::lseek(descriptor_, 0, SEEK_SET);
    for (ssize_t size = 0; (size = ::read(descriptor_, block.data(), block.size())) > 0;) {
      text.append(block.data(), static_cast<std::size_t>(size));
    }
    return text;
  }

 private:
  int descriptor_;
};

// 0, or the error that kept it from running.
int spawn_dot(int input, int output, pid_t& pid) {
  std::string program = "dot";
  std::string format = "-Tsvg";
  const std::array<char*, 3> words{program.data(), format.data(), nullptr};
  posix_spawn_file_actions_t streams;
  ::posix_spawn_file_actions_init(&streams);
  ::posix_spawn_file_actions_adddup2(&streams, input, STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&streams, output, STDOUT_FILENO);
  const int failure = ::posix_spawnp(&pid, program.c_str(), &streams, nullptr, words.data(), environ);
  ::posix_spawn_file_actions_destroy(&streams);
  return failure;
}

}  // namespace

std::expected<std::string, std::string> svg_of(const std::string& dot) {
  const MemoryFile input("dot");
  const MemoryFile output("svg");
  if (!input.write(dot)) return std::unexpected(std::string("no memory for the graph: ") + std::strerror(errno));
  pid_t pid = 0;
  if (const int failure = spawn_dot(input.descriptor(), output.descriptor(), pid); failure != 0) {
    return std::unexpected(failure == ENOENT ? "there is no program 'dot' here: install graphviz, or leave out --svg"
                                             : std::string("cannot run 'dot' of graphviz: ") + std::strerror(failure));
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return output.read();
  return std::unexpected("'dot' of graphviz failed: " + (WIFEXITED(status)
                                                             ? "status " + std::to_string(WEXITSTATUS(status))
                                                             : "signal " + std::to_string(WTERMSIG(status))));
}

}  // namespace xenacm::labeltool::review
