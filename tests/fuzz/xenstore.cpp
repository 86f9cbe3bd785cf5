// SPDX-License-Identifier: Apache-2.0
// What clients of xenstored and xenstored itself send through the gate: the frames, and what is asked about them. An
// input that begins with 'r' is a stream as it is; of any other requests are made, with the paths that matter.
// Meant for: enforcer/gate/domain_request.cpp enforcer/gate/effects.cpp enforcer/gate/intent_text.cpp
// Meant for: enforcer/gate/intents.cpp enforcer/gate/link_attributes.cpp enforcer/gate/permissions.cpp
// Meant for: enforcer/gate/session.cpp enforcer/gate/store_path.cpp enforcer/gate/wire.cpp
#include <cstring>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "enforcer/gate/intent_text.h"
#include "enforcer/gate/session.h"
#include "enforcer/monitor/decide.h"
#include "enforcer/monitor/request_json.h"
#include "tests/fuzz/fuzz.h"
#include "tests/unit/gate/frames.h"

namespace {

using namespace xenacm;
using namespace xenacm::gate;
using namespace std::string_literals;
using fuzz::require;

const std::string kNul(1, '\0');
constexpr std::array<const char*, 8> kDomids{"0", "1", "5", "7", "07", "32751", "40000", "x"};
constexpr std::array<const char*, 9> kClasses{"vif",  "vbd",  "qdisk", "pci",        "console",
                                              "vtpm", "vusb", "9pfs",  "virtio_disk"};
constexpr std::array<const char*, 9> kKeys{"frontend", "frontend-id", "backend", "backend-id", "params",
                                           "bridge",   "dev-0",       "state",   "gatewaydev"};
constexpr std::array<const char*, 5> kDevices{"0", "1", "51712", "00", "-1"};

std::string uuid_path() { return "/vm/" + std::string(gate::testing::kUuid); }

// Its parts are made from left to right, with any compiler.
std::string joined(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

std::string home(fuzz::Input& input) { return joined({"/local/domain/", input.pick(kDomids)}); }

std::string front(fuzz::Input& input) {
  return joined({home(input), "/device/", input.pick(kClasses), "/", input.pick(kDevices)});
}

std::string back(fuzz::Input& input) {
  return joined({home(input), "/backend/", input.pick(kClasses), "/", input.pick(kDomids), "/", input.pick(kDevices)});
}

std::string path_of(fuzz::Input& input) {
  switch (input.byte() % 12) {
    case 0:
    case 1:
    case 2:
      return joined({back(input), "/", input.pick(kKeys)});
    case 3:
    case 4:
      return joined({front(input), "/", input.pick(kKeys)});
    case 5:
      return back(input);
    case 6:
      return home(input) + "/vm";
    case 7:
      return home(input) + "/name";
    case 8:
      return joined({home(input), "/console/", input.pick(kKeys)});
    case 9:
      return "/libxl/pci/0000-04-00-0/domid";
    case 10:
      return uuid_path() + "/name";
    default:
      return input.text();
  }
}

std::string value_of(fuzz::Input& input) {
  switch (input.byte() % 8) {
    case 0:
    case 1:
      return input.pick(kDomids);
    case 2:
      return front(input);
    case 3:
      return back(input);
    case 4:
      return uuid_path();
    case 5:
      return "raw:/vm/a.img";
    case 6:
      return "0000:04:00.0";
    default:
      return input.text();
  }
}

std::string permissions_of(fuzz::Input& input) {
  constexpr std::array<const char*, 4> kLetters{"n", "r", "w", "b"};
  std::string permissions;
  for (int count = input.byte() % 4; count >= 0; --count) {
    permissions += joined({input.pick(kLetters), input.pick(kDomids), kNul});
  }
  return permissions;
}

std::string payload_of(Message type, fuzz::Input& input) {
  switch (type) {
    case Message::write:
      return joined({path_of(input), kNul, value_of(input)});
    case Message::mkdir:
    case Message::rm:
      return path_of(input) + kNul;
    case Message::set_perms:
      return joined({path_of(input), kNul, permissions_of(input)});
    case Message::transaction_end:
      return input.byte() % 4 != 0 ? "T\0"s : input.flag() ? "F\0"s : input.text();
    case Message::introduce:
      return joined({input.pick(kDomids), "\0001\0001\0"s});
    case Message::set_target:
      return joined({input.pick(kDomids), kNul, input.pick(kDomids), kNul});
    default:
      return input.text();
  }
}

std::string requests_of(fuzz::Input& input) {
  constexpr std::array<Message, 10> kTypes{
      Message::write,     Message::write,           Message::write,     Message::mkdir,      Message::rm,
      Message::set_perms, Message::transaction_end, Message::introduce, Message::set_target, Message::read};
  std::string stream;
  for (std::uint32_t request = 1; !input.empty(); ++request) {
    const Message type = input.pick(kTypes);
    const std::uint32_t transaction = input.byte() % 4;
    stream += encode(type, request, transaction, payload_of(type, input).substr(0, kMaxPayloadBytes));
  }
  return stream;
}

// Hands out the stream in pieces of random size, or in the largest that the reader takes.
class Pieces {
 public:
  Pieces(std::string_view stream, bool split)
      : rest_(stream), random_(static_cast<unsigned>(stream.size())), split_(split) {}

  [[nodiscard]] bool empty() const { return rest_.empty(); }
  void give(FrameReader& reader) {
    const std::span<char> space = reader.space();
    require(!space.empty(), "there is room for more");
    std::size_t size = std::min(space.size(), rest_.size());
    if (split_) size = std::min(size, 1 + random_() % (random_() % 8 == 0 ? 2000 : 23));
    std::memcpy(space.data(), rest_.data(), size);
    reader.filled(size);
    rest_.remove_prefix(size);
  }

 private:
  std::string_view rest_;
  std::minstd_rand random_;
  bool split_;
};

// What stands in a store that was empty before, as simply as can be, and what must be asked about it.
class ModelStore {
 public:
  void apply(const Frame& frame) {
    const std::string_view payload = frame.payload();
    const std::size_t nul = payload.find('\0');
    if (nul == std::string_view::npos) return;
    std::string path(payload.substr(0, nul));
    if (!path.starts_with('/')) path = "/local/domain/0/" + path;
    const bool alone = nul + 1 == payload.size();
    if (frame.header.type == Message::write) values_[path] = payload.substr(nul + 1);
    if (frame.header.type == Message::mkdir && alone) values_.emplace(path, "");
    if (frame.header.type == Message::rm && alone && path != "/") {
      std::erase_if(values_,
                    [&](const auto& node) { return node.first == path || node.first.starts_with(path + "/"); });
    }
  }

  void check_asked(const std::vector<Intent>& intents) const {
    const bool malformed = std::ranges::any_of(
        intents, [](const Intent& intent) { return std::holds_alternative<monitor::MalformedWrite>(intent); });
    if (malformed) return;
    for (const auto& [path, value] : values_) check_node(path, value, intents);
  }

 private:
  static std::optional<unsigned> number(std::string_view text) {
    unsigned value = 0;
    if (text.empty() || text.size() > 5 || (text.size() > 1 && text.front() == '0')) return std::nullopt;
    for (const char c : text) {
      if (c < '0' || c > '9') return std::nullopt;
      value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value <= 32751 ? std::optional(value) : std::nullopt;
  }

  static void check_node(const std::string& path, const std::string& value, const std::vector<Intent>& intents) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at < path.size();) {
      const std::size_t end = std::min(path.find('/', at + 1), path.size());
      parts.push_back(path.substr(at + 1, end - at - 1));
      at = end;
    }
    if (parts.size() < 4 || parts[0] != "local" || parts[1] != "domain" || !number(parts[2])) return;
    const unsigned owner = *number(parts[2]);
    const auto joins = [&](unsigned frontend, unsigned backend) {
      return std::ranges::any_of(intents, [&](const Intent& intent) {
        const auto* attach = std::get_if<monitor::AttachLink>(&intent);
        return attach != nullptr && attach->key.frontend.get() == frontend && attach->key.backend.get() == backend;
      });
    };
    const auto named = number(value);
    if (parts.size() == 8 && parts[3] == "backend" && parts[7] == "frontend-id" && named) {
      require(joins(*named, owner), "who is joined by a backend is asked about");
    }
    if (parts.size() == 7 && parts[3] == "device" && parts[6] == "backend-id" && named) {
      require(joins(owner, *named), "who is joined by a frontend is asked about");
    }
    if (parts.size() == 4 && parts[3] == "vm" && owner != 0) {
      require(std::ranges::any_of(intents,
                                  [&](const Intent& intent) {
                                    const auto* start = std::get_if<monitor::StartDomain>(&intent);
                                    return start != nullptr && start->domid.get() == owner;
                                  }),
              "a domain that begins is asked about");
    }
  }

  std::map<std::string, std::string> values_;
};

// An intent as the monitor and the audit log take it.
void check_request(const Intent& intent) {
  static const monitor::State state = monitor::initial_state();
  const monitor::Request request = to_request(intent);
  const auto again = monitor::request_from_json(monitor::to_json(request));
  const bool kept = again && std::visit(
                                 [&]<class Asked>(const Asked& asked) {
                                   const auto* read = std::get_if<Asked>(&*again);
                                   return read != nullptr && *read == asked;
                                 },
                                 intent);
  require(kept, "the audit log keeps a request as it was");
  const auto outcome = monitor::decide(state, request);
  require(!outcome || outcome->verdict.decision != monitor::Decision::deny || !outcome->verdict.reasons.empty(),
          "a denial has a reason");
  (void)monitor::describe(state, request);
  for (const char c : describe(intent)) require(c >= ' ' && c < 0x7f, "an intent's words are one line of ASCII");
}

// The gate's two directions with a xenstored that accepts what it is told to. What came of each request, by its place.
class Play {
 public:
  // `lazy`: xenstored answers only when it is waited for.
  Play(std::string_view stream, bool split, bool lazy, bool checked) : lazy_(lazy), checked_(checked) {
    Pieces pieces(stream, split);
    while (!pieces.empty() && !over_) {
      pieces.give(reader_);
      while (take_next()) {
      }
    }
    answer_all();
  }

