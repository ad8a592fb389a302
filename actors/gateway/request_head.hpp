#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "actors/gateway/coroutine.hpp"
#include "crypto/bytes.hpp"

namespace twinkeep::actors {

// The values of a header that may come more than once, in their order: what one proxy adds as a
// line of its own another one appends to the line (RFC 9110 §5.3).
class repeated_line {
 public:
  void add(std::string_view value) {
    if (count_ < values_.size()) values_[count_] = value;
    ++count_;
  }
  // False: more came than are kept.
  [[nodiscard]] bool whole() const { return count_ <= values_.size(); }
  [[nodiscard]] std::span<const std::string_view> lines() const {
    return std::span(values_).first(std::min(count_, values_.size()));
  }

 private:
  std::array<std::string_view, 4> values_{};
  std::size_t count_ = 0;
};

// The lines of a request that this service looks at: views into the connection's buffer, which
// stays where it is until the request is answered.
struct request_head {
  std::string_view method;
  std::string_view target;
  std::string_view host;
  std::string_view authorization;
  std::string_view client_request_id;
  std::string_view expect;
  repeated_line forwarded_for;  // X-Forwarded-For: the word of anybody, until the peer is known
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
