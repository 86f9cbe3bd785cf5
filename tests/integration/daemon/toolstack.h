// SPDX-License-Identifier: Apache-2.0
// What libxl writes into xenstore (docs/gate.md), through libxenstore.
#pragma once

#include <string>

#include "tests/xenstored/xenstored_fixture.h"

namespace xenacm::test {

// The uuid that fakexen.c's hypervisor gives a domain in one of its id's lives.
[[nodiscard]] std::string uuid_of(unsigned domid, unsigned life = 0);

class Toolstack {
 public:
  explicit Toolstack(Xenstored& xenstored) : Toolstack(xenstored, xenstored.socket_path()) {}
  // By another socket of xenstored's: past the gate.
  Toolstack(Xenstored& xenstored, const std::filesystem::path& socket)
      : xenstored_(xenstored), handle_(open_xenstore(socket)) {}

  // As `xl create`: the hypervisor's domain, its transaction, and its introduction if the commit went through. Where it
  // did not, the domain is destroyed, as libxl does. True: it runs.
  bool create(unsigned domid, const std::string& name);
  void destroy(unsigned domid);
  // As `xl network-attach` with a backend; retries after EAGAIN.
  bool attach_vif(unsigned frontend, unsigned backend);
  void detach_vif(unsigned frontend, unsigned backend);
  // As `xl block-attach` of a raw image that Domain-0's qemu serves.
  bool attach_image(unsigned frontend, const std::string& path);

  void rename(unsigned domid, const std::string& name);
  // Makes the node the domain's own, to write as it likes.
  void give(unsigned domid, const std::string& path);

  // What the last refusal said.
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] bool exists(const std::string& path) const;

 private:
  template <class Write>
  bool commit(Write write);

  Xenstored& xenstored_;
  XenstoreHandle handle_;
  int error_ = 0;
};

}  // namespace xenacm::test