  [[nodiscard]] const std::map<std::size_t, std::string>& story() const { return story_; }

 private:
  struct Pending {
    std::size_t place;
    Header header;
    std::string bytes;
  };

  bool take_next() {
    const auto next = reader_.next();
    if (!next) {
      story_[place_] += "over";
      over_ = true;
    }
    if (!next || !*next) return false;
    const Frame& frame = **next;
    require(frame.bytes.size() == sizeof(Header) + frame.header.length, "a frame is as long as it says");
    if (session_.pass(frame)) {
      if (checked_) check_passed(frame);
      expect(frame);
    } else {
      attend(frame);
    }
    ++place_;
    if (!lazy_) answer_all();
    return true;
  }

  // Most of the requests, by their place.
  static bool accepted(std::size_t place) { return (place * 7 + 3) % 5 != 0; }

  void attend(const Frame& frame) {
    answer_all();
    require(session_.idle(), "whoever is answered is idle");
    Session::Examination examined = session_.examine(frame);
    if (!examined.error.empty()) {
      story_[place_] += "error " + std::string(examined.error);
      return;
    }
    for (const std::string& line : gate::testing::lines({examined.outcome.intents, {}}))
      story_[place_] += "ask " + line + "; ";
    if (checked_) {
      std::ranges::for_each(examined.outcome.intents, check_request);
      check_asked(frame, examined.outcome.intents);
    }
    if (examined.outcome.intents.empty() || place_ % 3 != 0) {
      session_.forwarded(frame, std::move(examined.outcome));
      return expect(frame);
    }
    story_[place_] += "refuse; ";
    if (frame.header.type != Message::transaction_end) return;
    session_.aborted(frame.header);
    expect(frame);
  }

