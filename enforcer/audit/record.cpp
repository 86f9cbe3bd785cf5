// SPDX-License-Identifier: Apache-2.0
#include "enforcer/audit/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "enforcer/monitor/json.h"
#include "enforcer/monitor/json_depth.h"

namespace xenacm::audit {

using nlohmann::json;

namespace {

std::string quoted(const std::string& text) { return monitor::dump(json(text)); }

std::chrono::microseconds microseconds(const json& value) {
  return std::chrono::microseconds(value.get<std::int64_t>());
}

Record read(const json& value) {
  const json& policy = value.at("policy");
  return {.seq = value.at("seq").get<std::int64_t>(),
          .time = microseconds(value.at("time")),
          .monotonic = microseconds(value.at("monotonic_us")),
          .what = {.action = value.at("action"),
                   .subject = value.at("subject"),
                   .object = value.at("object"),
                   .subject_label = value.at("subject_label"),
                   .object_label = value.at("object_label")},
          .decision = value.at("decision"),
          .rule = value.at("rule"),
          .message = value.at("message"),
          .reasons = monitor::dump(value.at("reasons")),
          .request = monitor::dump(value.at("request")),
          .mode = value.at("mode"),
          .policy = policy.at("name"),
          .version = policy.at("version"),
          .digest = policy.at("digest"),
          .who = {.via = value.at("via"),
                  .uid = value.at("uid"),
                  .gid = value.at("gid"),
                  .pid = value.at("pid"),
                  .executable = value.at("exe"),
                  .toolstack = value.at("toolstack")},
          .latency = microseconds(value.at("latency_us"))};
}

}  // namespace

std::string text_of(const Record& record) {
  const monitor::Description& what = record.what;
  const monitor::Caller& who = record.who;
  // INVARIANT: in the byte order of the names.
  return fmt::format(
      R"({{"action":{},"decision":{},"exe":{},"gid":{},"latency_us":{},"message":{},"mode":{},"monotonic_us":{},)"
      R"("object":{},"object_label":{},"pid":{},"policy":{{"digest":{},"name":{},"version":{}}},"reasons":{},)"
      R"("request":{},"rule":{},"seq":{},"subject":{},"subject_label":{},"time":{},"toolstack":{},"uid":{},"via":{}}})",
      quoted(what.action), quoted(record.decision), quoted(who.executable), who.gid, record.latency.count(),
      quoted(record.message), quoted(record.mode), record.monotonic.count(), quoted(what.object),
      quoted(what.object_label), who.pid, quoted(record.digest), quoted(record.policy), quoted(record.version),
      record.reasons, record.request, quoted(record.rule), record.seq, quoted(what.subject), quoted(what.subject_label),
      record.time.count(), quoted(who.toolstack), who.uid, quoted(who.via));
}

std::expected<Record, std::string> parse_record(std::string_view text) {
  if (!monitor::is_shallow(text)) return std::unexpected<std::string>("not an audit record: nested too deep");
  try {
    return read(json::parse(text));
  } catch (const json::exception& error) {
    return std::unexpected(std::string("not an audit record: ") + error.what());
  }
}

std::string toolstack_of(std::string_view executable) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kPrograms{{
      {"xl", "xl"},
      {"libvirtd", "libvirt"},
      {"virtxend", "libvirt"},
      {"xapi", "xapi"},
      {"xenopsd", "xapi"},
      {"xenopsd-xc", "xapi"},
      {"squeezed", "xapi"},
  }};
  const std::string_view program = executable.substr(executable.rfind('/') + 1);
  const auto* const found = std::ranges::find(kPrograms, program, &decltype(kPrograms)::value_type::first);
  return found == kPrograms.end() ? std::string() : std::string(found->second);
}

}  // namespace xenacm::audit
