#include <array>

#include "crypto/openssl/certificate_extensions.hpp"
#include "vault_certificates_kit.hpp"

namespace twinkeep::crypto {

using test::must;
using test::one_day;
using test::refused;

namespace {

constexpr std::int64_t year = 365 * one_day;

certificate_content server_content() {
  auto content = test::content_of("CN=www.example.test, O=Contoso, C=DE");
  content.names.dns_names = {"www.example.test", "*.example.test"};
  content.names.ip_addresses = {"192.0.2.1", "2001:db8::1"};
  content.usages = {key_usage::digital_signature, key_usage::key_encipherment};
  content.ekus = {"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"};
  return content;
}

struct issuing {
  certified_key authority = must(make_certificate_authority(
      "Built-in issuer", test::cert_start - one_day, test::cert_start + 10 * year));
  generated_key key = test::new_key();
  bytes request = must(make_certificate_request(key.material.view(), server_content()));

  std::vector<bytes> issued() const {
    return must(issue_certificate(authority, request, server_content(), test::one_year));
  }
};

// Every kind of key that a certificate can have.
std::vector<generated_key> keys_of_every_kind() {
  std::vector<generated_key> keys;
  for (const auto crv : {curve::p256, curve::p256k, curve::p384, curve::p521}) {
    keys.push_back(test::new_key(crv));
  }
  keys.push_back(test::new_rsa_key(2048));
  keys.push_back(test::new_rsa_key(3072));
  return keys;
}

std::string critical_extensions_of(const X509& certificate) {
  std::string text;
  for (int i = 0; i < X509_get_ext_count(&certificate); ++i) {
    auto* const each = X509_get_ext(&certificate, i);
    text.append(OBJ_nid2sn(OBJ_obj2nid(X509_EXTENSION_get_object(each))));
    text.append(X509_EXTENSION_get_critical(each) != 0 ? "! " : " ");
  }
  return text;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(vault_certificates_made, issuing)

BOOST_AUTO_TEST_CASE(clients_that_trust_the_authority_trust_what_it_issues) {
  const auto chain = issued();
  BOOST_REQUIRE(chain.size() == 2);
  for (const auto* host : {"www.example.test", "a.example.test"}) {
    BOOST_TEST(
        (test::verification{.root = chain[1], .host = host, .ip = {}}.of(chain)) == X509_V_OK,
        host);
  }
  for (const auto* ip : {"192.0.2.1", "2001:db8::1"}) {
    BOOST_TEST((test::verification{.root = chain[1], .host = {}, .ip = ip}.of(chain)) == X509_V_OK,
               ip);
  }
  for (const int purpose : {X509_PURPOSE_SSL_SERVER, X509_PURPOSE_SSL_CLIENT}) {
    BOOST_TEST((test::verification{.root = chain[1], .purpose = purpose, .host = {}, .ip = {}}.of(
                   chain)) == X509_V_OK);
  }
  BOOST_TEST((test::verification{
                 .root = chain[1], .purpose = X509_PURPOSE_SMIME_SIGN, .host = {}, .ip = {}}
                  .of(chain)) == X509_V_ERR_INVALID_PURPOSE);
  BOOST_TEST((test::verification{.root = chain[1], .host = "example.test", .ip = {}}.of(chain)) ==
             X509_V_ERR_HOSTNAME_MISMATCH);
  BOOST_TEST((test::verification{.root = chain[1], .host = {}, .ip = "192.0.2.2"}.of(chain)) ==
             X509_V_ERR_IP_ADDRESS_MISMATCH);
  const auto end = test::one_year.not_after;
  BOOST_TEST((test::verification{.root = chain[1], .host = {}, .ip = {}, .now = end - 1}.of(
                 chain)) == X509_V_OK);
  BOOST_TEST((test::verification{.root = chain[1], .host = {}, .ip = {}, .now = end + 1}.of(
                 chain)) == X509_V_ERR_CERT_HAS_EXPIRED);
}

BOOST_AUTO_TEST_CASE(another_authority_of_that_name_does_not_vouch) {
  const auto other = must(make_certificate_authority("Built-in issuer", test::cert_start - one_day,
                                                     test::cert_start + 10 * year));
  const auto root = must(openssl::read_certificate_pem(other.certificate_pem));
  const test::verification by_other{
      .root = must(openssl::write_certificate_der(*root)), .host = {}, .ip = {}};
  BOOST_TEST(by_other.of({issued().front()}) != X509_V_OK);
}

BOOST_AUTO_TEST_CASE(a_certificate_says_what_it_was_asked_to) {
  const auto chain = issued();
  const auto info = must(read_certificate(chain[0]));
  BOOST_TEST(same_key(info.pub, key.pub));
  BOOST_TEST(info.subject == "CN=www.example.test, O=Contoso, C=DE");
  BOOST_TEST(info.issuer == "CN=Built-in issuer");
  BOOST_TEST(info.valid.not_before == test::one_year.not_before);
  BOOST_TEST(info.valid.not_after == test::one_year.not_after);
  const auto asked = server_content();
  BOOST_TEST((info.content.names == asked.names));
  BOOST_TEST((info.content.usages == asked.usages));
  BOOST_TEST(info.content.ekus == asked.ekus, boost::test_tools::per_element());
  BOOST_TEST(!info.content.is_authority);
  BOOST_TEST((info.thumbprint == test::digest_of(hash::sha1, chain[0])));
  const auto root = must(read_certificate(chain[1]));
  BOOST_TEST(root.content.is_authority);
  BOOST_TEST((root.content.usages == std::vector{key_usage::key_cert_sign, key_usage::crl_sign}));
}

BOOST_AUTO_TEST_CASE(every_usage_comes_back) {
  auto content = test::content_of("CN=a");
  for (int bit = 0; bit < 9; ++bit) content.usages.push_back(static_cast<key_usage>(bit));
  const auto der = must(self_sign(key.material.view(), content, test::one_year));
  BOOST_TEST((must(read_certificate(der)).content.usages == content.usages));
  content.usages = {};
  const auto none = must(self_sign(key.material.view(), content, test::one_year));
  BOOST_TEST(must(read_certificate(none)).content.usages.empty());
  BOOST_TEST(X509_get_ext_by_NID(test::parsed(none).get(), NID_key_usage, -1) == -1);
  BOOST_TEST(X509_get_ext_by_NID(test::parsed(none).get(), NID_ext_key_usage, -1) == -1);
}

BOOST_AUTO_TEST_CASE(extensions_are_as_rfc_5280_wants_them) {
  const auto chain = issued();
  const auto leaf = test::parsed(chain[0]);
  const auto root = test::parsed(chain[1]);
  BOOST_TEST(critical_extensions_of(*leaf) ==
             "basicConstraints! keyUsage! extendedKeyUsage subjectAltName subjectKeyIdentifier "
             "authorityKeyIdentifier ");
  BOOST_TEST(X509_get_version(leaf.get()) == X509_VERSION_3);
  BOOST_TEST(ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(leaf.get()),
                                   X509_get0_subject_key_id(root.get())) == 0);
  const auto* const serial = X509_get0_serialNumber(leaf.get());
  BOOST_TEST(ASN1_STRING_type(serial) == V_ASN1_INTEGER);  // not V_ASN1_NEG_INTEGER
  BOOST_TEST(ASN1_STRING_length(serial) == 16);
  BOOST_TEST(ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(test::parsed(issued()[0]).get())) !=
             0);
}

BOOST_AUTO_TEST_CASE(keys_of_every_kind_sign_with_the_hash_that_fits) {
  for (const auto& each : keys_of_every_kind()) {
    const auto der = must(self_sign(each.material.view(), server_content(), test::one_year));
    const auto certificate = test::parsed(der);
    BOOST_TEST(X509_verify(certificate.get(), X509_get0_pubkey(certificate.get())) == 1);
    BOOST_TEST((test::verification{.root = der, .host = "www.example.test", .ip = {}}.of({der})) ==
               X509_V_OK);
    const int expected = each.pub.type == key_type::rsa ? NID_sha256WithRSAEncryption
                         : each.pub.crv == curve::p384  ? NID_ecdsa_with_SHA384
                         : each.pub.crv == curve::p521  ? NID_ecdsa_with_SHA512
                                                        : NID_ecdsa_with_SHA256;
    BOOST_TEST(X509_get_signature_nid(certificate.get()) == expected);
    BOOST_TEST(same_key(must(read_certificate(der)).pub, each.pub));

    const auto asked = must(make_certificate_request(each.material.view(), server_content()));
    const auto parsed = must(openssl::read_request_der(asked));
    BOOST_TEST(X509_REQ_verify(parsed.get(), X509_REQ_get0_pubkey(parsed.get())) == 1);
    BOOST_TEST(X509_REQ_get_signature_nid(parsed.get()) == expected);
    BOOST_TEST(same_key(must(public_key_of_request(asked)), each.pub));
    BOOST_TEST(same_key(must(public_key_of_material(each.material.view())), each.pub));
    const auto chain = must(issue_certificate(authority, asked, server_content(), test::one_year));
    BOOST_TEST((test::verification{.root = chain[1], .host = {}, .ip = {}}.of(chain)) == X509_V_OK);
  }
}

BOOST_AUTO_TEST_CASE(a_request_asks_for_its_extensions) {
  const auto parsed = must(openssl::read_request_der(request));
  BOOST_TEST(X509_REQ_get_version(parsed.get()) == X509_REQ_VERSION_1);
  const openssl::extensions_ptr extensions{X509_REQ_get_extensions(parsed.get())};
  BOOST_REQUIRE(extensions != nullptr);
  for (const int nid :
       {NID_basic_constraints, NID_key_usage, NID_ext_key_usage, NID_subject_alt_name}) {
    BOOST_TEST(X509v3_get_ext_by_NID(extensions.get(), nid, -1) >= 0, OBJ_nid2sn(nid));
  }
}

BOOST_AUTO_TEST_CASE(times_go_beyond_2049) {
  constexpr std::int64_t in_2060 = 2'840'140'800;
  constexpr std::int64_t in_2055 = 2'682'374'400;
  const auto der = must(self_sign(key.material.view(), server_content(), {in_2055, in_2060}));
  const auto info = must(read_certificate(der));
  BOOST_TEST(info.valid.not_before == in_2055);
  BOOST_TEST(info.valid.not_after == in_2060);
  BOOST_TEST(ASN1_STRING_type(X509_get0_notAfter(test::parsed(der).get())) ==
             V_ASN1_GENERALIZEDTIME);
  BOOST_TEST(refused(self_sign(key.material.view(), server_content(), {10, 10}), "not_before"));
  BOOST_TEST(
      refused(self_sign(key.material.view(), server_content(), {10, 253'402'300'800}), "9999"));
}

BOOST_AUTO_TEST_CASE(an_authority_of_a_vault_issues) {
  auto content = test::content_of("CN=my own root");
  content.is_authority = true;
  content.usages = {key_usage::key_cert_sign, key_usage::crl_sign};
  const auto der =
      must(self_sign(key.material.view(), content, {test::cert_start, test::cert_start + year}));
  const auto certificate = test::parsed(der);
  const auto pair = must(openssl::read_certificate_der(der));
  const certified_key own{must(openssl::write_certificate_pem(*pair)),
                          must(write_pem_bundle(key.material.view(), {}))};
  BOOST_TEST(check_authority(own).ok());
  const auto leaf_key = test::new_key();
  const auto asked = must(make_certificate_request(leaf_key.material.view(), server_content()));
  const auto chain = must(issue_certificate(own, asked, server_content(), test::one_year));
  BOOST_TEST((chain[1] == der));
  BOOST_TEST((test::verification{.root = der, .host = "www.example.test", .ip = {}}.of(chain)) ==
             X509_V_OK);
}

// RFC 5280 §4.2.1.1: the authority's own identifier, however it came to it.
BOOST_AUTO_TEST_CASE(an_authority_is_called_what_it_calls_itself) {
  auto content = test::content_of("CN=root");
  content.is_authority = true;
  const auto root = test::parsed(must(self_sign(key.material.view(), content, test::one_year)));
  const auto pem = must(write_pem_bundle(key.material.view(), {}));
  const auto signer = must(openssl::read_private_pem(pem.view()));
  const openssl::asn1_string_ptr name{ASN1_STRING_type_new(V_ASN1_OCTET_STRING)};
  ASN1_STRING_set(name.get(), "own", 3);
  X509_add1_ext_i2d(root.get(), NID_subject_key_identifier, name.get(), 0, X509V3_ADD_REPLACE);
  BOOST_REQUIRE(X509_sign(root.get(), signer.get(), EVP_sha256()) > 0);
  const certified_key named{must(openssl::write_certificate_pem(*root)),
                            secret_bytes::copy_of(pem.view())};
  const auto chain = must(issue_certificate(named, request, server_content(), test::one_year));
  BOOST_TEST(ASN1_OCTET_STRING_cmp(X509_get0_authority_key_id(test::parsed(chain[0]).get()),
                                   name.get()) == 0);
}

BOOST_AUTO_TEST_CASE(what_is_no_authority_issues_nothing) {
  BOOST_TEST(check_authority(authority).ok());
  const auto leaf = test::parsed(issued()[0]);
  const auto pem = must(openssl::write_certificate_pem(*leaf));
  const certified_key server{pem, must(write_pem_bundle(key.material.view(), {}))};
  BOOST_TEST(refused(check_authority(server), "CA:TRUE"));
  BOOST_TEST(
      refused(issue_certificate(server, request, server_content(), test::one_year), "CA:TRUE"));
  const certified_key mixed{authority.certificate_pem,
                            must(write_pem_bundle(key.material.view(), {}))};
  BOOST_TEST(refused(check_authority(mixed), "belongs to it"));
  const certified_key none{"no certificate", secret_bytes{}};
  BOOST_TEST(test::failed_with(check_authority(none), error_code::corrupt));
  auto content = test::content_of("CN=a CA that may not sign");
  content.is_authority = true;
  content.usages = {key_usage::digital_signature};
  const auto useless = test::parsed(must(self_sign(key.material.view(), content, test::one_year)));
  const certified_key unable{must(openssl::write_certificate_pem(*useless)),
                             must(write_pem_bundle(key.material.view(), {}))};
  BOOST_TEST(refused(check_authority(unable), "keyCertSign"));
}

BOOST_AUTO_TEST_CASE(a_request_with_a_wrong_signature_gets_nothing) {
  auto forged = request;
  forged.back() ^= 1;
  BOOST_TEST(
      test::failed_with(issue_certificate(authority, forged, server_content(), test::one_year),
                        error_code::bad_input));
  forged.push_back(0);
  BOOST_TEST(test::failed_with(public_key_of_request(forged), error_code::corrupt));
}

BOOST_AUTO_TEST_CASE(keys_are_the_same_if_their_numbers_are) {
  const auto other = test::new_key();
  BOOST_TEST(same_key(key.pub, key.pub));
  BOOST_TEST(!same_key(key.pub, other.pub));
  auto on_another_curve = key.pub;
  on_another_curve.crv = curve::p256k;
  BOOST_TEST(!same_key(key.pub, on_another_curve));
  public_key symmetric;
  symmetric.type = key_type::oct;
  BOOST_TEST(!same_key(symmetric, symmetric));
}

BOOST_AUTO_TEST_CASE(material_and_certificates_that_do_not_parse_are_corrupt) {
  const bytes nothing;
  const bytes noise(100, 7);
  for (const auto& wrong : {nothing, noise}) {
    BOOST_TEST(
        test::failed_with(self_sign(wrong, server_content(), test::one_year), error_code::corrupt));
    BOOST_TEST(
        test::failed_with(make_certificate_request(wrong, server_content()), error_code::corrupt));
    BOOST_TEST(test::failed_with(read_certificate(wrong), error_code::corrupt));
    BOOST_TEST(test::failed_with(public_key_of_material(wrong), error_code::corrupt));
    BOOST_TEST(test::failed_with(public_key_of_request(wrong), error_code::corrupt));
  }
  auto longer = issued()[0];
  longer.push_back(0);
  BOOST_TEST(test::failed_with(read_certificate(longer), error_code::corrupt));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
