// SPDX-License-Identifier: Apache-2.0
// labeltool import [--dry-run] [--skip] POLICY [RESOURCE_LABELS] [--domains CONFIGFILE…]
#include <sys/stat.h>

#include <filesystem>
#include <iostream>
#include <memory>

#include "enforcer/api/verdict_text.h"
#include "enforcer/monitor/resource.h"
#include "labeltool/command.h"
#include "labeltool/domain_config.h"
#include "labeltool/import/carry_out.h"
#include "labeltool/import/plan.h"
#include "labeltool/policy_file.h"
#include "labeltool/question.h"
#include "labeltool/text_file.h"
#include "policy/compiler.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;

constexpr unsigned kNotFound = 404;
constexpr int kMaxConfigs = 10'000;

struct Arguments {
  std::string policy, resource_labels;
  std::vector<std::string> domains;
  bool dry_run = false;
  bool skip = false;
};

std::expected<policy::Policy, Failure> compile(const PolicyFile& file) {
  auto compiled = policy::compile_document(file.text);
  if (compiled) return std::move(compiled->policy);
  Failure failure{"Policy file '" + file.path.string() + "' is not a valid policy; nothing was imported.", {}};
  for (const policy::Diagnostic& diagnostic : compiled.error()) {
    failure.details.push_back(policy::to_text(diagnostic, file.path.string()));
  }
  return std::unexpected(std::move(failure));
}

std::expected<std::vector<OldLabel>, Failure> read_old_labels(const std::string& file) {
  const auto bytes = read_file(file);
  if (!bytes) return std::unexpected(Failure{"Could not read '" + file + "': " + bytes.error()});
  auto labels = read_resource_labels(*bytes);
  if (labels) return *std::move(labels);
  const Misread& misread = labels.error();
  return std::unexpected(Failure{file + ":" + std::to_string(misread.at.line) + ":" +
                                 std::to_string(misread.at.column) + ": " + misread.message +
                                 "; nothing was imported."});
}

// Device and inode, for links and other spellings; of what is not looked up here, the name's place.
std::optional<std::string> thing_at(const monitor::ResourceName& name) {
  const std::string_view place = monitor::place_of(name);
  if (!place.starts_with('/')) return std::string(place);
  struct stat at{};
  if (::stat(std::string(place).c_str(), &at) != 0) return std::nullopt;
  if (S_ISBLK(at.st_mode)) return "device " + std::to_string(at.st_rdev);
  return "inode " + std::to_string(at.st_dev) + ":" + std::to_string(at.st_ino);
}

std::expected<Host, Failure> look_at_host(const Context& context) {
  const auto domains = ask(context, "GET", "/v1/domains");
  if (!domains) return std::unexpected(domains.error());
  Host host{.thing = thing_at,
            .recorded = [context](const Import& import) -> std::expected<std::string, std::string> {
              const auto label = ask(context, "GET", label_target(import));
              if (label) return label->value("text", "");
              if (label.error().answer == kNotFound) return "";
              return std::unexpected(label.error().message);
            },
            .running = {}};
  for (const json& domain : *domains) host.running.insert(domain.value("name", ""));
  return host;
}

// A configuration without a label is none of the import's business.
void plan_configs(const Context& context, const policy::Policy& policy, const std::vector<std::string>& files,
                  const Host& host, Plan& plan) {
  for (const std::string& file : files) {
    const auto config = open_config(context, file);
    if (!config) {
      plan.left.push_back({{.kind = Labelled::domain, .name = file, .label = {}, .origin = file, .uuid = {}},
                           config.error().message,
                           "make it a configuration that xl reads (xm's could be programs), then import again"});
    } else if (config->label) {
      plan_domain(policy, {file, config->name, config->uuid, config->policy.value_or(""), *config->label}, host, plan);
    }
  }
}

json json_of(const std::vector<Import>& imports) {
  json list = json::array();
  for (const Import& import : imports) {
    list.push_back({{"kind", import.kind == Labelled::resource ? "res" : "dom"},
                    {"name", import.name},
                    {"label", import.label},
                    {"origin", import.origin}});
  }
  return list;
}

json json_of(const Plan& plan, const policy::Policy& policy, bool set_policy, bool imported) {
  json left = json::array();
  for (const LeftOut& out : plan.left) {
    left.push_back({{"name", out.what.name},
                    {"label", out.what.label},
                    {"origin", out.what.origin},
                    {"why", out.why},
                    {"way_out", out.way_out}});
  }
  return {{"policy", policy.header.name.text},
          {"version", policy.header.version.text()},
          {"set_policy", set_policy},
          {"labels", json_of(plan.take)},
          {"present", json_of(plan.present)},
          {"left", left},
          {"imported", imported}};
}

