#pragma once

#include <openssl/x509v3.h>

#include "crypto/certificates.hpp"
#include "crypto/openssl/handles.hpp"

// Private to crypto/: subjectAltName (RFC 5280 §4.2.1.6) between OpenSSL's types and ours.
namespace twinkeep::crypto::openssl {

using general_name_ptr = handle<GENERAL_NAME, GENERAL_NAME_free>;
using general_names_ptr = handle<GENERAL_NAMES, GENERAL_NAMES_free>;

// bad_input: a name that cannot be one of its kind; the message has it.
[[nodiscard]] outcome<general_names_ptr> write_names(const alternative_names& names);
// Kinds that alternative_names does not have are passed over. corrupt: one that no text can show.
[[nodiscard]] outcome<alternative_names> read_names(const X509& certificate);

}  // namespace twinkeep::crypto::openssl
