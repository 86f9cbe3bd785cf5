// SPDX-License-Identifier: Apache-2.0
#include "policy/lineage.h"

namespace xenacm::policy {
namespace {

using Reigns = std::span<const Reign>;

Renames inverse(const Renames& renames) {
  Renames back;
  for (const auto& [from, to] : renames) back.emplace(to, from);
  return back;
}

Renames compose(const Renames& first, const Renames& second) {
  Renames both;
  for (const auto& [from, to] : first) {
    if (const auto on = second.find(to); on != second.end()) both.emplace(from, on->second);
  }
  return both;
}

// Of one kind of labels: `labels` is &Policy::vm_labels or &Policy::resource_labels.
template <class Labels>
class Tracer {
 public:
  Tracer(Reigns reigns, Labels labels) : reigns_(reigns), labels_(labels) {}

  // What the labels of reign `first` are called in reign `last`.
  [[nodiscard]] Renames forward(std::size_t first, std::size_t last) {
    Renames names;
    for (const auto& label : reigns_[first].policy->*labels_) names.emplace(label.name.text, label.name.text);
    for (std::size_t i = first + 1; i <= last; ++i) names = compose(names, step_to(i));
    return names;
  }

 private:
  // Ways back are made of steps, which may be ways back: each is found once.
  [[nodiscard]] const Renames& step_to(std::size_t reign) {
    const auto known = steps_.find(reign);
    return known != steps_.end() ? known->second : steps_.emplace(reign, step(reign)).first->second;
  }

  [[nodiscard]] Renames step(std::size_t to) {
    const Policy& before = *reigns_[to - 1].policy;
    const Policy& after = *reigns_[to].policy;
    const auto& from = after.header.from;
    const bool is_update = from && from->name.text == before.header.name.text && from->version == before.header.version;
    if (is_update && after.header.version > before.header.version) return update(before, after);
    // Not an update of what was in force: a policy as it was last in force came back.
    for (std::size_t i = to - 1; i-- > 0;) {
      if (reigns_[i].digest == reigns_[to].digest) return inverse(forward(i, to - 1));
    }
    return {};
  }

  [[nodiscard]] Renames update(const Policy& before, const Policy& after) const {
    Renames names;
    for (const auto& label : before.*labels_) names.emplace(label.name.text, "");
    for (const auto& label : after.*labels_) {
      const auto old = names.find(label.from ? label.from->text : label.name.text);
      if (old != names.end()) old->second = label.name.text;
    }
    std::erase_if(names, [](const auto& entry) { return entry.second.empty(); });
    return names;
  }

  Reigns reigns_;
  Labels labels_;
  std::map<std::size_t, Renames> steps_;
};

}  // namespace

Lineage lineage_back(Reigns reigns, std::size_t first) {
  const std::size_t last = reigns.size() - 1;
  return {inverse(Tracer(reigns, &Policy::vm_labels).forward(first, last)),
          inverse(Tracer(reigns, &Policy::resource_labels).forward(first, last))};
}

}  // namespace xenacm::policy
