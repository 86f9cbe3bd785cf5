// SPDX-License-Identifier: Apache-2.0
// What the integration tests take for granted of the xenstored they run on. Each holds for both implementations.
#include <gtest/gtest.h>
#include <poll.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>

#include "tests/xenstored/guest_ring.h"
#include "tests/xenstored/xenstored_fixture.h"

namespace xenacm::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

struct Freed {
  void operator()(void* memory) const { std::free(memory); }
};

std::optional<std::string> read(const XenstoreHandle& xs, const std::string& path, xs_transaction_t transaction = 0) {
  unsigned length = 0;
  const std::unique_ptr<char, Freed> value(static_cast<char*>(xs_read(xs.get(), transaction, path.c_str(), &length)));
  if (!value) return std::nullopt;
  return std::string(value.get(), length);
}

bool write(const XenstoreHandle& xs, const std::string& path, const std::string& value,
           xs_transaction_t transaction = 0) {
  return xs_write(xs.get(), transaction, path.c_str(), value.data(), static_cast<unsigned>(value.size()));
}

// A connection with one watch, whose first event, which every watch has, was taken.
class Watch {
 public:
  Watch(const Xenstored& store, const std::string& path) : xs_(store.open()) {
    EXPECT_TRUE(xs_watch(xs_.get(), path.c_str(), "token"));
    EXPECT_EQ(next(), path);
  }

  // The path of the next event; nothing if none comes in time.
  std::optional<std::string> next(milliseconds limit = std::chrono::seconds(10)) {
    const auto deadline = steady_clock::now() + limit;
    while (true) {
      const std::unique_ptr<char*, Freed> event(xs_check_watch(xs_.get()));
      if (event) return event.get()[XS_WATCH_PATH];
      const auto left = std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()).count();
      pollfd readable{xs_fileno(xs_.get()), POLLIN, 0};
      if (left <= 0 || ::poll(&readable, 1, static_cast<int>(left)) < 0) return std::nullopt;
    }
  }

  // Events that were caused before this call have come when xenstored answers a request on the same connection.
  bool is_silent() {
    read(xs_, "/");
    return !next(milliseconds(0));
  }

 private:
  XenstoreHandle xs_;
};

class XenstoredTest : public testing::TestWithParam<XenstoredKind> {
 protected:
  void introduce(std::uint32_t domid) {
    store.add_domain(domid);
    ASSERT_TRUE(xs_introduce_domain(toolstack.get(), domid, 1, 9));
  }

  Xenstored store{GetParam()};
  XenstoreHandle toolstack = store.open();
};

INSTANTIATE_TEST_SUITE_P(Both, XenstoredTest, testing::Values(XenstoredKind::c, XenstoredKind::ocaml),
                         [](const auto& kind) { return kind.param == XenstoredKind::c ? "C" : "OCaml"; });

TEST_P(XenstoredTest, ATransactionIsSeenWhenItIsCommitted) {
  Watch watch(store, "/local/domain");
  const xs_transaction_t transaction = xs_transaction_start(toolstack.get());
  ASSERT_NE(transaction, XBT_NULL);
  ASSERT_TRUE(write(toolstack, "/local/domain/0/a", "1", transaction));
  EXPECT_EQ(read(toolstack, "/local/domain/0/a"), std::nullopt);
  EXPECT_TRUE(watch.is_silent());

  ASSERT_TRUE(xs_transaction_end(toolstack.get(), transaction, false));

  EXPECT_EQ(read(toolstack, "/local/domain/0/a"), "1");
  EXPECT_EQ(watch.next(), "/local/domain/0/a");
}

TEST_P(XenstoredTest, AnAbortedTransactionLeavesNothing) {
  const xs_transaction_t transaction = xs_transaction_start(toolstack.get());
  ASSERT_TRUE(write(toolstack, "/a", "1", transaction));
  ASSERT_TRUE(xs_transaction_end(toolstack.get(), transaction, true));
  EXPECT_EQ(read(toolstack, "/a"), std::nullopt);
}

TEST_P(XenstoredTest, ATransactionWhoseReadsWereOvertakenGetsEagain) {
  ASSERT_TRUE(write(toolstack, "/a", "1"));
  const XenstoreHandle other = store.open();
  const xs_transaction_t transaction = xs_transaction_start(toolstack.get());
  ASSERT_EQ(read(toolstack, "/a", transaction), "1");
  ASSERT_TRUE(write(toolstack, "/a", "2", transaction));
  ASSERT_TRUE(write(other, "/a", "3"));

  EXPECT_FALSE(xs_transaction_end(toolstack.get(), transaction, false));
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(read(toolstack, "/a"), "3");
}

