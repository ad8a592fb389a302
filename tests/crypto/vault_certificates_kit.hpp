#pragma once

#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/certificates.hpp"
#include "crypto/openssl/certificate_parts.hpp"
#include "support.hpp"

// What the tests of vaults' certificates have in common.
namespace twinkeep::test {

inline constexpr std::int64_t cert_start = 1'795'500'000;  // in November 2026
inline constexpr std::int64_t one_day = 86'400;
inline constexpr crypto::validity one_year{cert_start, cert_start + 365 * one_day};

// `file` below tests/data/certificates.
inline bytes read_fixture(std::string_view file) {
  const auto path = std::filesystem::path{TWINKEEP_TEST_DATA} / "certificates" / file;
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>{in}, {}};
}
inline bytes der_fixture(std::string_view file) {
  const auto pem = read_fixture(file);
  const auto read = must(crypto::openssl::read_certificate_pem(as_text(pem)));
  return must(crypto::openssl::write_certificate_der(*read));
}

inline crypto::generated_key new_key(crypto::curve crv = crypto::curve::p256) {
  crypto::key_spec spec;
  spec.type = crypto::key_type::ec;
  spec.crv = crv;
  return must(crypto::make_openssl_provider()->generate(spec));
}
inline crypto::generated_key new_rsa_key(unsigned bits) {
  crypto::key_spec spec;
  spec.type = crypto::key_type::rsa;
  spec.modulus_bits = bits;
  return must(crypto::make_openssl_provider()->generate(spec));
}

inline crypto::certificate_content content_of(std::string subject) {
  crypto::certificate_content content;
  content.subject = std::move(subject);
  return content;
}

inline crypto::openssl::x509_ptr parsed(const bytes& der) {
  return must(crypto::openssl::read_certificate_der(der));
}

// What a client says of chain[0], with the rest of the chain at hand and `root` trusted: X509_V_OK
// or the reason.
struct verification {
  bytes root;
  int purpose = X509_PURPOSE_SSL_SERVER;
  std::string host, ip;
  std::int64_t now = cert_start + one_day;
  bool strict = true;

  [[nodiscard]] int of(const std::vector<bytes>& chain) const {
    using store_ptr = crypto::openssl::handle<X509_STORE, X509_STORE_free>;
    using store_ctx_ptr = crypto::openssl::handle<X509_STORE_CTX, X509_STORE_CTX_free>;
    const auto trusted = parsed(root);
    const store_ptr store{X509_STORE_new()};
    X509_STORE_add_cert(store.get(), trusted.get());
    std::vector<crypto::openssl::x509_ptr> held;
    STACK_OF(X509)* const others = sk_X509_new_null();
    for (const auto& der : chain) {
      held.push_back(parsed(der));
      sk_X509_push(others, held.back().get());
    }
    const store_ctx_ptr ctx{X509_STORE_CTX_new()};
    X509_STORE_CTX_init(ctx.get(), store.get(), held.front().get(), others);
    auto* const param = X509_STORE_CTX_get0_param(ctx.get());
    if (strict) X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
    X509_VERIFY_PARAM_set_purpose(param, purpose);
    X509_VERIFY_PARAM_set_time(param, now);
    if (!host.empty()) X509_VERIFY_PARAM_set1_host(param, host.data(), host.size());
    if (!ip.empty()) X509_VERIFY_PARAM_set1_ip_asc(param, ip.c_str());
    const bool valid = X509_verify_cert(ctx.get()) == 1;
    const int reason = X509_STORE_CTX_get_error(ctx.get());
    sk_X509_free(others);
    return valid ? X509_V_OK : reason;
  }
};

// Refused with this code and a message that has `part`.
template <class T>
bool refused(const crypto::outcome<T>& result, std::string_view part,
             crypto::error_code code = crypto::error_code::bad_input) {
  if (result.ok()) return false;
  const bool told = result.error().message.find(part) != std::string::npos;
  if (!told) BOOST_TEST_MESSAGE("the message is: " << result.error().message);
  return told && result.error().code == code;
}

}  // namespace twinkeep::test
