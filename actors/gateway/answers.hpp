#pragma once

#include "actors/gateway/answer.hpp"
#include "actors/messages.hpp"
#include "protocol/backup.hpp"

namespace twinkeep::actors {

// Where an answer is given, and what backups are sealed with.
struct answer_place {
  std::string_view base_url;
  std::string_view api_version;
  const protocol::backup_scope& scope;
  const crypto::data_key& backup_key;
  crypto::random_source& random;
};

// Writes what a vault has answered. Sealed values are opened here, for this one answer, and not in
// the vault's mailbox.
[[nodiscard]] answer write_reply(const vault_reply& reply, const protocol::request& request,
                                 const answer_place& place);

// A purge that was asked twice, and found nothing the second time, has happened the first time.
[[nodiscard]] bool is_purge_done(const vault_reply& reply, protocol::operation_id operation,
                                 bool repeated);

}  // namespace twinkeep::actors
