// SPDX-License-Identifier: Apache-2.0
// Xen's own programs do and print the same with and without the gate.
#include <gtest/gtest.h>

#include <regex>

#include "tests/integration/daemon/process.h"
#include "tests/integration/gate/gate_bed.h"

namespace xenacm::gate::testing {
namespace {

using Words = std::vector<std::string>;

class Programs : public GateBed {
 protected:
  struct Result {
    Words command;
    int status = 0;
    std::string out;
    std::string err;
    bool operator==(const Result&) const = default;
  };

  [[nodiscard]] static Result result_of(const Words& command, const std::filesystem::path& at) {
    const test::Finished finished = test::run(command, {{"XENSTORED_PATH", at.string()}});
    return {command, finished.status, finished.out, finished.err};
  }

  // One after the other, on a store that is as it was at the end.
  [[nodiscard]] static std::vector<Result> play(const std::vector<Words>& script, const std::filesystem::path& at) {
    std::vector<Result> results;
    for (Words words : script) {
      words[0].insert(0, "/usr/bin/xenstore-");
      results.push_back(result_of(words, at));
    }
    EXPECT_EQ(result_of({"/usr/bin/xenstore-rm", "/tool/p"}, at).status, 0);
    return results;
  }
};
FOR_EVERY_XENSTORED(Programs);

void expect_same(const std::vector<std::string>& words, int gated, int bare, const std::string& gated_text,
                 const std::string& bare_text) {
  std::string command;
  for (const std::string& word : words) command += word + " ";
  EXPECT_EQ(gated, bare) << command;
  EXPECT_EQ(gated_text, bare_text) << command;
}

TEST_P(Programs, TheXenstoreCommands) {
  std::vector<Words> script{{"write", "/tool/p/a", "1", "/tool/p/b", "two words"},
                            {"write", "/tool/p/empty", ""},
                            {"read", "/tool/p/a", "/tool/p/b", "/tool/p/empty"},
                            {"read", "-p", "/tool/p/a"},
                            {"read", "/tool/p/none"},
                            {"read", "/tool//p"},
                            {"read", "/tool/p/"},
                            {"list", "/tool/p"},
                            {"list", "-p", "/tool/p"},
                            {"list", "/tool/p/none"},
                            {"exists", "/tool/p/a"},
                            {"exists", "/tool/p/none"},
                            {"write", "/tool/p/a/b/c/d", "deep"},
                            {"ls", "-f", "-p", "/tool/p"},
                            {"ls", "/tool/p"},
                            {"chmod", "-r", "/tool/p/a", "n0", "r5"},
                            {"ls", "-p", "/tool/p/a"},
                            {"watch", "-n", "1", "/tool/p"},
                            {"watch", "-n", "3", "/tool/p/a", "/tool/p/none", "@introduceDomain"},
                            {"rm", "/tool/p/a"},
                            {"rm", "/tool/p/none"},
                            {"rm", "-t", "/tool/p/b"},
                            {"exists", "/tool/p/b"},
                            {"write", "/tool/p/long", std::string(4096, 'x')},
                            {"write", "/tool/p/most", std::string(4000, 'x')},
                            {"read", "/tool/p/most"},
                            {"write", "/tool/p/keep", "1"}};
  const auto bare = play(script, real_socket());
  const auto gated = play(script, socket());
  ASSERT_EQ(bare.size(), gated.size());
  for (std::size_t i = 0; i < bare.size(); ++i) {
    expect_same(bare[i].command, gated[i].status, bare[i].status, gated[i].out + gated[i].err,
                bare[i].out + bare[i].err);
  }
  EXPECT_GT(std::ranges::count(bare, 0, &Result::status), 15);
  EXPECT_GT(counters().forwarded, script.size());
}

// More than fits into one reply. C xenstored says E2BIG, and libxenstore asks for it in parts. oxenstored sends a frame
// that is too long, on which libxenstore hangs up; the gate does no less.
TEST_P(Programs, AListingOfMoreThanOneReply) {
  using namespace std::string_literals;
  constexpr int kChildren = 400;
  constexpr auto kDirectory = static_cast<Message>(1);
  constexpr auto kDirectoryPart = static_cast<Message>(22);
  RawClient past = direct();
  for (int i = 0; i < kChildren; ++i) {
    ASSERT_EQ(past.write("/tool/large/child-with-a-long-name-" + std::to_string(i), ""), "OK");
  }
  RawClient through = client();
  for (const std::string& offset : {"0"s, "100"s, "2000"s, "4000"s, "10000"s, "1000000"s}) {
    const std::string part = "/tool/large\0"s + offset + '\0';
    EXPECT_EQ(through.ask(kDirectoryPart, part), past.ask(kDirectoryPart, part)) << offset;
  }
  const bool whole = GetParam() == test::XenstoredKind::c;
  EXPECT_EQ(through.ask(kDirectory, "/tool/large\0"s), whole ? "E2BIG" : "closed");
  const Words command{"/usr/bin/xenstore-list", "/tool/large"};
  const Result gated = result_of(command, socket());
  EXPECT_EQ(gated, result_of(command, real_socket()));
  EXPECT_EQ(gated.status, whole ? 0 : 1);
  EXPECT_EQ(std::ranges::count(gated.out, '\n'), whole ? kChildren : 0);
}

// Xen's own test of xenstored; its times differ, what it does not.
TEST_P(Programs, XensTestOfXenstored) {
  const auto without_times = [](const std::string& text) {
    return std::regex_replace(text, std::regex("[0-9]+ ns"), "N ns");
  };
  const std::string program = XENACM_XENSTORED_DIR "/test-xenstore";
  const Result list = result_of({program, "-l"}, socket());
  EXPECT_GE(std::ranges::count(list.out, '\n'), 12) << list.err;
  for (const Words& words : {Words{program, "-l"}, {program, "-i", "20"}, {program, "-t", "none"}}) {
    const Result gated = result_of(words, socket());
    const Result bare = result_of(words, real_socket());
    expect_same(words, gated.status, bare.status, without_times(gated.out + gated.err),
                without_times(bare.out + bare.err));
  }
  EXPECT_EQ(result_of({program, "-i", "1"}, socket()).status, 0);
  EXPECT_EQ(result_of({program, "-r", "1"}, socket()).status, 0) << "random operations, checked by the program";
}

}  // namespace
}  // namespace xenacm::gate::testing
