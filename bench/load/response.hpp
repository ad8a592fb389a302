#pragma once

#include <cstddef>
#include <string_view>

namespace twinkeep::load {

// What a client must know of an HTTP/1.1 answer to find its end and to go on.
struct response_head {
  unsigned status = 0;
  std::size_t head_bytes = 0;  // with the empty line
  std::size_t body_bytes = 0;
  bool keep_alive = true;
};

enum class parsed { incomplete, complete, malformed };

// Reads the head at the start of `received`. Bodies must have a Content-Length: what the service
// and nginx's `return` send; a chunked answer counts as malformed rather than being misread.
[[nodiscard]] parsed parse_head(std::string_view received, response_head& head);

// A header's value within a head, blanks around it removed; empty when it is not there.
[[nodiscard]] std::string_view find_header(std::string_view head, std::string_view name);

}  // namespace twinkeep::load
