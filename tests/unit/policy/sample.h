// SPDX-License-Identifier: Apache-2.0
// Policies to test with: small ones put together from parts, and the files of the project.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "policy/compiler.h"
#include "policy/diagnostic.h"

namespace xenacm::policy::test {

// A valid policy; a test changes the part that it is about.
struct Sample {
  std::string name = "p";
  std::string version = "1.0";
  std::string ste_types = "<Type>red</Type><Type>blue</Type>";
  std::string chw_types = "<Type>red</Type><Type>blue</Type>";
  std::string conflict_sets = "";  // Conflict elements
  std::string bootstrap = "dom0";
  std::string vm_labels = "<VirtualMachineLabel><Name>dom0</Name></VirtualMachineLabel>";
  std::string resource_labels = "";  // ResourceLabel elements

  [[nodiscard]] std::string document() const;
};

[[nodiscard]] std::string vm_label(const std::string& name, const std::vector<std::string>& ste_types,
                                   const std::vector<std::string>& chw_types);

// "LINE:COLUMN: error: MESSAGE", one for each.
[[nodiscard]] std::vector<std::string> lines_of(const Diagnostics& diagnostics);

[[nodiscard]] std::vector<std::string> errors_of(std::string_view document);

[[nodiscard]] std::filesystem::path in_source(std::string_view path);
[[nodiscard]] std::string contents(const std::filesystem::path& file);
// In byte order.
[[nodiscard]] std::vector<std::filesystem::path> xml_files(const std::filesystem::path& folder);

// Throws where the file is not a valid policy.
[[nodiscard]] Compiled compile_file(std::string_view path);

}  // namespace xenacm::policy::test
