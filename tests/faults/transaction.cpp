// SPDX-License-Identifier: Apache-2.0
#include "tests/faults/transaction.h"

#include <fmt/format.h>

#include <system_error>

#include "tests/integration/daemon/toolstack.h"
#include "tests/integration/gate/raw_client.h"

namespace xenacm::faults {

Heard commit(const std::filesystem::path& socket, const Writes& writes) {
  try {
    gate::testing::RawClient client(socket);
    const std::string transaction = client.ask(gate::Message::transaction_start, std::string_view("\0", 1));
    if (transaction.find_first_not_of("0123456789") != std::string::npos) return Heard::unknown;
    const auto id = static_cast<std::uint32_t>(std::stoul(transaction));
    for (const auto& [path, value] : writes) {
      if (client.write(path, value, id) != "OK") return Heard::unknown;
    }
    const std::string answer = client.commit(id);
    if (answer == "OK") return Heard::allowed;
    return answer == "EACCES" ? Heard::denied : Heard::unknown;
  } catch (const std::system_error&) {
    return Heard::unknown;
  }
}

Writes creation(unsigned domid, unsigned life, const std::string& name) {
  const std::string home = fmt::format("/local/domain/{}", domid);
  const std::string uuid = test::uuid_of(domid, life);
  const std::string vm = "/vm/" + uuid;
  return {{home + "/vm", vm}, {home + "/name", name}, {vm + "/uuid", uuid}, {vm + "/name", name}};
}

Writes vif_of(unsigned domid, const std::string& name) {
  const std::string back = fmt::format("/local/domain/0/backend/vif/{}/0", domid);
  const std::string front = fmt::format("/local/domain/{}/device/vif/0", domid);
  return {{front + "/backend", back},  {front + "/backend-id", "0"},
          {back + "/frontend", front}, {back + "/frontend-id", std::to_string(domid)},
          {back + "/domain", name},    {back + "/bridge", "xenbr0"}};
}

}  // namespace xenacm::faults
