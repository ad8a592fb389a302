#include "crypto/certificates.hpp"

#include "crypto/openssl/certificate_extensions.hpp"
#include "crypto/openssl/certificate_parts.hpp"
#include "crypto/openssl/distinguished_name.hpp"
#include "crypto/openssl/ecdsa_signature.hpp"
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

// How a key signs: as strong as it is; RSA keys of every size with SHA-256, as Azure signs.
struct signature_form {
  const algorithm* alg;
  const EVP_MD* digest;
};
const EVP_MD* digest_of(hash h) {
  if (h == hash::sha384) return EVP_sha384();
  return h == hash::sha512 ? EVP_sha512() : EVP_sha256();
}
outcome<signature_form> form_for(const public_key& pub) {
  if (pub.type == key_type::rsa) return signature_form{find_algorithm("RS256"), EVP_sha256()};
  for (const auto& alg : algorithms()) {
    if (alg.scheme != scheme::ecdsa || alg.crv != pub.crv || pub.type != key_type::ec) continue;
    return signature_form{&alg, digest_of(alg.hash)};
  }
  return fail(error_code::unsupported, "certificate: expected an RSA or EC key");
}

// RFC 3279 §2.2: the parameters are NULL with RSA, absent with ECDSA.
bool write_form(const signature_form& form, X509_ALGOR& to) {
  const bool is_rsa = form.alg->type == key_type::rsa;
  int id = NID_undef;
  return OBJ_find_sigid_by_algs(&id, EVP_MD_get_type(form.digest),
                                is_rsa ? NID_rsaEncryption : NID_X9_62_id_ecPublicKey) == 1 &&
         X509_ALGOR_set0(&to, OBJ_nid2obj(id), is_rsa ? V_ASN1_NULL : V_ASN1_UNDEF, nullptr) == 1;
}

template <class T>
outcome<bytes> encoded_by(int (*encode)(T*, unsigned char**), T& what) {
  const int size = encode(&what, nullptr);
  if (size < 1) return not_made();
  bytes der(static_cast<std::size_t>(size));
  auto* at = der.data();
  encode(&what, &at);
  return der;
}

// As X.509 has it.
outcome<bytes> signature_of(const certificate_key& key, const signature_form& form,
                            const outcome<bytes>& encoded) {
  if (!encoded) return encoded;
  bytes digest(static_cast<std::size_t>(EVP_MD_get_size(form.digest)));
  if (EVP_Digest(encoded->data(), encoded->size(), digest.data(), nullptr, form.digest, nullptr) !=
      1) {
    return not_made();
  }
  auto signature = key.pair.sign(*form.alg, digest);
  if (!signature || form.alg->type == key_type::rsa) return signature;
  auto der = der_of(*signature, facts_of(key.pub.crv).coordinate_bytes);
  if (der.empty()) return not_made();
  return der;
}

outcome<void> sign_encoded(const certificate_key& key, const signature_form& form,
                           const outcome<bytes>& encoded, ASN1_BIT_STRING& to) {
  const auto signature = signature_of(key, form, encoded);
  if (!signature) return failure{signature.error()};
  // All of its bits count, also zeros at the end.
  to.flags &= ~(ASN1_STRING_FLAG_BITS_LEFT | 0x07);
  to.flags |= ASN1_STRING_FLAG_BITS_LEFT;
  if (ASN1_BIT_STRING_set(&to, const_cast<std::uint8_t*>(signature->data()),
                          static_cast<int>(signature->size())) != 1) {
    return not_made();
  }
  return {};
}

// Everything but the signature. By `issuer`, or by itself where there is none.
outcome<x509_ptr> draft(const encoded_content& content, EVP_PKEY& key, const validity& valid,
                        X509* issuer) {
  auto made = draft_certificate(key, valid.not_before, valid.not_after);
  if (!made) return made;
  auto& certificate = **made;
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
  if (!add_key_identifiers(certificate, signer)) return not_made();
  return made;
}

