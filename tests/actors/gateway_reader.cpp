#include <boost/test/unit_test.hpp>

#include "actors/gateway/request_reader.hpp"
#include "protocol/attributes.hpp"

namespace twinkeep::actors::tests {

namespace {

using progress = request_reader::progress;

// Feeds a text in pieces of a size, as a connection does: nothing moves, and what was not taken is
// given again.
struct feed {
  const std::string text;  // what the head's views point into
  request_reader reader;
  std::size_t used = 0;

  explicit feed(std::string given, std::size_t piece = std::string::npos) : text(std::move(given)) {
    for (std::size_t end = 0; end < text.size();) {
      end = piece > text.size() - end ? text.size() : end + piece;
      for (;;) {
        const auto n = reader.take({text.data() + used, end - used});
        used += n;
        const bool goes_on = reader.state() == progress::head && used < end && n > 0;
        if (!goes_on) break;
      }
      if (reader.state() != progress::more && reader.state() != progress::head) break;
    }
  }
};

const std::string get =
    "GET /secrets/a?api-version=7.4 HTTP/1.1\r\nHost: demo.vault.localhost:8443\r\n"
    "authorization: Bearer t\r\nX-MS-Client-Request-ID: c-1\r\n\r\n";
const std::string put =
    "PUT /secrets/a HTTP/1.1\r\nHost: h\r\nContent-Length: 13\r\n\r\n{\"value\":\"x\"}";
const std::string chunked =
    "PUT /secrets/a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
    "5\r\n{\"val\r\n8;x=y\r\nue\":\"x\"}\r\n0\r\nHost: evil\r\nTrailer: t\r\n\r\n";

std::string with_lines(const std::string& lines) {
  return "PUT /secrets/a HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway_reader)

BOOST_AUTO_TEST_CASE(a_head_is_read_however_it_comes) {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, get.size()}) {
    const feed f(get, piece);
    BOOST_REQUIRE(f.reader.state() == progress::done);
    BOOST_TEST(f.used == get.size());
    const auto& head = f.reader.head();
    BOOST_TEST(head.method == "GET");
    BOOST_TEST(head.target == "/secrets/a?api-version=7.4");
    BOOST_TEST(head.host == "demo.vault.localhost:8443");
    BOOST_TEST(head.authorization == "Bearer t");
    BOOST_TEST(head.client_request_id == "c-1");
    BOOST_TEST(head.keep_alive);
  }
}

BOOST_AUTO_TEST_CASE(what_proxies_say_is_kept_in_its_order) {
  const feed f(
      "GET / HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 1.1.1.1\r\nx-forwarded-for: 2.2.2.2, "
      "3.3.3.3\r\n\r\n");
  BOOST_REQUIRE(f.reader.state() == progress::done);
  const auto& said = f.reader.head().forwarded_for;
  BOOST_REQUIRE(said.lines().size() == 2u);
  BOOST_TEST(said.lines()[0] == "1.1.1.1");
  BOOST_TEST(said.lines()[1] == "2.2.2.2, 3.3.3.3");
  BOOST_TEST(said.whole());
  std::string many;
  for (unsigned i = 0; i < 5; ++i) many += "X-Forwarded-For: 1.1.1.1\r\n";
  const feed g("GET / HTTP/1.1\r\nHost: h\r\n" + many + "\r\n");
  BOOST_REQUIRE(g.reader.state() == progress::done);
  BOOST_TEST(!g.reader.head().forwarded_for.whole());
}

BOOST_AUTO_TEST_CASE(a_body_is_read_by_length_or_in_chunks) {
  for (const auto& text : {put, chunked}) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{5}, text.size()}) {
      const feed f(text + "GET /next", piece);
      BOOST_REQUIRE(f.reader.state() == progress::done);
      BOOST_TEST(f.used == text.size());
      BOOST_TEST(as_text(f.reader.body()) == R"({"value":"x"})");
      BOOST_TEST(f.reader.head().host == "h");
    }
  }
}

