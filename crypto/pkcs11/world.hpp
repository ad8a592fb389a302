#pragma once

#include "crypto/hsm.hpp"
#include "crypto/pkcs11/session.hpp"

// Private to crypto/: the key that makes tokens one security world.
//
// What PKCS #11 makes of it (all tried on SoftHSM 2.6.1, tests/hsm/attacks.cpp):
// - CKA_SENSITIVE, CKA_PRIVATE; CKA_EXTRACTABLE with CKA_WRAP_WITH_TRUSTED: it leaves a token only
//   under a public key that the security officer has marked as trusted, as `twinkeep hsm` does for
//   the moment in which another token joins.
// - CKA_UNWRAP_TEMPLATE: whatever it unwraps is sensitive and does not leave the token again.
// - CKA_ALLOWED_MECHANISMS: wraps by RFC 5649 and does nothing else.
// - CKA_MODIFIABLE false: nobody changes that, whatever PIN he has.
// So nobody gets hold of a key by the user's PIN, or by the wrapped keys on a disk, or by both. Who
// has the PIN can use keys. Who has the security officer's PIN as well can make a token of his own
// a member.
namespace twinkeep::crypto::pkcs11 {

inline constexpr std::string_view world_label = "twinkeep world";

struct world_key {
  CK_OBJECT_HANDLE handle = CK_INVALID_HANDLE;
  hsm_world world{};
};

// No value: the token belongs to none. unavailable: to several, or the key is not what its id says:
// somebody has put a key that he knows in its place.
[[nodiscard]] attempt<std::optional<world_key>> find_world(session& in);

// How keys are wrapped.
[[nodiscard]] inline method by_world() {
  return method{CKM_AES_KEY_WRAP_PAD};
}

attempt<world_key> make_world(session& in);
// Takes the world's key from `source`, where the user is logged in, to `joining`, likewise.
// `trusted`: the public key of helper_pair() in the source.
attempt<world_key> move_world(session& source, const world_key& key, CK_OBJECT_HANDLE trusted,
                              session& joining, CK_OBJECT_HANDLE helper);

}  // namespace twinkeep::crypto::pkcs11
