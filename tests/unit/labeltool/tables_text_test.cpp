// SPDX-License-Identifier: Apache-2.0
// The compiled policy, dumped (acm.md 5, dumppolicy, and 8)
#include "labeltool/tables_text.h"

#include <gtest/gtest.h>

namespace xenacm::labeltool {
namespace {

using nlohmann::json;

json tables() {
  return json::parse(R"({
    "policy": {"name": "two", "version": "1.2", "digest": "abc"},
    "chw_types": ["red", "white"],
    "ste_types": ["disk", "red", "white"],
    "labels": [
      {"name": "__UNLABELED__", "line": 0, "ste": [], "chw": [], "domain0": false, "unlabeled": true},
      {"name": "dom0", "line": 7, "ste": ["disk", "red", "white"], "chw": [], "domain0": true, "unlabeled": false},
      {"name": "red", "line": 9, "ste": ["red"], "chw": ["red"], "domain0": false, "unlabeled": false}],
    "resource_labels": [
      {"name": "__UNLABELED__", "line": 20, "ste": ["red"]},
      {"name": "disk", "line": 21, "ste": ["disk"]}],
    "conflict_sets": [{"name": "RER", "line": 5, "types": ["red", "white"]}],
    "running": {"red": 300, "white": 0},
    "about_to_start": [],
    "aggregate": {"red": 0, "white": 2}})");
}

TEST(TablesText, HasARowForEachLabelAndAColumnForEachType) {
  EXPECT_EQ(tables_text(tables()), R"(POLICY REFERENCE = two.
PolicyVer = 1.2.
Digest = abc.

Chinese Wall policy:
====================

   ssidref 0:  00 00 
   ssidref 1:  00 00  <-- Domain-0
   ssidref 2:  01 00 

Conflict Sets:
   c-set 0:    01 01 

Running Types:
               12c 00 

Conflict Aggregate Set:
               00 02 

Simple Type Enforcement policy:
===============================

   ssidref 0:  00 00 00 
   ssidref 1:  01 01 01  <-- Domain-0
   ssidref 2:  00 01 00 
   ssidref 3:  01 00 00 

Legend:
=======

Columns of the Chinese Wall policy (types):
      0  red
      1  white

Columns of the Simple Type Enforcement policy (types):
      0  disk
      1  red
      2  white

Rows, ssidref (labels):
      0  __UNLABELED__  not in the policy
      1  dom0           line 7 <-- Domain-0
      2  red            line 9
      3  disk           line 21, of resources

Rows, c-set (conflict sets):
      0  RER  line 5
)");
}

TEST(TablesText, OfAPolicyWithoutTypesHasRowsWithoutColumns) {
  json none = tables();
  for (const char* key : {"chw_types", "ste_types", "conflict_sets", "resource_labels"}) none[key] = json::array();
  for (const char* key : {"running", "aggregate"}) none[key] = json::object();
  for (json& label : none["labels"]) label["ste"] = label["chw"] = json::array();
  EXPECT_NE(tables_text(none).find("   ssidref 1:   <-- Domain-0\n"), std::string::npos) << tables_text(none);
}

TEST(TablesText, NamesWhoIsAboutToStartForTheCountsIncludeThem) {
  json soon = tables();
  soon["about_to_start"] = {{{"name", "domain1"}, {"label", "red"}}, {{"name", "domain2"}, {"label", "red"}}};
  EXPECT_NE(tables_text(soon).find("Running Types:\n"
                                   "               12c 00 \n"
                                   "About to start:\n"
                                   "               domain1 (red)\n"
                                   "               domain2 (red)\n"
                                   "\n"
                                   "Conflict Aggregate Set:\n"),
            std::string::npos)
      << tables_text(soon);
}

TEST(TablesText, LetsNoNameOfADocumentSpeakToTheTerminal) {
  json named = tables();
  named["labels"][2]["name"] = named["chw_types"][0] = named["conflict_sets"][0]["name"] = "\x1b[31m";
  EXPECT_EQ(tables_text(named).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace xenacm::labeltool
