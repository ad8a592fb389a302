#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.hpp"

namespace twinkeep::load {

// What twinkeepd's ready file says, as far as a client needs it.
struct service {
  struct vault {
    std::string name;
    std::string url;  // the alias where there is one: it needs no name resolution
  };
  std::string authority, tenant_id, client_id, client_secret, ca_file;
  std::vector<vault> vaults;
};

[[nodiscard]] result<service, std::string> parse_ready_file(std::string_view text);
[[nodiscard]] result<service, std::string> read_ready_file(const std::string& path);

// The vault of that name, the first one for an empty name, nullptr when there is none.
[[nodiscard]] const service::vault* find_vault(const service& s, std::string_view name);

}  // namespace twinkeep::load
