#include "actors/admin/admin_api.hpp"

#include "admin_kit.hpp"

namespace twinkeep::actors::tests {

namespace json = boost::json;

namespace {

struct admin_fixture : admin_world {
  bool ready = true;
  admin_api api{env, *exercises, numbers, "the CA", "the issuer", [this] { return ready; }};

  admin_reply ask(std::string_view method, std::string_view target, std::string_view body = {},
                  std::string_view host = "127.0.0.1:9443", bool origin = false) {
    return api.answer({method, target, host, origin, body}, some_status());
  }
  // Refused as the admin interface refuses.
  void must_refuse(const admin_reply& reply, unsigned status, std::string_view why = {}) {
    BOOST_TEST(reply.status == status, reply.body);
    BOOST_TEST(reply.content_type == "application/json");
    const auto error = json::parse(reply.body).at("error").as_object();
    BOOST_TEST(error.size() == 2u);
    BOOST_TEST(!error.at("code").as_string().empty());
    const std::string_view message = error.at("message").as_string();
    BOOST_TEST(message.find(why) != std::string_view::npos, message);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(admin_endpoints, admin_fixture)

BOOST_AUTO_TEST_CASE(every_resource_answers_with_its_type) {
  const std::pair<const char*, std::string_view> all[] = {
      {"/v1/status", "application/json"},
      {"/v1/drills", "application/json"},
      {"/v1/events", "application/json"},
      {"/v1/events?since=0", "application/json"},
      {"/v1/ca.pem", "application/x-pem-file"},
      {"/metrics", "text/plain; version=0.0.4; charset=utf-8"},
      {"/healthz", "text/plain; charset=utf-8"},
      {"/readyz", "text/plain; charset=utf-8"}};
  for (const auto& [target, type] : all) {
    const auto reply = ask("GET", target);
    BOOST_TEST(reply.status == 200u, target);
    BOOST_TEST(reply.content_type == type, target);
    BOOST_TEST(!reply.body.empty(), target);
  }
  BOOST_TEST(ask("GET", "/v1/ca.pem").body == "the CA");
}

BOOST_AUTO_TEST_CASE(readiness_is_asked_for_each_time) {
  ready = false;
  must_refuse(ask("GET", "/readyz"), 503);
  BOOST_TEST(ask("GET", "/healthz").status == 200u);
  ready = true;
  BOOST_TEST(ask("GET", "/readyz").status == 200u);
}

BOOST_AUTO_TEST_CASE(what_there_is_not_is_404_and_what_cannot_be_is_405) {
  for (const auto* target : {"/", "", "/v1", "/v1/status/", "/v1/nothing", "*"}) {
    must_refuse(ask("GET", target), 404);
  }
  must_refuse(ask("DELETE", "/v1/drills/none"), 404, "no such drill");
  must_refuse(ask("DELETE", "/v1/drills/"), 404);
  const auto wrong = ask("POST", "/v1/status");
  must_refuse(wrong, 405);
  BOOST_TEST(wrong.allow == "GET");
  BOOST_TEST(ask("PUT", "/v1/drills").allow == "GET, POST");
  BOOST_TEST(ask("GET", "/v1/drills/1").allow == "DELETE");
}

BOOST_AUTO_TEST_CASE(events_follow_a_number) {
  for (int i = 0; i < 3; ++i) events.record({});
  const auto count = [&](std::string_view target) {
    return json::parse(ask("GET", target).body).at("events").as_array().size();
  };
  BOOST_TEST(count("/v1/events") == 3u);
  BOOST_TEST(count("/v1/events?since=2") == 1u);
  BOOST_TEST(count("/v1/events?x=1&since=3") == 0u);
  for (const auto* bad :
       {"since=", "since=x", "since=-1", "since=1x", "since=99999999999999999999"}) {
    must_refuse(ask("GET", std::string{"/v1/events?"} + bad), 400, "since");
  }
}

BOOST_AUTO_TEST_CASE(a_drill_is_started_listed_and_ended) {
  const auto started =
      ask("POST", "/v1/drills", R"({"fault": "zone_down", "region": "eastus2", "zone": "1",
                                    "for_seconds": 30})");
  BOOST_REQUIRE(started.status == 200u);
  const auto id = std::string{json::parse(started.body).at("id").as_string()};
  BOOST_TEST(faults.zone_down("eastus2", 1));
  const auto listed = json::parse(ask("GET", "/v1/drills").body).at("drills").at(0);
  BOOST_TEST(listed.at("id").as_string() == id);
  BOOST_TEST(listed.at("ends").as_string() == "2025-06-15T15:07:10.000Z");
  const auto ended = ask("DELETE", "/v1/drills/" + id);
  BOOST_TEST(ended.status == 200u);
  BOOST_TEST(ended.body == "{}");
  BOOST_TEST(!faults.zone_down("eastus2", 1));
}

BOOST_AUTO_TEST_CASE(a_drill_that_makes_no_sense_is_refused_and_nothing_happens) {
  const auto deep = std::string(5000, '[') + std::string(5000, ']');
  for (const auto& body : {std::string{}, std::string{"{"}, std::string{"[]"}, deep,
                           std::string{R"({"fault": "storm"})"},
                           std::string{R"({"fault": "region_down", "region": "mars"})"}}) {
    must_refuse(ask("POST", "/v1/drills", body), 400);
  }
  for (const auto* length : {"0", "-1", "86401", "\"5\"", "null", "[]", "1e400"}) {
    const auto body = R"({"fault": "region_down", "region": "eastus2", "for_seconds": )" +
                      std::string{length} + "}";
    must_refuse(ask("POST", "/v1/drills", body), 400);
  }
  BOOST_TEST(exercises->list().empty());
  BOOST_TEST(events.since(0).empty());
}

BOOST_AUTO_TEST_CASE(time_is_moved_only_where_the_configuration_lets_it) {
  constexpr auto body = R"({"fault": "clock_advance", "seconds": 3600})";
  must_refuse(ask("POST", "/v1/drills", body), 403, "allow_clock_advance");
  BOOST_TEST(exercises->list().empty());
  env.drill_clock = &advanced;
  BOOST_TEST(ask("POST", "/v1/drills", body).status == 200u);
  const auto listed = json::parse(ask("GET", "/v1/drills").body).at("drills").at(0);
  BOOST_TEST(listed.at("seconds").as_int64() == 3600);
  BOOST_TEST(listed.at("active").as_bool() == false);
}

BOOST_AUTO_TEST_CASE(a_throttled_share_is_listed) {
  constexpr auto body = R"({"fault": "throttled", "vault": "demo", "share": 0.25})";
  BOOST_TEST(ask("POST", "/v1/drills", body).status == 200u);
  const auto listed = json::parse(ask("GET", "/v1/drills").body).at("drills").at(0);
  BOOST_TEST(listed.at("vault").as_string() == "demo");
  BOOST_TEST(listed.at("share").to_number<double>() == 0.25);
}

BOOST_AUTO_TEST_CASE(drills_do_not_pile_up) {
  constexpr auto body = R"({"fault": "zone_down", "region": "eastus2", "zone": 1})";
  for (int i = 0; i < 200; ++i) BOOST_REQUIRE(ask("POST", "/v1/drills", body).status == 200u);
  must_refuse(ask("POST", "/v1/drills", body), 429);
  BOOST_TEST(ask("DELETE", "/v1/drills/17").status == 200u);
  BOOST_TEST(ask("POST", "/v1/drills", body).status == 200u);
}

BOOST_AUTO_TEST_CASE(pages_in_a_browser_do_not_get_in) {
  must_refuse(ask("GET", "/v1/status", {}, "127.0.0.1:9443", true), 403);
  must_refuse(ask("GET", "/v1/status", {}, ""), 400, "Host");
  for (const auto* host : {"rebound.example", "rebound.example:9443", "127.0.0.1.example:9443",
                           "localhost.example", ":9443", "[name]"}) {
    must_refuse(ask("GET", "/v1/status", {}, host), 403, "Host");
  }
  topology.server_names = {"Keep.Example"};
  for (const auto* host : {"127.0.0.1", "127.0.0.1:9443", "[::1]:9443", "[::1]", "localhost:9443",
                           "LocalHost", "192.0.2.1:80", "keep.example:9443"}) {
    BOOST_TEST(ask("GET", "/v1/status", {}, host).status == 200u, host);
  }
  // Whoever lets it listen to the outside has a name for it that we do not know.
  api.restrict_to_local_names(false);
  BOOST_TEST(ask("GET", "/v1/status", {}, "admin.example").status == 200u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
