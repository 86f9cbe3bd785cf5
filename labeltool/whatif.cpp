// SPDX-License-Identifier: Apache-2.0
// labeltool whatif {start CONFIGFILE | attach DOMAIN DEVICE… | setpolicy POLICY}
#include <memory>

#include "labeltool/attach_words.h"
#include "labeltool/command.h"
#include "labeltool/domain_config.h"
#include "labeltool/question.h"

namespace xenacm::labeltool {

namespace {

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
  if (file) file = with_signature(*std::move(file));
  if (!file) return std::unexpected(file.error());
  const auto answer = ask_policy(context, *file);
  if (!answer) return std::unexpected(answer.error());
  return tell(context, *answer, "setpolicy of " + printable(file->path.string()));
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
  struct WhatifArguments {
    std::string question;
    std::vector<std::string> words;
  };
  auto arguments = std::make_shared<WhatifArguments>();
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
