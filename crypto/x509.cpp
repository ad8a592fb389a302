#include "crypto/x509.hpp"

#include <array>

#include "crypto/openssl/alternative_names.hpp"
#include "crypto/openssl/certificate_parts.hpp"
#include "crypto/openssl/key_material.hpp"

namespace twinkeep::crypto {

namespace {

using namespace openssl;

constexpr std::size_t longest_common_name = 64;  // RFC 5280 appendix A, ub-common-name

struct extension {
  int nid;
  const char* value;  // in OpenSSL's notation: constants only, names never go through its parser
};
constexpr std::array authority_extensions{
    extension{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    extension{NID_key_usage, "critical,keyCertSign,cRLSign"},
    extension{NID_subject_key_identifier, "hash"},
    extension{NID_authority_key_identifier, "keyid:always"},
};
constexpr std::array server_extensions{
    extension{NID_basic_constraints, "critical,CA:FALSE"},
    extension{NID_key_usage, "critical,digitalSignature"},
    extension{NID_ext_key_usage, "serverAuth"},
    extension{NID_subject_key_identifier, "hash"},
    extension{NID_authority_key_identifier, "keyid:always"},
};

failure<error> not_made() {
  return library_failure(error_code::unavailable, "certificate cannot be made");
}

bool set_subject(X509& certificate, std::string_view common_name) {
  return X509_NAME_add_entry_by_NID(X509_get_subject_name(&certificate), NID_commonName,
                                    MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

bool add_extensions(X509& certificate, X509& issuer, std::span<const extension> extensions) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, &issuer, &certificate, nullptr, nullptr, 0);
  for (const auto& [nid, value] : extensions) {
    const x509_extension_ptr made{X509V3_EXT_conf_nid(nullptr, &context, nid, value)};
    if (made == nullptr || X509_add_ext(&certificate, made.get(), -1) != 1) return false;
  }
  return true;
}

// What both kinds have in common; issuer, extensions and signature are still to come.
outcome<x509_ptr> draft(EVP_PKEY& key, std::string_view common_name, std::int64_t not_before,
                        std::int64_t not_after) {
  auto certificate = draft_certificate(key, not_before, not_after);
  if (certificate && !set_subject(**certificate, common_name)) return not_made();
  return certificate;
}

outcome<certified_key> sign_and_write(X509& certificate, EVP_PKEY& key, EVP_PKEY& issuer_key) {
  if (X509_sign(&certificate, &issuer_key, EVP_sha256()) <= 0) return not_made();
  auto certificate_pem = write_certificate_pem(certificate);
  if (!certificate_pem) return failure{std::move(certificate_pem).error()};
  auto key_pem = write_private_pem(key);
  if (!key_pem) return failure{std::move(key_pem).error()};
  return certified_key{std::move(*certificate_pem), std::move(*key_pem)};
}

outcome<pkey_ptr> new_key() {
  return generate_pair({key_type::ec, 0, curve::p256});
}

// For people who look at it; clients read the alternative names.
std::string_view common_name_of(const server_names& names) {
  const auto& first = names.dns.empty() ? names.ip.front() : names.dns.front();
  return first.size() <= longest_common_name ? std::string_view{first} : "Twinkeep";
}

}  // namespace

outcome<certified_key> make_certificate_authority(const std::string& common_name,
                                                  std::int64_t not_before, std::int64_t not_after) {
  const error_scope errors;
  if (common_name.empty() || common_name.size() > longest_common_name) {
    return fail(error_code::bad_input,
                "certificate authority: expected a name of 1 to 64 bytes, "
                "found " +
                    std::to_string(common_name.size()));
  }
  const auto key = new_key();
  if (!key) return failure{key.error()};
  const auto certificate = draft(**key, common_name, not_before, not_after);
  if (!certificate) return failure{certificate.error()};
  auto& cert = **certificate;
  if (X509_set_issuer_name(&cert, X509_get_subject_name(&cert)) != 1 ||
      !add_extensions(cert, cert, authority_extensions)) {
    return not_made();
  }
  return sign_and_write(cert, **key, **key);
}

outcome<certified_key> issue_server_certificate(const certified_key& authority,
                                                const server_names& names, std::int64_t not_before,
                                                std::int64_t not_after) {
  const error_scope errors;
  const auto issuer = read_authority(authority);
  if (!issuer) return failure{issuer.error()};
  if (names.dns.empty() && names.ip.empty()) {
    return fail(error_code::bad_input, "server certificate: expected at least one name");
  }
  const auto list = write_names(
      {.emails = {}, .dns_names = names.dns, .upns = {}, .uris = {}, .ip_addresses = names.ip});
  if (!list) return failure{list.error()};
  const auto key = new_key();
  if (!key) return failure{key.error()};
  const auto certificate = draft(**key, common_name_of(names), not_before, not_after);
  if (!certificate) return failure{certificate.error()};
  auto& cert = **certificate;
  if (X509_set_issuer_name(&cert, X509_get_subject_name(issuer->certificate.get())) != 1 ||
      !add_extensions(cert, *issuer->certificate, server_extensions) ||
      X509_add1_ext_i2d(&cert, NID_subject_alt_name, list->get(), 0, 0) != 1) {
    return not_made();
  }
  return sign_and_write(cert, **key, *issuer->key);
}

outcome<certificate_facts> inspect_certificate(const std::string& certificate_pem,
                                               const std::string& authority_pem) {
  const error_scope errors;
  const auto certificate = read_certificate_pem(certificate_pem);
  if (!certificate) return failure{certificate.error()};
  const auto authority = read_certificate_pem(authority_pem);
  if (!authority) return failure{authority.error()};
  const auto not_before = unix_seconds(*X509_get0_notBefore(certificate->get()));
  if (!not_before) return failure{not_before.error()};
  const auto not_after = unix_seconds(*X509_get0_notAfter(certificate->get()));
  if (!not_after) return failure{not_after.error()};
  auto names = read_names(**certificate);
  if (!names) return failure{std::move(names).error()};
  const bool issued = X509_check_issued(authority->get(), certificate->get()) == X509_V_OK &&
                      X509_verify(certificate->get(), X509_get0_pubkey(authority->get())) == 1;
  return certificate_facts{*not_before,
                           *not_after,
                           {std::move(names->dns_names), std::move(names->ip_addresses)},
                           issued};
}

}  // namespace twinkeep::crypto
