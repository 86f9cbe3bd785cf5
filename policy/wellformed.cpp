// SPDX-License-Identifier: Apache-2.0
#include "policy/wellformed.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "policy/references.h"

namespace xenacm::policy {
namespace {

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool begins_name(char c) {
  return is_letter(c) || c == '_' || c == ':' || static_cast<unsigned char>(c) >= 0x80;
}

// By byte: it is asked of nearly every one of a document.
constexpr auto kContinuesName = [] {
  std::array<bool, 256> continues{};
  for (std::size_t byte = 0; byte < continues.size(); ++byte) {
    const char c = static_cast<char>(byte);
    continues[byte] = begins_name(c) || is_digit(c) || c == '-' || c == '.';
  }
  return continues;
}();
bool continues_name(char c) { return kContinuesName[static_cast<unsigned char>(c)]; }

// Can this stand in text whatever is beside it?
constexpr bool is_plain(char c) { return c != '<' && c != '&' && c != ']'; }

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, to_lower, to_lower);
}

std::string_view name_at(std::string_view text, std::size_t offset) {
  std::size_t end = offset;
  if (end < text.size() && begins_name(text[end])) {
    while (end < text.size() && continues_name(text[end])) ++end;
  }
  return text.substr(offset, end - offset);
}

struct Attribute {
  std::string_view name;
  std::string_view value;
};

// One pass over the document, byte by byte; the elements that are open are a stack of names, so that depth costs no
// stack of ours. A step returns false when it has found the fault.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::optional<TextFault> run() {
    static_cast<void>(document());
    return fault_;
  }

 private:
  [[nodiscard]] bool document();
  [[nodiscard]] bool declaration();
  [[nodiscard]] bool declared(const Attribute& attribute, std::size_t index);
  [[nodiscard]] bool characters();
  [[nodiscard]] bool markup();
  [[nodiscard]] bool comment();
  [[nodiscard]] bool cdata();
  [[nodiscard]] bool instruction();
  [[nodiscard]] bool start_tag();
  [[nodiscard]] bool end_tag();
  [[nodiscard]] bool attribute(Attribute& into);
  [[nodiscard]] bool no_duplicates();
  [[nodiscard]] bool references(std::string_view part);

  bool fail(std::size_t offset, std::string message) {
    fault_ = TextFault{offset, std::move(message)};
    return false;
  }
  [[nodiscard]] bool at_end() const { return pos_ >= text_.size(); }
  [[nodiscard]] std::string_view rest() const { return text_.substr(pos_); }
  [[nodiscard]] std::size_t offset_of(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - text_.data());
  }
  bool skip(std::string_view token) {
    if (!rest().starts_with(token)) return false;
    pos_ += token.size();
    return true;
  }
  // "</name>" as nearly everybody writes it, without a look at each of its bytes.
  bool skip_end_of(std::string_view name) {
    const std::string_view tag = text_.substr(pos_ + 2);
    if (!tag.starts_with(name) || !tag.substr(name.size()).starts_with('>')) return false;
    pos_ += name.size() + 3;
    return true;
  }
  bool skip_blanks() {
    const std::size_t before = pos_;
    while (!at_end() && is_blank(text_[pos_])) ++pos_;
    return pos_ != before;
  }

  std::string_view text_;
  std::size_t pos_ = 0;
  bool root_seen_ = false;
  std::vector<std::string_view> open_;  // the names of the open elements
  std::vector<std::string_view> attributes_;
  std::optional<TextFault> fault_;
};

bool Scanner::document() {
  const bool has_declaration = text_.starts_with("<?xml") && text_.size() > 5 && is_blank(text_[5]);
  if (has_declaration && !declaration()) return false;
  while (!at_end()) {
    if (!(text_[pos_] == '<' ? markup() : characters())) return false;
  }
  if (!open_.empty()) {
    return fail(offset_of(open_.back()) - 1, "element " + quoted(open_.back()) + " is never closed");
  }
  return root_seen_ || fail(0, "the document has no element; a policy is a SecurityPolicyDefinition");
}

