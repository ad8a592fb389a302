#include "protocol/management/read.hpp"
#include "support.hpp"

// Bodies of the management plane: what is taken, and what is refused by the member's name.
namespace twinkeep::protocol::management {

namespace {

using enum operation_id;

outcome<request_body> read(operation_id id, std::string_view text) {
  return read_body(row_of(id), as_bytes(text));
}

const vault_input& vault_of(const outcome<request_body>& body) {
  BOOST_REQUIRE_MESSAGE(body.ok(), (body.ok() ? "" : body.error().message));
  return std::get<vault_input>(*body);
}

void check_refused(operation_id id, std::string_view text, std::string_view part) {
  const auto body = read(id, text);
  BOOST_REQUIRE_MESSAGE(!body.ok(), text);
  BOOST_TEST(http_status(body.error().code) == 400u);
  BOOST_TEST(test::has(body.error().message, part), body.error().message << " lacks " << part);
}

std::string with(std::string_view properties) {
  return "{\"properties\":{" + std::string(properties) + "}}";
}

constexpr std::string_view tenant = "11111111-1111-1111-1111-111111111111";
std::string policies(std::string_view list) {
  return with("\"accessPolicies\":[" + std::string(list) + "]");
}
std::string policy(std::string_view object, std::string_view permissions) {
  return "{\"tenantId\":\"" + std::string(tenant) + "\",\"objectId\":\"" + std::string(object) +
         "\",\"permissions\":{" + std::string(permissions) + "}}";
}
constexpr std::string_view somebody = "aaaaaaaa-0000-0000-0000-00000000000a";

}  // namespace

BOOST_AUTO_TEST_SUITE(management_bodies)

BOOST_AUTO_TEST_CASE(a_vault_is_read_whole) {
  const auto body = read(vault_put, R"({"location": "East US 2", "tags": {"a": "b"}, "more": [1],
    "properties": {"tenantId": "11111111-1111-1111-1111-111111111111",
      "sku": {"family": "A", "name": "Premium"}, "enableSoftDelete": true,
      "softDeleteRetentionInDays": 7, "enablePurgeProtection": true, "createMode": "recover",
      "enableRbacAuthorization": null, "enabledForDeployment": true,
      "publicNetworkAccess": "DISABLED", "networkAcls": {"defaultAction": "deny",
        "bypass": "none", "ipRules": [{"value": "10.0.0.0/8"}, {"value": "2001:db8::1"}]},
      "accessPolicies": []}})");
  const auto& vault = vault_of(body);
  BOOST_TEST(*vault.location == "eastus2");
  BOOST_TEST(vault.tags->at("a") == "b");
  BOOST_TEST((*vault.sku == vault_sku::premium));
  BOOST_TEST(*vault.retention_days == 7u);
  BOOST_TEST(*vault.purge_protection);
  BOOST_TEST(vault.recover);
  BOOST_TEST(!vault.rbac_authorization.has_value());
  BOOST_TEST(!*vault.public_access);
  BOOST_TEST(!vault.network->allow_by_default);
  BOOST_TEST(!vault.network->bypass_azure_services);
  BOOST_TEST(vault.network->ip_rules.size() == 2u);
  BOOST_TEST(vault.access_policies->empty());
}

BOOST_AUTO_TEST_CASE(permissions_are_taken_in_any_case) {
  const auto body = read(vault_patch, policies(policy(somebody, R"("keys":["WRAPKEY","get"])")));
  const auto& list = *vault_of(body).access_policies;
  BOOST_TEST(list.front().keys == (std::vector<std::string>{"wrapKey", "get"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_is_wrong_with_a_vault_is_named) {
  const std::pair<std::string, std::string_view> bad[] = {
      {"{", ""},
      {"[]", ""},
      {with(R"("tenantId":"x")"), "tenantId"},
      {with(R"("sku":{"family":"B","name":"standard"})"), "family"},
      {with(R"("sku":{"family":"A","name":"gold"})"), "gold"},
      {with(R"("softDeleteRetentionInDays":6)"), "softDeleteRetentionInDays"},
      {with(R"("softDeleteRetentionInDays":91)"), "softDeleteRetentionInDays"},
      {with(R"("createMode":"again")"), "createMode"},
      {with(R"("publicNetworkAccess":"Sometimes")"), "publicNetworkAccess"},
      {with(R"("enabledForDeployment":"yes")"), "enabledForDeployment"},
      {with(R"("networkAcls":{"defaultAction":"Ask"})"), "defaultAction"},
      {with(R"("networkAcls":{"ipRules":[{"value":"10.0.0.256"}]})"), "10.0.0.256"},
      {with(R"("networkAcls":{"ipRules":[{"value":"10.0.0.0/33"}]})"), "10.0.0.0/33"},
      {policies(policy("x", "")), "objectId"},
      {policies(policy(somebody, R"("keys":["fly"])")), "fly"},
      {policies(policy(somebody, "") + "," + policy(somebody, "")), "more than one policy"},
  };
  check_refused(vault_put, "{}", "location");
  for (const auto& [text, part] : bad) check_refused(vault_patch, text, part);
}

BOOST_AUTO_TEST_CASE(the_other_bodies_need_what_they_are_for) {
  const auto decided = read(connection_put, with(R"("privateLinkServiceConnectionState":
    {"status":"Approved","description":"fine"})"));
  BOOST_REQUIRE(decided.ok());
  BOOST_TEST((std::get<connection_input>(*decided).status == connection_status::approved));
  check_refused(connection_put, with(R"("privateLinkServiceConnectionState":{"status":"Maybe"})"),
                "status");
  const auto asked = read(name_check, R"({"name":"a","type":"Microsoft.KeyVault/vaults"})");
  BOOST_TEST(std::get<name_query>(*asked).name == "a");
  check_refused(name_check, R"({"type":"Microsoft.KeyVault/vaults"})", "name");
  const auto role = read(role_assignment_put, with(R"("roleDefinitionId":
    "/subscriptions/S/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
    "principalId":"aaaaaaaa-0000-0000-0000-00000000000a")"));
  BOOST_REQUIRE_MESSAGE(role.ok(), (role.ok() ? "" : role.error().message));
  BOOST_TEST(std::get<role_assignment_input>(*role).role_definition ==
             "4633458b-17de-408a-b874-0445c86b69e6");
  check_refused(role_assignment_put, with(R"("roleDefinitionId":"x")"), "roleDefinitionId");
  const auto secret = read(secret_put, with(R"("value":"v","contentType":"t")"));
  BOOST_TEST(test::text_of(*std::get<secret_input>(*secret).value) == "v");
  const auto key = read(key_put, with(R"("kty":"EC","curveName":"P-384")"));
  BOOST_REQUIRE_MESSAGE(key.ok(), (key.ok() ? "" : key.error().message));
  BOOST_TEST((std::get<key_input>(*key).key.spec.crv == crypto::curve::p384));
  check_refused(key_put, with(R"("kty":"RSA-HSM")"), "RSA-HSM");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::management
