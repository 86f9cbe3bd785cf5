// SPDX-License-Identifier: Apache-2.0
// Lets the nth call of a kind fail: allocations (allocation.cpp) and system calls (system_calls.cpp), of all threads
// but those that are spared. Linked into test programs alone.
#pragma once

#include <cstdint>

namespace xenacm::faults {

// Kinds of calls, to be joined with |.
enum Site : unsigned {
  cpp_memory = 1U << 0U,     // operator new
  c_memory = 1U << 1U,       // of OpenSSL and pugixml
  sqlite_memory = 1U << 2U,  // of SQLite
  opening = 1U << 3U,
  reading = 1U << 4U,
  writing = 1U << 5U,
  syncing = 1U << 6U,
  truncating = 1U << 7U,
  naming = 1U << 8U,  // rename, link, unlink
  locking = 1U << 9U,
  mapping = 1U << 10U,
  receiving = 1U << 11U,
  sending = 1U << 12U,
};
inline constexpr unsigned kMemory = cpp_memory | c_memory | sqlite_memory;

struct Fault {
  unsigned sites = kMemory;
  int error = 0;       // errno; 0: the call does less than it was asked to (a short read or write)
  bool lasts = false;  // every later call fails, too
};

struct Hits {
  std::uint64_t seen = 0;
  std::uint64_t failed = 0;
};

// From here on the nth call fails; 0: none does, they are counted.
void arm(const Fault& fault, std::uint64_t nth);
Hits disarm();

// Whether the present call is to fail; sets errno.
[[nodiscard]] bool strikes(Site site);
// Whether what strikes is a short read or write.
[[nodiscard]] bool shortens();

// No call of this thread fails as long as one of these lives, nor is it counted.
class Spared {
 public:
  Spared();
  ~Spared();
  Spared(const Spared&) = delete;
  Spared& operator=(const Spared&) = delete;

 private:
  bool before_;
};

// Before SQLite and OpenSSL are used for the first time: their allocations and SQLite's system calls are seen from here
// on.
void watch_libraries();

}  // namespace xenacm::faults
