#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "bench/load/tls.hpp"
#include "crypto/result.hpp"

namespace twinkeep::load {

struct reply {
  unsigned status = 0;
  std::string head, body;
  std::size_t bytes() const { return head.size() + body.size(); }
};

// One request after another over one kept connection: what prepares a run.
class setup_client {
 public:
  setup_client(endpoint server, SSL_CTX* context) : server_(std::move(server)), context_(context) {}

  // `request` as it goes over the wire. A connection that the service closed is opened again.
  // Errors: no answer within ten seconds, no connection, no HTTP.
  [[nodiscard]] result<reply, std::string> send(std::string_view request);
  // "TLSv1.3 TLS_AES_256_GCM_SHA384", once something was sent.
  [[nodiscard]] const std::string& tls() const { return tls_; }

 private:
  using deadline = std::chrono::steady_clock::time_point;
  [[nodiscard]] result<void, std::string> connect(deadline until);
  [[nodiscard]] result<void, std::string> write(std::string_view request, deadline until);
  [[nodiscard]] result<reply, std::string> receive(deadline until);
  // Waits until the socket is ready or the time is over; false in the second case.
  [[nodiscard]] bool wait(short events, deadline until) const;

  endpoint server_;
  SSL_CTX* context_;
  tls_connection connection_;
  std::string tls_;
};

// A request as it goes over the wire; Content-Length is added for a body or a method that has one.
struct request_parts {
  std::string_view method, target, authority;
  std::string_view token;         // empty: no Authorization
  std::string_view content_type;  // empty: no body
  std::string_view body;
};
[[nodiscard]] std::string write_request(const request_parts& parts);

}  // namespace twinkeep::load
