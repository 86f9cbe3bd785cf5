// SPDX-License-Identifier: Apache-2.0
#include "enforcer/daemon/witness.h"

#include <spdlog/spdlog.h>
#include <syslog.h>
#define SD_JOURNAL_SUPPRESS_LOCATION  // which line of the daemon said it is of no interest
#include <systemd/sd-journal.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstring>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

namespace xenacm::daemon {

namespace asio = boost::asio;

namespace {

constexpr int kMostWaiting = 64;  // checkpoints

using Tell = void (*)(const std::string& checkpoint);

void tell_journald(const std::string& checkpoint) {
  const nlohmann::json members = nlohmann::json::parse(checkpoint);
  const std::string seq = std::to_string(members.at("seq").get<std::int64_t>());
  const std::array<std::string, 7> fields{"MESSAGE=audit log: signed up to record " + seq,
                                          "MESSAGE_ID=" + std::string(kCheckpointMessage),
                                          "PRIORITY=" + std::to_string(LOG_NOTICE),
                                          "XENACM_AUDIT_SEQ=" + seq,
                                          "XENACM_AUDIT_HASH=" + members.at("hash").get<std::string>(),
                                          "XENACM_AUDIT_KEY=" + members.at("key").get<std::string>(),
                                          "XENACM_AUDIT_CHECKPOINT=" + checkpoint};
  std::array<iovec, fields.size()> parts{};
  for (std::size_t i = 0; i < fields.size(); ++i) {
    parts[i] = {const_cast<char*>(fields[i].data()), fields[i].size()};  // NOLINT: it is only read
  }
  if (const int error = sd_journal_sendv(parts.data(), parts.size()); error < 0) {
    spdlog::warn("audit log: journald was not told of the checkpoint of record {}: {}", seq, std::strerror(-error));
  }
}

void tell_syslog(const std::string& checkpoint) {
  ::syslog(LOG_AUTHPRIV | LOG_NOTICE, "xenacm audit checkpoint %s", checkpoint.c_str());
}

constexpr auto kWitnesses =
    std::to_array<std::pair<std::string_view, Tell>>({{"journald", tell_journald}, {"syslog", tell_syslog}});

}  // namespace

bool is_witness(std::string_view name) {
  return std::ranges::find(kWitnesses, name, &std::pair<std::string_view, Tell>::first) != kWitnesses.end();
}

std::function<void(const std::string&)> witness(std::vector<std::string> names) {
  const std::shared_ptr<asio::thread_pool> thread(new asio::thread_pool(1), [](asio::thread_pool* pool) {
    pool->join();
    delete pool;
  });
  const auto waiting = std::make_shared<std::atomic<int>>(0);
  return [names = std::move(names), thread, waiting](const std::string& checkpoint) {
    if (*waiting >= kMostWaiting) {
      spdlog::error("audit log: a checkpoint was not told to its witnesses, which do not listen");
      return;
    }
    ++*waiting;
    asio::post(*thread, [names, waiting, checkpoint] {
      for (const auto& [name, tell] : kWitnesses) {
        if (std::ranges::find(names, name) != names.end()) tell(checkpoint);
      }
      --*waiting;
    });
  };
}

}  // namespace xenacm::daemon
