// SPDX-License-Identifier: Apache-2.0
// labeltool checkpolicy FILE [--strict]
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

#include "labeltool/command.h"
#include "labeltool/policy_file.h"
#include "policy/lint.h"

namespace xenacm::labeltool {

namespace {

using policy::Diagnostic;
using policy::Diagnostics;
using policy::Severity;

constexpr int kHasErrors = 1;
constexpr int kHasWarnings = 2;

struct Counts {
  std::size_t errors = 0;
  std::size_t warnings = 0;
};

Counts count(const Diagnostics& diagnostics) {
  const auto errors = static_cast<std::size_t>(std::ranges::count(diagnostics, Severity::error, &Diagnostic::severity));
  return {.errors = errors, .warnings = diagnostics.size() - errors};
}

void print_text(const std::filesystem::path& path, const Diagnostics& diagnostics, const Counts& counts) {
  for (const Diagnostic& diagnostic : diagnostics) {
    std::cout << printable(policy::to_text(diagnostic, path.string())) << '\n';
  }
  std::cout << counts.errors << " errors, " << counts.warnings << " warnings\n";
}

void print_objects(const Diagnostics& diagnostics, const Counts& counts) {
  auto objects = nlohmann::json::array();
  for (const Diagnostic& diagnostic : diagnostics) {
    objects.push_back({{"severity", diagnostic.severity == Severity::error ? "error" : "warning"},
                       {"line", diagnostic.at.line},
                       {"column", diagnostic.at.column},
                       {"message", diagnostic.message}});
  }
  print_json({{"errors", counts.errors}, {"warnings", counts.warnings}, {"diagnostics", std::move(objects)}});
}

Result check_policy(const Context& context, const std::string& file, bool strict) {
  const auto document = read_document(file);
  if (!document) return std::unexpected(document.error());
  const Diagnostics diagnostics = policy::examine(document->text);
  const Counts counts = count(diagnostics);
  if (context.json) {
    print_objects(diagnostics, counts);
  } else {
    print_text(document->path, diagnostics, counts);
  }
  // All is said already: the status is what is left.
  if (counts.errors != 0) return std::unexpected(Failure{.message = {}, .details = {}, .status = kHasErrors});
  if (counts.warnings != 0 && strict) {
    return std::unexpected(Failure{.message = {}, .details = {}, .status = kHasWarnings});
  }
  return {};
}

}  // namespace

Command checkpolicy_command() {
  struct CheckpolicyArguments {
    std::string file;
    bool strict = false;
  };
  auto arguments = std::make_shared<CheckpolicyArguments>();
  return {"checkpolicy", "Find what is wrong with a policy document, or legal but suspicious; asks no daemon",
          [arguments](Words& words) {
            words.required("file", arguments->file, "the document, or the name of its policy as setpolicy takes it")
                .flag("--strict", arguments->strict, "exit with status 2 if there are warnings and no errors");
          },
          [arguments](const Context& context) { return check_policy(context, arguments->file, arguments->strict); }};
}

}  // namespace xenacm::labeltool
