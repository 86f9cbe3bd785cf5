// SPDX-License-Identifier: Apache-2.0
// The policies that were in force, and the way back to one of them.
#include <charconv>
#include <map>
#include <memory>
#include <utility>

#include "enforcer/api/answer.h"
#include "enforcer/api/handlers.h"
#include "enforcer/api/views.h"
#include "policy/lineage.h"

namespace xenacm::api {

using nlohmann::json;

namespace {

// All documents of the history, and which of them the call names.
struct Chosen {
  std::vector<PastDocument> documents;
  std::size_t index = 0;
};

// None: the call is answered.
std::optional<Chosen> chosen_by(const Backend& backend, const Call& call, const Respond& respond) {
  const std::string& text = call.path.at(2);
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    respond(error_response(422, "'" + text + "' is no number of the policy history"));
    return std::nullopt;
  }
  auto documents = backend.documents();
  if (!documents) {
    respond(error_response(503, documents.error()));
    return std::nullopt;
  }
  if (number == 0 || number > documents->size()) {
    respond(error_response(404, "The policy history has no number " + text + "."));
    return std::nullopt;
  }
  return Chosen{*std::move(documents), number - 1};
}

// Each document once, by its text.
using Compilations = std::map<std::string, std::shared_ptr<const policy::Compiled>>;

std::expected<Compilations, policy::Diagnostics> compile_all(const std::vector<PastDocument>& documents) {
  Compilations compilations;
  for (const auto& [document, signature] : documents) {
    if (compilations.contains(document)) continue;
    auto compiled = policy::compile_document(document);
    if (!compiled) return std::unexpected(std::move(compiled.error()));
    compilations.emplace(document, std::make_shared<const policy::Compiled>(*std::move(compiled)));
  }
  return compilations;
}

}  // namespace

void get_history(const Backend& backend, const Call&, const Respond& respond) {
  const auto history = backend.history();
  respond(history ? json_response(200, *history) : error_response(503, history.error()));
}

void get_past_document(const Backend& backend, const Call& call, const Respond& respond) {
  const auto chosen = chosen_by(backend, call, respond);
  if (chosen) respond(Response{200, chosen->documents[chosen->index].text, "application/xml"});
}

void post_rollback(const Backend& backend, const Call& call, const Respond& respond) {
  aside(backend, respond, [&backend, call, respond] {
    const auto chosen = chosen_by(backend, call, respond);
    if (!chosen) return;
    const auto compilations = compile_all(chosen->documents);
    if (!compilations) return respond(json_response(422, diagnostics_view(compilations.error())));
    std::vector<policy::Reign> reigns;
    for (const PastDocument& document : chosen->documents) {
      const policy::Compiled& compiled = *compilations->at(document.text);
      reigns.push_back({compiled.tables.ref.digest, &compiled.policy});
    }
    const PastDocument& document = chosen->documents[chosen->index];
    monitor::SetPolicy request{
        .compiled = compilations->at(document.text),
        .document = std::make_shared<const std::string>(document.text),
        .most_invalidated = most_invalidated(backend, call),
        .back = {{reigns.back().digest, policy::lineage_back(reigns, chosen->index)}},
    };
    if (!document.signature.empty()) request.signature = document.signature;
    judge_signature(backend, request);
    submit(backend, call, std::move(request), respond);
  });
}

}  // namespace xenacm::api
