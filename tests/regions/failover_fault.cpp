// Faults as JSON: what is read, and what is refused and why.
#include "regions/failover/fault.hpp"

#include <boost/test/unit_test.hpp>

#include "regions/topology.hpp"

namespace twinkeep::regions::tests {

namespace {

const deployment& here() {
  static const auto d = [] {
    auto made = default_deployment();
    made.hsms = {{"eastus2", 1, {}}, {"eastus2", 3, {}}};
    return made;
  }();
  return d;
}

fault read(std::string_view json) {
  const auto f = read_fault(json, here(), here().vaults);
  BOOST_REQUIRE_MESSAGE(f.ok(), json << ": " << (f.ok() ? "" : f.error().message));
  return *f;
}

void check_refused(std::string_view json, std::initializer_list<std::string_view> parts) {
  const auto f = read_fault(json, here(), here().vaults);
  BOOST_REQUIRE_MESSAGE(!f.ok(), json);
  for (const auto part : parts) {
    BOOST_TEST(f.error().message.find(part) != std::string::npos,
               f.error().message << " lacks " << part);
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(failover_fault)

BOOST_AUTO_TEST_CASE(every_kind_is_read_and_described) {
  const std::pair<const char*, const char*> faults[] = {
      {R"({"fault":"region_down","region":"eastus2"})", "region_down eastus2"},
      {R"({"fault":"region_frozen","region":"westus3"})", "region_frozen westus3"},
      {R"({"fault":"zone_down","region":"eastus2","zone":1})", "zone_down eastus2/1"},
      {R"({"fault":"zone_frozen","region":"eastus2","zone":"3"})", "zone_frozen eastus2/3"},
      {R"({"fault":"zone_wiped","region":"eastus2","zone":2})", "zone_wiped eastus2/2"},
      {R"({"fault":"fsync_error","region":"eastus2","zone":2})", "fsync_error eastus2/2"},
      {R"({"fault":"link_cut","from":"eastus2","to":"centralus"})", "link_cut eastus2->centralus"},
      {R"({"fault":"component_crash","component":"vault","region":"eastus2","vault":"Demo"})",
       "component_crash vault eastus2/demo"},
      {R"({"fault":"component_crash","component":"crypto","region":"eastus2"})",
       "component_crash crypto eastus2"},
      {R"({"fault":"component_crash","component":"zone","region":"eastus2","zone":1})",
       "component_crash zone eastus2/1"},
      {R"({"fault":"component_crash","component":"replicator","region":"centralus"})",
       "component_crash replicator centralus"},
      {R"({"fault":"component_crash","component":"supervisor"})", "component_crash supervisor"},
      {R"({"fault":"clock_advance","seconds":86400})", "clock_advance 86400 s"},
      {R"({"fault":"throttled","vault":"Demo","share":0.125})", "throttled demo 12.5 %"},
      {R"({"fault":"hsm_down","region":"eastus2","zone":3})", "hsm_down eastus2/3"},
  };
  for (const auto& [json, description] : faults) BOOST_TEST(describe(read(json)) == description);
}

BOOST_AUTO_TEST_CASE(a_fault_is_a_value) {
  const auto f = read(R"({"fault":"zone_down","region":"eastus2","zone":1})");
  BOOST_TEST((f == read(R"({"zone":"1","region":"eastus2","fault":"zone_down"})")));
  BOOST_TEST((f != read(R"({"fault":"zone_down","region":"eastus2","zone":2})")));
  BOOST_TEST((read(R"({"fault":"zone_down","region":"eastus2","zone":1,"for_seconds":5})") == f));
}

BOOST_AUTO_TEST_CASE(wipes_and_crashes_leave_nothing_to_undo) {
  BOOST_TEST(read(R"({"fault":"zone_wiped","region":"eastus2","zone":2})").momentary());
  BOOST_TEST(read(R"({"fault":"component_crash","component":"supervisor"})").momentary());
  BOOST_TEST(read(R"({"fault":"clock_advance","seconds":1})").momentary());
  BOOST_TEST(!read(R"({"fault":"throttled","vault":"demo","share":1})").momentary());
  BOOST_TEST(!read(R"({"fault":"region_down","region":"eastus2"})").momentary());
  BOOST_TEST(!read(R"({"fault":"hsm_down","region":"eastus2","zone":1})").momentary());
  BOOST_TEST(!read(R"({"fault":"link_cut","from":"eastus2","to":"centralus"})").momentary());
}

BOOST_AUTO_TEST_CASE(what_is_no_fault_is_refused) {
  check_refused("", {"expected JSON"});
  check_refused("{", {"expected JSON"});
  check_refused("[]", {"a JSON object"});
  check_refused("{}", {"fault: expected one of region_down, ", "found nothing"});
  check_refused(R"({"fault":"zone_dwn"})", {"component_crash", "found \"zone_dwn\""});
  check_refused(R"({"fault":7})", {"found 7"});
  check_refused(R"({"fault":"component_crash"})", {"component: expected one of vault, "});
  check_refused(R"({"fault":"component_crash","component":"gateway"})", {"found \"gateway\""});
}

BOOST_AUTO_TEST_CASE(places_must_be_those_of_the_deployment) {
  check_refused(R"({"fault":"region_down"})",
                {"region: ", "eastus2, centralus, westus3", "found nothing"});
  check_refused(R"({"fault":"region_down","region":"westus2"})", {"found \"westus2\""});
  for (const auto* zone : {"0", "4", "-1", "1.5", "\"0\"", "\"4\"", "\"01\"", "\"\"", "null",
                           "18446744073709551615", "4294967297"}) {
    check_refused(R"({"fault":"zone_down","region":"eastus2","zone":)" + std::string{zone} + "}",
                  {"zone: ", "from 1 to 3"});
  }
  check_refused(R"({"fault":"zone_down","region":"eastus2"})", {"zone: ", "found nothing"});
  check_refused(R"({"fault":"link_cut","from":"eastus2"})", {"to: ", "found nothing"});
  check_refused(R"({"fault":"link_cut","from":"eastus2","to":"eastus2"})",
                {"to: ", "another region"});
}

BOOST_AUTO_TEST_CASE(an_hsm_is_taken_down_where_there_is_one) {
  check_refused(R"({"fault":"hsm_down","region":"eastus2","zone":2})",
                {"zone: ", "eastus2/1, eastus2/3", "found 2"});
  check_refused(R"({"fault":"hsm_down","region":"westus3","zone":1})", {"eastus2/1, eastus2/3"});
  check_refused(R"({"fault":"hsm_down","region":"eastus2"})", {"zone: ", "found nothing"});
  const auto without = default_deployment();
  const auto none = read_fault(R"({"fault":"hsm_down","region":"eastus2","zone":1})", without, {});
  BOOST_REQUIRE(!none.ok());
  BOOST_TEST(none.error().message.find("has none") != std::string::npos, none.error().message);
}

BOOST_AUTO_TEST_CASE(a_vault_is_crashed_where_it_can_be_served) {
  const auto crash = [](std::string_view region, std::string_view vault) {
    return R"({"fault":"component_crash","component":"vault","region":")" + std::string{region} +
           R"(","vault":")" + std::string{vault} + "\"}";
  };
  BOOST_TEST(read(crash("eastus2", "demo")).vault == "demo");
  BOOST_TEST(read(crash("centralus", "demo")).region == "centralus");
  check_refused(crash("westus3", "demo"), {"region: ", "demo (eastus2)"});
  check_refused(crash("eastus2", "west"), {"region: ", "west (westus3)"});
  check_refused(crash("eastus2", "nobody"), {"vault: ", "found \"nobody\""});
}

BOOST_AUTO_TEST_CASE(time_goes_forward_by_whole_seconds) {
  BOOST_TEST(read(R"({"fault":"clock_advance","seconds":1})").seconds == 1);
  for (const auto* seconds : {"0", "-1", "1.5", "\"5\"", "null", "1e3", "999999999999"}) {
    check_refused(R"({"fault":"clock_advance","seconds":)" + std::string{seconds} + "}",
                  {"seconds: ", "a whole number from 1"});
  }
  check_refused(R"({"fault":"clock_advance"})", {"seconds: ", "found nothing"});
  check_refused(R"({"fault":"clock_advance","days":1})", {"seconds: "});
}

BOOST_AUTO_TEST_CASE(a_share_is_more_than_nothing_and_at_most_everything) {
  const auto share = [](std::string_view text) {
    return read(R"({"fault":"throttled","vault":"demo","share":)" + std::string{text} + "}")
        .share_millionths;
  };
  BOOST_TEST(share("1") == 1'000'000u);
  BOOST_TEST(share("0.5") == 500'000u);
  BOOST_TEST(share("1e-9") == 1u);
  for (const auto* bad : {"0", "-0.5", "1.001", "\"0.5\"", "null", "1e400"}) {
    check_refused(R"({"fault":"throttled","vault":"demo","share":)" + std::string{bad} + "}", {});
  }
  check_refused(R"({"fault":"throttled","vault":"demo"})", {"share: ", "found nothing"});
  check_refused(R"({"fault":"throttled","share":0.5})", {"vault: ", "found nothing"});
  check_refused(R"({"fault":"throttled","vault":"demo","share":0.5,"region":"eastus2"})",
                {"region: ", "no such"});
}

// {"fault":"region_down","zone":1} was not meant to take down three zones.
BOOST_AUTO_TEST_CASE(a_member_that_would_be_ignored_is_refused) {
  check_refused(R"({"fault":"region_down","region":"eastus2","zone":1})", {"zone: ", "no such"});
  check_refused(R"({"fault":"zone_down","region":"eastus2","zone":1,"vault":"demo"})",
                {"vault: ", "no such"});
  check_refused(R"({"fault":"link_cut","from":"eastus2","to":"centralus","region":"eastus2"})",
                {"region: ", "no such"});
  check_refused(R"({"fault":"region_down","region":"eastus2","For_Seconds":1})", {"For_Seconds"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::regions::tests
