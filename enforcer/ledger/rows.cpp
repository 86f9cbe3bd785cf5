// SPDX-License-Identifier: Apache-2.0
#include "enforcer/ledger/rows.h"

#include <map>
#include <stdexcept>
#include <utility>

#include "enforcer/ledger/column.h"
#include "enforcer/monitor/verdict.h"

namespace xenacm::ledger {

using namespace monitor;  // the changes, one to a statement

namespace {

// Binds `values` to the statement's parameters in their order and runs it.
template <class... Values>
void run(SQLite::Database& db, const char* sql, const Values&... values) {
  SQLite::Statement statement(db, sql);
  int index = 0;
  (statement.bind(++index, values), ...);
  statement.exec();
}

// place, birth and mark from the parameter `first` on; NULL where there is no identity.
void bind_identity(SQLite::Statement& statement, int first, const std::optional<Identity>& identity) {
  if (!identity) return;
  statement.bind(first, identity->place);
  statement.bind(first + 1, identity->birth);
  statement.bind(first + 2, identity->mark);
}

int flag(bool value) { return value ? 1 : 0; }

struct Writer {
  SQLite::Database& db;

  void operator()(const PutBinding& put) const {
    const Binding& b = put.binding;
    SQLite::Statement statement(db,
                                "REPLACE INTO binding (name, uuid, policy, label, valid, configured_policy, "
                                "configured_label) VALUES (?, ?, ?, ?, ?, ?, ?)");
    statement.bind(1, put.name.get());
    if (b.uuid) statement.bind(2, b.uuid->get());
    statement.bind(3, b.label.policy);
    statement.bind(4, b.label.label);
    statement.bind(5, flag(b.label.valid));
    if (b.configured) {
      statement.bind(6, b.configured->policy);
      statement.bind(7, b.configured->label);
    }
    statement.exec();
  }
  void operator()(const DropBinding& drop) const { run(db, "DELETE FROM binding WHERE name = ?", drop.name.get()); }
  void operator()(const PutResource& put) const {
    const StoredLabel& label = put.resource.label;
    SQLite::Statement statement(
        db, "REPLACE INTO resource (name, policy, label, valid, place, birth, mark) VALUES (?, ?, ?, ?, ?, ?, ?)");
    statement.bind(1, put.name.get());
    statement.bind(2, label.policy);
    statement.bind(3, label.label);
    statement.bind(4, flag(label.valid));
    bind_identity(statement, 5, put.resource.identity);
    statement.exec();
  }
  void operator()(const DropResource& drop) const { run(db, "DELETE FROM resource WHERE name = ?", drop.name.get()); }
  void operator()(const PutVifLabel& put) const {
    run(db, "REPLACE INTO vif_label (domain, number, policy, label, valid) VALUES (?, ?, ?, ?, ?)",
        put.vif.domain.get(), std::int64_t{put.vif.index}, put.label.policy, put.label.label, flag(put.label.valid));
  }
  void operator()(const DropVifLabel& drop) const {
    run(db, "DELETE FROM vif_label WHERE domain = ? AND number = ?", drop.vif.domain.get(),
        std::int64_t{drop.vif.index});
  }
  void operator()(const PutRunning& put) const {
    const RunningDomain& d = put.domain;
    run(db, "REPLACE INTO running (domid, uuid, name, policy, label, valid, adopted) VALUES (?, ?, ?, ?, ?, ?, ?)",
        int{d.domid.get()}, d.uuid.get(), d.name.get(), d.label.policy, d.label.label, flag(d.label.valid),
        flag(d.adopted));
  }
  void operator()(const DropRunning& drop) const {
    run(db, "DELETE FROM running WHERE domid = ?", int{drop.domid.get()});
  }
  void operator()(const PutTicket& /*put*/) const {}  // tickets end with the daemon (delta.h)
  void operator()(const DropTicket& /*drop*/) const {}
  void operator()(const PutLink& put) const {
    const LinkKey& key = put.link.key;
    const int frontend = key.frontend.get();
    const int backend = key.backend.get();
    const std::int64_t device = key.device;
    run(db, "REPLACE INTO link (class, frontend, backend, device, bridge, nic) VALUES (?, ?, ?, ?, ?, ?)",
        key.device_class, frontend, backend, device, put.link.network.bridge, put.link.network.nic);
    for (const Resource& resource : put.link.resources) {
      SQLite::Statement row(
          db,
          "REPLACE INTO link_resource (class, frontend, backend, device, resource, place, birth, mark) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
      row.bind(1, key.device_class);
      row.bind(2, frontend);
      row.bind(3, backend);
      row.bind(4, device);
      row.bind(5, resource.name.get());
      bind_identity(row, 6, resource.identity);
      row.exec();
    }
  }
  void operator()(const DropLink& drop) const {
    run(db, "DELETE FROM link WHERE class = ? AND frontend = ? AND backend = ? AND device = ?", drop.key.device_class,
        int{drop.key.frontend.get()}, int{drop.key.backend.get()}, std::int64_t{drop.key.device});
  }
  void operator()(const PutMode& put) const {
    run(db, "REPLACE INTO mode (label, mode) VALUES (?, ?)", put.label, std::string(to_text(put.mode)));
  }
  void operator()(const DropMode& drop) const { run(db, "DELETE FROM mode WHERE label = ?", drop.label); }
  void operator()(const PutPolicy& put) const {
    const policy::PolicyRef& ref = put.compiled->tables.ref;
    run(db, "INSERT OR IGNORE INTO policy (digest, name, version, document) VALUES (?, ?, ?, ?)", ref.digest, ref.name,
        ref.version.text(), *put.document);
    if (!put.signature.empty()) {
      run(db, "UPDATE policy SET signature = ? WHERE digest = ?", put.signature, ref.digest);
    }
    run(db, "REPLACE INTO enforced (id, digest) VALUES (1, ?)", ref.digest);
    // The record of the change precedes it in the same transaction.
    run(db, "INSERT INTO history (digest, audit) SELECT ?, coalesce(max(seq), 0) FROM audit", ref.digest);
  }
};

StoredLabel label_of(SQLite::Statement& row) {
  return {text_column(row, "policy"), text_column(row, "label"), row.getColumn("valid").getInt() != 0};
}

// A number that does not fit would pass for another one.
template <class Number>
Number number(SQLite::Statement& row, const char* column) {
  const std::int64_t value = row.getColumn(column).getInt64();
  if (std::in_range<Number>(value)) return static_cast<Number>(value);
  throw std::runtime_error("there is no " + std::string(column) + " " + std::to_string(value));
}

DomId domid_of(SQLite::Statement& row, const char* column) { return DomId(number<std::uint16_t>(row, column)); }

std::optional<Identity> identity_of(SQLite::Statement& row) {
  if (row.getColumn("place").isNull()) return std::nullopt;
  return Identity{text_column(row, "place"), text_column(row, "birth"), text_column(row, "mark")};
}

LinkKey link_key_of(SQLite::Statement& row) {
  return {text_column(row, "class"), domid_of(row, "frontend"), domid_of(row, "backend"),
          number<std::uint32_t>(row, "device")};
}

template <class Visit>
void for_each_row(SQLite::Database& db, const char* sql, Visit visit) {
  SQLite::Statement row(db, sql);
  while (row.executeStep()) visit(row);
}

std::expected<PutPolicy, std::string> read_policy(SQLite::Database& db) {
  SQLite::Statement row(db, "SELECT document FROM policy JOIN enforced USING (digest)");
  if (!row.executeStep()) return std::unexpected("it names no enforced policy");
  auto document = std::make_shared<const std::string>(text_column(row, "document"));
  auto compiled = policy::compile_document(*document);
  if (!compiled) {
    return std::unexpected("the enforced policy does not compile: " +
                           policy::to_text(compiled.error().front(), "policy"));
  }
  return PutPolicy{std::make_shared<const policy::Compiled>(*std::move(compiled)), std::move(document)};
}

}  // namespace

void write_changes(SQLite::Database& db, const Delta& delta) {
  for (const Change& change : delta) std::visit(Writer{db}, change);
}

std::expected<State, std::string> read_state(SQLite::Database& db) {
  auto enforced = read_policy(db);
  if (!enforced) return std::unexpected(std::move(enforced.error()));
  State state(enforced->compiled, enforced->document);
  for_each_row(db, "SELECT * FROM binding", [&](SQLite::Statement& row) {
    Binding binding{label_of(row), std::nullopt, std::nullopt};
    if (!row.getColumn("uuid").isNull()) binding.uuid = Uuid(text_column(row, "uuid"));
    if (!row.getColumn("configured_label").isNull()) {
      binding.configured = StoredLabel{text_column(row, "configured_policy"), text_column(row, "configured_label")};
    }
    state.apply(PutBinding{DomainName(text_column(row, "name")), std::move(binding)});
  });
  for_each_row(db, "SELECT * FROM resource", [&](SQLite::Statement& row) {
    state.apply(PutResource{ResourceName(text_column(row, "name")), {label_of(row), identity_of(row)}});
  });
  for_each_row(db, "SELECT * FROM vif_label", [&](SQLite::Statement& row) {
    state.apply(
        PutVifLabel{{DomainName(text_column(row, "domain")), number<std::uint32_t>(row, "number")}, label_of(row)});
  });
  for_each_row(db, "SELECT * FROM running", [&](SQLite::Statement& row) {
    state.apply(
        PutRunning{{domid_of(row, "domid"), Uuid(text_column(row, "uuid")), DomainName(text_column(row, "name")),
                    label_of(row), row.getColumn("adopted").getInt() != 0}});
  });
  std::map<LinkKey, Link> links;
  for_each_row(db, "SELECT * FROM link", [&](SQLite::Statement& row) {
    const LinkKey key = link_key_of(row);
    links.emplace(key, Link{key, {text_column(row, "bridge"), text_column(row, "nic")}, {}});
  });
  for_each_row(db, "SELECT * FROM link_resource", [&](SQLite::Statement& row) {
    // There is a link, by the schema's foreign key.
    links.at(link_key_of(row)).resources.push_back({ResourceName(text_column(row, "resource")), identity_of(row), {}});
  });
  for (auto& [key, link] : links) state.apply(PutLink{std::move(link)});
  for_each_row(db, "SELECT * FROM mode", [&](SQLite::Statement& row) {
    state.apply(PutMode{text_column(row, "label"),
                        text_column(row, "mode") == "enforcing" ? Mode::enforcing : Mode::permissive});
  });
  if (!state.row_of(state.domain0().label)) {
    return std::unexpected("Domain-0's label " + state.domain0().label.text() + " is not in the enforced policy");
  }
  return state;
}

}  // namespace xenacm::ledger
