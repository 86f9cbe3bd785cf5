// SPDX-License-Identifier: Apache-2.0
#include "enforcer/api/target.h"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

namespace xenacm::api {

bool read_target(std::string_view target, Call& call) {
  const auto url = boost::urls::parse_origin_form(target);
  if (!url) return false;
  for (const auto& segment : url->segments()) call.path.push_back(segment);
  for (const auto& parameter : url->params()) call.query[parameter.key] = parameter.value;
  if (call.path.empty() || call.path.front() != "v1") return false;
  call.path.erase(call.path.begin());
  return true;
}

}  // namespace xenacm::api
