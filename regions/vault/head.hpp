#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/error.hpp"
#include "protocol/attributes.hpp"
#include "regions/vault/vault_state.hpp"

namespace twinkeep::regions {

// The meta of a head record: what concerns all versions of an object. The order of the versions is
// kept here because records come back sorted by version id, which is random.
struct head {
  std::string name;                   // in the case of its first creation
  std::vector<std::string> versions;  // in order of creation, at least one
  std::optional<protocol::deletion> deleted;
  std::string last_request;
  std::string policy;  // a certificate's or a key's, as protocol/json/stored.hpp writes it; or none
  told_expiry told;
};

// JSON, readable by later versions: unknown members are ignored.
[[nodiscard]] std::string write_head(const head& h);
// corrupt names the member, not its content.
[[nodiscard]] crypto::outcome<head> read_head(std::string_view text);

}  // namespace twinkeep::regions
