// SPDX-License-Identifier: Apache-2.0
#include "tests/selinux/access.h"

#include <sepol/policydb/services.h>
#include <sepol/sepol.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>

#include "tests/selinux/cil.h"

namespace xenacm::selinux {

namespace {

// A folder of its own, for test programs run side by side.
class Scratch {
 public:
  Scratch() {
    std::string name = std::filesystem::temp_directory_path() / "xenacm-selinux-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no folder for temporary files");
    path_ = name;
  }
  ~Scratch() { std::filesystem::remove_all(path_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] std::string file(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

void check(int status, const std::string& what) {
  if (status != 0) throw std::runtime_error("SELinux: " + what);
}

sepol_security_id_t sid_of(const std::string& context) {
  sepol_security_id_t sid = 0;
  check(sepol_context_to_sid(context.c_str(), context.size() + 1, &sid), "no such context: " + context);
  return sid;
}

}  // namespace

void load(const std::string& cil) {
  const Scratch scratch;
  std::ofstream(scratch.file("policy.cil")) << cil;
  const std::string command = "secilc --mls false --output " + scratch.file("policy") + " --filecontexts /dev/null " +
                              scratch.file("policy.cil");
  check(std::system(command.c_str()), command);
  const std::unique_ptr<FILE, int (*)(FILE*)> binary(std::fopen(scratch.file("policy").c_str(), "rb"), &std::fclose);
  if (!binary) throw std::runtime_error("SELinux: secilc wrote no policy");
  check(sepol_set_policydb_from_file(binary.get()), "the policy cannot be read back");
}

Question::Question(const std::string& subject, const std::string& object)
    : subject_(sid_of(subject)), object_(sid_of(object)) {
  check(sepol_string_to_security_class(kClass, &class_), "no such class");
  check(sepol_string_to_av_perm(class_, kPermission, &permission_), "no such permission");
}

bool Question::may_share() const {
  sepol_av_decision decision{};
  check(sepol_compute_av(subject_, object_, class_, permission_, &decision), "no decision");
  return (decision.allowed & permission_) == permission_;
}

}  // namespace xenacm::selinux
