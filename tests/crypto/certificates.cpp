#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

#include "crypto/openssl/certificate_parts.hpp"
#include "crypto/x509.hpp"
#include "support.hpp"

namespace twinkeep::crypto {

namespace {

constexpr std::int64_t start = 1'795'500'000;  // in November 2026
constexpr std::int64_t day = 86'400;

using store_ptr = openssl::handle<X509_STORE, X509_STORE_free>;
using store_ctx_ptr = openssl::handle<X509_STORE_CTX, X509_STORE_CTX_free>;

struct fixture {
  certified_key authority =
      test::must(make_certificate_authority("Twinkeep test", start, start + 3650 * day));
  server_names names{{"localhost", "*.vault.localhost"}, {"127.0.0.1", "::1"}};
  certified_key server =
      test::must(issue_server_certificate(authority, names, start, start + 90 * day));

  // As a TLS client does: chain, purpose, time and name. X509_V_OK or the reason.
  [[nodiscard]] int verify(const certified_key& leaf, const certified_key& root,
                           const std::string& host, const std::string& ip,
                           std::int64_t now = start + day) const {
    const auto certificate = test::must(openssl::read_certificate_pem(leaf.certificate_pem));
    const auto trusted = test::must(openssl::read_certificate_pem(root.certificate_pem));
    const store_ptr store{X509_STORE_new()};
    BOOST_REQUIRE(X509_STORE_add_cert(store.get(), trusted.get()) == 1);
    const store_ctx_ptr ctx{X509_STORE_CTX_new()};
    BOOST_REQUIRE(X509_STORE_CTX_init(ctx.get(), store.get(), certificate.get(), nullptr) == 1);
    auto* const param = X509_STORE_CTX_get0_param(ctx.get());
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_X509_STRICT);
    X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
    X509_VERIFY_PARAM_set_time(param, now);
    if (!host.empty()) X509_VERIFY_PARAM_set1_host(param, host.data(), host.size());
    if (!ip.empty()) X509_VERIFY_PARAM_set1_ip_asc(param, ip.c_str());
    const bool valid = X509_verify_cert(ctx.get()) == 1;
    const int reason = X509_STORE_CTX_get_error(ctx.get());
    BOOST_TEST(valid == (reason == X509_V_OK));
    return reason;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(certificates, fixture)

BOOST_AUTO_TEST_CASE(a_client_that_trusts_the_authority_trusts_the_server) {
  for (const auto* host : {"localhost", "demo.vault.localhost", "DEMO.vault.localhost"}) {
    BOOST_TEST(verify(server, authority, host, "") == X509_V_OK, host);
  }
  for (const auto* ip : {"127.0.0.1", "::1"}) {
    BOOST_TEST(verify(server, authority, "", ip) == X509_V_OK, ip);
  }
}

BOOST_AUTO_TEST_CASE(another_name_is_not_covered) {
  for (const auto* host : {"vault.localhost", "a.b.vault.localhost", "localhost.example"}) {
    BOOST_TEST(verify(server, authority, host, "") == X509_V_ERR_HOSTNAME_MISMATCH, host);
  }
  BOOST_TEST(verify(server, authority, "", "127.0.0.2") == X509_V_ERR_IP_ADDRESS_MISMATCH);
}

BOOST_AUTO_TEST_CASE(it_is_valid_between_its_times_only) {
  BOOST_TEST(verify(server, authority, "localhost", "", start - 1) ==
             X509_V_ERR_CERT_NOT_YET_VALID);
  BOOST_TEST(verify(server, authority, "localhost", "", start + 90 * day - 1) == X509_V_OK);
  BOOST_TEST(verify(server, authority, "localhost", "", start + 91 * day) ==
             X509_V_ERR_CERT_HAS_EXPIRED);
}

BOOST_AUTO_TEST_CASE(an_authority_of_the_same_name_is_not_the_authority) {
  const auto impostor =
      test::must(make_certificate_authority("Twinkeep test", start, start + 3650 * day));
  BOOST_TEST(verify(server, impostor, "localhost", "") != X509_V_OK);
  const auto facts =
      test::must(inspect_certificate(server.certificate_pem, impostor.certificate_pem));
  BOOST_TEST(!facts.issued_by_given_authority);
}

// All names and key identifiers fit: only the signature tells.
BOOST_AUTO_TEST_CASE(a_certificate_with_a_wrong_signature_is_not_the_authority_s) {
  const auto certificate = test::must(openssl::read_certificate_pem(server.certificate_pem));
  bytes der(static_cast<std::size_t>(i2d_X509(certificate.get(), nullptr)));
  auto* out = der.data();
  i2d_X509(certificate.get(), &out);
  der.back() ^= 1;
  const auto* in = der.data();
  const openssl::x509_ptr forged{d2i_X509(nullptr, &in, static_cast<long>(der.size()))};
  const auto pem = test::must(openssl::write_certificate_pem(*forged));
  const auto facts = test::must(inspect_certificate(pem, authority.certificate_pem));
  BOOST_TEST(!facts.issued_by_given_authority);
}

BOOST_AUTO_TEST_CASE(a_server_certificate_issues_nothing) {
  const auto issued = issue_server_certificate(server, names, start, start + day);
  BOOST_TEST(test::failed_with(issued, error_code::bad_input));
}

BOOST_AUTO_TEST_CASE(a_key_of_somebody_else_issues_nothing) {
  certified_key mixed{authority.certificate_pem,
                      secret_bytes::copy_of(server.private_key_pem.view())};
  const auto issued = issue_server_certificate(mixed, names, start, start + day);
  BOOST_TEST(test::failed_with(issued, error_code::bad_input));
}

BOOST_AUTO_TEST_CASE(facts_are_those_that_went_in) {
  const auto facts =
      test::must(inspect_certificate(server.certificate_pem, authority.certificate_pem));
  BOOST_TEST(facts.not_before == start);
  BOOST_TEST(facts.not_after == start + 90 * day);
  BOOST_TEST(facts.names.dns == names.dns, boost::test_tools::per_element());
  BOOST_TEST(facts.names.ip == names.ip, boost::test_tools::per_element());
  BOOST_TEST(facts.issued_by_given_authority);

  const auto own =
      test::must(inspect_certificate(authority.certificate_pem, authority.certificate_pem));
  BOOST_TEST(own.names.dns.empty());
  BOOST_TEST(own.not_after == start + 3650 * day);
  BOOST_TEST(own.issued_by_given_authority);
}

BOOST_AUTO_TEST_CASE(times_beyond_2050_are_kept) {
  constexpr std::int64_t in_2060 = 2'840'140'800;
  const auto late = test::must(make_certificate_authority("late", start, in_2060));
  const auto facts = test::must(inspect_certificate(late.certificate_pem, late.certificate_pem));
  BOOST_TEST(facts.not_after == in_2060);
}

BOOST_AUTO_TEST_CASE(the_authority_is_as_rfc_5280_wants_it) {
  const auto root = test::must(openssl::read_certificate_pem(authority.certificate_pem));
  BOOST_TEST(X509_get_version(root.get()) == X509_VERSION_3);
  BOOST_TEST(X509_check_ca(root.get()) == 1);
  BOOST_TEST(X509_get_pathlen(root.get()) == 0);
  BOOST_TEST(X509_get_key_usage(root.get()) == unsigned{KU_KEY_CERT_SIGN | KU_CRL_SIGN});
  BOOST_TEST(X509_get0_subject_key_id(root.get()) != nullptr);
  BOOST_TEST(X509_get0_authority_key_id(root.get()) != nullptr);
  BOOST_TEST(X509_get_signature_nid(root.get()) == NID_ecdsa_with_SHA256);
  const auto* serial = X509_get0_serialNumber(root.get());
  BOOST_TEST(ASN1_STRING_length(serial) >= 8);
  BOOST_TEST(ASN1_STRING_length(serial) <= 20);
  BOOST_TEST(ASN1_STRING_type(serial) == V_ASN1_INTEGER);  // not V_ASN1_NEG_INTEGER
  const auto leaf = test::must(openssl::read_certificate_pem(server.certificate_pem));
  BOOST_TEST(ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(leaf.get())) != 0);
  BOOST_TEST(X509_check_ca(leaf.get()) == 0);
  BOOST_TEST(X509_get_extended_key_usage(leaf.get()) == unsigned{XKU_SSL_SERVER});
}

BOOST_AUTO_TEST_CASE(the_key_belongs_to_the_certificate_and_is_pkcs8) {
  for (const auto* made : {&authority, &server}) {
    const auto certificate = test::must(openssl::read_certificate_pem(made->certificate_pem));
    const auto key = test::must(openssl::read_private_pem(made->private_key_pem.view()));
    BOOST_TEST(X509_check_private_key(certificate.get(), key.get()) == 1);
    BOOST_TEST(as_text(made->private_key_pem.view()).starts_with("-----BEGIN PRIVATE KEY-----"));
  }
}

BOOST_AUTO_TEST_CASE(names_that_are_none_are_refused) {
  for (const server_names& wrong :
       {server_names{}, server_names{{""}, {}}, server_names{{"a..b"}, {}},
        server_names{{"-a"}, {}}, server_names{{"a b"}, {}}, server_names{{"*"}, {}},
        server_names{{"a.*.b"}, {}}, server_names{{"a,DNS:evil"}, {}},
        server_names{{std::string("a\0b", 3)}, {}}, server_names{{std::string(64, 'a')}, {}},
        server_names{{}, {"localhost"}}, server_names{{}, {"256.0.0.1"}}, server_names{{}, {""}}}) {
    const auto issued = issue_server_certificate(authority, wrong, start, start + day);
    BOOST_TEST(test::failed_with(issued, error_code::bad_input));
  }
}

BOOST_AUTO_TEST_CASE(a_long_name_is_covered_though_it_fits_no_common_name) {
  const auto host = std::string(60, 'a') + "." + std::string(60, 'b');
  const auto made =
      test::must(issue_server_certificate(authority, {{host}, {}}, start, start + day));
  BOOST_TEST(verify(made, authority, host, "", start + 1) == X509_V_OK);
}

BOOST_AUTO_TEST_CASE(an_authority_needs_a_name_and_a_duration) {
  for (const auto& name : {std::string{}, std::string(65, 'a')}) {
    BOOST_TEST(test::failed_with(make_certificate_authority(name, start, start + day),
                                 error_code::bad_input));
  }
  BOOST_TEST(
      test::failed_with(make_certificate_authority("a", start, start), error_code::bad_input));
}

BOOST_AUTO_TEST_CASE(what_is_no_certificate_is_corrupt) {
  const auto& good = authority.certificate_pem;
  for (const auto& pem :
       {std::string{}, std::string{"no certificate"}, good.substr(0, good.size() / 2)}) {
    BOOST_TEST(test::failed_with(inspect_certificate(pem, good), error_code::corrupt));
    BOOST_TEST(test::failed_with(inspect_certificate(good, pem), error_code::corrupt));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
