// SPDX-License-Identifier: Apache-2.0
// Parts of a domain's admission that adoption, policy changes and views need too.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "enforcer/monitor/rules.h"

namespace xenacm::monitor {

// What is bound to the uuid, else to the name; none: nullptr (identity.cpp).
[[nodiscard]] const Binding* find_binding(const State& state, const DomainName& name, const Uuid& uuid);

// Its label, else __UNLABELED__ (identity.cpp).
[[nodiscard]] StoredLabel effective_label(const State& state, const DomainName& name, const Uuid& uuid);

// integrity: another domain holds the id (identity.cpp).
[[nodiscard]] std::optional<Reason> id_rule(const State& state, DomId domid, const DomainName& name);

// integrity: name and uuid belong to one label (identity.cpp).
[[nodiscard]] std::optional<Reason> name_rule(const State& state, const DomainName& as_named, const Uuid& uuid);

// The reasons themselves (identity.cpp).
[[nodiscard]] Reason contradiction(const DomainName& name, std::string message, std::string remedy);
[[nodiscard]] Reason never_admitted(DomId domid);

// What speaks against a start under the label, but for the domain id.
[[nodiscard]] std::vector<Reason> judge_start(const State& state, const StartDomain& start, const StoredLabel& label);

// The tickets that the start of the domain uses up; the nil uuid is any domain's of the name (tickets.cpp).
void drop_tickets_of(const State& state, const DomainName& name, const Uuid& uuid, Delta& delta);

// judge_start, with the domain's own tickets in nobody's way: what a label holds never conflicts with the same label,
// but the domain may have been labelled anew since (tickets.cpp).
[[nodiscard]] std::vector<Reason> judge_start_past_tickets(const State& state, const StartDomain& start,
                                                           const StoredLabel& label);

// What ends with the domain that holds the id, if one does: its record and its links (release.cpp).
[[nodiscard]] Delta release(const State& state, DomId domid);

// What speaks against the domain itself: label, authorisation, Chinese Wall.
[[nodiscard]] std::vector<Reason> judge_domain(const State& state, const Subject& domain);

// What speaks against linking two domains: their labels, or that they share no type; then the labels of a vif and of
// what it is plugged into, or of the link's resources (links.cpp).
void judge_vif(const State& state, const Subject& frontend, const Subject& backend, const VifName& vif,
               const Network& network, std::vector<Reason>& reasons);
void judge(const State& state, const Subject& frontend, const Subject& backend, const Link& link,
           std::vector<Reason>& reasons);

// The same of a link that stands, between domains that were judged already: all of it, also where one end has lost its
// label (links.cpp).
void judge_standing(const State& state, const Subject& frontend, const Subject& backend, const Link& link,
                    std::vector<Reason>& reasons);

// What speaks against what runs, judged as if it all started anew in the order of the domain ids: all of it
// (judge_running.cpp). Domain-0 may be without a label; nobody's authorisation is judged then.
[[nodiscard]] std::vector<Reason> judge_running(const State& state);

}  // namespace xenacm::monitor
