// SPDX-License-Identifier: Apache-2.0
// What stands behind a name, on the real file system.
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <array>
#include <chrono>
#include <cstring>

#include "tests/unit/resource/identify_bed.h"

namespace xenacm::resource {
namespace {

TEST_F(Identify, FileHasPlaceBirthAndMark) {
  const fs::path file = scratch.write("a");
  struct statx facts{};
  ASSERT_EQ(::statx(AT_FDCWD, file.c_str(), 0, STATX_BASIC_STATS | STATX_BTIME, &facts), 0);
  const Identity seen = mark(file);
  EXPECT_TRUE(seen.place.starts_with("inode ")) << seen.place;
  EXPECT_TRUE(seen.place.ends_with(":" + std::to_string(facts.stx_ino))) << seen.place;
  ASSERT_NE(facts.stx_mask & STATX_BTIME, 0u) << "the file system of " << scratch.dir() << " does not tell births";
  EXPECT_EQ(seen.birth.find('.'), std::to_string(facts.stx_btime.tv_sec).size());
  EXPECT_EQ(std::stoll(seen.birth), facts.stx_btime.tv_sec);
  EXPECT_EQ(seen.mark, attribute(file, roots));
  EXPECT_EQ(seen.mark.size(), 32u);
}

TEST_F(Identify, BirthsAreWrittenWithAllTheirDigits) {
  struct statx facts{};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  do {  // until one is made in the first tenth of a second
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    ASSERT_EQ(::statx(AT_FDCWD, scratch.write("a").c_str(), 0, STATX_BTIME, &facts), 0);
  } while (facts.stx_btime.tv_nsec >= 100'000'000);
  const std::string digits = std::to_string(facts.stx_btime.tv_nsec);
  EXPECT_EQ(identity(scratch.path("a")).birth,
            std::to_string(facts.stx_btime.tv_sec) + "." + std::string(9 - digits.size(), '0') + digits);
}

TEST_F(Identify, AllWaysThatLeadToAFileFindTheSame) {
  const fs::path file = scratch.write("images/a");
  const Identity one = mark(file);
  fs::create_hard_link(file, scratch.path("hard"));
  fs::create_symlink(file, scratch.path("soft"));
  fs::create_directory_symlink("images", scratch.path("folder"));
  for (const std::string& name :
       {"tap:aio:" + file.string(), "phy:" + file.string(), "file:" + scratch.path("hard").string(),
        "file:" + scratch.path("soft").string(), "tap:qcow2:" + scratch.path("folder/a").string()}) {
    EXPECT_EQ(look(name).identity, one) << name;
  }
}

TEST_F(Identify, NamesOfFilesBecomeTheirRealPaths) {
  const fs::path file = scratch.write("images/a");
  fs::create_symlink("images/a", scratch.path("soft"));
  fs::create_directory_symlink("images", scratch.path("folder"));
  EXPECT_EQ(at(scratch.path("soft")).name, file_name(file));
  EXPECT_EQ(look("tap:aio:" + scratch.path("folder/a").string()).name, named("tap:aio:" + file.string()));
  EXPECT_EQ(look("phy:" + scratch.path("soft").string()).name, named("phy:" + scratch.path("soft").string()))
      << "names of devices are links, and stay";
}

TEST_F(Identify, FileThatIsNotThereYetHasANameAndNoMore) {
  fs::create_directory(scratch.path("images"));
  fs::create_directory_symlink("images", scratch.path("folder"));
  fs::create_symlink("folder/new/b", scratch.path("dangling"));
  scratch.write("file");
  const std::string dir = scratch.dir().string();
  for (const auto& [name, real] : {std::pair{"file:" + dir + "/folder/a", "file:" + dir + "/images/a"},
                                   {"file:" + dir + "/folder/x/y", "file:" + dir + "/images/x/y"},
                                   {"tap:aio:" + dir + "/dangling", "tap:aio:" + dir + "/images/new/b"},
                                   {"file:" + dir + "/file/below", "file:" + dir + "/file/below"},
                                   {"phy:" + dir + "/dangling", "phy:" + dir + "/dangling"}}) {
    const Resource seen = look(name);
    EXPECT_EQ(seen.name.get(), real);
    EXPECT_FALSE(seen.identity) << name;
    EXPECT_EQ(seen.trouble, "") << name;
  }
}

TEST_F(Identify, NothingIsTold) {
  EXPECT_TRUE(look("file:" + scratch.path("none").string()).absent);
  EXPECT_FALSE(look("file:" + scratch.write("a").string()).absent);
}

TEST_F(Identify, ALabelBeforeTheFileFindsItByTheSameName) {
  fs::create_directory(scratch.path("images"));
  fs::create_symlink("images/a", scratch.path("soft"));
  const auto before = at(scratch.path("soft")).name;
  scratch.write("images/a");
  EXPECT_EQ(at(scratch.path("soft")).name, before);
  EXPECT_EQ(at(scratch.path("images/a")).name, before);
}

TEST_F(Identify, ARenamedFileIsTheSame) {
  const fs::path file = scratch.write("a");
  const Identity before = mark(file);
  fs::create_directory(scratch.path("elsewhere"));
  fs::rename(file, scratch.path("elsewhere/b"));
  EXPECT_EQ(compare(before, identity(scratch.path("elsewhere/b"))), Likeness::same);
  EXPECT_FALSE(at(file).identity);
}

TEST_F(Identify, AFileThatWasWrittenToIsTheSame) {
  const Identity before = mark(scratch.write("a"));
  run("printf more >> " + scratch.path("a").string() + " && truncate -s 1M " + scratch.path("a").string() +
      " && touch -d 2001-01-01 " + scratch.path("a").string() + " && chmod 600 " + scratch.path("a").string());
  EXPECT_EQ(identity(scratch.path("a")), before);
}

TEST_F(Identify, AFileThatWasMadeAnewIsNotTheLabelledOne) {
  const Identity before = mark(scratch.write("a"));
  const Identity after = identity(scratch.write("a"));  // often under the same inode number
  EXPECT_NE(compare(before, after), Likeness::same);
}

// Without a mark it is the birth that tells, as far as the clock of the file system does.
TEST_F(Identify, WithoutMarkTheBirthTellsAFileThatWasMadeAnew) {
  const Identity before = identity(scratch.write("a"));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (identity(scratch.write("tick")).birth == before.birth) ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  Identity after = identity(scratch.write("a"));
  EXPECT_EQ(compare(before, after), Likeness::different);
  after.place = before.place;  // the inode number was given to it again
  EXPECT_EQ(compare(before, after), Likeness::different);
}

TEST_F(Identify, ACopyIsAnother) {
  const fs::path file = scratch.write("a");
  const Identity original = mark(file);
  run("cp " + file.string() + " " + scratch.path("b").string());
  EXPECT_EQ(compare(original, identity(scratch.path("b"))), Likeness::different);
}

TEST_F(Identify, ACopyThatTookTheMarkAlongContradicts) {
  const fs::path file = scratch.write("a");
  const Identity original = mark(file);
  run("cp -a " + file.string() + " " + scratch.path("b").string());
  EXPECT_EQ(attribute(scratch.path("b"), roots), original.mark) << "cp -a takes extended attributes along";
  EXPECT_EQ(compare(original, identity(scratch.path("b"))), Likeness::contradictory);
}

TEST_F(Identify, AFileThatLostItsMarkContradicts) {
  const fs::path file = scratch.write("a");
  const Identity before = mark(file);
  ASSERT_TRUE(remove_mark(file_name(file), before.mark, roots));
  EXPECT_EQ(compare(before, identity(file)), Likeness::contradictory);
}

TEST_F(Identify, OtherFileSystemsAreOtherPlaces) {
  const Scratch memory("/dev/shm");
  const Identity here = identity(scratch.write("a"));
  const Identity there = identity(memory.write("a"));
  const auto file_system = [](const Identity& of) { return of.place.substr(0, of.place.rfind(':')); };
  EXPECT_NE(file_system(here), file_system(there));
  EXPECT_EQ(file_system(there), file_system(identity(memory.write("b"))));
}

TEST_F(Identify, FileSystemIsNamedAsStatDoes) {
  struct statfs facts{};
  ASSERT_EQ(::statfs("/dev/shm", &facts), 0);
  std::array<std::uint32_t, 2> id{};
  std::memcpy(id.data(), &facts.f_fsid, sizeof id);
  if (id[1] == 0) return;  // a kernel whose tmpfs has no uuid: FileSystems tests that
  const Scratch memory("/dev/shm");
  const fs::path file = memory.write("a");
  const std::string out = scratch.path("out").string();
  run("stat -f -c 'inode %i:' /dev/shm | tr -d '\\n' > " + out + "; stat -c %i " + file.string() +
      " | tr -d '\\n' >> " + out);
  EXPECT_EQ(std::system(("test \"$(cat " + out + ")\" = '" + identity(file).place + "'").c_str()), 0);
}

TEST_F(Identify, FileSystemWithoutAttributesOrBirthsHasPlacesOnly) {
  const Resource seen = look("file:/proc/version");
  ASSERT_TRUE(seen.identity) << seen.trouble;
  EXPECT_EQ(seen.identity->mark, "");
  EXPECT_EQ(seen.identity->birth, "");
  EXPECT_TRUE(seen.identity->place.starts_with("inode ")) << seen.identity->place;
  EXPECT_NE(seen.identity->place, look("file:/proc/cmdline").identity->place);
}

TEST(MarkAttribute, IsOneThatOnlyTheSystemSees) { EXPECT_EQ(Roots{}.mark_attribute, "trusted.xenacm"); }

}  // namespace
}  // namespace xenacm::resource
