// SPDX-License-Identifier: Apache-2.0
// Notices domains whose name in the store is another than the recorded one (docs/guard.md, "Names"). Works on the
// guard's thread alone.
#pragma once

#include <map>
#include <set>
#include <string>

#include "enforcer/guard/alarms.h"
#include "enforcer/guard/asking.h"
#include "enforcer/xen/xenstore.h"

namespace xenacm::guard {

[[nodiscard]] std::string name_path(monitor::DomId domid);

class Names {
 public:
  Names(Ask ask, Known known, Alarms& alarms);

  // Something at the path changed.
  void changed(const std::string& path);
  // The name is looked at, as at every domain that is met.
  void look_at(monitor::DomId domid) { changed_.insert(domid); }
  // So is every name that got no verdict.
  void look_again() { changed_.merge(unanswered_); }
  void work(xen::Xenstore& store);

 private:
  void answered(monitor::DomId domid, const std::string& recorded, const std::string& name,
                const monitor::Reply& reply);

  Ask ask_;
  Known known_;
  Alarms& alarms_;
  std::set<monitor::DomId> changed_;
  std::set<monitor::DomId> unanswered_;
  std::map<monitor::DomId, std::string> refused_;  // the name that was, told once
};

}  // namespace xenacm::guard
