// SPDX-License-Identifier: Apache-2.0
// Policy documents, as anybody hands them to setpolicy or checkpolicy: read, compiled, linted, compared.
// Meant for: policy/*.cpp
#include <algorithm>
#include <set>

#include "policy/compiler.h"
#include "policy/diff.h"
#include "policy/lint.h"
#include "tests/fuzz/fuzz.h"

namespace {

using namespace xenacm;
using fuzz::require;
using policy::Compiled;
using policy::Name;
using policy::Policy;

// White space as references too: in an attribute it would become blanks.
std::string escaped(std::string_view text) {
  constexpr std::string_view kSpecial = "&<>\"\r\n\t";
  std::string out;
  for (const char c : text) {
    out += kSpecial.contains(c) ? "&#" + std::to_string(int{c}) + ";" : std::string(1, c);
  }
  return out;
}

std::string element(const std::string& name, std::string_view text) {
  return "<" + name + ">" + escaped(text) + "</" + name + ">";
}

std::string type_list(const std::string& name, const std::vector<Name>& types) {
  std::string out = "<" + name + ">";
  for (const Name& type : types) out += element("Type", type.text);
  return out + (types.empty() ? "<Type/>" : "") + "</" + name + ">";
}

std::string from_of(const std::optional<Name>& from) {
  return from ? " from=\"" + escaped(from->text) + "\"" : std::string();
}

std::string header_of(const policy::Header& header) {
  std::string out = "<PolicyHeader>" + element("PolicyName", header.name.text);
  if (header.url) out += element("PolicyUrl", *header.url);
  if (header.reference) out += element("Reference", *header.reference);
  if (header.date) out += element("Date", *header.date);
  if (header.namespace_url) out += element("NameSpaceUrl", *header.namespace_url);
  out += element("Version", header.version.text());
  if (header.from) {
    out += "<FromPolicy>" + element("PolicyName", header.from->name.text) +
           element("Version", header.from->version.text()) + "</FromPolicy>";
  }
  return out + "</PolicyHeader>";
}

std::string labels_of(const Policy& policy) {
  std::string out = "<SecurityLabelTemplate>";
  if (policy.bootstrap) {
    out += "<SubjectLabels bootstrap=\"" + escaped(policy.bootstrap->text) + "\">";
    for (const policy::VmLabel& label : policy.vm_labels) {
      out += "<VirtualMachineLabel><Name" + from_of(label.from) + ">" + escaped(label.name.text) + "</Name>" +
             type_list("SimpleTypeEnforcementTypes", label.ste_types) + type_list("ChineseWallTypes", label.chw_types) +
             "</VirtualMachineLabel>";
    }
    out += "</SubjectLabels>";
  }
  if (!policy.resource_labels.empty()) {
    out += "<ObjectLabels>";
    for (const policy::ResourceLabel& label : policy.resource_labels) {
      out +=
          "<ResourceLabel><Name" + from_of(label.from) + ">" + escaped(label.name.text) + "</Name>" +
          type_list("SimpleTypeEnforcementTypes", label.ste_type ? std::vector{*label.ste_type} : std::vector<Name>{}) +
          "</ResourceLabel>";
    }
    out += "</ObjectLabels>";
  }
  return out + "</SecurityLabelTemplate>";
}

// The model as a document again.
std::string document_of(const Policy& policy) {
  std::string walls = type_list("ChineseWallTypes", policy.chw_types);
  if (!policy.conflict_sets.empty()) {
    walls += "<ConflictSets>";
    for (const policy::ConflictSet& set : policy.conflict_sets) {
      walls += "<Conflict name=\"" + escaped(set.name.text) + "\">";
      for (const Name& type : set.types) walls += element("Type", type.text);
      walls += "</Conflict>";
    }
    walls += "</ConflictSets>";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SecurityPolicyDefinition "
         "xmlns=\"http://www.ibm.com\">" +
         header_of(policy.header) + "<SimpleTypeEnforcement>" +
         type_list("SimpleTypeEnforcementTypes", policy.ste_types) + "</SimpleTypeEnforcement><ChineseWall>" + walls +
         "</ChineseWall>" + labels_of(policy) + "</SecurityPolicyDefinition>";
}

void check_diagnostics(const policy::Diagnostics& diagnostics, std::string_view document) {
  const auto lines = static_cast<unsigned>(std::ranges::count(document, '\n')) + 1;
  for (const policy::Diagnostic& diagnostic : diagnostics) {
    require(diagnostic.at.line >= 1 && diagnostic.at.line <= lines && diagnostic.at.column >= 1,
            "a fault stands in the document");
    require(!diagnostic.message.empty(), "a fault has words");
    require(!to_text(diagnostic, "file").contains('\n'), "a fault is one line");
  }
}

std::vector<std::string> sorted(const std::vector<Name>& names) {
  std::set<std::string> texts;
  for (const Name& name : names) texts.insert(name.text);
  return {texts.begin(), texts.end()};
}

// What the document says of each label is what its row in the tables has.
void check_rows(const Compiled& compiled) {
  const policy::Tables& tables = compiled.tables;
  for (const policy::VmLabel& label : compiled.policy.vm_labels) {
    const auto row = tables.find_vm_label(label.name.text);
    require(row && policy::type_names(tables.ste(*row), tables.ste_types) == sorted(label.ste_types) &&
                policy::type_names(tables.chw(*row), tables.chw_types) == sorted(label.chw_types),
            "the row of a label has its types");
  }
  for (const policy::ResourceLabel& label : compiled.policy.resource_labels) {
    const auto row = tables.find_resource_label(label.name.text);
    require(row.has_value(), "a resource label has a row");
    const std::vector<Name> types = label.ste_type ? std::vector{*label.ste_type} : std::vector<Name>{};
    // decisions.md 10: __UNLABELED__ is what the domains' label of this name is.
    if (label.name.text == policy::kUnlabeled) continue;
    require(policy::type_names(tables.ste(*row), tables.ste_types) == sorted(types),
            "the row of a resource label has its type");
  }
  require(tables.conflict_sets.size() == compiled.policy.conflict_sets.size(), "each conflict set has a row");
}

std::string written(const policy::BitMatrix& rows, const std::vector<policy::Entry>& names,
                    const std::vector<std::string>& types) {
  std::string text;
  for (std::size_t row = 0; row < names.size(); ++row) {
    text += names[row].name + ':';
    for (const std::string& type : policy::type_names(rows.row(row), types)) text += ' ' + type + ',';
    text += '\n';
  }
  return text;
}

// The tables, without what names the document and its lines.
std::string written(const policy::Tables& tables) {
  std::string text = tables.ref.name + ' ' + tables.ref.version.text() + '\n';
  for (const std::string& type : tables.ste_types) text += type + '\n';
  for (const std::string& type : tables.chw_types) text += type + '\n';
  return text + std::to_string(tables.bootstrap.get()) + (tables.unlabeled_defined ? "defined\n" : "\n") +
         written(tables.vm_ste, tables.vm_labels, tables.ste_types) +
         written(tables.vm_chw, tables.vm_labels, tables.chw_types) +
         written(tables.resource_ste, tables.resource_labels, tables.ste_types) +
         written(tables.conflicts, tables.conflict_sets, tables.chw_types);
}

void check_compiled(const Compiled& compiled, const std::string& document) {
  check_rows(compiled);
  const policy::Diagnostics lints = policy::lint(compiled.policy, compiled.tables);
  check_diagnostics(lints, document);
  require(!has_errors(lints), "lint warns");
  const std::string anew = document_of(compiled.policy);
  const auto again = policy::compile_document(anew);
  if (!again) std::fprintf(stderr, "%s\n%s\n", anew.c_str(), to_text(again.error().front(), "anew").c_str());
  require(again.has_value(), "the model, written as a document, is a policy");
  require(written(again->tables) == written(compiled.tables), "and comes to the same tables");
  // A label that is renamed from another one is that one's successor, also of the same document.
  const auto renames = [](const auto& label) { return label.from.has_value(); };
  if (std::ranges::any_of(compiled.policy.vm_labels, renames)) return;
  if (std::ranges::any_of(compiled.policy.resource_labels, renames)) return;
  require(difference(compiled, *again).empty(), "and does not differ");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string document(fuzz::text_of(data, size));
  const auto compiled = policy::compile_document(document);
  const policy::Diagnostics all = policy::examine(document);
  check_diagnostics(all, document);
  require(has_errors(all) == !compiled.has_value(), "checkpolicy and setpolicy agree");
  if (!compiled) {
    require(has_errors(compiled.error()), "what is refused has an error");
    return 0;
  }
  require(!has_errors(compiled->warnings), "what has an error is refused");
  check_compiled(*compiled, document);
  return 0;
}
