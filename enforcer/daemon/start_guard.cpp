// SPDX-License-Identifier: Apache-2.0
// The guard, made of the daemon's parts.
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <future>
#include <utility>

#include "enforcer/daemon/enforcer.h"
#include "enforcer/gate/socket_takeover.h"
#include "enforcer/monitor/resource_label.h"
#include "enforcer/xen/peer.h"
#include "enforcer/xen/xenstore.h"

namespace xenacm::daemon {

namespace {

// The guard asks from its own thread and waits; the committer's thread answers.
std::optional<guard::Recorded> recorded(ledger::Committer& committer) {
  std::promise<std::optional<guard::Recorded>> promise;
  auto recorded = promise.get_future();
  committer.look([&promise](const monitor::State* state) {
    if (state == nullptr) return promise.set_value(std::nullopt);
    guard::Recorded all;
    for (const auto& [domid, domain] : state->running()) all.domains.push_back(domain);
    for (const auto& [key, link] : state->links()) {
      all.links.insert(key);
      if (auto label = monitor::label_of_link(*state, link)) all.link_labels.emplace(key, *std::move(label));
    }
    promise.set_value(std::move(all));
  });
  return recorded.get();
}

// Whether it is our own gate that listens there.
bool is_our_own(const std::filesystem::path& name) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  if (name.native().size() >= sizeof address.sun_path) return false;
  std::strcpy(address.sun_path, name.c_str());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  const bool ours = connected && xen::peer_of(socket, {}).pid == ::getpid();
  ::close(socket);
  return ours;
}

// xenstored where it answers: behind the gate, or, if it was started anew beneath the gate, at its own name again.
std::expected<std::unique_ptr<xen::Xenstore>, std::string> connect_past_the_gate(const std::filesystem::path& name) {
  auto behind = xen::open_xenstore(gate::upstream_name(name));
  if (behind || is_our_own(name)) return behind;
  return xen::open_xenstore(name);
}

}  // namespace

std::expected<void, std::string> Enforcer::start_guard() {
  auto hypervisor = xen::open_hypervisor();
  if (!hypervisor) return std::unexpected(hypervisor.error());
  guard_ = std::make_unique<guard::Guard>(
      *std::move(hypervisor),
      [gated = config_.gate.enabled, name = config_.gate.socket] {
        return gated ? connect_past_the_gate(name) : xen::open_xenstore(name);
      },
      submit_to(nullptr), [this] { return recorded(*committer_); });
  return guard_->start();
}

}  // namespace xenacm::daemon
