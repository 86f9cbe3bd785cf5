// SPDX-License-Identifier: Apache-2.0
// Which command lines of xl are asked about, and what is asked
#include "enforcer/hooks/xl_command.h"

#include <gtest/gtest.h>

#include <sstream>

namespace xenacm::hooks {
namespace {

using nlohmann::json;

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  return {std::istream_iterator<std::string>(in), {}};
}

std::string asked_by(const std::string& line) {
  struct Text {
    std::string operator()(const XlOther&) const { return ""; }
    std::string operator()(const XlCreate& create) const {
      std::string overrides = create.overrides;
      for (char& c : overrides) c = c == '\n' ? ';' : c;
      return "create " + create.config_file + (overrides.empty() ? "" : " " + overrides);
    }
    std::string operator()(const XlRestore& restore) const {
      return "restore " + restore.config_file.value_or("-") + " " + restore.save_file;
    }
    std::string operator()(const XlAttach& attach) const { return attach.body.dump(); }
  };
  return std::visit(Text{}, parse_xl(words_of(line)));
}

struct Line {
  const char* words;
  const char* asked;  // empty: nothing
};

TEST(XlCommand, IsReadAsXlReadsIt) {
  const std::vector<Line> lines{
      {"", ""},
      {"list", ""},
      {"-v list -l", ""},
      {"help create", ""},
      {"destroy create", ""},
      {"migrate-receive", ""},
      {"c create", "create create"},  // xl itself says that "c" is no command

      {"create a.cfg", "create a.cfg"},
      {"-v -t create a.cfg", "create a.cfg"},
      {"-vf create a.cfg", "create a.cfg"},
      {"cr a.cfg", "create a.cfg"},
      {"create -p a.cfg", "create a.cfg"},
      {"create a.cfg -c -p", "create a.cfg"},
      {"create -f a.cfg", "create a.cfg"},
      {"create -fa.cfg", "create a.cfg"},
      {"create --defconfig=a.cfg", "create a.cfg"},
      {"create --defconfig a.cfg", "create a.cfg"},
      {"create --defc a.cfg", "create a.cfg"},
      {"create a.cfg name='b'", "create a.cfg name='b';"},
      {"create name='b' a.cfg memory=1", "create a.cfg name='b';memory=1;"},
      {"create /dev/null name='b'", "create /dev/null name='b';"},
      {"create -- a.cfg", "create a.cfg"},
      {"create --of-a-newer-xl a.cfg", "create a.cfg"},
      {"create a.cfg b.cfg", ""},
      {"create", ""},
      {"create name='b'", ""},
      {"create -n a.cfg", ""},
      {"create a.cfg --dryrun", ""},
      {"create -pn a.cfg", ""},
      {"-N create a.cfg", ""},
      {"create -h", ""},
      {"create --help", ""},
      {"-x create a.cfg", ""},

      {"restore a.save", "restore - a.save"},
      {"restore -p a.cfg a.save", "restore a.cfg a.save"},
      {"restore", ""},
      {"restore a b c", ""},
      {"restore -h a.save", ""},

      {"network-attach a", R"({"domain":"a","vif":{}})"},
      {"network-attach 7 mac=00:16:3e:00:00:01 backend=nicdom bridge=b gatewaydev=e",
       R"({"domain":"7","vif":{"backend":"nicdom","bridge":"b","nic":"e"}})"},
      {"network-attach a bridge=b bridge=c", R"({"domain":"a","vif":{"bridge":"c"}})"},
      {"network-attach a bridge=b,backend=c", R"({"domain":"a","vif":{"bridge":"b,backend=c"}})"},
      {"network-attach", ""},
      {"network-attach -h", ""},
      {"network-detach a 0", ""},

      {"block-attach a phy:/dev/b,xvdb,w", R"({"disk":{"spec":"phy:/dev/b,xvdb,w"},"domain":"a"})"},
      {"block-attach a vdev=xvdb target=/b", R"({"disk":{"spec":"vdev=xvdb,target=/b"},"domain":"a"})"},
      {"block-attach a", ""},

      {"pci-attach a 04:00.0", R"({"domain":"a","pci":"04:00.0"})"},
      {"pci-attach a 0000:04:00.0@1f,permissive=1 5", R"({"domain":"a","pci":"0000:04:00.0"})"},
      {"pci-assignable-add 04:00.0", ""},
      {"pci-attach a", ""},
  };
  for (const Line& line : lines) EXPECT_EQ(asked_by(line.words), line.asked) << "xl " << line.words;
}

TEST(XlCommand, SurvivesOddBytes) {
  EXPECT_TRUE(std::holds_alternative<XlOther>(parse_xl({""})));
  EXPECT_TRUE(std::holds_alternative<XlOther>(parse_xl({"\xff\x01", "\n"})));
  const XlCommand create = parse_xl({"create", "\xff\n.cfg", "name='\xfe'"});
  ASSERT_TRUE(std::holds_alternative<XlCreate>(create));
  EXPECT_EQ(std::get<XlCreate>(create).config_file, "\xff\n.cfg");
}

}  // namespace
}  // namespace xenacm::hooks
