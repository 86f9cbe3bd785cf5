// SPDX-License-Identifier: Apache-2.0
// The audit log keeps requests as JSON: nothing that a verdict depends on may be lost on the way there and back.
#include "enforcer/monitor/request_json.h"

#include <rapidcheck.h>

#include <nlohmann/json.hpp>

#include "tests/unit/monitor/random_request.h"
#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {
namespace {

using nlohmann::json;

std::string refused(const json& value) {
  const auto request = request_from_json(value);
  return request ? "" : request.error();
}

// What a reader of the log gets: the text, parsed.
json through_text(const Request& request) { return json::parse(to_json(request).dump()); }

TEST(RequestJson, EveryRequestComesBackAsItWas) {
  const bool held = rc::check("round trip", [&] {
    for (const Request& request : one_of_each()) {
      const auto back = request_from_json(through_text(request));
      RC_ASSERT(back.has_value());
      RC_ASSERT(same(*back, request));
    }
  });
  EXPECT_TRUE(held);
}

TEST(RequestJson, NothingMadeOfARequestsJsonCrashesTheReader) {
  const bool held = rc::check("hostile", [&] {
    json value = through_text(*rc::gen::elementOf(one_of_each()));
    const json replacements{nullptr, -1, 65536, 1e300, "", "x", json::array({1}), json::object(), {{"hex", "zz"}}};
    const json flat = value.flatten();
    const auto at = *rc::gen::inRange<std::size_t>(0, flat.size());
    auto member = flat.begin();
    std::advance(member, static_cast<std::ptrdiff_t>(at));
    value[json::json_pointer(member.key())] = replacements.at(*rc::gen::inRange<std::size_t>(0, replacements.size()));
    (void)request_from_json(value);
  });
  EXPECT_TRUE(held);
}

TEST(RequestJson, ANameThatIsNoUnicodeIsWrittenInHexadecimal) {
  const json value = to_json(UnlabelDomain{DomainName("a\xff")});
  EXPECT_EQ(value.dump(), R"({"kind":"unlabel_domain","name":{"hex":"61ff"}})");
}

TEST(RequestJson, TheErrorNamesTheMember) {
  EXPECT_EQ(refused(nullptr), "request is no object");
  EXPECT_EQ(refused({{"kind", "snapshot"}}), "request is of no known kind: snapshot");
  EXPECT_EQ(refused({{"kind", "introduce"}}), "request has no domid");
  EXPECT_EQ(refused({{"kind", "introduce"}, {"domid", 65536}}), "request.domid is no number from 0 to 65535");
  EXPECT_EQ(refused({{"kind", "introduce"}, {"domid", 1}, {"new", 1}}), "request has an unknown member 'new'");
  EXPECT_EQ(refused({{"kind", "unlabel_domain"}, {"name", {{"hex", "6"}}}}), "request.name is no text");
  EXPECT_EQ(refused({{"kind", "set_mode"}, {"mode", "off"}}), "request.mode is no known word");
  const json attach = {
      {"kind", "attach"},
      {"key", {{"class", "vbd"}, {"frontend", 1}, {"backend", 0}, {"device", 1}}},
      {"resources", {{{"name", "file:/a"}, {"identity", {{"birth", "1"}}}}}},
  };
  EXPECT_EQ(refused(attach), "request.resources[0].identity has no place");
  EXPECT_EQ(refused({{"kind", "set_policy"}, {"document", "<p/>"}, {"most_invalidated", 1}}).substr(0, 44),
            "request has a document that does not compile");
}

}  // namespace
}  // namespace xenacm::monitor
