// SPDX-License-Identifier: Apache-2.0
// The ends of links in the store: the directories that hold pointers, and what these say (docs/guard.md, "Links").
//
//   /local/domain/B/backend/CLASS/F/I   a back end
//   /local/domain/F/device/CLASS/I      a front end
//   /local/domain/F/console             the front end of the first console
//   /local/domain/F/vuart/I             the front end of a vuart
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "enforcer/monitor/request.h"
#include "enforcer/xen/xenstore.h"

namespace xenacm::guard {

// What one directory says: every link that some reading of its pointers makes, and what cannot be read.
struct Reading {
  std::vector<monitor::AttachLink> links;
  std::vector<monitor::MalformedWrite> malformed;     // pointers that may join somebody to a laxer reader, a kernel
  std::optional<monitor::MalformedWrite> unreadable;  // what the links are made of, where it cannot be told

  [[nodiscard]] bool joins(const monitor::LinkKey& key) const;
};

// A domain's part of the store.
[[nodiscard]] std::string home_of(monitor::DomId domid);
[[nodiscard]] bool is_backend(std::string_view directory);
// The domain in whose part of the store the path is.
[[nodiscard]] std::optional<monitor::DomId> owner_of(std::string_view path);

// Which ends a change at `path` is about: one directory, or all below a path; empty if none.
[[nodiscard]] std::string ends_touched(std::string_view path);
// The directories of ends at or below what ends_touched() names.
[[nodiscard]] std::vector<std::string> ends_at(xen::Xenstore& store, const std::string& path);
// Where a domain's ends are: to watch, and to look through.
[[nodiscard]] std::vector<std::string> places_of(monitor::DomId domid);

// That of them which the path is in.
[[nodiscard]] std::string place_of(const std::string& path);

// Empty if there is no such directory, or nothing in it joins anybody.
[[nodiscard]] Reading read_end(xen::Xenstore& store, const std::string& directory);

// Where a link's ends are as libxl makes them.
[[nodiscard]] std::vector<std::string> backends_of(const monitor::LinkKey& key);
[[nodiscard]] std::vector<std::string> frontends_of(const monitor::LinkKey& key);

// Whether neither end of the link is in the store.
[[nodiscard]] bool is_absent(xen::Xenstore& store, const monitor::LinkKey& key);

}  // namespace xenacm::guard
