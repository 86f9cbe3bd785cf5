// SPDX-License-Identifier: Apache-2.0
#include "policy/parser.h"

#include "policy/document.h"
#include "policy/findings.h"
#include "policy/reader.h"
#include "policy/schema.h"

namespace xenacm::policy {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

Parsed unreadable(Position at, std::string message) {
  return {.policy = {},
          .diagnostics = {
              {.severity = Severity::error, .code = Code::xml_processing, .at = at, .message = std::move(message)}}};
}

}  // namespace

Parsed parse(std::string_view source) {
  if (source.size() > kMaxDocumentBytes) {
    return unreadable({1, 1}, "the document is " + std::to_string(source.size()) + " bytes long; at most " +
                                  std::to_string(kMaxDocumentBytes) + " are allowed");
  }
  if (source.starts_with(kByteOrderMark)) source.remove_prefix(kByteOrderMark.size());

  const auto document = Document::load(source);
  if (!document) return unreadable(Lines(source).at(document.error().offset), document.error().message);

  Findings findings;
  Parsed parsed;
  if (validate(*document, findings)) parsed.policy = read(*document);
  parsed.diagnostics = std::move(findings).take();
  return parsed;
}

}  // namespace xenacm::policy
