// SPDX-License-Identifier: Apache-2.0
// The xenstore client in a guest's kernel: speaks with xenstored over the ring page that it shares with it, as domain
// N, with what domain N may do (xen/io/xs_wire.h, docs/misc/xenstore-ring.txt of Xen).
#pragma once

#include <stdint.h>  // which xs_wire.h needs
#include <xen/io/xs_wire.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "tests/xenstored/xenstored_fixture.h"

namespace xenacm::test {

class GuestRing {
 public:
  struct Reply {
    std::uint32_t type;   // XS_ERROR, or that of the request
    std::string payload;  // as it came, with its NULs; of an error its name, as "EACCES" and a NUL
  };

  // The domain must have been introduced.
  GuestRing(Xenstored& store, std::uint32_t domid);
  GuestRing(const GuestRing&) = delete;
  GuestRing& operator=(const GuestRing&) = delete;
  ~GuestRing();

  // Watch events that come before the reply are dropped. Throws if there is no reply in time.
  Reply request(xsd_sockmsg_type type, std::string_view payload);

  // The value, "OK", or "E:" and the error's name.
  std::string read(const std::string& path);
  std::string write(const std::string& path, const std::string& value);
  std::string watch(const std::string& path, const std::string& token);

 private:
  using Deadline = std::chrono::steady_clock::time_point;

  void put(std::string_view bytes, Deadline deadline);
  void get(char* bytes, std::size_t size, Deadline deadline);
  void notify();

  Xenstored& store_;
  std::uint32_t port_ = 0;
  xenstore_domain_interface* ring_ = nullptr;
  std::uint32_t next_request_ = 1;
};

}  // namespace xenacm::test
