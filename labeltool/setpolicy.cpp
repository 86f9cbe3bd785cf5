// SPDX-License-Identifier: Apache-2.0
// labeltool setpolicy ACM NAME
#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/policy_text.h"
#include "labeltool/text_file.h"

namespace xenacm::labeltool {

namespace {

constexpr std::array kFolders{".", "/etc/xen/acm-security/policies"};

// Where a policy's document may be: NAME as a path if it has a slash, else a.b.c in FOLDER/a/b/c-security_policy.xml
// (acm.md 2).
std::vector<std::filesystem::path> candidates(const std::string& name) {
  if (name.find('/') != std::string::npos) return {name};
  std::string relative = name;
  std::ranges::replace(relative, '.', '/');
  std::vector<std::filesystem::path> paths;
  for (const char* folder : kFolders)
    paths.push_back(std::filesystem::path(folder) / (relative + "-security_policy.xml"));
  return paths;
}

// "LINE:COLUMN: …", as opposed to a reason of the monitor's.
bool is_diagnostic(const std::string& line) { return !line.empty() && line.front() >= '0' && line.front() <= '9'; }

// Of what is legal, but suspicious.
void warn(const std::filesystem::path& path, const nlohmann::json& verdict) {
  if (!verdict.is_object()) return;
  for (const std::string& line : diagnostic_lines(verdict.value("diagnostics", nlohmann::json::array()))) {
    std::cerr << path.string() << ":" << printable(line) << '\n';
  }
}

Result set_policy(const Context& context, const std::string& type, const std::string& name) {
  if (type != "ACM" && type != "acm") return std::unexpected(Failure{"Unsupported policytype '" + type + "'."});
  const auto paths = candidates(name);
  auto file = std::ranges::find_if(paths, [](const auto& path) { return std::filesystem::exists(path); });
  const std::filesystem::path path = file != paths.end() ? *file : paths.back();
  auto document = read_file(path);
  if (!document)
    return std::unexpected(Failure{"Could not read policy file: " + path.string() + " (" + document.error() + ")"});

  const auto verdict = ask_text(context, "PUT", "/v1/policy", *std::move(document), "application/xml");
  if (verdict) warn(path, nlohmann::json::parse(*verdict, nullptr, false));
  if (!verdict) {
    Failure failure = verdict.error();
    for (std::string& line : failure.details) {
      if (is_diagnostic(line)) line.insert(0, path.string() + ":");
    }
    failure.message = "An error occurred trying to set the policy: " + failure.message;
    return std::unexpected(std::move(failure));
  }
  if (!context.json) std::cout << "Successfully set the new policy.\n";
  return print_policy(context, false);
}

}  // namespace

Command setpolicy_command() {
  struct Arguments {
    std::string type, name;
  };
  auto arguments = std::make_shared<Arguments>();
  return {"setpolicy", "Set the policy of this host",
          [arguments](Words& words) {
            words.required("policytype", arguments->type, "ACM")
                .required("policy", arguments->name,
                          "name of the policy: a.b is a/b-security_policy.xml, here or in "
                          "/etc/xen/acm-security/policies; with a slash, the path of its file");
          },
          [arguments](const Context& context) { return set_policy(context, arguments->type, arguments->name); }};
}

}  // namespace xenacm::labeltool
