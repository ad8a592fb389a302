#include "crypto/certificates.hpp"

#include "crypto/openssl/certificate_extensions.hpp"
#include "crypto/openssl/certificate_parts.hpp"
#include "crypto/openssl/distinguished_name.hpp"
#include "crypto/openssl/key_material.hpp"

// What is made: requests and certificates. certificates_read.cpp reads them again.
namespace twinkeep::crypto {

namespace {

using namespace openssl;

failure<error> not_made() {
  return library_failure(error_code::unavailable, "certificate cannot be made");
}

// A content in OpenSSL's types.
struct encoded_content {
  x509_name_ptr subject;
  extensions_ptr extensions;
};

outcome<encoded_content> encode(const certificate_content& content) {
  auto subject = parse_name(content.subject);
  if (!subject) return failure{std::move(subject).error()};
  const bool has_subject = X509_NAME_entry_count(subject->get()) > 0;
  if (!has_subject && content.names.empty()) {
    return fail(error_code::bad_input,
                "certificate: expected a subject or at least one alternative name, found neither");
  }
  auto extensions = write_extensions(content, has_subject);
  if (!extensions) return failure{std::move(extensions).error()};
  return encoded_content{std::move(*subject), std::move(*extensions)};
}

// As strong as the key; RSA keys of every size go with SHA-256, as Azure signs.
outcome<const EVP_MD*> signature_hash(const EVP_PKEY& key) {
  const auto pub = public_half_of(key);
  if (!pub) return failure{pub.error()};
  if (pub->type == key_type::ec && pub->crv == curve::p384) return EVP_sha384();
  if (pub->type == key_type::ec && pub->crv == curve::p521) return EVP_sha512();
  return EVP_sha256();
}

// By `issuer`, or by itself where there is none.
outcome<bytes> certify(const encoded_content& content, EVP_PKEY& key, const validity& valid,
                       X509* issuer, EVP_PKEY& issuer_key) {
  const auto hash = signature_hash(issuer_key);
  if (!hash) return failure{hash.error()};
  const auto draft = draft_certificate(key, valid.not_before, valid.not_after);
  if (!draft) return failure{draft.error()};
  auto& certificate = **draft;
  auto& signer = issuer != nullptr ? *issuer : certificate;
  if (X509_set_subject_name(&certificate, content.subject.get()) != 1 ||
      X509_set_issuer_name(&certificate, X509_get_subject_name(&signer)) != 1) {
    return not_made();
  }
  const auto* const extensions = content.extensions.get();
  for (int i = 0; i < sk_X509_EXTENSION_num(extensions); ++i) {
    if (X509_add_ext(&certificate, sk_X509_EXTENSION_value(extensions, i), -1) != 1) {
      return not_made();
    }
  }
  if (!add_key_identifiers(certificate, signer) ||
      X509_sign(&certificate, &issuer_key, *hash) <= 0) {
    return not_made();
  }
  return write_certificate_der(certificate);
}

}  // namespace

outcome<void> check_content(const certificate_content& content) {
  const error_scope errors;
  if (auto encoded = encode(content); !encoded) return failure{std::move(encoded).error()};
  return {};
}

outcome<bytes> make_certificate_request(byte_view material, const certificate_content& content) {
  const error_scope errors;
  const auto encoded = encode(content);
  if (!encoded) return failure{encoded.error()};
  const auto key = read_private(material);
  if (!key) return failure{key.error()};
  const auto hash = signature_hash(**key);
  if (!hash) return failure{hash.error()};
  const x509_request_ptr request{X509_REQ_new()};
  if (request == nullptr || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      X509_REQ_set_subject_name(request.get(), encoded->subject.get()) != 1 ||
      X509_REQ_set_pubkey(request.get(), key->get()) != 1 ||
      X509_REQ_add_extensions(request.get(), encoded->extensions.get()) != 1 ||
      X509_REQ_sign(request.get(), key->get(), *hash) <= 0) {
    return library_failure(error_code::unavailable, "certificate request cannot be made");
  }
  bytes der(static_cast<std::size_t>(i2d_X509_REQ(request.get(), nullptr)));
  auto* at = der.data();
  i2d_X509_REQ(request.get(), &at);
  return der;
}

outcome<bytes> self_sign(byte_view material, const certificate_content& content,
                         const validity& valid) {
  const error_scope errors;
  const auto encoded = encode(content);
  if (!encoded) return failure{encoded.error()};
  const auto key = read_private(material);
  if (!key) return failure{key.error()};
  return certify(*encoded, **key, valid, nullptr, **key);
}

outcome<std::vector<bytes>> issue_certificate(const certified_key& authority, byte_view request,
                                              const certificate_content& content,
                                              const validity& valid) {
  const error_scope errors;
  const auto encoded = encode(content);
  if (!encoded) return failure{encoded.error()};
  const auto asked = read_request_der(request);
  if (!asked) return failure{asked.error()};
  auto* const key = X509_REQ_get0_pubkey(asked->get());
  if (key == nullptr) return library_failure(error_code::unsupported, "certificate request: key");
  if (const auto pub = public_half_of(*key); !pub) return failure{pub.error()};
  if (X509_REQ_verify(asked->get(), key) != 1) {
    return fail(error_code::bad_input, "certificate request: its signature is not of its own key");
  }
  const auto issuer = read_authority(authority);
  if (!issuer) return failure{issuer.error()};
  auto leaf = certify(*encoded, *key, valid, issuer->certificate.get(), *issuer->key);
  if (!leaf) return failure{std::move(leaf).error()};
  auto root = write_certificate_der(*issuer->certificate);
  if (!root) return failure{std::move(root).error()};
  return std::vector<bytes>{std::move(*leaf), std::move(*root)};
}

outcome<void> check_authority(const certified_key& authority) {
  const error_scope errors;
  const auto read = read_authority(authority);
  if (!read) return failure{read.error()};
  if (const auto pub = public_half_of(*read->key); !pub) return failure{pub.error()};
  return {};
}

}  // namespace twinkeep::crypto
