// SPDX-License-Identifier: Apache-2.0
// labeltool setpolicy ACM NAME [--dry-run] [--force]
#include <filesystem>
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/difference_text.h"
#include "labeltool/label_words.h"
#include "labeltool/policy_file.h"
#include "labeltool/policy_text.h"
#include "labeltool/question.h"

namespace xenacm::labeltool {

namespace {

// "LINE:COLUMN: …", as opposed to a reason of the monitor's.
bool is_diagnostic(const std::string& line) { return !line.empty() && line.front() >= '0' && line.front() <= '9'; }

// Of what is legal, but suspicious.
void warn(const std::filesystem::path& path, const nlohmann::json& verdict) {
  if (!verdict.is_object()) return;
  for (const std::string& line : diagnostic_lines(verdict.value("diagnostics", nlohmann::json::array()))) {
    std::cerr << path.string() << ":" << printable(line) << '\n';
  }
}

// What would change, and the verdict.
Result dry_run(const Context& context, const PolicyFile& file) {
  const auto enforced = ask_text(context, "GET", "/v1/policy/document", {}, "application/xml");
  if (!enforced) return std::unexpected(enforced.error());
  const auto change = compare({"the enforced policy", *enforced}, file);
  if (!change) return std::unexpected(change.error());
  auto answer = ask_policy(context, file);
  if (!answer) return std::unexpected(answer.error());
  (*answer)["difference"] = difference_json(*change);
  if (!context.json) std::cout << difference_text(*change);
  return tell(context, *answer, "setpolicy of " + printable(file.path.string()));
}

struct SetpolicyArguments {
  std::string type, name;
  bool dry_run = false;
  bool force = false;
};

Result set_policy(const Context& context, const SetpolicyArguments& arguments) {
  if (arguments.type != "ACM" && arguments.type != "acm") {
    return std::unexpected(Failure{"Unsupported policytype '" + arguments.type + "'."});
  }
  auto file = read_policy_file(arguments.name);
  if (file) file = with_signature(*std::move(file));
  if (!file) return std::unexpected(file.error());
  if (arguments.dry_run) return dry_run(context, *file);

  const auto verdict = ask_text(context, "PUT", "/v1/policy" + query_of(*file, arguments.force), std::move(file->text),
                                "application/xml");
  if (verdict) warn(file->path, nlohmann::json::parse(*verdict, nullptr, false));
  if (!verdict) {
    Failure failure = verdict.error();
    for (std::string& line : failure.details) {
      if (is_diagnostic(line)) line.insert(0, file->path.string() + ":");
    }
    return std::unexpected(introduced(std::move(failure), "An error occurred trying to set the policy: "));
  }
  if (!context.json) std::cout << "Successfully set the new policy.\n";
  return print_policy(context, false);
}

}  // namespace

Command setpolicy_command() {
  auto arguments = std::make_shared<SetpolicyArguments>();
  return {"setpolicy", "Set the policy of this host",
          [arguments](Words& words) {
            words.required("policytype", arguments->type, "ACM")
                .required("policy", arguments->name,
                          "name of the policy: a.b is a/b-security_policy.xml, here or in "
                          "/etc/xen/acm-security/policies; with a slash, the path of its file")
                .flag("--dry-run", arguments->dry_run, "show what would change and what would be answered; set nothing")
                .flag("--force", arguments->force, "also where it takes the meaning from many labels");
          },
          [arguments](const Context& context) { return set_policy(context, *arguments); },
          "Need at least 3 arguments."};
}

}  // namespace xenacm::labeltool
