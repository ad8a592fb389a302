#pragma once

#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <string>

#include "crypto/openssl/handles.hpp"
#include "crypto/x509.hpp"

// Private to crypto/: the parts of a certificate, between OpenSSL's types and ours.
namespace twinkeep::crypto::openssl {

using asn1_string_ptr = handle<ASN1_STRING, ASN1_STRING_free>;
using bio_ptr = handle<BIO, BIO_free_all>;
using general_name_ptr = handle<GENERAL_NAME, GENERAL_NAME_free>;
using general_names_ptr = handle<GENERAL_NAMES, GENERAL_NAMES_free>;
using x509_ptr = handle<X509, X509_free>;
using x509_extension_ptr = handle<X509_EXTENSION, X509_EXTENSION_free>;

// corrupt: not the PEM of such a thing. Never asks for a password.
[[nodiscard]] outcome<x509_ptr> read_certificate_pem(std::string_view pem);
[[nodiscard]] outcome<pkey_ptr> read_private_pem(byte_view pem);
[[nodiscard]] outcome<std::string> write_certificate_pem(X509& certificate);
[[nodiscard]] outcome<secret_bytes> write_private_pem(EVP_PKEY& key);

// bad_input: no names at all, or one that is no DNS name or no IP literal.
[[nodiscard]] outcome<general_names_ptr> write_names(const server_names& names);
[[nodiscard]] outcome<server_names> read_names(const X509& certificate);

[[nodiscard]] outcome<std::int64_t> unix_seconds(const ASN1_TIME& time);

}  // namespace twinkeep::crypto::openssl
