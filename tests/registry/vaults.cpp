#include "tests/registry/test_registry.hpp"

namespace twinkeep::registry_tests {

using enum operation_id;
using management::error_code;

BOOST_AUTO_TEST_SUITE(vaults)

BOOST_AUTO_TEST_CASE(a_vault_is_made_and_is_there_after_a_restart) {
  test_registry r;
  auto body = vault_body();
  body.tags = protocol::tag_map{{"a", "b"}};
  body.access_policies = std::vector{policy(bob, {"get"})};
  const auto made = answer_of(r.send(vault_put, "Fresh", body));
  BOOST_TEST(made.created);
  BOOST_TEST(made.vault->name == "Fresh");
  BOOST_TEST(made.vault->resource_group == "rg");
  BOOST_TEST(made.vault->created.by == alice);
  BOOST_TEST(made.vault->created.at == r.now);
  r.restart();
  const auto found = r.find("fresh");
  BOOST_REQUIRE(found != nullptr);
  BOOST_TEST(found->name == "Fresh");
  BOOST_TEST(found->location == "eastus2");
  BOOST_TEST(found->tenant_id == tenant);
  BOOST_TEST(found->tags.at("a") == "b");
  BOOST_TEST(found->access_policies.size() == 1u);
  BOOST_TEST(found->recovery.retention_days == 90u);
  BOOST_TEST(!found->recovery.purge_protection);
}

BOOST_AUTO_TEST_CASE(a_name_that_no_vault_can_have_is_refused) {
  test_registry r;
  for (const auto* name : {"ab", "1abc", "abc-", "a--b", "abcdefghijklmnopqrstuvwxy", "a_b"}) {
    check_refused(r.send(vault_put, name, vault_body()), error_code::vault_name_not_valid, name);
  }
}

BOOST_AUTO_TEST_CASE(what_a_new_vault_needs_is_named) {
  test_registry r;
  const auto refuse = [&](auto change, std::string_view part) {
    auto body = vault_body();
    change(body);
    check_refused(r.send(vault_put, "fresh", body), error_code::bad_request, part);
    BOOST_TEST(r.find("fresh") == nullptr);
  };
  refuse([](auto& b) { b.tenant_id.reset(); }, "tenantId");
  refuse([](auto& b) { b.sku.reset(); }, "sku");
  refuse([](auto& b) { b.access_policies.reset(); }, "accessPolicies");
  refuse([](auto& b) { b.purge_protection = false; }, "enablePurgeProtection");
  refuse([](auto& b) { b.soft_delete = false; }, "enableSoftDelete");
  refuse([](auto& b) { b.tenant_id = std::string(bob); }, "tenantId");
  auto foreign = policy(bob, {"get"});
  foreign.tenant_id = bob;
  refuse([&](auto& b) { b.access_policies->push_back(foreign); }, "access policy");
}

BOOST_AUTO_TEST_CASE(roles_are_the_default_since_2026) {
  test_registry r;
  auto body = vault_body();
  BOOST_TEST(!answer_of(r.send(vault_put, "old-way", body)).vault->rbac_authorization);
  r.api_version = "2026-02-01";
  BOOST_TEST(answer_of(r.send(vault_put, "new-way", body)).vault->rbac_authorization);
  body.access_policies.reset();
  BOOST_TEST(answer_of(r.send(vault_put, "without", body)).vault->rbac_authorization);
  body.rbac_authorization = false;
  check_refused(r.send(vault_put, "policies", body), error_code::bad_request, "accessPolicies");
  // An update by the new version leaves what there is.
  BOOST_TEST(!answer_of(r.send(vault_put, "old-way", vault_body())).vault->rbac_authorization);
  BOOST_TEST(!answer_of(r.send(vault_patch, "old-way", management::vault_input{}))
                  .vault->rbac_authorization);
}

BOOST_AUTO_TEST_CASE(a_put_replaces_all_but_what_cannot_be_undone) {
  test_registry r;
  auto body = vault_body();
  body.tags = protocol::tag_map{{"a", "b"}};
  body.retention_days = 7;
  body.purge_protection = true;
  body.enabled_for_deployment = true;
  body.public_access = false;
  body.network = protocol::network_rules{true, false, {"10.0.0.1"}, {}};
  body.access_policies = std::vector{policy(bob, {"get"})};
  (void)answer_of(r.send(vault_put, "fresh", body));
  r.now += 5;
  const auto replaced = answer_of(r.send(vault_put, "FRESH", vault_body()));
  BOOST_TEST(!replaced.created);
  const auto& vault = *r.find("fresh");
  BOOST_TEST(vault.name == "fresh");
  BOOST_TEST(vault.tags.empty());
  BOOST_TEST(vault.access_policies.empty());
  BOOST_TEST(!vault.enabled_for_deployment);
  BOOST_TEST(vault.public_access);
  BOOST_TEST(!vault.network.has_value());
  BOOST_TEST(vault.recovery.retention_days == 7u);
  BOOST_TEST(vault.recovery.purge_protection);
  BOOST_TEST(vault.created.at == r.now - 5);
  BOOST_TEST(vault.modified.at == r.now);
}

BOOST_AUTO_TEST_CASE(a_patch_changes_what_it_names) {
  test_registry r;
  auto body = vault_body();
  body.tags = protocol::tag_map{{"a", "b"}};
  (void)answer_of(r.send(vault_put, "fresh", body));
  management::vault_input patch;
  patch.network = protocol::network_rules{false, false, {"10.0.0.0/8"}, {}};
  (void)answer_of(r.send(vault_patch, "fresh", patch));
  const auto& vault = *r.find("fresh");
  BOOST_TEST(vault.tags.at("a") == "b");
  BOOST_TEST(vault.network->ip_rules.front() == "10.0.0.0/8");
  BOOST_TEST(!vault.network->allow_by_default);
  check_refused(r.send(vault_patch, "nowhere", patch), error_code::resource_not_found, "nowhere");
  r.group = "another";
  check_refused(r.send(vault_patch, "fresh", patch), error_code::resource_not_found, "another");
  check_refused(r.send(vault_put, "fresh", body), error_code::vault_already_exists, "fresh");
}

BOOST_AUTO_TEST_CASE(retention_is_set_once_and_purge_protection_for_ever) {
  test_registry r;
  auto body = vault_body();
  body.retention_days = 10;
  body.purge_protection = true;
  (void)answer_of(r.send(vault_put, "fresh", body));
  body.retention_days = 11;
  for (const auto id : {vault_put, vault_patch}) {
    check_refused(r.send(id, "fresh", body), error_code::bad_request, "softDeleteRetentionInDays");
  }
  body.retention_days = 10;
  body.purge_protection = false;
  for (const auto id : {vault_put, vault_patch}) {
    check_refused(r.send(id, "fresh", body), error_code::bad_request, "irreversible");
  }
  BOOST_TEST(r.find("fresh")->recovery.purge_protection);
}

BOOST_AUTO_TEST_CASE(premium_is_offered_where_the_vault_and_its_copy_have_hsms) {
  test_registry r;
  auto body = vault_body();
  body.sku = protocol::vault_sku::premium;
  const auto refused = [&](std::string_view part) {
    check_refused(r.send(vault_put, "fresh", body), error_code::sku_not_supported, part);
  };
  refused("not offered in eastus2");
  refused("No region of this service");
  r.topology.hsms = {{"westus3", 1, {}}, {"westus3", 2, {}}};
  refused("Regions that offer it: westus3.");
  r.topology.hsms.push_back({"eastus2", 1, {}});
  r.topology.hsms.push_back({"eastus2", 2, {}});
  refused("copied to");
  BOOST_TEST(r.find("fresh") == nullptr);
  r.topology.hsms.push_back({"centralus", 1, {}});
  r.topology.hsms.push_back({"centralus", 2, {}});
  const auto made = r.send(vault_put, "fresh", body);
  BOOST_TEST((answer_of(made).vault->sku == protocol::vault_sku::premium));
  r.restart();
  BOOST_TEST((r.find("fresh")->sku == protocol::vault_sku::premium));
}

BOOST_AUTO_TEST_CASE(a_vault_becomes_premium_and_goes_back) {
  using enum protocol::vault_sku;
  test_registry r;
  r.topology.hsms = {
      {"eastus2", 1, {}}, {"eastus2", 2, {}}, {"centralus", 1, {}}, {"centralus", 2, {}}};
  auto put = vault_body();
  r.send(vault_put, "fresh", put);
  management::vault_input patch;
  for (const auto sku : {premium, standard, premium}) {
    patch.sku = sku;
    BOOST_TEST((answer_of(r.send(vault_patch, "fresh", patch)).vault->sku == sku));
  }
  // What does not say it leaves it.
  patch.sku.reset();
  patch.tags = protocol::tag_map{{"a", "b"}};
  BOOST_TEST((answer_of(r.send(vault_patch, "fresh", patch)).vault->sku == premium));
  BOOST_TEST((answer_of(r.send(vault_put, "fresh", put)).vault->sku == standard));
  put.sku = premium;
  BOOST_TEST((answer_of(r.send(vault_put, "fresh", put)).vault->sku == premium));
  // It is recovered as what it was.
  r.send(vault_delete, "fresh");
  put.recover = true;
  BOOST_TEST((answer_of(r.send(vault_put, "fresh", put)).vault->sku == premium));
  // Its HSMs may be gone from the configuration meanwhile: what is not about the sku goes on.
  r.topology.hsms.clear();
  BOOST_TEST((answer_of(r.send(vault_patch, "fresh", patch)).vault->sku == premium));
  patch.sku = standard;
  BOOST_TEST((answer_of(r.send(vault_patch, "fresh", patch)).vault->sku == standard));
}

BOOST_AUTO_TEST_CASE(declared_vaults_have_the_sku_of_the_configuration) {
  auto d = regions::default_deployment();
  d.vaults.front().sku = protocol::vault_sku::premium;
  const auto declared = regions::declared_vaults(d, "eastus2");
  BOOST_TEST((declared.at("demo")->sku == protocol::vault_sku::premium));
}

BOOST_AUTO_TEST_CASE(declared_vaults_are_there_and_can_be_changed) {
  test_registry r;
  BOOST_REQUIRE(r.find("demo") != nullptr);
  r.group = r.topology.resource_group;
  management::vault_input patch;
  patch.tags = protocol::tag_map{{"x", "y"}};
  (void)answer_of(r.send(vault_patch, "demo", patch));
  r.restart();
  BOOST_TEST(r.find("demo")->tags.at("x") == "y");
  BOOST_TEST(r.state.all().size() == r.state.declared.size());
}

BOOST_AUTO_TEST_CASE(access_policies_are_added_replaced_and_removed) {
  test_registry r;
  (void)answer_of(r.send(vault_put, "fresh", vault_body()));
  const auto change = [&](operation_id how, protocol::access_policy p) {
    (void)answer_of(r.send(how, "fresh", management::access_policy_input{{std::move(p)}}));
    return r.find("fresh")->access_policies;
  };
  auto after = change(access_policy_add, policy(bob, {"get"}));
  BOOST_TEST(after.size() == 1u);
  after = change(access_policy_add, policy(bob, {"GET", "list"}, {"sign"}));
  BOOST_TEST(after.size() == 1u);
  BOOST_TEST(after.front().secrets == (std::vector<std::string>{"get", "list"}),
             boost::test_tools::per_element());
  BOOST_TEST(after.front().keys.size() == 1u);
  after = change(access_policy_replace, policy(bob, {"set"}));
  BOOST_TEST(after.front().secrets.front() == "set");
  BOOST_TEST(after.front().keys.empty());
  auto through = policy(bob, {"get"});
  through.application_id = std::string(alice);
  BOOST_TEST(change(access_policy_add, through).size() == 2u);
  after = change(access_policy_remove, policy(bob, {"get"}));  // takes away what is not there
  BOOST_TEST(after.size() == 2u);
  after = change(access_policy_remove, policy(bob, {"set"}));
  BOOST_TEST(after.size() == 1u);
  BOOST_TEST(after.front().application_id == alice);
}

BOOST_AUTO_TEST_CASE(connections_are_those_declared_and_are_decided_on) {
  test_registry r;
  (void)answer_of(r.send(vault_put, "fresh", vault_body()));
  const auto approve =
      management::connection_input{protocol::connection_status::approved, "ok", {}};
  check_refused(r.send(connection_put, "fresh", approve, "none"), error_code::resource_not_found,
                "none");
  (void)answer_of(r.send(connection_put, "fresh", approve, "PE-new"));
  r.restart();
  const auto& kept = r.find("fresh")->connections;
  BOOST_REQUIRE(kept.size() == 2u);
  BOOST_TEST(kept.front().status == protocol::connection_status::approved);
  BOOST_TEST(kept.front().description == "ok");
  auto stale = approve;
  stale.etag = 77;
  check_refused(r.send(connection_put, "fresh", stale, "pe-new"), error_code::conflict, "etag");
  (void)answer_of(r.send(connection_delete, "fresh", {}, "pe-new"));
  BOOST_TEST(r.find("fresh")->connections.front().status ==
             protocol::connection_status::disconnected);
  // Gone is gone.
  check_refused(r.send(connection_put, "fresh", approve, "pe-new"), error_code::resource_not_found,
                "pe-new");
  BOOST_TEST(answer_of(r.send(connection_delete, "fresh", {}, "pe-new")).absent);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::registry_tests
