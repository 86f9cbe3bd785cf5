// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/resource/scratch.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/xattr.h>

#include <array>
#include <cerrno>
#include <fstream>

namespace xenacm::resource {

namespace fs = std::filesystem;

namespace {

void write_to(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream out(file);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace

Scratch::Scratch(const fs::path& parent) {
  std::string name = (parent / "xenacm-resource.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder in " + parent.string());
  dir_ = fs::canonical(name);
}

Scratch::~Scratch() { fs::remove_all(dir_); }

fs::path Scratch::write(const std::string& name, const std::string& text) const {
  fs::remove(path(name));
  write_to(path(name), text);
  return path(name);
}

Roots Scratch::roots() const {
  Roots roots;
  const fs::path probe = write(".probe");
  if (::setxattr(probe.c_str(), roots.mark_attribute.c_str(), "x", 1, 0) != 0) {
    EXPECT_EQ(errno, EPERM) << "the file system of " << dir_ << " has no extended attributes";
    roots.mark_attribute = "user.xenacm";
  }
  fs::remove(probe);
  return roots;
}

monitor::ResourceName named(const std::string& text) {
  auto name = monitor::parse_resource_name(text);
  if (!name) throw std::runtime_error(name.error());
  return *std::move(name);
}

monitor::ResourceName file_name(const fs::path& path) { return named("file:" + path.string()); }

std::string attribute(const fs::path& file, const Roots& roots) {
  std::array<char, 256> value{};
  const ssize_t size = ::getxattr(file.c_str(), roots.mark_attribute.c_str(), value.data(), value.size());
  return {value.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

void set_attribute(const fs::path& file, const Roots& roots, const std::string& value) {
  ASSERT_EQ(::setxattr(file.c_str(), roots.mark_attribute.c_str(), value.data(), value.size(), 0), 0) << file;
}

Roots MadeUpHost::roots() const {
  Roots roots = scratch_.roots();
  roots.dev = scratch_.path("dev");
  roots.sys = scratch_.path("sys");
  roots.mounts = scratch_.path("mountinfo");
  return roots;
}

// As the kernel has it: a link in /sys/dev/block, and the folder elsewhere.
fs::path MadeUpHost::enter(const std::string& number, const std::string& name, const std::string& folder,
                           const std::string& more) const {
  const fs::path real = scratch_.path("sys/devices") / folder;
  write_to(real / "uevent", "MAJOR=1\nMINOR=2\nDEVNAME=" + name + "\n" + more);
  write_to(real / "dev", number + "\n");
  const fs::path link = scratch_.path("sys/dev/block") / number;
  fs::create_directories(link.parent_path());
  fs::create_directory_symlink(real, link);
  return real;
}

fs::path MadeUpHost::add(const std::string& number, const std::string& name) const {
  return enter(number, name, name, "DEVTYPE=disk\n");
}

fs::path MadeUpHost::add_partition(const std::string& number, const std::string& name, const std::string& disk,
                                   const std::string& index) const {
  return enter(number, name, disk + "/" + name, "DEVTYPE=partition\nPARTN=" + index + "\n");
}

void MadeUpHost::attribute(const std::string& number, const std::string& attribute, const std::string& value) const {
  write_to(scratch_.path("sys/dev/block") / number / attribute, value + "\n");
}

void MadeUpHost::link(const std::string& id, const std::string& name) const {
  fs::create_directories(scratch_.path("dev/disk/by-id"));
  fs::create_symlink("../../" + name, scratch_.path("dev/disk/by-id") / id);
}

}  // namespace xenacm::resource
