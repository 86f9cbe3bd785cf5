// SPDX-License-Identifier: Apache-2.0
// Looking at files on a request's way to the monitor: what is filled in, in which order and on which thread.
#include "enforcer/resource/identify.h"
#include "tests/unit/resource/resolver_bed.h"

namespace xenacm::resource {
namespace {

TEST_F(ResolverTest, FillsInTheDisksOfAStartThatDomain0Serves) {
  const fs::path file = scratch.write("a");
  fs::create_symlink(file, scratch.path("soft"));
  StartDomain start{.domid = DomId(1)};
  start.disks = {{at(scratch.path("soft"))}, {at(file), DomainName("nicdom")}, {at(scratch.path("missing"))}};
  const auto asked = std::get<StartDomain>(through(start));
  EXPECT_EQ(asked.disks[0].resource.name, file_name(file));
  EXPECT_EQ(asked.disks[0].resource.identity, identify(file_name(file), roots).identity);
  EXPECT_FALSE(asked.disks[1].resource.identity) << "a file of another domain";
  EXPECT_FALSE(asked.disks[2].resource.identity);
  EXPECT_EQ(asked.domid, DomId(1));
}

TEST_F(ResolverTest, FillsInTheDisksOfALinkWhereDomain0IsTheBackend) {
  const fs::path file = scratch.write("a");
  AttachLink attach{.key = {"vbd", DomId(3), kDomain0, 51712}, .resources = {at(file), at(scratch.dir())}};
  const auto asked = std::get<AttachLink>(through(attach));
  EXPECT_TRUE(asked.resources[0].identity);
  EXPECT_NE(asked.resources[1].trouble, "");
  attach.key.backend = DomId(2);
  EXPECT_FALSE(std::get<AttachLink>(through(attach)).resources[0].identity);
}

TEST_F(ResolverTest, NamesAreThoseThatTheyLeadToAndTellHowTheyWereTyped) {
  const fs::path file = scratch.write("a");
  fs::create_symlink(file, scratch.path("soft"));
  const Resource soft = at(scratch.path("soft"));
  const auto identity = identify(file_name(file), roots).identity;

  const auto unlabel = std::get<UnlabelResource>(through(UnlabelResource{soft}));
  EXPECT_EQ(unlabel.resource.name, file_name(file));
  EXPECT_EQ(unlabel.resource.typed, soft.name) << "a record may have been made under it";
  EXPECT_EQ(unlabel.resource.identity, identity);
  const auto repair = std::get<RepairResource>(through(RepairResource{soft, Mend::rename, soft}));
  EXPECT_EQ(repair.resource.typed, soft.name);
  EXPECT_EQ(repair.to->name, file_name(file)) << "which is to be the name of one";
  EXPECT_EQ(repair.to->identity, identity);
  EXPECT_EQ(std::get<LabelResource>(through(label(scratch.path("soft")))).resource.name, file_name(file));
}

TEST_F(ResolverTest, WhatGoesWrongBehindItIsAnswered) {
  Next next;
  next.on_request = [](const Request&) { throw std::runtime_error("no memory"); };
  Resolver resolver(roots);
  std::promise<Reply> answered;
  resolver.over(next.submit())(UnlabelResource{at(scratch.write("a"))}, {},
                               [&answered](const Reply& reply) { answered.set_value(reply); });
  const Reply reply = get(answered.get_future());
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message, "no memory");
}

TEST_F(ResolverTest, WhatNamesNoDiskIsAskedOnTheCallersThread) {
  Next next;
  Resolver resolver(roots);
  const Submit submit = resolver.over(next.submit());
  const std::vector<Request> requests{
      StartDomain{.domid = DomId(1)},
      StartDomain{.disks = {{called("file:/x"), DomainName("nicdom")}}, .pci = {named("pci:04:00.0")}},
      AttachLink{.key = {"vif", DomId(1), kDomain0, 0}},
      AttachLink{.key = {"pci", DomId(1), kDomain0, 0}, .resources = {called("pci:04:00.0")}},
      AttachLink{.key = {"vbd", DomId(1), DomId(2), 0}, .resources = {called("phy:/dev/x")}},
      LabelResource{called("bridge:xenbr0"), "A-Bank", {}},
      UnlabelResource{called("file@nicdom:/x")},
      SetMode{}};
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const Answered answered = get(ask(submit, requests[i]));
    EXPECT_EQ(next.asked(i).thread, std::this_thread::get_id()) << i;
    EXPECT_EQ(answered.thread, std::this_thread::get_id()) << i;
  }
}

TEST_F(ResolverTest, AFileSystemThatHangsHoldsUpNothingElse) {
  Next next;
  HeldEyes eyes;
  Resolver resolver(roots, eyes.identify());
  const Submit submit = resolver.over(next.submit());
  auto slow = ask(submit, UnlabelResource{called("file:/mnt/a")});
  eyes.wait_until_looking();
  auto behind = ask(submit, UnlabelResource{called("file:/mnt/b")});
  get(ask(submit, StopDomain{.domid = DomId(1)}));
  EXPECT_TRUE(std::holds_alternative<StopDomain>(next.asked(0).request));
  EXPECT_EQ(next.count(), 1u);
  eyes.release();
  const auto answered = get(std::move(slow));
  get(std::move(behind));
  EXPECT_NE(answered.thread, std::this_thread::get_id());
}

