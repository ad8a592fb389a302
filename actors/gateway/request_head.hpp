#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "actors/gateway/coroutine.hpp"
#include "crypto/bytes.hpp"

namespace twinkeep::actors {

// The lines of a request that this service looks at: views into the connection's buffer, which
// stays where it is until the request is answered.
struct request_head {
  std::string_view method;
  std::string_view target;
  std::string_view host;
  std::string_view authorization;
  std::string_view client_request_id;
  std::string_view expect;
  std::string_view user_agent;
  bool keep_alive = false;
};

// What becomes of reading a request's body.
enum class body_state : std::uint8_t { complete, too_large, malformed, late, lost };

// PORT: the rest of a request whose head was read. Only who needs the body waits for it.
class body_source {
 public:
  virtual ~body_source() = default;
  [[nodiscard]] virtual bool complete() const = 0;  // nothing to wait for
  // Reads it all, bounded in size and time.
  [[nodiscard]] virtual task<body_state> read() = 0;
  [[nodiscard]] virtual byte_view view() const = 0;
};

}  // namespace twinkeep::actors
