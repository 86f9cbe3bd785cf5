// SPDX-License-Identifier: Apache-2.0
#include "enforcer/daemon/enforcer.h"

#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "enforcer/audit/notes.h"

namespace xenacm::daemon {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kWindUp{2};

outputs::OutputOptions output_options(const Config& config) {
  return {.names = config.audit.outputs,
          .group = config.api.group,
          .rotate_size = config.audit.rotate_size,
          .rotate_keep = static_cast<unsigned>(std::min<std::uint64_t>(config.audit.rotate_keep, 1'000'000))};
}

ledger::ArchiveOptions archive_options(const Config& config) {
  return {.keep_records = static_cast<std::int64_t>(config.audit.keep_records),
          .segment_records = static_cast<std::int64_t>(config.audit.segment_records),
          .keep_archives = static_cast<std::int64_t>(config.audit.keep_archives)};
}

}  // namespace

std::expected<std::unique_ptr<Enforcer>, std::string> Enforcer::make(const Config& config) {
  std::optional<PolicyKey> policy_key;
  if (!config.policy.trusted_key.empty()) {
    auto key = PolicyKey::read(config.policy.trusted_key);
    if (!key) return std::unexpected(key.error());
    policy_key = *std::move(key);
  }
  auto ledger = ledger::Ledger::open(config.state_dir);
  if (!ledger) return std::unexpected(ledger.error());
  auto state = ledger->load();
  if (!state) return std::unexpected(state.error());
  AuditTrail trail = open_audit_trail(*ledger, config);
  return std::unique_ptr<Enforcer>(
      new Enforcer(config, std::move(policy_key), *std::move(ledger), *std::move(state), std::move(trail)));
}

Enforcer::Enforcer(Config config, std::optional<PolicyKey> policy_key, ledger::Ledger ledger, monitor::State state,
                   AuditTrail trail)
    : config_(std::move(config)),
      policy_key_(std::move(policy_key)),
      audit_(config_.state_dir / ledger::kLedgerFile),
      history_(config_.state_dir / ledger::kLedgerFile),
      audit_alarms_(std::move(trail.alarms)),
      audit_key_(std::move(trail.key)),
      outputs_(std::make_unique<outputs::Outputs>(output_options(config_), config_.state_dir / ledger::kLedgerFile,
                                                  ledger.tip().seq)),
      archivist_(std::make_unique<ledger::Archivist>(archive_options(config_), config_.state_dir / ledger::kLedgerFile,
                                                     archive_changes())),
      committer_(std::make_unique<ledger::Committer>(std::move(ledger), std::move(state), committer_options(),
                                                     std::move(trail.notary))),
      watchdog_(gate_loop_, *committer_),
      resolver_(std::make_unique<resource::Resolver>()),
      bypass_(config_.gate.socket, [this](const xen::Bypass& seen) { note_alarm(seen); }),
      tickets_(std::make_unique<api::TicketWatch>(api_loop_, config_.hook.ticket_seconds,
                                                  [this](const std::string& ticket) { lapse(ticket); })),
      backend_(backend()) {
  if (auto hypervisor = xen::open_hypervisor()) {
    hypervisor_ = *std::move(hypervisor);
  } else {
    no_hypervisor_ = hypervisor.error();
  }
}

// API, guard and gate ask the committer through the resolver, and its answers come back through the event loops: so
// they end first, resolver and committer next, the loops last. Outputs get what the committer wrote until its end.
Enforcer::~Enforcer() {
  api_loop_.stop();
  if (api_thread_.joinable()) api_thread_.join();
  aside_.join();
  if (server_ != nullptr) server_->stop();
  server_.reset();
  audit_.stop();
  audit_thread_.join();
  guard_.reset();
  gate_.reset();
  bypass_.stop();
  resolver_->stop();
  archivist_->stop();
  committer_->stop();
  outputs_->stop();
}

// What a request names is looked at on its way to the committer. The answer is posted to the loop outside the resolver,
// which may wait for it: a loop that stopped must not hold it up.
monitor::Submit Enforcer::submit_to(asio::io_context* loop) {
  monitor::Submit submit =
      resolver_->over([this](monitor::Request request, monitor::Caller caller, monitor::Answer answer) {
        committer_->submit(std::move(request), std::move(caller), std::move(answer));
      });
  if (loop == nullptr) return submit;
  return [submit = std::move(submit), loop](monitor::Request request, monitor::Caller caller, monitor::Answer answer) {
    submit(std::move(request), std::move(caller), [loop, answer = std::move(answer)](const monitor::Reply& reply) {
      asio::post(*loop, [answer, reply] { answer(reply); });
    });
  };
}

