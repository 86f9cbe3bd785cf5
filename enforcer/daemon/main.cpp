// SPDX-License-Identifier: Apache-2.0
// acm-enforcerd: the monitor's daemon in Domain-0.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <optional>

#include "enforcer/daemon/enforcer.h"
#include "enforcer/daemon/policy_key.h"
#include "enforcer/gate/keeper.h"
#include "enforcer/gate/socket_takeover.h"
#include "enforcer/ledger/audit_reader.h"
#include "enforcer/ledger/ledger.h"

namespace {

using namespace xenacm;

struct Arguments {
  std::string config{daemon::kDefaultConfig};
  std::string state_dir;
  bool check = false;
  bool export_audit = false;
  bool release_socket = false;
  std::vector<std::string> keep_socket;
};

int fail(const std::string& message) {
  std::cerr << "Error: " << message << '\n';
  return 1;
}

// The default file need not exist; one that was named must.
std::expected<daemon::Config, std::string> configuration(const Arguments& arguments) {
  daemon::Config config;
  if (arguments.config != daemon::kDefaultConfig || std::filesystem::exists(arguments.config)) {
    auto read = daemon::read_config(arguments.config);
    if (!read) return read;
    config = *std::move(read);
  }
  if (!arguments.state_dir.empty()) config.state_dir = arguments.state_dir;
  return config;
}

// Changes nothing: where there is no ledger yet, none is made.
int check(const daemon::Config& config) {
  if (!std::filesystem::exists(config.state_dir / ledger::kLedgerFile)) {
    std::cout << "The configuration is sound. There is no ledger in " << config.state_dir.string() << " yet.\n";
    return 0;
  }
  const auto ledger = ledger::Ledger::open(config.state_dir);
  if (!ledger) return fail(ledger.error());
  if (const auto state = ledger->load(); !state) return fail(state.error());
  if (const auto& key = config.policy.trusted_key; !key.empty()) {
    if (const auto read = daemon::PolicyKey::read(key); !read) return fail(read.error());
  }
  std::cout << "The configuration and the ledger in " << config.state_dir.string() << " are sound.\n";
  return 0;
}

// Beside a daemon that runs, or without one.
int export_audit(const daemon::Config& config) {
  const ledger::AuditReader audit(config.state_dir / ledger::kLedgerFile);
  for (std::optional<std::int64_t> last;;) {
    const auto lines = audit.lines(last, ledger::kMaxAuditPage);
    if (!lines) return fail(lines.error());
    if (lines->text.empty()) break;
    std::cout << lines->text;
    last = lines->last;
  }
  std::cout.flush();
  return std::cout ? 0 : fail("the audit log could not be written out");
}

int serve(const daemon::Config& config) {
  auto enforcer = daemon::Enforcer::make(config);
  if (!enforcer) return fail(enforcer.error());
  try {
    if (auto started = (*enforcer)->start(); !started) return fail(started.error());
    (*enforcer)->run();
  } catch (const std::exception& error) {
    return fail(error.what());  // what becomes of xenstored's socket is its keeper's
  }
  return 0;
}

// Each client of the gate takes two descriptors.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app{"acm-enforcerd: label-based mandatory access control for the domains of a Xen host"};
  app.add_option("--config", arguments.config, "configuration file (TOML)")->capture_default_str();
  app.add_option("--state-dir", arguments.state_dir, "folder of the ledger, over the configuration's state_dir");
  app.add_flag("--check", arguments.check, "verify configuration and ledger, then exit");
  app.add_flag("--export-audit", arguments.export_audit,
               "write the audit log to standard output, a record a line, then exit; a daemon may run");
  app.add_flag("--release-socket", arguments.release_socket,
               "give xenstored its socket back after a crash, then exit; nothing is enforced from then on");
  // What the daemon starts for itself; no word of the help.
  app.add_option(gate::kKeeperOption, arguments.keep_socket)->expected(4)->group("");
  app.set_version_flag("--version", "acm-enforcerd " XENACM_VERSION);
  CLI11_PARSE(app, argc, argv);

  std::signal(SIGPIPE, SIG_IGN);
  if (!arguments.keep_socket.empty()) {
    const auto keeping = gate::keeping_of(arguments.keep_socket);
    return keeping ? gate::keep(*keeping) : fail(keeping.error());
  }
  spdlog::set_default_logger(spdlog::stderr_logger_mt("acm-enforcerd"));
  ::umask(0077);  // the ledger is root's alone: others read it through the API
  auto config = configuration(arguments);
  if (!config && arguments.release_socket) {
    // The way out of a configuration that the daemon does not start with.
    spdlog::warn("{}; xenstored's socket is taken to be where it is by default", config.error());
    config = daemon::Config{};
  }
  if (!config) return fail(config.error());
  spdlog::set_level(spdlog::level::from_str(config->log_level));

  if (arguments.release_socket) {
    const auto released = gate::release(config->gate.socket);
    return released ? 0 : fail(released.error());
  }
  if (arguments.check) return check(*config);
  if (arguments.export_audit) return export_audit(*config);
  raise_descriptor_limit();
  return serve(*config);
}
