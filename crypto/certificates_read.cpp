#include <algorithm>
#include <array>

#include "crypto/certificates.hpp"
#include "crypto/openssl/certificate_extensions.hpp"
#include "crypto/openssl/certificate_parts.hpp"
#include "crypto/openssl/distinguished_name.hpp"
#include "crypto/openssl/key_material.hpp"

namespace twinkeep::crypto {

namespace {

using namespace openssl;

// RFC 5280 §4.2.1.3, where nonRepudiation has kept the name that Azure uses.
constexpr std::array<std::string_view, 9> usage_names{
    "digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement",
    "keyCertSign",      "cRLSign",        "encipherOnly",    "decipherOnly"};

outcome<bytes> thumbprint_of(const X509& certificate) {
  bytes digest(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  if (X509_digest(&certificate, EVP_sha1(), digest.data(), &size) != 1) {
    return library_failure(error_code::unavailable, "thumbprint of a certificate");
  }
  digest.resize(size);
  return digest;
}

outcome<validity> validity_of(const X509& certificate) {
  const auto not_before = unix_seconds(*X509_get0_notBefore(&certificate));
  if (!not_before) return failure{not_before.error()};
  const auto not_after = unix_seconds(*X509_get0_notAfter(&certificate));
  if (!not_after) return failure{not_after.error()};
  return validity{*not_before, *not_after};
}

outcome<public_key> public_key_of(const EVP_PKEY* key, const char* what) {
  if (key == nullptr) {
    return library_failure(error_code::unsupported, std::string{what} + ": its public key");
  }
  return public_half_of(*key);
}

// The place of the certificate that issued `of`, among those from `from` on; their number: none.
std::size_t issuer_among(const std::vector<x509_ptr>& certificates, std::size_t from,
                         const X509& of) {
  const auto* const issuer = X509_get_issuer_name(&of);
  const auto none = certificates.size();
  auto by_name = none;
  if (X509_NAME_cmp(X509_get_subject_name(&of), issuer) == 0) return none;  // a root
  for (auto at = from; at < none; ++at) {
    auto* const candidate = certificates[at].get();
    if (candidate == nullptr || X509_NAME_cmp(X509_get_subject_name(candidate), issuer) != 0) {
      continue;
    }
    // Key identifiers tell the new key of an authority from its old one.
    if (X509_check_issued(candidate, const_cast<X509*>(&of)) == X509_V_OK) return at;
    by_name = std::min(by_name, at);
  }
  return by_name;
}

}  // namespace

std::string_view to_string(key_usage usage) {
  return usage_names.at(static_cast<std::size_t>(usage));
}

std::optional<key_usage> find_key_usage(std::string_view name) {
  const auto same = [name](std::string_view row) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(name, row, {}, lower, lower);
  };
  const auto found = std::ranges::find_if(usage_names, same);
  if (found == usage_names.end()) return std::nullopt;
  return static_cast<key_usage>(found - usage_names.begin());
}

outcome<certificate_info> read_certificate(byte_view der) {
  const error_scope errors;
  const auto read = read_certificate_der(der);
  if (!read) return failure{read.error()};
  const auto& certificate = **read;
  certificate_info info;
  auto pub = public_key_of(X509_get0_pubkey(&certificate), "certificate");
  if (!pub) return failure{std::move(pub).error()};
  info.pub = std::move(*pub);
  auto subject = write_name(*X509_get_subject_name(&certificate));
  if (!subject) return failure{std::move(subject).error()};
  info.subject = std::move(*subject);
  auto issuer = write_name(*X509_get_issuer_name(&certificate));
  if (!issuer) return failure{std::move(issuer).error()};
  info.issuer = std::move(*issuer);
  const auto valid = validity_of(certificate);
  if (!valid) return failure{valid.error()};
  info.valid = *valid;
  auto content = read_extensions(certificate);
  if (!content) return failure{std::move(content).error()};
  info.content = std::move(*content);
  info.content.subject = info.subject;
  auto thumbprint = thumbprint_of(certificate);
  if (!thumbprint) return failure{std::move(thumbprint).error()};
  info.thumbprint = std::move(*thumbprint);
  return info;
}

outcome<public_key> public_key_of_request(byte_view request) {
  const error_scope errors;
  const auto read = read_request_der(request);
  if (!read) return failure{read.error()};
  return public_key_of(X509_REQ_get0_pubkey(read->get()), "certificate request");
}

outcome<public_key> public_key_of_material(byte_view material) {
  const error_scope errors;
  const auto read = read_private(material);
  if (!read) return failure{read.error()};
  return public_half_of(**read);
}

bool same_key(const public_key& a, const public_key& b) {
  if (a.type != b.type) return false;
  switch (a.type) {
    case key_type::rsa:
      return a.n == b.n && a.e == b.e;
    case key_type::ec:
      return a.crv == b.crv && a.x == b.x && a.y == b.y;
    case key_type::oct:
      break;  // no public half to compare
  }
  return false;
}

std::vector<bytes> in_chain_order(std::vector<bytes> chain) {
  const error_scope errors;
  std::vector<x509_ptr> certificates;
  for (const auto& der : chain) {
    auto read = read_certificate_der(der);
    certificates.push_back(read ? std::move(*read) : nullptr);
  }
  for (std::size_t placed = 1; placed < chain.size(); ++placed) {
    const auto* const last = certificates[placed - 1].get();
    const auto next = last == nullptr ? chain.size() : issuer_among(certificates, placed, *last);
    if (next == chain.size()) break;
    const auto to_front = [&](auto& list) {
      const auto at = list.begin() + static_cast<std::ptrdiff_t>(placed);
      const auto found = list.begin() + static_cast<std::ptrdiff_t>(next);
      std::rotate(at, found, found + 1);
    };
    to_front(chain);
    to_front(certificates);
  }
  return chain;
}

}  // namespace twinkeep::crypto
