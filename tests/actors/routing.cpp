#include "actors/routing.hpp"

#include <boost/test/unit_test.hpp>

// What registries publish: vaults, and who may do what on them.
namespace twinkeep::actors::tests {

namespace {

using protocol::operation_id;

const std::vector<std::string> administrators{"operator"};
constexpr const char* home = "eastus2";
constexpr const char* secrets_user = "4633458b-17de-408a-b874-0445c86b69e6";

struct published {
  regions::deployment topology = regions::default_deployment();
  routing_table table = *first_routing_table(topology, administrators);
  registry_view view;

  published() { view.changes = 5; }

  void add(const std::string& name, bool roles = false) {
    protocol::vault_resource vault;
    vault.name = name;
    vault.location = home;
    vault.resource_group = "rg";
    vault.rbac_authorization = roles;
    view.vaults.push_back(std::make_shared<const protocol::vault_resource>(vault));
  }
  void publish(const std::string& region = home) {
    publish_registry(table, topology, administrators, region,
                     std::make_shared<const registry_view>(view));
  }
  [[nodiscard]] bool may_get(const std::string& vault, const std::string& object_id) const {
    protocol::token::claims caller;
    caller.object_id = object_id;
    const auto& entry = *table.find(vault);
    return entry.access->find(protocol::row_of(operation_id::secret_get), "s", caller) != nullptr;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(routing, published)

BOOST_AUTO_TEST_CASE(vaults_come_and_go) {
  add("Fresh");
  publish();
  const auto* entry = table.find("fresh");
  BOOST_REQUIRE(entry != nullptr);
  BOOST_TEST(entry->vault == "Fresh");
  BOOST_TEST(entry->home_region == home);
  BOOST_TEST(entry->secondary_region == "centralus");
  // What the registry does not list is not there, and other regions' vaults are not its business.
  BOOST_TEST(table.find("demo") == nullptr);
  BOOST_TEST(table.find("west") != nullptr);
  BOOST_TEST(table.find("!eastus2") != nullptr);
  auto deleted = *view.vaults.back();
  deleted.deleted = protocol::deletion{1, 2};
  view.vaults.back() = std::make_shared<const protocol::vault_resource>(deleted);
  ++view.changes;
  publish();
  BOOST_TEST(table.find("fresh") == nullptr);
  BOOST_TEST(table.registries.at(home)->vaults.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_view_that_knows_less_changes_nothing) {
  add("fresh");
  publish();
  view.vaults.clear();
  view.changes = 4;
  publish();
  BOOST_TEST(table.find("fresh") != nullptr);
  BOOST_TEST(table.registries.at(home)->changes == 5u);
}

BOOST_AUTO_TEST_CASE(a_new_vault_goes_where_its_regions_others_go) {
  auto& registry = table.vaults.at("!eastus2");
  registry.route.mode = regions::vault_mode::read_only;
  registry.route.serving_region = "centralus";
  registry.failed_over_at = regions::instant{};
  add("fresh");
  publish();
  BOOST_TEST((table.find("fresh")->route.mode == regions::vault_mode::read_only));
  BOOST_TEST(table.find("fresh")->failed_over_at.has_value());
}

BOOST_AUTO_TEST_CASE(a_name_that_two_regions_have_is_the_first_ones) {
  add("fresh");
  publish();
  publish("westus3");
  BOOST_TEST(table.find("fresh")->home_region == home);
}

BOOST_AUTO_TEST_CASE(what_is_assigned_counts_in_every_region_at_once) {
  add("by-role", true);
  publish();
  BOOST_TEST(may_get("by-role", "operator"));
  BOOST_TEST(!may_get("by-role", "somebody"));
  registry_view other;
  other.changes = 1;
  other.assignments.push_back(
      std::make_shared<const protocol::role_assignment>(protocol::role_assignment{
          "n", "/subscriptions/" + topology.subscription, secrets_user, "somebody", "User", {}}));
  publish_registry(table, topology, administrators, "westus3",
                   std::make_shared<const registry_view>(other));
  BOOST_TEST(may_get("by-role", "somebody"));
  other.assignments.clear();
  ++other.changes;
  publish_registry(table, topology, administrators, "westus3",
                   std::make_shared<const registry_view>(other));
  BOOST_TEST(!may_get("by-role", "somebody"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