std::vector<std::string> lines_of(const std::vector<LeftOut>& left) {
  std::vector<std::string> lines;
  for (const LeftOut& out : left) {
    lines.push_back(out.what.origin + ": " + out.what.name +
                    (out.what.label.empty() ? "" : " (" + out.what.label + ")") + ": " + out.why + "; " + out.way_out);
  }
  return lines;
}

void print(const Plan& plan, const policy::Policy& policy, bool set_policy) {
  const std::string name = policy.header.name.text + " " + policy.header.version.text();
  std::cout << "policy   " << printable(name) << (set_policy ? "" : " (in force)") << '\n';
  for (const auto* list : {&plan.take, &plan.present}) {
    for (const Import& import : *list) {
      std::cout << (import.kind == Labelled::resource ? "resource " : "domain   ") << printable(import.name) << "  "
                << printable(import.label) << (list == &plan.present ? " (has it)" : "") << '\n';
    }
  }
}

// What a host under DEFAULT has against a policy that once was an update; said beside it.
void explain_renames(const policy::Policy& policy, Failure& failure) {
  const auto renames = [](const auto& labels) {
    return std::ranges::any_of(labels, [](const auto& label) { return label.from.has_value(); });
  };
  if (failure.answer == 0 || (!renames(policy.vm_labels) && !renames(policy.resource_labels))) return;
  failure.details.push_back(
      "The document is an update: its from= attributes name labels of the policy before it. The labels to be imported "
      "have their new names already: take the from= attributes out of a copy of it, and import that.");
}

std::string number_of(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

// Where something is left out and that was not asked for.
Result check_whole(const Plan& plan, bool skip) {
  if (plan.left.empty() || skip) return {};
  return std::unexpected(Failure{
      number_of(plan.left.size(), "label") + " cannot be taken over; nothing was imported. (--skip imports the rest)",
      lines_of(plan.left)});
}

// Asks what would come of the policy; fails where it would be refused.
Result ask_first(const Context& context, const PolicyFile& file, const policy::Policy& policy) {
  auto answer = ask_policy(context, file);
  if (!answer) {
    explain_renames(policy, answer.error());
    return std::unexpected(answer.error());
  }
  const json& verdict = answer->at("verdict");
  if (verdict.value("decision", "") != "deny") return {};
  return std::unexpected(Failure{"The policy would be refused; nothing was imported.",
                                 {api::verdict_text(verdict, "setpolicy of " + printable(file.path.string()))}});
}

Result import(const Context& context, const Arguments& arguments) {
  auto file = read_document(arguments.policy);
  if (file) file = with_signature(*std::move(file));
  if (!file) return std::unexpected(file.error());
  const auto policy = compile(*file);
  if (!policy) return std::unexpected(policy.error());

  std::vector<OldLabel> labels;
  if (!arguments.resource_labels.empty()) {
    auto read = read_old_labels(arguments.resource_labels);
    if (!read) return std::unexpected(read.error());
    labels = *std::move(read);
  }
  const auto in_force = ask(context, "GET", "/v1/policy");
  if (!in_force) return std::unexpected(in_force.error());
  const bool set_policy = in_force->value("digest", "") != policy::digest_of(file->text);
  const auto host = look_at_host(context);
  if (!host) return std::unexpected(host.error());

  Plan plan;
  plan_resources(*policy, arguments.resource_labels, labels, *host, plan);
  plan_configs(context, *policy, arguments.domains, *host, plan);
  if (!context.json) print(plan, *policy, set_policy);
  Result whole = check_whole(plan, arguments.skip);
  if (whole && set_policy) whole = ask_first(context, *file, *policy);
  if (whole && !arguments.dry_run) whole = carry_out(context, *file, set_policy, plan.take);
  const bool imported = whole && !arguments.dry_run;
  if (context.json) print_json(json_of(plan, *policy, set_policy, imported));
  if (!whole || context.json) return whole;
  for (const std::string& line : lines_of(plan.left)) std::cout << "skipped  " << printable(line) << '\n';
  std::cout << (imported ? "Imported " : "Would import ") << (set_policy ? "the policy and " : "")
            << number_of(plan.take.size(), "label") << ".\n";
  return {};
}

}  // namespace

Command import_command() {
  auto arguments = std::make_shared<Arguments>();
  return {"import", "Take over policy and labels from files: of a host that had xm, or of one that is rebuilt",
          [arguments](Words& words) {
            words.required("policy", arguments->policy, "the policy's document")
                .optional("resource_labels", arguments->resource_labels,
                          "labels of resources, as in xend's file of this name")
                .up_to(kMaxConfigs, "--domains", arguments->domains,
                       "configurations of domains, with their access_control lines")
                .flag("--dry-run", arguments->dry_run, "show what would be done; do nothing")
                .flag("--skip", arguments->skip, "leave out the labels that cannot be taken over, and import the rest");
          },
          [arguments](const Context& context) { return import(context, *arguments); }};
}

}  // namespace xenacm::labeltool
