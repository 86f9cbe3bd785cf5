// SPDX-License-Identifier: Apache-2.0
#include "tests/xenstored/xenstored_fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <stdint.h>  // which xs_wire.h needs
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xen/io/xs_wire.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace xenacm::test {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr auto start_limit = std::chrono::seconds(20);
constexpr auto stop_limit = std::chrono::seconds(10);
constexpr auto poll_interval = milliseconds(5);
constexpr std::uint32_t virq_port = 1;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error("xenstored fixture: " + what); }

[[noreturn]] void fail_errno(const std::string& what) { fail(what + ": " + std::strerror(errno)); }

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

std::string_view text_of(DomainState state) {
  switch (state) {
    case DomainState::running:
      return "";
    case DomainState::paused:
      return "paused";
    case DomainState::shutdown:
      return "shutdown";
    case DomainState::crashed:
      return "crashed";
    case DomainState::dying:
      return "dying";
  }
  std::unreachable();
}

void write_file(const fs::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) fail("cannot write " + path.string());
}

// What a line "KEY = VALUE" is not given for has a default that leads out of `dir`, or to no file at all.
fs::path write_oxenstored_configuration(const fs::path& dir) {
  const fs::path path = dir / "oxenstored.conf";
  std::ostringstream text;
  text << "pid-file = " << (dir / "pid").string() << '\n'
       << "persistent = false\n"
       << "xenstored-log-file = " << (dir / "xenstored.log").string() << '\n'
       << "access-log-file = " << (dir / "access.log").string() << '\n'
       << "xenstored-kva = /proc/xen/xsd_kva\n"
       << "xenstored-port = /proc/xen/xsd_port\n";
  write_file(path, text.str());
  return path;
}

std::vector<std::string> command_line(XenstoredKind kind, const fs::path& dir) {
  const fs::path programs = XENACM_XENSTORED_DIR;
  const fs::path program = programs / (kind == XenstoredKind::c ? "xenstored" : "oxenstored");
  if (::access(program.c_str(), X_OK) != 0) {
    fail("there is no " + program.string() +
         "; these tests need a real xenstored: apt-get install --no-install-recommends xen-utils-4.17");
  }
  if (kind == XenstoredKind::c) return {program, "-N", "--internal-db", "--trace-file", dir / "trace"};
  return {program, "--no-fork", "--config-file", write_oxenstored_configuration(dir)};
}

// A fresh environment: a preloaded library of the test's own, a sanitizer's say, is not for xenstored.
std::vector<std::string> environment(const fs::path& dir) {
  return {"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
          "LD_PRELOAD=" XENACM_FAKEXEN,
          "FAKEXEN_DIR=" + dir.string(),
          "XENSTORED_RUNDIR=" + (dir / "run").string(),
          "XENSTORED_ROOTDIR=" + (dir / "root").string(),
          "XENSTORED_PATH=" + (dir / "run" / "socket").string()};
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  for (std::string& string : strings) result.push_back(string.data());
  result.push_back(nullptr);
  return result;
}

bool read_all(int fd, void* data, std::size_t size, steady_clock::time_point deadline) {
  auto* next = static_cast<char*>(data);
  while (size > 0) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()).count();
    pollfd readable{fd, POLLIN, 0};
    if (left <= 0 || ::poll(&readable, 1, static_cast<int>(left)) <= 0) return false;
    const ssize_t count = ::read(fd, next, size);
    if (count <= 0) return false;
    next += count;
    size -= static_cast<std::size_t>(count);
  }
  return true;
}

// One request and its reply, be it a refusal: connecting alone would only prove that the socket is bound.
bool answers(const fs::path& socket, steady_clock::time_point deadline) {
  const FileDescriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socket.native().copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return false;

  struct {
    xsd_sockmsg header{XS_DIRECTORY, 1, 0, 2};
    std::array<char, 2> path{'/', '\0'};
  } request;
  constexpr std::size_t request_size = sizeof(xsd_sockmsg) + 2;
  if (::send(fd.get(), &request, request_size, MSG_NOSIGNAL) != static_cast<ssize_t>(request_size)) return false;
  xsd_sockmsg reply{};
  return read_all(fd.get(), &reply, sizeof reply, deadline) && (reply.type == XS_DIRECTORY || reply.type == XS_ERROR);
}

}  // namespace

