// SPDX-License-Identifier: Apache-2.0
#include "labeltool/scenario/keys.h"

#include <algorithm>

namespace xenacm::labeltool::scenario {

void Errors::add(const toml::source_position& at, const std::string& message) {
  lines_.emplace_back(Place(at.line, at.column),
                      file_ + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + message);
}

std::vector<std::string> Errors::take() {
  std::ranges::stable_sort(lines_, {}, &decltype(lines_)::value_type::first);
  std::vector<std::string> texts;
  for (auto& [place, text] : lines_) texts.push_back(std::move(text));
  lines_.clear();
  return texts;
}

std::optional<Found> Keys::find(const Key& key) {
  if (std::ranges::find(known_, key.name, &Key::name) == known_.end()) known_.push_back(key);
  for (const auto& [name, node] : table_) {
    if (name.str() == key.name) return Found{&node, name.source().begin};
  }
  return std::nullopt;
}

std::optional<std::string> Keys::find_text(const Key& key) {
  const auto found = find(key);
  if (!found) return std::nullopt;
  const auto* text = found->node->as_string();
  if (text != nullptr && !text->get().empty()) return text->get();
  wrong_form(key, found->at);
  return std::nullopt;
}

const toml::array* Keys::find_array(const Key& key) {
  const auto found = find(key);
  if (!found) return nullptr;
  if (found->node->is_array()) return found->node->as_array();
  wrong_form(key, found->at);
  return nullptr;
}

const toml::table* Keys::find_table(const Key& key) {
  const auto found = find(key);
  if (!found) return nullptr;
  if (found->node->is_table()) return found->node->as_table();
  wrong_form(key, found->at);
  return nullptr;
}

std::string Keys::text(const Key& key) {
  const bool given = table_.contains(key.name);
  auto text = find_text(key);
  if (!given) missing(key.form);
  return text ? *std::move(text) : std::string();
}

void Keys::wrong_form(const Key& key, const toml::source_position& at) {
  errors_.add(at, "'" + std::string(key.name) + "' of " + what_ + " is not of the form " + std::string(key.form));
}

void Keys::missing(std::string_view form) { errors_.add(table_.source().begin, what_ + " needs " + std::string(form)); }

void Keys::refuse_others() {
  for (const auto& [name, node] : table_) {
    if (std::ranges::find(known_, name.str(), &Key::name) != known_.end()) continue;
    std::string forms;
    for (const Key& key : known_) forms += (forms.empty() ? "" : ", ") + std::string(key.form);
    errors_.add(name.source().begin, what_ + " has no key '" + std::string(name.str()) + "'; it takes " + forms);
  }
}

}  // namespace xenacm::labeltool::scenario
