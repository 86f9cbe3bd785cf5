// SPDX-License-Identifier: Apache-2.0
#include "policy/document.h"

#include "policy/wellformed.h"

namespace xenacm::policy {
namespace {

// Blank text is kept: between two comments inside a name it is a part of the name. Text before all else in an element
// is the element's value: half the nodes, for most elements hold a name and nothing else.
constexpr unsigned kParse = pugi::parse_cdata | pugi::parse_escapes | pugi::parse_wconv_attribute | pugi::parse_eol |
                            pugi::parse_ws_pcdata | pugi::parse_embed_pcdata;

std::optional<TextFault> first_of(std::optional<TextFault> a, std::optional<TextFault> b) {
  if (!a) return b;
  return b && b->offset < a->offset ? b : a;
}

}  // namespace

std::expected<Document, TextFault> Document::load(std::string_view source) {
  if (auto fault = first_of(find_bad_character(source), find_markup_fault(source))) return std::unexpected(*fault);
  Document document(source);
  const auto result =
      document.tree_.load_buffer_inplace(document.buffer_.data(), document.buffer_.size(), kParse, pugi::encoding_utf8);
  if (!result) return std::unexpected(TextFault{static_cast<std::size_t>(result.offset), result.description()});
  return document;
}

std::size_t Document::skip_blanks(std::size_t offset) const {
  while (offset < source_.size() && is_blank(source_[offset])) ++offset;
  return offset;
}

Position Document::at(pugi::xml_node element) const { return lines_.at(offset_of(element.name()) - 1); }

Position Document::at(pugi::xml_attribute attribute) const { return lines_.at(offset_of(attribute.name())); }

Position Document::at_text(pugi::xml_node node) const { return lines_.at(skip_blanks(offset_of(node.value()))); }

Text Document::text_of(pugi::xml_node element) const {
  Text result{.text = element.value(), .at = {}};
  if (!trim(result.text).empty()) result.at = at_text(element);
  for (auto child = element.first_child(); child; child = child.next_sibling()) {
    if (child.type() == pugi::node_element) continue;
    result.text += child.value();
    if (result.at == Position{} && !trim(child.value()).empty()) result.at = at_text(child);
  }
  if (result.at == Position{}) result.at = at(element);
  return result;
}

Text Document::text_of(pugi::xml_attribute attribute) const {
  const std::string_view value = attribute.value();
  return {.text = std::string(value),
          .at = trim(value).empty() ? at(attribute) : lines_.at(skip_blanks(offset_of(attribute.value())))};
}

}  // namespace xenacm::policy
