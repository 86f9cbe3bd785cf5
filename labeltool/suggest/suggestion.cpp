// SPDX-License-Identifier: Apache-2.0
#include "labeltool/suggest/suggestion.h"

#include <fmt/format.h>

#include "enforcer/api/printable.h"

namespace xenacm::labeltool::suggest {

using nlohmann::json;

namespace {

// A list is for reading; JSON has the whole.
constexpr std::size_t kMostListed = 8;

class Listed {
 public:
  void add(const std::string& entry) {
    if (++count_ <= kMostListed) text_ += (text_.empty() ? "" : ", ") + api::printable(entry);
  }
  [[nodiscard]] std::string text() const {
    if (count_ <= kMostListed) return text_;
    return text_ + fmt::format(", and {} more", count_ - kMostListed);
  }

 private:
  std::string text_;
  std::size_t count_ = 0;
};

// A label, or the one resource that gets another: a label has no ':'.
std::string used(const std::string& text) {
  const bool resource = text.find(':') != std::string::npos || text.starts_with("vif-");
  return resource ? text : "resources labelled " + text;
}

json pairs_json(const std::vector<LabelPair>& pairs) {
  json list = json::array();
  for (const LabelPair& pair : pairs) list.push_back({pair.first, pair.second});
  return list;
}

json effects_json(const Effects& effects) {
  return {{"sharing", pairs_json(effects.sharing)},
          {"together", pairs_json(effects.together)},
          {"access", pairs_json(effects.access)},
          {"starts", effects.starts},
          {"count", effects.size()}};
}

}  // namespace

std::string effects_text(const Effects& effects) {
  Listed listed;
  for (const LabelPair& pair : effects.sharing) listed.add(pair.first + " with " + pair.second);
  for (const LabelPair& pair : effects.together) listed.add(pair.first + " beside " + pair.second);
  for (const LabelPair& pair : effects.access) listed.add(pair.first + " using " + used(pair.second));
  for (const std::string& label : effects.starts) listed.add("starts of " + label);
  const std::size_t pairs = effects.size() - effects.starts.size();
  if (effects.size() == 0) return "nothing";
  if (pairs == 0) return listed.text();
  return fmt::format("{} ({} label pair{})", listed.text(), pairs, pairs == 1 ? "" : "s");
}

std::string suggestion_text(std::size_t number, const Suggestion& suggestion) {
  std::string text = fmt::format("{:<3}{}: {}\n", number, suggestion.kind, api::printable(suggestion.what));
  for (const std::string& command : suggestion.commands) text += "      " + api::printable(command) + "\n";
  text += "   allows also: " + effects_text(suggestion.also) + "\n";
  if (suggestion.no_more.size() != 0) text += "   no longer allows: " + effects_text(suggestion.no_more) + "\n";
  return text;
}

json suggestion_json(const Suggestion& suggestion) {
  return {{"kind", suggestion.kind},
          {"what", suggestion.what},
          {"commands", suggestion.commands},
          {"allows_also", effects_json(suggestion.also)},
          {"allows_no_longer", effects_json(suggestion.no_more)}};
}

}  // namespace xenacm::labeltool::suggest
