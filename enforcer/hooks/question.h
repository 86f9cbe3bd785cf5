// SPDX-License-Identifier: Apache-2.0
// What a hook asks acm-enforcerd, and what it makes of the answer.
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "enforcer/api/client.h"
#include "enforcer/hooks/settings.h"

namespace xenacm::hooks {

// Exit statuses. XAPI logs and ignores 1, so it is none of them.
enum class Status {
  allowed = 0,
  refused = 2,     // by the policy
  no_verdict = 3,  // the daemon did not answer, or what was to be asked is not understood: nothing starts unasked
};

struct Outcome {
  Status status = Status::allowed;
  std::string message;  // lines for standard error; empty: there is nothing to say
  std::string ticket;   // of a start that was allowed
};

[[nodiscard]] Outcome no_verdict(const std::string& why);

class Daemon {
 public:
  // `toolstack` is what the audit log is told: one of monitor::kToolstacks; empty: another.
  Daemon(const Settings& settings, std::string_view toolstack);

  // Asks for a ticket; `body` as POST /v1/tickets takes it.
  [[nodiscard]] Outcome ask_start(const nlohmann::json& body) const;

  // Asks whether a domain that runs may be given a device; `body` as POST /v1/whatif/attach takes it. None: the domain
  // does not run.
  [[nodiscard]] std::optional<Outcome> ask_attach(const nlohmann::json& body) const;

  // Of the tickets that no process holds, and that are for this domain.
  struct Identity {
    std::string name;
    std::string uuid;
  };
  [[nodiscard]] std::expected<std::vector<std::string>, Outcome> tickets_of(const Identity& domain) const;
  [[nodiscard]] Outcome give_back_tickets_of(const Identity& domain) const;

  // A warning where the domain runs without having been admitted.
  [[nodiscard]] Outcome check_running(const Identity& domain) const;

 private:
  [[nodiscard]] std::expected<nlohmann::json, Outcome> get(const std::string& target) const;

  api::Client client_;
};

}  // namespace xenacm::hooks
