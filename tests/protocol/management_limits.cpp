#include <functional>

#include "protocol/management/guid.hpp"
#include "protocol/management/permissions.hpp"
#include "protocol/management/read.hpp"
#include "support.hpp"

// How much a body may hold, what cannot be undone, and the bodies of what is below a vault.
namespace twinkeep::protocol::management {

namespace {

using enum operation_id;

std::string said_of(operation_id id, std::string_view text) {
  const auto body = read_body(row_of(id), as_bytes(text));
  if (body.ok()) return "ok";
  return std::string(to_string(body.error().code)) + ": " + body.error().message;
}

std::string with(std::string_view properties) {
  return "{\"properties\":{" + std::string(properties) + "}}";
}

template <class Body>
Body must_read(operation_id id, std::string_view text) {
  auto body = read_body(row_of(id), as_bytes(text));
  BOOST_TEST_REQUIRE(body.ok(), said_of(id, text));
  return std::get<Body>(*std::move(body));
}

// "[one(0),one(1),...]"
std::string list(std::size_t count, const std::function<std::string(std::size_t)>& one) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + one(i);
  return text + ']';
}

const std::string tenant = "11111111-1111-1111-1111-111111111111";
const std::string other_tenant = "22222222-2222-2222-2222-222222222222";

std::string guid(std::size_t number) {
  const auto digits = std::to_string(number);
  return "aaaaaaaa-0000-0000-0000-" + std::string(12 - digits.size(), '0') + digits;
}
std::string policy(const std::string& of_tenant, const std::string& object,
                   const std::string& application = {}) {
  return R"({"tenantId":")" + of_tenant + R"(","objectId":")" + object +
         (application.empty() ? "" : R"(","applicationId":")" + application) +
         R"(","permissions":{"secrets":["get"]}})";
}
std::string policies(std::size_t count) {
  return with("\"accessPolicies\":" +
              list(count, [](std::size_t i) { return policy(tenant, guid(i)); }));
}
std::string ip_rules(std::size_t count, const std::string& rule = "10.0.0.1") {
  return with(R"("networkAcls":{"ipRules":)" +
              list(count, [&](std::size_t) { return R"({"value":")" + rule + "\"}"; }) + '}');
}
std::string subnets(std::size_t count) {
  return with(R"("networkAcls":{"virtualNetworkRules":)" +
              list(count,
                   [](std::size_t i) {
                     return R"({"id":"/subscriptions/s/subnets/)" + std::to_string(i) + "\"}";
                   }) +
              '}');
}
std::string tags(std::size_t count, std::size_t name_chars = 4, std::size_t value_chars = 1) {
  std::string text = R"({"tags":{)";
  for (std::size_t i = 0; i < count; ++i) {
    auto name = std::to_string(i);
    name.insert(0, name_chars - name.size(), 'n');
    text += (i == 0 ? "\"" : ",\"") + name + "\":\"" + std::string(value_chars, 'v') + '"';
  }
  return text + "}}";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(management_limits)

BOOST_AUTO_TEST_CASE(lists_end_where_azures_do) {
  BOOST_TEST(must_read<vault_input>(vault_patch, policies(1024)).access_policies->size() == 1024u);
  BOOST_TEST(said_of(vault_patch, policies(1025)) ==
             "BadRequest: Member 'properties.accessPolicies' has more than 1024 items.");
  BOOST_TEST(said_of(access_policy_add, policies(1025)) ==
             "BadRequest: Member 'properties.accessPolicies' has more than 1024 items.");
  BOOST_TEST(said_of(vault_patch, ip_rules(1000)) == "ok");
  BOOST_TEST(said_of(vault_patch, ip_rules(1001)) ==
             "BadRequest: Member 'properties.networkAcls.ipRules' has more than 1000 items.");
  BOOST_TEST(said_of(vault_patch, subnets(200)) == "ok");
  BOOST_TEST(said_of(vault_patch, subnets(201)) ==
             "BadRequest: Member 'properties.networkAcls.virtualNetworkRules' has more than 200 "
             "items.");
}

BOOST_AUTO_TEST_CASE(tags_are_those_of_resources_and_of_objects) {
  BOOST_TEST(said_of(vault_patch, tags(50, 512, 256)) == "ok");
  BOOST_TEST(said_of(vault_patch, tags(51)) == "BadRequest: Member 'tags' has more than 50 tags.");
  BOOST_TEST(said_of(vault_patch, tags(1, 513)) ==
             "BadRequest: The name of a tag has 513 characters, allowed are 512.");
  BOOST_TEST(said_of(vault_patch, tags(1, 4, 257)) ==
             "BadRequest: The value of a tag has 257 characters, allowed are 256.");
  for (const auto* name : {"", "a<", "a>", "a%", "a&", "a\\\\", "a?", "a/"}) {
    const auto text = R"({"tags":{")" + std::string(name) + R"(":"v"}})";
    BOOST_TEST(test::has(said_of(vault_patch, text), "BadRequest: The name of a tag is '"), text);
  }
  BOOST_TEST(said_of(secret_patch, tags(15)) == "ok");
  BOOST_TEST(said_of(secret_patch, tags(16)) == "BadRequest: Member 'tags' has more than 15 tags.");
}

BOOST_AUTO_TEST_CASE(a_body_is_bounded_and_has_to_be_json) {
  std::string large = R"({"tags":{}})";
  large.resize(max_body_bytes, ' ');
  BOOST_TEST(said_of(vault_patch, large) == "ok");
  large += ' ';
  BOOST_TEST(said_of(vault_patch, large) ==
             "RequestContentTooLarge: The request body has 4194305 bytes, allowed are 4194304.");
  for (const auto* text : {"", "{", "[]", "{} x", "{\"a\":tru}", "null"}) {
    BOOST_TEST(said_of(vault_patch, text).starts_with("InvalidRequestContent: The request body"),
               text);
  }
  BOOST_TEST(said_of(vault_patch, "{}") == "ok");
  // Without a body in the table what is sent is not looked at.
  BOOST_TEST(said_of(vault_delete, "{") == "ok");
}

// The texts that clients of Azure know (MANAGEMENT, "Errors").
BOOST_AUTO_TEST_CASE(what_cannot_be_undone_is_not_switched_off) {
  BOOST_TEST(said_of(vault_patch, with(R"("enablePurgeProtection":false)")) ==
             "BadRequest: The property \"enablePurgeProtection\" cannot be set to false. Enabling "
             "the purge protection for a vault is an irreversible action.");
  BOOST_TEST(said_of(vault_patch, with(R"("enableSoftDelete":false)")) ==
             "BadRequest: The property \"enableSoftDelete\" cannot be set to false. Enabling the "
             "soft delete for a vault is an irreversible action.");
  BOOST_TEST(said_of(vault_patch, with(R"("enableSoftDelete":null)")) == "ok");
}

BOOST_AUTO_TEST_CASE(a_vault_is_put_with_where_whose_and_which) {
  const std::string location = R"("location":"eastus2")";
  const std::string of_tenant = R"("tenantId":")" + tenant + '"';
  const std::string sku = R"("sku":{"name":"standard"})";
  const auto whole = [](const std::string& members, const std::string& properties) {
    return '{' + members + (members.empty() ? "" : ",") + "\"properties\":{" + properties + "}}";
  };
  BOOST_TEST(said_of(vault_put, whole(location, of_tenant + ',' + sku)) == "ok");
  const auto missing = [](std::string_view name) {
    return "BadRequest: Member '" + std::string(name) + "' is required.";
  };
  BOOST_TEST(said_of(vault_put, whole("", of_tenant + ',' + sku)) == missing("location"));
  BOOST_TEST(said_of(vault_put, '{' + location + '}') == missing("properties"));
  BOOST_TEST(said_of(vault_put, whole(location, sku)) == missing("properties.tenantId"));
  BOOST_TEST(said_of(vault_put, whole(location, of_tenant)) == missing("properties.sku"));
  BOOST_TEST(said_of(vault_put, whole(location, of_tenant + R"(,"sku":{"family":"A"})")) ==
             missing("properties.sku.name"));
  BOOST_TEST(said_of(vault_patch, with(R"("sku":{"name":"free"})")).starts_with("SkuNotSupported"));
}

