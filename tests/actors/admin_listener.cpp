#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <future>

#include "actors/admin/admin_server.hpp"
#include "admin_kit.hpp"

namespace twinkeep::actors::tests {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

// Answers as the supervisor would, or keeps silent.
supervisor_actor::behavior_type stand_in(supervisor_actor::pointer self, bool silent) {
  return {[](const region_beat&) { return lease_grant{}; }, [](const vault_placed&) {},
          [](const faults_changed&) {},
          [self, silent](const status_query&) -> caf::result<status_reply_ptr> {
            if (silent) return self->make_response_promise<status_reply_ptr>();
            return some_status();
          },
          [](tick) {}};
}

struct listener_fixture : admin_world {
  bool ready = true;
  std::unique_ptr<admin_server> server;
  regions::endpoint bound;

  listener_fixture() {
    server = std::make_unique<admin_server>(
        admin_setup{loops, *system, env, *exercises, numbers, "the CA", "the issuer", [this] { return ready; }});
    auto listening = server->listen({"127.0.0.1", 0});
    if (!listening) BOOST_FAIL(listening.error());
    bound = *listening;
  }
  ~listener_fixture() {
    server.reset();
    if (supervisor) caf::anon_send_exit(supervisor, caf::exit_reason::user_shutdown);
    supervisor = nullptr;
  }
  void start_supervisor(bool silent) {
    supervisor = system->spawn(stand_in, silent);
    where.set_supervisor(supervisor);
  }

  // Sends the text, answers everything that comes until the server closes.
  std::string exchange(const std::string& text) {
    tcp::socket socket = connected();
    asio::write(socket, asio::buffer(text));
    return rest_of(socket);
  }
  tcp::socket connected() {
    tcp::socket socket(client);
    socket.connect({asio::ip::make_address(bound.address), bound.port});
    return socket;
  }
  static std::string rest_of(tcp::socket& socket) {
    std::string answer;
    boost::system::error_code end;
    asio::read(socket, asio::dynamic_buffer(answer), end);
    BOOST_TEST((end == asio::error::eof), end.message());
    return answer;
  }
  std::string get(const std::string& target) {
    return exchange("GET " + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
  }

  asio::io_context client;
  supervisor_actor supervisor;
};

std::string body_of(const std::string& answer) {
  const auto end = answer.find("\r\n\r\n");
  return end == std::string::npos ? std::string{} : answer.substr(end + 4);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(admin_listener, listener_fixture)

BOOST_AUTO_TEST_CASE(a_status_is_the_supervisors_word) {
  start_supervisor(false);
  const auto answer = get("/v1/status");
  BOOST_TEST(answer.starts_with("HTTP/1.1 200 OK\r\n"), answer);
  BOOST_TEST(answer.find("Content-Type: application/json\r\n") != std::string::npos);
  const auto status = boost::json::parse(body_of(answer));
  BOOST_TEST(status.at("regions").at(0).at("revision").as_int64() == 12);
  BOOST_TEST(body_of(get("/metrics")).find("twinkeep_region_up{region=\"eastus2\"} 1") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_supervisor_its_last_word_stands) {
  BOOST_TEST(body_of(get("/v1/status")).find("\"starting\"") != std::string::npos);
  start_supervisor(false);
  const auto told = body_of(get("/v1/status"));
  where.set_supervisor({});
  BOOST_TEST(body_of(get("/v1/status")) == told);
}

BOOST_AUTO_TEST_CASE(a_supervisor_that_does_not_answer_holds_up_nobody_else) {
  start_supervisor(true);
  auto waiting = connected();
  asio::write(waiting, asio::buffer(std::string{"GET /v1/status HTTP/1.0\r\nHost: [::1]\r\n\r\n"}));
  BOOST_TEST(get("/healthz").starts_with("HTTP/1.1 200"));
  BOOST_TEST(rest_of(waiting).find("\"starting\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_connection_carries_several_requests) {
  const std::string body = R"({"fault": "zone_down", "region": "eastus2", "zone": 1})";
  const auto answer = exchange(
      "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "POST /v1/drills HTTP/1.1\r\nHost: localhost\r\nContent-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body +
      "DELETE /v1/drills/1 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  BOOST_TEST(answer.find("ok\n") != std::string::npos);
  BOOST_TEST(answer.find("{\"id\":\"1\"}") != std::string::npos, answer);
  BOOST_TEST(answer.ends_with("\r\n\r\n{}"), answer);
}

BOOST_AUTO_TEST_CASE(http_as_it_should_not_be_is_refused_and_the_connection_closed) {
  const auto refused = [&](const std::string& text, const std::string& status) {
    const auto answer = exchange(text);
    BOOST_TEST(answer.starts_with("HTTP/1.1 " + status), answer.substr(0, 100));
    BOOST_TEST(answer.find("\"error\"") != std::string::npos);
  };
  refused("nonsense\r\n\r\n", "400");
  refused("GET / HTTP/3.7\r\n\r\n", "400");
  refused("GET /v1/status HTTP/1.1\r\nConnection: close\r\n\r\n", "400");
  refused("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", "400");
  refused("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(9000, 'x') + "\r\n\r\n", "431");
  refused("POST /v1/drills HTTP/1.1\r\nHost: localhost\r\nContent-Length: 70000\r\n\r\n" +
              std::string(70'000, ' '),
          "413");
  refused("GET /v1/status HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", "403");
  refused("GET /v1/status HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\nConnection: close\r\n\r\n",
          "403");
  const auto wrong = exchange("POST /metrics HTTP/1.1\r\nHost: [::1]\r\nConnection: close\r\n\r\n");
  BOOST_TEST(wrong.find("\r\nAllow: GET\r\n") != std::string::npos, wrong);
}

BOOST_AUTO_TEST_CASE(there_is_room_for_so_many_and_then_for_others_again) {
  std::vector<tcp::socket> idle;
  constexpr int enough = 80;
  for (int i = 0; i < enough; ++i) idle.push_back(connected());
  // Those beyond the limit are closed at once.
  BOOST_TEST(rest_of(idle.back()).empty());
  idle.clear();
  std::string answer;
  for (int tries = 0; tries < 10'000 && !answer.starts_with("HTTP/1.1 200"); ++tries) {
    tcp::socket socket = connected();
    boost::system::error_code refused;
    const std::string text = "GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n";
    asio::write(socket, asio::buffer(text), refused);
    answer.clear();
    asio::read(socket, asio::dynamic_buffer(answer), refused);
  }
  BOOST_TEST(answer.find("ok\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(stopping_closes_idle_connections_and_refuses_new_ones) {
  auto idle = connected();
  BOOST_TEST(get("/healthz").starts_with("HTTP/1.1 200"));
  server->stop();
  BOOST_TEST(rest_of(idle).empty());
  tcp::socket late(client);
  boost::system::error_code refused;
  late.connect({asio::ip::make_address(bound.address), bound.port}, refused);
  BOOST_TEST((refused == asio::error::connection_refused), refused.message());
  server->stop();  // once more does nothing
}

BOOST_AUTO_TEST_CASE(an_address_that_is_taken_is_named) {
  admin_server second(
      admin_setup{loops, *system, env, *exercises, numbers, "", "", [] { return true; }});
  const auto refused = second.listen(bound);
  BOOST_REQUIRE(!refused.ok());
  BOOST_TEST(refused.error().find("127.0.0.1:" + std::to_string(bound.port)) != std::string::npos,
             refused.error());
  BOOST_TEST(!second.listen({"nonsense", 0}).ok());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
