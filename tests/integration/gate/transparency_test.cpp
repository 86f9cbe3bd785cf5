// SPDX-License-Identifier: Apache-2.0
// A client can not tell the gate from xenstored.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

#include "tests/integration/gate/gate_bed.h"

namespace xenacm::gate::testing {
namespace {

using namespace std::string_literals;

struct Freed {
  void operator()(void* memory) const { std::free(memory); }
};

class Transparency : public GateBed {};
FOR_EVERY_XENSTORED(Transparency);

TEST_P(Transparency, LibxenstoreReadsWritesListsRemovesAndCommits) {
  const test::XenstoreHandle xs = store_.open();
  ASSERT_TRUE(xs_write(xs.get(), 0, "/tool/a", "value", 5));
  EXPECT_EQ(stored("/tool/a"), "value");
  unsigned length = 0;
  const std::unique_ptr<char, Freed> value(static_cast<char*>(xs_read(xs.get(), 0, "/tool/a", &length)));
  ASSERT_TRUE(value);
  EXPECT_EQ(std::string(value.get(), length), "value");

  const xs_transaction_t transaction = xs_transaction_start(xs.get());
  ASSERT_NE(transaction, XBT_NULL);
  ASSERT_TRUE(xs_mkdir(xs.get(), transaction, "/tool/b"));
  EXPECT_EQ(stored("/tool/b"), "ENOENT");
  ASSERT_TRUE(xs_transaction_end(xs.get(), transaction, false));
  const std::unique_ptr<char*, Freed> names(xs_directory(xs.get(), 0, "/tool", &length));
  EXPECT_TRUE(names);
  EXPECT_GE(length, 2u);

  ASSERT_TRUE(xs_rm(xs.get(), 0, "/tool/a"));
  EXPECT_EQ(stored("/tool/a"), "ENOENT");
}

TEST_P(Transparency, LibxenstoreGetsTheEventsOfItsWatches) {
  const test::XenstoreHandle xs = store_.open();
  ASSERT_TRUE(xs_watch(xs.get(), "/tool", "token"));
  const auto next = [&] {
    unsigned count = 0;
    const std::unique_ptr<char*, Freed> event(xs_read_watch(xs.get(), &count));
    return event ? std::string(event.get()[XS_WATCH_PATH]) + " " + event.get()[XS_WATCH_TOKEN] : "none"s;
  };
  EXPECT_EQ(next(), "/tool token");
  direct().write("/tool/x", "1");
  EXPECT_EQ(next(), "/tool/x token");
}

// What xenstored makes of odd requests is for xenstored to say: the same bytes come back with and without the gate.
TEST_P(Transparency, EveryReplyIsByteForByteXenstoreds) {
  std::vector<std::string> requests;
  const auto add = [&](unsigned type, const std::string& payload, std::uint32_t transaction = 0) {
    requests.push_back(encode(static_cast<Message>(type), 77, transaction, payload));
  };
  for (const unsigned type :
       {1u, 2u, 3u, 4u, 5u, 8u, 9u, 10u, 11u, 12u, 13u, 14u, 15u, 16u, 17u, 18u, 19u, 20u, 22u, 23u, 200u, 0xffffu}) {
    add(type, "odd\0"s);
  }
  for (const std::string& path :
       {"/t/a"s, "//t/a"s, "/t//a"s, "/t/a/"s, "/t/./a"s, "/t/+1"s, "/t/ a"s, "t/rel"s, "/"s, "@x"s,
        "/local/domain/07/vm"s, "/t/\xff"s, "/"s + std::string(3071, 'x'), "/"s + std::string(3500, 'x')}) {
    for (const unsigned type : {11u, 12u, 2u, 13u}) add(type, path + '\0');
    add(11, path);
    add(11, path + '\0' + "value"s + '\0');
    add(12, path);
    add(13, path);
    add(13, path + "\0more"s);
    add(11, path + '\0', 99);
  }
  add(7, "T\0"s);
  add(7, "F\0"s, 99);
  add(2, std::string(4096, 'x'));
  const auto replies = [&](const RawClient& client) {
    std::vector<std::string> all;
    for (const std::string& request : requests) {
      client.send(request);
      const auto reply = client.receive();
      all.push_back(reply ? encode(reply->header.type, reply->header.request, reply->header.transaction, reply->payload)
                          : "nothing");
    }
    return all;
  };
  // Twice, so that both see the store that the first round left behind.
  (void)replies(direct());
  const auto bare = replies(direct());
  const auto gated = replies(client());
  ASSERT_EQ(bare.size(), gated.size());
  for (std::size_t i = 0; i < bare.size(); ++i) EXPECT_EQ(bare[i], gated[i]) << requests[i].substr(0, 60);
  EXPECT_GE(counters().forwarded, requests.size());
  EXPECT_EQ(monitor_.asked(),
            (std::vector<std::string>{"malformed INTRODUCE", "malformed /local/domain/0/odd", "malformed SET_TARGET"}))
      << "allowed here";
}

TEST_P(Transparency, RepliesToPipelinedRequestsKeepTheirOrder) {
  const RawClient raw = client();
  constexpr std::uint32_t kRequests = 2000;  // far more than are unanswered at a time
  std::string all;
  for (std::uint32_t request = 1; request <= kRequests; ++request) all += encode(Message::read, request, 0, "/tool\0"s);
  std::thread sender([&] { raw.send(all); });
  for (std::uint32_t request = 1; request <= kRequests; ++request) {
    const auto reply = raw.receive();
    EXPECT_TRUE(reply && reply->header.request == request) << request;
    if (!reply) break;
  }
  sender.join();
}

TEST_P(Transparency, ARequestMayArriveByteByByte) {
  const RawClient raw = client();
  for (const char byte : encode(Message::write, 5, 0, "/tool/slow\0value"s)) raw.send({&byte, 1});
  const auto reply = raw.receive();
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->text(), "OK");
  EXPECT_EQ(stored("/tool/slow"), "value");
}

TEST_P(Transparency, AnAbortIsForwarded) {
  RawClient raw = client();
  const auto transaction = raw.begin();
  EXPECT_EQ(raw.write(std::string(kBack) + "/frontend-id", "7", transaction), "OK");
  EXPECT_EQ(raw.abort(transaction), "OK");
  EXPECT_EQ(stored(std::string(kBack) + "/frontend-id"), "ENOENT");
  EXPECT_TRUE(monitor_.asked().empty());
}

TEST_P(Transparency, EventsOfManyChangesComeAsXenstoredSendsThem) {
  constexpr int kChanges = 300;  // each elsewhere: xenstored sends one event for several that wait and are alike
  RawClient gated = client();
  RawClient bare = direct();
  for (RawClient* one : {&gated, &bare}) {
    ASSERT_EQ(one->ask(Message::watch, "/tool\0token\0"s), "OK");
    ASSERT_EQ(one->receive().value().payload, "/tool\0token\0"s);
  }
  RawClient writer = client();
  for (int i = 0; i < kChanges; ++i) ASSERT_EQ(writer.write("/tool/" + std::to_string(i), "x"), "OK");
  for (int i = 0; i < kChanges; ++i) {
    const auto through = gated.receive();
    const auto past = bare.receive();
    ASSERT_TRUE(through && past) << i;
    EXPECT_EQ(through->header.type, Message::watch_event);
    EXPECT_EQ(through->payload, "/tool/" + std::to_string(i) + "\0token\0"s);
    EXPECT_EQ(through->payload, past->payload);
  }
}

TEST_P(Transparency, ManyTransactionsMayBeOpenAtOnce) {
  constexpr int kTransactions = 60;
  RawClient raw = client();
  std::vector<std::uint32_t> open;
  for (int i = 0; i < kTransactions; ++i) {
    open.push_back(raw.begin());
    ASSERT_EQ(raw.write("/tool/t" + std::to_string(i), std::to_string(i), open.back()), "OK");
  }
  EXPECT_EQ(stored("/tool/t0"), "ENOENT");
  int committed = 0;
  for (const std::uint32_t transaction : open) {
    const std::string end = raw.commit(transaction);
    EXPECT_TRUE(end == "OK" || end == "EAGAIN") << end;
    if (end == "OK") ++committed;
  }
  EXPECT_GE(committed, 1);
  for (int i = 0; i < kTransactions; ++i) {
    if (stored("/tool/t" + std::to_string(i)) == std::to_string(i)) --committed;
  }
  EXPECT_EQ(committed, 0) << "what was committed is there, and nothing else";
}

TEST_P(Transparency, FiveHundredClientsMayWorkAtOnce) {
  constexpr std::size_t kClients = 500;
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  limit.rlim_cur = limit.rlim_max;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  std::vector<RawClient> clients;
  for (std::size_t i = 0; i < kClients; ++i) clients.push_back(client());
  const auto path = [](std::size_t i) { return "/tool/client-" + std::to_string(i); };
  for (std::size_t i = 0; i < kClients; ++i) {
    clients[i].send(encode(Message::write, 1, 0, path(i) + "\0"s + std::to_string(i)) +
                    encode(Message::read, 2, 0, path(i) + '\0'));
  }
  for (std::size_t i = 0; i < kClients; ++i) {
    ASSERT_EQ(clients[i].receive().value_or(Received{}).text(), "OK") << i;
    ASSERT_EQ(clients[i].receive().value_or(Received{}).text(), std::to_string(i));
  }
  for (std::size_t i = 0; i < kClients; ++i) {
    const auto transaction = clients[i].begin();
    ASSERT_EQ(clients[i].write(path(i) + "/in", "x", transaction), "OK");
    ASSERT_EQ(clients[i].commit(transaction), "OK");
  }
  EXPECT_EQ(stored(path(kClients - 1) + "/in"), "x");
}

// xenstored's queue of new connections is short.
TEST_P(Transparency, ManyClientsMayConnectAtOnce) {
  std::vector<RawClient> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(client());
  for (RawClient& raw : clients) EXPECT_EQ(raw.write("/tool/many", "1"), "OK");
}

}  // namespace
}  // namespace xenacm::gate::testing
