#pragma once

#include "actors/messages.hpp"

namespace twinkeep::actors {

// Carries out the operation that a vault has admitted, with its key made ready. Blocks.
[[nodiscard]] crypto::outcome<crypto_result> use_key(const crypto_job& job, crypto::key& key);
// What the client is answered.
[[nodiscard]] vault_reply_ptr reply_of(const crypto_job& job,
                                       crypto::outcome<crypto_result> result);

}  // namespace twinkeep::actors
