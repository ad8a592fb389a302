#include "protocol/management/stored.hpp"

#include "management_kit.hpp"
#include "support.hpp"

// The stored form of vaults and role assignments: what is kept comes back, and damage is told.
namespace twinkeep::protocol::management {

BOOST_AUTO_TEST_SUITE(management_stored)

// What a later version has to read.
BOOST_AUTO_TEST_CASE(the_text_of_records_stays_as_it_is) {
  BOOST_TEST(store_vault(test::full_vault()) ==
             R"({"name":"Full","location":"eastus2","group":"rg",)"
             R"("tenant":"11111111-1111-1111-1111-111111111111","sku":"standard",)"
             R"("tags":{"a":"b","quote":"\"\\\n"},"access_policies":[)"
             R"({"tenant":"11111111-1111-1111-1111-111111111111",)"
             R"("object":"aaaaaaaa-0000-0000-0000-00000000000a",)"
             R"("application":"bbbbbbbb-0000-0000-0000-00000000000b","keys":["get","wrapKey"],)"
             R"("secrets":["all"],"certificates":["list"],"storage":["getsas"]},)"
             R"({"tenant":"11111111-1111-1111-1111-111111111111","object":"x",)"
             R"("secrets":["get"]}],"rbac":true,"for_deployment":true,)"
             R"("for_disk_encryption":true,"for_template_deployment":true,"retention_days":7,)"
             R"("purge_protection":true,"network":{"bypass":false,"allow":false,)"
             R"("ip_rules":["10.0.0.0/8","::1"],)"
             R"("virtual_networks":[{"id":"/subnets/s","ignore_missing":true}]},)"
             R"("public_access":false,"connections":[{"name":"pe","endpoint":"/endpoints/pe",)"
             R"("status":"Rejected","description":"no","etag":3}],)"
             R"("created":{"by":"somebody","by_type":"User","at":1800000000},)"
             R"("modified":{"by":"something","by_type":"Application","at":1800000001},)"
             R"("deleted":{"date":1800000002,"purge":1800604802}})");
  BOOST_TEST(store_role_assignment(test::full_assignment()) ==
             R"({"name":"cccccccc-0000-0000-0000-00000000000c",)"
             R"("scope":"/subscriptions/S/resourceGroups/rg",)"
             R"("role":"4633458b-17de-408a-b874-0445c86b69e6",)"
             R"("principal":"aaaaaaaa-0000-0000-0000-00000000000a","principal_type":"User",)"
             R"("created":{"by":"somebody","by_type":"User","at":1800000000}})");
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_told_by_its_name) {
  const std::pair<const char*, const char*> vaults[] = {
      {R"({"location":"eastus2"})", "name"},
      {R"({"name":"a"})", "location"},
      {R"({"name":"a","location":"b","sku":"gold"})", "sku"},
      {R"({"name":"a","location":"b","connections":[{"status":"Odd"}]})", "status"}};
  for (const auto& [text, member] : vaults) {
    const auto loaded = load_vault_resource(text);
    BOOST_REQUIRE_MESSAGE(!loaded.ok(), text);
    BOOST_TEST(test::has(loaded.error().message, member), loaded.error().message);
  }
  BOOST_TEST(!load_role_assignment(R"({"name":"a","scope":"/s","role":"r"})").ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::management
