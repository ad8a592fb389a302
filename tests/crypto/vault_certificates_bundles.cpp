#include <openssl/pkcs12.h>

#include <array>

#include "vault_certificates_kit.hpp"

namespace twinkeep::crypto {

using test::must;
using test::read_fixture;
using test::refused;

namespace {

constexpr std::string_view password = "p\xc3\xa4ssw\xc3\xb6rd \xe2\x82\xac";

bytes joined(std::initializer_list<bytes> parts) {
  bytes all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}
bytes joined_files(std::initializer_list<std::string_view> files) {
  bytes all;
  for (const auto file : files) all = joined({all, read_fixture(file)});
  return all;
}
bytes copy_of(const secret_bytes& secret) {
  return {secret.view().begin(), secret.view().end()};
}

// What openssl's command line made.
struct fixtures {
  bytes leaf = test::der_fixture("leaf.pem");
  bytes intermediate = test::der_fixture("intermediate.pem");
  bytes root = test::der_fixture("root.pem");

  void is_whole(const certificate_bundle& bundle) const {
    BOOST_TEST((bundle.chain == std::vector{leaf, root, intermediate}));
    is_of_leaf(bundle);
  }
  void is_of_leaf(const certificate_bundle& bundle) const {
    BOOST_TEST((bundle.chain.front() == leaf));
    BOOST_TEST(same_key(must(public_key_of_material(bundle.material.view())),
                        must(read_certificate(leaf)).pub));
    const auto key = must(make_openssl_provider()->load(bundle.material.view()));
    BOOST_TEST(key != nullptr);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(vault_certificate_bundles, fixtures)

BOOST_AUTO_TEST_CASE(a_certificate_of_openssl_is_read) {
  const auto info = must(read_certificate(leaf));
  BOOST_TEST(info.subject.starts_with("CN=www.example.test, OU="));
  BOOST_TEST(info.subject.ends_with(", O=Contoso\\, Ltd., S=Bavaria, C=DE"));
  BOOST_TEST(info.issuer == "CN=Fixture Intermediate, O=Fixture, C=DE");
  const alternative_names names{.emails = {"ops@example.test"},
                                .dns_names = {"www.example.test", "*.example.test"},
                                .upns = {"user@example.test"},
                                .uris = {"https://example.test/x"},
                                .ip_addresses = {"192.0.2.1", "2001:db8::1"}};
  BOOST_TEST((info.content.names == names));
  BOOST_TEST(info.pub.n.size() == 256u);
}

BOOST_AUTO_TEST_CASE(pem_is_read_in_any_order) {
  is_whole(must(
      read_pem_bundle(joined_files({"leaf_key.pem", "leaf.pem", "root.pem", "intermediate.pem"}))));
  is_whole(must(
      read_pem_bundle(joined_files({"root.pem", "leaf.pem", "intermediate.pem", "leaf_key.pem"}))));
  // Once is enough.
  is_whole(must(read_pem_bundle(joined_files(
      {"leaf.pem", "root.pem", "leaf_key.pem", "root.pem", "intermediate.pem", "leaf.pem"}))));
}

BOOST_AUTO_TEST_CASE(pem_may_have_the_older_form_and_crlf_and_text_between) {
  is_of_leaf(must(read_pem_bundle(read_fixture("traditional_crlf.pem"))));
  const auto note = as_bytes("Bag Attributes\n  friendlyName: x\n\n");
  is_of_leaf(must(read_pem_bundle(joined({{note.begin(), note.end()},
                                          read_fixture("leaf_key.pem"),
                                          {note.begin(), note.end()},
                                          read_fixture("leaf.pem")}))));
}

BOOST_AUTO_TEST_CASE(ec_keys_come_in_their_older_form_too) {
  const auto key = test::new_key(curve::p384);
  const auto der = must(self_sign(key.material.view(), test::content_of("CN=a"), test::one_year));
  const auto pair =
      must(openssl::read_private_pem(must(write_pem_bundle(key.material.view(), {})).view()));
  const openssl::bio_ptr out{BIO_new(BIO_s_mem())};
  const openssl::encoder_ctx_ptr ctx{
      OSSL_ENCODER_CTX_new_for_pkey(pair.get(), EVP_PKEY_KEYPAIR, "PEM", "type-specific", nullptr)};
  BOOST_REQUIRE(OSSL_ENCODER_to_bio(ctx.get(), out.get()) == 1);
  const auto old = openssl::content_of(*out);
  BOOST_REQUIRE(as_text(old).find("BEGIN EC PRIVATE KEY") != std::string_view::npos);
  const auto read = must(read_pem_bundle(
      joined({{old.begin(), old.end()}, copy_of(must(write_pem_bundle({}, {der})))})));
  BOOST_TEST(test::equal(read.material.view(), key.material.view()));
}

BOOST_AUTO_TEST_CASE(pem_that_does_not_serve_is_refused_with_the_reason) {
  const auto text = [](std::string_view t) { return bytes{t.begin(), t.end()}; };
  const auto key = read_fixture("leaf_key.pem");
  const auto certificate = read_fixture("leaf.pem");
  BOOST_TEST(refused(read_pem_bundle({}), "no private key"));
  BOOST_TEST(refused(read_pem_bundle(text("hello")), "no private key"));
  BOOST_TEST(refused(read_pem_bundle(certificate), "no private key"));
  BOOST_TEST(refused(read_pem_bundle(key), "no certificate"));
  BOOST_TEST(refused(read_pem_bundle(joined({key, key, certificate})), "a second one"));
  BOOST_TEST(refused(read_pem_bundle(joined({key, read_fixture("root.pem")})), "belongs to none"));
  BOOST_TEST(refused(read_pem_bundle(read_fixture("encrypted_key.pem")), "encrypted"));
  BOOST_TEST(refused(read_pem_bundle(read_fixture("encrypted_traditional.pem")), "encrypted"));
  const auto other = text("-----BEGIN DSA PRIVATE KEY-----\nAAAA\n-----END DSA PRIVATE KEY-----\n");
  BOOST_TEST(refused(read_pem_bundle(joined({key, certificate, other})), "DSA PRIVATE KEY"));
  const auto broken = text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  BOOST_TEST(refused(read_pem_bundle(joined({key, certificate, broken})), "certificate in DER"));
  const auto unended = text("-----BEGIN CERTIFICATE-----\nAAAA\n");
  BOOST_TEST(refused(read_pem_bundle(joined({key, certificate, unended})), "does not parse"));
  BOOST_TEST(refused(read_pem_bundle(bytes((1 << 20) + 1, '\n')), "1 MiB"));
}

BOOST_AUTO_TEST_CASE(keys_that_no_vault_holds_are_refused) {
  for (const unsigned bits : {1024u, 2560u}) {
    const openssl::pkey_ptr pair{
        EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(bits))};
    const auto pem = copy_of(must(openssl::write_private_pem(*pair)));
    BOOST_TEST(refused(read_pem_bundle(pem), std::to_string(bits), error_code::unsupported));
  }
  for (const auto* name : {"P-224", "brainpoolP256r1"}) {
    const openssl::pkey_ptr pair{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", name)};
    const auto pem = copy_of(must(openssl::write_private_pem(*pair)));
    BOOST_TEST(refused(read_pem_bundle(pem), "curve", error_code::unsupported));
  }
  const openssl::pkey_ptr pair{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
  const auto pem = copy_of(must(openssl::write_private_pem(*pair)));
  BOOST_TEST(refused(read_pem_bundle(pem), "RSA or EC", error_code::unsupported));
  BOOST_TEST(refused(read_pkcs12(read_fixture("ed25519.pfx"), as_bytes("secret")), "RSA or EC",
                     error_code::unsupported));
}

// The public half fits the certificate, the private one does not: it would sign for nobody.
BOOST_AUTO_TEST_CASE(a_key_whose_halves_do_not_fit_is_refused) {
  const auto key = test::new_key();
  const auto der = must(self_sign(key.material.view(), test::content_of("CN=a"), test::one_year));
  auto broken = copy_of(key.material);
  // RFC 5915: version, then the private number as an OCTET STRING of 32.
  const bytes mark{0x02, 0x01, 0x01, 0x04, 0x20};
  const auto at = std::ranges::search(broken, mark).end();
  BOOST_REQUIRE((at != broken.end()));
  *(at + 31) ^= 1;
  const auto pem = joined({copy_of(must(write_pem_bundle(broken, {der})))});
  BOOST_TEST(refused(read_pem_bundle(pem), "do not belong together"));
}

BOOST_AUTO_TEST_CASE(a_chain_is_as_long_as_it_may_be_and_no_longer) {
  const auto key = test::new_key();
  std::vector<bytes> chain;
  for (std::size_t i = 0; i <= max_chain; ++i) {
    chain.push_back(must(self_sign(key.material.view(), test::content_of("CN=" + std::to_string(i)),
                                   test::one_year)));
  }
  const auto too_long_pem = copy_of(must(write_pem_bundle(key.material.view(), chain)));
  const auto too_long_pfx = copy_of(must(write_pkcs12(key.material.view(), chain)));
  BOOST_TEST(refused(read_pem_bundle(too_long_pem), "at most 16"));
  BOOST_TEST(refused(read_pkcs12(too_long_pfx, {}), "at most 16"));
  chain.pop_back();
  const auto pem = copy_of(must(write_pem_bundle(key.material.view(), chain)));
  BOOST_TEST((must(read_pem_bundle(pem)).chain == chain));
}

BOOST_AUTO_TEST_CASE(pkcs12_of_openssl_is_read) {
  for (const auto* file : {"modern.pfx", "3des.pfx", "rc2.pfx"}) {
    BOOST_TEST_CONTEXT(file) {
      is_whole(must(read_pkcs12(read_fixture(file), as_bytes(password))));
    }
  }
  is_whole(must(read_pkcs12(read_fixture("in_the_clear.pfx"), as_bytes("secret"))));
  is_whole(must(read_pkcs12(read_fixture("empty_password.pfx"), {})));
}

BOOST_AUTO_TEST_CASE(pkcs12_without_a_password_at_all_is_read) {
  const auto key = must(openssl::read_private_pem(read_fixture("leaf_key.pem")));
  const openssl::handle<PKCS12, PKCS12_free> file{
      PKCS12_create(nullptr, nullptr, key.get(), test::parsed(leaf).get(), nullptr, 0, 0, 0, 0, 0)};
  BOOST_REQUIRE(file != nullptr);
  bytes der(static_cast<std::size_t>(i2d_PKCS12(file.get(), nullptr)));
  auto* at = der.data();
  i2d_PKCS12(file.get(), &at);
  is_of_leaf(must(read_pkcs12(der, {})));
}

BOOST_AUTO_TEST_CASE(pkcs12_that_does_not_serve_is_refused_with_the_reason) {
  const auto modern = read_fixture("modern.pfx");
  BOOST_TEST(refused(read_pkcs12(modern, as_bytes("wrong")), "the password is not that"));
  BOOST_TEST(refused(read_pkcs12(modern, {}), "needs a password"));
  BOOST_TEST(refused(read_pkcs12({}, {}), "no PKCS#12 file"));
  BOOST_TEST(refused(read_pkcs12(leaf, {}), "no PKCS#12 file"));
  BOOST_TEST(refused(read_pkcs12(joined({modern, {0}}), as_bytes(password)), "no PKCS#12 file"));
  BOOST_TEST(refused(read_pkcs12(read_fixture("no_mac.pfx"), as_bytes("secret")), "MAC"));
  BOOST_TEST(
      refused(read_pkcs12(read_fixture("no_key.pfx"), as_bytes("secret")), "no private key"));
  BOOST_TEST(refused(read_pkcs12(bytes((1 << 20) + 1, 0), {}), "1 MiB"));
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_again) {
  const std::vector chain{leaf, intermediate, root};
  const auto given = must(read_pem_bundle(joined_files({"leaf_key.pem", "leaf.pem"})));
  const auto pem = copy_of(must(write_pem_bundle(given.material.view(), chain)));
  const auto pfx = copy_of(must(write_pkcs12(given.material.view(), chain)));
  BOOST_TEST(as_text(pem).starts_with("-----BEGIN PRIVATE KEY-----\n"));
  for (const auto& read : {must(read_pem_bundle(pem)), must(read_pkcs12(pfx, {}))}) {
    BOOST_TEST((read.chain == chain));
    BOOST_TEST(test::equal(read.material.view(), given.material.view()));
  }
  BOOST_TEST(refused(write_pkcs12(given.material.view(), {root}), ""));
  BOOST_TEST(refused(write_pkcs12(given.material.view(), {}), "no"));
  BOOST_TEST(test::failed_with(write_pem_bundle(root, chain), error_code::corrupt));
  BOOST_TEST(test::failed_with(write_pkcs12({}, {{1, 2}}), error_code::corrupt));
}

// The reader that most clients have: OpenSSL's own, with no legacy provider.
BOOST_AUTO_TEST_CASE(openssl_reads_what_is_written) {
  const auto given = must(read_pem_bundle(joined_files({"leaf_key.pem", "leaf.pem"})));
  const auto pfx = must(write_pkcs12(given.material.view(), {leaf, intermediate}));
  const auto* at = pfx.view().data();
  const openssl::handle<PKCS12, PKCS12_free> file{
      d2i_PKCS12(nullptr, &at, static_cast<long>(pfx.size()))};
  BOOST_REQUIRE(file != nullptr);
  for (const char* tried : {"", static_cast<const char*>(nullptr)}) {
    EVP_PKEY* key = nullptr;
    X509* certificate = nullptr;
    STACK_OF(X509)* others = nullptr;
    BOOST_TEST(PKCS12_parse(file.get(), tried, &key, &certificate, &others) == 1);
    BOOST_TEST(X509_check_private_key(certificate, key) == 1);
    BOOST_TEST(sk_X509_num(others) == 1);
    EVP_PKEY_free(key);
    X509_free(certificate);
    sk_X509_pop_free(others, X509_free);
  }
}

BOOST_AUTO_TEST_CASE(without_a_key_certificates_are_written_alone) {
  const auto pem = must(write_pem_bundle({}, {leaf, root}));
  BOOST_TEST(as_text(pem.view()).find("PRIVATE") == std::string_view::npos);
  BOOST_TEST(refused(read_pem_bundle(pem.view()), "no private key"));
  const auto pfx = must(write_pkcs12({}, {leaf, root}));
  BOOST_TEST(refused(read_pkcs12(pfx.view(), {}), "no private key"));
}

BOOST_AUTO_TEST_CASE(a_chain_is_put_in_order) {
  const std::vector ordered{leaf, intermediate, root};
  BOOST_TEST((in_chain_order({leaf, root, intermediate}) == ordered));
  BOOST_TEST((in_chain_order(ordered) == ordered));
  BOOST_TEST((in_chain_order({}).empty()));
  BOOST_TEST((in_chain_order({leaf}) == std::vector<bytes>{leaf}));
  BOOST_TEST((test::verification{.root = root,
                                 .host = "www.example.test",
                                 .ip = {},
                                 .now = test::cert_start + 400 * test::one_day}
                  .of(ordered)) == X509_V_OK);
  // What has no place follows as it came.
  const auto key = test::new_key();
  const auto x = must(self_sign(key.material.view(), test::content_of("CN=x"), test::one_year));
  const auto y = must(self_sign(key.material.view(), test::content_of("CN=y"), test::one_year));
  BOOST_TEST((in_chain_order({leaf, x, root, y, intermediate}) ==
              std::vector{leaf, intermediate, root, x, y}));
  BOOST_TEST((in_chain_order({leaf, y, root, x}) == std::vector{leaf, y, root, x}));
  const bytes noise{1, 2, 3};
  BOOST_TEST(
      (in_chain_order({leaf, noise, intermediate}) == std::vector{leaf, intermediate, noise}));
}

// An authority that has changed its key is there twice under one name.
BOOST_AUTO_TEST_CASE(of_two_issuers_of_a_name_the_one_with_the_key_is_next) {
  auto content = test::content_of("CN=root");
  content.is_authority = true;
  content.usages = {key_usage::key_cert_sign};
  const auto old_key = test::new_key();
  const auto key = test::new_key();
  const auto old_root = must(self_sign(old_key.material.view(), content, test::one_year));
  const auto root_of_key = must(self_sign(key.material.view(), content, test::one_year));
  const certified_key authority{must(openssl::write_certificate_pem(*test::parsed(root_of_key))),
                                must(write_pem_bundle(key.material.view(), {}))};
  const auto own = test::new_key();
  const auto request =
      must(make_certificate_request(own.material.view(), test::content_of("CN=a")));
  const auto chain =
      must(issue_certificate(authority, request, test::content_of("CN=a"), test::one_year));
  BOOST_TEST((in_chain_order({chain[0], old_root, root_of_key}) ==
              std::vector{chain[0], root_of_key, old_root}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
