// SPDX-License-Identifier: Apache-2.0
// What is asked of the daemon: answers that do not come, and a log of which an archive was forgotten
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "enforcer/audit/chain.h"
#include "enforcer/audit/checkpoint.h"
#include "labeltool/doctor/records.h"
#include "tests/unit/labeltool/commandline.h"
#include "tests/unit/labeltool/scripted_daemon.h"

namespace xenacm::labeltool::doctor::test {
namespace {

using labeltool::test::Request;
using labeltool::test::Scripted;
using labeltool::test::ScriptedDaemon;
using labeltool::test::Workplace;
using nlohmann::json;

TEST(DoctorDaemon, ThatTakesARequestAndIsStuckIsNotWaitedForWithoutEnd) {
  const Workplace place;
  const std::string socket = place.folder() / "socket";
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
  const int listening = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_EQ(::bind(listening, static_cast<sockaddr*>(static_cast<void*>(&address)), sizeof address), 0);
  ASSERT_EQ(::listen(listening, 1), 0);
  const auto answer = ask({.socket = socket, .limit = std::chrono::milliseconds(50)}, "GET", "/v1/status");
  ::close(listening);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "acm-enforcerd at " + socket + " does not answer");
}

// Records 1 to 9, signed at 3 and 6. Those up to 3 went with an archive.
class Forgetful {
 public:
  explicit Forgetful(bool is_signed) : signed_(is_signed) {
    audit::Hash hash = audit::kNoHash;
    for (std::int64_t seq = 1; seq <= 9; ++seq) {
      const std::string record = json{{"action", "x"}, {"seq", seq}}.dump();
      hash = audit::next_hash(hash, record);
      if (seq > 3) lines_ += audit::to_text({record, hash}) + "\n";
      if (!is_signed || (seq != 3 && seq != 6)) continue;
      const std::string text = audit::sign_checkpoint(seq, hash, std::chrono::microseconds(seq), key_);
      checkpoints_.push_back({{"seq", seq}, {"text", text}});
    }
  }

  Scripted operator()(const Request& request) const {
    const std::string& line = request.line;
    if (line == "GET /v1/audit/key") {
      if (!signed_) return {.status = 404, .body = R"({"error": {"message": "no key"}})"};
      return {.body = json{{"public_key", key_.public_key().pem()}}.dump()};
    }
    if (line == "GET /v1/audit/archives") {
      return {.body = json::array({{{"first", 4}, {"last", 6}, {"hash", ""}, {"file", "audit/4-6.jsonl"}}}).dump()};
    }
    if (line.starts_with("GET /v1/audit/checkpoints?")) {
      const json all = line.ends_with("&after=0") ? checkpoints_ : json::array();
      return {.body = json{{"checkpoints", all}, {"head", nullptr}}.dump()};
    }
    if (line.starts_with("GET /v1/audit/lines?")) return {.body = line.ends_with("&after=9") ? "" : lines_};
    return {.status = 404};
  }

 private:
  bool signed_;
  audit::SigningKey key_ = audit::SigningKey::make();
  std::string lines_;
  json checkpoints_ = json::array();
};

TEST(DoctorDaemon, ThatForgotAnArchiveHasASoundLogAllTheSame) {
  for (const bool is_signed : {true, false}) {
    const Workplace place;
    const std::filesystem::path socket = place.folder() / "socket";
    const ScriptedDaemon daemon(socket, Forgetful(is_signed));
    const auto facts = look_at_records({.socket = socket}, {{"audit", json::object()}});
    ASSERT_TRUE(facts) << facts.error().message;
    EXPECT_EQ(facts->is_signed, is_signed);
    EXPECT_FALSE(facts->unsound) << facts->unsound->message;
  }
}

}  // namespace
}  // namespace xenacm::labeltool::doctor::test
