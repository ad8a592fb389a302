#include "actors/admin/admin_json.hpp"

#include "admin_kit.hpp"

namespace twinkeep::actors::tests {

namespace json = boost::json;

namespace {

json::value parsed(std::string_view text) {
  return json::parse(json::string_view{text.data(), text.size()});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(admin_json)

BOOST_AUTO_TEST_CASE(times_are_written_for_people_and_programs) {
  BOOST_TEST(utc_time(0) == "1970-01-01T00:00:00.000Z");
  BOOST_TEST(utc_time(1'709'210'096'007) == "2024-02-29T12:34:56.007Z");
}

BOOST_AUTO_TEST_CASE(a_status_is_what_the_issue_says) {
  const auto topology = regions::default_deployment();
  auto table = std::make_shared<routing_table>(*first_routing_table(topology, {}));
  table->vaults.at("demo").route = {regions::vault_mode::read_only, "centralus", false};
  table->vaults.at("west").route = {regions::vault_mode::unavailable, "westus3", false};
  const auto expected = parsed(R"({
    "regions": [
      {"name": "eastus2", "pair": "centralus", "state": "up", "revision": 12,
       "zones": [{"id": "1", "state": "up", "in_sync": true, "revision": 12},
                 {"id": "2", "state": "up", "in_sync": true, "revision": 12},
                 {"id": "3", "state": "catching_up", "in_sync": false, "revision": 7}],
       "replication": null},
      {"name": "centralus", "pair": "eastus2", "state": "suspected", "revision": 9,
       "zones": [{"id": "1", "state": "up", "in_sync": true, "revision": 9},
                 {"id": "2", "state": "up", "in_sync": true, "revision": 9},
                 {"id": "3", "state": "up", "in_sync": true, "revision": 9}],
       "replication": {"source": "eastus2", "applied": 9, "lag_revisions": 3, "lag_seconds": 0.25,
                       "last_sync_time": "2025-06-15T15:06:40.123Z"}},
      {"name": "westus3", "pair": null, "state": "starting", "revision": 0,
       "zones": [{"id": "1", "state": "starting", "in_sync": false, "revision": 0},
                 {"id": "2", "state": "starting", "in_sync": false, "revision": 0},
                 {"id": "3", "state": "starting", "in_sync": false, "revision": 0}],
       "replication": null}],
    "vaults": [
      {"name": "demo", "region": "eastus2", "serving_region": "centralus", "mode": "read_only"},
      {"name": "west", "region": "westus3", "serving_region": "westus3", "mode": "unavailable"}]
  })");
  BOOST_TEST(parsed(write_status(some_status(), *table, topology, regions::instant{})) == expected);
}

BOOST_AUTO_TEST_CASE(a_status_without_a_supervisor_has_every_region_and_vault) {
  const auto topology = regions::default_deployment();
  const auto status = parsed(write_status(nullptr, *first_routing_table(topology, {}), topology,
                                          regions::instant{}))
                          .as_object();
  const auto& all = status.at("regions").as_array();
  BOOST_REQUIRE(all.size() == 3u);
  for (const auto& region : all) {
    BOOST_TEST(region.at("state").as_string() == "starting");
    BOOST_TEST(region.at("zones").as_array().size() == 3u);
  }
  BOOST_TEST(status.at("vaults").as_array().size() == 2u);
}

BOOST_AUTO_TEST_CASE(every_state_has_its_word) {
  const auto topology = regions::default_deployment();
  using enum regions::region_phase;
  const std::pair<regions::region_phase, const char*> words[] = {{up, "up"},
                                                                 {suspected, "suspected"},
                                                                 {down, "down"},
                                                                 {returning, "returning"},
                                                                 {starting, "starting"}};
  for (const auto& [phase, word] : words) {
    auto reply = std::make_shared<status_reply>(*some_status());
    reply->regions.front().phase = phase;
    const auto status = parsed(write_status(reply, routing_table{}, topology, regions::instant{}));
    BOOST_TEST(status.at("regions").as_array().front().at("state").as_string() == word);
  }
}

BOOST_AUTO_TEST_CASE(a_source_that_was_never_reached_has_no_time) {
  auto reply = std::make_shared<status_reply>(*some_status());
  auto central = std::make_shared<region_status>(*reply->regions[1].status);
  central->replication->last_sync_ms = 0;
  reply->regions[1].status = central;
  const auto status = parsed(
      write_status(reply, routing_table{}, regions::default_deployment(), regions::instant{}));
  BOOST_TEST(status.at("regions").at(1).at("replication").at("last_sync_time").is_null());
}

BOOST_AUTO_TEST_CASE(a_region_with_hsms_shows_its_tokens) {
  auto reply = std::make_shared<status_reply>(*some_status());
  auto east = std::make_shared<region_status>(*reply->regions[0].status);
  east->hsms = {{1, "east-1", "filling", "", {7, 2}}, {3, "east-3", "down", "no such token", {}}};
  reply->regions[0].status = east;
  const auto status = parsed(
      write_status(reply, routing_table{}, regions::default_deployment(), regions::instant{}));
  BOOST_TEST(status.at("regions").at(0).at("hsms") == parsed(R"([
      {"zone": "1", "token": "east-1", "state": "filling", "keys": 7, "missing": 2,
       "trouble": null},
      {"zone": "3", "token": "east-3", "state": "down", "keys": 0, "missing": 0,
       "trouble": "no such token"}])"));
}

BOOST_AUTO_TEST_CASE(drills_show_what_their_fault_has) {
  drill timed;
  timed.id = "7";
  timed.fault.kind = regions::fault_kind::link_cut;
  timed.fault.from = "eastus2";
  timed.fault.to = "centralus";
  timed.started_ms = 1'750'000'000'000;
  timed.ends_ms = 1'750'000'030'000;
  drill crash;
  crash.id = "8";
  crash.active = false;
  crash.fault.kind = regions::fault_kind::component_crash;
  crash.fault.component = regions::component::zone;
  crash.fault.region = "eastus2";
  crash.fault.zone = 2;
  BOOST_TEST(parsed(write_drills({timed, crash})) == parsed(R"({"drills": [
    {"id": "7", "fault": "link_cut", "from": "eastus2", "to": "centralus", "active": true,
     "started": "2025-06-15T15:06:40.000Z", "ends": "2025-06-15T15:07:10.000Z"},
    {"id": "8", "fault": "component_crash", "region": "eastus2", "zone": "2", "component": "zone",
     "active": false, "started": "1970-01-01T00:00:00.000Z", "ends": null}]})"));
}

BOOST_AUTO_TEST_CASE(events_show_what_they_cost_and_null_where_there_is_nothing) {
  event over;
  over.sequence = 3;
  over.time_ms = 1'750'000'000'000;
  over.kind = event_kind::failed_over;
  over.region = "eastus2";
  over.detail = "\"demo\"";
  over.took = std::chrono::milliseconds(3250);
  over.lag_revisions = 4;
  event bare;
  bare.sequence = 4;
  bare.time_ms = 1'750'000'000'000;
  bare.kind = event_kind::zone_out;
  bare.zone = 2;
  BOOST_TEST(parsed(write_events({over, bare})) == parsed(R"({"events": [
    {"seq": 3, "time": "2025-06-15T15:06:40.000Z", "kind": "failed_over", "region": "eastus2",
     "zone": null, "detail": "\"demo\"", "took_seconds": 3.25, "lag_revisions": 4},
    {"seq": 4, "time": "2025-06-15T15:06:40.000Z", "kind": "zone_out", "region": null,
     "zone": "2", "detail": null, "took_seconds": null, "lag_revisions": null}]})"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
