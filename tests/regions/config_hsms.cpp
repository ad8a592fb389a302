// The configuration's HSMs, and the vaults that need them.
#include <boost/test/unit_test.hpp>

#include "regions/topology.hpp"

namespace twinkeep::regions::tests {

namespace {

using protocol::vault_sku;

std::string problem(std::string_view toml) {
  const auto d = read_deployment(toml, "twinkeep.toml");
  return d.ok() ? "none" : d.error().message;
}

deployment read(std::string_view toml) {
  auto d = read_deployment(toml, "twinkeep.toml");
  BOOST_REQUIRE_MESSAGE(d.ok(), problem(toml));
  return *d;
}

void check_problem(std::string_view toml, std::initializer_list<std::string_view> parts) {
  const auto message = problem(toml);
  BOOST_TEST(message.starts_with("twinkeep.toml:"), message);
  for (const auto part : parts) {
    BOOST_TEST(message.find(part) != std::string::npos, message << " lacks " << part);
  }
}

// One table; `rest` is what it says besides where it is.
std::string hsm(const std::string& region, int zone, const std::string& rest = {}) {
  const auto token = region + std::to_string(zone);
  const auto what =
      rest.empty() ? "module = \"/m.so\"\ntoken = \"" + token + "\"\npin_file = \"p\"" : rest;
  return "[[hsm]]\nregion = \"" + region + "\"\nzone = " + std::to_string(zone) + '\n' + what +
         '\n';
}
std::string both(const std::string& region) {
  return hsm(region, 1) + hsm(region, 3);
}
std::string vault(const std::string& region, const std::string& sku) {
  return "[[vaults]]\nname = \"one\"\nregion = \"" + region + "\"\nsku = \"" + sku + "\"\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_hsms)

BOOST_AUTO_TEST_CASE(there_are_none_unless_the_file_says_so) {
  const auto d = read("");
  BOOST_TEST(d.hsms.empty());
  BOOST_TEST(!d.has_hsms("eastus2"));
  BOOST_TEST(!d.offers_premium("eastus2"));
  BOOST_TEST((d.vaults.front().sku == vault_sku::standard));
}

BOOST_AUTO_TEST_CASE(a_region_has_a_token_in_two_zones) {
  const auto d =
      read(hsm("westus3", 2, "module = \"/opt/../m.so\"\ntoken = \"one\"\npin_file = \"/p\"") +
           hsm("westus3", 3, "module = \"/m.so\"\ntoken = \"two\"\npin_env = \"PIN_2\""));
  BOOST_REQUIRE(d.hsms.size() == 2u);
  BOOST_TEST(d.hsms[0].region == "westus3");
  BOOST_TEST(d.hsms[0].zone == 2u);
  BOOST_TEST((d.hsms[0].where == crypto::hsm_location{"/m.so", "one", "/p", ""}));
  BOOST_TEST(d.hsms[1].zone == 3u);
  BOOST_TEST((d.hsms[1].where == crypto::hsm_location{"/m.so", "two", "", "PIN_2"}));
  BOOST_TEST(d.has_hsms("westus3"));
  BOOST_TEST(!d.has_hsms("eastus2"));
}

BOOST_AUTO_TEST_CASE(exactly_two_zones_of_a_region_have_one) {
  check_problem(hsm("westus3", 1), {":2: hsm.region: ", "two zones", "found 1 for westus3"});
  check_problem(both("eastus2") + hsm("westus3", 1), {":14: hsm.region: ", "found 1 for westus3"});
  check_problem(both("westus3") + hsm("westus3", 2), {"hsm.region: ", "found 3 for westus3"});
  check_problem(
      hsm("westus3", 1) + hsm("westus3", 1, "module = \"/m.so\"\ntoken = \"x\"\npin_file = \"p\""),
      {":9: hsm.zone: ", "each zone", "found 1 of westus3 again"});
}

BOOST_AUTO_TEST_CASE(a_token_serves_one_zone) {
  const std::string same = "module = \"/m.so\"\ntoken = \"t\"\npin_file = \"p\"";
  check_problem(hsm("westus3", 1, same) + hsm("westus3", 2, same),
                {":11: hsm.token: expected each token once, found \"t\" again"});
  // The label alone is no token.
  read(hsm("westus3", 1, same) +
       hsm("westus3", 2, "module = \"/n.so\"\ntoken = \"t\"\npin_file = \"p\""));
}

BOOST_AUTO_TEST_CASE(mistakes_are_told_with_line_and_key) {
  const std::string where = "[[hsm]]\nregion = \"westus3\"\nzone = 1\n";
  const std::string what = "module = \"/m\"\ntoken = \"t\"\n";
  const std::string pin = "pin_file = \"p\"\n";
  const std::pair<std::string, const char*> mistakes[] = {
      {"[[hsm]]\nzone = 1\n" + what + pin, ":1: hsm.region: expected a region of this deployment"},
      {"[[hsm]]\nregion = \"x\"\nzone = 1\n" + what + pin, ":2: hsm.region: expected a region"},
      {"[[hsm]]\nregion = \"westus3\"\n" + what + pin, ":1: hsm.zone: expected a zone from 1 to 3"},
      {"[[hsm]]\nregion = \"westus3\"\nzone = 4\n" + what + pin, ":3: hsm.zone: "},
      {where + "token = \"t\"\n" + pin, ":1: hsm.module: expected the path"},
      {where + "module = \"\"\ntoken = \"t\"\n" + pin, ":4: hsm.module: expected the path"},
      {where + "module = \"/m\"\n" + pin, ":1: hsm.token: expected the label"},
      {where + "module = \"/m\"\ntoken = \"" + std::string(33, 'x') + "\"\n" + pin,
       ":5: hsm.token: "},
      {where + what, ":1: hsm.pin_file: expected pin_file or pin_env, found none"},
      {where + what + pin + "pin_env = \"P\"\n",
       ":7: hsm.pin_env: expected either pin_file or pin_env"},
      {where + what + "pin_env = \"1 2\"\n",
       ":6: hsm.pin_env: expected the name of an environment"},
      {where + what + "pin = \"1234\"\n", ":6: hsm.pin: "},
      {"hsm = \"x\"", ":1: hsm: expected tables [[hsm]]"},
  };
  for (const auto& [toml, part] : mistakes) check_problem(toml, {part});
}

BOOST_AUTO_TEST_CASE(a_premium_vault_is_where_there_are_hsms) {
  // westus3 has no pair.
  const auto d = read(both("westus3") + vault("westus3", "premium"));
  BOOST_TEST((d.vaults.front().sku == vault_sku::premium));
  BOOST_TEST(d.offers_premium("westus3"));
  BOOST_TEST(options_of(d, vault_sku::premium).hsm_keys);
  BOOST_TEST(!options_of(d, vault_sku::standard).hsm_keys);
  BOOST_TEST((read(both("westus3") + vault("westus3", "standard")).vaults.front().sku ==
              vault_sku::standard));
  check_problem(vault("westus3", "premium"),
                {":4: vaults.sku: expected [[hsm]] for two zones of westus3, found none"});
  check_problem(both("westus3") + vault("eastus2", "premium"), {"vaults.sku: ", "eastus2"});
  check_problem(vault("westus3", "Premium"), {":4: vaults.sku: ", "\"standard\" or \"premium\""});
}

BOOST_AUTO_TEST_CASE(a_premium_vaults_copy_needs_hsms_too) {
  check_problem(
      both("eastus2") + vault("eastus2", "premium"),
      {"vaults.sku: ", "two zones of centralus, which copies eastus2's vaults", "found none"});
  const auto d = read(both("eastus2") + both("centralus") + vault("eastus2", "premium"));
  BOOST_TEST(d.offers_premium("eastus2"));
  BOOST_TEST(d.offers_premium("centralus"));
  // Without its pair in the deployment there is no copy.
  const auto alone =
      read("[[regions]]\nname = \"eastus2\"\n" + both("eastus2") + vault("eastus2", "premium"));
  BOOST_TEST(alone.offers_premium("eastus2"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
