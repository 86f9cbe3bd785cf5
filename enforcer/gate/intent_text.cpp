// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/intent_text.h"

#include <type_traits>
#include <utility>
#include <variant>

#include "enforcer/gate/printable.h"

namespace xenacm::gate {
namespace {

template <class... Ts>
struct Overloaded : Ts... {
  using Ts::operator()...;
};

std::string to_text(monitor::DomId domid) { return std::to_string(domid.get()); }

}  // namespace

monitor::Request to_request(const Intent& intent) {
  return std::visit([](const auto& request) -> monitor::Request { return request; }, intent);
}

std::optional<monitor::Request> withdrawal_of(const Intent& intent) {
  using Withdrawal = std::optional<monitor::Request>;
  return std::visit(Overloaded{
                        [](const monitor::MalformedWrite&) -> Withdrawal { return std::nullopt; },
                        [](const monitor::StartDomain& start) -> Withdrawal {
                          return monitor::StopDomain{.domid = start.domid, .uuid = start.uuid, .withdrawn = true};
                        },
                        [](const monitor::RenameDomain&) -> Withdrawal { return std::nullopt; },
                        [](const monitor::IntroduceDomain&) -> Withdrawal { return std::nullopt; },
                        [](const monitor::AttachLink& attach) -> Withdrawal {
                          return monitor::DetachLink{.key = attach.key, .withdrawn = true};
                        },
                    },
                    intent);
}

std::string describe(const Intent& intent) {
  return std::visit(
      Overloaded{
          [](const monitor::MalformedWrite& write) { return "write of " + write.path + ": " + write.why; },
          [](const monitor::StartDomain& start) {
            return "start of domain " + to_text(start.domid) + " (" + printable(start.name.get()) + ")";
          },
          [](const monitor::RenameDomain& rename) {
            return "renaming of domain " + to_text(rename.domid) + " to " + printable(rename.name.get());
          },
          [](const monitor::IntroduceDomain& introduce) {
            return "introduction of domain " + to_text(introduce.domid);
          },
          [](const monitor::AttachLink& attach) {
            return attach.key.device_class + " " + std::to_string(attach.key.device) + " of domain " +
                   to_text(attach.key.frontend) + " with backend in domain " + to_text(attach.key.backend);
          },
      },
      intent);
}

std::string why_not(const monitor::Reply& reply) {
  if (!reply) return reply.error().message;
  if (reply->reasons.empty()) return "no reason given";
  return reply->reasons.front().message;
}

}  // namespace xenacm::gate
