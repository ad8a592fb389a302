#pragma once

#include "crypto/hsm.hpp"

// Private to crypto/: what an HSM key is while it is not in a token.
namespace twinkeep::crypto::pkcs11 {

struct wrapped_key {
  hsm_world world;
  hsm_key_id id;
  public_key pub;
  bytes blob;  // by the world's key, RFC 5649
};

// The id is made here: it names all of the rest, so that no octet of a material can change unseen.
// That tells of damage, not of forgery, for which nothing but the world's key is needed: what a
// token unwraps is compared with the public half when it is installed.
[[nodiscard]] outcome<generated_key> write_material(const hsm_world& world, public_key pub,
                                                    byte_view blob);
// corrupt: none, or changed.
[[nodiscard]] outcome<wrapped_key> read_material(byte_view material);

// SEC 1 §2.3.3 within an OCTET STRING, or as it is: modules differ.
[[nodiscard]] outcome<public_key> public_half_of_point(curve crv, byte_view ec_point);
// The curve's OID in DER, as CKA_EC_PARAMS.
[[nodiscard]] bytes curve_parameters(curve crv);

}  // namespace twinkeep::crypto::pkcs11
