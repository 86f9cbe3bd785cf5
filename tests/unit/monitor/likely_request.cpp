// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/monitor/likely_request.h"

#include <rapidcheck.h>

#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {

namespace {

unsigned number(unsigned end) { return *rc::gen::inRange(0U, end); }
bool one_in(unsigned n) { return number(n) == 0; }

template <class T>
const T& one_of(const std::vector<T>& list) {
  return list[number(static_cast<unsigned>(list.size()))];
}

std::string label() {
  static const std::vector<std::string> kLabels{"A-Bank",           "A-Bank.MarketAnalysis", "B-Bank", "AutoCorp",
                                                "SystemManagement", "__INACCESSIBLE__",      "Nobody"};
  return one_of(kLabels);
}

struct Domain {
  DomId domid;
  Uuid uuid;
  DomainName name;
};

// One of six; the name of one in eight is no UTF-8.
Domain domain() {
  const unsigned domid = number(7);
  const std::string name = domid == 0 ? std::string(kDomain0Name) : "d" + std::to_string(domid);
  return {DomId(static_cast<std::uint16_t>(domid)), uuid_of(domid), DomainName(domid == 6 ? name + "\xff" : name)};
}

// Names of few things, some of them the same thing, some of them changed meanwhile.
Resource thing() {
  static const std::vector<std::string> kNames{"file:/b",    "phy:/dev/a",    "file:/a",
                                               "bridge:br0", "bridge:br0@d1", "pci:0000:04:00.0"};
  Resource thing = resource(one_of(kNames));
  if (thing.name.get().starts_with("bridge") || one_in(3)) return thing;
  thing.identity = Identity{"inode 1:" + std::to_string(number(2)), one_in(4) ? "" : "77", one_in(2) ? "" : "ab"};
  if (one_in(6)) thing.trouble = "it is \xfe somehow";
  thing.absent = one_in(6);
  return thing;
}

Network network() {
  if (one_in(3)) return {};
  return {one_in(4) ? "br\xff" : "br0", one_in(3) ? "eth0" : ""};
}

LinkKey key() {
  static const std::vector<std::string> kClasses{"vif", "vbd", "pci", "vtpm", "target"};
  return {one_of(kClasses), domain().domid, one_in(2) ? kDomain0 : domain().domid, number(2)};
}

AttachLink attach() {
  AttachLink attach{key(), {}, {}, one_in(5)};
  if (attach.key.device_class == "vif") attach.network = network();
  if (attach.key.device_class == "vbd") attach.resources = {thing()};
  if (attach.key.device_class == "pci") attach.resources = {resource("pci:0000:04:00.0"), resource("pci:0000:03:00.0")};
  return attach;
}

StartDomain start() {
  const Domain d = domain();
  StartDomain start{.domid = d.domid, .uuid = d.uuid, .name = d.name};
  if (one_in(4)) start.disks.push_back({thing()});
  if (one_in(4)) start.vifs.push_back({.network = network(), .number = std::nullopt});
  return start;
}

std::string ticket() { return "t" + std::to_string(number(3)); }

SetPolicy set_policy() {
  static const SetPolicy kMytest = policy_request(example_policy("mytest-security_policy.xml"));
  SetPolicy set = kMytest;
  set.most_invalidated = one_in(2) ? 100 : 20;
  if (one_in(2)) {
    set.back = {kMytest.compiled->tables.ref.digest, {}};
    if (one_in(2)) set.back->digest = policy::digest_of(policy::default_document());
    set.back->lineage.vm = {{"SystemManagement", "SystemManagement"}, {"A-Bank", "B-Bank"}};
  }
  return set;
}

Mode mode() { return one_in(2) ? Mode::permissive : Mode::enforcing; }
std::optional<std::string> maybe_label() { return one_in(2) ? std::nullopt : std::optional(label()); }

Request about_labels() {
  const Domain d = domain();
  const VifName vif{d.name, number(2)};
  switch (number(8)) {
    case 0:
      return UnlabelDomain{d.name};
    case 1:
      return LabelResource{thing(), label(), {}};
    case 2:
      return UnlabelResource{thing()};
    case 3:
      return RepairResource{thing(), one_in(2) ? Mend::adopt : Mend::rename, thing()};
    case 4:
      return LabelVif{vif, label(), {}};
    case 5:
      return UnlabelVif{vif};
    default:
      return LabelDomain{d.name, one_in(3) ? std::optional(d.uuid) : std::nullopt, label(), {}};
  }
}

Request about_domains() {
  const Domain d = domain();
  switch (number(9)) {
    case 0:
      return StopDomain{d.domid, d.uuid, one_in(4)};
    case 1:
      return ReserveStart{ticket(), start()};
    case 2:
      return LapseTicket{ticket()};
    case 3:
      return IntroduceDomain{d.domid};
    case 4:
      return RenameDomain{d.domid, domain().name};
    case 5:
      return AdoptDomain{d.domid, d.uuid, d.name, one_in(2)};
    default:
      return start();
  }
}

Request about_links() {
  switch (number(6)) {
    case 0:
      return AdoptLink{attach(), one_in(2)};
    case 1:
      return DetachLink{key(), one_in(3)};
    case 2:
      return DetachBelow{domain().domid, std::nullopt, std::nullopt};
    case 3:
      return MalformedWrite{"/local/domain/1/\xff", "it means nothing"};
    default:
      return attach();
  }
}

Request about_policy() {
  switch (number(8)) {
    case 0:
      return ResetPolicy{};
    case 1:
    case 2:
      return set_policy();
    default:
      return SetMode{mode(), maybe_label()};
  }
}

}  // namespace

Request likely_request() {
  switch (number(12)) {
    case 0:
      return about_policy();
    case 1:
    case 2:
    case 3:
      return about_labels();
    case 4:
    case 5:
    case 6:
    case 7:
      return about_links();
    default:
      return about_domains();
  }
}

}  // namespace xenacm::monitor
