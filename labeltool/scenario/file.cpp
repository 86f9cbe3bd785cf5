// SPDX-License-Identifier: Apache-2.0
#include "labeltool/scenario/file.h"

#include <algorithm>
#include <array>
#include <memory>

#include "enforcer/monitor/verdict.h"
#include "labeltool/scenario/devices.h"
#include "labeltool/text_file.h"
#include "policy/compiler.h"

namespace xenacm::labeltool::scenario {

namespace {

using monitor::DomainName;

constexpr Key kName{"name", R"(name = "competing banks")"};
constexpr Key kPolicy{"policy", R"(policy = "mytest-security_policy.xml")"};
constexpr Key kStep{"step", R"([[step]] with do = "start", domain = "client1", expect = "allow")"};
constexpr Key kDo{"do", R"(do = "start")"};
constexpr Key kDomain{"domain", R"(domain = "client1")"};
constexpr Key kMode{"mode", R"(mode = "enforcing" or "permissive")"};
constexpr Key kExpect{"expect", R"(expect = "allow" or "deny")"};
constexpr Key kRule{"rule", R"(rule = "chinese-wall")"};
constexpr Key kMessage{"message", R"(message = "not authorized")"};
constexpr Key kRunning{"running", R"(running = { "A-Bank" = 1 })"};

// A policy document, compiled, or its faults as "PATH:LINE:COLUMN: error: MESSAGE".
std::expected<monitor::SetPolicy, Wrong> compile(std::string document, const std::string& path) {
  auto compiled = policy::compile_document(document);
  if (compiled) {
    return monitor::SetPolicy{std::make_shared<const policy::Compiled>(*std::move(compiled)),
                              std::make_shared<const std::string>(std::move(document))};
  }
  Wrong wrong;
  for (const policy::Diagnostic& diagnostic : compiled.error()) {
    if (diagnostic.severity == policy::Severity::error) wrong.push_back(policy::to_text(diagnostic, path));
  }
  return std::unexpected(std::move(wrong));
}

// Reads one scenario. Where something is wrong it says so and goes on with whatever it has: what it returns counts only
// where nothing was said.
class Reader {
 public:
  Reader(const std::filesystem::path& file, Errors& errors) : folder_(file.parent_path()), errors_(errors) {}

  Scenario scenario(const toml::table& table) {
    Keys keys(table, "a scenario", errors_);
    Scenario scenario;
    scenario.name = keys.find_text(kName).value_or("");
    scenario.policy = first_policy(keys);
    if (const toml::array* list = keys.find_array(kStep)) {
      for (const toml::node& node : *list) add_step(keys, node, scenario.steps);
      if (list->empty()) keys.missing(kStep.form);
    } else if (!table.contains(kStep.name)) {
      keys.missing(kStep.form);
    }
    keys.refuse_others();
    return scenario;
  }

 private:
  using ReadDeed = Deed (Reader::*)(Keys&);
  struct Kind {
    std::string_view name;
    ReadDeed read;
  };
  static const std::array<Kind, 10> kKinds;

  void add_step(Keys& scenario, const toml::node& node, std::vector<Step>& steps) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return scenario.wrong_form(kStep, node.source().begin);
    const toml::source_position at = node.source().begin;
    const auto* word = (*table)[kDo.name].as_string();
    const auto* kind = word == nullptr ? kKinds.end() : std::ranges::find(kKinds, word->get(), &Kind::name);
    if (kind == kKinds.end()) return refuse_kind(*table);
    Keys keys(*table,
              std::string(kind->name == "attach" || kind->name == "unlabel" ? "an " : "a ") + word->get() + " step",
              errors_);
    keys.pass_over(kDo);
    Deed deed = (this->*kind->read)(keys);
    Expectation expected = expectation(keys);
    keys.refuse_others();
    steps.push_back({at.line, std::move(deed), std::move(expected)});
  }

  void refuse_kind(const toml::table& table) {
    std::string names;
    for (const Kind& kind : kKinds) names += (names.empty() ? "" : ", ") + std::string(kind.name);
    Keys keys(table, "a step", errors_);
    const auto found = keys.find(kDo);
    if (!found) return keys.missing(std::string(kDo.form) + "; do is one of " + names);
    const auto* word = found->node->as_string();
    const std::string given = word != nullptr ? "there is no step '" + word->get() + "'" : "'do' is not a text";
    keys.error(found->at, given + "; do is one of " + names);
  }

  Expectation expectation(Keys& keys) {
    Expectation expected;
    expected.allowed = one_of(keys, kExpect, {"allow", "deny"}) == "allow";
    expected.rule = rule(keys);
    expected.message = keys.find_text(kMessage);
    const toml::table* running = keys.find_table(kRunning);
    if (running == nullptr) return expected;
    for (const auto& [type, node] : *running) {
      const auto* count = node.as_integer();
      if (count == nullptr || count->get() < 0) {
        keys.wrong_form(kRunning, type.source().begin);
      } else {
        expected.running.emplace(type.str(), count->get());
      }
    }
    return expected;
  }