bool Scanner::declaration() {
  pos_ += 5;
  for (std::size_t index = 0;; ++index) {
    const bool blank = skip_blanks();
    if (skip("?>")) return index != 0 || fail(0, "the XML declaration lacks its version");
    if (!blank) return fail(pos_, "the XML declaration ends with '?>'");
    Attribute next;
    if (!attribute(next)) return false;
    if (!declared(next, index)) return false;
  }
}

bool Scanner::declared(const Attribute& attribute, std::size_t index) {
  const auto& [name, value] = attribute;
  if ((name == "version") != (index == 0)) {
    return fail(offset_of(name), "the XML declaration is version, encoding and standalone, in this order");
  }
  if (name == "version") {
    const bool known = value.size() > 2 && value.starts_with("1.") && std::ranges::all_of(value.substr(2), is_digit);
    return known || fail(offset_of(value), "XML version " + quoted(value) + " is not known; write 1.0");
  }
  if (name == "encoding" && index == 1) {
    return equal_ignoring_case(value, "UTF-8") ||
           fail(offset_of(value), "the encoding is " + quoted(value) + "; save the document as UTF-8 and say so here");
  }
  if (name == "standalone" && index <= 2) {
    return value == "yes" || value == "no" || fail(offset_of(value), "standalone is 'yes' or 'no'");
  }
  return fail(offset_of(name), "the XML declaration is version, encoding and standalone, in this order");
}

bool Scanner::characters() {
  // Nearly all text is short and plain: a look at each byte is faster than three searches.
  std::size_t plain = pos_;
  while (plain < text_.size() && is_plain(text_[plain])) ++plain;
  if (!open_.empty() && plain < text_.size() && text_[plain] == '<') {
    pos_ = plain;
    return true;
  }
  const std::string_view part = rest().substr(0, rest().find('<'));
  if (open_.empty()) {
    const auto* const stray = std::ranges::find_if_not(part, is_blank);
    if (stray != part.end()) {
      return fail(pos_ + static_cast<std::size_t>(stray - part.begin()), "text stands outside the root element");
    }
  }
  if (const auto end = part.find("]]>"); end != std::string_view::npos) {
    return fail(pos_ + end, "']]>' stands in text; write ']]&gt;'");
  }
  pos_ += part.size();
  return references(part);
}

bool Scanner::markup() {
  if (pos_ + 1 < text_.size() && is_letter(text_[pos_ + 1])) return start_tag();
  if (rest().starts_with("</")) return end_tag();
  if (rest().starts_with("<!--")) return comment();
  if (rest().starts_with("<![CDATA[")) return cdata();
  if (rest().starts_with("<!DOCTYPE")) {
    return fail(pos_, "a policy has no DOCTYPE (it could define entities); remove it and write the text itself");
  }
  if (rest().starts_with("<?")) return instruction();
  return start_tag();
}

bool Scanner::comment() {
  const std::size_t begin = pos_;
  const std::size_t dashes = text_.find("--", begin + 4);
  if (dashes == std::string_view::npos) return fail(begin, "the comment is never closed");
  pos_ = dashes;
  return skip("-->") || fail(dashes, "'--' stands in a comment; it may only end one, as '-->'");
}

bool Scanner::cdata() {
  const std::size_t begin = pos_;
  if (open_.empty()) return fail(begin, "text stands outside the root element");
  const std::size_t end = text_.find("]]>", begin);
  if (end == std::string_view::npos) return fail(begin, "the CDATA section is never closed");
  pos_ = end + 3;
  return true;
}

bool Scanner::instruction() {
  const std::size_t begin = pos_;
  const std::string_view target = name_at(text_, begin + 2);
  const std::size_t end = text_.find("?>", begin + 2);
  if (end == std::string_view::npos) return fail(begin, "the processing instruction is never closed");
  if (equal_ignoring_case(target, "xml")) {
    return fail(begin, "an XML declaration stands at the very beginning of a document, as '<?xml version=\"1.0\"?>'");
  }
  const std::size_t after = begin + 2 + target.size();
  const bool separated = after == end || is_blank(text_[after]);
  if (target.empty() || target.contains(':') || !is_ascii(target) || !separated) {
    return fail(begin, "a processing instruction begins with a name, of ASCII letters here");
  }
  pos_ = end + 2;
  return true;
}

