// SPDX-License-Identifier: Apache-2.0
// labeltool audit replay [FILE…]
#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "enforcer/audit/replay.h"
#include "labeltool/audit_commands.h"
#include "labeltool/audit_pages.h"

namespace xenacm::labeltool {

namespace {

using audit::Difference;
using nlohmann::json;

// One that matters shows among the first; a policy that was altered shows in every record after it.
constexpr std::size_t kMostShown = 1000;
constexpr std::size_t kLongestShown = 300;

class Replayed {
 public:
  bool feed(std::string_view line) {
    for (Difference& difference : replay_.feed(line)) {
      if (++found_ <= kMostShown) shown_.push_back(std::move(difference));
    }
    return true;
  }

  [[nodiscard]] const audit::Replay& replay() const { return replay_; }
  [[nodiscard]] const std::vector<Difference>& shown() const { return shown_; }
  [[nodiscard]] std::size_t found() const { return found_; }

 private:
  audit::Replay replay_;
  std::vector<Difference> shown_;
  std::size_t found_ = 0;
};

std::string shortened(const std::string& value) {
  if (value.empty()) return "nothing";
  return value.size() <= kLongestShown ? value : value.substr(0, kLongestShown) + "…";
}

std::string text_of(const Difference& difference) {
  return fmt::format("Record {}: {}: recorded {}, derived {}", difference.seq, difference.what,
                     shortened(difference.recorded), shortened(difference.derived));
}

json json_of(const Replayed& replayed) {
  json differences = json::array();
  for (const Difference& d : replayed.shown()) {
    differences.push_back({{"seq", d.seq}, {"what", d.what}, {"recorded", d.recorded}, {"derived", d.derived}});
  }
  return {{"records", replayed.replay().records()},
          {"derived", replayed.replay().derived()},
          {"without_request", replayed.replay().without_request()},
          {"found", replayed.found()},
          {"differences", std::move(differences)}};
}

void print(const Replayed& replayed) {
  const audit::Replay& replay = replayed.replay();
  for (const Difference& difference : replayed.shown()) std::cout << printable(text_of(difference)) << '\n';
  if (replayed.found() > replayed.shown().size()) {
    std::cout << fmt::format("… and {} more.\n", replayed.found() - replayed.shown().size());
  }
  if (replay.without_request() != 0) {
    std::cout << fmt::format("{} records are from before requests were recorded: their verdicts cannot be derived.\n",
                             replay.without_request());
  }
  std::cout << fmt::format("{} records, {} verdicts derived again, {} differences\n", replay.records(),
                           replay.derived(), replayed.found());
}

Result replay(const Context& context, const std::vector<std::string>& files) {
  Replayed replayed;
  const auto take = [&](std::string_view line) { return replayed.feed(line); };
  const Result fed = files.empty() ? for_each_line(context, 0, take) : for_each_line(files, take);
  if (!fed) return fed;
  if (context.json) {
    print_json(json_of(replayed));
  } else {
    print(replayed);
  }
  return replayed.found() == 0 ? Result() : std::unexpected(Failure{});
}

}  // namespace

Command audit_replay_command() {
  constexpr int kMostFiles = 10'000;
  auto files = std::make_shared<std::vector<std::string>>();
  return {"replay", "Derive every verdict of the audit log again and tell what differs",
          [files](Words& words) {
            words.up_to(kMostFiles, "files", *files,
                        "exported records, oldest first; they begin with record 1 or with a snapshot; none: the "
                        "daemon's own");
          },
          [files](const Context& context) { return replay(context, *files); }};
}

}  // namespace xenacm::labeltool