  // The text of a key that must be one of `words`.
  static std::string one_of(Keys& keys, const Key& key, std::initializer_list<std::string_view> words) {
    std::string text = keys.text(key);
    if (!text.empty() && std::ranges::find(words, text) == words.end()) keys.wrong_form(key, keys.find(key)->at);
    return text;
  }

  // `unavailable` is left out: here every verdict is to be had.
  static std::optional<std::string> rule(Keys& keys) {
    using enum monitor::Rule;
    auto given = keys.find_text(kRule);
    std::string names;
    for (const monitor::Rule rule : {label, authorization, chinese_wall, ste, resource, integrity}) {
      if (given == monitor::to_text(rule)) return given;
      names += (names.empty() ? "" : ", ") + std::string(monitor::to_text(rule));
    }
    if (given) keys.error(keys.find(kRule)->at, "there is no 'rule' '" + *given + "'; the rules are " + names);
    return given;
  }

  DomainName domain(Keys& keys) { return DomainName(keys.text(kDomain)); }

  Deed start(Keys& keys) {
    DomainName name = domain(keys);
    auto label = keys.find_text(kLabel);
    return Start{std::move(name), std::move(label), take_devices(keys)};
  }
  Deed stop(Keys& keys) { return Stop{domain(keys)}; }
  Deed attach(Keys& keys) {
    Attach attach{domain(keys), {}};
    if (auto device = take_device(keys)) attach.device = *std::move(device);
    return attach;
  }
  Deed detach(Keys& keys) {
    Detach detach{domain(keys), {}};
    if (auto device = take_device(keys)) detach.device = *std::move(device);
    return detach;
  }
  Deed label(Keys& keys) {
    auto resource = take_resource(keys);
    return Label{std::move(resource), keys.text(kLabel)};
  }
  Deed unlabel(Keys& keys) { return Unlabel{take_resource(keys)}; }
  Deed relabel(Keys& keys) {
    DomainName name = domain(keys);
    return Relabel{std::move(name), keys.text(kLabel)};
  }
  Deed setpolicy(Keys& keys) {
    const std::string file = keys.text(kPolicy);
    auto document = file.empty() ? std::nullopt : policy_document(keys, file);
    if (!document) return Install{file, {}};
    auto compiled = compile(*std::move(document), file);
    if (compiled) return Install{file, *std::move(compiled)};
    std::string message;
    for (const std::string& line : compiled.error()) message += (message.empty() ? "" : "; ") + line;
    return Install{file, std::unexpected(std::move(message))};
  }
  Deed resetpolicy(Keys& /*keys*/) { return Reset{}; }
  Deed mode(Keys& keys) {
    const std::string mode = one_of(keys, kMode, {"enforcing", "permissive"});
    return ChangeMode{mode == "permissive" ? monitor::Mode::permissive : monitor::Mode::enforcing,
                      keys.find_text(kLabel)};
  }

  std::optional<std::string> policy_document(Keys& keys, const std::string& file) {
    const auto path = folder_ / file;
    auto document = read_file(path);
    if (document) return *std::move(document);
    keys.error(keys.find(kPolicy)->at, "'policy': cannot read " + path.string() + " (" + document.error() + ")");
    return std::nullopt;
  }

  monitor::SetPolicy first_policy(Keys& keys) {
    const auto file = keys.find_text(kPolicy);
    auto document = file ? policy_document(keys, *file) : std::string(policy::default_document());
    if (!document) return {};
    auto compiled = compile(*std::move(document), file.value_or(""));
    if (compiled) return *std::move(compiled);
    for (const std::string& line : compiled.error()) keys.error(keys.find(kPolicy)->at, "'policy': " + line);
    return {};
  }

  std::filesystem::path folder_;
  Errors& errors_;
};

const std::array<Reader::Kind, 10> Reader::kKinds{{{"start", &Reader::start},
                                                   {"stop", &Reader::stop},
                                                   {"attach", &Reader::attach},
                                                   {"detach", &Reader::detach},
                                                   {"label", &Reader::label},
                                                   {"unlabel", &Reader::unlabel},
                                                   {"relabel", &Reader::relabel},
                                                   {"setpolicy", &Reader::setpolicy},
                                                   {"resetpolicy", &Reader::resetpolicy},
                                                   {"mode", &Reader::mode}}};

}  // namespace

std::expected<Scenario, Wrong> parse_scenario(std::string_view text, const std::filesystem::path& file) {
  Errors errors(file.string());
  try {
    const toml::table table = toml::parse(text, std::string_view(file.native()));
    Scenario scenario = Reader(file, errors).scenario(table);
    scenario.file = file.string();
    if (scenario.name.empty()) scenario.name = file.stem().string();
    if (errors.empty()) return scenario;
  } catch (const toml::parse_error& error) {
    errors.add(error.source().begin, std::string(error.description()));
  }
  return std::unexpected(errors.take());
}

std::expected<Scenario, Wrong> read_scenario(const std::filesystem::path& file) {
  const auto text = read_file(file);
  if (!text) return std::unexpected(Wrong{file.string() + ": cannot be read (" + text.error() + ")"});
  return parse_scenario(*text, file);
}

}  // namespace xenacm::labeltool::scenario
