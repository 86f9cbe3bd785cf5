// SPDX-License-Identifier: Apache-2.0
#include "enforcer/outputs/syslog_output.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "enforcer/outputs/fields.h"

namespace xenacm::outputs {

namespace {

constexpr const char* kSyslogSocket = "/dev/log";

// syslog(3) drops what it cannot send, and says nothing: so it is asked beforehand whether somebody listens.
std::expected<void, std::string> somebody_listens() {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::strcpy(address.sun_path, kSyslogSocket);
  int error = 0;
  for (const int type : {SOCK_DGRAM, SOCK_STREAM}) {
    const int socket = ::socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    const bool connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    error = errno;
    ::close(socket);
    if (connected) return {};
    if (error != EPROTOTYPE) break;
  }
  return std::unexpected(std::string("no syslog daemon listens at ") + kSyslogSocket + ": " + std::strerror(error));
}

}  // namespace

std::string syslog_line(const audit::Line& line) {
  const auto record = audit::parse_record(line.record);
  if (!record) return "unreadable=\"" + escaped(line.record) + '"';
  std::string text;
  for (const auto& [name, value] : fields_of(*record, line.hash)) {
    text.append(text.empty() ? "" : " ").append(name).append("=\"").append(escaped(value)).append("\"");
  }
  return text;
}

SyslogOutput::SyslogOutput() { ::openlog("acm-enforcerd", LOG_PID, LOG_AUTHPRIV); }
SyslogOutput::~SyslogOutput() { ::closelog(); }

std::expected<std::int64_t, std::string> SyslogOutput::open(std::int64_t position) {
  if (auto listens = somebody_listens(); !listens) return std::unexpected(listens.error());
  return position;
}

// Where the daemon ends between the question and the line, that line is lost to syslog; a batch that failed comes
// again.
std::expected<void, std::string> SyslogOutput::write(std::span<const audit::Line> lines) {
  for (const audit::Line& line : lines) {
    if (auto listens = somebody_listens(); !listens) return listens;
    const auto record = audit::parse_record(line.record);
    ::syslog(record ? priority_of(*record) : LOG_CRIT, "%s", syslog_line(line).c_str());
  }
  return {};
}

}  // namespace xenacm::outputs
