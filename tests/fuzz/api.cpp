// SPDX-License-Identifier: Apache-2.0
// Requests to the API, as its server hands them to the routes: lines "METHOD TARGET", each with a body below it; a byte
// 0xff ends a request. What comes of all of them can be derived again from the records of them.
// Meant for: enforcer/api/*routes.cpp enforcer/api/answer.cpp enforcer/api/audit_query.cpp
// Meant for: enforcer/api/domain_json.cpp enforcer/api/start_request.cpp enforcer/api/target.cpp
// Meant for: enforcer/api/views.cpp
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <fstream>
#include <iterator>
#include <set>

#include "enforcer/api/routes.h"
#include "enforcer/api/target.h"
#include "enforcer/api/ticket_watch.h"
#include "enforcer/audit/derive.h"
#include "enforcer/audit/replay.h"
#include "enforcer/monitor/json.h"
#include "enforcer/monitor/request_json.h"
#include "enforcer/monitor/state_json.h"
#include "tests/fuzz/fuzz.h"

// libxlutil does not free what it has read of a configuration that it then refuses.
extern "C" const char* __lsan_default_suppressions() { return "leak:libxlutil\n"; }

namespace {

using namespace xenacm;
using namespace xenacm::monitor;
using fuzz::require;
using nlohmann::json;

std::string document_of(const char* file) {
  std::ifstream in(std::filesystem::path(XENACM_SOURCE_DIR) / "examples/policies" / file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

PutPolicy policy_of(const char* file) {
  const std::string text = document_of(file);
  return {std::make_shared<const policy::Compiled>(*policy::compile_document(text)),
          std::make_shared<const std::string>(text)};
}

// Two domains that run, and labels on a few things.
const State& first_state() {
  static const State state = [] {
    const PutPolicy mytest = policy_of("mytest-security_policy.xml");
    State made(mytest.compiled, mytest.document);
    const StoredLabel bank{"mytest", "A-Bank"};
    made.apply(PutRunning{{DomId(3), Uuid("11111111-0000-4000-8000-000000000000"), DomainName("a"), bank}});
    made.apply(PutRunning{{DomId(4), Uuid("22222222-0000-4000-8000-000000000000"), DomainName("nicdom"), bank}});
    made.apply(PutBinding{DomainName("b"), {{"mytest", "B-Bank"}, std::nullopt, std::nullopt}});
    made.apply(PutResource{ResourceName("file:/vm/a.img"), {bank, Identity{"fs:1:2", "3", "4"}}});
    made.apply(PutVifLabel{{DomainName("b"), 0}, bank});
    made.apply(PutMode{"", Mode::enforcing});
    return made;
  }();
  return state;
}

// The monitor and its audit log, without a ledger.
class Host {
 public:
  Host() : tickets_(loop_, std::chrono::seconds(60), [](const std::string&) {}) {}

  api::Response call(const api::Call& call) {
    const json rows = to_json(state_);
    int answers = 0;
    api::Response answer;
    submitted_ = 0;
    api::route(backend_, call, [&](api::Response response) {
      ++answers;
      answer = std::move(response);
    });
    require(answers == 1, "a call is answered once");
    require(submitted_ <= 1 && (call.method != "GET" || submitted_ == 0), "a GET asks for no change");
    require(answer.status < 400 || to_json(state_) == rows, "what is refused changes nothing");
    return answer;
  }

 private:
  void check_replay(audit::Record record) {
    record.seq = ++seq_;
    for (const audit::Difference& difference : replay_.feed(audit::text_of(record))) {
      std::fprintf(stderr, "%s: recorded %s, derived %s\n", difference.what.c_str(), difference.recorded.c_str(),
                   difference.derived.c_str());
      require(false, "what is recorded can be derived again");
    }
  }

  // A log that does not begin at record 1 begins with a snapshot.
  void begin_log() {
    audit::Record snapshot;
    snapshot.request = monitor::dump(to_json(state_));
    check_replay(audit::under(state_, snapshot));
  }

  void submit(const Request& request, const Answer& answer) {
    ++submitted_;
    if (replay_.records() == 0) begin_log();
    const auto again = request_from_json(json::parse(monitor::dump(to_json(request))));
    require(again && to_json(*again) == to_json(request), "the audit log keeps a request as it was");
    Outcome outcome = audit::outcome_of(state_, request);
    check_replay(audit::record_of(state_, request, outcome));
    if (!outcome) return answer(std::unexpected(outcome.error()));
    require(outcome->verdict.allowed() || !outcome->verdict.reasons.empty(), "a denial has a reason");
    state_.apply(outcome->delta);
    answer(outcome->verdict);
  }

  void whatif(const Request& request, const Answer& answer) const {
    const Outcome outcome = audit::outcome_of(state_, request);
    answer(outcome ? Reply(outcome->verdict) : Reply(std::unexpected(outcome.error())));
  }

  [[nodiscard]] api::Backend backend() {
    return {.submit = [this](const Request& request, const Caller&, const Answer& answer) { submit(request, answer); },
            .whatif = [this](const Request& request, const Caller&, const Answer& answer) { whatif(request, answer); },
            .look = [this](const std::function<void(const State*)>& told) { told(&state_); },
            .audit = [](const audit::Filter&, const api::Backend::ToldJson& told) { told(json::array()); },
            .audit_lines = [](const api::AuditPage&, const api::Backend::ToldText& told) { told(std::string()); },
            .audit_checkpoints = [](const api::AuditPage&, const api::Backend::ToldJson& told) { told(json::array()); },
            .audit_key = nullptr,
            .history = [] { return json::array(); },
            .documents =
                [] {
                  return std::vector<api::PastDocument>{{std::string(policy::default_document()), ""},
                                                        {document_of("mytest-security_policy.xml"), "c2ln"}};
                },
            .distrust = {},
            .aside = [](const std::function<void()>& work) { work(); },
            .most_invalidated = 50,
            .domains = [] { return json::array({{{"domid", 3}, {"uuid", "11111111-0000-4000-8000-000000000000"}}}); },
            .identify = [](Resource resource, const std::function<void(Resource)>& told) { told(std::move(resource)); },
            .check_resources = [](const std::function<void(std::optional<json>)>& told) { told(json::array()); },
            .tally = [this]() -> const monitor::Tally& { return tally_; },
            .tickets = &tickets_,
            .lines = [] { return json{{"gate", {{"enabled", true}}}, {"guard", {{"enabled", true}}}}; },
            .audit_state =
                [] {
                  json state{{"writable", true}, {"archive_error", ""}, {"outputs", json::array()}};
                  for (const char* number :
                       {"gaps", "refused", "let_through", "late", "archived_to", "waiting", "last_record",
                        "checkpoint_record", "checkpoint_time", "ledger_bytes", "wal_bytes"}) {
                    state[number] = 0;
                  }
                  return state;
                },
            .archives = [] { return json::array(); }};
  }

  State state_ = first_state();
  monitor::Tally tally_;
  boost::asio::io_context loop_;
  api::TicketWatch tickets_;
  audit::Replay replay_;
  std::int64_t seq_ = 1;  // record 1 is a new ledger's
  int submitted_ = 0;
  const api::Backend backend_ = backend();
};

void check(const api::Response& response) {
  static const std::set<unsigned> kStatuses{200, 400, 403, 404, 405, 409, 422};
  require(kStatuses.contains(response.status),
          "a status that the specification knows; nothing here keeps the ledger from being read");
  if (response.type != "application/json") return;
  const json body = json::parse(response.body, nullptr, false);
  require(!body.is_discarded(), "an answer is JSON");
  const bool refused = response.status >= 400;
  require(!refused || !body.at("error").at("message").get<std::string>().empty(), "a refusal says why");
}

api::Call call_of(std::string_view text, bool& understood) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  const std::size_t blank = std::min(line.find(' '), line.size());
  api::Call call{.method = std::string(line.substr(0, blank)),
                 .body = std::string(text.substr(std::min(end + 1, text.size()))),
                 .caller = {.via = "api", .pid = ::getpid()}};
  understood = read_target(line.substr(std::min(blank + 1, line.size())), call);
  return call;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = fuzz::text_of(data, size);
  Host host;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\xff'), text.size());
    bool understood = false;
    const api::Call call = call_of(text.substr(0, end), understood);
    if (understood) check(host.call(call));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return 0;
}
