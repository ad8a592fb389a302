#include <set>

#include "management_answers_kit.hpp"

// Answers of the management plane, as clients parse them (MANAGEMENT: Vault resource and others).
namespace twinkeep::protocol::management {

using namespace test_answers;

BOOST_AUTO_TEST_SUITE(management_answers)

BOOST_AUTO_TEST_CASE(a_vault_with_everything) {
  const auto vault = test::full_vault();
  const auto shown = parsed(write_vault(context, {&vault, provisioning_state::registering_dns}));
  BOOST_TEST(shown == bj::parse(R"({
    "id": "/subscriptions/S/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/Full",
    "name": "Full", "type": "Microsoft.KeyVault/vaults", "location": "eastus2",
    "tags": {"a": "b", "quote": "\"\\\n"},
    "systemData": {"createdBy": "somebody", "createdByType": "User",
      "createdAt": "2027-01-15T08:00:00Z", "lastModifiedBy": "something",
      "lastModifiedByType": "Application", "lastModifiedAt": "2027-01-15T08:00:01Z"},
    "properties": {"sku": {"family": "A", "name": "standard"},
      "tenantId": "11111111-1111-1111-1111-111111111111",
      "accessPolicies": [
        {"tenantId": "11111111-1111-1111-1111-111111111111",
         "objectId": "aaaaaaaa-0000-0000-0000-00000000000a",
         "applicationId": "bbbbbbbb-0000-0000-0000-00000000000b",
         "permissions": {"keys": ["get", "wrapKey"], "secrets": ["all"], "certificates": ["list"],
           "storage": ["getsas"]}},
        {"tenantId": "11111111-1111-1111-1111-111111111111", "objectId": "x",
         "permissions": {"secrets": ["get"]}}],
      "networkAcls": {"bypass": "None", "defaultAction": "Deny",
        "ipRules": [{"value": "10.0.0.0/8"}, {"value": "::1"}],
        "virtualNetworkRules": [{"id": "/subnets/s", "ignoreMissingVnetServiceEndpoint": true}]},
      "privateEndpointConnections": [
        {"id": "/subscriptions/S/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/Full/privateEndpointConnections/pe",
         "etag": "3", "properties": {"privateEndpoint": {"id": "/endpoints/pe"},
           "privateLinkServiceConnectionState": {"status": "Rejected", "description": "no",
             "actionsRequired": "None"}, "provisioningState": "Succeeded"}}],
      "enabledForDeployment": true, "enabledForDiskEncryption": true,
      "enabledForTemplateDeployment": true, "enableSoftDelete": true,
      "softDeleteRetentionInDays": 7, "enableRbacAuthorization": true,
      "enablePurgeProtection": true, "vaultUri": "https://Full.vault.localhost:8443/",
      "provisioningState": "RegisteringDns", "publicNetworkAccess": "Disabled"}})"));
}

BOOST_AUTO_TEST_CASE(a_vault_with_nothing_says_what_it_lacks_by_leaving_it_out) {
  const auto vault = test::plain_vault();
  const auto shown = parsed(write_vault(context, {&vault})).as_object();
  BOOST_TEST(!shown.contains("systemData"));
  const auto& properties = shown.at("properties").as_object();
  for (const auto* absent :
       {"networkAcls", "privateEndpointConnections", "enablePurgeProtection"}) {
    BOOST_TEST(!properties.contains(absent), absent);
  }
  BOOST_TEST(properties.at("provisioningState") == "Succeeded");
  BOOST_TEST(properties.at("accessPolicies").as_array().empty());
  BOOST_TEST(properties.at("softDeleteRetentionInDays") == 90);
}

BOOST_AUTO_TEST_CASE(the_link_to_the_next_page_leads_there) {
  request asked;
  asked.op = &row_of(operation_id::vault_list);
  asked.subscription = "S";
  asked.api_version = "2025-05-01";
  asked.filter = "a eq 'b'";
  asked.top = 2;
  const auto vault = test::plain_vault();
  const std::vector<vault_item> items{{&vault}};
  const auto last = parsed(write_vault_list({context, asked}, items));
  BOOST_TEST(!last.as_object().contains("nextLink"));
  const auto page = parsed(write_vault_list({context, asked, "pläin"}, items));
  const auto next = followed(text_in(page.at("nextLink")));
  BOOST_TEST((next.op == asked.op));
  BOOST_TEST(next.skip_token == "pläin");
  BOOST_TEST(next.filter == "a eq 'b'");
  BOOST_TEST(*next.top == 2u);
}

BOOST_AUTO_TEST_CASE(a_deleted_vault_says_when_it_goes) {
  const auto vault = test::full_vault();
  BOOST_TEST(parsed(write_deleted_vault(context, vault)) == bj::parse(R"({
    "id": "/subscriptions/S/providers/Microsoft.KeyVault/locations/eastus2/deletedVaults/Full",
    "name": "Full", "type": "Microsoft.KeyVault/deletedVaults", "properties": {
      "vaultId": "/subscriptions/S/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/Full",
      "location": "eastus2", "deletionDate": "2027-01-15T08:00:02Z",
      "scheduledPurgeDate": "2027-01-22T08:00:02Z", "tags": {"a": "b", "quote": "\"\\\n"},
      "purgeProtectionEnabled": true}})"));
}

BOOST_AUTO_TEST_CASE(names_are_free_or_there_is_a_reason) {
  BOOST_TEST(parsed(write_name_check({})) == bj::parse(R"({"nameAvailable": true})"));
  BOOST_TEST(parsed(write_name_check({unavailable_name::already_exists, "taken"})) ==
             bj::parse(R"({"nameAvailable": false, "reason": "AlreadyExists",
               "message": "taken"})"));
}

// Keys and secrets are told of, never shown.
BOOST_AUTO_TEST_CASE(secrets_and_keys_are_resources_without_values) {
  const auto vault = test::plain_vault();
  secret_properties secret;
  secret.version = "0123456789abcdef0123456789abcdef";
  secret.content_type = "text/plain";
  secret.attributes.expires = 5;
  BOOST_TEST(parsed(write_secret(context, vault, {"s", &secret})) == bj::parse(R"({
    "id": "/subscriptions/S/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/plain/secrets/s",
    "name": "s", "type": "Microsoft.KeyVault/vaults/secrets", "location": "westus3",
    "properties": {"attributes": {"enabled": true, "exp": 5, "created": 0, "updated": 0},
      "contentType": "text/plain", "secretUri": "https://plain.vault.localhost:8443/secrets/s",
      "secretUriWithVersion":
        "https://plain.vault.localhost:8443/secrets/s/0123456789abcdef0123456789abcdef"}})"));
  key_properties key;
  key.version = secret.version;
  key.pub.type = crypto::key_type::rsa;
  key.pub.n = bytes(256, 0xff);
  key.key_ops = {key_operation::sign};
  const auto shown = parsed(write_key(context, vault, {"k", &key})).as_object();
  const auto& properties = shown.at("properties").as_object();
  BOOST_TEST(properties.at("kty") == "RSA");
  BOOST_TEST(properties.at("keySize") == 2048);
  BOOST_TEST(!properties.contains("n"));
  BOOST_TEST(properties.at("attributes").at("recoveryLevel") == "Recoverable+Purgeable");
  const auto version = parsed(write_key(context, vault, {"k", &key}, true)).as_object();
  BOOST_TEST(text_in(version.at("name")) == key.version);
  BOOST_TEST(text_in(version.at("id")) == prefix + "plain/keys/k/versions/" + key.version);
}

BOOST_AUTO_TEST_CASE(roles_are_named_by_their_ids) {
  const auto shown = parsed(write_role_assignment(context, test::full_assignment())).as_object();
  BOOST_TEST(shown.at("id") ==
             "/subscriptions/S/resourceGroups/rg/providers/Microsoft.Authorization/"
             "roleAssignments/cccccccc-0000-0000-0000-00000000000c");
  BOOST_TEST(shown.at("properties").at("roleDefinitionId") ==
             "/subscriptions/S/providers/Microsoft.Authorization/roleDefinitions/"
             "4633458b-17de-408a-b874-0445c86b69e6");
  const std::string_view data[] = {"secrets/*"};
  const auto role = parsed(write_role_definition(context, {"id", "Name", {}, {}, data}));
  BOOST_TEST(role.at("properties").at("permissions").at(0).at("dataActions") ==
             bj::parse(R"(["Microsoft.KeyVault/vaults/secrets/*"])"));
}

BOOST_AUTO_TEST_CASE(each_operation_of_the_provider_is_listed_once) {
  const auto list = parsed(write_provider_operations()).at("value").as_array();
  std::set<std::string> seen;
  for (const auto& item : list) {
    std::string name{item.at("name").as_string().c_str()};
    BOOST_TEST(name.starts_with("Microsoft.KeyVault/"), name);
    // A right may be one of either plane: "keys/read" is both.
    const bool is_data = item.at("isDataAction").as_bool();
    BOOST_TEST(seen.insert(is_data ? "data " + name : name).second, name);
  }
  BOOST_TEST(seen.contains("Microsoft.KeyVault/vaults/write"));
  BOOST_TEST(seen.contains("data Microsoft.KeyVault/vaults/secrets/getSecret/action"));
}

BOOST_AUTO_TEST_CASE(an_error_that_quotes_nonsense_can_be_read) {
  const auto shown = bj::parse(write_error({error_code::bad_request, "is '\xff'"}));
  BOOST_TEST(shown.at("error").at("code") == "BadRequest");
  BOOST_TEST(bj::parse(write_error({error_code::vault_read_only, "x"})).at("error").at("code") ==
             "VaultReadOnly");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::management
