#include "protocol/http/target.hpp"

#include "fuzz.hpp"
#include "protocol/identifiers.hpp"

using namespace twinkeep;
using namespace twinkeep::protocol;

namespace {

void check_routes(const http::target& t) {
  for (const auto method : {http_method::get, http_method::put, http_method::post,
                            http_method::patch, http_method::delete_}) {
    const auto found = http::match(method, t);
    if (!found) {
      fuzz::require(http_status(found.error().code) / 100 == 4);
      continue;
    }
    fuzz::require(found->op->method == method);
    const bool named = found->op->path.find("{name}") != std::string_view::npos;
    fuzz::require(named ? is_object_name(found->name) : found->name.empty());
    if (found->op->path.find("{version?}") == std::string_view::npos) {
      fuzz::require(found->version.empty());
    }
  }
}

}  // namespace

// A request target; the same text is a Host header as well.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text({data, size});
  if (const auto host = http::parse_authority(text)) {
    fuzz::require(!host->host.empty() && host->host == lower(host->host));
    fuzz::require(host->host.find_first_of("\"/@ ,") == std::string::npos);
    const bool literal = host->host.find(':') != std::string::npos;
    const auto again = http::parse_authority(literal ? '[' + host->host + ']' : host->host);
    fuzz::require(again && again->host == host->host);
  }
  const auto t = http::parse_target(text);
  if (!t) {
    fuzz::require(t.error().code == error_code::bad_parameter);
    return 0;
  }
  check_routes(*t);
  (void)http::api_version_of(*t).ok();
  const auto page = http::page_of(*t);
  fuzz::require(!page || (page->max_results >= 1 && page->max_results <= max_page_size));
  return 0;
}