BOOST_AUTO_TEST_CASE(policies_are_of_one_tenant_and_one_for_each_principal) {
  const auto two = [](const std::string& a, const std::string& b) {
    return with("\"accessPolicies\":[" + a + ',' + b + ']');
  };
  const auto a = guid(1), b = guid(2);
  BOOST_TEST(said_of(vault_patch, two(policy(tenant, a), policy(tenant, b))) == "ok");
  BOOST_TEST(said_of(vault_patch, two(policy(tenant, a), policy(tenant, a, b))) == "ok");
  std::string upper = a;
  upper.replace(0, 8, "AAAAAAAA");
  BOOST_TEST(said_of(vault_patch, two(policy(tenant, a), policy(tenant, upper))) ==
             "BadRequest: Member 'properties.accessPolicies' has more than one policy for the "
             "object " +
                 upper + ".");
  BOOST_TEST(said_of(vault_patch, two(policy(tenant, a), policy(other_tenant, b))) ==
             "BadRequest: Member 'properties.accessPolicies' has policies of the tenants " +
                 tenant + " and " + other_tenant + ". All must be of the vault's.");
  BOOST_TEST(said_of(vault_patch, with("\"tenantId\":\"" + other_tenant +
                                       "\",\"accessPolicies\":[" + policy(tenant, a) + ']')) ==
             "BadRequest: Member 'properties.accessPolicies[].tenantId' is " + tenant +
                 ". It must be the vault's, " + other_tenant + ".");
  for (const auto* absent : {"tenantId", "objectId", "permissions"}) {
    auto text = with("\"accessPolicies\":[" + policy(tenant, a) + ']');
    text.replace(text.find(absent), std::string_view(absent).size(), "another");
    BOOST_TEST(said_of(access_policy_add, text) ==
               "BadRequest: Member 'properties.accessPolicies[]." + std::string(absent) +
                   "' is required.");
  }
  BOOST_TEST(said_of(access_policy_remove, "{}") ==
             "BadRequest: Member 'properties.accessPolicies' is required.");
}