bool Scanner::start_tag() {
  const std::size_t begin = pos_++;
  const std::string_view name = name_at(text_, pos_);
  if (name.empty()) return fail(begin, "'<' begins no element here; write '&lt;' for the character");
  if (open_.empty() && root_seen_) return fail(begin, "a second root element; a document has one");
  root_seen_ = true;
  pos_ += name.size();
  attributes_.clear();
  while (true) {
    const bool blank = skip_blanks();
    if (skip("/>")) return no_duplicates();
    if (skip(">")) {
      open_.push_back(name);
      return no_duplicates();
    }
    if (at_end() || !blank)
      return fail(at_end() ? begin : pos_, "the tag of " + quoted(name) + " does not end with '>'");
    Attribute next;
    if (!attribute(next)) return false;
    attributes_.push_back(next.name);
  }
}

bool Scanner::end_tag() {
  const std::size_t begin = pos_;
  if (!open_.empty() && skip_end_of(open_.back())) {
    open_.pop_back();
    return true;
  }
  const std::string_view name = name_at(text_, begin + 2);
  if (open_.empty()) return fail(begin, "end tag " + quoted(name) + " closes nothing");
  if (name != open_.back()) {
    return fail(begin, "end tag " + quoted(name) + " stands where " + quoted(open_.back()) + " is to be closed");
  }
  pos_ = begin + 2 + name.size();
  skip_blanks();
  if (!skip(">")) return fail(begin, "the end tag of " + quoted(name) + " does not end with '>'");
  open_.pop_back();
  return true;
}

bool Scanner::attribute(Attribute& into) {
  const std::size_t begin = pos_;
  into.name = name_at(text_, pos_);
  if (into.name.empty()) return fail(begin, "an attribute is expected here, or the end of the tag");
  pos_ += into.name.size();
  skip_blanks();
  if (!skip("="))
    return fail(begin,
                "attribute " + quoted(into.name) + " has no value; write " + std::string(into.name) + "=\"...\"");
  skip_blanks();
  const char quote = at_end() ? '\0' : text_[pos_];
  if (quote != '"' && quote != '\'') return fail(pos_, "the value of " + quoted(into.name) + " is not in quotes");
  const std::size_t end = text_.find(quote, pos_ + 1);
  if (end == std::string_view::npos) return fail(pos_, "the value of " + quoted(into.name) + " has no closing quote");
  into.value = text_.substr(pos_ + 1, end - pos_ - 1);
  if (const auto tag = into.value.find('<'); tag != std::string_view::npos) {
    return fail(pos_ + 1 + tag,
                "'<' stands in the value of " + quoted(into.name) + "; write '&lt;', or close the quote before it");
  }
  pos_ = end + 1;
  return references(into.value);
}

bool Scanner::no_duplicates() {
  if (attributes_.size() < 2) return true;
  // Equal names end up side by side, the later one behind.
  std::ranges::sort(attributes_, [](std::string_view a, std::string_view b) {
    const int order = a.compare(b);
    return order != 0 ? order < 0 : a.data() < b.data();
  });
  const auto twice = std::ranges::adjacent_find(attributes_);
  if (twice == attributes_.end()) return true;
  return fail(offset_of(*std::next(twice)), "attribute " + quoted(*twice) + " is given twice");
}

bool Scanner::references(std::string_view part) {
  auto fault = find_reference_fault(part);
  return !fault || fail(offset_of(part) + fault->offset, std::move(fault->message));
}

}  // namespace

std::optional<TextFault> find_markup_fault(std::string_view document) { return Scanner(document).run(); }

}  // namespace xenacm::policy
