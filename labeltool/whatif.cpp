// SPDX-License-Identifier: Apache-2.0
// labeltool whatif {start CONFIGFILE | attach DOMAIN DEVICE… | setpolicy POLICY}
#include <iostream>
#include <memory>

#include "enforcer/api/verdict_text.h"
#include "labeltool/attach_words.h"
#include "labeltool/command.h"
#include "labeltool/domain_config.h"
#include "labeltool/policy_file.h"

namespace xenacm::labeltool {

namespace {

using nlohmann::json;

// Prints what would be decided of `what`. Fails, without a message, where it would be denied.
Result tell(const Context& context, const json& answer, const std::string& what) {
  const json& verdict = answer.at("verdict");
  const std::string decision = verdict.value("decision", "");
  if (context.json) {
    print_json(answer);
  } else {
    std::cout << api::verdict_text(verdict, what);
    if (decision == "would-deny") std::cout << "Permissive mode: it would be done all the same, and recorded.\n";
  }
  // All is said already: the status is what is left.
  return decision == "deny" ? std::unexpected(Failure{}) : Result();
}

Result ask_of_start(const Context& context, const std::string& file) {
  const auto answer = ask_start(context, file);
  if (!answer) return std::unexpected(answer.error());
  return tell(context, *answer, "start of " + printable(answer->value("name", "")));
}

Result ask_of_attach(const Context& context, const std::vector<std::string>& words) {
  const auto attach = parse_attach(words);
  if (!attach) return std::unexpected(attach.error());
  const auto answer = ask(context, "POST", "/v1/whatif/attach", attach->body);
  if (!answer) return std::unexpected(answer.error());
  return tell(context, *answer, attach->link);
}

Result ask_of_policy(const Context& context, const std::string& name) {
  auto file = read_policy_file(name);
  if (!file) return std::unexpected(file.error());
  const std::string path = file->path.string();
  const auto text = ask_text(context, "POST", "/v1/whatif/setpolicy", std::move(file->text), "application/xml");
  if (!text) {
    Failure failure = text.error();
    for (std::string& diagnostic : failure.details) diagnostic.insert(0, path + ":");
    return std::unexpected(std::move(failure));
  }
  const json answer = json::parse(*text);
  for (const std::string& warning : diagnostic_lines(answer.value("diagnostics", json::array()))) {
    std::cerr << printable(path) << ':' << printable(warning) << '\n';
  }
  return tell(context, answer, "setpolicy of " + printable(path));
}

Result ask_what_if(const Context& context, const std::string& question, const std::vector<std::string>& words) {
  if (question == "attach") return ask_of_attach(context, words);
  const bool is_start = question == "start";
  if (!is_start && question != "setpolicy") {
    return std::unexpected(Failure{"Unknown question '" + question +
                                   "'; the forms are start CONFIGFILE, attach DOMAIN DEVICE and setpolicy POLICY"});
  }
  if (words.size() != 1) {
    return std::unexpected(Failure{"whatif " + question + " needs one word, the form is whatif " +
                                   (is_start ? "start CONFIGFILE" : "setpolicy POLICY")});
  }
  return is_start ? ask_of_start(context, words.front()) : ask_of_policy(context, words.front());
}

}  // namespace

Command whatif_command() {
  struct Arguments {
    std::string question;
    std::vector<std::string> words;
  };
  auto arguments = std::make_shared<Arguments>();
  return {"whatif", "Ask what would be decided, and do nothing",
          [arguments](Words& words) {
            words.required("question", arguments->question, "start, attach or setpolicy")
                .up_to(
                    6, "words", arguments->words,
                    "start: CONFIGFILE; attach: DOMAIN vif backend=NAME [bridge=B] [nic=N] [index=I], DOMAIN disk "
                    "NAME [backend=NAME], DOMAIN pci BDF or DOMAIN CLASS backend=NAME; setpolicy: as setpolicy takes "
                    "it");
          },
          [arguments](const Context& context) { return ask_what_if(context, arguments->question, arguments->words); }};
}

}  // namespace xenacm::labeltool
