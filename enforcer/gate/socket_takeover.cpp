// SPDX-License-Identifier: Apache-2.0
#include "enforcer/gate/socket_takeover.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "enforcer/gate/failure.h"
#include "enforcer/gate/listening.h"

namespace xenacm::gate {
namespace {

using std::filesystem::path;

path with_suffix(const path& name, const char* suffix) { return path(name) += suffix; }

path own_name_of(const path& name) { return with_suffix(name, ".gate"); }

std::string who(const path& name, const Listening& seen) {
  return name.string() + (seen.pid > 0 ? " (pid " + std::to_string(seen.pid) + ")" : "");
}

// Lasts as long as the descriptor; the kernel lets go of it when the process ends, however it ends.
std::expected<Descriptor, std::string> claim_folder_of(const path& name) {
  const path folder = name.has_parent_path() ? name.parent_path() : path(".");
  Descriptor claim(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (claim.get() < 0) {
    return failure("xenstored is not running: nobody answers at " + name.string() + "; " + folder.string(), errno);
  }
  // A keeper holds it for an instant while it looks whether xenstored was started anew; a gate for as long as it lives.
  constexpr int kAttempts = 25;
  constexpr std::chrono::milliseconds kPause{20};
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    if (::flock(claim.get(), LOCK_EX | LOCK_NB) == 0) return claim;
    std::this_thread::sleep_for(kPause);
  }
  const auto seen = look_at(name);
  return Failure("another gate runs at " + (seen ? who(name, *seen) : name.string()) + "; stop it first");
}

struct Names {
  Listening name;
  Listening real;
  // Both names of one socket: a takeover that got no further than link(2), or a release of such a one.
  [[nodiscard]] bool are_one() const { return name.exists && real.exists && same_file(name.file, real.file); }
  // INVARIANT: whoever asks holds the claim, so this is no living gate's.
  bool keeper_answers = false;
};

std::expected<Names, std::string> look_at_both(const path& name) {
  auto at_name = look_at(name);
  if (!at_name) return Failure(at_name.error());
  const auto at_real = look_at(upstream_name(name));
  if (!at_real) return Failure(at_real.error());
  // A crowd at a keeper is no second xenstored.
  constexpr std::chrono::seconds kPatience{1};
  if (at_name->answers && at_real->answers && at_name->bound_as.empty()) at_name = look_at(name, kPatience);
  if (!at_name) return Failure(at_name.error());
  return Names{*at_name, *at_real, at_name->bound_as.filename() == own_name_of(name).filename()};
}

Failure both_answer(const path& name, const Names& seen) {
  return Failure("both " + who(name, seen.name) + " and " + who(upstream_name(name), seen.real) +
                 " answer, and neither is a gate: two xenstoreds. Remove the name that is not the running xenstored's");
}

Failure nobody_at(const path& name) { return Failure("xenstored is not running: nobody answers at " + name.string()); }

struct Upstream {
  struct stat file{};  // mode and owner of xenstored's socket
  bool after_a_death = false;
};

// Sees to it that NAME.real is xenstored's socket.
std::expected<Upstream, std::string> secure_upstream(const path& name) {
  const path real_name = upstream_name(name);
  const auto seen = look_at_both(name);
  if (!seen) return Failure(seen.error());
  if (seen->are_one() && seen->name.answers) return Upstream{seen->name.file, false};
  if (seen->keeper_answers && !seen->real.answers) return nobody_at(real_name);
  if (seen->name.answers && seen->real.answers && !seen->keeper_answers) return both_answer(name, *seen);
  if (seen->real.answers) return Upstream{seen->real.file, true};
  if (!seen->name.answers) return nobody_at(name);
  if (seen->real.exists && ::unlink(real_name.c_str()) != 0)
    return failure("can not remove " + real_name.string(), errno);
  if (::link(name.c_str(), real_name.c_str()) != 0) {
    return failure("can not give xenstored's socket the name " + real_name.string(), errno);
  }
  return Upstream{seen->name.file, false};
}

void undo_link(const path& name) {
  const path real_name = upstream_name(name);
  if (file_at(name) == file_at(real_name)) ::unlink(real_name.c_str());
}

}  // namespace

path upstream_name(const path& name) { return with_suffix(name, ".real"); }

FileId file_at(const path& name) {
  struct stat file{};
  if (::lstat(name.c_str(), &file) != 0) return {};
  return {file.st_dev, file.st_ino};
}

std::expected<Takeover, std::string> Takeover::prepare(const path& name) {
  auto claim = claim_folder_of(name);
  if (!claim) return Failure(claim.error());
  return prepare(name, std::make_shared<Descriptor>(*std::move(claim)));
}

std::expected<Takeover, std::string> Takeover::prepare_again() const { return prepare(name_, claim_); }

std::expected<Takeover, std::string> Takeover::prepare(const path& name, std::shared_ptr<Descriptor> claim) {
  const auto upstream = secure_upstream(name);
  if (!upstream) return Failure(upstream.error());
  auto listener = listen_at(own_name_of(name), upstream->file);
  if (!listener) {
    undo_link(name);
    return Failure(listener.error());
  }
  return Takeover(name, std::move(claim), *std::move(listener), upstream->after_a_death);
}

Takeover::Takeover(path name, std::shared_ptr<Descriptor> claim, Descriptor listener, bool follows_a_death)
    : name_(std::move(name)),
      claim_(std::move(claim)),
      listener_(std::move(listener)),
      file_(file_at(own_name_of(name_))),
      follows_a_death_(follows_a_death) {}

Takeover::Takeover(Takeover&& other) noexcept
    : name_(std::move(other.name_)),
      claim_(std::move(other.claim_)),
      listener_(std::move(other.listener_)),
      file_(other.file_),
      follows_a_death_(other.follows_a_death_),
      state_(std::exchange(other.state_, State::over)) {}

Takeover::~Takeover() { release(); }

std::expected<void, std::string> Takeover::take() {
  if (::rename(own_name_of(name_).c_str(), name_.c_str()) != 0) {
    return failure("can not take the name " + name_.string(), errno);
  }
  state_ = State::taken;
  return {};
}

void Takeover::leave() { state_ = State::over; }

void Takeover::release() {
  const State before = std::exchange(state_, State::over);
  if (before == State::over) return;
  if (before == State::prepared) {
    ::unlink(own_name_of(name_).c_str());
    undo_link(name_);
    return;
  }
  const FileId now = file_at(name_);
  if (now != file_ && now != FileId{}) {
    spdlog::warn("gate: {} is no longer the gate's; left as it is", name_.string());
    return;
  }
  if (::rename(upstream_name(name_).c_str(), name_.c_str()) != 0) {
    spdlog::error("gate: can not give {} back to xenstored: {}", name_.string(), std::strerror(errno));
  }
}

std::expected<void, std::string> release(const path& name) {
  // A host without Xen, where the package is removed: there is no xenstored to give anything to.
  std::error_code failed;
  if (!std::filesystem::exists(name.has_parent_path() ? name.parent_path() : path("."), failed) && !failed) return {};
  const path real_name = upstream_name(name);
  const auto claim = claim_folder_of(name);
  if (!claim) return Failure(claim.error());
  const auto seen = look_at_both(name);
  if (!seen) return Failure(seen.error());
  if (!seen->real.exists && seen->keeper_answers) {
    return Failure(real_name.string() + " is gone: xenstored's socket has no name left. Start xenstored anew");
  }
  if (!seen->real.exists) return {};
  if (seen->are_one() || (seen->name.answers && !seen->keeper_answers && !seen->real.answers)) {
    if (::unlink(real_name.c_str()) != 0) return failure("can not remove " + real_name.string(), errno);
    return {};
  }
  if (!seen->real.answers) return nobody_at(real_name);
  if (seen->name.answers && !seen->keeper_answers) return both_answer(name, *seen);
  if (::rename(real_name.c_str(), name.c_str()) != 0) {
    return failure("can not give " + name.string() + " back to xenstored", errno);
  }
  return {};
}

}  // namespace xenacm::gate
