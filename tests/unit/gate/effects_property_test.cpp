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
  void mkdir(const std::string& path) { values_.emplace(path, ""); }
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

rc::Gen<std::string> domid() { return rc::gen::element<std::string>("0", "5", "7"); }
rc::Gen<std::string> device() { return rc::gen::element<std::string>("0", "1"); }

std::string front(const std::string& frontend, const std::string& device) {
  return "/local/domain/" + frontend + "/device/vif/" + device;
}
std::string back(const std::string& backend, const std::string& frontend, const std::string& device) {
  return "/local/domain/" + backend + "/backend/vif/" + frontend + "/" + device;
}

// A path of interest, its parents and neighbours.
rc::Gen<std::string> path() {
  return rc::gen::exec([] {
    const std::string f = *domid(), b = *domid(), i = *device();
    const std::string key =
        *rc::gen::element<std::string>("frontend", "frontend-id", "backend", "backend-id", "bridge", "state");
    return *rc::gen::element<std::string>(back(b, f, i) + "/" + key, front(f, i) + "/" + key, back(b, f, i),
                                          front(f, i), "/local/domain/" + f, "/local/domain/" + f + "/vm",
                                          "/local/domain/" + f + "/name", kVm, kVm + "/name", "/local", "/vm",
                                          "/libxl/" + f);
  });
}

rc::Gen<std::string> value() {
  return rc::gen::exec([] {
    const std::string f = *domid(), b = *domid(), i = *device();
    return *rc::gen::element<std::string>(front(f, i), back(b, f, i), f, b, kVm, "a name", "", "07");
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
std::set<std::string> expected(const ModelStore& store) {
  std::set<std::string> expected;
  const auto& values = store.values();
  const auto at = [&](const std::string& path) { return values.contains(path) ? values.at(path) : std::string(); };
  const std::vector<std::string> domids{"0", "5", "7"}, devices{"0", "1"};
  const auto attach = [&](const std::string& f, const std::string& b, const std::string& i) {
    const std::string bridge = at(back(b, f, i) + "/bridge");
    expected.insert("attach vif/" + f + "/" + i + " to " + b + (bridge.empty() ? "" : " on " + bridge));
  };
  // For each pointer that stands: the pairs of which it could be the pointer, by the exact text of its value.
  for (const std::string& f : domids) {
    if (f != "0" && values.contains("/local/domain/" + f + "/vm")) {
      const std::string name = at("/local/domain/" + f + "/name");
      expected.insert(at("/local/domain/" + f + "/vm") == kVm
                          ? "start " + f + " " + std::string(kUuid) + " " + (name.empty() ? at(kVm + "/name") : name)
                          : "malformed /local/domain/" + f + "/vm");
    }
    for (const std::string& i : devices) {
      const auto each = [&](const std::string& path, const auto& pairs_if_equal) {
        if (values.contains(path) && !pairs_if_equal(values.at(path))) expected.insert("malformed " + path);
      };
      each(front(f, i) + "/backend-id", [&](const std::string& v) {
        if (!std::ranges::count(domids, v)) return false;
        attach(f, v, i);
        return true;
      });
      each(front(f, i) + "/backend", [&](const std::string& v) {
        for (const std::string& b : domids)
          for (const std::string& f2 : domids)
            for (const std::string& i2 : devices)
              if (v == back(b, f2, i2)) return attach(f, b, i), attach(f2, b, i), true;
        return false;
      });
      for (const std::string& b : domids) {
        if (values.contains(back(b, f, i) + "/bridge")) attach(f, b, i);
        each(back(b, f, i) + "/frontend-id", [&](const std::string& v) {
          if (!std::ranges::count(domids, v)) return false;
          attach(f, b, i), attach(v, b, i);
          return true;
        });
        each(back(b, f, i) + "/frontend", [&](const std::string& v) {
          for (const std::string& f2 : domids)
            for (const std::string& i2 : devices)
              if (v == front(f2, i2)) return attach(f, b, i), attach(f2, b, i), true;
          return false;
        });
      }
    }
  }
  return expected;
}

RC_GTEST_PROP(EffectsProperty, AreWhatTheModelStoreHoldsAtTheEnd, ()) {
  const auto ops = *rc::gen::container<std::vector<Op>>(op());
  const Run result = run(ops);
  Lines intents = result.effects;
  std::erase_if(intents, [](const std::string& line) { return line.starts_with("removed"); });
  const std::set<std::string> asked(intents.begin(), intents.end());
  RC_ASSERT(asked.size() == intents.size());  // each once
  RC_ASSERT(asked == expected(result.store));
  RC_CLASSIFY(!asked.empty(), "something to ask");
}

RC_GTEST_PROP(EffectsProperty, ALinkIsRemovedIfItsDirectoryWasAndNothingJoinsItAgain, ()) {
  const auto ops = *rc::gen::container<std::vector<Op>>(op());
  const Run result = run(ops);
  for (const char* b : {"0", "5", "7"}) {
    for (const char* f : {"0", "5", "7"}) {
      for (const char* i : {"0", "1"}) {
        const bool removed =
            std::ranges::any_of(ops, [&](const Op& op) { return op.kind == Op::rm && op.path == back(b, f, i); });
        const std::string link = "vif/" + std::string(f) + "/" + i;
        const bool joined = std::ranges::any_of(result.effects, [&](const std::string& line) {
          const std::string attach = "attach " + link + " to " + b;
          return line == attach || line.starts_with(attach + " on ");
        });
        const bool told = std::ranges::count(result.effects, "removed " + link + " of " + b) == 1;
        RC_ASSERT(told == (removed && !joined));
      }
    }
  }
}

}  // namespace
}  // namespace xenacm::gate::testing
