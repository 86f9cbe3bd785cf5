// SPDX-License-Identifier: Apache-2.0
#include "labeltool/import/plan.h"

#include <algorithm>
#include <map>
#include <utility>

#include "labeltool/suggest/commands.h"

namespace xenacm::labeltool {

namespace {

using suggest::shell_word;

struct Obstacle {
  std::string why;
  std::string way_out;
};

std::string addlabel(const std::string& label, const Import& import) {
  return "labeltool addlabel " + shell_word(label) + (import.kind == Labelled::resource ? " res " : " mgt ") +
         shell_word(import.name);
}

std::optional<Obstacle> foreign_policy(const policy::Policy& policy, const std::string& named, const Import& import) {
  const std::string& name = policy.header.name.text;
  if (named == name) return std::nullopt;
  return Obstacle{"the label is of policy '" + named + "', not of '" + name + "'",
                  "import the document of that policy, or choose a label: " + addlabel("LABEL", import)};
}

std::optional<Obstacle> unknown_label(const policy::Policy& policy, const Import& import) {
  const auto has = [&](const auto& labels) {
    return std::ranges::any_of(labels, [&](const auto& label) { return label.name.text == import.label; });
  };
  const bool is_resource = import.kind == Labelled::resource;
  if (is_resource ? has(policy.resource_labels) : has(policy.vm_labels)) return std::nullopt;
  return Obstacle{
      "policy '" + policy.header.name.text + "' has no such label of " + (is_resource ? "resources" : "domains"),
      "declare it in the document, or choose one that is there: " + addlabel("LABEL", import)};
}

// Into one of the plan's lists, by what the host has on record.
void settle(const policy::Policy& policy, Import import, const Host& host, Plan& plan) {
  const auto leave = [&](std::string why, std::string way_out) {
    plan.left.push_back({std::move(import), std::move(why), std::move(way_out)});
  };
  const bool is_resource = import.kind == Labelled::resource;
  const bool everywhere = is_resource && import.label == policy::kInaccessible;
  const std::string wanted = "ACM:" + (everywhere ? "*" : policy.header.name.text) + ":" + import.label;
  const auto recorded = host.recorded(import);
  if (!recorded) {
    leave(recorded.error(), "mend that, then import again");
  } else if (*recorded == wanted) {
    plan.present.push_back(std::move(import));
  } else if (!recorded->empty()) {
    const std::string command =
        std::string("labeltool rmlabel ") + (is_resource ? "res " : "mgt ") + shell_word(import.name);
    leave("it is labelled '" + *recorded + "' on this host", command + ", then import again");
  } else if (!is_resource && host.running.contains(import.name)) {
    leave("it runs; a domain is labelled while it does not", "stop it, then import again");
  } else {
    plan.take.push_back(std::move(import));
  }
}

// What the file's words alone say against the label.
std::optional<Obstacle> written_wrong(const policy::Policy& policy, const OldLabel& old, const Import& import) {
  if (old.type.starts_with("INV_")) {
    return Obstacle{"a change of the old policy had taken the meaning from its label (" + old.type + ")",
                    "choose a label: " + addlabel("LABEL", import)};
  }
  if (old.type != "ACM")
    return Obstacle{"'" + old.type + "' is no policy type; ACM is", "choose a label: " + addlabel("LABEL", import)};
  if (old.label == policy::kInaccessible) return std::nullopt;
  if (auto foreign = foreign_policy(policy, old.policy, import)) return foreign;
  return unknown_label(policy, import);
}

}  // namespace

void plan_resources(const policy::Policy& policy, const std::string& file, const std::vector<OldLabel>& labels,
                    const Host& host, Plan& plan) {
  std::map<std::string, Import> things;  // that earlier entries label
  const auto leave = [&](Import import, Obstacle obstacle) {
    plan.left.push_back({std::move(import), std::move(obstacle.why), std::move(obstacle.way_out)});
  };
  for (const OldLabel& old : labels) {
    Import import{.kind = Labelled::resource,
                  .name = old.resource,
                  .label = old.label,
                  .origin = file + ":" + std::to_string(old.at.line),
                  .uuid = {}};
    const auto name = monitor::parse_host_resource_name(old.resource);
    if (!name) {
      leave(std::move(import), {name.error(), "label it by a name of that form: labeltool addlabel " +
                                                  shell_word(old.label) + " res NAME"});
      continue;
    }
    import.name = name->get();
    if (auto obstacle = written_wrong(policy, old, import)) {
      leave(std::move(import), *std::move(obstacle));
      continue;
    }
    const auto thing = host.thing(*name);
    if (!thing) {
      const std::string way_out = "put it back; or label the bare name: " + addlabel(import.label, import);
      leave(std::move(import), {"nothing is there any more", way_out});
      continue;
    }
    const auto [first, is_new] = things.emplace(*thing, import);
    if (is_new) {
      settle(policy, std::move(import), host, plan);
    } else if (first->second.label == import.label) {
      plan.present.push_back(std::move(import));  // a label goes with the thing, whatever it is called
    } else {
      leave(std::move(import), {"it is the same as " + first->second.name + ", which " + first->second.origin +
                                    " gives the label '" + first->second.label + "'",
                                "take one of the two out of a copy of the file, and import that"});
    }
  }
}

void plan_domain(const policy::Policy& policy, const OldDomain& domain, const Host& host, Plan& plan) {
  Import import{.kind = Labelled::domain,
                .name = domain.name,
                .label = domain.label,
                .origin = domain.origin,
                .uuid = domain.uuid};
  auto obstacle = foreign_policy(policy, domain.policy, import);
  if (!obstacle) obstacle = unknown_label(policy, import);
  if (!obstacle && domain.name == "Domain-0") {
    obstacle = {"the name Domain-0 belongs to domain 0", "give the domain another name"};
  }
  const auto other = std::ranges::find_if(
      plan.take, [&](const Import& taken) { return taken.kind == Labelled::domain && taken.name == import.name; });
  if (!obstacle && other != plan.take.end()) {
    obstacle = {other->origin + " is of a domain of that name too", "leave one of the two out"};
  }
  if (obstacle) {
    plan.left.push_back({std::move(import), std::move(obstacle->why), std::move(obstacle->way_out)});
  } else {
    settle(policy, std::move(import), host, plan);
  }
}

}  // namespace xenacm::labeltool
