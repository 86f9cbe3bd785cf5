// SPDX-License-Identifier: Apache-2.0
// For any sequence of operations the effects are those of a store that was empty before: what stands in it at the end.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "tests/unit/gate/frames.h"

namespace xenacm::gate::testing {
namespace {

// xenstored as simply as can be: a path has a value; a removal takes the path and everything below it.
class ModelStore {
 public:
  void write(const std::string& path, const std::string& value) { values_[path] = value; }
  void mkdir(const std::string& path) {
    if (!path.ends_with("/name")) values_.emplace(path, "");  // an empty name is none
  }
  void rm(const std::string& path) {
    std::erase_if(values_, [&](const auto& node) { return node.first == path || node.first.starts_with(path + "/"); });
  }
  [[nodiscard]] const std::map<std::string, std::string>& values() const { return values_; }

 private:
  std::map<std::string, std::string> values_;
};

struct Op {
  enum Kind { write, mkdir, rm } kind;
  std::string path;
  std::string value;
};

std::ostream& operator<<(std::ostream& out, const Op& op) {
  return out << (op.kind == Op::write   ? "write "
                 : op.kind == Op::mkdir ? "mkdir "
                                        : "rm ")
             << op.path << " = " << op.value;
}

const std::vector<std::string> kDomids{"0", "5", "7"};
const std::vector<std::string> kDevices{"0", "1"};
const std::vector<std::string> kClasses{"vif", "vtpm"};

rc::Gen<std::string> domid() { return rc::gen::elementOf(kDomids); }
rc::Gen<std::string> device() { return rc::gen::elementOf(kDevices); }
rc::Gen<std::string> device_class() { return rc::gen::elementOf(kClasses); }

std::string front(const std::string& device_class, const std::string& frontend, const std::string& device) {
  return "/local/domain/" + frontend + "/device/" + device_class + "/" + device;
}
std::string back(const std::string& device_class, const std::string& backend, const std::string& frontend,
                 const std::string& device) {
  return "/local/domain/" + backend + "/backend/" + device_class + "/" + frontend + "/" + device;
}

// A path of interest, its parents and neighbours.
rc::Gen<std::string> path() {
  return rc::gen::exec([] {
    const std::string c = *device_class(), f = *domid(), b = *domid(), i = *device();
    const std::string key =
        *rc::gen::element<std::string>("frontend", "frontend-id", "backend", "backend-id", "bridge", "state");
    const std::string home = "/local/domain/" + f;
    return *rc::gen::element<std::string>(back(c, b, f, i) + "/" + key, front(c, f, i) + "/" + key, back(c, b, f, i),
                                          front(c, f, i), home, home + "/backend", home + "/backend/" + c, home + "/vm",
                                          home + "/name", kVm, kVm + "/name", "/local", "/vm", "/libxl/" + f);
  });
}

rc::Gen<std::string> value() {
  return rc::gen::exec([] {
    const std::string c = *device_class(), f = *domid(), b = *domid(), i = *device();
    return *rc::gen::element<std::string>(front(c, f, i), back(c, b, f, i), f, b, kVm, "a name", "", "07");
  });
}

rc::Gen<Op> op() {
  return rc::gen::construct<Op>(rc::gen::weightedElement<Op::Kind>({{6, Op::write}, {1, Op::mkdir}, {3, Op::rm}}),
                                path(), value());
}

struct Run {
  Lines effects;
  ModelStore store;
};

Run run(const std::vector<Op>& ops) {
  Run result;
  std::vector<OwnedFrame> requests;
  for (const Op& op : ops) {
    switch (op.kind) {
      case Op::write:
        requests.push_back(write(op.path, op.value));
        result.store.write(op.path, op.value);
        break;
      case Op::mkdir:
        requests.push_back(mkdir(op.path));
        result.store.mkdir(op.path);
        break;
      case Op::rm:
        requests.push_back(rm(op.path));
        result.store.rm(op.path);
        break;
    }
  }
  result.effects = lines(outcome_of(requests));
  return result;
}

// The same rules, read off the final store by comparing texts. The paths are well-formed; values need not be.
class Expectation {
 public:
  explicit Expectation(const ModelStore& store) : values_(store.values()) {}

  std::set<std::string> take() {
    for (const std::string& domain : kDomids) expect_domain("/local/domain/" + domain, domain);
    for (const std::string& c : kClasses) {
      for (const std::string& f : kDomids) {
        for (const std::string& i : kDevices) {
          expect_frontend(c, f, i);
          for (const std::string& b : kDomids) expect_backend(c, b, f, i);
        }
      }
    }
    return std::move(lines_);
  }

 private:
  [[nodiscard]] std::string at(const std::string& path) const {
    return values_.contains(path) ? values_.at(path) : std::string();
  }