TemporaryDirectory::TemporaryDirectory(const std::string& prefix) {
  std::string name = (fs::temp_directory_path() / (prefix + ".XXXXXX")).string();
  if (::mkdtemp(name.data()) == nullptr) fail_errno("cannot make a directory like " + name);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

XenstoreHandle open_xenstore(const fs::path& socket) {
  constexpr const char* variable = "XENSTORED_PATH";
  const char* before = std::getenv(variable);
  const std::string saved = before != nullptr ? before : "";
  ::setenv(variable, socket.c_str(), 1);
  XenstoreHandle handle(xs_open(0));
  const int error = errno;
  if (before != nullptr) {
    ::setenv(variable, saved.c_str(), 1);
  } else {
    ::unsetenv(variable);
  }
  errno = error;
  if (!handle) fail_errno("cannot connect to " + socket.string());
  return handle;
}

Xenstored::Xenstored(XenstoredKind kind) : kind_(kind), directory_("xenstored") {
  if (socket_path().native().size() >= sizeof sockaddr_un::sun_path) {
    fail("the path " + socket_path().string() + " is too long for a socket: set TMPDIR to a shorter one");
  }
  for (const char* name : {"run", "root", "dom"}) fs::create_directory(directory_.path() / name);
  add_domain(0);
  start();
}

Xenstored::~Xenstored() { kill(); }

void Xenstored::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void Xenstored::start() {
  if (pid_ != 0) fail("is running already");
  launch();
  await_answer();
}

void Xenstored::launch() {
  std::vector<std::string> command = command_line(kind_, directory_.path());
  std::vector<std::string> variables = environment(directory_.path());
  std::vector<char*> argv = pointers(command);
  std::vector<char*> envp = pointers(variables);
  const FileDescriptor log(
      ::open((directory_.path() / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (log.get() < 0) fail_errno("cannot write the log");

  const pid_t child = ::fork();
  if (child < 0) fail_errno("fork");
  if (child == 0) {
    // Only async-signal-safe calls here: the test may have threads.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves no daemon behind
    ::dup2(log.get(), STDOUT_FILENO);
    ::dup2(log.get(), STDERR_FILENO);
    ::execve(argv[0], argv.data(), envp.data());
    ::_exit(127);
  }
  pid_ = child;
}

void Xenstored::await_answer() {
  const auto deadline = steady_clock::now() + start_limit;
  while (!answers(socket_path(), deadline)) {
    if (ended()) fail("xenstored ended instead of answering; it said:\n" + log());
    if (steady_clock::now() > deadline) fail("xenstored does not answer; it said:\n" + log());
    std::this_thread::sleep_for(poll_interval);
  }
}

bool Xenstored::ended() {
  if (pid_ == 0) return true;
  if (::waitpid(pid_, nullptr, WNOHANG) != pid_) return false;
  pid_ = 0;
  return true;
}

void Xenstored::stop() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGTERM);
  const auto deadline = steady_clock::now() + stop_limit;
  while (!ended()) {
    if (steady_clock::now() > deadline) fail("xenstored does not heed SIGTERM");
    std::this_thread::sleep_for(poll_interval);
  }
}

void Xenstored::restart() {
  stop();
  start();
}

fs::path Xenstored::domain_file(const std::string& name, std::uint32_t domid) const {
  return directory_.path() / (name + std::to_string(domid));
}

void Xenstored::add_domain(std::uint32_t domid, DomainState state, std::uint16_t life) {
  write_file(domain_file("dom/", domid), "life=" + std::to_string(life) + ' ' + std::string(text_of(state)));
}

void Xenstored::set_domain_state(std::uint32_t domid, DomainState state) {
  write_file(domain_file("dom/", domid), text_of(state));
}

void Xenstored::remove_domain(std::uint32_t domid) {
  for (const char* name : {"dom/", "ring.", "port."}) fs::remove(domain_file(name, domid));
}

void Xenstored::poke_domains() { send_event(virq_port); }

void Xenstored::send_event(std::uint32_t port) {
  const fs::path path = directory_.path() / "evtchn";
  const FileDescriptor fifo(::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  if (fifo.get() < 0) fail_errno("nobody takes events at " + path.string());
  if (::write(fifo.get(), &port, sizeof port) != static_cast<ssize_t>(sizeof port)) fail_errno("cannot send an event");
}

std::string Xenstored::log() const {
  std::ifstream file(directory_.path() / "log");
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace xenacm::test
