// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/effects.h"

#include <algorithm>
#include <utility>

#include "enforcer/gate/intents.h"
#include "enforcer/gate/printable.h"
#include "enforcer/gate/store_path.h"

namespace xenacm::gate {
namespace {

constexpr std::size_t kEntryOverhead = 128;  // a map node and two string headers, roughly

std::size_t cost(std::string_view path, std::string_view value) { return path.size() + value.size() + kEntryOverhead; }

// Something of interest may stand at `path` or below it. Removing "/" is left out on purpose: C xenstored refuses it,
// and a removal that is overlooked can only make the gate ask too much.
bool covers_interest(std::string_view path) {
  return path == "/local" || path.starts_with("/local/") || path == "/vm" || path.starts_with("/vm/");
}

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
  if (!path || std::holds_alternative<std::monostate>(meaning_of(*path))) return std::nullopt;
  return Operation{Operation::Kind::mkdir, std::move(*path), {}};
}

std::optional<Operation> rm_of(std::string_view payload) {
  auto path = lone_path(payload);
  if (!path || !covers_interest(*path)) return std::nullopt;
  return Operation{Operation::Kind::remove, std::move(*path), {}};
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
    default:
      return std::nullopt;
  }
}

void Effects::apply(Operation operation) {
  switch (operation.kind) {
    case Operation::Kind::write:
      return put(std::move(operation));
    case Operation::Kind::mkdir:  // makes an empty node, or leaves the one that is there
      if (!values_.contains(operation.path)) put(std::move(operation));
      return;
    case Operation::Kind::remove:
      return remove(operation.path);
  }
}

void Effects::put(Operation operation) {
  const auto old = values_.find(operation.path);
  if (old != values_.end()) bytes_ -= cost(old->first, old->second);
  bytes_ += cost(operation.path, operation.value);
  if (bytes_ > kMaxBytes) {
    // INVARIANT: once set it stays, so what is dropped here can not be committed.
    if (overflow_.empty()) overflow_ = operation.path;
    if (old == values_.end()) {
      bytes_ -= cost(operation.path, operation.value);
    } else {
      bytes_ += cost(old->first, old->second) - cost(operation.path, operation.value);
    }
    return;
  }
  values_.insert_or_assign(std::move(operation.path), std::move(operation.value));
}

void Effects::remove(const std::string& path) {
  const auto forget = [this](auto entry) {
    bytes_ -= cost(entry->first, entry->second);
    return values_.erase(entry);
  };
  if (const auto self = values_.find(path); self != values_.end()) forget(self);
  const std::string below = path + '/';
  auto entry = values_.lower_bound(below);
  while (entry != values_.end() && entry->first.starts_with(below)) entry = forget(entry);

  // A removal is never refused: where it does not fit, it is left to those who watch the store.
  if (auto link = link_directory(path); link && bytes_ + cost(path, {}) <= kMaxBytes) {
    if (removed_.insert(std::move(*link)).second) bytes_ += cost(path, {});
  }
}

Outcome Effects::outcome() const {
  Outcome outcome;
  if (!overflow_.empty()) {
    outcome.intents.emplace_back(monitor::MalformedWrite{
        printable(overflow_), "the transaction writes more than the gate is prepared to judge at once"});
    return outcome;
  }
  outcome.intents = intents_of(values_);
  for (const monitor::LinkKey& link : removed_) {
    const bool made_again = std::ranges::any_of(outcome.intents, [&](const Intent& intent) {
      const auto* attach = std::get_if<monitor::AttachLink>(&intent);
      return attach != nullptr && attach->key == link;
    });
    if (!made_again) outcome.removed.push_back(link);
  }
  return outcome;
}

}  // namespace xenacm::gate
