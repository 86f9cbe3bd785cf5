// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/policy/sample.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace xenacm::policy::test {
namespace {

std::string element(const std::string& name, const std::string& content) {
  return content.empty() ? "" : "<" + name + ">" + content + "</" + name + ">";
}

std::string types(const std::string& element_name, const std::vector<std::string>& names) {
  std::string content;
  for (const std::string& name : names) content += element("Type", name);
  return element(element_name, content);
}

}  // namespace

std::string Sample::document() const {
  return "<SecurityPolicyDefinition xmlns=\"http://www.ibm.com\">\n<PolicyHeader><PolicyName>" + name +
         "</PolicyName><Version>" + version + "</Version></PolicyHeader>\n" +
         element("SimpleTypeEnforcement", element("SimpleTypeEnforcementTypes", ste_types)) + "\n" +
         element("ChineseWall", element("ChineseWallTypes", chw_types) + element("ConflictSets", conflict_sets)) +
         "\n<SecurityLabelTemplate><SubjectLabels bootstrap=\"" + bootstrap + "\">\n" + vm_labels +
         "\n</SubjectLabels>\n" + element("ObjectLabels", resource_labels) +
         "</SecurityLabelTemplate></SecurityPolicyDefinition>\n";
}

std::string vm_label(const std::string& name, const std::vector<std::string>& ste_types,
                     const std::vector<std::string>& chw_types) {
  return element("VirtualMachineLabel", "<Name>" + name + "</Name>" + types("SimpleTypeEnforcementTypes", ste_types) +
                                            types("ChineseWallTypes", chw_types)) +
         "\n";
}

std::vector<std::string> lines_of(const Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  for (const Diagnostic& diagnostic : diagnostics) lines.push_back(to_text(diagnostic, "").substr(1));
  return lines;
}

std::vector<std::string> errors_of(std::string_view document) {
  const auto compiled = compile_document(document);
  if (compiled) return {};
  Diagnostics errors = compiled.error();
  std::erase_if(errors, [](const Diagnostic& d) { return d.severity != Severity::error; });
  return lines_of(errors);
}

std::filesystem::path in_source(std::string_view path) { return std::filesystem::path(XENACM_SOURCE_DIR) / path; }

std::string contents(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + file.string());
  return {std::istreambuf_iterator<char>(stream), {}};
}

std::vector<std::filesystem::path> xml_files(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".xml") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

Compiled compile_file(std::string_view path) {
  auto compiled = compile_document(contents(in_source(path)));
  if (!compiled) throw std::runtime_error(to_text(compiled.error().front(), path));
  return *std::move(compiled);
}

}  // namespace xenacm::policy::test
