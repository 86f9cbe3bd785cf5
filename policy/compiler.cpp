// SPDX-License-Identifier: Apache-2.0
#include "policy/compiler.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <new>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "policy/checks.h"
#include "policy/declared.h"
#include "policy/findings.h"
#include "policy/parser.h"

namespace xenacm::policy {
namespace {

// SystemManagement declares no STE type, so that it is not authorized either: Domain-0, which is exempt, runs alone.
constexpr std::string_view kDefaultDocument = R"(<?xml version="1.0" encoding="UTF-8"?>
<SecurityPolicyDefinition xmlns="http://www.ibm.com">
  <PolicyHeader>
    <PolicyName>DEFAULT</PolicyName>
    <Version>1.0</Version>
  </PolicyHeader>
  <SimpleTypeEnforcement>
    <SimpleTypeEnforcementTypes>
      <Type>SystemManagement</Type>
    </SimpleTypeEnforcementTypes>
  </SimpleTypeEnforcement>
  <ChineseWall priority="PrimaryPolicyComponent">
    <ChineseWallTypes>
      <Type>SystemManagement</Type>
    </ChineseWallTypes>
  </ChineseWall>
  <SecurityLabelTemplate>
    <SubjectLabels bootstrap="SystemManagement">
      <VirtualMachineLabel>
        <Name>SystemManagement</Name>
        <SimpleTypeEnforcementTypes>
          <Type/>
        </SimpleTypeEnforcementTypes>
        <ChineseWallTypes>
          <Type/>
        </ChineseWallTypes>
      </VirtualMachineLabel>
    </SubjectLabels>
  </SecurityLabelTemplate>
</SecurityPolicyDefinition>
)";

std::vector<std::string> texts(const NameIndex& names) {
  std::vector<std::string> result;
  result.reserve(names.size());
  for (const Name* name : names) result.push_back(name->text);
  return result;
}

// INVARIANT: all types are declared, for otherwise the check would have found an error.
void set_types(BitMatrix& matrix, std::size_t row, std::span<const std::uint32_t> types) {
  for (const std::uint32_t column : types) matrix.set(row, column);
}

class Compiler {
 public:
  Compiler(const Policy& policy, const Declared& declared) : policy_(policy), declared_(declared) {}

  [[nodiscard]] Tables tables(std::string digest) const;

 private:
  [[nodiscard]] std::vector<std::optional<std::size_t>> vm_rows() const;
  void vm_labels(Tables& tables) const;
  void resource_labels(Tables& tables) const;
  void conflict_sets(Tables& tables) const;

  const Policy& policy_;
  const Declared& declared_;
};

Tables Compiler::tables(std::string digest) const {
  Tables tables;
  tables.ref = {.name = policy_.header.name.text, .version = policy_.header.version, .digest = std::move(digest)};
  tables.ste_types = texts(declared_.ste);
  tables.chw_types = texts(declared_.chw);
  vm_labels(tables);
  resource_labels(tables);
  conflict_sets(tables);
  return tables;
}

// The numbers of the labels: __UNLABELED__ (none where it is not declared), the bootstrap label, all others in byte
// order.
std::vector<std::optional<std::size_t>> Compiler::vm_rows() const {
  const NameIndex& labels = declared_.vm_labels;
  const std::string_view bootstrap = policy_.bootstrap ? std::string_view(policy_.bootstrap->text) : std::string_view();
  const auto number_of = [&](std::string_view label) -> std::optional<std::size_t> {
    if (const auto rank = labels.find(label)) return labels.number(*rank);
    return std::nullopt;
  };
  std::vector<std::optional<std::size_t>> rows{number_of(kUnlabeled)};
  rows.reserve(labels.size() + 2);
  if (bootstrap != kUnlabeled) rows.push_back(number_of(bootstrap));
  for (std::size_t rank = 0; rank < labels.size(); ++rank) {
    if (labels[rank].text != kUnlabeled && labels[rank].text != bootstrap) rows.emplace_back(labels.number(rank));
  }
  return rows;
}

void Compiler::vm_labels(Tables& tables) const {
  const std::vector<std::optional<std::size_t>> rows = vm_rows();
  tables.unlabeled_defined = rows.front().has_value();
  tables.bootstrap = VmLabelId(policy_.bootstrap && policy_.bootstrap->text == kUnlabeled ? 0 : 1);
  tables.vm_labels.reserve(rows.size());
  tables.vm_ste = BitMatrix(rows.size(), declared_.ste.size());
  tables.vm_chw = BitMatrix(rows.size(), declared_.chw.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!rows[row]) {
      tables.vm_labels.push_back({.name = std::string(kUnlabeled), .line = 0});
      continue;
    }
    const Name& name = policy_.vm_labels[*rows[row]].name;
    tables.vm_labels.push_back({.name = name.text, .line = name.at.line});
    set_types(tables.vm_ste, row, declared_.vm_ste.of(*rows[row]));
    set_types(tables.vm_chw, row, declared_.vm_chw.of(*rows[row]));
  }
}

