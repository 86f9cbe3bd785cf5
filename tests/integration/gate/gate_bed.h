// SPDX-License-Identifier: Apache-2.0
// A real xenstored behind a gate whose monitor the test scripts.
#pragma once

#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <string>
#include <thread>

#include "enforcer/gate/gate.h"
#include "tests/integration/gate/raw_client.h"
#include "tests/integration/gate/scripted_monitor.h"
#include "tests/xenstored/xenstored_fixture.h"

namespace xenacm::gate::testing {

class GateBed : public ::testing::TestWithParam<test::XenstoredKind> {
 protected:
  GateBed();
  ~GateBed() override;
  void SetUp() override;

  [[nodiscard]] std::filesystem::path socket() const { return store_.socket_path(); }
  [[nodiscard]] std::filesystem::path real_socket() const { return upstream_of(store_.socket_path()); }
  [[nodiscard]] RawClient client() const { return RawClient(socket()); }       // through the gate
  [[nodiscard]] RawClient direct() const { return RawClient(real_socket()); }  // past it

  // What the store holds, seen past the gate.
  [[nodiscard]] std::string stored(std::string_view path) const;

  // On the gate's thread.
  [[nodiscard]] const Counters& counters() const { return gate_.counters(); }
  [[nodiscard]] std::uint64_t connections();  // once the gate has done what waited
  void stop_gate();

  test::Xenstored store_;
  boost::asio::io_context io_{1};
  ScriptedMonitor monitor_{io_};
  Gate gate_;

 private:
  [[nodiscard]] static std::filesystem::path upstream_of(std::filesystem::path name);
  template <class Action>
  auto on_gates_thread(Action action);

  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  std::thread thread_;
};

[[nodiscard]] std::string kind_name(const ::testing::TestParamInfo<test::XenstoredKind>& kind);

}  // namespace xenacm::gate::testing

// For every xenstored there is.
#define FOR_EVERY_XENSTORED(suite)                                                                                    \
  INSTANTIATE_TEST_SUITE_P(, suite,                                                                                   \
                           ::testing::Values(::xenacm::test::XenstoredKind::c, ::xenacm::test::XenstoredKind::ocaml), \
                           ::xenacm::gate::testing::kind_name)
