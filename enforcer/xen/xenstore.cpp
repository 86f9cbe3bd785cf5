// SPDX-License-Identifier: Apache-2.0
#include "enforcer/xen/xenstore.h"

#include <array>
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

  std::vector<std::string> list(const std::string& path) override {
    unsigned count = 0;
    const std::unique_ptr<char*, decltype(&std::free)> names(xs_directory(handle_, XBT_NULL, path.c_str(), &count),
                                                             &std::free);
    if (names == nullptr) return {};
    return {names.get(), names.get() + count};
  }

  std::expected<void, std::string> write(const Writes& writes) override {
    auto committed = in_transaction([&](xs_transaction_t transaction) { return write_all(transaction, writes); });
    if (!committed) return std::unexpected(committed.error());
    // A guest that rewrites its own nodes without end makes each transaction on them fail.
    return *committed ? std::expected<void, std::string>() : write_all(XBT_NULL, writes);
  }

  std::expected<void, std::string> publish(const std::string& directory, const std::string& name, const Writes& nodes,
                                           monitor::DomId reader) override {
    const std::string below = directory + '/' + name;
    Writes writes{{below, ""}};
    for (const auto& [node, value] : nodes) writes.emplace_back(below + '/' + node, value);
    auto committed = in_transaction([&](xs_transaction_t transaction) -> std::expected<void, std::string> {
      if (!exists(transaction, directory)) return {};
      if (auto written = write_all(transaction, writes); !written) return written;
      return protect_all(transaction, writes, reader);
    });
    if (!committed) return std::unexpected(committed.error());
    if (!*committed) return std::unexpected("xenstored does not commit what is published at " + below);
    return {};
  }

  std::expected<void, std::string> remove(const std::string& path) override {
    if (xs_rm(handle_, XBT_NULL, path.c_str()) || errno == ENOENT) return {};
    return failed("remove " + path);
  }

  bool is_introduced(monitor::DomId domid) override { return xs_is_domain_introduced(handle_, domid.get()); }

  bool watch(const std::string& path) override { return xs_watch(handle_, path.c_str(), path.c_str()); }

  void unwatch(const std::string& path) override { (void)xs_unwatch(handle_, path.c_str(), path.c_str()); }

  int descriptor() override { return xs_fileno(handle_); }

  std::expected<std::optional<std::string>, std::string> next_event() override {
    const std::unique_ptr<char*, decltype(&std::free)> event(xs_check_watch(handle_), &std::free);
    if (event != nullptr) return std::string(event.get()[XS_WATCH_PATH]);
    if (errno == EAGAIN) return std::nullopt;
    return std::unexpected("the connection to xenstored is lost");
  }

 private:
  static constexpr int kAttempts = 16;

  // False: others changed the same nodes each time.
  template <class Work>
  std::expected<bool, std::string> in_transaction(Work work) {
    for (int attempt = 0; attempt < kAttempts; ++attempt) {
      const xs_transaction_t transaction = xs_transaction_start(handle_);
      if (transaction == XBT_NULL) return failed("begin a transaction");
      if (auto worked = work(transaction); !worked) {
        (void)xs_transaction_end(handle_, transaction, true);
        return std::unexpected(worked.error());
      }
      if (xs_transaction_end(handle_, transaction, false)) return true;
      if (errno != EAGAIN) return failed("commit");
    }
    return false;
  }

  bool exists(xs_transaction_t transaction, const std::string& path) {
    unsigned length = 0;
    const std::unique_ptr<void, decltype(&std::free)> value(xs_read(handle_, transaction, path.c_str(), &length),
                                                            &std::free);
    return value != nullptr;
  }

  std::expected<void, std::string> protect_all(xs_transaction_t transaction, const Writes& writes,
                                               monitor::DomId reader) {
    std::array<xs_permissions, 2> permissions{{{0, XS_PERM_NONE}, {reader.get(), XS_PERM_READ}}};
    for (const auto& [path, value] : writes) {
      if (xs_set_permissions(handle_, transaction, path.c_str(), permissions.data(), permissions.size())) continue;
      return failed("set the permissions of " + path);
    }
    return {};
  }

  std::expected<void, std::string> write_all(xs_transaction_t transaction, const Writes& writes) {
    for (const auto& [path, value] : writes) {
      if (xs_write(handle_, transaction, path.c_str(), value.data(), static_cast<unsigned>(value.size()))) continue;
      return failed("write " + path);
    }
    return {};
  }

  static std::unexpected<std::string> failed(const std::string& what) {
    return std::unexpected("xenstored does not " + what + ": " + std::strerror(errno));
  }

  xs_handle* handle_;
};

}  // namespace

std::expected<std::unique_ptr<Xenstore>, std::string> open_xenstore(const std::filesystem::path& socket) {
  // The library takes the socket's path from the environment alone.
  const char* now = std::getenv("XENSTORED_PATH");
  const bool set = now != nullptr && socket == now;  // left alone where it can be: other threads may read it
  if (!set && ::setenv("XENSTORED_PATH", socket.c_str(), 1) != 0) return std::unexpected(std::strerror(errno));
  // Without this flag the library goes by the kernel where the socket refuses, and waits there for as long as it takes.
  xs_handle* handle = xs_open(XS_OPEN_SOCKETONLY);
  if (handle == nullptr) {
    return std::unexpected("cannot connect to xenstored at " + socket.string() + ": " + std::strerror(errno));
  }
  return std::make_unique<LibXenstore>(handle);
}

}  // namespace xenacm::xen
