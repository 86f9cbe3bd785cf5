// SPDX-License-Identifier: Apache-2.0
#include "labeltool/import/resource_labels.h"

#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "policy/source_text.h"

namespace xenacm::labeltool {

namespace {

constexpr std::string_view kName = "resources";
constexpr char32_t kAscii = 0x80;

struct Fault {
  std::size_t offset;
  std::string message;
};

template <class T>
using Read = std::expected<T, Fault>;

// Of a code point below 0x10000, as \xHH and \uHHHH write them.
void append_utf8(std::string& text, char32_t c) {
  const auto put = [&](char32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
  if (c < kAscii) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    put(0x80 | (c & 0x3f));
  } else {
    put(0xe0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

std::optional<char> plain_escape(char letter) {
  switch (letter) {
    case '\\':
    case '\'':
    case '"':
      return letter;
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return std::nullopt;
  }
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Read<std::vector<OldLabel>> file(const policy::Lines& lines) {
    pass_blanks();
    if (!text_.substr(at_).starts_with(kName)) return fault("'resources = {' is expected, as xend wrote it");
    at_ += kName.size();
    for (const char c : {'=', '{'}) {
      if (auto passed = pass(c, "behind 'resources'"); !passed) return std::unexpected(passed.error());
    }
    std::vector<OldLabel> labels;
    std::map<std::string, policy::Position, std::less<>> seen;
    while (!next_is('}')) {
      if (labels.size() == kMaxOldLabels) {
        return fault("there are more than " + std::to_string(kMaxOldLabels) + " entries");
      }
      const std::size_t start = at_;
      auto label = entry();
      if (!label) return std::unexpected(label.error());
      label->at = lines.at(start);
      const auto [first, is_new] = seen.emplace(label->resource, label->at);
      if (!is_new) {
        return std::unexpected(Fault{start, policy::quoted(label->resource) + " has a label already, in line " +
                                                std::to_string(first->second.line)});
      }
      labels.push_back(*std::move(label));
      if (next_is('}')) break;
      if (auto passed = pass(',', "between two entries"); !passed) return std::unexpected(passed.error());
    }
    ++at_;
    pass_blanks();
    if (at_ != text_.size()) return fault("nothing may follow the last '}'");
    return labels;
  }

 private:
  [[nodiscard]] std::unexpected<Fault> fault(std::string message) const {
    return std::unexpected(Fault{at_, std::move(message)});
  }

  void pass_blanks() {
    while (at_ < text_.size() && (policy::is_blank(text_[at_]) || text_[at_] == '#')) {
      at_ = text_[at_] == '#' ? std::min(text_.find('\n', at_), text_.size()) : at_ + 1;
    }
  }

  bool next_is(char c) {
    pass_blanks();
    return at_ < text_.size() && text_[at_] == c;
  }

  Read<void> pass(char c, const char* where) {
    if (!next_is(c)) return fault(std::string("'") + c + "' is expected " + where);
    ++at_;
    return {};
  }

  Read<OldLabel> entry() {
    auto resource = string("the name of a resource");
    if (!resource) return std::unexpected(resource.error());
    if (auto passed = pass(':', "behind the name of a resource"); !passed) return std::unexpected(passed.error());
    if (auto passed = pass('(', "before type, policy and label"); !passed) return std::unexpected(passed.error());
    std::vector<std::string> parts;
    while (!next_is(')')) {
      if (parts.size() == 3) return fault("a label has three strings: type, policy and label; ')' is expected");
      auto part = string("a string: type, policy or label");
      if (!part) return std::unexpected(part.error());
      parts.push_back(*std::move(part));
      if (next_is(')')) break;
      if (auto passed = pass(',', "between type, policy and label"); !passed) return std::unexpected(passed.error());
    }
    if (parts.size() < 2) return fault("a label has at least policy and label");
    ++at_;
    if (parts.size() == 2) parts.insert(parts.begin(), "ACM");
    return OldLabel{.resource = *std::move(resource),
                    .type = std::move(parts[0]),
                    .policy = std::move(parts[1]),
                    .label = std::move(parts[2]),
                    .at = {}};
  }

  Read<std::string> string(const char* what) {
    pass_blanks();
    const std::size_t start = at_;
    const bool is_unicode = at_ < text_.size() && text_[at_] == 'u';
    const std::size_t open = at_ + (is_unicode ? 1 : 0);
    const char quote = open < text_.size() ? text_[open] : '\0';
    if (quote != '\'' && quote != '"') {
      return fault(std::string(what) + " in quotes is expected; this file is read as data, and no Python is run");
    }
    std::string value;
    for (at_ = open + 1; at_ < text_.size() && text_[at_] != quote;) {
      if (text_[at_] == '\n') break;
      if (text_[at_] != '\\') {
        value += text_[at_++];
      } else if (auto passed = escape(value, is_unicode); !passed) {
        return std::unexpected(passed.error());
      }
      if (value.size() > kMaxOldStringBytes) {
        return std::unexpected(
            Fault{start, "the string is longer than " + std::to_string(kMaxOldStringBytes) + " bytes"});
      }
    }
    if (at_ >= text_.size() || text_[at_] != quote) {
      return std::unexpected(Fault{start, "the string does not end on its line"});
    }
    ++at_;
    if (policy::find_bad_character(value)) {
      return std::unexpected(Fault{start, "what the escapes of the string make is no UTF-8 text"});
    }
    return value;
  }

  Read<void> escape(std::string& value, bool is_unicode) {
    const char letter = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    if (const auto plain = plain_escape(letter)) {
      value += *plain;
      at_ += 2;
      return {};
    }
    const std::size_t digits = letter == 'x' ? 2 : letter == 'u' && is_unicode ? 4 : 0;
    const std::string_view hex = text_.substr(std::min(at_ + 2, text_.size()), digits);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), code, 16);
    if (digits == 0 || hex.size() != digits || error != std::errc{} || end != hex.data() + hex.size()) {
      return fault(R"(the escapes are \\ \' \" \n \r \t \xHH, and behind u also \uHHHH)");
    }
    if (is_unicode) {
      append_utf8(value, code);
    } else {
      value += static_cast<char>(static_cast<unsigned char>(code));
    }
    at_ += 2 + digits;
    return {};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::expected<std::vector<OldLabel>, Misread> read_resource_labels(std::string_view bytes) {
  if (bytes.size() > kMaxResourceLabelsBytes) {
    return std::unexpected(
        Misread{{}, "the file is larger than " + std::to_string(kMaxResourceLabelsBytes / 1024 / 1024) + " MiB"});
  }
  const policy::Lines lines(bytes);
  if (const auto bad = policy::find_bad_character(bytes)) {
    return std::unexpected(
        Misread{lines.at(bad->offset), "what stands here is no text (UTF-8 without control characters)"});
  }
  auto labels = Reader(bytes).file(lines);
  if (!labels) return std::unexpected(Misread{lines.at(labels.error().offset), labels.error().message});
  return *std::move(labels);
}

}  // namespace xenacm::labeltool