TEST_F(ResolverTest, WhatNamesDisksIsAskedInOrder) {
  Next next;
  Resolver resolver(roots);
  const Submit submit = resolver.over(next.submit());
  std::vector<std::future<Answered>> answers;
  for (int i = 0; i < 50; ++i) answers.push_back(ask(submit, UnlabelResource{called("file:/x" + std::to_string(i))}));
  for (auto& answer : answers) get(std::move(answer));
  for (std::size_t i = 0; i < 50; ++i) {
    EXPECT_EQ(std::get<UnlabelResource>(next.asked(i).request).resource.name, named("file:/x" + std::to_string(i)));
  }
}

TEST_F(ResolverTest, ALookThatFailsIsTrouble) {
  Next next;
  Resolver resolver(roots, [](const ResourceName&) -> Resource { throw std::runtime_error("no memory"); });
  get(ask(resolver.over(next.submit()), UnlabelResource{called("file:/a")}));
  EXPECT_EQ(std::get<UnlabelResource>(next.asked(0).request).resource.trouble, "cannot look at file:/a: no memory");
}

TEST_F(ResolverTest, FinishesWhatWasSubmittedBeforeItEnds) {
  Next next;
  HeldEyes eyes;
  Resolver resolver(roots, eyes.identify());
  const Submit submit = resolver.over(next.submit());
  std::vector<std::future<Answered>> answers;
  for (int i = 0; i < 5; ++i) answers.push_back(ask(submit, UnlabelResource{called("file:/a")}));
  std::promise<std::size_t> checked;
  resolver.check({{named("file:/a"), "x", {}}, {named("file:/b"), "x", {}}},
                 [&](const std::vector<Finding>& found) { checked.set_value(found.size()); });
  eyes.wait_until_looking();
  std::jthread stopping([&] { resolver.stop(); });
  // Once it is stopping, a request is asked here and now; and only then the eyes may go on.
  while (next.count() == 0) {
    answers.push_back(ask(submit, UnlabelResource{called("file:/a")}));
    std::this_thread::yield();
  }
  EXPECT_EQ(next.asked(0).thread, std::this_thread::get_id());
  eyes.release();
  stopping.join();
  for (auto& answer : answers) EXPECT_EQ(answer.wait_for(std::chrono::seconds(0)), std::future_status::ready);
  EXPECT_EQ(next.count(), answers.size());
  EXPECT_EQ(get(checked.get_future()), 0u);
}

TEST_F(ResolverTest, AfterItsStopNothingIsLookedAtAndEverythingIsAnswered) {
  Next next;
  Resolver resolver(roots);
  const Submit submit = resolver.over(next.submit());
  resolver.stop();
  const fs::path file = scratch.write("a");
  EXPECT_TRUE(get(ask(submit, label(file))).reply);
  EXPECT_NE(std::get<LabelResource>(next.asked(0).request).resource.trouble.find("is stopping"), std::string::npos);
  EXPECT_EQ(next.asked(0).thread, std::this_thread::get_id());
  EXPECT_EQ(attribute(file, roots), "");
  EXPECT_TRUE(get(ask(submit, SetMode{})).reply);

  std::vector<Finding> found;
  resolver.check({{file_name(file), "x", {}}}, [&](std::vector<Finding> all) { found = std::move(all); });
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::unreadable);
}

TEST_F(ResolverTest, ChecksRecordsOnItsOwnThread) {
  const fs::path file = scratch.write("a");
  Resolver resolver(roots);
  std::promise<std::pair<std::vector<Finding>, std::thread::id>> promise;
  resolver.check({{file_name(file), "ACM:mytest:A-Bank", {}}, {file_name(scratch.path("b")), "x", {}}},
                 [&](std::vector<Finding> all) { promise.set_value({std::move(all), std::this_thread::get_id()}); });
  const auto [found, thread] = get(promise.get_future());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, FindingKind::unbound);
  EXPECT_EQ(found[0].name, file_name(file));
  EXPECT_NE(thread, std::this_thread::get_id());
}

TEST_F(ResolverTest, ACheckWaitsForRequests) {
  Next next;
  HeldEyes eyes;
  std::size_t looks_when_asked = 0;
  next.on_request = [&](const Request&) { looks_when_asked = eyes.looks(); };
  std::promise<void> checked;
  {
    Resolver resolver(roots, eyes.identify());
    std::vector<Record> records(10, Record{named("file:/a"), "x", {}});
    resolver.check(records, [&](const std::vector<Finding>&) { checked.set_value(); });
    eyes.wait_until_looking();
    auto answer = ask(resolver.over(next.submit()), UnlabelResource{called("file:/b")});
    eyes.release();
    get(std::move(answer));
  }
  get(checked.get_future());
  EXPECT_EQ(looks_when_asked, 2u) << "one record, and then the request's";
}

}  // namespace
}  // namespace xenacm::resource
