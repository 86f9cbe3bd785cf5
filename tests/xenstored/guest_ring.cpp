// SPDX-License-Identifier: Apache-2.0
#include "tests/xenstored/guest_ring.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace xenacm::test {
namespace {

constexpr std::size_t page_size = 4096;
constexpr auto reply_limit = std::chrono::seconds(10);

// xenstored moves the indices from its own process: they are read and written as atomics, in order with the bytes.
std::uint32_t load(XENSTORE_RING_IDX& index) {
  return std::atomic_ref<XENSTORE_RING_IDX>(index).load(std::memory_order_acquire);
}

void store_index(XENSTORE_RING_IDX& index, std::uint32_t value) {
  std::atomic_ref<XENSTORE_RING_IDX>(index).store(value, std::memory_order_release);
}

template <class Condition>
void await(Condition condition, std::chrono::steady_clock::time_point deadline, const char* what) {
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error(std::string("guest ring: ") + what);
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

xenstore_domain_interface* map_page(const std::filesystem::path& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) throw std::runtime_error("guest ring: there is no " + path.string() + ": is the domain introduced?");
  void* page = ::mmap(nullptr, page_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  ::close(fd);
  if (page == MAP_FAILED) throw std::runtime_error("guest ring: cannot map " + path.string());
  return static_cast<xenstore_domain_interface*>(page);
}

std::string text(const GuestRing::Reply& reply) {
  std::string payload = reply.payload;
  if (!payload.empty() && payload.back() == '\0') payload.pop_back();
  return reply.type == XS_ERROR ? "E:" + payload : payload;
}

}  // namespace

GuestRing::GuestRing(Xenstored& store, std::uint32_t domid) : store_(store) {
  std::ifstream port(store.domain_file("port.", domid));
  if (!(port >> port_))
    throw std::runtime_error("guest ring: xenstored has no port for domain " + std::to_string(domid));
  ring_ = map_page(store.domain_file("ring.", domid));
}

GuestRing::~GuestRing() { ::munmap(ring_, page_size); }

void GuestRing::notify() { store_.send_event(port_); }

void GuestRing::put(std::string_view bytes, Deadline deadline) {
  for (const char byte : bytes) {
    const std::uint32_t produced = load(ring_->req_prod);
    if (produced - load(ring_->req_cons) == XENSTORE_RING_SIZE) {
      notify();
      await([&] { return produced - load(ring_->req_cons) < XENSTORE_RING_SIZE; }, deadline, "xenstored takes nothing");
    }
    ring_->req[MASK_XENSTORE_IDX(produced)] = byte;
    store_index(ring_->req_prod, produced + 1);
  }
}

void GuestRing::get(char* bytes, std::size_t size, Deadline deadline) {
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t consumed = load(ring_->rsp_cons);
    if (load(ring_->rsp_prod) == consumed) {
      notify();  // it may wait for room
      await([&] { return load(ring_->rsp_prod) != consumed; }, deadline, "xenstored does not reply");
    }
    bytes[i] = ring_->rsp[MASK_XENSTORE_IDX(consumed)];
    store_index(ring_->rsp_cons, consumed + 1);
  }
}

GuestRing::Reply GuestRing::request(xsd_sockmsg_type type, std::string_view payload) {
  const Deadline deadline = std::chrono::steady_clock::now() + reply_limit;
  const std::uint32_t id = next_request_++;
  const xsd_sockmsg header{static_cast<std::uint32_t>(type), id, 0, static_cast<std::uint32_t>(payload.size())};
  put({reinterpret_cast<const char*>(&header), sizeof header}, deadline);
  put(payload, deadline);
  notify();
  while (true) {
    xsd_sockmsg reply{};
    get(reinterpret_cast<char*>(&reply), sizeof reply, deadline);
    if (reply.len > XENSTORE_PAYLOAD_MAX) throw std::runtime_error("guest ring: the reply is garbled");
    std::string content(reply.len, '\0');
    get(content.data(), content.size(), deadline);
    notify();
    if (reply.type != XS_WATCH_EVENT && reply.req_id == id) return {reply.type, std::move(content)};
  }
}

std::string GuestRing::read(const std::string& path) { return text(request(XS_READ, path + '\0')); }

std::string GuestRing::write(const std::string& path, const std::string& value) {
  return text(request(XS_WRITE, path + '\0' + value));
}

std::string GuestRing::watch(const std::string& path, const std::string& token) {
  return text(request(XS_WATCH, path + '\0' + token + '\0'));
}

}  // namespace xenacm::test