TEST_P(XenstoredTest, ADomainThatDoesNotExistCannotBeIntroduced) {
  EXPECT_FALSE(xs_introduce_domain(toolstack.get(), 5, 1, 9));
}

TEST_P(XenstoredTest, AnIntroductionFiresTheSpecialWatch) {
  Watch watch(store, "@introduceDomain");
  introduce(5);
  EXPECT_EQ(watch.next(), "@introduceDomain");
  EXPECT_TRUE(xs_is_domain_introduced(toolstack.get(), 5));
}

TEST_P(XenstoredTest, AShutdownAndADeathAreNoticedWhenPoked) {
  introduce(5);
  Watch watch(store, "@releaseDomain");

  store.set_domain_state(5, DomainState::shutdown);
  store.poke_domains();
  EXPECT_EQ(watch.next(), "@releaseDomain");
  EXPECT_TRUE(xs_is_domain_introduced(toolstack.get(), 5));

  store.set_domain_state(5, DomainState::dying);
  store.poke_domains();
  EXPECT_EQ(watch.next(), "@releaseDomain");
  EXPECT_FALSE(xs_is_domain_introduced(toolstack.get(), 5));
}

TEST_P(XenstoredTest, ADomainThatIsGoneIsNoticedWhenPoked) {
  introduce(5);
  Watch watch(store, "@releaseDomain");
  store.remove_domain(5);
  store.poke_domains();
  EXPECT_EQ(watch.next(), "@releaseDomain");
  EXPECT_FALSE(xs_is_domain_introduced(toolstack.get(), 5));
}

TEST_P(XenstoredTest, TheToolstackMayReleaseADomain) {
  introduce(6);
  Watch watch(store, "@releaseDomain");
  EXPECT_TRUE(xs_release_domain(toolstack.get(), 6));
  EXPECT_EQ(watch.next(), "@releaseDomain");
}

TEST_P(XenstoredTest, AGuestActsWithItsOwnPermissions) {
  introduce(5);
  introduce(6);
  ASSERT_TRUE(xs_mkdir(toolstack.get(), 0, "/local/domain/5"));
  xs_permissions owner5_reader6[] = {{5, XS_PERM_NONE}, {6, XS_PERM_READ}};
  ASSERT_TRUE(xs_set_permissions(toolstack.get(), 0, "/local/domain/5", owner5_reader6, 2));
  ASSERT_TRUE(write(toolstack, "/local/domain/5/key", "v"));
  ASSERT_TRUE(write(toolstack, "/secret", "s"));
  xs_permissions dom0_only[] = {{0, XS_PERM_NONE}};
  ASSERT_TRUE(xs_set_permissions(toolstack.get(), 0, "/secret", dom0_only, 1));

  GuestRing five(store, 5);
  EXPECT_EQ(five.read("/local/domain/5/key"), "v");
  EXPECT_EQ(five.write("relative", "hello"), "OK");
  EXPECT_EQ(read(toolstack, "/local/domain/5/relative"), "hello");
  EXPECT_EQ(five.read("/secret"), "E:EACCES");
  EXPECT_EQ(five.write("/local/domain/0/x", "y"), "E:EACCES");

  GuestRing six(store, 6);
  EXPECT_EQ(six.read("/local/domain/5/key"), "v");
  EXPECT_EQ(six.write("/local/domain/5/key", "w"), "E:EACCES");
}

TEST_P(XenstoredTest, AValueLongerThanTheRingReachesAGuest) {
  introduce(5);
  const std::string value(2000, 'x');  // the ring holds 1,024 bytes; oxenstored takes no more than 2,048
  ASSERT_TRUE(write(toolstack, "/long", value));
  xs_permissions all_read[] = {{0, XS_PERM_READ}};
  ASSERT_TRUE(xs_set_permissions(toolstack.get(), 0, "/long", all_read, 1));

  GuestRing five(store, 5);
  EXPECT_EQ(five.read("/long"), value);
}

TEST_P(XenstoredTest, ARestartedXenstoredIsEmpty) {
  ASSERT_TRUE(write(toolstack, "/a", "1"));
  toolstack.reset();
  store.restart();
  EXPECT_EQ(read(store.open(), "/a"), std::nullopt);
}

TEST_P(XenstoredTest, AStoppedXenstoredIsReported) {
  toolstack.reset();
  store.stop();
  EXPECT_EQ(store.pid(), 0);
  EXPECT_THROW(store.poke_domains(), std::runtime_error);
  EXPECT_THROW((void)store.open(), std::runtime_error);
}

}  // namespace
}  // namespace xenacm::test
