#pragma once

#include <string_view>
#include <vector>

#include "regions/vault/vault_state.hpp"

// The addressable key and secret of a certificate (CONTRACT 6.6). Internal to regions/vault.
namespace twinkeep::regions {

// Makes the key and the secret of a certificate's name what the certificate says: there with the
// same versions, deleted with it. None are there before: drop_managed removes them. A name that has
// no certificate is left alone.
void derive_managed(vault_state& vault, std::string_view lower_name);
void drop_managed(vault_state& vault, std::string_view lower_name);

// What a certificate's key may do follows from its key usage; none is digitalSignature and
// keyEncipherment.
[[nodiscard]] std::vector<protocol::key_operation> operations_of(
    const std::vector<crypto::key_usage>& usages, crypto::key_type type);

}  // namespace twinkeep::regions