BOOST_AUTO_TEST_CASE(the_body_waits_until_it_is_wanted) {
  request_reader reader;
  const auto n = reader.take(put);
  BOOST_TEST((reader.state() == progress::head));
  BOOST_TEST(put.substr(n) == R"({"value":"x"})");
  reader.discard_body();
  reader.take(std::string_view(put).substr(n));
  BOOST_TEST((reader.state() == progress::done));
  BOOST_TEST(reader.body().empty());
}

BOOST_AUTO_TEST_CASE(what_two_readers_could_read_differently_is_refused) {
  for (const std::string& text :
       {with_lines("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"),
        with_lines("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n"),
        with_lines("Content-Length: 2\r\nContent-Length: 3\r\n"),
        with_lines("Content-Length: 3, 3\r\n"),
        with_lines("Content-Length: -1\r\n"),
        with_lines("Content-Length: 0x3\r\n"),
        with_lines("Content-Length: 18446744073709551629\r\n"),
        with_lines("Transfer-Encoding: xchunked\r\n"),
        with_lines("Transfer-Encoding: chunked, identity\r\n"),
        with_lines("Transfer-Encoding: gzip, chunked\r\n"),
        with_lines("Transfer-Encoding : chunked\r\n"),
        with_lines("X: a\r\n b\r\n"),
        with_lines("nonsense\r\n"),
        with_lines("Host: other\r\n"),
        with_lines("Authorization: a\r\nAuthorization: b\r\n"),
        with_lines(std::string("X: a\0b\r\n", 8)),
        with_lines("Expect: the-unexpected\r\n"),
        std::string("GET / HTTP/1.1\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nHost:\r\n\r\n"),
        std::string("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\nHost: h\r\n\r\n"),
        std::string("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        std::string("PUT / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        std::string("\x16\x03\x01 garbage\r\n\r\n")}) {
    BOOST_TEST((feed(text).reader.state() == progress::malformed), text);
    BOOST_TEST((feed(text, 3).reader.state() == progress::malformed), text);
  }
  const auto start = with_lines("Transfer-Encoding: chunked\r\n");
  for (const auto* body :
       {"-1\r\nx\r\n0\r\n\r\n", "ffffffffffffffff1\r\nx\r\n", "1\r\nxXX0\r\n\r\n", "x\r\n\r\n"}) {
    BOOST_TEST((feed(start + body).reader.state() == progress::malformed), body);
  }
}

BOOST_AUTO_TEST_CASE(heads_have_a_limit) {
  const std::string start = "GET / HTTP/1.1\r\nHost: h\r\n";
  const std::string fits =
      start + "X: " + std::string(request_reader::max_head_bytes - 200, 'v') + "\r\n\r\n";
  BOOST_TEST((feed(fits, 1000).reader.state() == progress::done));
  for (const std::string& text : {start + "X: " + std::string(request_reader::max_head_bytes, 'v'),
                                  "GET /" + std::string(request_reader::max_head_bytes, 'a'),
                                  std::string(request_reader::max_head_bytes + 1, '\n')}) {
    BOOST_TEST((feed(text, 1000).reader.state() == progress::head_too_large));
  }
  std::string many = start;
  while (many.size() <= request_reader::max_head_bytes) many += "X-Line: value\r\n";
  BOOST_TEST((feed(many, 100).reader.state() == progress::head_too_large));
}

BOOST_AUTO_TEST_CASE(bodies_have_a_limit) {
  const auto limit = protocol::max_body_bytes;
  const auto sized = [](std::size_t n) {
    return with_lines("Content-Length: " + std::to_string(n) + "\r\n");
  };
  BOOST_TEST((feed(sized(limit) + std::string(limit, 'x')).reader.state() == progress::done));
  BOOST_TEST((feed(sized(limit + 1) + "x").reader.state() == progress::body_too_large));
  std::string chunks = with_lines("Transfer-Encoding: chunked\r\n");
  for (int i = 0; i < 17; ++i) chunks += "10000\r\n" + std::string(0x10000, 'x') + "\r\n";
  BOOST_TEST((feed(chunks, 4096).reader.state() == progress::body_too_large));
}

BOOST_AUTO_TEST_CASE(the_connection_ends_when_a_side_says_so) {
  BOOST_TEST(
      !feed("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").reader.head().keep_alive);
  BOOST_TEST(!feed("GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n")
                  .reader.head()
                  .keep_alive);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
