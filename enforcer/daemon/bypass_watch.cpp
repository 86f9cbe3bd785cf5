// SPDX-License-Identifier: Apache-2.0
#include "enforcer/daemon/bypass_watch.h"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <chrono>

#include "enforcer/xen/processes.h"
#include "enforcer/xen/unix_sockets.h"

namespace xenacm::daemon {

namespace {

using nlohmann::json;

constexpr std::chrono::seconds kBetweenLooks{3};

// /var/run/xenstored/socket, which oxenstored binds, is /run/xenstored/socket.
std::string resolved(const std::filesystem::path& name) {
  std::error_code unknown;
  const auto folder = std::filesystem::weakly_canonical(name.parent_path(), unknown);
  return unknown ? name.string() : (folder / name.filename()).string();
}

std::expected<std::vector<xen::UnixSocket>, std::string> sockets_at(const std::string& socket) {
  auto sockets = xen::established_unix_sockets();
  if (!sockets) return sockets;
  const auto wanted = std::filesystem::path(socket).filename();
  for (xen::UnixSocket& one : *sockets) {
    if (std::filesystem::path(one.name).filename() == wanted) one.name = resolved(one.name);
  }
  return sockets;
}

}  // namespace

BypassWatch::BypassWatch(const std::filesystem::path& socket, Alarm alarm)
    : socket_(resolved(socket)), alarm_(std::move(alarm)) {}

void BypassWatch::gate_took_over() {
  const auto sockets = sockets_at(socket_);
  const std::lock_guard lock(mutex_);
  older_ = sockets ? xen::accepted_at(socket_, *sockets) : std::set<xen::SocketInode>{};
}

void BypassWatch::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

void BypassWatch::stop() {
  thread_.request_stop();
  if (thread_.joinable()) thread_.join();
}

void BypassWatch::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      look();
    } catch (const std::exception& error) {
      spdlog::error("cannot look for who goes round the gate: {}", error.what());
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, kBetweenLooks, [] { return false; });
  }
}

void BypassWatch::look() {
  const auto sockets = sockets_at(socket_);
  std::set<xen::SocketInode> ends;
  if (sockets) {
    ends = xen::accepted_at(socket_, *sockets);
    for (const xen::UnixSocket& socket : *sockets) {
      if (socket.name == socket_ && socket.peer != 0) ends.insert(socket.peer);
    }
  }
  const auto holders = xen::holders_of(ends);
  std::set<xen::SocketInode> older;
  {
    const std::lock_guard lock(mutex_);
    older = older_;
  }
  const auto found =
      xen::find_bypass(socket_, sockets.value_or(std::vector<xen::UnixSocket>{}), holders, older, getpid());
  report(found);
  const std::lock_guard lock(mutex_);
  if (!sockets && unseen_.empty()) spdlog::warn("who goes round the gate is seen in part only: {}", sockets.error());
  unseen_ = sockets ? "" : sockets.error();
  found_ = found;
}

void BypassWatch::report(const std::vector<xen::Bypass>& found) {
  // What a process was reported for is forgotten when that process ends.
  std::erase_if(reported_, [](const xen::Bypass& one) { return xen::start_of(one.pid) != one.start; });
  for (const xen::Bypass& one : found) {
    if (!reported_.insert(one).second) continue;
    spdlog::warn("{} (pid {}) speaks to xenstored round the gate: {}", one.program, one.pid, to_text(one.way));
    alarm_(one);
  }
}

json BypassWatch::seen() const {
  const std::lock_guard lock(mutex_);
  json list = json::array();
  for (const xen::Bypass& one : found_) {
    list.push_back(
        {{"pid", one.pid}, {"program", one.program}, {"way", to_text(one.way)}, {"expected", xen::is_expected(one)}});
  }
  json seen{{"bypass", std::move(list)}};
  if (!unseen_.empty()) seen["bypass_unseen"] = unseen_;
  return seen;
}

}  // namespace xenacm::daemon
