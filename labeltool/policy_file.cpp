// SPDX-License-Identifier: Apache-2.0
#include "labeltool/policy_file.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>
#include <vector>

#include "enforcer/api/client.h"
#include "labeltool/text_file.h"

namespace xenacm::labeltool {

namespace {

constexpr std::array kFolders{".", "/etc/xen/acm-security/policies"};

std::vector<std::filesystem::path> candidates(const std::string& name) {
  if (name.find('/') != std::string::npos) return {name};
  std::string relative = name;
  std::ranges::replace(relative, '.', '/');
  std::vector<std::filesystem::path> paths;
  for (const char* folder : kFolders)
    paths.push_back(std::filesystem::path(folder) / (relative + "-security_policy.xml"));
  return paths;
}

}  // namespace

std::filesystem::path find_policy_file(const std::string& name) {
  const auto paths = candidates(name);
  const auto file = std::ranges::find_if(paths, [](const auto& path) { return std::filesystem::exists(path); });
  return file != paths.end() ? *file : paths.back();
}

std::expected<PolicyFile, Failure> read_policy_file(const std::string& name) {
  std::filesystem::path path = find_policy_file(name);
  auto text = read_file(path);
  if (!text) {
    return std::unexpected(Failure{"Could not read policy file: " + path.string() + " (" + text.error() + ")"});
  }
  return PolicyFile{.path = std::move(path), .text = *std::move(text)};
}

std::expected<PolicyFile, Failure> with_signature(PolicyFile file) {
  std::filesystem::path path = file.path;
  path += ".sig";
  if (!std::filesystem::exists(path)) return file;
  auto signature = read_file(path);
  if (!signature)
    return std::unexpected(Failure{"Could not read signature: " + path.string() + " (" + signature.error() + ")"});
  constexpr std::size_t kBytes = 64;
  if (signature->size() == kBytes) {
    std::array<unsigned char, kBytes * 2> base64{};
    const auto* bytes = reinterpret_cast<const unsigned char*>(signature->data());
    const int size = EVP_EncodeBlock(base64.data(), bytes, static_cast<int>(kBytes));
    file.signature.assign(base64.begin(), base64.begin() + size);
  } else {
    std::ranges::remove_copy_if(*signature, std::back_inserter(file.signature),
                                [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  }
  return file;
}

std::string query_of(const PolicyFile& file, bool force) {
  std::string query;
  if (!file.signature.empty()) query = "?signature=" + api::encoded(file.signature);
  if (force) query += (query.empty() ? "?" : "&") + std::string("force=1");
  return query;
}

std::expected<PolicyFile, Failure> read_document(const std::string& name) {
  const bool is_bare = name.find('/') == std::string::npos;
  if (!is_bare || !std::filesystem::is_regular_file(name)) return read_policy_file(name);
  auto document = read_policy_file("./" + name);
  if (document) document->path = name;
  return document;
}

}  // namespace xenacm::labeltool
