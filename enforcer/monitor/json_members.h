// SPDX-License-Identifier: Apache-2.0
// Structures as JSON objects and back. A structure has one list of members for both directions,
//   template <class Archive> void members(Archive& archive, Is<Archive, Network>& network) {
//     archive.maybe("bridge", network.bridge); …
// so that writing and reading cannot disagree. Internal to the monitor.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <limits>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "enforcer/monitor/json_text.h"
#include "policy/compiler.h"
#include "policy/strong.h"

namespace xenacm::monitor {

template <class Archive, class T>
using Is = typename Archive::template Value<T>;

// The name of an alternative of a variant, as the member "kind" of its object.
template <class Alternative>
inline constexpr std::string_view kKind;

// All values of an enumeration that has a `to_text`.
template <class Enumeration>
inline constexpr std::array<Enumeration, 0> kValues;

using Renames = std::map<std::string, std::string>;

template <class T>
inline constexpr bool is_strong = false;
template <class Tag, class T>
inline constexpr bool is_strong<Strong<Tag, T>> = true;

template <class T>
inline constexpr bool is_list = false;
template <class T>
inline constexpr bool is_list<std::vector<T>> = true;

class JsonWriter {
 public:
  template <class T>
  using Value = const T;

  template <class T>
  static nlohmann::json written(const T& value) {
    if constexpr (std::same_as<T, std::string>) {
      return text_json(value);
    } else if constexpr (std::integral<T>) {
      return value;
    } else if constexpr (std::is_enum_v<T>) {
      return to_text(value);
    } else if constexpr (is_strong<T>) {
      return written(value.get());
    } else if constexpr (is_list<T>) {
      nlohmann::json list = nlohmann::json::array();
      for (const auto& element : value) list.push_back(written(element));
      return list;
    } else if constexpr (std::same_as<T, Renames>) {
      nlohmann::json list = nlohmann::json::array();
      for (const auto& [from, to] : value) list.push_back(nlohmann::json::array({text_json(from), text_json(to)}));
      return list;
    } else {
      JsonWriter writer;
      members(writer, value);
      return std::move(writer.object_);
    }
  }

  template <class... Alternatives>
  static nlohmann::json written_variant(const std::variant<Alternatives...>& variant) {
    return std::visit(
        []<class T>(const T& value) {
          static_assert(!kKind<T>.empty());
          nlohmann::json object = written(value);
          object["kind"] = kKind<T>;
          return object;
        },
        variant);
  }

  template <class T>
  void operator()(const char* name, const T& value) {
    object_[name] = written(value);
  }
  // Left out where it is what it is by default.
  template <class T>
  void maybe(const char* name, const T& value) {
    if constexpr (is_list<T>) {
      if (value.empty()) return;
    } else {
      if (value == T{}) return;
    }
    object_[name] = written(value);
  }
  template <class T>
  void maybe(const char* name, const std::optional<T>& value) {
    if (value) object_[name] = written(*value);
  }
  void policy_document(const std::shared_ptr<const policy::Compiled>& /*follows from it*/,
                       const std::shared_ptr<const std::string>& document) {
    object_["document"] = text_json(*document);
  }

 private:
  nlohmann::json object_ = nlohmann::json::object();
};

// Reads one object. The first thing that is wrong becomes the error, and nothing is read after it.
class JsonReader {
 public:
  template <class T>
  using Value = T;

  JsonReader(const nlohmann::json& object, std::string path, std::string& error)
      : object_(object), path_(std::move(path)), error_(error) {
    if (!object_.is_object()) fail(path_, "is no object");
  }

