#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "actors/gateway/answer.hpp"
#include "actors/gateway/failure_guard.hpp"
#include "actors/gateway/gateway.hpp"
#include "actors/gateway/hosts.hpp"
#include "actors/gateway/request_head.hpp"
#include "protocol/token/oauth.hpp"

namespace twinkeep::actors {

// The built-in issuer's pages (CONTRACT 2.4), which need no token and are found under every host.
class issuer_desk {
 public:
  enum class page : std::uint8_t { discovery, token_v1, token_v2, key_set };
  struct question {
    page asked;
    bool known_tenant = false;
  };

  // Who asks.
  struct client_side {
    const std::string& origin;  // https://host:port of the request, which the answers name
    const regions::address_octets& address;
  };

  issuer_desk(const gateway_setup& setup, const audiences& accepted,
              const audiences& accepted_by_management, failure_guard& failures);

  // None: not one of its pages, or the issuer is off.
  [[nodiscard]] std::optional<question> recognise(std::string_view target) const;
  [[nodiscard]] task<answer> serve(question q, const request_head& head, body_source& body,
                                   client_side from);

 private:
  [[nodiscard]] task<answer> give_token(bool v1, body_source& body, client_side from);
  // Null: there is none of that id.
  [[nodiscard]] const built_in_client* find_client(std::string_view id) const;
  // Nothing: it is the client. Who fails too often is not even compared.
  [[nodiscard]] std::optional<answer> refuse_client(const protocol::token::token_request& request,
                                                    const built_in_client* client,
                                                    const regions::address_octets& from);
  [[nodiscard]] task<std::optional<std::string>> sign(const protocol::token::claims& claims,
                                                      bool& accepted);
  [[nodiscard]] answer refuse(const protocol::token::oauth_error& e) const;

  const gateway_setup& setup_;
  const audiences& accepted_;
  const audiences& accepted_by_management_;
  failure_guard& failures_;
  std::optional<protocol::token::issuer> self_;
  std::mutex signing_;  // the key is not thread-safe
};

}  // namespace twinkeep::actors
