// SPDX-License-Identifier: Apache-2.0
// Ledger files of any making: refused in words, or read whole. The first byte of an input says what is done to a good
// ledger before it is opened: bytes are written into the file ('b'), statements are run on it ('s'), or the whole file
// is replaced (any other).
// Meant for: enforcer/ledger/audit_reader.cpp enforcer/ledger/audit_table.cpp
// Meant for: enforcer/ledger/audit_where.cpp enforcer/ledger/ledger.cpp enforcer/ledger/migration.cpp
// Meant for: enforcer/ledger/rows.cpp enforcer/ledger/segment_table.cpp
#include "enforcer/ledger/ledger.h"

#include <SQLiteCpp/SQLiteCpp.h>
#include <spdlog/spdlog.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <vector>

#include "enforcer/ledger/audit_reader.h"
#include "enforcer/monitor/json.h"
#include "enforcer/monitor/state_json.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace xenacm;
using namespace xenacm::ledger;
using fuzz::require;

std::string contents(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string document_of(const char* file) {
  return contents(std::filesystem::path(XENACM_SOURCE_DIR) / "examples/policies" / file);
}

// A row of each table.
monitor::Delta sample_rows() {
  using namespace monitor;
  const std::string text = document_of("mytest-security_policy.xml");
  const auto document = std::make_shared<const std::string>(text);
  const auto compiled = std::make_shared<const policy::Compiled>(*policy::compile_document(text));
  const StoredLabel bank{"mytest", "A-Bank"};
  const Identity identity{"fs:1:2", "3", "4"};
  const Uuid uuid("11111111-0000-4000-8000-000000000000");
  const LinkKey vif{"vif", DomId(3), kDomain0, 0};
  const LinkKey vbd{"vbd", DomId(3), kDomain0, 51712};
  const ResourceName disk("file:/vm/a.img");
  return {PutPolicy{compiled, document},
          PutRunning{{kDomain0, nil_uuid(), DomainName(std::string(kDomain0Name)), {"mytest", "SystemManagement"}}},
          PutRunning{{DomId(3), uuid, DomainName("a"), bank}},
          PutBinding{DomainName("a"), {bank, uuid, bank}},
          PutResource{disk, {bank, identity}},
          PutVifLabel{{DomainName("a"), 0}, bank},
          PutLink{{vif, {"xenbr0", ""}, {}}},
          PutLink{{vbd, {}, {{disk, identity, {}}}}},
          PutMode{"", Mode::enforcing}};
}

std::string make_current(const std::filesystem::path& folder) {
  {
    auto ledger = Ledger::open(folder);
    require(ledger.has_value(), "a ledger is made");
    audit::Record record;
    record.decision = "allow";
    require(ledger->begin() && ledger->append(record) && ledger->write(sample_rows()) &&
                ledger->add_checkpoint(1, "{}") && ledger->begin_segment() && ledger->commit(),
            "a ledger is written");
  }
  return contents(folder / kLedgerFile);
}

// As a program of that version left it (tests/unit/ledger/schema-N.sql).
std::string make_earlier(const std::filesystem::path& folder, int version) {
  const auto file = folder / ("version-" + std::to_string(version));
  {
    SQLite::Database db(file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
    db.exec(contents(std::filesystem::path(XENACM_SOURCE_DIR) / "tests/unit/ledger" /
                     ("schema-" + std::to_string(version) + ".sql")));
    SQLite::Statement policy(db, "INSERT INTO policy VALUES (?, 'mytest', '1.0', ?)");
    const std::string document = document_of("mytest-security_policy.xml");
    policy.bind(1, policy::digest_of(document));
    policy.bind(2, document);
    policy.exec();
    db.exec(
        "INSERT INTO enforced SELECT 1, digest FROM policy;"
        "INSERT INTO running VALUES (0, '00000000-0000-0000-0000-000000000000', 'Domain-0', 'mytest', "
        "'SystemManagement', 1, 0), (3, '11111111-0000-4000-8000-000000000000', 'a', 'mytest', 'A-Bank', 1, 0);"
        "INSERT INTO binding VALUES ('a', NULL, 'mytest', 'A-Bank', 1);"
        "INSERT INTO resource (name, policy, label, valid) VALUES ('file:/vm/a.img', 'mytest', 'A-Bank', 1);"
        "INSERT INTO link (class, frontend, backend, device, bridge) VALUES ('vif', 3, 0, 1, 'xenbr0');"
        "INSERT INTO mode VALUES ('', 'enforcing');"
        "INSERT INTO audit (seq, time, action, subject, object, decision, rule, message, reasons, mode, policy, "
        "version, digest, via, uid, gid, pid, executable, latency) VALUES (7, 1700000000000000, 'start', 'b', '', "
        "'deny', 'chinese-wall', 'm', '[]', 'enforcing', 'mytest', '1.0', 'd', 'gate', 0, 0, 2231, '/usr/sbin/xl', "
        "12)");
    if (version == 3) db.exec("INSERT INTO history (digest, audit) SELECT digest, 0 FROM enforced");
  }
  return contents(file);
}

void write_into(std::string& bytes, fuzz::Input& input) {
  while (!input.empty()) {
    const std::size_t at = (std::size_t{input.byte()} << 16 | std::size_t{input.byte()} << 8 | input.byte());
    const std::string text = input.text();
    if (text.empty()) {
      bytes.resize(at % (bytes.size() + 1));
      return;
    }
    bytes.replace(at % bytes.size(), text.size(), text);
  }
}

struct Column {
  const char* table;
  const char* column;
};

constexpr std::array<Column, 46> kColumns{{{"policy", "digest"},
                                           {"policy", "name"},
                                           {"policy", "version"},
                                           {"policy", "document"},
                                           {"policy", "signature"},
                                           {"enforced", "id"},
                                           {"enforced", "digest"},
                                           {"history", "number"},
                                           {"history", "digest"},
                                           {"history", "audit"},
                                           {"binding", "name"},
                                           {"binding", "uuid"},
                                           {"binding", "policy"},
                                           {"binding", "label"},
                                           {"binding", "valid"},
                                           {"binding", "configured_policy"},
                                           {"binding", "configured_label"},
                                           {"resource", "name"},
                                           {"resource", "label"},
                                           {"resource", "place"},
                                           {"resource", "birth"},
                                           {"resource", "mark"},
                                           {"vif_label", "domain"},
                                           {"vif_label", "number"},
                                           {"vif_label", "label"},
                                           {"running", "domid"},
                                           {"running", "uuid"},
                                           {"running", "name"},
                                           {"running", "policy"},
                                           {"running", "label"},
                                           {"running", "valid"},
                                           {"running", "adopted"},
                                           {"link", "class"},
                                           {"link", "frontend"},
                                           {"link", "backend"},
                                           {"link", "device"},
                                           {"link", "bridge"},
                                           {"link_resource", "frontend"},
                                           {"link_resource", "resource"},
                                           {"link_resource", "place"},
                                           {"mode", "label"},
                                           {"mode", "mode"},
                                           {"audit", "record"},
                                           {"audit", "hash"},
                                           {"checkpoint", "text"},
                                           {"segment", "last"}}};

void bind_value(SQLite::Statement& statement, fuzz::Input& input) {
  static constexpr std::array<std::int64_t, 8> kNumbers{0, 1, 2, 3, 65535, 65536, -1, INT64_MAX};
  switch (input.byte() % 5) {
    case 0:
      return statement.bind(1, input.pick(kNumbers));
    case 1: {
      const std::string blob = input.text();
      return statement.bind(1, blob.data(), static_cast<int>(blob.size()));
    }
    case 2:
      return statement.bind(1);
    default:
      return statement.bind(1, input.text());
  }
}

// Nothing of what the schema holds together is looked at. A statement that fails is one that was not run.
void run_statement(SQLite::Database& db, fuzz::Input& input) {
  const Column& column = input.pick(kColumns);
  const std::string table = column.table;
  const std::string name = column.column;
  try {
    switch (input.byte() % 4) {
      case 0: {
        SQLite::Statement update(db, "UPDATE OR REPLACE " + table + " SET " + name + " = ?");
        bind_value(update, input);
        update.exec();
        return;
      }
      case 1: {  // of the last row alone
        SQLite::Statement update(db, "UPDATE OR REPLACE " + table + " SET " + name + " = ? WHERE " + name +
                                         " = (SELECT max(" + name + ") FROM " + table + ")");
        bind_value(update, input);
        update.exec();
        return;
      }
      case 2:
        db.exec("DELETE FROM " + table);
        return;
      default:
        db.exec("PRAGMA user_version = " + std::to_string(input.byte() % 6));
    }
  } catch (const SQLite::Exception&) {
  }
}

void run_statements(const std::filesystem::path& file, fuzz::Input& input) {
  SQLite::Database db(file.string(), SQLite::OPEN_READWRITE);
  db.exec("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF;");
  while (!input.empty()) run_statement(db, input);
}

void prepare_file(const std::filesystem::path& folder, fuzz::Input& input) {
  static const fuzz::Folder scratch;
  static const std::array<std::string, 4> kTemplates{make_current(scratch.path() / "current"),
                                                     make_earlier(scratch.path(), 1), make_earlier(scratch.path(), 2),
                                                     make_earlier(scratch.path(), 3)};
  const auto file = folder / kLedgerFile;
  const std::uint8_t way = input.byte();
  std::string bytes = way == 'b' || way == 's' ? input.pick(kTemplates) : std::string(input.rest());
  if (way == 'b') write_into(bytes, input);
  std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (way == 's') run_statements(file, input);
}

std::size_t rows_of(const std::filesystem::path& file, const std::string& table) {
  SQLite::Database db(file.string());
  return static_cast<std::size_t>(db.execAndGet("SELECT count(*) FROM " + table).getInt64());
}

void check_state(const Ledger& ledger, const std::filesystem::path& file) {
  const auto state = ledger.load();
  if (!state) return require(state.error().contains(file.string()), "an error names the file");
  require(state->row_of(state->domain0().label).has_value(), "Domain-0 runs under a label of the policy");
  require(state->running().size() == rows_of(file, "running WHERE domid <> 0") + 1 &&
              state->links().size() == rows_of(file, "link") && state->bindings().size() == rows_of(file, "binding") &&
              state->resources().size() == rows_of(file, "resource") &&
              state->vif_labels().size() == rows_of(file, "vif_label"),
          "no row is passed over, or taken for another");
  const nlohmann::json json = monitor::to_json(*state);
  const auto again = monitor::state_from_json(json);
  require(again && monitor::to_json(*again) == json, "a snapshot of the state is that state");
}

void check_audit(Ledger& ledger, const std::filesystem::path& file) {
  (void)ledger.end();
  const AuditReader reader(file);
  constexpr std::int64_t kMost = 100;
  const auto records = reader.read(audit::Filter{.limit = kMost});
  require(!records || records->size() <= kMost, "no more records than were asked for");
  if (const auto lines = reader.lines(0, kMost); !lines) {
    require(lines.error().contains(file.string()), "an error names the file");
  }
  (void)reader.checkpoints(0, kMost);
  (void)reader.archives();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const fuzz::Folder folder;
  static const bool quiet = (spdlog::set_level(spdlog::level::off), true);
  (void)quiet;
  const auto file = folder.path() / kLedgerFile;
  for (const char* part : {"-wal", "-shm", "-journal"}) std::filesystem::remove(file.string() + part);
  fuzz::Input input(fuzz::text_of(data, size));
  prepare_file(folder.path(), input);
  const std::string before = contents(file);
  auto ledger = Ledger::open(folder.path());
  if (!ledger) {
    require(ledger.error().contains(file.string()), "an error names the file");
    const bool as_it_was = contents(file) == before;
    if (!as_it_was) std::fprintf(stderr, "%s\n", ledger.error().c_str());
    require(as_it_was || !ledger.error().contains("Nothing was changed"), "nothing was changed");
    return 0;
  }
  check_state(*ledger, file);
  check_audit(*ledger, file);
  return 0;
}
