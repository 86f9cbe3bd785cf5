// SPDX-License-Identifier: Apache-2.0
#include "policy/diff.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace xenacm::policy {
namespace {

// A label that both policies have: its rows in the older and in the newer tables.
template <class Id>
struct Kept {
  std::string name;
  Id before;
  Id after;
};

using KeptVm = Kept<VmLabelId>;
using KeptResource = Kept<ResourceLabelId>;

// `labels` are the newer policy's, `rows` and `old_rows` the tables' entries, `find_old` and `find_new` their look-ups.
template <class Id, class Labels, class FindOld, class FindNew>
std::vector<Kept<Id>> match(const Labels& labels, const std::vector<std::string>& old_names, FindOld find_old,
                            FindNew find_new, LabelChanges& changes) {
  std::vector<Kept<Id>> kept;
  std::set<std::string> carried_over;
  for (const auto& label : labels) {
    const std::string& name = label.name.text;
    std::string before = label.from ? label.from->text : name;
    std::optional<Id> old_row = find_old(before);
    if (!old_row && label.from) old_row = find_old(before = name);  // the rename was an earlier update's
    if (!old_row) {
      changes.added.push_back(name);
      continue;
    }
    carried_over.insert(before);
    if (before != name) changes.renamed.push_back({before, name});
    kept.push_back({name, *old_row, *find_new(name)});
  }
  for (const std::string& name : old_names) {
    if (!carried_over.contains(name)) changes.removed.push_back(name);
  }
  std::ranges::sort(changes.added);
  std::ranges::sort(changes.removed);
  std::ranges::sort(changes.renamed, {}, &RenamedLabel::to);
  std::ranges::sort(kept, {}, [](const Kept<Id>& label) { return label.after.get(); });
  return kept;
}

template <class Labels>
std::vector<std::string> names_of(const Labels& labels) {
  std::vector<std::string> names;
  for (const auto& label : labels) names.push_back(label.name.text);
  return names;
}

void note(bool before, bool after, const std::string& first, const std::string& second, PairChanges& changes) {
  if (before == after) return;
  (after ? changes.begin : changes.cease).push_back({first, second});
}

// [label][type]: a running domain of the label keeps the type out (acm.md 3.3).
BitMatrix kept_out(const Tables& tables) {
  BitMatrix matrix(tables.vm_labels.size(), tables.chw_types.size());
  for (std::size_t label = 0; label < tables.vm_labels.size(); ++label) {
    const BitRow own = tables.vm_chw.row(label);
    for (std::size_t set = 0; set < tables.conflicts.rows(); ++set) {
      if (!intersects(tables.conflicts.row(set), own)) continue;
      for_each_bit(tables.conflicts.row(set), [&](std::size_t type) {
        if (!contains(own, type)) matrix.set(label, type);
      });
    }
  }
  return matrix;
}

void compare_domains(const Tables& older, const Tables& newer, const std::vector<KeptVm>& kept, Difference& found) {
  const BitMatrix out_before = kept_out(older);
  const BitMatrix out_after = kept_out(newer);
  for (auto a = kept.begin(); a != kept.end(); ++a) {
    for (auto b = a; b != kept.end(); ++b) {
      note(share(older, a->before, b->before), share(newer, a->after, b->after), a->name, b->name, found.sharing);
      note(intersects(out_before.row(a->before.get()), older.chw(b->before)),
           intersects(out_after.row(a->after.get()), newer.chw(b->after)), a->name, b->name, found.exclusion);
    }
  }
}

bool has_reader(const Tables& tables, ResourceLabelId resource) {
  for (std::size_t label = 0; label < tables.vm_labels.size(); ++label) {
    if (share(tables, VmLabelId(label), resource)) return true;
  }
  return false;
}

void compare_resources(const Tables& older, const Tables& newer, const std::vector<KeptVm>& domains,
                       const std::vector<KeptResource>& kept, Difference& found) {
  for (const KeptResource& resource : kept) {
    for (const KeptVm& domain : domains) {
      note(share(older, domain.before, resource.before), share(newer, domain.after, resource.after), domain.name,
           resource.name, found.access);
    }
    if (has_reader(older, resource.before) && !has_reader(newer, resource.after)) {
      found.unreadable.push_back(resource.name);
    }
  }
}

bool is_empty(const LabelChanges& changes) {
  return changes.added.empty() && changes.removed.empty() && changes.renamed.empty();
}

bool is_empty(const PairChanges& changes) { return changes.begin.empty() && changes.cease.empty(); }

}  // namespace

bool Difference::empty() const {
  return is_empty(vm_labels) && is_empty(resource_labels) && is_empty(sharing) && is_empty(exclusion) &&
         is_empty(access) && unreadable.empty();
}

Difference difference(const Compiled& older, const Compiled& newer) {
  Difference found;
  const auto domains = match<VmLabelId>(
      newer.policy.vm_labels, names_of(older.policy.vm_labels),
      [&](const std::string& name) { return older.tables.find_vm_label(name); },
      [&](const std::string& name) { return newer.tables.find_vm_label(name); }, found.vm_labels);
  const auto resources = match<ResourceLabelId>(
      newer.policy.resource_labels, names_of(older.policy.resource_labels),
      [&](const std::string& name) { return older.tables.find_resource_label(name); },
      [&](const std::string& name) { return newer.tables.find_resource_label(name); }, found.resource_labels);
  compare_domains(older.tables, newer.tables, domains, found);
  compare_resources(older.tables, newer.tables, domains, resources, found);
  return found;
}

}  // namespace xenacm::policy
