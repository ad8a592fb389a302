#pragma once

#include "crypto/pkcs11/connection.hpp"

// Private to crypto/: which algorithms a module carries out, and how.
namespace twinkeep::crypto::pkcs11 {

enum class way {
  none,
  direct,       // by the mechanism that is made for it
  by_wrapping,  // RFC 3394, RFC 5649: the text becomes an object of the session, which is wrapped
  raw_oaep,     // the module only exponentiates, the padding is taken off here
};
[[nodiscard]] way way_of(const mechanism_list& offered, const algorithm& alg);

// unsupported, with the algorithm's name.
[[nodiscard]] failure<error> not_offered(const algorithm& alg);

// RSA-OAEP with another hash than SHA-1: a module says that it has OAEP, but not with which hashes.
[[nodiscard]] inline bool is_to_be_tried(const algorithm& alg) {
  return alg.scheme == scheme::rsa_oaep && alg.hash != hash::sha1;
}

[[nodiscard]] CK_MECHANISM_TYPE mechanism_of(scheme s);

// Parameters of RSA mechanisms. Precondition: the algorithm has such.
[[nodiscard]] CK_RSA_PKCS_PSS_PARAMS pss_parameters(const algorithm& alg);
[[nodiscard]] CK_RSA_PKCS_OAEP_PARAMS oaep_parameters(const algorithm& alg);

// DigestInfo (RFC 8017 §9.2): what CKM_RSA_PKCS pads.
[[nodiscard]] bytes digest_info(hash h, byte_view digest);

// RFC 8017 §7.1.2 step 3, in constant time. refused: no such padding.
[[nodiscard]] outcome<secret_bytes> without_oaep(hash h, byte_view padded);

}  // namespace twinkeep::crypto::pkcs11