// Private ranges, which Azure refuses, are taken: the clients of this service live in them.
BOOST_AUTO_TEST_CASE(ip_rules_are_what_the_network_rules_can_read) {
  for (const auto* rule :
       {"203.0.113.0/24", "10.0.0.1", "192.168.0.0/16", "0.0.0.0/0", "2001:db8::/32", "::1"}) {
    BOOST_TEST(said_of(vault_patch, ip_rules(1, rule)) == "ok", rule);
  }
  for (const auto* rule : {"", "203.0.113.0/33", "203.0.113.0/-1", "203.0.113.0/", "example.com",
                           "203.0.113", "203.0.113.0 ", "10.0.0.0-10.0.0.9", "*", "2001:db8::/129",
                           "fe80::1%eth0", "10.0.0.1\\u0000"}) {
    BOOST_TEST(test::has(said_of(vault_patch, ip_rules(1, rule)),
                         "It must be an IPv4 or IPv6 address or a range in CIDR notation."),
               rule);
  }
  BOOST_TEST(
      said_of(vault_patch, ip_rules(1, "203.0.113.7/24")) ==
      "BadRequest: Member 'properties.networkAcls.ipRules[].value' is '203.0.113.7/24', which "
      "has bits set behind its prefix. It must be '203.0.113.0/24', or an address alone.");
}

BOOST_AUTO_TEST_CASE(a_connection_is_decided_on_by_its_status) {
  const std::string state = R"("privateLinkServiceConnectionState":{"status":"approved"})";
  const auto body = must_read<connection_input>(
      connection_put,
      R"({"etag":"7","properties":{"privateEndpoint":{"id":"/subscriptions/s/pe"},)" + state +
          "}}");
  BOOST_TEST((body.status == connection_status::approved));
  BOOST_TEST(body.etag.value() == 7u);
  BOOST_TEST(body.endpoint_id.value() == "/subscriptions/s/pe");
  BOOST_TEST(
      !must_read<connection_input>(connection_put, R"({"etag":"","properties":{)" + state + "}}")
           .etag);
  BOOST_TEST(test::has(said_of(connection_put, R"({"etag":"W/1"})"), "'etag' is 'W/1'"));
  BOOST_TEST(
      said_of(connection_put, "{}") ==
      "BadRequest: Member 'properties.privateLinkServiceConnectionState.status' is required.");
  BOOST_TEST(test::has(said_of(connection_put, with(R"("privateEndpoint":{"id":"pe"})")),
                       "which begins with /subscriptions/"));
}

BOOST_AUTO_TEST_CASE(a_role_is_given_to_somebody_and_without_conditions) {
  const std::string role = R"("roleDefinitionId":"4633458B-17de-408a-b874-0445c86b69e6")";
  const std::string who = R"("principalId":")" + guid(1) + '"';
  const auto body = must_read<role_assignment_input>(
      role_assignment_put, with(role + ',' + who + R"(,"principalType":"serviceprincipal",)" +
                                R"("condition":"","description":"x")"));
  BOOST_TEST(body.role_definition == "4633458B-17de-408a-b874-0445c86b69e6");
  BOOST_TEST(body.principal_type == "ServicePrincipal");
  BOOST_TEST(must_read<role_assignment_input>(role_assignment_put, with(role + ',' + who))
                 .principal_type.empty());
  BOOST_TEST(said_of(role_assignment_put, with(role)) ==
             "BadRequest: Member 'properties.principalId' is required.");
  BOOST_TEST(said_of(role_assignment_put, with(who)) ==
             "BadRequest: Member 'properties.roleDefinitionId' is required.");
  BOOST_TEST(
      said_of(role_assignment_put, with(role + ',' + who + R"(,"condition":"true")")) ==
      "BadRequest: Member 'properties.condition' must be absent: conditions are not supported "
      "here.");
}

