// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/domain_request.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "enforcer/gate/printable.h"
#include "enforcer/gate/store_path.h"

namespace xenacm::gate {
namespace {

using monitor::MalformedWrite;

// The domain id that `payload` begins with; it and its NUL are taken off. xenstored reads "7x" and "07" too, each in
// its own way.
std::optional<monitor::DomId> take_domid(std::string_view& payload) {
  const std::size_t nul = payload.find('\0');
  if (nul == std::string_view::npos) return std::nullopt;
  const auto domid = parse_domid(payload.substr(0, nul));
  payload.remove_prefix(nul + 1);
  return domid;
}

Intent unclear(std::string request, std::string_view payload) {
  return MalformedWrite{std::move(request), '"' + printable(payload) + "\" does not begin with plain domain ids"};
}

Intent introduction(std::string_view payload) {
  std::string_view rest = payload;
  const auto domid = take_domid(rest);
  if (!domid) return unclear("INTRODUCE", payload);
  return monitor::IntroduceDomain{*domid};
}

Intent set_target(std::string_view payload) {
  std::string_view rest = payload;
  const auto domid = take_domid(rest);
  const auto target = take_domid(rest);
  if (!domid || !target) return unclear("SET_TARGET", payload);
  if (*target == monitor::kDomain0) {
    return MalformedWrite{"SET_TARGET", "gives domain " + std::to_string(domid->get()) + " the rights of Domain-0"};
  }
  return monitor::AttachLink{{std::string(monitor::kTargetClass), *target, *domid, 0}, {}, {}};
}

}  // namespace

std::optional<Intent> domain_request_of(const Frame& frame) {
  if (frame.header.type == Message::introduce) return introduction(frame.payload());
  if (frame.header.type == Message::set_target) return set_target(frame.payload());
  return std::nullopt;
}

}  // namespace xenacm::gate
