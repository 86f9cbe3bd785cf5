// SPDX-License-Identifier: Apache-2.0
// The daemon's parts, wired together.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "enforcer/api/server.h"
#include "enforcer/api/ticket_watch.h"
#include "enforcer/daemon/audit_trail.h"
#include "enforcer/daemon/bypass_watch.h"
#include "enforcer/daemon/config.h"
#include "enforcer/daemon/policy_key.h"
#include "enforcer/daemon/watchdog.h"
#include "enforcer/gate/gate.h"
#include "enforcer/guard/guard.h"
#include "enforcer/ledger/archivist.h"
#include "enforcer/ledger/audit_reader.h"
#include "enforcer/ledger/committer.h"
#include "enforcer/ledger/policy_history.h"
#include "enforcer/outputs/outputs.h"
#include "enforcer/resource/resolver.h"
#include "enforcer/xen/hypervisor.h"

namespace xenacm::daemon {

// As whom the daemon records what it does of its own accord.
[[nodiscard]] monitor::Caller self();

// Gate, API, guard, resolver, committer, the audit log's reader and each of its outputs work on a thread each: nobody's
// question to the API holds up a toolstack.
class Enforcer {
 public:
  // Opens the ledger, and makes the audit log's key where there is none. The error says what is wrong with the ledger,
  // or who else holds it.
  [[nodiscard]] static std::expected<std::unique_ptr<Enforcer>, std::string> make(const Config& config);
  ~Enforcer();
  Enforcer(const Enforcer&) = delete;
  Enforcer& operator=(const Enforcer&) = delete;

  // Takes over xenstored's socket, brings the ledger in line with the hypervisor, opens the API: in this order, so that
  // nothing is decided before what runs is known.
  [[nodiscard]] std::expected<void, std::string> start();

  // Serves until `stop` is called or a signal asks for the end.
  void run();
  // Gives the socket back and ends `run`.
  void stop();

 private:
  Enforcer(Config config, std::optional<PolicyKey> policy_key, ledger::Ledger ledger, monitor::State state,
           AuditTrail trail);

  [[nodiscard]] api::Backend backend();
  [[nodiscard]] monitor::Submit submit_to(boost::asio::io_context* loop);
  [[nodiscard]] monitor::Submit whatif_of_api();
  [[nodiscard]] monitor::Submit after_a_look(monitor::Submit submit);
  [[nodiscard]] monitor::Submit submit_of_gate();
  void lapse(const std::string& ticket);
  void note_alarm(const xen::Bypass& seen);
  void note_start();
  [[nodiscard]] gate::GateOptions gate_options();
  [[nodiscard]] std::expected<void, std::string> start_guard();
  [[nodiscard]] std::expected<void, std::string> start_behind_gate();
  [[nodiscard]] nlohmann::json lines() const;
  // audit_log.cpp
  [[nodiscard]] ledger::CommitterOptions committer_options();
  [[nodiscard]] ledger::Archivist::Changes archive_changes();
  [[nodiscard]] nlohmann::json audit_state() const;

  Config config_;
  std::optional<PolicyKey> policy_key_;
  boost::asio::io_context gate_loop_{1};  // of the thread that calls run()
  boost::asio::io_context api_loop_{1};
  boost::asio::signal_set signals_{gate_loop_, SIGTERM, SIGINT, SIGHUP};
  ledger::AuditReader audit_;
  boost::asio::thread_pool audit_thread_{1};  // reads the audit log for the API
  ledger::PolicyHistory history_;
  std::vector<std::string> audit_alarms_;  // of the start
  std::optional<audit::PublicKey> audit_key_;
  std::unique_ptr<outputs::Outputs> outputs_;
  std::unique_ptr<ledger::Archivist> archivist_;
  std::unique_ptr<ledger::Committer> committer_;
  Watchdog watchdog_;
  std::unique_ptr<resource::Resolver> resolver_;
  std::unique_ptr<xen::Hypervisor> hypervisor_;  // the API's; the guard has one of its own
  std::string no_hypervisor_;                    // why there is none
  BypassWatch bypass_;
  std::unique_ptr<gate::Gate> gate_;
  std::unique_ptr<guard::Guard> guard_;
  std::unique_ptr<api::TicketWatch> tickets_;
  api::Backend backend_;
  std::unique_ptr<api::Server> server_;
  boost::asio::thread_pool aside_{1};  // what the API does not wait for: policies are compiled
  std::jthread api_thread_;
};

}  // namespace xenacm::daemon
