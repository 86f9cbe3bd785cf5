// SPDX-License-Identifier: Apache-2.0
#include "enforcer/xen/xenstore.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

extern "C" {
#include <xenstore.h>
}

namespace xenacm::xen {

namespace {

class LibXenstore final : public Xenstore {
 public:
  explicit LibXenstore(xs_handle* handle) : handle_(handle) {}
  ~LibXenstore() override { xs_close(handle_); }
  LibXenstore(const LibXenstore&) = delete;
  LibXenstore& operator=(const LibXenstore&) = delete;

  std::optional<std::string> read(const std::string& path) override {
    unsigned length = 0;
    const std::unique_ptr<void, decltype(&std::free)> value(xs_read(handle_, XBT_NULL, path.c_str(), &length),
                                                            &std::free);
    if (value == nullptr) return std::nullopt;
    return std::string(static_cast<const char*>(value.get()), length);
  }

  bool is_introduced(monitor::DomId domid) override { return xs_is_domain_introduced(handle_, domid.get()); }

  bool watch(const std::string& path) override { return xs_watch(handle_, path.c_str(), path.c_str()); }

  int descriptor() override { return xs_fileno(handle_); }

  std::optional<std::string> next_event() override {
    const std::unique_ptr<char*, decltype(&std::free)> event(xs_check_watch(handle_), &std::free);
    if (event == nullptr) return std::nullopt;
    return std::string(event.get()[XS_WATCH_TOKEN]);
  }

 private:
  xs_handle* handle_;
};

}  // namespace

std::expected<std::unique_ptr<Xenstore>, std::string> open_xenstore(const std::filesystem::path& socket) {
  // The library takes the socket's path from the environment alone.
  if (::setenv("XENSTORED_PATH", socket.c_str(), 1) != 0) return std::unexpected(std::strerror(errno));
  xs_handle* handle = xs_open(0);
  if (handle == nullptr) {
    return std::unexpected("cannot connect to xenstored at " + socket.string() + ": " + std::strerror(errno));
  }
  return std::make_unique<LibXenstore>(handle);
}

}  // namespace xenacm::xen
