// SPDX-License-Identifier: Apache-2.0
// Finds links in the store that no verdict covers, asks about them and cuts those that are refused; tells of recorded
// links that are gone (docs/guard.md, "Links"). Works on the guard's thread alone.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "enforcer/guard/agenda.h"
#include "enforcer/guard/alarms.h"
#include "enforcer/guard/asking.h"
#include "enforcer/guard/cut.h"
#include "enforcer/guard/ends.h"

namespace xenacm::guard {

// One directory is looked at again after this time, and one that was refused after the other.
inline constexpr std::chrono::milliseconds kRest{100};
inline constexpr std::chrono::milliseconds kRestOfRefused{1000};
// Questions about the ends of one domain that are asked in a second; the others wait for the next.
inline constexpr unsigned kQuestionsPerSecond = 64;
// What a script that was at work when its link was cut writes afterwards is removed for so long.
inline constexpr std::chrono::milliseconds kAftermath{5000};
// A recorded link has to be absent for so long before it counts as gone: its verdict comes before its nodes.
inline constexpr std::chrono::milliseconds kAbsence{2000};

class Links {
 public:
  using IsCondemned = std::function<bool(monitor::DomId)>;

  Links(Ask ask, Known known, IsCondemned is_condemned, Alarms& alarms);

  // Asks about all links of the domains, and refuses none; what is recorded but absent is gone. The first look.
  void adopt(xen::Xenstore& store, const std::vector<monitor::DomId>& domains);

  // The domains that are recorded. Links that named one of them before it was are looked at again.
  void meet(const std::set<monitor::DomId>& domains, Clock::time_point now);
  // Something at the path changed, at `now`.
  void changed(const std::string& path, Clock::time_point now);
  // Looks at what changed, and carries out what is due.
  void work(xen::Xenstore& store, Clock::time_point now);
  [[nodiscard]] std::optional<Clock::time_point> due() const;
  // The guard ends: what is being cut is removed now.
  void finish(xen::Xenstore& store);

 private:
  struct Question {
    std::string what;                   // "vif link 0 of domain 5 with domain 3"
    std::set<std::string> directories;  // whose pointers make it
    Clock::time_point noticed;
    bool appeared = false;
  };
  struct Seen {
    std::string directory;
    Reading reading;
    Clock::time_point noticed;
  };
  struct Cutting {
    Cut cut;
    std::optional<monitor::LinkKey> key;  // none: malformed
    std::set<std::string> directories;
    bool told = false;      // to the backend's domain
    bool complete = false;  // what goes along is known
    std::string failure;    // what was last told of it, to be told once
  };

  void examine(xen::Xenstore& store, const std::vector<std::string>& paths, Clock::time_point now);
  void forget_unresolved(const std::string& path);
  void compare(const Recorded& recorded, const Seen& seen, bool appeared);
  [[nodiscard]] bool concerns(const Recorded& recorded, const monitor::LinkKey& key, const std::string& directory);
  void ask_about(const monitor::AttachLink& link, const Seen& seen, bool appeared);
  void ask_about(const monitor::MalformedWrite& write, const Seen& seen, bool appeared);
  [[nodiscard]] bool may_ask(const Seen& seen);
  void answered(const Question& question, const std::optional<monitor::LinkKey>& key, const monitor::Reply& reply);
  void look_again(const Question& question);

  void step_cuts(xen::Xenstore& store, Clock::time_point now);
  [[nodiscard]] bool take_along(xen::Xenstore& store, Cutting& cutting);
  void finish_cut(const Cut& cut, Clock::time_point now);
  void clear_leftovers(xen::Xenstore& store, const Seen& seen, Clock::time_point now);
  [[nodiscard]] bool is_being_cut(const std::string& directory) const;

  void note_absent(xen::Xenstore& store, const Recorded& recorded, const std::vector<std::string>& paths,
                   Clock::time_point now);
  void drop_absent(xen::Xenstore& store, Clock::time_point now);
  void detach(const monitor::LinkKey& key);

  Ask ask_;
  Known known_;
  IsCondemned is_condemned_;
  Alarms& alarms_;
  Clock::time_point now_{};  // as it was last told
  Agenda agenda_;
  std::map<std::string, Clock::time_point> noticed_;  // when the change came that is still to be looked at
  std::map<monitor::LinkKey, Question> questions_;
  std::map<std::string, Question> malformed_;  // by directory
  std::set<monitor::LinkKey> predating_;       // were there before the guard, and got no verdict yet
  std::set<std::string> unresolved_;           // directories that name a domain which is not recorded
  std::set<monitor::DomId> met_;
  std::map<monitor::LinkKey, Clock::time_point> absent_;                    // and when they count as gone
  std::map<monitor::DomId, std::pair<Clock::time_point, unsigned>> asked_;  // in the second that began then
  std::vector<Cutting> cuts_;
  std::map<std::string, Clock::time_point>
      removed_;  // directories that were cut, and until when they are cleared again
};

}  // namespace xenacm::guard
