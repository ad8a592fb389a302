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
using asn1_object_ptr = handle<ASN1_OBJECT, ASN1_OBJECT_free>;
using bio_ptr = handle<BIO, BIO_free_all>;
using x509_ptr = handle<X509, X509_free>;
using x509_extension_ptr = handle<X509_EXTENSION, X509_EXTENSION_free>;
using x509_request_ptr = handle<X509_REQ, X509_REQ_free>;

// corrupt: not the PEM of such a thing. Never asks for a password.
[[nodiscard]] outcome<x509_ptr> read_certificate_pem(std::string_view pem);
[[nodiscard]] outcome<pkey_ptr> read_private_pem(byte_view pem);
[[nodiscard]] outcome<std::string> write_certificate_pem(X509& certificate);
[[nodiscard]] outcome<secret_bytes> write_private_pem(EVP_PKEY& key);

// corrupt: not the DER of one such thing, or something behind it.
[[nodiscard]] outcome<x509_ptr> read_certificate_der(byte_view der);
[[nodiscard]] outcome<x509_request_ptr> read_request_der(byte_view der);
[[nodiscard]] outcome<bytes> write_certificate_der(const X509& certificate);

struct authority {
  x509_ptr certificate;
  pkey_ptr key;
};
// bad_input: not the certificate of an authority (CA:TRUE, keyCertSign where keyUsage is present)
// and the key that belongs to it.
[[nodiscard]] outcome<authority> read_authority(const certified_key& given);

// Version, a random serial of 127 bits, times and public key; names, extensions and signature are
// still to come.
[[nodiscard]] outcome<x509_ptr> draft_certificate(EVP_PKEY& key, std::int64_t not_before,
                                                  std::int64_t not_after);

[[nodiscard]] outcome<std::int64_t> unix_seconds(const ASN1_TIME& time);

// Digits and dots alone: "1.3.6.1.5.5.7.3.1". nullptr: none.
[[nodiscard]] asn1_object_ptr parse_oid(std::string_view dotted);
[[nodiscard]] std::string oid_text(const ASN1_OBJECT& oid);

[[nodiscard]] byte_view content_of(BIO& memory);
[[nodiscard]] byte_view content_of(const ASN1_STRING& string);

// For messages: in quotes, cut short, and with '?' for what is not printable ASCII.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace twinkeep::crypto::openssl
