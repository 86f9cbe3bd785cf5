// SPDX-License-Identifier: Apache-2.0
// Logs to attack.
#pragma once

#include <string>
#include <vector>

#include "enforcer/audit/verify.h"

namespace xenacm::audit::test {

using Log = std::vector<Line>;

// The text of a record as the daemon writes it.
[[nodiscard]] std::string record(std::int64_t seq);

// The records 1 to `size`, chained.
[[nodiscard]] Log sample_log(std::int64_t size);

// Makes all hashes from `from` (an index) on anew, as whoever has no key can.
void rechain(Log& log, std::size_t from);

// The checkpoint of the record with that number, signed.
[[nodiscard]] std::string checkpoint_of(const Log& log, std::int64_t seq, const SigningKey& key);

struct Witness {
  std::string checkpoint;
  Source source = Source::log;
};

struct Given {
  std::vector<Witness> witnesses = {};
  std::vector<PublicKey> trusted = {};
  std::int64_t after = 0;
};

[[nodiscard]] Report verify(const Log& log, const Given& given = {});

// "altered 5", "" for none.
[[nodiscard]] std::string found(const Report& report);

}  // namespace xenacm::audit::test
