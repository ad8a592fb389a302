#pragma once

#include <vector>

#include "crypto/key_provider.hpp"

// Private to crypto/: public keys from signatures.
namespace twinkeep::crypto::openssl {

// The public keys under which `signature` (r and s, each at the curve's full width) is one of
// `digest` (SEC 1 §4.1.6): two or, of a few signatures in a curve's order, up to four. Empty: no
// signature of this curve. `digest` has no more bits than the curve's order.
[[nodiscard]] std::vector<public_key> keys_that_may_have_signed(curve crv, byte_view digest,
                                                                byte_view signature);

}  // namespace twinkeep::crypto::openssl
