#include "protocol/management/stored.hpp"

#include "management_kit.hpp"
#include "support.hpp"

// The stored form of vaults and role assignments: what is kept comes back, and damage is told.
namespace twinkeep::protocol::management {

BOOST_AUTO_TEST_SUITE(management_stored)

BOOST_AUTO_TEST_CASE(a_vault_comes_back_as_it_was) {
  for (const auto& vault : {test::full_vault(), test::plain_vault()}) {
    const auto text = store_vault(vault);
    const auto again = load_vault_resource(text);
    BOOST_REQUIRE_MESSAGE(again.ok(), text);
    BOOST_TEST(store_vault(*again) == text);
    BOOST_TEST(again->name == vault.name);
    BOOST_TEST(again->tags == vault.tags);
    BOOST_TEST(again->access_policies.size() == vault.access_policies.size());
    BOOST_TEST(again->network.has_value() == vault.network.has_value());
    BOOST_TEST(again->public_access == vault.public_access);
    BOOST_TEST(again->recovery.retention_days == vault.recovery.retention_days);
    BOOST_TEST(again->recovery.purge_protection == vault.recovery.purge_protection);
    BOOST_TEST(again->rbac_authorization == vault.rbac_authorization);
    BOOST_TEST(again->deleted.has_value() == vault.deleted.has_value());
  }
  const auto full = *load_vault_resource(store_vault(test::full_vault()));
  BOOST_TEST((full.connections.front().status == connection_status::rejected));
  BOOST_TEST(full.connections.front().etag == 3u);
  BOOST_TEST(!full.network->bypass_azure_services);
  BOOST_TEST(!full.network->allow_by_default);
  BOOST_TEST(full.network->virtual_network_rules.front().ignore_missing_endpoint);
  BOOST_TEST(full.deleted->scheduled_purge_date == 1'800'604'802);
  BOOST_TEST(full.created.by == "somebody");
}

BOOST_AUTO_TEST_CASE(an_assignment_comes_back_as_it_was) {
  const auto text = store_role_assignment(test::full_assignment());
  const auto again = load_role_assignment(text);
  BOOST_REQUIRE(again.ok());
  BOOST_TEST(store_role_assignment(*again) == text);
  BOOST_TEST(again->scope == "/subscriptions/S/resourceGroups/rg");
}

BOOST_AUTO_TEST_CASE(a_part_of_a_record_is_corrupt_and_a_changed_octet_never_hurts) {
  const std::string texts[] = {store_vault(test::full_vault()),
                               store_role_assignment(test::full_assignment())};
  const auto load = [&](std::string_view text) {
    const auto vault = load_vault_resource(text);
    const auto assignment = load_role_assignment(text);
    for (const auto ok : {vault.ok(), assignment.ok()}) (void)ok;
    return vault.ok() || assignment.ok();
  };
  for (const auto& text : texts) {
    for (std::size_t size = 0; size < text.size(); ++size) {
      BOOST_TEST(!load(std::string_view(text).substr(0, size)), size);
    }
    for (std::size_t at = 0; at < text.size(); ++at) {
      auto changed = text;
      changed[at] = static_cast<char>(changed[at] ^ 0x15);
      (void)load(changed);
    }
  }
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