// OpenSSL signs certificates with keys of its own alone, and has no way to set the two places where
// the form of the signature stands, nor the signature: it gives them to be read.
outcome<bytes> sign_certificate(X509& certificate, const certificate_key& key) {
  const auto form = form_for(key.pub);
  if (!form) return failure{form.error()};
  const ASN1_BIT_STRING* place = nullptr;
  const X509_ALGOR* outer = nullptr;
  X509_get0_signature(&place, &outer, &certificate);
  if (!write_form(*form, const_cast<X509_ALGOR&>(*X509_get0_tbs_sigalg(&certificate))) ||
      !write_form(*form, const_cast<X509_ALGOR&>(*outer))) {
    return not_made();
  }
  const auto done = sign_encoded(key, *form, encoded_by(i2d_re_X509_tbs, certificate),
                                 const_cast<ASN1_BIT_STRING&>(*place));
  if (!done) return failure{done.error()};
  return write_certificate_der(certificate);
}

outcome<bytes> sign_request(X509_REQ& request, const certificate_key& key) {
  const auto form = form_for(key.pub);
  if (!form) return failure{form.error()};
  const ASN1_BIT_STRING* place = nullptr;
  const X509_ALGOR* written = nullptr;
  X509_REQ_get0_signature(&request, &place, &written);
  if (!write_form(*form, const_cast<X509_ALGOR&>(*written))) return not_made();
  const auto done = sign_encoded(key, *form, encoded_by(i2d_re_X509_REQ_tbs, request),
                                 const_cast<ASN1_BIT_STRING&>(*place));
  if (!done) return failure{done.error()};
  return encoded_by<const X509_REQ>(i2d_X509_REQ, request);
}

// What signs by itself.
struct software_pair {
  std::unique_ptr<key> pair;
  public_key pub;
  [[nodiscard]] certificate_key key_of() const { return {*pair, pub}; }
};
outcome<software_pair> load_software(byte_view material) {
  auto pub = public_key_of_material(material);
  if (!pub) return failure{std::move(pub).error()};
  auto pair = make_openssl_provider()->load(material);
  if (!pair) return failure{std::move(pair).error()};
  return software_pair{*std::move(pair), *std::move(pub)};
}

}  // namespace

outcome<void> check_content(const certificate_content& content) {
  const error_scope errors;
  if (auto encoded = encode(content); !encoded) return failure{std::move(encoded).error()};
  return {};
}

outcome<bytes> make_certificate_request(const certificate_key& key,
                                        const certificate_content& content) {
  const error_scope errors;
  const auto encoded = encode(content);
  if (!encoded) return failure{encoded.error()};
  const auto pub = read_public(key.pub);
  if (!pub) return failure{pub.error()};
  const x509_request_ptr request{X509_REQ_new()};
  if (request == nullptr || X509_REQ_set_version(request.get(), X509_REQ_VERSION_1) != 1 ||
      X509_REQ_set_subject_name(request.get(), encoded->subject.get()) != 1 ||
      X509_REQ_set_pubkey(request.get(), pub->get()) != 1 ||
      X509_REQ_add_extensions(request.get(), encoded->extensions.get()) != 1) {
    return not_made();
  }
  return sign_request(*request, key);
}

outcome<bytes> self_sign(const certificate_key& key, const certificate_content& content,
                         const validity& valid) {
  const error_scope errors;
  const auto encoded = encode(content);
  if (!encoded) return failure{encoded.error()};
  const auto pub = read_public(key.pub);
  if (!pub) return failure{pub.error()};
  const auto certificate = draft(*encoded, **pub, valid, nullptr);
  if (!certificate) return failure{certificate.error()};
  return sign_certificate(**certificate, key);
}

outcome<bytes> make_certificate_request(byte_view material, const certificate_content& content) {
  const auto software = load_software(material);
  if (!software) return failure{software.error()};
  return make_certificate_request(software->key_of(), content);
}

outcome<bytes> self_sign(byte_view material, const certificate_content& content,
                         const validity& valid) {
  const auto software = load_software(material);
  if (!software) return failure{software.error()};
  return self_sign(software->key_of(), content, valid);
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
  const auto issuer_pub = public_half_of(*issuer->key);
  if (!issuer_pub) return failure{issuer_pub.error()};
  const auto form = form_for(*issuer_pub);
  if (!form) return failure{form.error()};
  const auto certificate = draft(*encoded, *key, valid, issuer->certificate.get());
  if (!certificate) return failure{certificate.error()};
  if (X509_sign(certificate->get(), issuer->key.get(), form->digest) <= 0) return not_made();
  auto leaf = write_certificate_der(**certificate);
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
