// SPDX-License-Identifier: Apache-2.0
// The XML tree of a policy document, whose parts know where they stand. Inside policy/ only.
#pragma once

#include <expected>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "policy/model.h"
#include "policy/source_text.h"

namespace xenacm::policy {

// The text of an element or an attribute, references resolved, not trimmed.
struct Text {
  std::string text;
  Position at;  // of the first character that is not blank; of the element or the attribute where there is none
};

class Document {
 public:
  // The tree of a well-formed document, or its first fault. `source` must outlive the document.
  [[nodiscard]] static std::expected<Document, TextFault> load(std::string_view source);

  [[nodiscard]] pugi::xml_node root() const { return tree_.document_element(); }

  [[nodiscard]] Position at(pugi::xml_node element) const;  // of its '<'
  [[nodiscard]] Position at(pugi::xml_attribute attribute) const;
  // Of the value of a node, an element's being the text before all else in it: where it is not blank.
  [[nodiscard]] Position at_text(pugi::xml_node node) const;

  // All text of an element; comments and processing instructions in between are no part of it.
  [[nodiscard]] Text text_of(pugi::xml_node element) const;
  [[nodiscard]] Text text_of(pugi::xml_attribute attribute) const;

 private:
  explicit Document(std::string_view source) : source_(source), buffer_(source.begin(), source.end()), lines_(source) {}

  [[nodiscard]] std::size_t offset_of(const char* part) const {
    return static_cast<std::size_t>(part - buffer_.data());
  }
  [[nodiscard]] std::size_t skip_blanks(std::size_t offset) const;

  std::string_view source_;
  std::vector<char> buffer_;  // pugixml turns it into the strings of the tree, each where it stood in the source
  pugi::xml_document tree_;
  Lines lines_;
};

}  // namespace xenacm::policy
