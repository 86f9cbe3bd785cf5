// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/daemon/toolstack.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

namespace xenacm::test {

namespace {

constexpr unsigned kPort = 9;

std::string domain(unsigned domid) { return "/local/domain/" + std::to_string(domid); }

std::string backend_path(unsigned frontend, unsigned backend) {
  return domain(backend) + "/backend/vif/" + std::to_string(frontend) + "/0";
}

std::string frontend_path(unsigned frontend) { return domain(frontend) + "/device/vif/0"; }

}  // namespace

std::string uuid_of(unsigned domid, unsigned life) {
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%08x%04x", life, domid);
  return text.data();
}

template <class Write>
bool Toolstack::commit(Write write) {
  while (true) {
    const xs_transaction_t transaction = xs_transaction_start(handle_.get());
    const auto put = [&](const std::string& path, const std::string& value) {
      xs_write(handle_.get(), transaction, path.c_str(), value.data(), static_cast<unsigned>(value.size()));
    };
    const auto remove = [&](const std::string& path) { xs_rm(handle_.get(), transaction, path.c_str()); };
    write(put, remove);
    if (xs_transaction_end(handle_.get(), transaction, false)) return true;
    error_ = errno;
    if (error_ != EAGAIN) return false;
  }
}

bool Toolstack::create(unsigned domid, const std::string& name) {
  xenstored_.add_domain(domid, DomainState::paused);
  const std::string vm = "/vm/" + uuid_of(domid);
  const bool committed = commit([&](auto put, auto remove) {
    remove(domain(domid));
    remove(vm);
    put(domain(domid) + "/vm", vm);
    put(domain(domid) + "/name", name);
    put(vm + "/uuid", uuid_of(domid));
    put(vm + "/name", name);
  });
  if (!committed) {
    xenstored_.remove_domain(domid);
    return false;
  }
  return xs_introduce_domain(handle_.get(), domid, 1, kPort);
}

void Toolstack::destroy(unsigned domid) {
  xs_rm(handle_.get(), XBT_NULL, domain(domid).c_str());
  xenstored_.remove_domain(domid);
  xenstored_.poke_domains();
}

bool Toolstack::attach_vif(unsigned frontend, unsigned backend) {
  return commit([&](auto put, auto remove) {
    const std::string libxl = "/libxl/" + std::to_string(frontend) + "/device/vif/0";
    const std::string back = backend_path(frontend, backend);
    const std::string front = frontend_path(frontend);
    remove(libxl);
    put(libxl + "/backend", back);
    remove(front);
    put(front + "/backend", back);
    put(front + "/backend-id", std::to_string(backend));
    put(front + "/state", "1");
    remove(back);
    put(back + "/frontend", front);
    put(back + "/frontend-id", std::to_string(frontend));
    put(back + "/online", "1");
    put(back + "/state", "1");
  });
}

void Toolstack::detach_vif(unsigned frontend, unsigned backend) {
  commit([&](auto, auto remove) {
    remove("/libxl/" + std::to_string(frontend) + "/device/vif/0");
    remove(frontend_path(frontend));
    remove(backend_path(frontend, backend));
  });
}

bool Toolstack::attach_image(unsigned frontend, const std::string& path) {
  return commit([&](auto put, auto remove) {
    const std::string back = "/local/domain/0/backend/qdisk/" + std::to_string(frontend) + "/51712";
    const std::string front = domain(frontend) + "/device/vbd/51712";
    remove(front);
    put(front + "/backend", back);
    put(front + "/backend-id", "0");
    remove(back);
    put(back + "/frontend", front);
    put(back + "/params", "aio:" + path);
    put(back + "/frontend-id", std::to_string(frontend));
    put(back + "/type", "qdisk");
  });
}

void Toolstack::rename(unsigned domid, const std::string& name) {
  commit([&](auto put, auto) { put(domain(domid) + "/name", name); });
}

void Toolstack::give(unsigned domid, const std::string& path) {
  xs_permissions owner{domid, XS_PERM_NONE};
  xs_set_permissions(handle_.get(), XBT_NULL, path.c_str(), &owner, 1);
}

bool Toolstack::exists(const std::string& path) const {
  unsigned length = 0;
  void* value = xs_read(handle_.get(), XBT_NULL, path.c_str(), &length);
  std::free(value);
  return value != nullptr;
}

}  // namespace xenacm::test
