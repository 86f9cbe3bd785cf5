// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/wire.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/gate/frames.h"

namespace xenacm::gate {
namespace {

using namespace std::string_view_literals;

void feed(FrameReader& reader, std::string_view bytes) {
  const auto space = reader.space();
  ASSERT_GE(space.size(), bytes.size());
  std::ranges::copy(bytes, space.begin());
  reader.filled(bytes.size());
}

TEST(FrameReader, GivesNothingBeforeTheLastByteOfAFrame) {
  const std::string bytes = encode(Message::read, 7, 3, "/tool\0"sv);
  FrameReader reader;
  for (const char byte : bytes.substr(0, bytes.size() - 1)) {
    feed(reader, {&byte, 1});
    const auto frame = reader.next();
    ASSERT_TRUE(frame.has_value());
    ASSERT_FALSE(frame->has_value());
  }
  feed(reader, bytes.substr(bytes.size() - 1));
  const auto frame = reader.next();
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->header.type, Message::read);
  EXPECT_EQ((*frame)->header.request, 7u);
  EXPECT_EQ((*frame)->header.transaction, 3u);
  EXPECT_EQ((*frame)->payload(), "/tool\0"sv);
  EXPECT_EQ((*frame)->bytes, bytes);
}

TEST(FrameReader, GivesFramesThatArriveTogetherOneByOneAndAdjacent) {
  const std::string first = encode(Message::read, 1, 0, "/a\0"sv);
  const std::string second = encode(Message::read, 2, 0, "");
  FrameReader reader;
  feed(reader, first + second + second.substr(0, 5));
  const auto one = reader.next();
  const auto two = reader.next();
  ASSERT_TRUE(one && *one && two && *two);
  EXPECT_EQ((*one)->bytes, first);
  EXPECT_EQ((*two)->bytes, second);
  EXPECT_EQ((*two)->bytes.data(), (*one)->bytes.data() + first.size());
  EXPECT_FALSE(reader.next()->has_value());
}

TEST(FrameReader, CarriesAnyNumberOfTheLargestFrames) {
  const std::string largest = encode(Message::write, 1, 0, std::string(kMaxPayloadBytes, 'x'));
  FrameReader reader;
  std::string rest;
  int seen = 0;
  while (seen < 100) {
    if (rest.size() < largest.size()) rest += largest;
    const std::size_t bytes = std::min({rest.size(), reader.space().size(), std::size_t{3000}});
    ASSERT_GT(bytes, 0u) << "a reader without room can never go on";
    feed(reader, rest.substr(0, bytes));
    rest.erase(0, bytes);
    for (auto frame = reader.next(); frame && *frame; frame = reader.next()) {
      ASSERT_EQ((*frame)->bytes, largest);
      ++seen;
    }
  }
}

TEST(FrameReader, RefusesAFrameThatAnnouncesMoreThanThePayloadLimit) {
  struct Case {
    std::uint32_t length;
    bool fine;
  };
  for (const auto& [length, fine] : {Case{4096, true}, Case{4097, false}, Case{0xffffffff, false}}) {
    std::string bytes = encode(Message::write, 1, 0, "");
    std::memcpy(bytes.data() + 12, &length, sizeof length);
    FrameReader reader;
    feed(reader, bytes);
    EXPECT_EQ(reader.next().has_value(), fine) << length;
  }
}

TEST(ErrorReply, CarriesTheIdsOfTheRequestAndTheNameWithItsNul) {
  const Header request{Message::transaction_end, 41, 9, 2};
  EXPECT_EQ(error_reply(request, "EACCES"), encode(Message::error, 41, 9, "EACCES\0"sv));
}

}  // namespace
}  // namespace xenacm::gate
