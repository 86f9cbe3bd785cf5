// SPDX-License-Identifier: Apache-2.0
#include "enforcer/guard/inbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <utility>

namespace xenacm::guard {

Inbox::Inbox() : descriptor_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Inbox::~Inbox() { ::close(descriptor_); }

void Inbox::put(std::function<void()> task) {
  {
    const std::scoped_lock lock(mutex_);
    if (closed_) return;
    tasks_.push_back(std::move(task));
  }
  wake();
}

void Inbox::wake() const { (void)::eventfd_write(descriptor_, 1); }

std::vector<std::function<void()>> Inbox::take() {
  eventfd_t ignored = 0;
  (void)::eventfd_read(descriptor_, &ignored);
  const std::scoped_lock lock(mutex_);
  return std::exchange(tasks_, {});
}

void Inbox::close() {
  const std::scoped_lock lock(mutex_);
  closed_ = true;
  tasks_.clear();
}

}  // namespace xenacm::guard
