// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/labeltool/commandline.h"

#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>
#include <stdexcept>

namespace xenacm::labeltool::test {

namespace {

// What is printed while it lives.
class Captured {
 public:
  Captured() : before_(std::cout.rdbuf(text_.rdbuf())) {}
  ~Captured() { std::cout.rdbuf(before_); }
  Captured(const Captured&) = delete;
  Captured& operator=(const Captured&) = delete;

  [[nodiscard]] std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
  std::streambuf* before_;
};

}  // namespace

Ran run(MakeCommand make, std::vector<std::string> words, const std::filesystem::path& socket) {
  Context context{.socket = socket.string()};
  const Command command = make();
  CLI::App app;
  Words declared(app);
  command.declare(declared.flag("--json", context.json, "print JSON"));
  std::ranges::reverse(words);  // as CLI11 takes them
  app.parse(std::move(words));
  const Captured captured;
  const Result result = command.action(context);
  return {.out = captured.text(), .failure = result ? std::nullopt : std::optional(result.error())};
}

Workplace::Workplace() : before_(std::filesystem::current_path()) {
  std::string name = (std::filesystem::temp_directory_path() / "xenacm-work.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
  folder_ = name;
  std::filesystem::current_path(folder_);
}

Workplace::~Workplace() {
  std::filesystem::current_path(before_);
  std::filesystem::remove_all(folder_);
}

void Workplace::write(const std::filesystem::path& file, const std::string& text) const {
  const std::filesystem::path whole = folder_ / file;
  std::filesystem::create_directories(whole.parent_path());
  std::ofstream(whole) << text;
}

}  // namespace xenacm::labeltool::test
