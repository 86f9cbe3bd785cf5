// SPDX-License-Identifier: Apache-2.0
#include "enforcer/outputs/fields.h"

#include <fmt/format.h>
#include <syslog.h>

#include <algorithm>

namespace xenacm::outputs {

namespace {

std::string party(const std::string& name, const std::string& label) {
  return label.empty() ? name : name + " (" + label + ")";
}

// Of UTF-8: control characters of ASCII, U+0080 to U+009F, and what turns the direction of writing.
std::size_t length_of_control(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text[0]);
  if (byte < 0x20 || byte == 0x7f) return 1;
  if (byte == 0xc2 && text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xa0) return 2;
  for (const std::string_view mark : {"\u200e", "\u200f", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066",
                                      "\u2067", "\u2068", "\u2069", "\u2028", "\u2029"}) {
    if (text.starts_with(mark)) return mark.size();
  }
  return 0;
}

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t control = length_of_control(text);
    if (text[0] == '\n') {
      out += "\\n";
    } else if (control > 0) {
      for (const char byte : text.substr(0, control)) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    } else if (text[0] == '"' || text[0] == '\\') {
      out.append(1, '\\').append(1, text[0]);
    } else {
      out += text[0];
    }
    text.remove_prefix(std::max<std::size_t>(control, 1));
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> fields_of(const audit::Record& record, const audit::Hash& hash) {
  std::vector<std::pair<std::string, std::string>> fields{{"seq", std::to_string(record.seq)},
                                                          {"time", std::to_string(record.time.count())},
                                                          {"decision", record.decision},
                                                          {"action", record.what.action},
                                                          {"subject", record.what.subject},
                                                          {"subject_label", record.what.subject_label},
                                                          {"object", record.what.object},
                                                          {"object_label", record.what.object_label},
                                                          {"rule", record.rule},
                                                          {"mode", record.mode},
                                                          {"policy", record.policy},
                                                          {"policy_version", record.version},
                                                          {"via", record.who.via},
                                                          {"toolstack", record.who.toolstack},
                                                          {"exe", record.who.executable},
                                                          {"uid", std::to_string(record.who.uid)},
                                                          {"gid", std::to_string(record.who.gid)},
                                                          {"pid", std::to_string(record.who.pid)},
                                                          {"latency_us", std::to_string(record.latency.count())},
                                                          {"hash", audit::to_hex(hash)},
                                                          {"message", record.message}};
  std::erase_if(fields, [](const auto& field) { return field.second.empty(); });
  return fields;
}

std::string sentence_of(const audit::Record& record) {
  const monitor::Description& what = record.what;
  std::string text = record.decision + " " + what.action + " " + party(what.subject, what.subject_label);
  if (!what.object.empty()) text += ", " + party(what.object, what.object_label);
  if (!record.message.empty()) text += ": " + record.message;
  return escaped(text);
}

int priority_of(const audit::Record& record) {
  return record.decision == "allow" && record.what.action != "alarm" ? LOG_NOTICE : LOG_WARNING;
}

}  // namespace xenacm::outputs