  void check_passed(const Frame& frame) { check_asked(frame, {}); }

  void check_asked(const Frame& frame, const std::vector<Intent>& intents) {
    using namespace std::string_view_literals;
    if (frame.header.type == Message::transaction_end) {
      if (frame.payload() == "T\0"sv) stores_[frame.header.transaction].check_asked(intents);
    } else if (frame.header.transaction == 0) {
      ModelStore store;
      store.apply(frame);
      store.check_asked(intents);
    }
  }

  void expect(const Frame& frame) { pending_.push_back({place_, frame.header, std::string(frame.bytes)}); }

  void answer_all() {
    for (; !pending_.empty(); pending_.pop_front()) answer(pending_.front());
  }

  void answer(const Pending& pending) {
    Header reply = pending.header;
    reply.type = accepted(pending.place) ? Message::read : Message::error;
    // Through the other reader, as xenstored's bytes come.
    const std::string bytes = encode(reply.type, reply.request, reply.transaction, "");
    replies_.filled(bytes.copy(replies_.space().data(), bytes.size()));
    const auto frame = replies_.next();
    require(frame && *frame, "a reply is a frame");
    const auto answered = session_.answered((**frame).header);
    require(answered.has_value(), "a reply belongs to the oldest request");
    require(answered->failed == !accepted(pending.place), "a failure is seen");
    if (answered->refusal) story_[pending.place] += "refused; ";
    if (answered->outcome) {
      for (const std::string& line : gate::testing::lines(*answered->outcome))
        story_[pending.place] += "settle " + line + "; ";
    }
    model(pending);
  }

