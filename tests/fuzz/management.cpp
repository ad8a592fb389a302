#include "fuzz.hpp"
#include "protocol/http/target.hpp"
#include "protocol/management/filters.hpp"
#include "protocol/management/read.hpp"
#include "protocol/management/route.hpp"
#include "protocol/management/stored.hpp"

using namespace twinkeep;
using namespace twinkeep::protocol;

namespace {

void check_refusal(const management::error& e) {
  const auto status = management::http_status(e.code);
  fuzz::require(status >= 400 && status < 500 && !e.message.empty());
  fuzz::require(!management::write_error(e).empty());
}

// What was found leads back to where it was found.
void check_route(http_method method, std::string_view text) {
  const auto target = http::parse_target(text);
  if (!target) return;
  const auto found = management::route(method, *target);
  if (!found) return check_refusal(found.error());
  const auto path = management::path_of(*found) + "?api-version=" + found->api_version;
  const auto again = http::parse_target(path);
  fuzz::require(again.ok());
  const auto second = management::route(method, *again);
  fuzz::require(second.ok() && second->op == found->op && second->vault == found->vault &&
                second->name == found->name && second->scope == found->scope);
}

template <class T>
void check_stored(const crypto::outcome<T>& loaded, std::string (*store)(const T&),
                  crypto::outcome<T> (*load)(std::string_view)) {
  if (!loaded) return;
  const auto text = store(*loaded);
  const auto again = load(text);
  fuzz::require(again.ok() && store(*again) == text);
}

void check_filters(std::string_view text) {
  const auto assignments = management::parse_assignment_filter(text);
  if (!assignments) check_refusal(assignments.error());
  const auto definitions = management::parse_definition_filter(text);
  if (!definitions) check_refusal(definitions.error());
  const auto resources = management::parse_resource_filter(text);
  if (!resources) check_refusal(resources.error());
}

}  // namespace

// An octet that chooses the operation; then a target, a body, a filter and a stored record all at
// once.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  byte_view input(data, size);
  const auto all = management::operations();
  const auto& op = all[fuzz::choice(input) % all.size()];
  check_route(op.method, as_text(input));
  if (op.has_body) {
    const auto body = management::read_body(op, input);
    if (!body) check_refusal(body.error());
  }
  check_filters(as_text(input));
  check_stored(management::load_vault_resource(as_text(input)), management::store_vault,
               management::load_vault_resource);
  check_stored(management::load_role_assignment(as_text(input)), management::store_role_assignment,
               management::load_role_assignment);
  return 0;
}
