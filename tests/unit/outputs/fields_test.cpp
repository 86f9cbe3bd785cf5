// SPDX-License-Identifier: Apache-2.0
// Records as journald and syslog show them (docs/audit.md, "Outputs")
#include "enforcer/outputs/fields.h"

#include <gtest/gtest.h>
#include <syslog.h>

#include "enforcer/outputs/outputs.h"
#include "enforcer/outputs/syslog_output.h"

namespace xenacm::outputs {
namespace {

audit::Record refusal() {
  audit::Record record;
  record.seq = 7;
  record.what = {.action = "start", .subject = "b\n\"x\\\x1b[2J", .subject_label = "B-Bank"};
  record.decision = "deny";
  record.rule = "chinese-wall";
  record.message = "two banks";
  record.who = {.via = "gate", .pid = 4711, .executable = "/usr/sbin/xl"};
  return record;
}

TEST(Fields, NothingThatAGuestChoseEndsALineOrAQuote) {
  const std::string line = syslog_line({audit::text_of(refusal()), {}});
  EXPECT_TRUE(line.starts_with(R"(seq="7")")) << line;
  EXPECT_NE(line.find(R"( subject="b\n\"x\\\x1b[2J" subject_label="B-Bank")"), std::string::npos) << line;
  EXPECT_EQ(line.find('\n'), std::string::npos);
  EXPECT_EQ(line.find('\x1b'), std::string::npos);
  EXPECT_EQ(escaped("a\u202eb\u0085c\u00e4"), R"(a\xe2\x80\xaeb\xc2\x85cä)");
}

TEST(Fields, TheSentenceSaysWhatWasDecidedOfWhomAndWhy) {
  audit::Record record = refusal();
  record.what.subject = "b";
  EXPECT_EQ(sentence_of(record), "deny start b (B-Bank): two banks");
}

TEST(Fields, RefusalsAndAlarmsAreWarnings) {
  audit::Record record = refusal();
  EXPECT_EQ(priority_of(record), LOG_WARNING);
  record.decision = "allow";
  EXPECT_EQ(priority_of(record), LOG_NOTICE);
  record.what.action = "alarm";
  EXPECT_EQ(priority_of(record), LOG_WARNING);
}

TEST(Fields, ARowThatIsNoRecordIsShown) {
  EXPECT_NE(syslog_line({"{\"x\":1}", {}}).find("unreadable"), std::string::npos);
}

TEST(OutputNames, WhatIsNoOutputIsSaid) {
  EXPECT_EQ(fault_of({"journald", "syslog", "/var/log/xenacm/audit.jsonl"}), "");
  EXPECT_NE(fault_of({"audit.jsonl"}), "");
  EXPECT_NE(fault_of({"/var/log/"}), "");
  EXPECT_NE(fault_of({"syslog", "syslog"}), "");
}

}  // namespace
}  // namespace xenacm::outputs
