// SPDX-License-Identifier: Apache-2.0
// What the monitor allows happens; what it refuses leaves no trace.
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/integration/gate/gate_bed.h"

namespace xenacm::gate::testing {
namespace {

using namespace std::string_literals;
using Asked = std::vector<std::string>;

const std::string kAttach = "attach vif/7/0 to 5 on xenbr0";
class Verdicts : public GateBed {};
FOR_EVERY_XENSTORED(Verdicts);

TEST_P(Verdicts, AnAllowedDomainComesIntoBeing) {
  RawClient raw = client();
  EXPECT_EQ(domain_transaction(raw), "OK");
  EXPECT_EQ(monitor_.asked(), Asked{"start 7 client"});
  EXPECT_EQ(stored("/local/domain/7/name"), "client");
}

TEST_P(Verdicts, ARefusedDomainLeavesNoTraceAndTheConnectionStaysUsable) {
  monitor_.deny("start 7");
  RawClient raw = client();
  EXPECT_EQ(domain_transaction(raw), "EACCES");
  EXPECT_EQ(stored("/local/domain/7"), "ENOENT");
  EXPECT_EQ(stored("/vm"), "ENOENT");
  EXPECT_EQ(counters().refused, 1u);
  monitor_.allow();
  EXPECT_EQ(domain_transaction(raw), "OK");
  EXPECT_EQ(stored("/local/domain/7/name"), "client");
  EXPECT_EQ(monitor_.asked(), (Asked{"start 7 client", "start 7 client"}))
      << "nothing was reserved, nothing is given back";
}

TEST_P(Verdicts, AnAllowedLinkIsMade) {
  RawClient raw = client();
  EXPECT_EQ(link_transaction(raw), "OK");
  EXPECT_EQ(monitor_.asked(), Asked{kAttach});
  EXPECT_EQ(stored(kPointer), "7");
}

TEST_P(Verdicts, ARefusedLinkLeavesNoTraceAndTheConnectionStaysUsable) {
  monitor_.deny("attach");
  RawClient raw = client();
  EXPECT_EQ(link_transaction(raw), "EACCES");
  EXPECT_EQ(stored(kBack), "ENOENT");
  EXPECT_EQ(stored(kFront), "ENOENT");
  EXPECT_EQ(raw.write("/tool/x", "1"), "OK");
  monitor_.allow();
  EXPECT_EQ(link_transaction(raw), "OK");
}

TEST_P(Verdicts, LibxenstoreReportsARefusalAsPermissionDenied) {
  monitor_.deny("attach");
  const test::XenstoreHandle xs = store_.open();
  const xs_transaction_t transaction = xs_transaction_start(xs.get());
  ASSERT_TRUE(xs_write(xs.get(), transaction, kPointer.c_str(), "7", 1));
  errno = 0;
  EXPECT_FALSE(xs_transaction_end(xs.get(), transaction, false));
  EXPECT_EQ(errno, EACCES);
  errno = 0;
  EXPECT_FALSE(xs_write(xs.get(), 0, kPointer.c_str(), "7", 1));
  EXPECT_EQ(errno, EACCES);
}

TEST_P(Verdicts, ADenialGivesBackWhatWasAllowedBeforeItAndAsksNoFurther) {
  monitor_.deny("attach vif/7/1");
  RawClient raw = client();
  const auto transaction = raw.begin();
  for (const char* device : {"0", "1", "2"}) {
    EXPECT_EQ(raw.write("/local/domain/5/backend/vif/7/"s + device + "/frontend-id", "7", transaction), "OK");
  }
  EXPECT_EQ(raw.commit(transaction), "EACCES");
  EXPECT_EQ(monitor_.asked(), (Asked{"attach vif/7/0 to 5", "attach vif/7/1 to 5", "withdraw attach vif/7/0 to 5"}));
  EXPECT_EQ(stored("/local/domain/5/backend"), "ENOENT");
}

TEST_P(Verdicts, ACommitThatXenstoredRefusesIsWithdrawnAndMayBeTriedAgain) {
  RawClient raw = client();
  raw.write("/tool/contended", "0");
  const auto transaction = raw.begin();
  raw.read("/tool/contended", transaction);
  raw.write("/tool/contended", "mine", transaction);
  raw.write(kPointer, "7", transaction);
  direct().write("/tool/contended", "theirs");
  EXPECT_EQ(raw.commit(transaction), "EAGAIN");
  EXPECT_TRUE(monitor_.wait_for("withdraw attach vif/7/0 to 5"));
  EXPECT_EQ(stored(kPointer), "ENOENT");
  EXPECT_EQ(link_transaction(raw), "OK");
  EXPECT_EQ(monitor_.asked(), (Asked{"attach vif/7/0 to 5", "withdraw attach vif/7/0 to 5", kAttach}));
}

TEST_P(Verdicts, ALinkThatWasThereBeforeOutlivesACommitThatFails) {
  monitor_.allow_as_known("attach");
  RawClient raw = client();
  raw.write("/tool/contended", "0");
  const auto transaction = raw.begin();
  raw.read("/tool/contended", transaction);
  raw.write("/tool/contended", "mine", transaction);
  raw.write(kPointer, "7", transaction);
  direct().write("/tool/contended", "theirs");
  EXPECT_EQ(raw.commit(transaction), "EAGAIN");
  EXPECT_EQ(raw.write(kPointer, "7"), "OK") << "asked after whatever the failed commit led to";
  EXPECT_EQ(monitor_.asked(), (Asked{"attach vif/7/0 to 5", "attach vif/7/0 to 5"})) << "nothing was withdrawn";
}

TEST_P(Verdicts, ABareWriteIsJudged) {
  RawClient raw = client();
  monitor_.deny("attach");
  EXPECT_EQ(raw.write(kPointer, "7"), "EACCES");
  EXPECT_EQ(stored(kPointer), "ENOENT");
  monitor_.allow();
  EXPECT_EQ(raw.write(kPointer, "7"), "OK");
  EXPECT_EQ(stored(kPointer), "7");
  EXPECT_EQ(raw.write("backend/vif/9/0/frontend-id", "9"), "OK");
  EXPECT_EQ(monitor_.asked(), (Asked{"attach vif/7/0 to 5", "attach vif/7/0 to 5", "attach vif/9/0 to 0"}));
}

TEST_P(Verdicts, PipelinedRequestsKeepTheirOrderAroundARefusedWrite) {
  monitor_.deny("attach");
  const RawClient raw = client();
  raw.send(encode(Message::write, 1, 0, "/tool/a\0before"s) + encode(Message::read, 2, 0, "/tool/a\0"s) +
           encode(Message::write, 3, 0, kPointer + "\0"s + "7") + encode(Message::read, 4, 0, kPointer + "\0"s) +
           encode(Message::read, 5, 0, "/tool/a\0"s));
  std::vector<std::string> replies;
  for (int i = 0; i < 5; ++i) {
    const auto reply = raw.receive();
    ASSERT_TRUE(reply.has_value());
    replies.push_back(std::to_string(reply->header.request) + " " + reply->text());
  }
  EXPECT_EQ(replies, (std::vector<std::string>{"1 OK", "2 before", "3 EACCES", "4 ENOENT", "5 before"}));
}

TEST_P(Verdicts, ATransactionPipelinedAsAWholeIsJudgedToo) {
  monitor_.deny("attach");
  RawClient raw = client();
  const auto transaction = raw.begin();
  raw.send(encode(Message::write, 1, transaction, kPointer + "\0"s + "7") +
           encode(Message::transaction_end, 2, transaction, "T\0"s));
  ASSERT_EQ(raw.receive().value().text(), "OK");
  EXPECT_EQ(raw.receive().value().text(), "EACCES");
  EXPECT_EQ(stored(kPointer), "ENOENT");
}

TEST_P(Verdicts, MalformedValuesAreAskedAsSuch) {
  monitor_.deny("malformed");
  RawClient raw = client();
  EXPECT_EQ(raw.write(kPointer, "07"), "EACCES");
  EXPECT_EQ(raw.write("/local/domain/5/backend/vif/x/0/frontend-id", "7"), "EACCES");
  EXPECT_EQ(raw.write("/local/domain/8/vm", "nonsense"), "EACCES");
  EXPECT_EQ(monitor_.asked(), (Asked{"malformed " + kPointer, "malformed /local/domain/5/backend/vif/x/0/frontend-id",
                                     "malformed /local/domain/8/vm"}));
}

TEST_P(Verdicts, NoSpellingOfACommitGoesRoundTheGate) {
  monitor_.deny("attach");
  RawClient raw = client();
  for (const std::string& payload : {"T"s, "T\0x"s, "T\0\0"s, "TT\0"s, "\0T\0"s, "t\0"s}) {
    const auto transaction = raw.begin();
    raw.write(kPointer, "7", transaction);
    EXPECT_EQ(raw.ask(Message::transaction_end, payload, transaction), "EINVAL");
    EXPECT_EQ(stored(kPointer), "ENOENT");
    EXPECT_EQ(raw.commit(transaction), "EACCES");
    EXPECT_EQ(stored(kPointer), "ENOENT");
  }
}

TEST_P(Verdicts, WhatATransactionTakesBackIsNotAsked) {
  RawClient raw = client();
  const auto transaction = raw.begin();
  raw.write(kPointer, "7", transaction);
  raw.rm("/local/domain/5", transaction);
  EXPECT_EQ(raw.commit(transaction), "OK");
  EXPECT_TRUE(monitor_.wait_for("detach * of 5"));
  EXPECT_EQ(monitor_.asked(), Asked{"detach * of 5"});
  EXPECT_EQ(stored(kPointer), "ENOENT");
}

TEST_P(Verdicts, RemovingTheRootTakesNothingBackUnasked) {
  monitor_.deny("attach");
  RawClient raw = client();
  const auto transaction = raw.begin();
  raw.write(kPointer, "7", transaction);
  raw.rm("/", transaction);
  EXPECT_EQ(raw.commit(transaction), "EACCES");
}

TEST_P(Verdicts, ARemovedLinkIsToldOnceItIsGone) {
  RawClient raw = client();
  ASSERT_EQ(link_transaction(raw), "OK");
  const auto aborted = raw.begin();
  raw.rm(kBack, aborted);
  raw.abort(aborted);
  const auto transaction = raw.begin();
  raw.rm(kFront, transaction);
  raw.rm(kBack, transaction);
  EXPECT_EQ(monitor_.asked(), Asked{kAttach}) << "not before the commit";
  EXPECT_EQ(raw.commit(transaction), "OK");
  EXPECT_TRUE(monitor_.wait_for("detach vif/7/0 of 5"));
  EXPECT_EQ(stored(kBack), "ENOENT");
  EXPECT_EQ(monitor_.asked(), (Asked{kAttach, "detach vif/7/0 of 5"}));
}

TEST_P(Verdicts, ARemovedDirectoryOfBackendsIsToldOnceItIsGone) {
  RawClient raw = client();
  ASSERT_EQ(link_transaction(raw), "OK");
  EXPECT_EQ(raw.rm("/local/domain/5/backend/vif/7"), "OK");
  EXPECT_TRUE(monitor_.wait_for("detach vif/7/* of 5"));
  EXPECT_EQ(monitor_.asked(), (Asked{kAttach, "detach vif/7/* of 5"}));
}

TEST_P(Verdicts, ALinkThatIsRemovedAndMadeInOneTransactionIsMadeAnew) {
  RawClient raw = client();
  EXPECT_EQ(raw.write(kPointer, "7"), "OK");
  EXPECT_FALSE(monitor_.last_link_was_anew());
  EXPECT_EQ(link_transaction(raw), "OK");
  EXPECT_TRUE(monitor_.last_link_was_anew());
  EXPECT_EQ(monitor_.asked(), (Asked{"attach vif/7/0 to 5", kAttach})) << "and nothing was told to be gone";
}

TEST_P(Verdicts, ARemovalIsNeverRefused) {
  RawClient raw = client();
  ASSERT_EQ(link_transaction(raw), "OK");
  monitor_.deny("detach");
  EXPECT_EQ(raw.rm(kBack), "OK");
  EXPECT_EQ(stored(kBack), "ENOENT");
}

TEST_P(Verdicts, LaterTrafficOfALinkIsNotAsked) {
  RawClient raw = client();
  ASSERT_EQ(link_transaction(raw), "OK");
  for (const char* key : {"/state", "/online", "/hotplug-status", "/mac"}) {
    EXPECT_EQ(raw.write(std::string(kBack) + key, "1"), "OK");
  }
  EXPECT_EQ(monitor_.asked().size(), 1u);
}

TEST_P(Verdicts, AFaultIsADenial) {
  monitor_.fault("attach");
  RawClient raw = client();
  EXPECT_EQ(link_transaction(raw), "EACCES");
  EXPECT_EQ(stored(kBack), "ENOENT");
}

TEST_P(Verdicts, WhatPermissiveModeWouldDenyHappens) {
  monitor_.would_deny("attach");
  RawClient raw = client();
  EXPECT_EQ(link_transaction(raw), "OK");
  EXPECT_EQ(stored(kPointer), "7");
}

TEST_P(Verdicts, TheCallerIsTheClientsProcess) {
  RawClient raw = client();
  EXPECT_EQ(raw.write(kPointer, "7"), "OK");
  const monitor::Caller caller = monitor_.last_caller();
  EXPECT_EQ(caller.via, "gate");
  EXPECT_EQ(caller.pid, ::getpid());
  EXPECT_EQ(caller.uid, ::getuid());
  EXPECT_EQ(caller.gid, ::getgid());
  EXPECT_EQ(caller.executable, std::filesystem::read_symlink("/proc/self/exe").string());
}

TEST_P(Verdicts, TheCountersTellWhatWasDone) {
  RawClient raw = client();
  raw.read("/tool");
  raw.write(kPointer, "7");
  monitor_.deny("attach");
  raw.write(kPointer, "8");
  const Counters& now = counters();
  EXPECT_EQ(now.accepted, 1u);
  EXPECT_EQ(now.forwarded, 2u);
  EXPECT_EQ(now.judged, 2u) << "path and value of the second write differ: the first denial of its two settles it";
  EXPECT_EQ(now.refused, 1u);
}

}  // namespace
}  // namespace xenacm::gate::testing
