// SPDX-License-Identifier: Apache-2.0
// SELinux's answers: a policy compiled by secilc, and asked through libsepol.
#pragma once

#include <cstdint>
#include <string>

namespace xenacm::selinux {

// Makes `cil` the policy that is asked; libsepol knows one at a time. Throws std::runtime_error where it does not
// compile.
void load(const std::string& cil);

// Whether a subject of one security context may share with an object of another. The names are looked up once.
class Question {
 public:
  Question(const std::string& subject, const std::string& object);
  [[nodiscard]] bool may_share() const;

 private:
  std::uint32_t subject_;
  std::uint32_t object_;
  std::uint16_t class_ = 0;
  std::uint32_t permission_ = 0;
};

[[nodiscard]] inline bool may_share(const std::string& subject, const std::string& object) {
  return Question(subject, object).may_share();
}

}  // namespace xenacm::selinux
