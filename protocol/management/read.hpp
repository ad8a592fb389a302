#pragma once

#include "crypto/bytes.hpp"
#include "protocol/management/requests.hpp"

namespace twinkeep::protocol::management {

// More than the data plane takes: 1024 access policies with every permission named are 1.3 MB.
// Azure Resource Manager's own limit.
inline constexpr std::size_t max_body_bytes = 4u << 20;

// Reads the body of an operation into its typed form. Unknown members are ignored and null is
// absent; what is not JSON is 400 InvalidRequestContent, what is wrong within 400 BadRequest with
// the member's name. An operation without a body ignores what is sent.
[[nodiscard]] outcome<request_body> read_body(const operation& op, byte_view body);

}  // namespace twinkeep::protocol::management
