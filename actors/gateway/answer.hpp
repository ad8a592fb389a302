#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/gateway/request_head.hpp"
#include "protocol/errors.hpp"
#include "protocol/json/write.hpp"
#include "protocol/operations.hpp"

namespace twinkeep::actors {

// What a request comes to, before it is written as HTTP.
struct answer {
  unsigned status = 200;
  protocol::json::text body;  // JSON; none with 204
  std::string region;         // that answered; empty: no vault was asked for
  std::string challenge;      // WWW-Authenticate
  std::string location;
  std::optional<unsigned> retry_after_s;
  bool drop = false;                        // the connection ends without an answer
  bool close = false;                       // the connection cannot go on after it
  const protocol::operation* op = nullptr;  // for who counts
  std::string_view code, inner;  // of an error, for the audit log: texts of errors.cpp
};

// RFC 9110 §15: "Not Found".
[[nodiscard]] std::string_view reason_of(unsigned status);

[[nodiscard]] answer refusal(const protocol::error& e, std::string_view region = {});
[[nodiscard]] answer json_answer(unsigned status, std::string_view body);
// To a body that could not be read.
[[nodiscard]] answer body_refusal(body_state state);

// What the head of a response says besides the answer.
struct response_lines {
  std::string_view request_id;         // ours, a fresh GUID
  std::string_view client_request_id;  // echoed byte for byte; empty: none
  std::string_view network_info;       // empty: unknown
  std::string_view date;
  bool close = false;
  bool without_body = false;         // HEAD: the length of what is not sent
  std::string_view assignment = {};  // of the role that let the request in; empty: none
};

// Appends the whole response (CONTRACT 1.3), so that it leaves with one write.
void write_response(crypto::wiping_chars& out, const answer& a, const response_lines& lines);

// IMF-fixdate (RFC 9110 §5.6.7): "Sun, 06 Nov 1994 08:49:37 GMT".
[[nodiscard]] std::string http_date(std::int64_t unix_seconds);

}  // namespace twinkeep::actors
