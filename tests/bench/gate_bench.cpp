// SPDX-License-Identifier: Apache-2.0
// What clients of xenstored feel: through the daemon's gate, past it, and through a proxy that only carries bytes.
#include <mutex>
#include <stdexcept>

#include "tests/bench/byte_proxy.h"
#include "tests/bench/each_timed.h"
#include "tests/integration/daemon/daemon.h"

namespace xenacm::bench {
namespace {

enum class Way { gate, bare, proxy };

class GateBed {
 public:
  GateBed() {
    dom0_.start();
    proxy_.emplace(socket(Way::proxy), socket(Way::bare));
  }
  ~GateBed() { dom0_.stop(); }
  GateBed(const GateBed&) = delete;
  GateBed& operator=(const GateBed&) = delete;
  [[nodiscard]] std::filesystem::path socket(Way way) {
    const std::filesystem::path name = dom0_.xenstored().socket_path();
    if (way == Way::gate) return name;
    return way == Way::bare ? name.string() + ".real" : (dom0_.folder() / "proxy").string();
  }
  // libxenstore takes the socket's path from the environment.
  [[nodiscard]] test::XenstoreHandle open(Way way) {
    const std::scoped_lock lock(mutex_);
    return test::open_xenstore(socket(way));
  }

 private:
  std::mutex mutex_;
  test::Dom0 dom0_;
  std::optional<ByteProxy> proxy_;
};

GateBed& bed() {
  static GateBed bed;
  return bed;
}

void expect(bool done) {
  if (!done) throw std::runtime_error("xenstored did not do what it was asked");
}

std::string node_of(const benchmark::State& run) { return "/tool/bench/" + std::to_string(run.thread_index()); }

void write(xs_handle* handle, xs_transaction_t transaction, const std::string& path) {
  expect(xs_write(handle, transaction, path.c_str(), "value", 5));
}

void xs_read(benchmark::State& run, Way way) {
  const auto handle = bed().open(way);
  const std::string path = node_of(run);
  write(handle.get(), XBT_NULL, path);
  each_timed(run, [&] {
    unsigned length = 0;
    void* value = ::xs_read(handle.get(), XBT_NULL, path.c_str(), &length);
    expect(value != nullptr);
    std::free(value);
  });
}

void xs_write(benchmark::State& run, Way way) {
  const auto handle = bed().open(way);
  const std::string path = node_of(run);
  each_timed(run, [&] { write(handle.get(), XBT_NULL, path); });
}

// Another client's commit in between lets one fail, and it is begun again: as a toolstack does.
void xs_transaction(benchmark::State& run, Way way) {
  const auto handle = bed().open(way);
  const std::string path = node_of(run);
  each_timed(run, [&] {
    bool done = false;
    while (!done) {
      const xs_transaction_t transaction = ::xs_transaction_start(handle.get());
      write(handle.get(), transaction, path);
      done = ::xs_transaction_end(handle.get(), transaction, false);
    }
  });
}

// From a write to its event at another connection.
void xs_watch(benchmark::State& run, Way way) {
  const auto writer = bed().open(way);
  const auto watcher = bed().open(way);
  const std::string path = node_of(run);
  const auto next_event = [&] {
    unsigned words = 0;
    char** event = ::xs_read_watch(watcher.get(), &words);
    expect(event != nullptr);
    std::free(event);
  };
  expect(::xs_watch(watcher.get(), path.c_str(), "token"));
  next_event();  // the one that says that the watch is set
  each_timed(run, [&] {
    write(writer.get(), XBT_NULL, path);
    next_event();
  });
}

// Before the threads begin: the processes that it starts are this one's, not a thread's.
void set_up(const benchmark::State&) { bed(); }

#define ONE_WAY(work, way) BENCHMARK_CAPTURE(work, way, Way::way)->Threads(1)->Threads(50)->UseRealTime()->Setup(set_up)
#define EACH_WAY(work) \
  ONE_WAY(work, gate); \
  ONE_WAY(work, bare); \
  ONE_WAY(work, proxy)
EACH_WAY(xs_read);
EACH_WAY(xs_write);
EACH_WAY(xs_transaction);
EACH_WAY(xs_watch);

}  // namespace
}  // namespace xenacm::bench
