#include "protocol/management/read.hpp"
#include "support.hpp"
#include "wrong_types.hpp"

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

// A body with every member that its operation reads.
struct full_body {
  operation_id id;
  std::string text;
};
const std::string full_policies = policies(R"({"tenantId":"11111111-1111-1111-1111-111111111111",
      "objectId":"aaaaaaaa-0000-0000-0000-00000000000a",
      "applicationId":"bbbbbbbb-0000-0000-0000-00000000000b", "permissions":{"keys":["all"],
      "secrets":["get"],"certificates":["list"],"storage":["getsas"]}})");
const std::string full_vault = R"({"location":"eastus2","tags":{"a":"b"},"properties":{
  "tenantId":"11111111-1111-1111-1111-111111111111","sku":{"family":"A","name":"premium"},
  "enabledForDeployment":true,"enabledForDiskEncryption":true,
  "enabledForTemplateDeployment":true,"enableRbacAuthorization":true,"enableSoftDelete":true,
  "enablePurgeProtection":true,"softDeleteRetentionInDays":7,"createMode":"default",
  "publicNetworkAccess":"Enabled","networkAcls":{"bypass":"None","defaultAction":"Deny",
    "ipRules":[{"value":"10.0.0.1"}],"virtualNetworkRules":[
      {"id":"/subscriptions/s/n","ignoreMissingVnetServiceEndpoint":true}]},)" +
                               full_policies.substr(sizeof R"({"properties":{)" - 1);
const std::string full_secret = R"({"tags":{"a":"b"},"properties":{"value":"v","contentType":"t",
  "attributes":{"enabled":true,"nbf":1,"exp":2}}})";
const std::vector<full_body>& full_bodies() {
  static const std::vector<full_body> all{
      {vault_put, full_vault},
      {vault_patch, full_vault},
      {name_check, R"({"name":"a","type":"Microsoft.KeyVault/vaults"})"},
      {access_policy_add, full_policies},
      {access_policy_replace, full_policies},
      {access_policy_remove, full_policies},
      {connection_put, R"({"etag":"1","properties":{"privateEndpoint":{"id":"/subscriptions/s/p"},
        "privateLinkServiceConnectionState":{"status":"Approved","description":"fine"}}})"},
      {secret_put, full_secret},
      {secret_patch, full_secret},
      {key_put, R"({"tags":{"a":"b"},"properties":{"kty":"RSA","keySize":2048,"keyOps":["sign"],
        "attributes":{"enabled":true,"nbf":1,"exp":2},"rotationPolicy":{
          "attributes":{"expiryTime":"P1Y"},"lifetimeActions":[
            {"trigger":{"timeAfterCreate":"P90D"},"action":{"type":"rotate"}}]}}})"},
      {role_assignment_put, with(R"("principalId":"aaaaaaaa-0000-0000-0000-00000000000a",
        "roleDefinitionId":"4633458b-17de-408a-b874-0445c86b69e6","principalType":"User",
        "condition":"")")},
  };
  return all;
}

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
  BOOST_TEST(!std::get<key_input>(*key).key.hsm);
  const auto of_hsm = read(key_put, with(R"("kty":"RSA-HSM","keySize":3072)"));
  BOOST_REQUIRE_MESSAGE(of_hsm.ok(), (of_hsm.ok() ? "" : of_hsm.error().message));
  BOOST_TEST(std::get<key_input>(*of_hsm).key.hsm);
  BOOST_TEST(std::get<key_input>(*of_hsm).key.spec.modulus_bits == 3072u);
}

BOOST_AUTO_TEST_CASE(every_operation_with_a_body_is_among_the_full_ones) {
  for (const auto& op : operations()) {
    const auto it = std::ranges::find(full_bodies(), op.id, &full_body::id);
    BOOST_TEST((it != full_bodies().end()) == op.has_body, op.name);
    if (it != full_bodies().end()) BOOST_TEST(read(op.id, it->text).ok(), op.name);
  }
}

