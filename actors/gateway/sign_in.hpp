#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocol/token/token.hpp"

namespace twinkeep::actors {

// Where the people and applications of a tenant get their tokens: what a challenge names.
class sign_in {
 public:
  explicit sign_in(const std::vector<protocol::token::issuer>& issuers);
  // `origin`: of the request, under which the built-in issuer answers too.
  [[nodiscard]] std::string_view authority(std::string_view tenant, std::string_view origin) const;

 private:
  struct place {
    std::string tenant;
    std::string authority;  // empty: here
  };
  std::vector<place> places_;
};

}  // namespace twinkeep::actors
