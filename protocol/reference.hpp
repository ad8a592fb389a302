#pragma once

#include <string>
#include <string_view>

#include "protocol/operations.hpp"

namespace twinkeep::protocol {

// The operationId that the published specification gives an operation: "GetSecret".
[[nodiscard]] std::string_view published_name(operation_id id);

// REFERENCE.md: what is served, derived from THE operation table, the api-versions, and a
// comparison with the published specification. Markdown.
[[nodiscard]] std::string reference_page();

}  // namespace twinkeep::protocol
