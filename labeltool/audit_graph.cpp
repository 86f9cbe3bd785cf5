// SPDX-License-Identifier: Apache-2.0
// labeltool audit graph [FILTER...] [--svg] [--output FILE]
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <memory>

#include "labeltool/audit_commands.h"
#include "labeltool/review/filter.h"
#include "labeltool/review/graph.h"
#include "labeltool/review/graphviz.h"

namespace xenacm::labeltool {

namespace {

struct AuditGraphArguments {
  review::Filter filter;
  std::string output;  // empty: standard output
  bool svg = false;
};

Result print(const std::string& text, const std::string& file) {
  if (file.empty()) {
    std::cout << text;
    return {};
  }
  std::ofstream out(file, std::ios::binary);
  out << text;
  if (out.flush()) return {};
  return std::unexpected(Failure{"cannot write " + file + ": " + std::strerror(errno)});
}

Result draw(const Context& context, const AuditGraphArguments& arguments) {
  if (context.json && (arguments.svg || !arguments.output.empty())) {
    return std::unexpected(Failure{"--json prints the graph as JSON, without --svg and --output"});
  }
  const auto parameters = review::parameters(arguments.filter, review::now());
  if (!parameters) return std::unexpected(parameters.error());
  review::LinkGraph graph;
  if (auto visited = review::visit_all(context, *parameters, [&](const auto& record) { graph.add(record); });
      !visited) {
    return visited;
  }
  if (context.json) {
    print_json(graph.json());
    return {};
  }
  if (graph.empty()) std::cerr << "No link is on record that was asked about so.\n";
  if (!arguments.svg) return print(graph.dot(), arguments.output);
  const auto svg = review::svg_of(graph.dot());
  if (!svg) return std::unexpected(Failure{svg.error()});
  return print(*svg, arguments.output);
}

}  // namespace

Command audit_graph_command() {
  auto arguments = std::make_shared<AuditGraphArguments>();
  return {"graph", "Draw which domains were linked or refused to be, as text for Graphviz",
          [arguments](Words& words) {
            review::declare(words, arguments->filter);
            words.flag("--svg", arguments->svg, "as a picture, drawn by Graphviz's dot")
                .option("--output", arguments->output, "file to write; none: standard output");
          },
          [arguments](const Context& context) { return draw(context, *arguments); }};
}

}  // namespace xenacm::labeltool
