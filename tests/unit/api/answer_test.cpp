// SPDX-License-Identifier: Apache-2.0
// What the routes take for a body
#include "enforcer/api/answer.h"

#include <gtest/gtest.h>

namespace xenacm::api {
namespace {

TEST(Body, ThatIsNestedTooDeepIsNoObject) {
  constexpr std::size_t kDepth = 200'000;
  const std::string nested = std::string(kDepth, '[') + std::string(kDepth, ']');
  EXPECT_FALSE(body_of({.body = R"({"domain":)" + nested + "}"}).is_object());
  EXPECT_TRUE(body_of({.body = R"({"domain":[[["[[[["]]]})"}).is_object());
}

}  // namespace
}  // namespace xenacm::api
