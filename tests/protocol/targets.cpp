#include "protocol/http/target.hpp"

#include "crypto/bytes.hpp"
#include "protocol/api_versions.hpp"
#include "support.hpp"

namespace twinkeep::protocol::http {

using test::has;
using test::said;

namespace {

using texts = std::vector<std::string>;

texts segments_of(std::string_view text) {
  const auto parsed = parse_target(text);
  return parsed ? parsed->segments : texts{"refused: " + parsed.error().message};
}

target parsed(std::string_view text) {
  auto t = parse_target(text);
  BOOST_TEST_REQUIRE(t.ok(), said(t) << " for " << text);
  return *std::move(t);
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(targets)

BOOST_AUTO_TEST_CASE(a_path_is_taken_apart_and_empty_segments_stay) {
  BOOST_TEST((segments_of("/") == texts{}));
  BOOST_TEST((segments_of("/secrets/n") == texts{"secrets", "n"}));
  BOOST_TEST((segments_of("/secrets/n/") == texts{"secrets", "n", ""}));
  BOOST_TEST((segments_of("/keys/n//sign") == texts{"keys", "n", "", "sign"}));
  // The one slash too many of a vault URL that ends with one.
  BOOST_TEST((segments_of("//secrets/n") == texts{"secrets", "n"}));
  BOOST_TEST((segments_of("///secrets") == texts{"", "secrets"}));
  // Dots are text: nothing is resolved behind the client's back.
  BOOST_TEST((segments_of("/secrets/../keys/.") == texts{"secrets", "..", "keys", "."}));
}

BOOST_AUTO_TEST_CASE(percent_signs_are_decoded_once) {
  BOOST_TEST((segments_of("/s%65crets/a%2525") == texts{"secrets", "a%25"}));
  BOOST_TEST((segments_of("/secrets/a%2fb%2Fc") == texts{"secrets", "a/b/c"}));
  BOOST_TEST((segments_of("/a+b/%C3%A9%3f") == texts{"a+b", "\xC3\xA9?"}));
}

BOOST_AUTO_TEST_CASE(what_is_no_target_is_refused) {
  for (const auto* text : {"",          "secrets", "*",          "https://demo/secrets",
                           "demo:443",  "?a=b",    "/a b",       "/a\tb",
                           "/a\nb",     "/a#b",    "/a\\b",      "/%",
                           "/%4",       "/%4g",    "/%zz",       "/%%41",
                           "/%00",      "/%0a",    "/%1F",       "/%7f",
                           "/%FF",      "/%C3",    "/%ED%A0%80", "/%C0%AF",
                           "/\xC3\xA9", "/a\x7F",  "/?a=%",      "/?%=a",
                           "/?a=%0d",   "/?a=b c", "/?a=%80"}) {
    const auto answer = said(parse_target(text));
    BOOST_TEST(answer.starts_with("BadParameter: The request URI is not valid: "),
               answer << " for " << text);
  }
  const std::string_view with_nul("/a\0b", 4);
  BOOST_TEST(!parse_target(with_nul).ok());
}

BOOST_AUTO_TEST_CASE(segments_and_parameters_are_bounded) {
  BOOST_TEST(parse_target(repeated("/a", 16)).ok());
  BOOST_TEST(has(said(parse_target(repeated("/a", 17))), "too many path segments"));
  BOOST_TEST(parse_target("/?" + repeated("a&", 64)).ok());
  BOOST_TEST(has(said(parse_target("/?" + repeated("a&", 65))), "too many query parameters"));
  BOOST_TEST(parse_target("/?" + repeated("&", 1000)).ok());
}

BOOST_AUTO_TEST_CASE(parameters_are_found_by_decoded_names_without_case) {
  const auto t = parsed("/secrets?api%2Dversion=7.4&b&c=x=y&&API-VERSION=7.0&d=1+2%26");
  BOOST_TEST(t.query.size() == 5u);
  BOOST_TEST(t.find("api-version").value() == "7.4");
  BOOST_TEST(t.find("B").value().empty());
  BOOST_TEST(t.find("c").value() == "x=y");
  BOOST_TEST(t.find("d").value() == "1+2&");
  BOOST_TEST(!t.find("e"));
  BOOST_TEST(!t.find("api%2Dversion"));
  // Only the first question mark separates.
  BOOST_TEST(parsed("/a?b=c?d=e").find("b").value() == "c?d=e");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(versions_and_pages)

BOOST_AUTO_TEST_CASE(every_api_version_that_clients_send_is_served) {
  for (const auto* version : {"2025-07-01", "7.6", "7.6-preview.2", "7.5", "7.4", "7.3", "7.2",
                              "7.1", "7.0", "2016-10-01", "2015-06-01"}) {
    const auto found = api_version_of(parsed(std::string("/secrets?api-version=") + version));
    BOOST_TEST_REQUIRE(found.ok(), version);
    BOOST_TEST(*found == version);
  }
  BOOST_TEST(latest_api_version() == "2025-07-01");
}

BOOST_AUTO_TEST_CASE(the_first_api_version_counts) {
  BOOST_TEST(*api_version_of(parsed("/?api-version=7.4&api-version=9")) == "7.4");
  BOOST_TEST(!api_version_of(parsed("/?api-version=9&api-version=7.4")).ok());
}

BOOST_AUTO_TEST_CASE(another_api_version_is_refused_with_the_text_that_clients_read) {
  BOOST_TEST(said(api_version_of(parsed("/?api-version=2017-01-01"))) ==
             "BadParameter: The specified version (2017-01-01) is not recognized. Consider using "
             "the latest supported version (2025-07-01).");
  for (const auto* text : {"/?api-version=7.40", "/?api-version=7", "/?api-version=%207.4",
                           "/?api-version=2025-07-01-PREVIEW", "/?api-version=7.6-Preview.2"}) {
    BOOST_TEST(has(said(api_version_of(parsed(text))), "is not recognized"), text);
  }
  for (const auto* text : {"/", "/?api-version", "/?api-version=", "/?version=7.4"}) {
    const auto answer = said(api_version_of(parsed(text)));
    BOOST_TEST(answer.starts_with("BadParameter: The query parameter api-version is required."));
  }
}

BOOST_AUTO_TEST_CASE(a_page_has_25_items_unless_asked_otherwise) {
  const auto page = page_of(parsed("/secrets"));
  BOOST_TEST_REQUIRE(page.ok());
  BOOST_TEST(page->max_results == 25u);
  BOOST_TEST(page->after.empty());
  BOOST_TEST(page_of(parsed("/secrets?maxresults=1"))->max_results == 1u);
  BOOST_TEST(page_of(parsed("/secrets?maxresults=25"))->max_results == 25u);
  for (const auto* wrong : {"0", "26", "-1", "+5", "", "x", "5x", "%205", "1.0", "0x5",
                            "4294967297", "99999999999999999999"}) {
    BOOST_TEST(said(page_of(parsed(std::string("/secrets?maxresults=") + wrong))) ==
                   "BadParameter: The query parameter maxresults must lie between 1 and 25.",
               wrong);
  }
}

BOOST_AUTO_TEST_CASE(a_skip_token_is_base64url_of_text) {
  const auto token = crypto::base64url_encode(as_bytes("name\xC3\xA9"));
  // A literal dollar sign, and the encoded one that stricter clients make of it.
  BOOST_TEST(page_of(parsed("/secrets?$skiptoken=" + token))->after == "name\xC3\xA9");
  BOOST_TEST(page_of(parsed("/secrets?%24skiptoken=" + token))->after == "name\xC3\xA9");
  BOOST_TEST(page_of(parsed("/secrets?$skiptoken="))->after.empty());
  const auto not_text = crypto::base64url_encode(bytes{0xFF, 0xFE});
  for (const auto& wrong : {std::string("!"), std::string("a"), std::string("AB"), not_text}) {
    BOOST_TEST(said(page_of(parsed("/secrets?$skiptoken=" + wrong))) ==
                   "BadParameter: The $skiptoken is not one that this list has given.",
               wrong);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(parameters)

BOOST_AUTO_TEST_CASE(lists_of_certificates_may_include_what_is_pending) {
  const auto asked = [](std::string_view value) {
    return page_of(parsed("/certificates?includePending=" + std::string(value)));
  };
  BOOST_TEST(!page_of(parsed("/certificates"))->include_pending);
  for (const auto* yes : {"true", "True", "TRUE"}) BOOST_TEST(asked(yes)->include_pending, yes);
  for (const auto* no : {"false", "False"}) BOOST_TEST(!asked(no)->include_pending, no);
  for (const auto* wrong : {"", "1", "yes", "true%20", "null"}) {
    BOOST_TEST(said(asked(wrong)) ==
                   "BadParameter: The query parameter includePending must be true or false.",
               wrong);
  }
}

BOOST_AUTO_TEST_CASE(the_form_of_a_secret_may_be_asked_for_since_2025_07_01) {
  const auto asked = [](std::string_view value, std::string_view version = "2025-07-01") {
    return secret_format_of(parsed("/secrets/n?outContentType=" + std::string(value)), version);
  };
  BOOST_TEST(secret_format_of(parsed("/secrets/n"), "2025-07-01")->content_type.empty());
  BOOST_TEST(asked("application/x-pem-file")->content_type == "application/x-pem-file");
  BOOST_TEST(asked("application%2Fx-pkcs12")->content_type == "application/x-pkcs12");
  BOOST_TEST(asked("Application/X-PEM-File")->content_type == "application/x-pem-file");
  for (const auto* wrong : {"", "text/plain", "application/x-pem-file;x=1", "pem"}) {
    BOOST_TEST(said(asked(wrong)) ==
                   "BadParameter: The query parameter outContentType must be "
                   "application/x-pem-file or application/x-pkcs12.",
               wrong);
    for (const auto* older : {"7.6", "2025-06-01", "2016-10-01"}) {
      BOOST_TEST(asked(wrong, older)->content_type.empty());
    }
  }
  BOOST_TEST(asked("application/x-pem-file", "7.6")->content_type.empty());
}

BOOST_AUTO_TEST_CASE(a_pending_certificate_may_be_asked_for_by_its_request) {
  BOOST_TEST(pending_filter_of(parsed("/certificates/n/pending")).request_id.empty());
  BOOST_TEST(pending_filter_of(parsed("/certificates/n/pending?request%5Fid=77aa")).request_id ==
             "77aa");
}

BOOST_AUTO_TEST_CASE(each_operation_takes_its_own_parameters) {
  const auto all = parsed(
      "/x?maxresults=3&includePending=true&outContentType=application/x-pkcs12&request_id=r");
  for (const auto& row : operations()) {
    const auto taken = parameters_of(all, row, "2025-07-01");
    BOOST_TEST_REQUIRE(taken.ok(), row.name);
    if (row.shape == shape::page) {
      BOOST_TEST(std::get<page_request>(*taken).max_results == 3u, row.name);
      BOOST_TEST(std::get<page_request>(*taken).include_pending, row.name);
    } else if (row.id == operation_id::secret_get) {
      BOOST_TEST(std::get<secret_format>(*taken).content_type == "application/x-pkcs12");
    } else if (row.id == operation_id::certificate_get_pending) {
      BOOST_TEST(std::get<pending_filter>(*taken).request_id == "r");
    } else {
      BOOST_TEST(std::holds_alternative<std::monostate>(*taken), row.name);
    }
  }
  const auto wrong = parsed("/x?maxresults=0&outContentType=x");
  BOOST_TEST(!parameters_of(wrong, row_of(operation_id::issuer_list), "7.6").ok());
  BOOST_TEST(parameters_of(wrong, row_of(operation_id::key_get), "2025-07-01").ok());
  BOOST_TEST(!parameters_of(wrong, row_of(operation_id::secret_get), "2025-07-01").ok());
  BOOST_TEST(parameters_of(wrong, row_of(operation_id::secret_get), "7.6").ok());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(authorities)

BOOST_AUTO_TEST_CASE(a_host_and_maybe_a_port) {
  struct row {
    std::string_view text, host;
    std::optional<unsigned short> port;
  };
  for (const auto& [text, host, port] : std::vector<row>{
           {"demo.vault.localhost", "demo.vault.localhost", {}},
           {"Demo.Vault.LOCALHOST:8443", "demo.vault.localhost", 8443},
           {"127.0.0.1:1", "127.0.0.1", 1},
           {"a_b", "a_b", {}},
           {"h:", "h", {}},
           {"h:65535", "h", 65535},
           {"[::1]", "::1", {}},
           {"[::1]:8443", "::1", 8443},
           {"[0:0:0:0:0:0:0:1]:443", "::1", 443},
           {"[2001:DB8::A]", "2001:db8::a", {}},
       }) {
    const auto found = parse_authority(text);
    BOOST_TEST_REQUIRE(found.has_value(), text);
    BOOST_TEST(found->host == host);
    BOOST_TEST((found->port == port), text);
  }
}

BOOST_AUTO_TEST_CASE(nothing_else_passes) {
  for (const auto* text :
       {"",       ":443",     ".",      ".a",          "a.",        "a..b",   "a b",
        " a",     "a ",       "user@a", "a/b",         "a?b",       "a\"b",   "a,b",
        "a%41",   "\xC3\xA9", "a:0",    "a:65536",     "a:123456",  "a:+1",   "a:-1",
        "a:1x",   "a:1:2",    "a::1",   "::1",         "[",         "[]",     "[::1",
        "[::1]x", "[::1]443", "[::g]",  "[127.0.0.1]", "[::1%25e]", "[::1]:0"}) {
    BOOST_TEST(!parse_authority(text), text);
  }
  BOOST_TEST(parse_authority(std::string(253, 'a')).has_value());
  BOOST_TEST(!parse_authority(std::string(254, 'a')));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::http
