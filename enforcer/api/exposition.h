// SPDX-License-Identifier: Apache-2.0
// Writes the text format of Prometheus, version 0.0.4: each metric with what it means, then its samples.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace xenacm::api {

class Exposition {
 public:
  // Values may be anything, and are escaped; names are ours.
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // Begins a metric, whose samples follow. None may be all there is.
  void counter(std::string_view name, std::string_view help) { begin(name, "counter", help); }
  void gauge(std::string_view name, std::string_view help) { begin(name, "gauge", help); }
  void sample(std::uint64_t value, Labels labels = {});
  void sample_seconds(double value);

  // `counts` are those of each bound without those below it, and one more: of what is beyond the last.
  void histogram(std::string_view name, std::string_view help, std::span<const double> bounds,
                 std::span<const std::uint64_t> counts, double sum);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  void begin(std::string_view name, std::string_view type, std::string_view help);
  void line(std::string_view suffix, Labels labels, std::string_view value);

  std::string name_;
  std::string text_;
};

}  // namespace xenacm::api
