#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "actors/gateway/answer.hpp"
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

  issuer_desk(const gateway_setup& setup, const audiences& accepted,
              const audiences& accepted_by_management);

  // None: not one of its pages, or the issuer is off.
  [[nodiscard]] std::optional<question> recognise(std::string_view target) const;
  // `origin`: https://host:port of the request, which the answers name.
  [[nodiscard]] task<answer> serve(question q, const request_head& head, body_source& body,
                                   const std::string& origin);

 private:
  [[nodiscard]] task<answer> give_token(bool v1, body_source& body, const std::string& origin);
  [[nodiscard]] task<std::optional<std::string>> sign(const protocol::token::claims& claims,
                                                      bool& accepted);
  [[nodiscard]] answer refuse(const protocol::token::oauth_error& e) const;

  const gateway_setup& setup_;
  const audiences& accepted_;
  const audiences& accepted_by_management_;
  const protocol::token::issuer* self_ = nullptr;
  std::mutex signing_;  // the key is not thread-safe
};

}  // namespace twinkeep::actors
