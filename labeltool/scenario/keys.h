// SPDX-License-Identifier: Apache-2.0
// The keys of a TOML table, taken strictly: whatever is wrong with one is told with its place and the form it should
// have, and reading goes on.
#pragma once

#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xenacm::labeltool::scenario {

// What is wrong with a file.
class Errors {
 public:
  explicit Errors(std::string file) : file_(std::move(file)) {}
  void add(const toml::source_position& at, const std::string& message);
  [[nodiscard]] bool empty() const { return lines_.empty(); }
  // "FILE:LINE:COLUMN: MESSAGE", in the order of the file.
  [[nodiscard]] std::vector<std::string> take();

 private:
  using Place = std::pair<toml::source_index, toml::source_index>;
  std::string file_;
  std::vector<std::pair<Place, std::string>> lines_;
};

// A key and how it is written: {"domain", "domain = \"client1\""}.
struct Key {
  std::string_view name;
  std::string_view form;
};

inline constexpr Key kLabel{"label", R"(label = "A-Bank")"};

// A value that was found, and where its key stands. `node` is never null.
struct Found {
  const toml::node* node = nullptr;
  toml::source_position at;
};

// Everything that is asked for is a key that the table takes.
class Keys {
 public:
  // `what` the table is, for people: "a start step".
  Keys(const toml::table& table, std::string what, Errors& errors)
      : table_(table), what_(std::move(what)), errors_(errors) {}

  // The value of a key that may be missing.
  [[nodiscard]] std::optional<Found> find(const Key& key);
  // Takes a key without looking at it.
  void pass_over(const Key& key) { static_cast<void>(find(key)); }
  // None: missing, or of the wrong type, or empty text; the latter two are errors.
  [[nodiscard]] std::optional<std::string> find_text(const Key& key);
  [[nodiscard]] const toml::array* find_array(const Key& key);
  [[nodiscard]] const toml::table* find_table(const Key& key);
  // The text of a key that must be there. Empty: it is not, which is an error.
  [[nodiscard]] std::string text(const Key& key);

  // Says what is wrong with a value.
  void wrong_form(const Key& key, const toml::source_position& at);
  void error(const toml::source_position& at, const std::string& message) { errors_.add(at, message); }
  // Says that a key is needed that is not there.
  void missing(std::string_view form);
  // To be called last: says which keys nobody asked for.
  void refuse_others();

  [[nodiscard]] Errors& errors() { return errors_; }
  [[nodiscard]] const std::string& what() const { return what_; }

 private:
  const toml::table& table_;
  std::string what_;
  Errors& errors_;
  std::vector<Key> known_;
};

}  // namespace xenacm::labeltool::scenario
