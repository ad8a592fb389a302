#include <array>

#include "vault_certificates_kit.hpp"

namespace twinkeep::crypto {

using test::must;
using test::refused;

namespace {

struct named {
  generated_key key = test::new_key();

  // How a name comes back from a certificate that was made with it.
  std::string shown(std::string_view subject) const {
    const auto der = must(
        self_sign(key.material.view(), test::content_of(std::string{subject}), test::one_year));
    const auto info = must(read_certificate(der));
    BOOST_TEST(info.subject == info.issuer);
    BOOST_TEST(info.subject == info.content.subject);
    return info.subject;
  }
  // The alternative names likewise.
  alternative_names shown(const alternative_names& names) const {
    auto content = test::content_of("CN=a");
    content.names = names;
    return must(read_certificate(must(self_sign(key.material.view(), content, test::one_year))))
        .content.names;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(vault_certificate_names, named)

BOOST_AUTO_TEST_CASE(a_name_comes_back_in_the_order_in_which_it_was_given) {
  for (const std::string_view text :
       {"CN=www.example.com, O=Contoso, C=DE", "C=DE, O=Contoso, CN=www.example.com", "CN=a",
        "CN=a, OU=x, OU=y, OU=x", "DC=com, DC=example", "S=Bavaria, STREET=Main 1, L=Town",
        "E=a@b.de, SERIALNUMBER=12, T=Dr, G=Given, SN=Surname, UID=u",
        "OID.1.2.840.113549.1.9.2=x, OID.2.5.4.97=VATDE-1",
        "CN=Gr\xc3\xbc\xc3\x9f Gott \xe2\x82\xac"}) {
    BOOST_TEST(shown(text) == text);
  }
}

BOOST_AUTO_TEST_CASE(what_is_written_otherwise_means_the_same) {
  struct pair {
    std::string_view given, shown;
  };
  for (const auto& [given, expected] : std::to_array<pair>({
           {"cn=MyCert", "CN=MyCert"},
           {"  CN = a b ,O= c  ", "CN=a b, O=c"},
           {"CN=a;O=b", "CN=a, O=b"},
           {"ST=x,st=y", "S=x, S=y"},
           {"emailAddress=a@b.de", "E=a@b.de"},
           {"oid.2.5.4.3=a", "CN=a"},
           {"2.5.4.10=a", "O=a"},
           {"O=\"Contoso, Ltd.\"", "O=Contoso\\, Ltd."},
           {"O=Contoso\\, Ltd., CN=a", "O=Contoso\\, Ltd., CN=a"},
           {"O=\"say \"\"x\"\"\"", "O=say \\\"x\\\""},
           {"O=\"a\\\"b\"", "O=a\\\"b"},
           {"O=a\\2Cb\\c3\\A4", "O=a\\,b\xc3\xa4"},
           {"O=\\ a\\ ", "O=\\ a\\ "},
           {"O=\"  \"", "O=\\ \\ "},
           {"O=\\#1", "O=\\#1"},
           {"CN=a=b", "CN=a=b"},
           {"CN=a\\\\b", "CN=a\\\\b"},
           {"CN=a\\0ab", "CN=a\\0ab"},
           {"CN=a\nb", "CN=a\\0ab"},
       })) {
    BOOST_TEST(shown(given) == expected, given);
    BOOST_TEST(shown(shown(given)) == expected, given);
  }
}

BOOST_AUTO_TEST_CASE(parts_with_a_plus_are_one_part_of_the_name) {
  const auto der = must(self_sign(
      key.material.view(), test::content_of("CN=a+OU=b + SERIALNUMBER=3, O=c"), test::one_year));
  const auto certificate = test::parsed(der);
  const auto* const name = X509_get_subject_name(certificate.get());
  BOOST_TEST(X509_NAME_entry_count(name) == 4);
  BOOST_TEST(X509_NAME_ENTRY_set(X509_NAME_get_entry(name, 3)) == 1);  // two parts: 0 and 1
  const auto text = shown("CN=a+OU=b + SERIALNUMBER=3, O=c");
  BOOST_TEST(text.ends_with(", O=c"));
  for (const auto* part : {"CN=a", "OU=b", "SERIALNUMBER=3"}) {
    BOOST_TEST(text.find(part) != std::string::npos, text);
  }
  BOOST_TEST(shown(text) == text);
}

// RFC 4514 §2.1: what stands last in the text is encoded first.
BOOST_AUTO_TEST_CASE(the_encoding_goes_from_the_country_to_the_name) {
  const auto der =
      must(self_sign(key.material.view(), test::content_of("CN=a, C=DE"), test::one_year));
  const auto certificate = test::parsed(der);
  const auto* const first = X509_NAME_get_entry(X509_get_subject_name(certificate.get()), 0);
  BOOST_TEST(OBJ_obj2nid(X509_NAME_ENTRY_get_object(first)) == NID_countryName);
  BOOST_TEST(ASN1_STRING_type(X509_NAME_ENTRY_get_data(first)) == V_ASN1_PRINTABLESTRING);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_wrong_is_refused_with_its_part) {
  struct pair {
    std::string_view given, part;
  };
  const std::string long_name = "CN=" + std::string(65, 'x');
  const std::string longest = "CN=" + std::string(9000, 'x');
  for (const auto& [given, part] : std::to_array<pair>({
           {"XX=a", "\"XX\""},
           {"CN=a, Colour=red", "\"Colour\""},
           {"=a", "\"\" is no known type"},
           {"CN=", "\"CN\" is empty"},
           {"CN=a, O=, C=DE", "\"O\" is empty"},
           {"CN=\"\"", "\"CN\" is empty"},
           {"CN=a,", "found \"\""},
           {",CN=a", "found \"\""},
           {"CN=a,,O=b", "found \"\""},
           {"just a name", "\"just a name\""},
           {"CN=\"a", "no closing quote"},
           {"CN=\"a\" b", "behind its closing quote"},
           {"CN=a\"b\"", "quote within"},
           {"CN=a\\", "unknown escape"},
           {"CN=a\\zz", "unknown escape"},
           {"CN=a\\0", "unknown escape"},
           {"CN=a\\00b", "zero octet"},
           {"CN=#0401", "'#'"},
           {"CN=\\ff", "\"CN\""},
           {"C=DEU", "\"C\": expected 2 to 2 characters, found 3"},
           {"C=\xc3\xa4\xc3\xa4", "\"C\""},
           {"E=\xc3\xa4@b.de", "\"E\""},
           {long_name, "\"CN\": expected 1 to 64 characters, found 65"},
           {longest, "8192"},
           {"OID.=a", "\"OID.\""},
           {"OID.1..2=a", "\"OID.1..2\""},
           {"OID.9.9=a", "\"OID.9.9\""},
           {"1=a", "\"1\""},
           {"", "neither"},
           {"  ", "neither"},
       })) {
    BOOST_TEST(refused(check_content(test::content_of(std::string{given})), part), given);
  }
  const auto with_zero = test::content_of(std::string("CN=a\0b", 6));
  BOOST_TEST(refused(check_content(with_zero), "zero octet"));
}

BOOST_AUTO_TEST_CASE(alternative_names_of_every_kind_come_back) {
  const alternative_names names{
      .emails = {"ops@example.test", "a+b@x"},
      .dns_names = {"example.test", "*.example.test", "xn--mnchen-3ya.de"},
      .upns = {"user@example.test", "m\xc3\xbcller@corp"},
      .uris = {"https://example.test/a?b#c", "urn:uuid:1"},
      .ip_addresses = {"192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"}};
  BOOST_TEST((shown(names) == names));
  BOOST_TEST((shown({.emails = {},
                     .dns_names = {},
                     .upns = {},
                     .uris = {},
                     .ip_addresses = {"2001:DB8:0:0::1"}})
                  .ip_addresses == std::vector<std::string>{"2001:db8::1"}));
}

BOOST_AUTO_TEST_CASE(alternative_names_that_are_none_are_refused_with_their_text) {
  using list = std::vector<std::string>;
  struct row {
    list alternative_names::*kind;
    list wrong;
    std::string_view what;
  };
  const std::array rows{
      row{&alternative_names::emails, {"", "a", "@b", "a@", "a b@c", "\xc3\xa4@b"}, "email"},
      row{&alternative_names::dns_names,
          {"", "a..b", "-a", "a b", "*", "a.*.b", "**.a", "a_b", std::string("a\0b", 3),
           "m\xc3\xbcnchen.de", std::string(64, 'a')},
          "DNS"},
      row{&alternative_names::upns,
          {"", "\xff", std::string("a\0b", 3), std::string(1025, 'a')},
          "UPN"},
      row{&alternative_names::uris,
          {"", "a", "/a", ":a", "a:", "1a:b", "a b:c", "http://\xc3\xa4"},
          "URI"},
      row{&alternative_names::ip_addresses,
          {"", "localhost", "256.0.0.1", "1.2.3", "1.2.3.4/8", "01.2.3.4",
           ":::", std::string("1.2.3.4\0", 8)},
          "IP"},
  };
  for (const auto& [kind, wrong, what] : rows) {
    for (const auto& text : wrong) {
      auto content = test::content_of("CN=a");
      content.names.*kind = {text};
      BOOST_TEST(refused(check_content(content), what), what << ": " << text);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_name_is_needed_and_an_alternative_one_will_do) {
  auto content = test::content_of("");
  BOOST_TEST(refused(check_content(content), "subject"));
  content.names.dns_names = {"a.test"};
  BOOST_TEST(check_content(content).ok());
  const auto certificate =
      test::parsed(must(self_sign(key.material.view(), content, test::one_year)));
  const auto critical_of = [](const X509& of) {
    const int at = X509_get_ext_by_NID(&of, NID_subject_alt_name, -1);
    return X509_EXTENSION_get_critical(X509_get_ext(&of, at));
  };
  BOOST_TEST(critical_of(*certificate) == 1);  // RFC 5280 §4.2.1.6
  content.subject = "CN=a";
  BOOST_TEST(critical_of(*test::parsed(
                 must(self_sign(key.material.view(), content, test::one_year)))) == 0);
}

BOOST_AUTO_TEST_CASE(purposes_are_oids) {
  auto content = test::content_of("CN=a");
  for (const auto* wrong : {"", "serverAuth", "1", "1.", ".1", "1..2", "9.9.9", "1.2.-3", "1.2 "}) {
    content.ekus = {wrong};
    BOOST_TEST(refused(check_content(content), "OID"), wrong);
  }
  content.ekus = {"1.3.6.1.5.5.7.3.1", "1.2.3.4.5.6.7.8.9", "2.5.29.37.0"};
  BOOST_TEST(check_content(content).ok());
}

BOOST_AUTO_TEST_CASE(usages_are_named_as_in_the_standard) {
  for (int bit = 0; bit < 9; ++bit) {
    const auto usage = static_cast<key_usage>(bit);
    BOOST_TEST((find_key_usage(to_string(usage)) == usage));
  }
  BOOST_TEST(to_string(key_usage::crl_sign) == "cRLSign");
  BOOST_TEST((find_key_usage("CRLSIGN") == key_usage::crl_sign));
  BOOST_TEST((find_key_usage("digitalsignature") == key_usage::digital_signature));
  for (const auto* wrong : {"", "digital", "digitalSignatures", "crl_sign"}) {
    BOOST_TEST(!find_key_usage(wrong), wrong);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
