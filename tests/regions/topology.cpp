// The default deployment, and who copies whom.
#include "regions/topology.hpp"

#include <boost/test/unit_test.hpp>

namespace twinkeep::regions::tests {

BOOST_AUTO_TEST_SUITE(topology)

BOOST_AUTO_TEST_CASE(the_default_is_a_pair_and_a_region_alone) {
  const auto d = default_deployment();
  BOOST_REQUIRE(d.regions.size() == 3u);
  for (const auto* name : {"eastus2", "centralus", "westus3"}) {
    BOOST_REQUIRE(d.find_region(name) != nullptr);
    BOOST_TEST(d.find_region(name)->facts == find_region(name));
    BOOST_TEST(d.find_region(name)->directory.empty());
  }
  BOOST_REQUIRE(d.vaults.size() == 2u);
  BOOST_TEST(d.vaults[0].name == "demo");
  BOOST_TEST(d.vaults[0].region == "eastus2");
  BOOST_TEST(d.vaults[1].name == "west");
  BOOST_TEST(d.vaults[1].region == "westus3");
  BOOST_TEST(d.vaults[0].recovery.retention_days == 90u);
  BOOST_TEST(!d.vaults[0].recovery.purge_protection);
}

BOOST_AUTO_TEST_CASE(the_default_listens_on_both_loopbacks_with_its_own_issuer) {
  const auto d = default_deployment();
  BOOST_REQUIRE(d.listen.size() == 2u);
  BOOST_TEST(d.listen[0].address == "127.0.0.1");
  BOOST_TEST(d.listen[1].address == "::1");
  for (const auto& e : d.listen) BOOST_TEST(e.port == 8443);
  BOOST_TEST(d.admin.address == "127.0.0.1");
  BOOST_TEST(d.admin.port == 9443);
  BOOST_TEST(d.suffixes.at(0) == "vault.localhost");
  BOOST_TEST((d.built_in_issuer && d.issuers.empty()));
  BOOST_TEST(!d.subscription.empty());
}

BOOST_AUTO_TEST_CASE(a_vault_is_found_without_case_and_a_region_with_it) {
  const auto d = default_deployment();
  BOOST_TEST(d.find_vault("DEMO") == &d.vaults[0]);
  BOOST_TEST(d.find_vault("dem") == nullptr);
  BOOST_TEST(d.find_region("EastUS2") == nullptr);
  BOOST_TEST(d.find_region("westus2") == nullptr);  // known to Azure, not to this deployment
}

BOOST_AUTO_TEST_CASE(the_secondary_is_the_pair_that_is_there_and_gets_copies) {
  auto d = default_deployment();
  BOOST_TEST(d.secondary_of("eastus2")->facts->name == "centralus");
  BOOST_TEST(d.secondary_of("centralus")->facts->name == "eastus2");
  BOOST_TEST(d.secondary_of("westus3") == nullptr);  // has a pair, but is not copied to it
  BOOST_TEST(d.secondary_of("westus2") == nullptr);
  for (const auto* name : {"eastus", "brazilsouth", "brazilsoutheast", "southcentralus"}) {
    d.regions.push_back({find_region(name), {}});
  }
  BOOST_TEST(d.secondary_of("westus3") == nullptr);
  BOOST_TEST(d.secondary_of("brazilsouth") == nullptr);
  BOOST_TEST(d.secondary_of("brazilsoutheast")->facts->name == "brazilsouth");
  BOOST_TEST(d.secondary_of("southcentralus") == nullptr);  // its pair is not part of this
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