  void model(const Pending& pending) {
    const Frame frame{pending.header, pending.bytes};
    const std::uint32_t transaction = pending.header.transaction;
    if (pending.header.type == Message::transaction_end) {
      stores_.erase(transaction);
    } else if (transaction != 0 && accepted(pending.place)) {
      stores_[transaction].apply(frame);
    }
  }

  bool lazy_;
  bool checked_;
  bool over_ = false;
  FrameReader reader_;
  FrameReader replies_;
  Session session_;
  std::size_t place_ = 0;
  std::deque<Pending> pending_;
  std::map<std::size_t, std::string> story_;
  std::map<std::uint32_t, ModelStore> stores_;
};

// Bytes of xenstored, to a session that has asked a few things: until they do not fit, as the gate does.
std::size_t replies_taken(std::string_view stream, bool split) {
  constexpr std::uint32_t kAsked = 8;
  Session session;
  for (std::uint32_t request = 1; request <= kAsked; ++request) {
    const auto frame = gate::testing::frame(Message::read, "/tool\0"s, 0, request);
    require(session.pass(frame.view()), "a read passes");
  }
  FrameReader reader;
  std::size_t taken = 0;
  for (Pieces pieces(stream, split); !pieces.empty();) {
    pieces.give(reader);
    for (;; ++taken) {
      const auto next = reader.next();
      if (!next) return taken;
      if (!*next) break;
      if ((*next)->header.type != Message::watch_event && !session.answered((*next)->header)) return taken;
    }
  }
  return taken;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  std::string stream;
  if (text.starts_with('r')) {
    stream = text.substr(1);
    require(replies_taken(stream, false) == replies_taken(stream, true), "replies are the same however they arrive");
  } else {
    fuzz::Input input(text);
    stream = requests_of(input);
  }
  const Play whole(stream, false, false, true);
  for (const bool split : {false, true}) {
    for (const bool lazy : {false, true}) {
      if (!split && !lazy) continue;
      require(Play(stream, split, lazy, false).story() == whole.story(),
              "what is asked depends neither on how bytes arrive nor on when answers come");
    }
  }
  return 0;
}