  template <class T>
  static void read(const nlohmann::json& value, const std::string& path, std::string& error, T& to) {
    const auto wrong = [&](const std::string& what) { error = path + " " + what; };
    if constexpr (std::same_as<T, std::string>) {
      auto bytes = bytes_of(value);
      if (!bytes) return wrong("is no text");
      to = *std::move(bytes);
    } else if constexpr (std::same_as<T, bool>) {
      if (!value.is_boolean()) return wrong("is neither true nor false");
      to = value.get<bool>();
    } else if constexpr (std::unsigned_integral<T>) {
      const bool natural = value.is_number_unsigned() || (value.is_number_integer() && value.get<std::int64_t>() >= 0);
      if (!natural || value.get<std::uint64_t>() > std::numeric_limits<T>::max()) {
        return wrong("is no number from 0 to " + std::to_string(std::numeric_limits<T>::max()));
      }
      to = value.get<T>();
    } else if constexpr (std::is_enum_v<T>) {
      const auto* word = value.get_ptr<const std::string*>();
      const auto* found =
          std::ranges::find_if(kValues<T>, [&](T known) { return word != nullptr && *word == to_text(known); });
      if (found == kValues<T>.end()) return wrong("is no known word");
      to = *found;
    } else if constexpr (is_strong<T>) {
      auto inner = to.get();
      read(value, path, error, inner);
      to = T(std::move(inner));
    } else if constexpr (is_list<T>) {
      if (!value.is_array()) return wrong("is no list");
      for (std::size_t i = 0; i < value.size() && error.empty(); ++i) {
        read(value[i], path + "[" + std::to_string(i) + "]", error, to.emplace_back());
      }
    } else if constexpr (std::same_as<T, Renames>) {
      std::vector<std::vector<std::string>> pairs;
      read(value, path, error, pairs);
      for (std::vector<std::string>& pair : pairs) {
        if (pair.size() != 2) return wrong("is no list of pairs");
        to.insert_or_assign(std::move(pair[0]), std::move(pair[1]));
      }
    } else {
      JsonReader reader(value, path, error);
      members(reader, to);
      reader.end();
    }
  }

  template <class... Alternatives>
  static void read_variant(const nlohmann::json& value, const std::string& path, std::string& error,
                           std::variant<Alternatives...>& to) {
    JsonReader reader(value, path, error);
    std::string kind;
    reader("kind", kind);
    if (!error.empty()) return;
    const auto read_as = [&]<class T>(std::in_place_type_t<T>) {
      if (kind != kKind<T>) return false;
      members(reader, to.template emplace<T>());
      reader.end();
      return true;
    };
    if (!(read_as(std::in_place_type<Alternatives>) || ...)) error = path + " is of no known kind: " + kind;
  }

  template <class T>
  void operator()(const char* name, T& value) {
    if (const nlohmann::json* member = find(name)) {
      read(*member, path_ + "." + name, error_, value);
    } else {
      fail(path_, "has no " + std::string(name));
    }
  }
  template <class T>
  void maybe(const char* name, T& value) {
    if (const nlohmann::json* member = find(name)) read(*member, path_ + "." + name, error_, value);
  }
  template <class T>
  void maybe(const char* name, std::optional<T>& value) {
    if (const nlohmann::json* member = find(name)) read(*member, path_ + "." + name, error_, value.emplace());
  }
  void policy_document(std::shared_ptr<const policy::Compiled>& compiled,
                       std::shared_ptr<const std::string>& document) {
    std::string text;
    (*this)("document", text);
    if (!error_.empty()) return;
    auto result = policy::compile_document(text);
    if (!result) {
      return fail(path_, "has a document that does not compile: " + to_text(result.error().front(), "policy"));
    }
    compiled = std::make_shared<const policy::Compiled>(*std::move(result));
    document = std::make_shared<const std::string>(std::move(text));
  }

 private:
  const nlohmann::json* find(const char* name) {
    if (!error_.empty()) return nullptr;
    const auto found = object_.find(name);
    if (found == object_.end()) return nullptr;
    known_.insert(name);
    return &*found;
  }
  // What is not understood must not be passed over: it may be what the verdict depended on.
  void end() {
    if (!error_.empty() || known_.size() == object_.size()) return;
    for (const auto& [name, value] : object_.items()) {
      if (!known_.contains(name)) return fail(path_, "has an unknown member '" + name + "'");
    }
  }
  void fail(const std::string& path, const std::string& what) {
    if (error_.empty()) error_ = path + " " + what;
  }

  const nlohmann::json& object_;
  std::string path_;
  std::string& error_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace xenacm::monitor
