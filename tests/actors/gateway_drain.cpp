#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <future>

#include "actors/runtime/service.hpp"
#include "identity_kit.hpp"

namespace twinkeep::actors::tests {

namespace asio = boost::asio;

namespace {

using asio::ip::tcp;
using boost::system::error_code;

regions::deployment on_free_ports() {
  auto topology = regions::default_deployment();
  topology.listen = {{"127.0.0.1", 0}};
  topology.admin = {"127.0.0.1", 0};
  return topology;
}

struct running_service {
  temporary_directory scratch;
  service under_test{on_free_ports(), scratch.path(), [](const std::string&) {}};
  asio::io_context context;
  asio::ssl::context tls{asio::ssl::context::tls_client};

  running_service() {
    const auto started = under_test.start();
    if (!started) BOOST_FAIL(started.error());
  }
};

// A client that writes bytes and reads until a text or the end.
class wire {
 public:
  explicit wire(running_service& to) : stream_(to.context, to.tls) {
    const auto& at = to.under_test.doors().listening.front();
    stream_.lowest_layer().connect({asio::ip::make_address(at.address), at.port});
    stream_.handshake(asio::ssl::stream_base::client);
  }
  void write(std::string_view text) { asio::write(stream_, asio::buffer(text)); }
  // One refusal of a request without token.
  std::string read_refusal() {
    std::string text;
    asio::read_until(stream_, asio::dynamic_buffer(text), "PoP token.\"}}");
    return text;
  }
  std::string read_until_end() {
    std::string text;
    error_code ended;
    asio::read(stream_, asio::dynamic_buffer(text), ended);
    clean_ = ended == asio::error::eof;
    return text;
  }
  // The service has said good-bye in TLS before it closed.
  [[nodiscard]] bool ended_cleanly() const { return clean_; }

 private:
  asio::ssl::stream<tcp::socket> stream_;
  bool clean_ = false;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(gateway_drain, running_service)

BOOST_AUTO_TEST_CASE(idle_connections_are_closed_and_what_is_under_way_is_answered) {
  wire idle(*this);
  wire busy(*this);
  const std::string get = "GET /secrets/a?api-version=7.4 HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  idle.write(get + "\r\n");
  busy.write(get + "\r\n" + get);
  // Their answers show that the one is idle now and that of the other a second request has begun.
  for (auto* one : {&idle, &busy}) {
    BOOST_TEST(one->read_refusal().starts_with("HTTP/1.1 401 Unauthorized\r\n"));
  }
  // The clients are on the other thread: who made the service ends it (service.hpp).
  auto clients = std::async(std::launch::async, [&] {
    auto rest = idle.read_until_end();
    busy.write("\r\n");
    return std::pair{std::move(rest), busy.read_until_end()};
  });
  under_test.stop();
  const auto [rest, last] = clients.get();
  BOOST_TEST(rest == "");
  BOOST_TEST(idle.ended_cleanly());
  BOOST_TEST(last.starts_with("HTTP/1.1 401 Unauthorized\r\n"));
  BOOST_TEST(last.find("\r\nConnection: close\r\n") != std::string::npos);
  BOOST_TEST(busy.ended_cleanly());
}

BOOST_AUTO_TEST_CASE(nobody_is_let_in_afterwards) {
  const auto at = under_test.doors().listening.front();
  under_test.stop();
  tcp::socket late(context);
  error_code refused;
  late.connect({asio::ip::make_address(at.address), at.port}, refused);
  BOOST_TEST((refused == asio::error::connection_refused));
}

BOOST_AUTO_TEST_CASE(a_client_that_never_finishes_does_not_hold_it_up_for_ever) {
  wire stuck(*this);
  stuck.write("GET /secrets/a HTTP/1.1\r\nHost: ");
  under_test.stop();
  BOOST_TEST(stuck.read_until_end() == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
