#include "management_answers_kit.hpp"

// Lists of the management plane, and what is around and below vaults, as clients parse them.
namespace twinkeep::protocol::management {

using namespace test_answers;

namespace {

request asked_for(operation_id id) {
  request asked;
  asked.op = &row_of(id);
  asked.subscription = "S";
  asked.group = "rg";
  asked.vault = "plain";
  asked.name = "k";
  asked.api_version = api_versions_of(*asked.op).back();
  return asked;
}

const bj::value& only_item(const bj::value& list) {
  BOOST_TEST_REQUIRE(list.at("value").as_array().size() == 1u);
  return list.at("value").at(0);
}

// The whole of a list of one, which is the last page or the only one.
void check_alone(const text& list, const bj::value& item) {
  BOOST_TEST(parsed(list) == (bj::object{{"value", bj::array{item}}}));
}

key_properties an_ec_key() {
  key_properties key;
  key.version = "0123456789abcdef0123456789abcdef";
  key.attributes = {false, 1, 2, 3, 4};
  key.pub.type = crypto::key_type::ec;
  key.pub.crv = crypto::curve::p384;
  key.pub.x = key.pub.y = bytes(48, 0xAB);
  key.key_ops = {key_operation::sign, key_operation::verify};
  key.tags = {{"a", "b"}};
  return key;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(management_lists)

BOOST_AUTO_TEST_CASE(the_generic_list_tells_what_all_resources_have) {
  const auto vault = test::full_vault();
  const vault_resource* vaults[] = {&vault};
  const auto asked = asked_for(operation_id::vault_resources);
  check_alone(write_resource_list({context, asked}, vaults),
              {{"id", prefix + "Full"},
               {"name", "Full"},
               {"type", "Microsoft.KeyVault/vaults"},
               {"location", "eastus2"},
               {"tags", {{"a", "b"}, {"quote", "\"\\\n"}}}});
  const auto page = parsed(write_resource_list({context, asked, "Full"}, vaults));
  BOOST_TEST((followed(text_in(page.at("nextLink"))).op == asked.op));
}

BOOST_AUTO_TEST_CASE(deleted_vaults_are_listed_as_they_are_shown) {
  const auto vault = test::full_vault();
  const vault_resource* vaults[] = {&vault};
  const auto asked = asked_for(operation_id::deleted_vault_list);
  check_alone(write_deleted_vault_list({context, asked}, vaults),
              parsed(write_deleted_vault(context, vault)));
  const auto page = parsed(write_deleted_vault_list({context, asked, "eastus2/Full"}, vaults));
  const auto next = followed(text_in(page.at("nextLink")));
  BOOST_TEST((next.op == asked.op));
  BOOST_TEST(next.skip_token == "eastus2/Full");
}

BOOST_AUTO_TEST_CASE(a_change_of_policies_is_answered_with_all_of_them) {
  const auto vault = test::full_vault();
  const auto whole = parsed(write_vault(context, {&vault}));
  BOOST_TEST(
      parsed(write_access_policies(context, vault)) ==
      (bj::value{{"id", prefix + "Full/accessPolicies/"},
                 {"name", "Full"},
                 {"type", "Microsoft.KeyVault/vaults/accessPolicies"},
                 {"location", "eastus2"},
                 {"properties",
                  bj::object{{"accessPolicies", whole.at("properties").at("accessPolicies")}}}}));
}

BOOST_AUTO_TEST_CASE(a_connection_alone_says_more_than_within_its_vault) {
  const auto vault = test::full_vault();
  const auto shown = parsed(write_connection(context, vault, vault.connections.front()));
  BOOST_TEST(shown == bj::parse(R"({
    "id": "/subscriptions/S/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/Full/privateEndpointConnections/pe",
    "name": "pe", "type": "Microsoft.KeyVault/vaults/privateEndpointConnections",
    "location": "eastus2", "etag": "3", "properties": {"privateEndpoint": {"id": "/endpoints/pe"},
      "privateLinkServiceConnectionState": {"status": "Rejected", "description": "no",
        "actionsRequired": "None"}, "provisioningState": "Succeeded"}})"));
  check_alone(write_connection_list(context, vault), shown);
  BOOST_TEST(parsed(write_connection_list(context, test::plain_vault())) ==
             bj::parse(R"({"value": []})"));
  const auto nameless = parsed(write_connection(context, vault, {"pe", {}, {}, {}, 1}));
  BOOST_TEST(!nameless.at("properties").as_object().contains("privateEndpoint"));
}

BOOST_AUTO_TEST_CASE(a_vault_has_one_private_link_resource) {
  BOOST_TEST(parsed(write_private_link_resources(context, test::plain_vault())) == bj::parse(R"({
    "value": [{
      "id": "/subscriptions/S/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/plain/privateLinkResources/vault",
      "name": "vault", "type": "Microsoft.KeyVault/vaults/privateLinkResources",
      "properties": {"groupId": "vault", "requiredMembers": ["default"],
        "requiredZoneNames": ["privatelink.vaultcore.azure.net"]}}]})"));
}

BOOST_AUTO_TEST_CASE(secrets_are_listed_as_they_are_shown) {
  const auto vault = test::plain_vault();
  secret_properties secret;
  secret.version = "0123456789abcdef0123456789abcdef";
  secret.tags = {{"a", "b"}};
  const secret_item items[] = {{"s", &secret}};
  const auto asked = asked_for(operation_id::secret_list);
  const auto shown = parsed(write_secret(context, vault, items[0]));
  BOOST_TEST(shown.at("tags") == bj::parse(R"({"a": "b"})"));
  check_alone(write_secret_list({context, asked}, vault, items), shown);
  const auto page = parsed(write_secret_list({context, asked, "s"}, vault, items));
  BOOST_TEST(!only_item(page).at("properties").as_object().contains("value"));
  const auto next = followed(text_in(page.at("nextLink")));
  BOOST_TEST((next.op == asked.op));
  BOOST_TEST(next.vault == "plain");
}

BOOST_AUTO_TEST_CASE(a_key_with_everything) {
  auto vault = test::plain_vault();
  vault.recovery = {7, true};
  auto key = an_ec_key();
  key.exportable = true;
  key.release = release_policy{};
  key.release->content_type = "application/json";
  key.release->data = {0xFB, 0xFF};
  rotation_policy rotation;
  rotation.actions.resize(2);
  rotation.actions[0].after_create = calendar_period{0, 0, 90};
  rotation.actions[0].action = rotation_action::rotate;
  rotation.actions[1].before_expiry = calendar_period{0, 1, 0};
  rotation.actions[1].action = rotation_action::notify;
  rotation.expiry_time = calendar_period{2, 0, 0};
  rotation.created = 5;
  rotation.updated = 6;
  BOOST_TEST(parsed(write_key(context, vault, {"k", &key, &rotation})) == bj::parse(R"({
    "id": "/subscriptions/S/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/plain/keys/k",
    "name": "k", "type": "Microsoft.KeyVault/vaults/keys", "location": "westus3",
    "tags": {"a": "b"}, "properties": {"kty": "EC", "curveName": "P-384",
      "keyOps": ["sign", "verify"], "attributes": {"enabled": false, "nbf": 1, "exp": 2,
        "created": 3, "updated": 4, "recoveryLevel": "CustomizedRecoverable", "exportable": true},
      "keyUri": "https://plain.vault.localhost:8443/keys/k",
      "keyUriWithVersion":
        "https://plain.vault.localhost:8443/keys/k/0123456789abcdef0123456789abcdef",
      "rotationPolicy": {"attributes": {"created": 5, "updated": 6, "expiryTime": "P2Y"},
        "lifetimeActions": [
          {"trigger": {"timeAfterCreate": "P90D"}, "action": {"type": "rotate"}},
          {"trigger": {"timeBeforeExpiry": "P1M"}, "action": {"type": "notify"}}]},
      "release_policy": {"contentType": "application/json", "data": "-_8"}}})"));
}

BOOST_AUTO_TEST_CASE(keys_and_their_versions_are_listed_as_they_are_shown) {
  const auto vault = test::plain_vault();
  const auto key = an_ec_key();
  const key_item items[] = {{"k", &key}};
  const std::pair<operation_id, bool> lists[] = {{operation_id::key_list, false},
                                                 {operation_id::key_version_list, true}};
  for (const auto& [id, as_versions] : lists) {
    const auto asked = asked_for(id);
    check_alone(write_key_list({context, asked}, vault, items, as_versions),
                parsed(write_key(context, vault, items[0], as_versions)));
    const auto page = parsed(write_key_list({context, asked, "p"}, vault, items, as_versions));
    const auto next = followed(text_in(page.at("nextLink")));
    BOOST_TEST((next.op == asked.op));
    BOOST_TEST(next.name == (as_versions ? "k" : ""));
  }
}

BOOST_AUTO_TEST_CASE(role_assignments_are_listed_with_links_below_their_scope) {
  const auto assignment = test::full_assignment();
  const role_assignment* assignments[] = {&assignment};
  auto asked = asked_for(operation_id::role_assignment_list);
  asked.scope = "/subscriptions/S/resourceGroups/my group";
  asked.filter = "atScope() and principalId eq 'a&b'";
  const auto shown = parsed(write_role_assignment(context, assignment));
  check_alone(write_role_assignment_list({context, asked}, assignments), shown);
  BOOST_TEST(shown.at("properties") == bj::parse(R"({
    "roleDefinitionId": "/subscriptions/S/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
    "principalId": "aaaaaaaa-0000-0000-0000-00000000000a", "principalType": "User",
    "scope": "/subscriptions/S/resourceGroups/rg", "createdOn": "2027-01-15T08:00:00Z",
    "updatedOn": "2027-01-15T08:00:00Z", "createdBy": "somebody", "updatedBy": "somebody"})"));
  const auto page = parsed(write_role_assignment_list({context, asked, "x"}, assignments));
  const auto next = followed(text_in(page.at("nextLink")));
  BOOST_TEST((next.op == asked.op));
  BOOST_TEST(next.scope == asked.scope);
  BOOST_TEST(next.filter == asked.filter);
  BOOST_TEST(next.api_version == asked.api_version);
}

BOOST_AUTO_TEST_CASE(roles_are_built_in_and_may_be_given_anywhere) {
  const std::string_view actions[] = {"Microsoft.KeyVault/*"};
  const std::string_view not_actions[] = {"Microsoft.KeyVault/hsmPools/*"};
  const std::string_view data_actions[] = {"*", "keys/read"};
  const role_definition roles[] = {
      {"4633458b-17de-408a-b874-0445c86b69e6", "A role", actions, not_actions, data_actions}};
  const auto shown = parsed(write_role_definition(context, roles[0]));
  BOOST_TEST(shown == bj::parse(R"({
    "id": "/subscriptions/S/providers/Microsoft.Authorization/roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6",
    "name": "4633458b-17de-408a-b874-0445c86b69e6",
    "type": "Microsoft.Authorization/roleDefinitions", "properties": {"roleName": "A role",
      "type": "BuiltInRole", "description": "", "assignableScopes": ["/"],
      "permissions": [{"actions": ["Microsoft.KeyVault/*"],
        "notActions": ["Microsoft.KeyVault/hsmPools/*"],
        "dataActions": ["Microsoft.KeyVault/vaults/*", "Microsoft.KeyVault/vaults/keys/read"],
        "notDataActions": []}]}})"));
  check_alone(write_role_definition_list(context, roles), shown);
}

BOOST_AUTO_TEST_CASE(there_is_one_subscription) {
  const auto shown = parsed(write_subscription(context, {"Ours \"here\"", "T"}));
  BOOST_TEST(shown == bj::parse(R"({"id": "/subscriptions/S", "subscriptionId": "S",
    "tenantId": "T", "displayName": "Ours \"here\"", "state": "Enabled"})"));
  check_alone(write_subscription_list(context, {"Ours \"here\"", "T"}), shown);
}

BOOST_AUTO_TEST_CASE(locations_tell_of_their_pairs) {
  const location_item locations[] = {{"eastus2", "East US 2", "United States", "centralus"},
                                     {"qatarcentral", "Qatar Central", "Qatar", ""}};
  BOOST_TEST(parsed(write_location_list(context, locations)) == bj::parse(R"({"value": [
    {"id": "/subscriptions/S/locations/eastus2", "name": "eastus2", "displayName": "East US 2",
     "type": "Region", "metadata": {"regionType": "Physical", "geography": "United States",
       "pairedRegion": [{"name": "centralus"}]}},
    {"id": "/subscriptions/S/locations/qatarcentral", "name": "qatarcentral",
     "displayName": "Qatar Central", "type": "Region", "metadata": {"regionType": "Physical",
       "geography": "Qatar", "pairedRegion": []}}]})"));
}

BOOST_AUTO_TEST_CASE(groups_are_always_there) {
  const group_item groups[] = {{"rg", "eastus2"}};
  const auto shown = parsed(write_group(context, groups[0]));
  BOOST_TEST(shown == bj::parse(R"({"id": "/subscriptions/S/resourceGroups/rg", "name": "rg",
    "type": "Microsoft.Resources/resourceGroups", "location": "eastus2",
    "properties": {"provisioningState": "Succeeded"}})"));
  check_alone(write_group_list(context, groups), shown);
}

BOOST_AUTO_TEST_CASE(what_takes_a_while_is_asked_for_where_the_answer_says) {
  const auto asked = followed(operation_result_url(context, "eastus2", "token"));
  BOOST_TEST((asked.op->id == operation_id::operation_result));
  BOOST_TEST(asked.subscription == "S");
  BOOST_TEST(asked.location == "eastus2");
  BOOST_TEST(asked.name == "token");
  BOOST_TEST(asked.api_version == "2025-05-01");
  const std::pair<operation_status, const char*> all[] = {
      {operation_status::in_progress, "InProgress"},
      {operation_status::succeeded, "Succeeded"},
      {operation_status::failed, "Failed"}};
  for (const auto& [status, word] : all) {
    BOOST_TEST(parsed(write_operation_result(context, "eastus2", "token", status)) ==
               (bj::value{{"id", path_of(asked)}, {"name", "token"}, {"status", word}}));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::management
