// SPDX-License-Identifier: Apache-2.0
// A decision that is asked for over the API's socket, beside a packet of the same size that is sent to and fro.
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>

#include "tests/bench/byte_proxy.h"
#include "tests/bench/each_timed.h"
#include "tests/integration/daemon/daemon.h"
#include "tests/integration/daemon/toolstack.h"
#include "tests/integration/gate/raw_client.h"

namespace xenacm::bench {
namespace {

const std::string kBody = R"({"domain":"client2","link":{"class":"vif","backend":"nicdom"}})";
const std::string kRequest = "POST /v1/whatif/attach HTTP/1.1\r\nHost: xenacm\r\nContent-Type: application/json\r\n" +
                             ("Content-Length: " + std::to_string(kBody.size())) + "\r\n\r\n" + kBody;

// The first story of the README: client2 asks for a link to nicdom, which is refused.
class ApiBed {
 public:
  ApiBed() {
    dom0_.start();
    dom0_.tool({"setpolicy", "ACM", XENACM_SOURCE_DIR "/examples/policies/mytest-security_policy.xml"});
    dom0_.tool({"addlabel", "AutoCorp", "mgt", "client2"});
    dom0_.tool({"addlabel", "A-Bank", "mgt", "nicdom"});
    dom0_.tool({"mode", "enforcing"});
    test::Toolstack toolstack(dom0_.xenstored());
    if (!toolstack.create(1, "nicdom") || !toolstack.create(2, "client2")) throw std::runtime_error("not admitted");
    const auto answer = dom0_.client().call("POST", "/v1/whatif/attach", kBody);
    if (!answer || !answer->body.contains("the two labels share no STE type")) {
      throw std::runtime_error("not the answer that is to be measured");
    }
  }
  ~ApiBed() { dom0_.stop(); }
  ApiBed(const ApiBed&) = delete;
  ApiBed& operator=(const ApiBed&) = delete;
  [[nodiscard]] std::filesystem::path socket() const { return dom0_.socket(); }

 private:
  test::Dom0 dom0_;
};

// One response, as far as its Content-Length says.
void read_response(int socket, std::string& buffer) {
  constexpr std::string_view kLength = "Content-Length: ";
  std::size_t filled = 0;
  for (;;) {
    const ssize_t read = ::read(socket, buffer.data() + filled, buffer.size() - filled);
    if (read <= 0) throw std::runtime_error("the API hung up");
    filled += static_cast<std::size_t>(read);
    const std::string_view so_far(buffer.data(), filled);
    const std::size_t head = so_far.find("\r\n\r\n");
    const std::size_t length = so_far.find(kLength);
    if (head == std::string_view::npos || length == std::string_view::npos) continue;
    if (filled >= head + 4 + std::stoul(std::string(so_far.substr(length + kLength.size(), 9)))) return;
  }
}

void api_decision(benchmark::State& run) {
  static ApiBed bed;
  const gate::testing::RawClient client(bed.socket());
  std::string response(16'384, '\0');
  each_timed(run, [&] {
    client.send(kRequest);
    read_response(client.descriptor(), response);
  });
}
BENCHMARK(api_decision)->UseRealTime();

void api_echo(benchmark::State& run) {
  const PacketEcho echo;
  std::string packet = kRequest;
  each_timed(run, [&] {
    const auto size = static_cast<ssize_t>(packet.size());
    if (::write(echo.socket(), packet.data(), packet.size()) != size ||
        ::read(echo.socket(), packet.data(), packet.size()) != size) {
      throw std::runtime_error("no echo");
    }
  });
}
BENCHMARK(api_echo)->UseRealTime();

}  // namespace
}  // namespace xenacm::bench
