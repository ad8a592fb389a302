#pragma once

#include <openssl/x509v3.h>

#include "crypto/certificates.hpp"
#include "crypto/openssl/handles.hpp"

// Private to crypto/: the extensions of a certificate (RFC 5280 §4.2) but for subjectAltName's own
// values, between OpenSSL's types and ours.
namespace twinkeep::crypto::openssl {

inline void free_extensions(STACK_OF(X509_EXTENSION) * extensions) {
  sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
}
using extensions_ptr = handle<STACK_OF(X509_EXTENSION), free_extensions>;

// What `content` asks for, in a certificate as in a request. Alternative names are critical where
// there is no subject (§4.2.1.6). bad_input: a name or an OID that cannot be encoded.
[[nodiscard]] outcome<extensions_ptr> write_extensions(const certificate_content& content,
                                                       bool has_subject);
// The subject's, from its public key, and the authority's, from `issuer` (which may be
// `certificate` itself). False: out of memory and the like.
[[nodiscard]] bool add_key_identifiers(X509& certificate, const X509& issuer);

// All but the subject. corrupt: an extension that does not parse, or is there twice.
[[nodiscard]] outcome<certificate_content> read_extensions(const X509& certificate);

}  // namespace twinkeep::crypto::openssl