  void attach(const std::string& c, const std::string& f, const std::string& b, const std::string& i) {
    const std::string bridge = c == "vif" ? at(back(c, b, f, i) + "/bridge") : "";
    lines_.insert("attach " + c + "/" + f + "/" + i + " to " + b + (bridge.empty() ? "" : " on " + bridge));
  }

  void expect_domain(const std::string& home, const std::string& domain) {
    const std::string name = at(home + "/name");
    if (domain == "0") return;
    if (values_.contains(home + "/vm")) {
      lines_.insert(at(home + "/vm") == kVm
                        ? "start " + domain + " " + std::string(kUuid) + " " + (name.empty() ? at(kVm + "/name") : name)
                        : "malformed " + home + "/vm");
    } else if (values_.contains(home + "/name")) {
      lines_.insert("rename " + domain + " " + name);
    }
  }

  template <class Readings>
  void expect_pointer(const std::string& path, const Readings& attach_if_equal) {
    if (values_.contains(path) && !attach_if_equal(values_.at(path))) lines_.insert("malformed " + path);
  }

  void expect_frontend(const std::string& c, const std::string& f, const std::string& i) {
    expect_pointer(front(c, f, i) + "/backend-id", [&](const std::string& v) {
      if (!std::ranges::count(kDomids, v)) return false;
      attach(c, f, v, i);
      return true;
    });
    expect_pointer(front(c, f, i) + "/backend", [&](const std::string& v) {
      for (const std::string& c2 : kClasses)
        for (const std::string& b : kDomids)
          for (const std::string& f2 : kDomids)
            for (const std::string& i2 : kDevices)
              if (v == back(c2, b, f2, i2)) return attach(c, f, b, i), attach(c2, f2, b, i2), true;
      return false;
    });
  }

  void expect_backend(const std::string& c, const std::string& b, const std::string& f, const std::string& i) {
    if (c == "vif" && values_.contains(back(c, b, f, i) + "/bridge")) attach(c, f, b, i);
    expect_pointer(back(c, b, f, i) + "/frontend-id", [&](const std::string& v) {
      if (!std::ranges::count(kDomids, v)) return false;
      attach(c, f, b, i), attach(c, v, b, i);
      return true;
    });
    expect_pointer(back(c, b, f, i) + "/frontend", [&](const std::string& v) {
      for (const std::string& c2 : kClasses)
        for (const std::string& f2 : kDomids)
          for (const std::string& i2 : kDevices)
            if (v == front(c2, f2, i2)) return attach(c, f, b, i), attach(c2, f2, b, i2), true;
      return false;
    });
  }

  const std::map<std::string, std::string>& values_;
  std::set<std::string> lines_;
};

RC_GTEST_PROP(EffectsProperty, AreWhatTheModelStoreHoldsAtTheEnd, ()) {
  const auto ops = *rc::gen::container<std::vector<Op>>(op());
  const Run result = run(ops);
  Lines intents = result.effects;
  std::erase_if(intents, [](const std::string& line) { return line.starts_with("removed"); });
  for (std::string& line : intents) {
    if (line.ends_with(" anew")) line.resize(line.size() - 5);
  }
  const std::set<std::string> asked(intents.begin(), intents.end());
  RC_ASSERT(asked.size() == intents.size());  // each once
  RC_ASSERT(asked == Expectation(result.store).take());
  RC_CLASSIFY(!asked.empty(), "something to ask");
}

// A link whose directory was removed is told to be gone, or asked about as one that is made anew.
RC_GTEST_PROP(EffectsProperty, ALinkIsRemovedOrMadeAnewIfItsDirectoryWas, ()) {
  const auto ops = *rc::gen::container<std::vector<Op>>(op());
  const Run result = run(ops);
  const auto removed = [&](const std::string& path) {
    return std::ranges::any_of(ops, [&](const Op& op) { return op.kind == Op::rm && op.path == path; });
  };
  for (const std::string& c : kClasses) {
    for (const std::string& b : kDomids) {
      const std::string home = "/local/domain/" + b;
      const bool above = removed(home) || removed(home + "/backend") || removed(home + "/backend/" + c);
      for (const std::string& f : kDomids) {
        for (const std::string& i : kDevices) {
          const bool itself = removed(back(c, b, f, i));
          const std::string link = c + "/" + f + "/" + i;
          const std::string attach = "attach " + link + " to " + b;
          const auto joined = std::ranges::find_if(result.effects, [&](const std::string& line) {
            return line == attach || line.starts_with(attach + " ");
          });
          const bool told = std::ranges::count(result.effects, "removed " + link + " of " + b) == 1;
          if (joined != result.effects.end()) {
            RC_ASSERT(!told);
            RC_ASSERT(joined->ends_with(" anew") == (itself || above));
          } else {
            const bool started = std::ranges::any_of(
                result.effects, [&](const std::string& line) { return line.starts_with("start " + b + " "); });
            RC_ASSERT(told == (itself && !started));
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace xenacm::gate::testing
