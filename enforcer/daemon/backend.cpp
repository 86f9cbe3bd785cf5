// SPDX-License-Identifier: Apache-2.0
// What the API stands on, made of the daemon's parts.
#include <boost/asio/post.hpp>
#include <nlohmann/json.hpp>
#include <utility>

#include "enforcer/daemon/enforcer.h"
#include "enforcer/ledger/archive_file.h"

namespace xenacm::daemon {

namespace asio = boost::asio;
using nlohmann::json;

namespace {

json info_json(const xen::DomainInfo& domain) {
  return {{"domid", domain.domid.get()},
          {"uuid", domain.uuid.get()},
          {"memory_mib", domain.memory_kib / 1024},
          {"vcpus", domain.vcpus},
          {"state", domain.state},
          {"cpu_seconds", std::chrono::duration<double>(domain.cpu_time).count()}};
}

// What would be answered; nothing is changed.
monitor::Reply asked(const monitor::State& state, const monitor::Request& request) {
  try {
    const monitor::Outcome outcome = monitor::decide(state, request);
    if (outcome) return outcome->verdict;
    return std::unexpected(outcome.error());
  } catch (const std::exception& error) {
    return std::unexpected(monitor::Fault{monitor::FaultCode::conflict, error.what()});
  }
}

json finding_json(const resource::Finding& finding) {
  return {{"finding", resource::to_text(finding.kind)},
          {"name", finding.name.get()},
          {"label", finding.label},
          {"what", finding.what},
          {"mends", finding.mends}};
}

std::vector<resource::Record> records_of(const monitor::State& state) {
  std::vector<resource::Record> records;
  for (const auto& [name, labelled] : state.resources()) {
    records.push_back({name, labelled.label.text(), labelled.identity});
  }
  return records;
}

// A record for reading: without the request that replays need.
json record_json(const std::string& record) {
  json value = json::parse(record, nullptr, false);
  if (value.is_object()) value.erase("request");
  return value;
}

std::expected<json, std::string> audit_json(const ledger::AuditReader& audit, const audit::Filter& filter) {
  const auto records = audit.read(filter);
  if (!records) return std::unexpected(records.error());
  json list = json::array();
  for (const audit::Line& line : *records) {
    list.push_back(record_json(line.record));
    if (!list.back().is_object()) {
      return std::unexpected("the audit log has a line that is no record; labeltool audit verify tells which: " +
                             line.record.substr(0, 80));
    }
  }
  return list;
}

std::expected<json, std::string> checkpoints_json(const ledger::AuditReader& audit, std::optional<std::int64_t> after,
                                                  std::int64_t limit) {
  const auto checkpoints = audit.checkpoints(after, limit);
  if (!checkpoints) return std::unexpected(checkpoints.error());
  json list = json::array();
  for (const auto& [seq, text] : *checkpoints) list.push_back({{"seq", seq}, {"text", text}});
  const auto head = audit.head();
  return json{{"checkpoints", list}, {"head", head ? json(*head) : json()}};
}

json key_json(const std::optional<audit::PublicKey>& key) {
  return key ? json{{"key", key->id()}, {"public_key", key->pem()}} : json();
}

std::expected<json, std::string> archives_json(const ledger::AuditReader& audit) {
  const auto segments = audit.archives();
  if (!segments) return std::unexpected(segments.error());
  json list = json::array();
  for (const ledger::Segment& segment : *segments) {
    list.push_back({{"first", segment.first},
                    {"last", segment.last},
                    {"hash", audit::to_hex(segment.hash)},
                    {"file", ledger::archive_file(ledger::kArchiveFolder, segment).string()}});
  }
  return list;
}

std::expected<json, std::string> history_json(const ledger::PolicyHistory& history) {
  const auto policies = history.list();
  if (!policies) return std::unexpected(policies.error());
  json list = json::array();
  for (const ledger::PastPolicy& past : *policies) {
    list.push_back({{"number", past.number},
                    {"name", past.name},
                    {"version", past.version},
                    {"digest", past.digest},
                    {"set", past.set ? record_json(*past.set) : json()}});
  }
  return list;
}

// Reads on `thread`, and tells what was read from there.
template <class Told, class Read>
auto apart(asio::thread_pool& thread, Read read) {
  return [&thread, read](const auto& what, Told told) {
    asio::post(thread, [read, what, told = std::move(told)] { told(read(what)); });
  };
}

std::expected<std::vector<api::PastDocument>, std::string> documents_of(const ledger::PolicyHistory& history) {
  auto documents = history.documents();
  if (!documents) return std::unexpected(documents.error());
  std::vector<api::PastDocument> past;
  for (ledger::PastDocument& document : *documents) {
    past.push_back({std::move(document.text), std::move(document.signature)});
  }
  return past;
}

}  // namespace

monitor::Submit Enforcer::whatif_of_api() {
  return resolver_->over([this](monitor::Request request, const monitor::Caller&, monitor::Answer answer) {
    committer_->look([request = std::move(request), answer = std::move(answer)](const monitor::State* state) {
      if (state == nullptr) {
        return answer(std::unexpected(monitor::Fault{monitor::FaultCode::conflict, "the ledger cannot be read"}));
      }
      answer(asked(*state, request));
    });
  });
}

api::Backend Enforcer::backend() {
  return {.submit = after_a_look(submit_to(&api_loop_)),
          .whatif = whatif_of_api(),
          .look = [this](ledger::Committer::Look look) { committer_->look(std::move(look)); },
          .audit = apart<api::Backend::ToldJson>(
              audit_thread_, [this](const audit::Filter& filter) { return audit_json(audit_, filter); }),
          .audit_lines = apart<api::Backend::ToldText>(
              audit_thread_,
              [this](const api::AuditPage& page) -> std::expected<std::string, std::string> {
                auto lines = audit_.lines(page.after, page.limit);
                if (!lines) return std::unexpected(std::move(lines.error()));
                return std::move(lines->text);
              }),
          .audit_checkpoints = apart<api::Backend::ToldJson>(
              audit_thread_,
              [this](const api::AuditPage& page) { return checkpoints_json(audit_, page.after, page.limit); }),
          .audit_key = key_json(audit_key_),
          .history = [this] { return history_json(history_); },
          .documents = [this] { return documents_of(history_); },
          .distrust = [this](const std::string& document, const std::string& signature) -> std::optional<std::string> {
            if (!policy_key_) return std::nullopt;
            return policy_key_->distrust(document, signature);
          },
          .aside = [this](std::function<void()> work) { asio::post(aside_, std::move(work)); },
          .most_invalidated = config_.policy.most_invalidated,
          .domains = [this]() -> std::expected<json, std::string> {
            if (hypervisor_ == nullptr) return std::unexpected(no_hypervisor_);
            const auto domains = hypervisor_->domains();
            if (!domains) return std::unexpected(domains.error());
            json list = json::array();
            for (const xen::DomainInfo& domain : *domains) list.push_back(info_json(domain));
            return list;
          },
          .identify =
              [this](const monitor::Resource& resource, const std::function<void(monitor::Resource)>& seen) {
                // Any request that names it will do, for the resolver to look at it; this one goes no further.
                const monitor::Submit look = resolver_->over(
                    [seen](const monitor::Request& request, const monitor::Caller&, const monitor::Answer&) {
                      seen(std::get<monitor::UnlabelResource>(request).resource);
                    });
                look(monitor::UnlabelResource{resource}, {}, {});
              },
          .check_resources =
              [this](const std::function<void(std::optional<json>)>& found) {
                committer_->look([this, found](const monitor::State* state) {
                  if (state == nullptr) return found(std::nullopt);
                  resolver_->check(records_of(*state), [found](const std::vector<resource::Finding>& findings) {
                    json list = json::array();
                    for (const resource::Finding& finding : findings) list.push_back(finding_json(finding));
                    found(std::move(list));
                  });
                });
              },
          .tally = [this]() -> const monitor::Tally& { return committer_->tally(); },
          .tickets = tickets_.get(),
          .lines = [this] { return lines(); },
          .audit_state = [this] { return audit_state(); },
          .archives = [this] { return archives_json(audit_); }};
}

json Enforcer::lines() const {
  json gate{{"enabled", gate_ != nullptr}};
  if (gate_ != nullptr) {
    gate.update({{"socket", config_.gate.socket.string()},
                 {"connections", gate_->connections()},
                 {"waiting", gate_->waiting()},
                 {"forwarded", gate_->counters().forwarded.load()},
                 {"judged", gate_->counters().judged.load()},
                 {"refused", gate_->counters().refused.load()}});
    gate.update(bypass_.seen());
  }
  json guard{{"enabled", guard_ != nullptr}};
  if (guard_ != nullptr) {
    guard::Alarms::Told alarms = guard_->alarms();
    guard.update({{"looks", guard_->looks()}, {"alarms", alarms.count}, {"last_alarm", std::move(alarms.last)}});
  }
  return {{"gate", gate}, {"guard", guard}};
}

}  // namespace xenacm::daemon
