// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/effects.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "enforcer/gate/permissions.h"
#include "enforcer/gate/printable.h"
#include "enforcer/gate/store_path.h"

namespace xenacm::gate {
namespace {

constexpr std::size_t kEntryOverhead = 128;  // a map node and two string headers, roughly

std::size_t cost(std::string_view path, std::string_view value) { return path.size() + value.size() + kEntryOverhead; }

std::optional<Operation> write_of(std::string_view payload) {
  const std::size_t nul = payload.find('\0');
  if (nul == std::string_view::npos) return std::nullopt;
  std::string path = absolute_path(payload.substr(0, nul));
  if (std::holds_alternative<std::monostate>(meaning_of(path))) return std::nullopt;
  return Operation{Operation::Kind::write, std::move(path), std::string(payload.substr(nul + 1))};
}

// The path of a request that carries nothing else.
std::optional<std::string> lone_path(std::string_view payload) {
  if (payload.empty() || payload.find('\0') != payload.size() - 1) return std::nullopt;
  return absolute_path(payload.substr(0, payload.size() - 1));
}

std::optional<Operation> mkdir_of(std::string_view payload) {
  auto path = lone_path(payload);
  if (!path) return std::nullopt;
  const Meaning meaning = meaning_of(*path);
  // An empty name is none, and the node may have one already.
  const bool no_effect =
      std::holds_alternative<std::monostate>(meaning) || std::holds_alternative<NameOfDomain>(meaning);
  if (no_effect) return std::nullopt;
  return Operation{Operation::Kind::mkdir, std::move(*path), {}};
}

// Anything may stand at the path or below it. Removing "/" is left out on purpose: C xenstored refuses it, and a
// removal that is overlooked can only make the gate ask too much.
std::optional<Operation> rm_of(std::string_view payload) {
  auto path = lone_path(payload);
  if (!path || *path == "/") return std::nullopt;
  return Operation{Operation::Kind::remove, std::move(*path), {}};
}

std::optional<Operation> permissions_of(std::string_view payload) {
  const std::size_t nul = payload.find('\0');
  if (nul == std::string_view::npos) return std::nullopt;
  return Operation{Operation::Kind::set_permissions, absolute_path(payload.substr(0, nul)),
                   std::string(payload.substr(nul + 1))};
}

// Whether the intent makes again what stood in the directory.
bool makes_again(const Intent& intent, const BackendDirectory& gone) {
  if (const auto* attach = std::get_if<monitor::AttachLink>(&intent)) return gone.holds(attach->key);
  const auto* start = std::get_if<monitor::StartDomain>(&intent);
  return start != nullptr && start->domid == gone.backend;
}

}  // namespace

std::optional<Operation> operation_of(const Frame& frame) {
  switch (frame.header.type) {
    case Message::write:
      return write_of(frame.payload());
    case Message::mkdir:
      return mkdir_of(frame.payload());
    case Message::rm:
      return rm_of(frame.payload());
    case Message::set_perms:
      return permissions_of(frame.payload());
    default:
      return std::nullopt;
  }
}

void Effects::apply(Operation operation) {
  switch (operation.kind) {
    case Operation::Kind::write:
      return put(values_, std::move(operation));
    case Operation::Kind::mkdir:  // makes an empty node, or leaves the one that is there
      if (!values_.contains(operation.path)) put(values_, std::move(operation));
      return;
    case Operation::Kind::remove:
      return remove(operation.path);
    case Operation::Kind::set_permissions:
      return set_permissions(std::move(operation));
  }
}

void Effects::put(Values& values, Operation operation) {
  const auto old = values.find(operation.path);
  const std::size_t before = old == values.end() ? 0 : cost(old->first, old->second);
  const std::size_t after = cost(operation.path, operation.value);
  if (bytes_ - before + after > kMaxBytes) {
    // INVARIANT: once set it stays, so what is dropped here can not be committed.
    if (overflow_.empty()) overflow_ = operation.path;
    return;
  }
  bytes_ = bytes_ - before + after;
  values.insert_or_assign(std::move(operation.path), std::move(operation.value));
}

// What stands at the path and below it.
void Effects::forget(Values& values, const std::string& path) {
  const auto erase = [&](auto entry) {
    bytes_ -= cost(entry->first, entry->second);
    return values.erase(entry);
  };
  if (const auto self = values.find(path); self != values.end()) erase(self);
  const std::string below = path + '/';
  auto entry = values.lower_bound(below);
  while (entry != values.end() && entry->first.starts_with(below)) entry = erase(entry);
}

void Effects::remove(const std::string& path) {
  forget(values_, path);
  forget(permissions_, path);
  // A removal is never refused: where it does not fit, it is left to those who watch the store.
  if (auto directory = backend_directory(path); directory && bytes_ + cost(path, {}) <= kMaxBytes) {
    if (removed_.insert(std::move(*directory)).second) bytes_ += cost(path, {});
  }
}

// Those that join nobody are not kept: nearly all are of that kind.
void Effects::set_permissions(Operation operation) {
  const auto links = joined_by(operation.path, operation.value);
  if (!links || !links->empty()) return put(permissions_, std::move(operation));
  const auto old = permissions_.find(operation.path);
  if (old == permissions_.end()) return;
  bytes_ -= cost(old->first, old->second);
  permissions_.erase(old);
}

Outcome Effects::outcome() const {
  Outcome outcome;
  if (!overflow_.empty()) {
    outcome.intents.emplace_back(monitor::MalformedWrite{
        printable(overflow_), "the transaction writes more than the gate is prepared to judge at once"});
    return outcome;
  }
  outcome.intents = intents_of(values_, permissions_);
  for (Intent& intent : outcome.intents) {
    if (auto* attach = std::get_if<monitor::AttachLink>(&intent)) {
      attach->anew = std::ranges::any_of(removed_, [&](const auto& gone) { return gone.holds(attach->key); });
    }
  }
  outcome.removed = removals(outcome.intents);
  return outcome;
}

// Of a directory in which something is made again nothing is told: it would be taken for gone. Nor is it of one
// class's, where backends of that class stand in several.
std::vector<Removal> Effects::removals(const std::vector<Intent>& intents) const {
  std::vector<Removal> removals;
  // A directory before those above it: what is told of it is then news to the monitor.
  for (const BackendDirectory& gone : removed_ | std::views::reverse) {
    if (std::ranges::any_of(intents, [&](const Intent& intent) { return makes_again(intent, gone); })) continue;
    std::optional<std::string> device_class;
    if (gone.name) device_class = link_class(*gone.name);
    if (gone.device) {
      removals.emplace_back(monitor::DetachLink{{*device_class, *gone.frontend, gone.backend, *gone.device}});
    } else if (!device_class || backend_names(*device_class).size() == 1) {
      removals.emplace_back(monitor::DetachBelow{gone.backend, std::move(device_class), gone.frontend});
    }
  }
  return removals;
}

}  // namespace xenacm::gate
