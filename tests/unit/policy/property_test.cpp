// SPDX-License-Identifier: Apache-2.0
// What holds for every policy and every document.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "policy/checks.h"
#include "policy/parser.h"
#include "tests/unit/policy/sample.h"

namespace xenacm::policy::test {
namespace {

using TypeSet = std::set<std::string>;

struct LabelModel {
  TypeSet ste;
  TypeSet chw;
};

// A policy as sets of names: what the tables must say, without any table.
struct Model {
  TypeSet ste_types;
  TypeSet chw_types;
  std::vector<TypeSet> conflict_sets;
  std::map<std::string, LabelModel> vm_labels;
  std::map<std::string, std::string> resource_labels;
  std::string bootstrap;
};

TypeSet some_of(const TypeSet& types) {
  TypeSet some;
  for (const std::string& type : types) {
    if (*rc::gen::weightedElement<bool>({{2, false}, {1, true}})) some.insert(type);
  }
  return some;
}

TypeSet some_names(const std::string& prefix, int most) {
  TypeSet names;
  for (const int number : *rc::gen::container<std::set<int>>(rc::gen::inRange(0, most))) {
    names.insert(prefix + std::to_string(number));
  }
  return names;
}

Model some_model() {
  Model model;
  model.ste_types = some_names("s", 150);
  model.chw_types = some_names("c", 150);
  TypeSet labels = some_names("l", 30);
  labels.insert("dom0");
  if (*rc::gen::arbitrary<bool>()) labels.insert(std::string(kUnlabeled));
  for (const std::string& label : labels) {
    model.vm_labels[label] = {.ste = some_of(model.ste_types), .chw = some_of(model.chw_types)};
  }
  for (int sets = *rc::gen::inRange(0, 6); sets > 0; --sets) model.conflict_sets.push_back(some_of(model.chw_types));
  if (!model.ste_types.empty()) {
    for (const std::string& label : some_names("r", 20))
      model.resource_labels[label] = *rc::gen::elementOf(model.ste_types);
  }
  model.bootstrap = *rc::gen::elementOf(labels);
  return model;
}

template <class T>
std::vector<T> shuffled(std::vector<T> all) {
  std::ranges::shuffle(all, std::mt19937(*rc::gen::arbitrary<unsigned>()));
  return all;
}

Name to_name(const std::string& text) { return {.text = text, .at = {1, 1}}; }

std::vector<Name> to_names(const TypeSet& types) {
  std::vector<Name> names;
  for (const std::string& type : types) names.push_back(to_name(type));
  return shuffled(std::move(names));
}

Policy to_policy(const Model& model) {
  Policy policy;
  policy.header.name = to_name("p");
  policy.ste_types = to_names(model.ste_types);
  policy.chw_types = to_names(model.chw_types);
  policy.bootstrap = to_name(model.bootstrap);
  for (const TypeSet& set : model.conflict_sets) {
    const std::string name = "set" + std::to_string(policy.conflict_sets.size());
    policy.conflict_sets.push_back({.name = to_name(name), .types = to_names(set)});
  }
  for (const auto& [name, label] : model.vm_labels) {
    policy.vm_labels.push_back({.name = to_name(name),
                                .from = std::nullopt,
                                .ste_types = to_names(label.ste),
                                .chw_types = to_names(label.chw)});
  }
  policy.vm_labels = shuffled(std::move(policy.vm_labels));
  for (const auto& [name, type] : model.resource_labels) {
    policy.resource_labels.push_back({.name = to_name(name), .from = std::nullopt, .ste_type = to_name(type)});
  }
  return policy;
}

TypeSet as_set(BitRow row, const std::vector<std::string>& types) {
  const auto names = type_names(row, types);
  return {names.begin(), names.end()};
}

bool have_common(const TypeSet& a, const TypeSet& b) {
  return std::ranges::any_of(a, [&](const std::string& type) { return b.contains(type); });
}

RC_GTEST_PROP(AnyPolicy, HasTheTablesThatItsSetsSay, ()) {
  const Model model = some_model();
  const Tables tables = compile(to_policy(model), "digest");
  RC_ASSERT(std::ranges::is_sorted(tables.ste_types));
  RC_ASSERT(tables.vm_labels.size() ==
            model.vm_labels.size() + (model.vm_labels.contains(std::string(kUnlabeled)) ? 0 : 1));
  for (const auto& [name, label] : model.vm_labels) {
    const auto row = tables.find_vm_label(name);
    RC_ASSERT(row.has_value());
    RC_ASSERT(tables.vm_labels[row->get()].name == name);
    RC_ASSERT(as_set(tables.ste(*row), tables.ste_types) == label.ste);
    RC_ASSERT(as_set(tables.chw(*row), tables.chw_types) == label.chw);
  }
  RC_ASSERT(tables.vm_labels[tables.bootstrap.get()].name == model.bootstrap);
  for (const auto& [name, type] : model.resource_labels) {
    RC_ASSERT(as_set(tables.ste(*tables.find_resource_label(name)), tables.ste_types) == TypeSet{type});
  }
  for (std::size_t set = 0; set < model.conflict_sets.size(); ++set) {
    RC_ASSERT(as_set(tables.conflicts.row(set), tables.chw_types) == model.conflict_sets[set]);
  }
}

RC_GTEST_PROP(AnyPolicy, SharesAndAuthorizesAsItsSetsSay, ()) {
  const Model model = some_model();
  const Tables tables = compile(to_policy(model), "digest");
  for (const auto& [a, first] : model.vm_labels) {
    for (const auto& [b, second] : model.vm_labels) {
      const VmLabelId row_a = *tables.find_vm_label(a);
      const VmLabelId row_b = *tables.find_vm_label(b);
      RC_ASSERT(share(tables, row_a, row_b) == have_common(first.ste, second.ste));
      const bool subset = std::ranges::includes(second.ste, first.ste);
      RC_ASSERT(authorized(tables, row_a, row_b) == (subset && !first.ste.empty()));
    }
  }
}

RC_GTEST_PROP(AnyPolicy, IsRefusedExactlyForLabelsWithTwoTypesOfOneSet, ()) {
  const Model model = some_model();
  std::size_t expected = 0;
  for (const auto& [name, label] : model.vm_labels) {
    for (const TypeSet& set : model.conflict_sets) {
      expected += std::ranges::count_if(label.chw, [&](const auto& type) { return set.contains(type); }) >= 2 ? 1 : 0;
    }
  }
  Diagnostics errors = check(to_policy(model));
  std::erase_if(errors, [](const Diagnostic& d) { return d.severity != Severity::error; });
  RC_ASSERT(errors.size() == expected);
  RC_ASSERT(std::ranges::all_of(errors, [](const Diagnostic& d) { return d.code == Code::bad_conflict_set; }));
}

std::string some_mutation(std::string document) {
  static const std::vector<std::string> kPieces{
      "<",    ">",    "/",  "&",     "\"",   "'",       "=",         ":",    "<!--",      "-->",         "<![CDATA[",
      "]]>",  "<?x",  "?>", "&#x0;", "&lt;", "<Type/>", "</a>",      "<a>",  " a=''",     "xmlns:q='u'", "q:",
      "\xFF", "\xC3", "\n", "\r\n",  "\t",   " ",       " from='a'", "\x01", "<!DOCTYPE", "\xEF\xBB\xBF"};
  const auto size = static_cast<int>(document.size());
  for (int count = *rc::gen::inRange(1, 8); count > 0; --count) {
    const auto at = static_cast<std::size_t>(*rc::gen::inRange(0, size)) % (document.size() + 1);
    const auto length = static_cast<std::size_t>(*rc::gen::inRange(0, 30));
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        document.insert(at, *rc::gen::elementOf(kPieces));
        break;
      case 1:
        document.erase(at, length);
        break;
      case 2:
        document.insert(at, document.substr(document.size() / 2, length));
        break;
      default:
        document.insert(at, 1, *rc::gen::arbitrary<char>());
        break;
    }
  }
  return document;
}

bool is_printable(const std::string& text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

RC_GTEST_PROP(AnyDocument, IsAnsweredWithDiagnosticsInOrderAndInPlace, ()) {
  static const std::string kDocument = contents(in_source("tests/policies/good/full-header.xml"));
  for (int repetition = 0; repetition < 20; ++repetition) {
    const std::string document = some_mutation(kDocument);
    const auto lines = static_cast<std::size_t>(std::ranges::count(document, '\n')) + 1;
    const auto compiled = compile_document(document);
    const Diagnostics& diagnostics = compiled ? compiled->warnings : compiled.error();
    RC_ASSERT(compiled.has_value() == !has_errors(diagnostics));
    RC_ASSERT(std::ranges::is_sorted(diagnostics, {}, &Diagnostic::at));
    for (const Diagnostic& diagnostic : diagnostics) {
      RC_ASSERT(diagnostic.at.line >= 1 && diagnostic.at.line <= lines);
      RC_ASSERT(diagnostic.at.column >= 1 && diagnostic.at.column <= document.size() + 1);
      RC_ASSERT(is_printable(diagnostic.message));
    }
  }
}

}  // namespace
}  // namespace xenacm::policy::test
