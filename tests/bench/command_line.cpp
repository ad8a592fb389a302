#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>
#include <string>

#include "actors/admin/cli/drill_view.hpp"
#include "actors/admin/cli/duration.hpp"
#include "actors/admin/cli/event_view.hpp"
#include "actors/admin/cli/status_view.hpp"
#include "actors/admin/cli/text_table.hpp"

using namespace std::chrono_literals;
using namespace twinkeep::cli;
namespace json = boost::json;

BOOST_AUTO_TEST_SUITE(durations)

BOOST_AUTO_TEST_CASE(a_number_with_a_unit_is_read) {
  BOOST_TEST((*parse_duration("500ms") == 500ms));
  BOOST_TEST((*parse_duration("30s") == 30s));
  BOOST_TEST((*parse_duration("2m") == 2min));
  BOOST_TEST((*parse_duration("2min") == 2min));
  BOOST_TEST((*parse_duration("1.5h") == 90min));
  BOOST_TEST((*parse_duration("0.25s") == 250ms));
  BOOST_TEST((*parse_duration("0s") == 0s));
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused_and_quoted) {
  for (const char* text : {"", "30", "s", "-1s", "+1s", "1e3s", "30 s", "30s ", "30S", "nans",
                           "infs", "0x1s", "99999999h", "1d"}) {
    BOOST_TEST(!parse_duration(text).ok(), "accepted: " << text);
  }
  BOOST_TEST(parse_duration("30").error().find("\"30\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_duration_is_shown_in_the_unit_that_fits) {
  BOOST_TEST(show_duration(0ns) == "0 ns");
  BOOST_TEST(show_duration(740ns) == "740 ns");
  BOOST_TEST(show_duration(1000ns) == "1.00 us");
  BOOST_TEST(show_duration(12'340ns) == "12.3 us");
  BOOST_TEST(show_duration(999'900ns) == "1.00 ms");
  BOOST_TEST(show_duration(9'996us) == "10.0 ms");
  BOOST_TEST(show_duration(123'456us) == "123 ms");
  BOOST_TEST(show_duration(90s) == "90.0 s");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tables)

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_widest_cell_and_lines_end_without_blanks) {
  text_table table({{"NAME"}, {"N", align::right}, {"LAST"}});
  table.add_row({"a", "1", "x"});
  table.add_row({"longer", "1000"});
  BOOST_TEST(table.render() ==
             "NAME       N  LAST\n"
             "a          1  x\n"
             "longer  1000\n");
}

BOOST_AUTO_TEST_CASE(a_character_of_several_bytes_is_one_cell_wide) {
  text_table table({{"A"}, {"B"}});
  table.add_row({"ä", "x"});
  table.add_row({"aa", "x"});
  BOOST_TEST(table.render() == "A   B\nä   x\naa  x\n");
}

BOOST_AUTO_TEST_CASE(a_row_with_too_many_cells_is_refused) {
  text_table table({{"A"}});
  BOOST_CHECK_THROW(table.add_row({"1", "2"}), std::logic_error);
}

BOOST_AUTO_TEST_CASE(control_characters_never_reach_a_terminal) {
  BOOST_TEST(printable("a\x1b[2J\nb\x7f") == "a?[2J?b?");
  BOOST_TEST(printable("ä") == "ä");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(views)

BOOST_AUTO_TEST_CASE(the_status_shows_regions_zones_replication_and_vaults) {
  const json::value status = json::parse(R"({
    "regions":[
      {"name":"eastus2","pair":"centralus","state":"up","revision":12,
       "zones":[{"id":"1","state":"up","in_sync":true,"revision":12},
                {"id":"2","state":"down","in_sync":false,"revision":9}],
       "replication":{"source":"centralus","applied":3,"lag_revisions":2,"lag_seconds":0.5,
                      "last_sync_time":"2026-11-24T15:00:00Z"}},
      {"name":"westus3","pair":null,"state":"up","revision":1,"zones":[]}],
    "vaults":[{"name":"demo","region":"eastus2","serving_region":"centralus",
               "mode":"read_only"}]})");
  BOOST_TEST(show_status(status) ==
             "REGION   PAIR       STATE  REVISION  ZONE  ZONE STATE  IN SYNC  ZONE REVISION\n"
             "eastus2  centralus  up           12  1     up          yes                 12\n"
             "                                     2     down        NO                   9\n"
             "westus3  -          up            1\n"
             "\n"
             "REPLICA IN  OF         APPLIED  BEHIND (REVISIONS)  BEHIND (TIME)  LAST SYNC\n"
             "eastus2     centralus        3                   2         500 ms  "
             "2026-11-24T15:00:00Z\n"
             "\n"
             "VAULT  REGION   SERVED BY  MODE\n"
             "demo   eastus2  centralus  read_only\n");
}

BOOST_AUTO_TEST_CASE(a_status_of_another_shape_still_shows_something) {
  for (const char* text : {"null", "[]", "{}", R"({"regions":7,"vaults":{}})",
                           R"({"regions":[1,{"zones":[null]}]})"}) {
    BOOST_TEST(show_status(json::parse(text)).find("REGION") == 0u, text);
  }
}

BOOST_AUTO_TEST_CASE(only_events_after_the_last_one_seen_are_shown) {
  const json::value events = json::parse(R"({"events":[
    {"seq":1,"time":"t1","kind":"region_suspected","region":"eastus2","detail":"first"},
    {"seq":2,"time":"t2","kind":"zone_out","region":"eastus2","zone":"3","took_seconds":0.51,
     "lag_revisions":3,"detail":"second"}]})");
  const event_page all = show_events(events, 0);
  BOOST_TEST(all.last == 2u);
  BOOST_TEST(all.text.find("first") < all.text.find("second"));
  BOOST_TEST(all.text.find("eastus2/3 ") != std::string::npos);
  BOOST_TEST(all.text.find("510 ms") != std::string::npos);

  const event_page later = show_events(events, 1);
  BOOST_TEST(later.text.find("first") == std::string::npos);
  BOOST_TEST(later.text.find("second") != std::string::npos);
  BOOST_TEST(show_events(events, 2).text.empty());
  BOOST_TEST(show_events(events, 2).last == 2u);
  BOOST_TEST(list_events(events, 1).text == json::serialize(events.at("events").at(1)) + '\n');
}

BOOST_AUTO_TEST_CASE(a_drill_is_asked_for_with_what_was_given_and_nothing_else) {
  drill_request request;
  request.fault = "zone_down";
  request.region = "eastus2";
  request.zone = "1";
  request.length = 500ms;
  BOOST_TEST((to_json(request) == json::parse(R"({"fault":"zone_down","region":"eastus2",
    "zone":"1","for_seconds":0.5})")
                                      .as_object()));
  BOOST_TEST(drill_target(to_json(request)) == "eastus2/1");
  BOOST_TEST(drill_target(json::parse(R"({"from":"a","to":"b"})")) == "a -> b");
  BOOST_TEST(drill_target(json::parse(R"({"region":"r","component":"vault","vault":"v"})")) ==
             "r vault v");
}

BOOST_AUTO_TEST_CASE(drills_are_listed_or_said_to_be_none) {
  BOOST_TEST(show_drills(json::parse(R"({"drills":[]})")) == "no drills\n");
  BOOST_TEST(show_drills(json::parse(R"({"drills":[{"id":"7","fault":"region_down","region":"r",
    "active":true,"started":"t"}]})")) ==
             "ID  FAULT        TARGET  ACTIVE  STARTED  ENDS\n"
             "7   region_down  r       yes     t        -\n");
}

BOOST_AUTO_TEST_SUITE_END()
