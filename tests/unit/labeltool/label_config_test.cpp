// SPDX-License-Identifier: Apache-2.0
// addlabel dom and rmlabel dom change configuration and ledger both or not at all, whichever of the two fails, and when
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "labeltool/text_file.h"
#include "tests/unit/labeltool/commandline.h"
#include "tests/unit/labeltool/scripted_daemon.h"

namespace xenacm::labeltool::test {
namespace {

using nlohmann::json;

constexpr const char* kUnlabelled = "# mine\nname = 'a'\n";
constexpr const char* kLabelled = "name = 'a'\naccess_control = ['policy=mytest,label=A-Bank']\n";

class LabelConfig : public testing::Test {
 protected:
  // What the daemon says to a line; of others, what it would say of a domain without a label.
  using Exceptions = std::map<std::string, std::function<Scripted()>>;
  [[nodiscard]] ScriptedDaemon daemon(const std::string& config, Exceptions exceptions = {}) const {
    return ScriptedDaemon(socket(), [config, exceptions](const Request& request) -> Scripted {
      if (const auto found = exceptions.find(request.line); found != exceptions.end()) return found->second();
      if (request.line.starts_with("POST /v1/config")) return {.body = config};
      if (request.line == "GET /v1/policy") return {.body = R"({"name": "mytest"})"};
      if (request.line == "GET /v1/domains/a/label") return kNotThere;
      return {.body = R"({"decision": "allow"})"};
    });
  }
  [[nodiscard]] std::filesystem::path socket() const { return workplace.folder() / "socket"; }
  [[nodiscard]] std::string text() const { return *read_file(file); }
  [[nodiscard]] std::set<std::string> entries() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(workplace.folder())) {
      names.insert(entry.path().filename());
    }
    return names;
  }
  // Nobody can put a file in the place of a folder.
  Scripted make_folder_of_file() const {
    std::filesystem::remove(file);
    std::filesystem::create_directory(file);
    return {.body = R"({"decision": "allow"})"};
  }
  static bool was_asked(const ScriptedDaemon& xenacm, const std::string& line) {
    return std::ranges::any_of(xenacm.asked(), [&](const Request& request) { return request.line == line; });
  }

  static const inline Scripted kNotThere{.status = 404, .body = R"({"error": {"message": "Domain not labeled"}})"};
  static const inline std::string kConfig = R"({"name": "a"})";
  static const inline std::string kLabelledConfig =
      R"({"name": "a", "access_control": {"policy": "mytest", "label": "A-Bank"}})";
  Workplace workplace;
  std::filesystem::path file = workplace.folder() / "a.cfg";
};

TEST_F(LabelConfig, IsBoundBeforeItIsWritten) {
  workplace.write(file, kUnlabelled);
  std::string at_binding;
  const auto xenacm = daemon(kConfig, {{"PUT /v1/domains/a/label", [&] {
                                          at_binding = text();
                                          return Scripted{};
                                        }}});
  EXPECT_FALSE(run(addlabel_command, {"A-Bank", "dom", "a.cfg"}, socket()).failure);
  EXPECT_TRUE(was_asked(xenacm, "PUT /v1/domains/a/label"));
  EXPECT_EQ(at_binding, kUnlabelled);
  EXPECT_EQ(text(), std::string(kUnlabelled) + "access_control = [\"policy=mytest,label=A-Bank\"]\n");
}

// Another policy may be set between the question which it is and the binding.
TEST_F(LabelConfig, NamesThePolicyToTheDaemonThatItWritesIntoTheFile) {
  workplace.write(file, kUnlabelled);
  const auto xenacm = daemon(kConfig);
  EXPECT_FALSE(run(addlabel_command, {"A-Bank", "dom", "a.cfg"}, socket()).failure);
  const Request put = xenacm.asked().back();
  EXPECT_EQ(put.line, "PUT /v1/domains/a/label");
  EXPECT_EQ(json::parse(put.body), json({{"label", "A-Bank"}, {"policy", "mytest"}}));
}

TEST_F(LabelConfig, StaysAsItWasWhereTheDaemonRefuses) {
  workplace.write(file, kUnlabelled);
  const auto xenacm = daemon(
      kConfig,
      {{"PUT /v1/domains/a/label", [] { return Scripted{.status = 409, .body = R"({"error": {"message": "no"}})"}; }}});
  const Ran ran = run(addlabel_command, {"A-Bank", "dom", "a.cfg"}, socket());
  ASSERT_TRUE(ran.failure);
  EXPECT_EQ(ran.failure->message, "no");
  EXPECT_EQ(text(), kUnlabelled);
  EXPECT_EQ(entries(), (std::set<std::string>{"a.cfg", "socket"}));
}