// The hypervisor is asked once more before what depends on who runs: a domain that ended a moment ago stands in
// nobody's way.
monitor::Submit Enforcer::after_a_look(monitor::Submit submit) {
  return [this, submit = std::move(submit)](monitor::Request request, monitor::Caller caller, monitor::Answer answer) {
    if (guard_ == nullptr) return submit(std::move(request), std::move(caller), std::move(answer));
    guard_->look_then([submit, request = std::move(request), caller = std::move(caller), answer = std::move(answer)] {
      submit(request, caller, answer);
    });
  };
}

// Links do not wait for a look: both their ends run. A name may be one that a domain had which has just ended.
monitor::Submit Enforcer::submit_of_gate() {
  return [submit = submit_to(&gate_loop_), start = after_a_look(submit_to(&gate_loop_))](
             monitor::Request request, monitor::Caller caller, monitor::Answer answer) {
    const bool looks =
        std::holds_alternative<monitor::StartDomain>(request) || std::holds_alternative<monitor::RenameDomain>(request);
    const auto& next = looks ? start : submit;
    next(std::move(request), std::move(caller), std::move(answer));
  };
}

// What could not be recorded is gone with the state that it was in (architecture, "The ledger").
void Enforcer::lapse(const std::string& ticket) {
  committer_->submit(monitor::LapseTicket{ticket}, self(), [ticket](const monitor::Reply& reply) {
    if (!reply || !reply->allowed()) spdlog::warn("ticket {} could not be given back", ticket);
  });
}

void Enforcer::note_alarm(const xen::Bypass& seen) {
  const std::string who = seen.program + " (pid " + std::to_string(seen.pid) + ")";
  committer_->note({"alarm", who, std::string(to_text(seen.way))}, self());
}

void Enforcer::note_start() {
  for (const std::string& alarm : audit_alarms_) {
    spdlog::critical("audit log: {}. See labeltool audit verify", alarm);
    committer_->note({"alarm", "audit log", alarm}, self());
  }
  committer_->note({std::string(audit::kDaemonStart), "acm-enforcerd " XENACM_VERSION, ""}, self());
}

gate::GateOptions Enforcer::gate_options() {
  return {.socket = config_.gate.socket,
          .keeper = {.program = "/proc/self/exe", .on_death = *gate::on_death_of(config_.gate.on_death)},
          .taken = [this] { bypass_.gate_took_over(); }};
}

std::expected<void, std::string> Enforcer::start() {
  // Armed before xenstored's socket is taken: a signal that comes during the start is obeyed by run().
  signals_.async_wait([this](const boost::system::error_code& error, int signal) {
    if (error) return;
    spdlog::info("signal {}: stopping", signal);
    stop();
  });
  note_start();
  archivist_->start();
  if (config_.gate.enabled) {
    // From here on toolstacks connect to the gate, and wait: nothing is forwarded before run().
    gate_ = std::make_unique<gate::Gate>(gate_loop_, gate_options(), submit_of_gate());
    if (auto started = gate_->start(); !started) return std::unexpected(started.error());
    bypass_.start();
  }
  auto started = start_behind_gate();
  // Where a gate died before this one, requests are refused until one stands; else things are as they were.
  if (!started && gate_ != nullptr && !gate_->follows_a_death()) gate_->stop();
  return started;
}

std::expected<void, std::string> Enforcer::start_behind_gate() {
  if (config_.guard.enabled) {
    if (auto started = start_guard(); !started) return std::unexpected("guard: " + started.error());
  }
  server_ =
      std::make_unique<api::Server>(api_loop_, api::ServerOptions{config_.api.socket, config_.api.group}, backend_);
  return server_->start();
}

void Enforcer::run() {
  api_thread_ = std::jthread([this] { api_loop_.run(); });
  sd_notify(0, "READY=1");
  watchdog_.start();
  committer_->look([gate = gate_ != nullptr, guard = guard_ != nullptr](const monitor::State* state) {
    if (state == nullptr) return;
    const policy::PolicyRef& policy = state->tables().ref;
    spdlog::info("ready: {} policy {} {}, gate {}, guard {}", to_text(state->mode()), policy.name,
                 policy.version.text(), gate ? "on" : "off", guard ? "on" : "off");
  });
  gate_loop_.run();
  // What the gate had asked and can no longer carry out is given back.
  signals_.cancel();
  watchdog_.stop();
  gate_loop_.restart();
  gate_loop_.run_for(kWindUp);
}

void Enforcer::stop() {
  sd_notify(0, "STOPPING=1");
  committer_->note({"daemon stop", "acm-enforcerd " XENACM_VERSION, ""}, self());
  if (gate_ != nullptr) gate_->stop();
  gate_loop_.stop();
}

}  // namespace xenacm::daemon
