// SPDX-License-Identifier: Apache-2.0
// Wherever OpenSSL's memory ends while something is signed, checked or hashed: nothing wrong comes of it, and the next
// time it is done.
#include <gtest/gtest.h>

#include <iostream>
#include <stdexcept>
#include <thread>

#include "enforcer/audit/chain.h"
#include "enforcer/audit/signature.h"
#include "policy/compiler.h"
#include "tests/faults/survey.h"

namespace xenacm::faults {
namespace {

class OpenSslTrial : public Trial {
 public:
  Attempt attempt(const Fault& fault, std::uint64_t nth) override {
    Attempt result;
    // A thread keeps what it hashes with.
    std::thread([&] {
      arm(fault, nth);
      try {
        result.told = work() == expected_ ? Told::done : Told::nothing;
      } catch (const std::exception&) {
        result.told = Told::refused;
      }
      result.hits = disarm();
      if (result.told == Told::nothing) result.wrong = "something else came of it";
      if (work() != expected_) result.wrong = "the next time something else came of it";
    }).join();
    return result;
  }

 private:
  [[nodiscard]] std::string work() const {
    const std::string signature = key_.sign("text");
    if (!key_.public_key().verify("text", signature)) throw std::runtime_error("not verified");
    return signature + audit::to_hex(audit::next_hash({}, "record")) + policy::digest_of("document") + key_.pem();
  }

  const audit::SigningKey key_ = audit::SigningKey::make();
  const std::string expected_ = work();
};

TEST(OpenSslFaults, EndNothingAndGiveNothingWrong) {
  const Survey found =
      survey({[] { return std::make_unique<OpenSslTrial>(); }, [] { return "the process ended"; }}, {c_memory}, 1000);
  std::cout << "figures: " << found << '\n';
  EXPECT_EQ(found.wrong, "");
  EXPECT_GT(found.points, 0u);
}

}  // namespace
}  // namespace xenacm::faults
