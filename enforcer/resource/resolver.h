// SPDX-License-Identifier: Apache-2.0
// Looks at files and devices on a thread of its own, on a request's way to the monitor: file systems block, and one
// that does must not hold up what names no file.
//
// What runs where
//   over()'s Submit       on any thread, several at once; never blocks, but see stop()
//   a request that        calls `next` at once, on the caller's thread; the answer comes as `next` gives it
//     names no disk
//   one that names disks  they are looked at, and `next` is called, on the resolver's thread; the answer comes as
//                         `next` gives it. While a file system hangs all such requests wait; none is dropped
//   one that made a mark  likewise; but the resolver waits for the reply, puts the mark in order, and then answers on
//     or forgets one      its own thread. Nothing else is looked at meanwhile: nobody sees a mark that is taken back
//   check()               on the resolver's thread, one record at a time, while no request waits; the answer too
// INVARIANT: what runs on the resolver's thread runs one at a time.
//
// Requests with a disk reach `next` in the order of their submission, and those without one as well; between the two
// there is no order. An answer that has to run on an event loop is posted to it by whoever asks.
//
// `next` may answer on any thread, within the call or later, but must not wait for the resolver. It has to answer until
// stop() or the destructor is done. What was seen may have changed again when it is decided on, and when it is used.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "enforcer/monitor/submit.h"
#include "enforcer/resource/check.h"
#include "enforcer/resource/roots.h"

namespace xenacm::resource {

class Resolver {
 public:
  using Identify = std::function<monitor::Resource(const monitor::ResourceName&)>;
  using Found = std::function<void(std::vector<Finding>)>;

  explicit Resolver(const Roots& roots = {});
  // With other eyes, for tests. Marks are made and removed under `roots` all the same.
  Resolver(Roots roots, Identify identify);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // A Submit that fills in what is behind the names, then hands the request to `next`. It must not outlive the
  // resolver.
  //   LabelResource   the file gets a mark before `next` sees it, and loses it again if nothing came of the label: a
  //                   fault, a denial, an answer that changes nothing. Where no mark can be set though the file system
  //                   has marks, that is the resource's trouble.
  //   RepairResource  adopt: as LabelResource. forget_mark: where it is allowed, the mark that was looked at is taken
  //                   from the file; if that fails the answer is Fault{conflict}, which names file and error.
  [[nodiscard]] monitor::Submit over(monitor::Submit next);

  // Looks at the records' names and calls `found` with what is wrong (check.h).
  void check(std::vector<Record> records, Found found);

  // Finishes what was submitted, and ends the thread; a file system that hangs holds this up too. Called once. Since it
  // began, requests go to `next` on the caller's thread, their disks with trouble: nobody looks at them any more.
  void stop();

 private:
  struct Asked {
    monitor::Request request;
    monitor::Caller caller;
    monitor::Answer answer;
    monitor::Submit next;
  };
  struct Checking {
    std::vector<Record> records;
    std::vector<monitor::Resource> seen;
    Found found;
  };

  void work();
  void serve(Asked asked);
  void serve_labelling(Asked& asked, monitor::Resource& labelled);
  void serve_forgetting(Asked& asked, const monitor::Resource& copy);
  void look_further(Checking checking);
  [[nodiscard]] monitor::Resource look(const monitor::ResourceName& name) const;
  [[nodiscard]] std::string mark(monitor::Resource& labelled) const;

  const Roots roots_;
  const Identify identify_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Asked> asked_;
  std::deque<Checking> checks_;
  bool stopping_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace xenacm::resource
