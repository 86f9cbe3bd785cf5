// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/gate/gate_bed.h"

#include <boost/asio/post.hpp>
#include <future>
#include <utility>

namespace xenacm::gate::testing {

GateBed::GateBed()
    : store_(GetParam()),
      gate_(io_, {.socket = store_.socket_path(), .keeper = {}, .taken = {}}, monitor_.submit()),
      work_(io_.get_executor()) {}

GateBed::~GateBed() {
  if (!thread_.joinable()) return;
  monitor_.release();
  stop_gate();
  work_.reset();
  thread_.join();
}

void GateBed::SetUp() {
  const auto started = gate_.start();
  ASSERT_TRUE(started.has_value()) << started.error();
  thread_ = std::thread([this] { io_.run(); });
}

std::filesystem::path GateBed::upstream_of(std::filesystem::path name) { return name += ".real"; }

std::string GateBed::stored(std::string_view path) const { return direct().read(path); }

template <class Action>
auto GateBed::on_gates_thread(Action action) {
  std::packaged_task<decltype(action())()> task(std::move(action));
  auto result = task.get_future();
  boost::asio::post(io_, std::move(task));
  return result.get();
}

std::uint64_t GateBed::connections() {
  return on_gates_thread([this] { return gate_.connections(); });
}

void GateBed::stop_gate() {
  on_gates_thread([this] { gate_.stop(); });
}

std::string kind_name(const ::testing::TestParamInfo<test::XenstoredKind>& kind) {
  return kind.param == test::XenstoredKind::c ? "xenstored" : "oxenstored";
}

}  // namespace xenacm::gate::testing
