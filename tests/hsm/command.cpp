#include "actors/admin/cli/hsm_provision.hpp"
#include "kit.hpp"

// `twinkeep hsm`, but for reading its command line.
namespace twinkeep::cli {

namespace {

using crypto::hsm_location;

regions::deployment with(const std::vector<regions::hsm_config>& hsms) {
  auto deployment = regions::default_deployment();
  deployment.regions.push_back({regions::find_region("northeurope"), {}});
  deployment.hsms = hsms;
  return deployment;
}

provision_request with_officer() {
  provision_request request;
  request.officers_pin = test::secret_text(test::officer_pin);
  return request;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

std::string hex(const hsm_location& where) {
  return crypto::hex_encode(crypto::describe_hsm(where).world.value());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hsm_commands)

BOOST_AUTO_TEST_CASE(tokens_of_a_geography_come_into_one_world) {
  const auto east = test::make_token("cli east");
  const auto central = test::make_token("cli central");
  const auto north = test::make_token("cli north");
  const auto deployment =
      with({{"eastus2", 1, east}, {"centralus", 2, central}, {"northeurope", 3, north}});
  const auto before = show_hsms(look_at_hsms(deployment));
  BOOST_TEST(!before.is_well);
  BOOST_TEST(has(before.text, "eastus2, zone 1, token \"cli east\": it belongs to no security"));

  const auto without_officer = provision_hsms(deployment, {});
  BOOST_TEST(!without_officer.is_well);
  BOOST_TEST(has(without_officer.text, "token \"cli east\": made the world"));
  BOOST_TEST(has(without_officer.text, "token \"cli north\": made the world"));
  BOOST_TEST(has(without_officer.text, "security officer is needed"));

  const auto done = provision_hsms(deployment, with_officer());
  BOOST_TEST(done.is_well, done.text);
  BOOST_TEST(has(done.text, "token \"cli central\": joined the world " + hex(east)));
  BOOST_TEST(hex(east) == hex(central));
  BOOST_TEST(hex(east) != hex(north));
  const auto again = provision_hsms(deployment, {});
  BOOST_TEST(again.is_well, again.text);
  BOOST_TEST(has(again.text, "token \"cli central\": belongs to the world"));
  const auto after = show_hsms(look_at_hsms(deployment));
  BOOST_TEST(after.is_well, after.text);
  BOOST_TEST(has(after.text, "member  " + hex(north)));
}

BOOST_AUTO_TEST_CASE(only_the_tokens_asked_for_are_touched) {
  const auto one = test::make_token("cli only one");
  const auto two = test::make_token("cli only two");
  const auto deployment = with({{"eastus2", 1, one}, {"eastus2", 2, two}});
  provision_request request;
  request.region = "eastus2";
  request.zone = 2;
  BOOST_TEST(provision_hsms(deployment, request).is_well);
  BOOST_TEST((crypto::describe_hsm(one).condition == crypto::hsm_condition::no_world));
  BOOST_TEST((crypto::describe_hsm(two).condition == crypto::hsm_condition::member));
  request.region = "westus3";
  BOOST_TEST(has(provision_hsms(deployment, request).text, "has no such token"));
}

BOOST_AUTO_TEST_CASE(two_worlds_are_not_mended) {
  const auto one = test::make_token("cli split one");
  const auto two = test::make_token("cli split two");
  const auto three = test::make_token("cli split three");
  (void)test::must(crypto::create_hsm_world(one));
  (void)test::must(crypto::create_hsm_world(two));
  const auto deployment = with({{"eastus2", 1, one}, {"eastus2", 2, two}, {"centralus", 1, three}});
  const auto done = provision_hsms(deployment, with_officer());
  BOOST_TEST(!done.is_well);
  BOOST_TEST(has(done.text, "more than one security world"));
  BOOST_TEST((crypto::describe_hsm(three).condition == crypto::hsm_condition::no_world));
  const auto shown = show_hsms(look_at_hsms(deployment));
  BOOST_TEST(!shown.is_well);
  BOOST_TEST(has(shown.text, "more than one security world"));
}

// Which may have the world already.
BOOST_AUTO_TEST_CASE(no_world_is_made_while_a_token_cannot_be_looked_at) {
  const auto here = test::make_token("cli here");
  auto away = here;
  away.token = "cli away";
  const auto deployment = with({{"eastus2", 1, here}, {"centralus", 1, away}});
  auto request = with_officer();
  const auto done = provision_hsms(deployment, request);
  BOOST_TEST(!done.is_well);
  BOOST_TEST(has(done.text, "may belong to one"));
  BOOST_TEST(has(done.text, "softhsm2-util --init-token --free --label 'cli away'"));
  BOOST_TEST((crypto::describe_hsm(here).condition == crypto::hsm_condition::no_world));
  request.new_world = true;
  BOOST_TEST(has(provision_hsms(deployment, request).text, "made the world"));
}

BOOST_AUTO_TEST_CASE(a_token_that_two_zones_name_joins_once) {
  const auto both = test::make_token("cli both");
  const auto done = provision_hsms(with({{"eastus2", 1, both}, {"eastus2", 2, both}}), {});
  BOOST_TEST(done.is_well, done.text);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::cli
