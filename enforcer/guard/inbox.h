// SPDX-License-Identifier: Apache-2.0
// Hands work to the guard's thread and wakes it. Outlives the guard in the hands of whoever still answers.
#pragma once

#include <functional>
#include <mutex>
#include <vector>

namespace xenacm::guard {

class Inbox {
 public:
  Inbox();
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  void put(std::function<void()> task);  // dropped once closed
  void wake() const;
  [[nodiscard]] int descriptor() const { return descriptor_; }  // readable when there is something

  [[nodiscard]] std::vector<std::function<void()>> take();
  void close();

 private:
  int descriptor_;  // an eventfd(2)
  std::mutex mutex_;
  bool closed_ = false;
  std::vector<std::function<void()>> tasks_;
};

}  // namespace xenacm::guard
