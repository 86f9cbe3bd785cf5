// SPDX-License-Identifier: Apache-2.0
// The head of a saved domain, as xl writes it, and as nobody should
#include "enforcer/hooks/xl_save_file.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdint>
#include <filesystem>
#include <fstream>

namespace xenacm::hooks {
namespace {

using nlohmann::json;

std::string bytes_of(std::uint32_t number) { return {reinterpret_cast<const char*>(&number), sizeof number}; }

constexpr std::string_view kMagic{"Xen saved domain, xl format\n \0 \r", 32};
constexpr std::uint32_t kOrder = 0x01020304;
constexpr std::uint32_t kJson = 1;
constexpr std::uint32_t kStream2 = 2;

struct Head {
  std::string magic{kMagic};
  std::uint32_t order = kOrder;
  std::uint32_t flags = kJson | kStream2;
  std::string config = R"({"c_info": {"name": "a"}})" + std::string(1, '\0');
  std::uint32_t lie = 0;  // added to the length of the data
  std::uint32_t inner_lie = 0;

  [[nodiscard]] std::string text() const {
    const auto size = static_cast<std::uint32_t>(config.size());
    return magic + bytes_of(order) + bytes_of(flags) + bytes_of(0) + bytes_of(size + 4 + lie) +
           bytes_of(size + inner_lie) + config;
  }
};

class SaveFile : public testing::Test {
 protected:
  SaveFile() {
    char folder[] = "/tmp/xenacm-save-XXXXXX";
    folder_ = ::mkdtemp(folder);
  }
  ~SaveFile() override { std::filesystem::remove_all(folder_); }
  [[nodiscard]] std::expected<json, std::string> read(const std::string& text) const {
    const auto path = folder_ / "a.save";
    std::ofstream(path, std::ios::binary) << text;
    return read_save_file(path);
  }
  std::filesystem::path folder_;
};

TEST_F(SaveFile, TellsTheDomainThatWasSaved) {
  const auto body = read(Head{}.text() + "and what follows");
  ASSERT_TRUE(body) << body.error();
  EXPECT_EQ((*body)["domain"]["name"], "a");
}

TEST_F(SaveFile, OfAnOldXlHoldsAConfigurationAsText) {
  const auto body = read(Head{.flags = 0, .config = "name = 'a'\n"}.text());
  ASSERT_TRUE(body) << body.error();
  EXPECT_EQ((*body)["config"], "name = 'a'\n");
}

TEST_F(SaveFile, IsNotBelievedWhereItIsBroken) {
  const std::vector<std::pair<std::string, std::string>> all{
      {"", "no whole head"},
      {"Xen", "no whole head"},
      {Head{.magic = std::string(32, 'x')}.text(), "xl did not write it"},
      {Head{.order = 0x04030201}.text(), "byte order"},
      {Head{.lie = 1}.text(), "cut off"},
      {Head{.lie = 0x7fffffff}.text(), "larger than"},
      {Head{.inner_lie = 1}.text(), "cut off"},
      {Head{.inner_lie = 0xfffffff0}.text(), ""},
      {Head{.lie = static_cast<std::uint32_t>(-30)}.text(), "which domain"},
      {Head{.config = "{"}.text(), "no domain configuration"},
      {Head{.config = "[]"}.text(), "no domain configuration"},
      {Head{.config = R"({"c_info": 1})"}.text(), "no domain configuration"},
      {Head{.config = R"({"c_info": {}, "nics": {}})"}.text(), "nics is not a list"},
      {Head{.config = ""}.text(), "no domain configuration"},
  };
  for (const auto& [text, why] : all) {
    const auto body = read(text);
    ASSERT_FALSE(body) << why << ": " << body->dump();
    EXPECT_NE(body.error().find(why), std::string::npos) << body.error();
  }
  EXPECT_FALSE(read_save_file(folder_ / "none"));
  EXPECT_FALSE(read_save_file(folder_)) << "a folder";
}

TEST(LibxlJson, TellsWhatLabelsAreAbout) {
  const auto body = describe_libxl_json(R"({
    "c_info": {"type": "pv", "name": "a", "uuid": "00000000-0000-4000-8000-000000000001"},
    "disks": [{"pdev_path": "/vm/a.img", "vdev": "xvda"}, {"pdev_path": "vg/b", "backend_domname": "diskdom"},
              {"vdev": "hdc"}, {"pdev_path": "", "vdev": "hdd"}],
    "nics": [{"devid": 0, "mac": "00:16:3e:00:00:01", "bridge": "xenbr0"},
             {"devid": 3, "backend_domid": 7, "gatewaydev": "eth0"}],
    "pcidevs": [{"domain": 1, "bus": 4, "dev": 31, "func": 7}, {}]})");
  ASSERT_TRUE(body) << body.error();
  EXPECT_EQ(*body, json::parse(R"({"domain": {
    "name": "a", "uuid": "00000000-0000-4000-8000-000000000001",
    "disks": [{"name": "/vm/a.img"}, {"name": "/dev/vg/b", "backend": "diskdom"}],
    "vifs": [{"bridge": "xenbr0"}, {"backend": "7", "nic": "eth0", "number": 3}],
    "pci": ["0001:04:1f.7", "0000:00:00.0"]}})"));
}

TEST(LibxlJson, IsReadHoweverDeepItIsNested) {
  constexpr std::size_t kDepth = 200'000;
  const std::string nested = std::string(kDepth, '[') + std::string(kDepth, ']');
  const auto described =
      describe_libxl_json(R"({"c_info": {"name": "a", "x": )" + nested + R"(}, "disks": [{"x": )" + nested + "}]}");
  ASSERT_TRUE(described) << described.error();
  EXPECT_EQ(described->at("domain").at("name"), "a");
}

TEST(LibxlJson, SurvivesValuesOfOtherTypes) {
  const auto body = describe_libxl_json(R"({"c_info": {"name": 7, "uuid": null}, "disks": [1, {"pdev_path": []}],
                                            "nics": [null, {"devid": -1, "bridge": {}}]})");
  ASSERT_TRUE(body) << body.error();
  EXPECT_EQ((*body)["domain"]["name"], "") << "which the daemon does not take";
  EXPECT_EQ((*body)["domain"]["vifs"], json::parse("[{}]"));
}

}  // namespace
}  // namespace xenacm::hooks
