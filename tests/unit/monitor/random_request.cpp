// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/monitor/random_request.h"

#include <rapidcheck.h>

#include <algorithm>
#include <functional>

#include "tests/unit/monitor/scene.h"

namespace xenacm::monitor {

namespace {

bool coin() { return *rc::gen::arbitrary<bool>(); }
// NUL, control characters, halves of multi-byte characters and whole ones.
std::string bytes() {
  return coin() ? *rc::gen::arbitrary<std::string>()
                : *rc::gen::elementOf(std::vector<std::string>{"", "ä", "\xc3", std::string(1, 0)});
}
template <class Number>
Number number() {
  return *rc::gen::oneOf(rc::gen::arbitrary<Number>(), rc::gen::just(std::numeric_limits<Number>::max()));
}

DomId domid() { return DomId(number<std::uint16_t>()); }
DomainName name() { return DomainName(bytes()); }
Uuid uuid() { return Uuid(bytes()); }
ResourceName resource_name() { return ResourceName(bytes()); }
StoredLabel stored_label() { return {bytes(), bytes(), coin()}; }
Network any_network() { return {bytes(), bytes()}; }
LinkKey any_key() { return {bytes(), domid(), domid(), number<std::uint32_t>()}; }
VifName vif_name() { return {name(), number<std::uint32_t>()}; }
policy::Renames renames() { return {{bytes(), bytes()}, {bytes(), bytes()}}; }

template <class Make>
auto maybe(Make make) {
  return coin() ? std::optional(make()) : std::nullopt;
}

template <class Make>
auto several(Make make) {
  std::vector<decltype(make())> list;
  for (int left = *rc::gen::inRange(0, 3); left > 0; --left) list.push_back(make());
  return list;
}

Identity identity() { return {bytes(), bytes(), bytes()}; }
Resource any_resource() { return {resource_name(), maybe(identity), bytes(), coin(), maybe(resource_name)}; }

StartDomain any_start() {
  const auto disk = [] { return StartDomain::Disk{any_resource(), name()}; };
  const auto vif = [] { return StartDomain::Vif{name(), any_network(), maybe(number<std::uint32_t>)}; };
  return {domid(), uuid(), name(), several(disk), several(vif), several(resource_name), maybe(stored_label)};
}

AttachLink any_attach() { return {any_key(), any_network(), several(any_resource), coin()}; }

SetPolicy any_policy() {
  SetPolicy set =
      policy_request(coin() ? std::string(policy::default_document()) : example_policy("mytest-security_policy.xml"));
  set.most_invalidated = number<unsigned>();
  set.back = maybe([] { return SetPolicy::Back{bytes(), {renames(), renames()}}; });
  set.signature = maybe(bytes);
  set.distrust = maybe(bytes);
  return set;
}

const std::vector<std::function<Request()>> kKinds{
    [] { return any_start(); },
    [] { return StopDomain{domid(), uuid(), coin()}; },
    [] { return ReserveStart{bytes(), any_start()}; },
    [] { return LapseTicket{bytes()}; },
    [] { return IntroduceDomain{domid()}; },
    [] { return RenameDomain{domid(), name()}; },
    [] { return AdoptDomain{domid(), uuid(), name(), coin()}; },
    [] { return any_attach(); },
    [] { return AdoptLink{any_attach(), coin()}; },
    [] { return DetachLink{any_key(), coin()}; },
    [] { return DetachBelow{domid(), maybe(bytes), maybe(domid)}; },
    [] { return MalformedWrite{bytes(), bytes()}; },
    [] { return LabelDomain{name(), maybe(uuid), bytes(), maybe(bytes)}; },
    [] { return UnlabelDomain{name()}; },
    [] { return LabelResource{any_resource(), bytes(), maybe(bytes)}; },
    [] { return UnlabelResource{any_resource()}; },
    [] {
      const Mend mend = *rc::gen::element(Mend::adopt, Mend::rename, Mend::forget_mark);
      return RepairResource{any_resource(), mend, maybe(any_resource)};
    },
    [] { return LabelVif{vif_name(), bytes(), maybe(bytes)}; },
    [] { return UnlabelVif{vif_name()}; },
    [] { return any_policy(); },
    [] { return ResetPolicy{}; },
    [] { return SetMode{*rc::gen::element(Mode::enforcing, Mode::permissive), maybe(bytes)}; },
};

struct Same {
  bool operator()(const SetPolicy& a, const SetPolicy& b) const {
    return *a.document == *b.document && a.compiled->tables.ref == b.compiled->tables.ref &&
           a.most_invalidated == b.most_invalidated && a.back == b.back && a.signature == b.signature &&
           a.distrust == b.distrust;
  }
  template <class T>
  bool operator()(const T& a, const T& b) const {
    return a == b;
  }
  template <class T, class Other>
  bool operator()(const T& /*a*/, const Other& /*b*/) const {
    return false;
  }
};

}  // namespace

std::vector<Request> one_of_each() {
  std::vector<Request> requests;
  for (const auto& make : kKinds) requests.push_back(make());
  std::vector<bool> made(std::variant_size_v<Request>);
  for (const Request& request : requests) made[request.index()] = true;
  RC_ASSERT(std::ranges::count(made, false) == 0);
  return requests;
}

bool same(const Request& a, const Request& b) { return std::visit(Same{}, a, b); }

}  // namespace xenacm::monitor
