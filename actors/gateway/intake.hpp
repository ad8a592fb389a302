#pragma once

#include "protocol/backup.hpp"
#include "protocol/http/target.hpp"
#include "protocol/requests.hpp"

namespace twinkeep::actors {

// What restoring a backup depends on.
struct restore_rules {
  const protocol::backup_scope& here;
  protocol::restore_scope rule;
  const crypto::data_key& key;
};

// The typed request for a target that was matched; `body` as it came. Backups are opened here.
[[nodiscard]] protocol::outcome<protocol::request> take_request(
    protocol::http::route where, const protocol::http::target& target,
    std::string_view api_version, byte_view body, const restore_rules& rules);

}  // namespace twinkeep::actors
