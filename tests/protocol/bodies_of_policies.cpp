#include <vector>

#include "bodies.hpp"
#include "protocol/certificate.hpp"

// A certificate's policy: as the whole body of PATCH .../policy, where its sections stand alone.
namespace twinkeep::protocol::json {

using test::has;
using test::must_read;
using test::refusal;

namespace {

constexpr auto patch = operation_id::certificate_update_policy;
const std::string bad = "BadParameter: Member '";

policy_input read_policy(std::string_view body) {
  return must_read<policy_input>(patch, body);
}

std::string refused(std::string_view body) {
  return refusal(patch, body);
}

// A section with one member.
std::string in(std::string_view section, std::string_view member, std::string_view value) {
  return "{\"" + std::string(section) + "\":{\"" + std::string(member) +
         "\":" + std::string(value) + "}}";
}

bool says_nothing(const policy_input& p) {
  return !p.exportable && !p.reuse_key && !p.kind && !p.key_size && !p.crv && !p.content_type &&
         !p.subject && !p.names && !p.usages && !p.ekus && !p.validity_months && !p.is_authority &&
         !p.lifetime_actions && !p.issuer && !p.certificate_type && !p.certificate_transparency &&
         !p.enabled;
}

std::string repeated(std::string_view item, std::size_t times) {
  std::string text = "[";
  for (std::size_t i = 0; i < times; ++i) text += (i == 0 ? "" : ",") + std::string(item);
  return text + ']';
}

std::string rule(std::string_view trigger, std::string_view action = "AutoRenew") {
  return R"({"lifetime_actions":[{"trigger":)" + std::string(trigger) +
         R"(,"action":{"action_type":")" + std::string(action) + R"("}}]})";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bodies_of_policies)

BOOST_AUTO_TEST_CASE(every_member_is_read) {
  const auto p = read_policy(
      R"({"id":"x","key_props":{"exportable":false,"kty":"EC","key_size":384,"reuse_key":true,)"
      R"("crv":"P-384"},"secret_props":{"contentType":"application/x-pem-file"},"x509_props":{)"
      R"("subject":"CN=a, O=b","ekus":["1.3.6.1.5.5.7.3.1"],"sans":{"emails":["a@b"],)"
      R"("dns_names":["d","e"],"upns":["u"],"uris":["spiffe://a"],"ipAddresses":["::1"]},)"
      R"("key_usage":["digitalSignature","cRLSign","digitalSignature"],"validity_months":24,)"
      R"("basic_constraints":{"ca":true}},"lifetime_actions":[{"trigger":{"lifetime_percentage":80},)"
      R"("action":{"action_type":"AutoRenew"}},{"trigger":{"days_before_expiry":30},)"
      R"("action":{"action_type":"emailcontacts"}}],"issuer":{"name":"my-issuer","cty":"OV-SSL",)"
      R"("cert_transparency":false},"attributes":{"enabled":false,"created":"?"}})");
  BOOST_TEST((p.exportable == false && p.reuse_key == true));
  BOOST_TEST((p.kind == key_kind{crypto::key_type::ec, false} && p.crv == crypto::curve::p384));
  BOOST_TEST(p.key_size.value() == 384u);
  BOOST_TEST(p.content_type.value() == "application/x-pem-file");
  BOOST_TEST(p.subject.value() == "CN=a, O=b");
  const crypto::alternative_names names{{"a@b"}, {"d", "e"}, {"u"}, {"spiffe://a"}, {"::1"}};
  BOOST_TEST((p.names == names));
  BOOST_TEST(
      (p.usages == std::vector{crypto::key_usage::digital_signature, crypto::key_usage::crl_sign}));
  BOOST_TEST((p.ekus == std::vector<std::string>{"1.3.6.1.5.5.7.3.1"}));
  BOOST_TEST(p.validity_months.value() == 24u);
  BOOST_TEST(p.is_authority.value());
  const std::vector<lifetime_rule> rules{{80u, {}, lifetime_action::auto_renew},
                                         {{}, 30u, lifetime_action::email_contacts}};
  BOOST_TEST((p.lifetime_actions == rules));
  BOOST_TEST(p.issuer.value() == "my-issuer");
  BOOST_TEST(p.certificate_type.value() == "OV-SSL");
  BOOST_TEST(p.certificate_transparency.value() == false);
  BOOST_TEST(p.enabled.value() == false);
}

BOOST_AUTO_TEST_CASE(empty_sections_and_nulls_say_nothing) {
  for (const auto* body :
       {"{}",
        // What the JavaScript SDK sends for what it does not change (captured).
        R"({"key_props":{},"secret_props":{},"x509_props":{"sans":{}},"attributes":{}})",
        R"({"key_props":null,"secret_props":null,"x509_props":null,"lifetime_actions":null,)"
        R"("issuer":null,"attributes":null})",
        R"({"key_props":{"kty":null,"key_size":null,"crv":null,"exportable":null,)"
        R"("reuse_key":null},"secret_props":{"contentType":null},"x509_props":{"subject":null,)"
        R"("sans":{"emails":null,"dns_names":null},"ekus":null,"key_usage":null,)"
        R"("validity_months":null,"basic_constraints":{"ca":null}},"issuer":{"name":null,)"
        R"("cty":null,"cert_transparency":null},"attributes":{"enabled":null}})",
        R"({"x509_props":{"sans":{"unknown":["a"]},"basic_constraints":{}},"unknown":{"a":[]}})"}) {
    BOOST_TEST(says_nothing(read_policy(body)), body);
  }
}

BOOST_AUTO_TEST_CASE(an_empty_list_says_that_there_is_none) {
  const auto p = read_policy(
      R"({"x509_props":{"sans":{"dns_names":[]},"ekus":[],"key_usage":[]},"lifetime_actions":[]})");
  BOOST_TEST(p.names.value().empty());
  BOOST_TEST(p.ekus.value().empty());
  BOOST_TEST(p.usages.value().empty());
  BOOST_TEST(p.lifetime_actions.value().empty());
}

BOOST_AUTO_TEST_CASE(both_spellings_of_addresses_are_read) {
  const auto p = read_policy(R"({"x509_props":{"sans":{"ip_addresses":["10.0.0.1"]}}})");
  BOOST_TEST((p.names.value().ip_addresses == std::vector<std::string>{"10.0.0.1"}));
}

BOOST_AUTO_TEST_CASE(words_of_a_policy_are_checked) {
  for (const std::string kty : {"oct", "oct-HSM"}) {
    BOOST_TEST(refused(in("key_props", "kty", '"' + kty + '"')) ==
               bad + "key_props.kty' is '" + kty +
                   "': a certificate has no symmetric key. Accepted are RSA, RSA-HSM, EC and "
                   "EC-HSM.");
  }
  BOOST_TEST(has(refused(in("key_props", "kty", R"("rsa")")), "which is no type of key"));
  for (const std::string size : {"2048", "3072", "4096", "256", "384", "521"}) {
    BOOST_TEST(refused(in("key_props", "key_size", size)) == "ok");
  }
  for (const std::string size : {"0", "-1", "1024", "512", "8192", "4294969344"}) {
    BOOST_TEST(refused(in("key_props", "key_size", size)) ==
               bad + "key_props.key_size' is " + size +
                   ". Accepted are 2048, 3072 and 4096 for RSA, 256, 384 and 521 for EC.");
  }
  BOOST_TEST(refused(in("key_props", "crv", R"("P-192")")) ==
             bad + "key_props.crv' is 'P-192'. Accepted are P-256, P-256K, P-384 and P-521.");
  BOOST_TEST(read_policy(in("secret_props", "contentType", R"("Application/X-PKCS12")"))
                 .content_type.value() == "application/x-pkcs12");
  BOOST_TEST(refused(in("secret_props", "contentType", R"("text/plain")")) ==
             bad +
                 "secret_props.contentType' is 'text/plain'. Accepted are application/x-pkcs12 "
                 "and application/x-pem-file.");
  const auto usages = refused(in("x509_props", "key_usage", R"(["signing"])"));
  BOOST_TEST(usages.starts_with(bad + "x509_props.key_usage[]' is 'signing'. Accepted are "
                                      "digitalSignature, nonRepudiation, "));
  BOOST_TEST(has(usages, "encipherOnly and decipherOnly."));
  BOOST_TEST(refused(rule(R"({"lifetime_percentage":80})", "Renew")) ==
             bad +
                 "lifetime_actions[].action.action_type' is 'Renew'. Accepted are AutoRenew and "
                 "EmailContacts.");
}

BOOST_AUTO_TEST_CASE(issuers_are_named) {
  const auto named = [](std::string_view name) {
    return read_policy(in("issuer", "name", '"' + std::string(name) + '"')).issuer.value();
  };
  BOOST_TEST(named("self") == "Self");
  BOOST_TEST(named("UNKNOWN") == "Unknown");
  BOOST_TEST(named("My-Issuer") == "My-Issuer");
  for (const std::string name : {"", "a b", "a_b"}) {
    BOOST_TEST(refused(in("issuer", "name", '"' + name + '"')) ==
               bad + "issuer.name' is '" + name +
                   "'. It must have 1 to 127 letters, digits and hyphens.");
  }
}

BOOST_AUTO_TEST_CASE(numbers_have_limits) {
  const auto months = [](const std::string& n) {
    return refused(in("x509_props", "validity_months", n));
  };
  BOOST_TEST(months("1") == "ok");
  BOOST_TEST(months("1200") == "ok");
  for (const std::string n : {"0", "-1", "1201", "4294967297"}) {
    BOOST_TEST(months(n) ==
               bad + "x509_props.validity_months' is " + n + ". It must lie between 1 and 1200.");
  }
  const auto trigger = [](const std::string& name, const std::string& n) {
    return refused(rule("{\"" + name + "\":" + n + '}'));
  };
  for (const auto* n : {"1", "99"}) BOOST_TEST(trigger("lifetime_percentage", n) == "ok");
  for (const auto* n : {"0", "100", "-5"}) {
    BOOST_TEST(has(trigger("lifetime_percentage", n), "must lie between 1 and 99"));
  }
  for (const auto* n : {"1", "32400"}) BOOST_TEST(trigger("days_before_expiry", n) == "ok");
  for (const auto* n : {"0", "32401", "-5"}) {
    BOOST_TEST(has(trigger("days_before_expiry", n), "must lie between 1 and 32400"));
  }
}

BOOST_AUTO_TEST_CASE(a_rule_has_one_trigger_and_one_action) {
  const auto one = bad +
                   "lifetime_actions[].trigger' must have exactly one of lifetime_percentage and "
                   "days_before_expiry.";
  BOOST_TEST(refused(rule("{}")) == one);
  BOOST_TEST(refused(rule("null")) == one);
  BOOST_TEST(refused(rule(R"({"lifetime_percentage":80,"days_before_expiry":30})")) == one);
  BOOST_TEST(refused(rule(R"({"lifetime_percentage":80,"days_before_expiry":null})")) == "ok");
  for (const auto* action : {"{}", "null", R"({"action_type":null})"}) {
    BOOST_TEST(refused(R"({"lifetime_actions":[{"trigger":{"lifetime_percentage":1},"action":)" +
                       std::string(action) + "}]}") ==
               bad + "lifetime_actions[].action.action_type' is required.");
  }
}

BOOST_AUTO_TEST_CASE(lists_and_texts_have_limits) {
  const auto sans = [](const std::string& members) {
    return refused(in("x509_props", "sans", '{' + members + '}'));
  };
  const auto hundred = repeated("\"a\"", 100);
  BOOST_TEST(sans(R"("emails":)" + hundred) == "ok");
  BOOST_TEST(sans(R"("emails":)" + repeated("\"a\"", 101)) ==
             bad + "x509_props.sans.emails' has more than 100 items.");
  BOOST_TEST(sans(R"("emails":["a"],"upns":)" + hundred) ==
             bad + "x509_props.sans' has more than 100 names.");
  BOOST_TEST(refused(in("x509_props", "ekus", hundred)) == "ok");
  BOOST_TEST(refused(in("x509_props", "ekus", repeated("\"1.2\"", 101))) ==
             bad + "x509_props.ekus' has more than 100 items.");
  BOOST_TEST(refused(in("x509_props", "subject", '"' + std::string(1024, 'x') + '"')) == "ok");
  BOOST_TEST(refused(in("x509_props", "subject", '"' + std::string(1025, 'x') + '"')) ==
             bad + "x509_props.subject' has 1025 characters, allowed are 1024.");
}

BOOST_AUTO_TEST_CASE(types_are_checked) {
  for (const std::string section :
       {"key_props", "secret_props", "x509_props", "issuer", "attributes"}) {
    for (const auto* wrong : {"[]", "1", "\"\"", "true"}) {
      BOOST_TEST(refused("{\"" + section + "\":" + wrong + '}') ==
                 bad + section + "' must be an object.");
    }
  }
  struct row {
    std::string_view section, member, called;
  };
  for (const auto& [section, member, called] : std::vector<row>{
           {"key_props", "kty", "a string"},
           {"key_props", "crv", "a string"},
           {"key_props", "key_size", "an integer of 64 bits"},
           {"key_props", "exportable", "true or false"},
           {"key_props", "reuse_key", "true or false"},
           {"secret_props", "contentType", "a string"},
           {"x509_props", "subject", "a string"},
           {"x509_props", "ekus", "an array"},
           {"x509_props", "key_usage", "an array"},
           {"x509_props", "validity_months", "an integer of 64 bits"},
           {"issuer", "name", "a string"},
           {"issuer", "cty", "a string"},
           {"issuer", "cert_transparency", "true or false"},
           {"attributes", "enabled", "true or false"},
       }) {
    BOOST_TEST(refused(in(section, member, "{}")) == bad + std::string(section) + '.' +
                                                         std::string(member) + "' must be " +
                                                         std::string(called) + '.');
  }
  for (const std::string list : {"emails", "dns_names", "upns", "uris", "ipAddresses"}) {
    const auto sans = [&](std::string_view value) {
      return refused(in("x509_props", "sans", "{\"" + list + "\":" + std::string(value) + '}'));
    };
    BOOST_TEST(sans("\"a\"") == bad + "x509_props.sans." + list + "' must be an array.");
    BOOST_TEST(sans("[null]") == bad + "x509_props.sans." + list + "[]' must be a string.");
  }
  BOOST_TEST(refused(in("x509_props", "sans", "[]")) ==
             bad + "x509_props.sans' must be an object.");
  BOOST_TEST(refused(in("x509_props", "basic_constraints", "true")) ==
             bad + "x509_props.basic_constraints' must be an object.");
  BOOST_TEST(refused(in("x509_props", "basic_constraints", R"({"ca":1})")) ==
             bad + "x509_props.basic_constraints.ca' must be true or false.");
  BOOST_TEST(refused(in("x509_props", "ekus", "[1]")) ==
             bad + "x509_props.ekus[]' must be a string.");
  BOOST_TEST(refused(in("x509_props", "key_usage", "[1]")) ==
             bad + "x509_props.key_usage[]' must be a string.");
  BOOST_TEST(refused(R"({"lifetime_actions":{}})") == bad + "lifetime_actions' must be an array.");
  BOOST_TEST(refused(R"({"lifetime_actions":[1]})") ==
             bad + "lifetime_actions[]' must be an object.");
  BOOST_TEST(refused(rule("[]")) == bad + "lifetime_actions[].trigger' must be an object.");
  BOOST_TEST(refused(rule(R"({"days_before_expiry":"30"})")) ==
             bad + "lifetime_actions[].trigger.days_before_expiry' must be an integer of 64 bits.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::json