TEST_F(LabelConfig, ThatCannotBeWrittenLosesItsNewBinding) {
  workplace.write(file, kUnlabelled);
  const auto xenacm = daemon(kConfig, {{"PUT /v1/domains/a/label", [&] { return make_folder_of_file(); }}});
  const Ran ran = run(addlabel_command, {"A-Bank", "dom", "a.cfg"}, socket());
  ASSERT_TRUE(ran.failure);
  EXPECT_NE(ran.failure->message.find("cannot replace "), std::string::npos) << ran.failure->message;
  EXPECT_EQ(xenacm.asked().back().line, "DELETE /v1/domains/a/label");
  EXPECT_EQ(entries(), (std::set<std::string>{"a.cfg", "socket"})) << "no draft is left";
}

TEST_F(LabelConfig, ThatCannotBeWrittenKeepsABindingThatWasThereBefore) {
  workplace.write(file, kUnlabelled);
  const auto xenacm = daemon(kConfig, {{"GET /v1/domains/a/label", [] { return Scripted{}; }},
                                       {"PUT /v1/domains/a/label", [&] { return make_folder_of_file(); }}});
  EXPECT_TRUE(run(addlabel_command, {"A-Bank", "dom", "a.cfg"}, socket()).failure);
  EXPECT_FALSE(was_asked(xenacm, "DELETE /v1/domains/a/label"));
}

TEST_F(LabelConfig, OnAFileSystemThatTakesNoFileIsNotBound) {
  const auto xenacm = daemon(kConfig);
  const Ran ran = run(addlabel_command, {"A-Bank", "dom", "/proc/self/status"}, socket());
  ASSERT_TRUE(ran.failure);
  EXPECT_NE(ran.failure->message.find("cannot write beside /proc/"), std::string::npos) << ran.failure->message;
  EXPECT_FALSE(was_asked(xenacm, "PUT /v1/domains/a/label"));
}

TEST_F(LabelConfig, LosesBindingAndLine) {
  workplace.write(file, kLabelled);
  const auto xenacm = daemon(kLabelledConfig);
  EXPECT_FALSE(run(rmlabel_command, {"dom", "a.cfg"}, socket()).failure);
  EXPECT_EQ(text(), "name = 'a'\n#access_control = ['policy=mytest,label=A-Bank']\n");
  EXPECT_TRUE(was_asked(xenacm, "DELETE /v1/domains/a/label"));
}

TEST_F(LabelConfig, KeepsItsLineWhereTheDaemonKeepsTheBinding) {
  workplace.write(file, kLabelled);
  const auto xenacm = daemon(
      kLabelledConfig, {{"DELETE /v1/domains/a/label",
                         [] { return Scripted{.status = 409, .body = R"({"error": {"message": "it runs"}})"}; }}});
  const Ran ran = run(rmlabel_command, {"dom", "a.cfg"}, socket());
  ASSERT_TRUE(ran.failure);
  EXPECT_EQ(ran.failure->message, "it runs");
  EXPECT_EQ(text(), kLabelled);
}

// Labelled on another host: there is nothing to remove but the line, also while a domain of that name runs.
TEST_F(LabelConfig, LosesItsLineWhereNothingIsBound) {
  workplace.write(file, kLabelled);
  const auto xenacm = daemon(kLabelledConfig, {{"DELETE /v1/domains/a/label", [] { return kNotThere; }},
                                               {"GET /v1/domains/a/label", [] { return Scripted{}; }}});
  EXPECT_FALSE(run(rmlabel_command, {"dom", "a.cfg"}, socket()).failure);
  EXPECT_TRUE(text().find("\n#access_control") != std::string::npos) << text();
}

TEST_F(LabelConfig, ThatCannotBeWrittenGetsItsBindingBack) {
  workplace.write(file, kLabelled);
  const auto xenacm = daemon(kLabelledConfig, {{"DELETE /v1/domains/a/label", [&] { return make_folder_of_file(); }}});
  EXPECT_TRUE(run(rmlabel_command, {"dom", "a.cfg"}, socket()).failure);
  EXPECT_EQ(xenacm.asked().back().line, "PUT /v1/domains/a/label");
}

TEST_F(LabelConfig, WithLinesOfDosIsToldWhatItsTroubleIs) {
  workplace.write(file, "name = 'a'\r\n");
  const auto xenacm =
      daemon("", {{"POST /v1/config?file=a.cfg", [] {
                     return Scripted{.status = 422, .body = R"({"error": {"message": "Invalid config file: a.cfg"}})"};
                   }}});
  const Ran ran = run(addlabel_command, {"A-Bank", "dom", "a.cfg"}, socket());
  ASSERT_TRUE(ran.failure);
  ASSERT_EQ(ran.failure->details.size(), 1U);
  EXPECT_NE(ran.failure->details[0].find("CR LF"), std::string::npos);
}

}  // namespace
}  // namespace xenacm::labeltool::test