BOOST_AUTO_TEST_CASE(a_secret_is_put_with_a_value_and_patched_without) {
  BOOST_TEST(said_of(secret_put, with(R"("contentType":"t")")) ==
             "BadRequest: Member 'properties.value' is required.");
  const auto body = must_read<secret_input>(
      secret_patch, with(R"("attributes":{"enabled":false,"nbf":1,"exp":2})"));
  BOOST_TEST((!body.value && !body.content_type && !body.tags));
  BOOST_TEST((body.attributes.enabled == false));
  BOOST_TEST((body.attributes.not_before == 1));
  BOOST_TEST((body.attributes.expires == 2));
  // Never its value, however wrong that is.
  const auto hidden = "hidden" + std::string(max_secret_value_bytes, 'x');
  const auto refused = said_of(secret_put, with("\"value\":\"" + hidden + '"'));
  BOOST_TEST(refused ==
             "BadRequest: Member 'properties.value' has 25606 bytes, allowed are 25600.");
}

BOOST_AUTO_TEST_CASE(a_keys_members_are_called_as_here) {
  const auto body = must_read<key_input>(
      key_put, R"({"tags":{"a":"b"},"properties":{"kty":"RSA","keySize":3072,)"
               R"("keyOps":["sign"],"attributes":{"exp":5,"exportable":false},)"
               R"("rotationPolicy":{"attributes":{"expiryTime":"P1Y"},"lifetimeActions":[)"
               R"({"trigger":{"timeAfterCreate":"P90D"},"action":{"type":"rotate"}}]}}})");
  BOOST_TEST(body.key.spec.modulus_bits == 3072u);
  BOOST_TEST((body.key.key_ops == std::vector{key_operation::sign}));
  BOOST_TEST((body.key.attributes.expires == 5));
  BOOST_TEST((body.key.tags == tag_map{{"a", "b"}}));
  BOOST_TEST_REQUIRE(body.rotation.has_value());
  BOOST_TEST(body.rotation->actions.size() == 1u);
  BOOST_TEST((body.rotation->expiry_time == calendar_period{1, 0, 0}));
  BOOST_TEST(!must_read<key_input>(key_put, with(R"("kty":"EC")")).rotation);
  BOOST_TEST(said_of(key_put, with("")) == "BadRequest: Member 'properties.kty' is required.");
  const std::pair<const char*, const char*> named[] = {
      {R"("kty":"RSA","keySize":1024)", "'properties.keySize' is 1024"},
      {R"("kty":"EC","curveName":"P-1")", "'properties.curveName' is 'P-1'"},
      {R"("kty":"RSA","keyOps":["fly"])", "'properties.keyOps' holds 'fly'"},
      {R"("kty":"RSA","rotationPolicy":{"attributes":{"expiryTime":"P1D"}})", "expiryTime"}};
  for (const auto& [properties, part] : named) {
    const auto message = said_of(key_put, with(properties));
    BOOST_TEST(test::has(message, part), message);
  }
}

BOOST_AUTO_TEST_CASE(permissions_are_those_of_the_contract) {
  using enum permission_kind;
  BOOST_TEST(permissions(keys).size() == 21u);
  BOOST_TEST(permissions(secrets).size() == 9u);
  BOOST_TEST(permissions(certificates).size() == 17u);
  BOOST_TEST(permissions(storage).size() == 15u);
  BOOST_TEST(find_permission(keys, "UNWRAPKEY").value() == "unwrapKey");
  BOOST_TEST(!find_permission(secrets, "wrapKey"));
  BOOST_TEST(!find_permission(keys, ""));
  // What the data plane asks for is there to be given.
  for (const auto& op : protocol::operations()) {
    const auto kind = op.kind == object_kind::secret ? secrets
                      : op.kind == object_kind::key  ? keys
                                                     : certificates;
    BOOST_TEST(find_permission(kind, op.permission).has_value(), op.name);
  }
}

BOOST_AUTO_TEST_CASE(guids_have_one_form) {
  for (const auto* text :
       {"4633458b-17de-408a-b874-0445c86b69e6", "AAAAAAAA-FFFF-0000-9999-00000000000A"}) {
    BOOST_TEST(is_guid(text), text);
  }
  for (const auto* text :
       {"", "4633458b17de408ab8740445c86b69e6", "4633458b-17de-408a-b874-0445c86b69e",
        "4633458b-17de-408a-b874-0445c86b69e66", "{4633458b-17de-408a-b874-0445c86b69e}",
        "4633458g-17de-408a-b874-0445c86b69e6", "4633458b-17de-408a-b8740-445c86b69e6"}) {
    BOOST_TEST(!is_guid(text), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::management
