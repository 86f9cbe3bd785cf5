// SPDX-License-Identifier: Apache-2.0
#include <sys/timex.h>

#include <algorithm>

#include "labeltool/audit_pages.h"
#include "labeltool/doctor/records.h"

namespace xenacm::labeltool::doctor {

namespace {

using nlohmann::json;

// As systemd reads it: whatever disciplines the clock keeps the error that the kernel assumes below that.
bool is_synchronised() {
  constexpr long kMostMicroseconds = 16'000'000;
  timex state{};
  return ::adjtimex(&state) >= 0 && state.maxerror < kMostMicroseconds;
}

}  // namespace

std::expected<RecordFacts, Failure> look_at_records(const Context& context, const json& status) {
  constexpr unsigned kNotFound = 404;
  RecordFacts facts{.state = status.at("audit"), .unsound = {}};
  auto key = audit_key(context);
  if (!key && key.error().answer != kNotFound) return std::unexpected(key.error());
  facts.is_signed = key.has_value();
  const auto forgotten = forgotten_up_to(context);
  if (!forgotten) return std::unexpected(forgotten.error());
  // No checkpoint tells what the oldest record follows: that the log is not signed is a finding of its own.
  if (!facts.is_signed && *forgotten != 0) return facts;
  audit::Verifier verifier(key ? std::vector{*std::move(key)} : std::vector<audit::PublicKey>{}, *forgotten);
  if (const auto fed = feed_from_daemon(context, *forgotten, verifier); !fed) return std::unexpected(fed.error());
  facts.unsound = verifier.finish().finding;
  return facts;
}

std::expected<ClockFacts, Failure> look_at_clock(const Context& context, bool systemd) {
  const auto newest = ask(context, "GET", "/v1/audit?limit=1000");
  if (!newest) return std::unexpected(newest.error());
  ClockFacts facts{.systemd = systemd,
                   .synchronised = is_synchronised(),
                   .now = std::chrono::duration_cast<Micros>(std::chrono::system_clock::now().time_since_epoch())};
  for (const json& record : *newest) {
    facts.latest = std::max(facts.latest, Micros(record.value("time", std::int64_t{0})));
  }
  return facts;
}

}  // namespace xenacm::labeltool::doctor