BOOST_AUTO_TEST_CASE(a_member_of_another_type_is_refused_by_its_name) {
  for (const auto& [id, text] : full_bodies()) {
    auto root = boost::json::parse(text);
    test::with_wrong_types(root, [id = id](std::string_view member, const std::string& wrong) {
      const auto body = read(id, wrong);
      BOOST_TEST(!body.ok(), row_of(id).name << " takes " << wrong);
      if (!body) BOOST_TEST(test::has(body.error().message, member), body.error().message);
    });
  }
}

BOOST_AUTO_TEST_CASE(null_is_absent) {
  const auto body = read(vault_patch, R"({"location":null,"tags":null,"properties":{
    "tenantId":null,"sku":null,"accessPolicies":null,"enabledForDeployment":null,
    "enabledForDiskEncryption":null,"enabledForTemplateDeployment":null,
    "enableRbacAuthorization":null,"enableSoftDelete":null,"enablePurgeProtection":null,
    "softDeleteRetentionInDays":null,"networkAcls":null,"publicNetworkAccess":null,
    "createMode":null}})");
  const auto& v = vault_of(body);
  BOOST_TEST((!v.location && !v.tags && !v.tenant_id && !v.sku && !v.access_policies));
  BOOST_TEST((!v.rbac_authorization && !v.enabled_for_deployment));
  BOOST_TEST((!v.enabled_for_disk_encryption && !v.enabled_for_template_deployment));
  BOOST_TEST((!v.soft_delete && !v.purge_protection && !v.retention_days && !v.network));
  BOOST_TEST((!v.public_access && !v.recover));
  check_refused(vault_put, R"({"location":"eastus2","properties":null})", "properties");
  check_refused(secret_put, with(R"("value":null)"), "value");
  check_refused(connection_put, with(R"("privateLinkServiceConnectionState":{"status":null})"),
                "status");
  check_refused(name_check, R"({"name":null,"type":"Microsoft.KeyVault/vaults"})", "name");
  BOOST_TEST(read(secret_patch, with(R"("value":null,"contentType":null,"attributes":null)")).ok());
}

BOOST_AUTO_TEST_CASE(each_switch_is_a_switch_of_its_own) {
  const std::pair<const char*, std::optional<bool> vault_input::*> switches[] = {
      {"enabledForDeployment", &vault_input::enabled_for_deployment},
      {"enabledForDiskEncryption", &vault_input::enabled_for_disk_encryption},
      {"enabledForTemplateDeployment", &vault_input::enabled_for_template_deployment},
      {"enableRbacAuthorization", &vault_input::rbac_authorization},
      {"enableSoftDelete", &vault_input::soft_delete},
      {"enablePurgeProtection", &vault_input::purge_protection},
  };
  for (const auto& [name, member] : switches) {
    const auto body = read(vault_patch, with('"' + std::string(name) + "\":true"));
    const auto& vault = vault_of(body);
    for (const auto& [other, its_member] : switches) {
      BOOST_TEST((vault.*its_member).has_value() == (its_member == member), name << other);
    }
    BOOST_TEST((vault.*member == true), name);
  }
  const auto off = read(vault_patch, with(R"("enableRbacAuthorization":false)"));
  BOOST_TEST((vault_of(off).rbac_authorization == false));
}

BOOST_AUTO_TEST_CASE(subnets_and_policies_are_read_whole) {
  const auto body = read(vault_patch, full_vault);
  const auto& vault = vault_of(body);
  const auto& subnet = vault.network.value().virtual_network_rules.at(0);
  BOOST_TEST(subnet.id == "/subscriptions/s/n");
  BOOST_TEST(subnet.ignore_missing_endpoint);
  const auto& policy = vault.access_policies.value().at(0);
  BOOST_TEST(policy.tenant_id == tenant);
  BOOST_TEST(policy.object_id == somebody);
  BOOST_TEST(policy.application_id == "bbbbbbbb-0000-0000-0000-00000000000b");
  BOOST_TEST((policy.keys == std::vector<std::string>{"all"}));
  BOOST_TEST((policy.secrets == std::vector<std::string>{"get"}));
  BOOST_TEST((policy.certificates == std::vector<std::string>{"list"}));
  BOOST_TEST((policy.storage == std::vector<std::string>{"getsas"}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::management
