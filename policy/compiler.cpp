// SPDX-License-Identifier: Apache-2.0
#include "policy/compiler.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <new>
#include <tuple>
#include <utility>

#include "policy/checks.h"
#include "policy/findings.h"
#include "policy/name_index.h"
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

template <class Label>
const Label* find_label(const std::vector<Label>& labels, std::string_view name) {
  const auto found =
      std::ranges::find(labels, name, [](const Label& label) { return std::string_view(label.name.text); });
  return found == labels.end() ? nullptr : &*found;
}

void set_types(BitMatrix& matrix, std::size_t row, const std::vector<Name>& types, const NameIndex& columns) {
  for (const Name& type : types) {
    if (const auto column = columns.find(type.text)) matrix.set(row, *column);
  }
}

class Compiler {
 public:
  explicit Compiler(const Policy& policy) : policy_(policy), ste_(policy.ste_types), chw_(policy.chw_types) {}

  [[nodiscard]] Tables tables(std::string digest) const;

 private:
  [[nodiscard]] std::vector<const VmLabel*> vm_rows() const;
  void vm_labels(Tables& tables) const;
  void resource_labels(Tables& tables) const;
  void conflict_sets(Tables& tables) const;

  const Policy& policy_;
  NameIndex ste_;
  NameIndex chw_;
};

Tables Compiler::tables(std::string digest) const {
  Tables tables;
  tables.ref = {.name = policy_.header.name.text, .version = policy_.header.version, .digest = std::move(digest)};
  tables.ste_types = texts(ste_);
  tables.chw_types = texts(chw_);
  vm_labels(tables);
  resource_labels(tables);
  conflict_sets(tables);
  return tables;
}

// __UNLABELED__ (null where it is not declared), the bootstrap label, all others in byte order.
std::vector<const VmLabel*> Compiler::vm_rows() const {
  const std::string_view bootstrap = policy_.bootstrap ? std::string_view(policy_.bootstrap->text) : std::string_view();
  std::vector<const VmLabel*> rows{find_label(policy_.vm_labels, kUnlabeled)};
  if (bootstrap != kUnlabeled) rows.push_back(find_label(policy_.vm_labels, bootstrap));
  const auto others = static_cast<std::ptrdiff_t>(rows.size());
  for (const VmLabel& label : policy_.vm_labels) {
    if (label.name.text != kUnlabeled && label.name.text != bootstrap) rows.push_back(&label);
  }
  std::sort(rows.begin() + others, rows.end(), [](auto* a, auto* b) { return a->name.text < b->name.text; });
  return rows;
}

void Compiler::vm_labels(Tables& tables) const {
  const std::vector<const VmLabel*> rows = vm_rows();
  tables.unlabeled_defined = rows.front() != nullptr;
  tables.bootstrap = VmLabelId(policy_.bootstrap && policy_.bootstrap->text == kUnlabeled ? 0 : 1);
  tables.vm_ste = BitMatrix(rows.size(), ste_.size());
  tables.vm_chw = BitMatrix(rows.size(), chw_.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const VmLabel* label = rows[row];
    if (label == nullptr) {
      tables.vm_labels.push_back({.name = std::string(kUnlabeled), .line = 0});
      continue;
    }
    tables.vm_labels.push_back({.name = label->name.text, .line = label->name.at.line});
    set_types(tables.vm_ste, row, label->ste_types, ste_);
    set_types(tables.vm_chw, row, label->chw_types, chw_);
  }
}

void Compiler::resource_labels(Tables& tables) const {
  const NameIndex rows(policy_.resource_labels, &ResourceLabel::name);
  tables.resource_ste = BitMatrix(rows.size(), ste_.size());
  for (const Name* name : rows) tables.resource_labels.push_back({.name = name->text, .line = name->at.line});
  for (const ResourceLabel& label : policy_.resource_labels) {
    if (label.ste_type && label.name.text != kUnlabeled) {
      set_types(tables.resource_ste, *rows.find(label.name.text), {*label.ste_type}, ste_);
    }
  }
  if (const auto unlabeled = rows.find(kUnlabeled)) {
    for_each_bit(tables.ste(Tables::kUnlabeledRow),
                 [&](std::size_t type) { tables.resource_ste.set(*unlabeled, type); });
  }
}

void Compiler::conflict_sets(Tables& tables) const {
  std::vector<const ConflictSet*> sets;
  for (const ConflictSet& set : policy_.conflict_sets) sets.push_back(&set);
  std::ranges::sort(sets, {}, [](const ConflictSet* set) { return std::tie(set->name.text, set->name.at); });
  tables.conflicts = BitMatrix(sets.size(), chw_.size());
  for (std::size_t row = 0; row < sets.size(); ++row) {
    tables.conflict_sets.push_back({.name = sets[row]->name.text, .line = sets[row]->name.at.line});
    set_types(tables.conflicts, row, sets[row]->types, chw_);
  }
}

}  // namespace

Tables compile(const Policy& policy, std::string digest) { return Compiler(policy).tables(std::move(digest)); }

std::expected<Compiled, Diagnostics> compile_document(std::string_view document) {
  Parsed parsed = parse(document);
  Diagnostics diagnostics = std::move(parsed.diagnostics);
  std::ranges::move(check(parsed.policy), std::back_inserter(diagnostics));
  sort_by_position(diagnostics);
  if (has_errors(diagnostics)) return std::unexpected(std::move(diagnostics));
  Tables tables = compile(parsed.policy, digest_of(document));
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
