// SPDX-License-Identifier: Apache-2.0
// Marks that come and go with labels.
#include "enforcer/resource/mark.h"
#include "tests/unit/resource/resolver_bed.h"

namespace xenacm::resource {
namespace {

TEST_F(ResolverTest, TheMarkIsThereBeforeTheMonitorIsAsked) {
  const fs::path file = scratch.write("a");
  Next next;
  std::string on_file;
  next.on_request = [&](const Request&) { on_file = attribute(file, roots); };
  EXPECT_TRUE(reply_to(next, label(file)));
  const auto asked = std::get<LabelResource>(next.asked(0).request);
  ASSERT_TRUE(asked.resource.identity);
  EXPECT_EQ(asked.resource.identity->mark.size(), 32u);
  EXPECT_EQ(asked.resource.identity->mark, on_file);
  EXPECT_EQ(asked.label, "A-Bank");
}

TEST_F(ResolverTest, AMarkStaysWhereTheLabelCameAbout) {
  for (const Reply& reply : {allowed(), would_deny()}) {
    for (const bool adopt : {false, true}) {
      const fs::path file = scratch.write("a");
      Next next(reply);
      const Request request = adopt ? Request(RepairResource{at(file), Mend::adopt, {}}) : Request(label(file));
      EXPECT_TRUE(reply_to(next, request));
      EXPECT_EQ(attribute(file, roots).size(), 32u);
    }
  }
}

TEST_F(ResolverTest, AMarkIsTakenBackBeforeTheAnswerWhereNothingCameOfTheLabel) {
  for (const Reply& reply : {fault(), denied(), allowed(false)}) {
    for (const bool adopt : {false, true}) {
      const fs::path file = scratch.write("a");
      Next next(reply);
      Resolver resolver(roots);
      std::promise<std::string> left;
      const Request request = adopt ? Request(RepairResource{at(file), Mend::adopt, {}}) : Request(label(file));
      resolver.over(next.submit())(request, {}, [&](const Reply& got) {
        EXPECT_EQ(got.has_value(), reply.has_value());
        left.set_value(attribute(file, roots));
      });
      EXPECT_EQ(get(left.get_future()), "");
    }
  }
}

TEST_F(ResolverTest, AMarkThatWasThereBeforeStays) {
  const fs::path file = scratch.write("a");
  const auto marked = ensure_mark(file_name(file), roots);
  Next next(fault());
  EXPECT_FALSE(reply_to(next, label(file)));
  EXPECT_EQ(attribute(file, roots), marked->mark);
  EXPECT_EQ(std::get<LabelResource>(next.asked(0).request).resource.identity->mark, marked->mark);
}

TEST_F(ResolverTest, AMarkThatSomebodyElseMadeMeanwhileStays) {
  const fs::path file = scratch.write("a");
  const auto marked = ensure_mark(file_name(file), roots);
  // Eyes that looked before it was made.
  const auto eyes = [](const ResourceName& name) { return Resource{name, Identity{"inode 1:1", "", ""}, ""}; };
  Next next(fault());
  Resolver resolver(roots, eyes);
  get(ask(resolver.over(next.submit()), label(file)));
  EXPECT_EQ(attribute(file, roots), marked->mark);
}

TEST_F(ResolverTest, OnlyALabelMarksAFile) {
  const fs::path file = scratch.write("a");
  StartDomain start;
  start.disks = {{at(file)}};
  (void)through(start);
  (void)through(UnlabelResource{at(file)});
  (void)through(RepairResource{at(file), Mend::rename, at(file)});
  EXPECT_EQ(attribute(file, roots), "");
}

TEST_F(ResolverTest, NobodySeesAMarkThatIsTakenBack) {
  const fs::path file = scratch.write("a");
  Next next;
  next.waits = true;
  Resolver resolver(roots);
  const Submit submit = resolver.over(next.submit());
  auto refused = ask(submit, label(file));
  auto start = ask(submit, StartDomain{.disks = {{at(file)}}});
  next.asked(0).answer(fault());
  get(std::move(refused));
  const auto asked = std::get<StartDomain>(next.asked(1).request);
  EXPECT_EQ(asked.disks[0].resource.identity->mark, "");
  next.asked(1).answer(allowed());
  get(std::move(start));
}

TEST_F(ResolverTest, AFileThatCannotBeMarkedIsInTrouble) {
  // Eyes that take a folder for a disk: the file system is of another opinion.
  const auto eyes = [](const ResourceName& name) { return Resource{name, Identity{"inode 1:1", "", ""}, ""}; };
  Next next(fault());
  Resolver resolver(roots, eyes);
  get(ask(resolver.over(next.submit()), label(scratch.dir())));
  const auto asked = std::get<LabelResource>(next.asked(0).request);
  EXPECT_NE(asked.resource.trouble.find("is a directory"), std::string::npos);
  EXPECT_FALSE(asked.resource.identity);
}

TEST_F(ResolverTest, AFileSystemWithoutAttributesIsLabelledAllTheSame) {
  Next next;
  EXPECT_TRUE(reply_to(next, label("/proc/version")));
  EXPECT_EQ(std::get<LabelResource>(next.asked(0).request).resource.identity->mark, "");
}

TEST_F(ResolverTest, AForgottenMarkIsGoneWhenTheAnswerComes) {
  for (const Reply& reply : {allowed(false), would_deny()}) {
    const fs::path file = scratch.write("a");
    ASSERT_TRUE(ensure_mark(file_name(file), roots));
    Next next(reply);
    Resolver resolver(roots);
    std::promise<std::string> left;
    resolver.over(next.submit())(RepairResource{at(file), Mend::forget_mark, {}}, {},
                                 [&](const Reply&) { left.set_value(attribute(file, roots)); });
    EXPECT_EQ(get(left.get_future()), "");
    EXPECT_EQ(std::get<RepairResource>(next.asked(0).request).resource.identity->mark.size(), 32u)
        << "the monitor still sees it";
  }
}

TEST_F(ResolverTest, AMarkThatMustNotBeForgottenStays) {
  for (const Reply& reply : {fault(), denied()}) {
    const fs::path file = scratch.write("a");
    const auto marked = ensure_mark(file_name(file), roots);
    Next next(reply);
    (void)reply_to(next, RepairResource{at(file), Mend::forget_mark, {}});
    EXPECT_EQ(attribute(file, roots), marked->mark);
  }
}

TEST_F(ResolverTest, AMarkThatCannotBeForgottenIsAFault) {
  const fs::path file = scratch.write("a");
  ASSERT_TRUE(ensure_mark(file_name(file), roots));
  Next next;
  next.on_request = [&](const Request&) { set_attribute(file, roots, std::string(32, '0')); };
  const Reply reply = reply_to(next, RepairResource{at(file), Mend::forget_mark, {}});
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, FaultCode::conflict);
  EXPECT_NE(reply.error().message.find(file.string() + " carries another mark"), std::string::npos)
      << reply.error().message;
}

TEST_F(ResolverTest, AMonitorThatIsGoneIsAFaultAndLeavesNoMark) {
  const fs::path file = scratch.write("a");
  Resolver resolver(roots);
  const Reply reply = get(ask(resolver.over([](Request, Caller, const Answer&) {}), label(file))).reply;
  EXPECT_FALSE(reply);
  EXPECT_EQ(attribute(file, roots), "");
}

}  // namespace
}  // namespace xenacm::resource
