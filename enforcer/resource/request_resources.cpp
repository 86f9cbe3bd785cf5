// SPDX-License-Identifier: Apache-2.0
#include "enforcer/resource/request_resources.h"

#include "enforcer/resource/identify.h"

namespace xenacm::resource {

namespace {

class Collector {
 public:
  void operator()(monitor::StartDomain& start) {
    for (monitor::StartDomain::Disk& disk : start.disks) {
      if (disk.backend.get() == monitor::kDomain0Name) add(disk.resource);
    }
  }
  void operator()(monitor::ReserveStart& reserve) { (*this)(reserve.start); }
  void operator()(monitor::AdoptLink& adopt) { (*this)(adopt.link); }
  void operator()(monitor::AttachLink& attach) {
    if (attach.key.backend != monitor::kDomain0) return;
    for (monitor::Resource& resource : attach.resources) add(resource);
  }
  void operator()(monitor::LabelResource& label) { add(label.resource); }
  void operator()(monitor::UnlabelResource& unlabel) { add(unlabel.resource); }
  void operator()(monitor::RepairResource& repair) {
    add(repair.resource);
    if (repair.to) add(*repair.to);
  }
  void operator()(auto&) {}

  [[nodiscard]] std::vector<monitor::Resource*> found() && { return std::move(found_); }

 private:
  void add(monitor::Resource& resource) {
    if (names_a_disk(resource.name)) found_.push_back(&resource);
  }

  std::vector<monitor::Resource*> found_;
};

}  // namespace

std::vector<monitor::Resource*> to_look_at(monitor::Request& request) {
  Collector collector;
  std::visit(collector, request);
  return std::move(collector).found();
}

}  // namespace xenacm::resource