void Compiler::resource_labels(Tables& tables) const {
  const NameIndex& rows = declared_.resource_labels;
  tables.resource_labels.reserve(rows.size());
  tables.resource_ste = BitMatrix(rows.size(), declared_.ste.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const ResourceLabel& label = policy_.resource_labels[rows.number(row)];
    tables.resource_labels.push_back({.name = label.name.text, .line = label.name.at.line});
    if (label.name.text == kUnlabeled) {
      for_each_bit(tables.ste(Tables::kUnlabeledRow), [&](std::size_t type) { tables.resource_ste.set(row, type); });
    } else if (label.ste_type) {
      tables.resource_ste.set(row, *declared_.ste.find(label.ste_type->text));
    }
  }
}

void Compiler::conflict_sets(Tables& tables) const {
  const std::vector<OrderedName> sets = in_byte_order(policy_.conflict_sets, &ConflictSet::name);
  tables.conflict_sets.reserve(sets.size());
  tables.conflicts = BitMatrix(sets.size(), declared_.chw.size());
  for (std::size_t row = 0; row < sets.size(); ++row) {
    tables.conflict_sets.push_back({.name = sets[row].name->text, .line = sets[row].name->at.line});
    set_types(tables.conflicts, row, declared_.conflicts.of(sets[row].number));
  }
}

}  // namespace

Tables compile(const Policy& policy, std::string digest) {
  return Compiler(policy, Declared(policy)).tables(std::move(digest));
}

std::expected<Compiled, Diagnostics> compile_document(std::string_view document) {
  Parsed parsed = parse(document);
  Diagnostics diagnostics = std::move(parsed.diagnostics);
  const Declared declared(parsed.policy);
  std::ranges::move(check(parsed.policy, declared), std::back_inserter(diagnostics));
  sort_by_position(diagnostics);
  if (has_errors(diagnostics)) return std::unexpected(std::move(diagnostics));
  Tables tables = Compiler(parsed.policy, declared).tables(digest_of(document));
  return Compiled{.policy = std::move(parsed.policy), .tables = std::move(tables), .warnings = std::move(diagnostics)};
}

std::string digest_of(std::string_view document) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned bytes = 0;
  // INVARIANT: every OpenSSL 3 provider that may be configured has SHA-256, so what lacks is memory. Without a digest
  // no two policies could be told apart.
  if (EVP_Digest(document.data(), document.size(), digest.data(), &bytes, EVP_sha256(), nullptr) != 1) {
    throw std::bad_alloc();
  }
  std::string text;
  for (unsigned i = 0; i < bytes; ++i) {
    text += "0123456789abcdef"[digest[i] >> 4];
    text += "0123456789abcdef"[digest[i] & 0xF];
  }
  return text;
}

std::string_view default_document() { return kDefaultDocument; }

}  // namespace xenacm::policy
