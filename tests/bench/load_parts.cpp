#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>

#include "bench/load/cpu_time.hpp"
#include "bench/load/items.hpp"
#include "bench/load/mix.hpp"
#include "bench/load/preparer.hpp"
#include "bench/load/response.hpp"
#include "bench/load/schedule.hpp"
#include "bench/load/service.hpp"
#include "bench/load/setup_client.hpp"
#include "bench/load/tally.hpp"

using namespace std::chrono_literals;
using namespace twinkeep::load;
namespace crypto = twinkeep::crypto;

BOOST_AUTO_TEST_SUITE(mix_of_operations)

BOOST_AUTO_TEST_CASE(operations_and_weights_are_read) {
  const auto mix = parse_mix("get=90,set=5,list,sign:RS256=4,sign:PS256:3072=1,sign:ES512=2");
  BOOST_REQUIRE(mix.ok());
  BOOST_REQUIRE(mix->size() == 6u);
  BOOST_TEST(((*mix)[0].what->name == "secret-get" && (*mix)[0].weight == 90));
  BOOST_TEST(((*mix)[1].what->name == "secret-set" && (*mix)[1].weight == 5));
  BOOST_TEST(((*mix)[2].what->name == "secret-list" && (*mix)[2].weight == 1));
  BOOST_TEST(((*mix)[3].what->name == "sign" && (*mix)[3].rsa_bits == 2048));
  BOOST_TEST((*mix)[3].algorithm->name == "RS256");
  BOOST_TEST((*mix)[4].rsa_bits == 3072u);
  BOOST_TEST((*mix)[4].label == "sign:PS256:3072");
  BOOST_TEST((*mix)[5].algorithm->name == "ES512");
}

BOOST_AUTO_TEST_CASE(every_algorithm_of_the_service_can_be_asked_for_where_it_fits) {
  for (const crypto::algorithm& algorithm : crypto::algorithms()) {
    const std::string name(algorithm.name);
    for (const char* item : {"sign:", "verify:"}) {
      BOOST_TEST(parse_mix(item + name).ok() == algorithm.signs(), item + name);
    }
    for (const char* item : {"wrap:", "unwrap:"}) {
      BOOST_TEST(parse_mix(item + name).ok() == !algorithm.signs(), item + name);
    }
    for (const char* item : {"encrypt:", "decrypt:"}) {
      BOOST_TEST(parse_mix(item + name).ok() == (!algorithm.signs() && !algorithm.wraps_only()),
                 item + name);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_operation_of_the_service_is_reached_by_an_item) {
  for (const auto& row : twinkeep::protocol::operations()) {
    const bool reached = std::ranges::any_of(items(), [&](const item& i) {
      return std::ranges::any_of(i.steps, [&](const step& s) { return s.operation == row.id; });
    });
    BOOST_TEST(reached, row.name << " is reached by no item");
  }
}

BOOST_AUTO_TEST_CASE(every_item_is_found_by_its_names_and_no_two_share_one) {
  for (const item& i : items()) {
    BOOST_TEST(find_item(i.name) == &i);
    std::string snake(i.name);
    std::ranges::replace(snake, '-', '_');
    BOOST_TEST(find_item(snake) == &i);
    if (!i.alias.empty()) BOOST_TEST(find_item(i.alias) == &i);
    BOOST_REQUIRE(!i.steps.empty());
    const std::string asked = std::string(i.name) + (i.takes_algorithm() ? ":" : "");
    if (!i.takes_algorithm()) BOOST_TEST(parse_mix(asked).ok(), asked);
    BOOST_TEST(describe_items().find("  " + std::string(i.name)) != std::string::npos);
  }
  BOOST_TEST(find_item("") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_body_goes_with_operations_that_have_one) {
  for (const item& i : items()) {
    if (i.takes_algorithm()) continue;
    for (const step& s : i.steps) {
      const auto& row = twinkeep::protocol::row_of(s.operation);
      BOOST_TEST(s.body.empty() == !row.has_body, i.name << ": " << row.name);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_target_follows_the_operation_table) {
  using id = twinkeep::protocol::operation_id;
  const std::string query = "?api-version=2025-07-01";
  BOOST_TEST(target_of(id::secret_get, "a", "") == "/secrets/a" + query);
  BOOST_TEST(target_of(id::key_sign, "a", "1f") == "/keys/a/1f/sign" + query);
  BOOST_TEST(target_of(id::key_release, "a", "") == "/keys/a/release" + query);
  BOOST_TEST(target_of(id::random_bytes, "", "") == "/rng" + query);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_meant_is_refused_and_named) {
  for (const char* text : {"",
                           "get,",
                           ",get",
                           "gte",
                           "get=0",
                           "get=-1",
                           "get=x",
                           "get=",
                           "get=1.5",
                           "get=9999999",
                           "get,get=2",
                           "sign",
                           "sign:",
                           "sign:RSA-OAEP",
                           "sign:rs256",
                           "sign:RS256:1024",
                           "sign:RS256:x",
                           "sign:ES256:2048",
                           "encrypt:A256KW",
                           "wrap:ES256",
                           "get:RS256",
                           "key-list:"}) {
    const auto mix = parse_mix(text);
    BOOST_TEST(!mix.ok(), "accepted: " << text);
    if (!mix.ok()) BOOST_TEST(!mix.error().empty());
  }
  BOOST_TEST(parse_mix("get,bogus").error().find("\"bogus\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(items_are_chosen_by_their_weights) {
  const weighted_choice choice({1, 3, 6});
  std::array<int, 3> chosen{};
  for (std::uint64_t i = 0; i < 1000; ++i) ++chosen[choice.pick(i)];
  BOOST_TEST(chosen[0] == 100);
  BOOST_TEST(chosen[1] == 300);
  BOOST_TEST(chosen[2] == 600);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(open_loop_schedule)

BOOST_AUTO_TEST_CASE(fixed_arrivals_do_not_drift) {
  const instant start{};
  schedule s(3, arrivals::fixed, start, 1);  // a third of a second has no end in nanoseconds
  BOOST_TEST((s.next() == start));
  for (int i = 0; i < 3'000'000; ++i) s.advance();
  BOOST_TEST((s.next() - start == 1'000'000s));
}

BOOST_AUTO_TEST_CASE(poisson_arrivals_keep_the_rate_and_vary) {
  const instant start{};
  schedule s(1000, arrivals::poisson, start, 42);
  constexpr int many = 200'000;
  instant before = start;
  int long_gaps = 0;
  for (int i = 0; i < many; ++i) {
    BOOST_REQUIRE((s.next() >= before));
    if (s.next() - before > 1ms) ++long_gaps;
    before = s.next();
    s.advance();
  }
  const double seconds = std::chrono::duration<double>(before - start).count();
  BOOST_TEST(seconds > 0.99 * many / 1000);
  BOOST_TEST(seconds < 1.01 * many / 1000);
  // A gap is longer than the mean with probability 1/e.
  BOOST_TEST(long_gaps > many * 0.36);
  BOOST_TEST(long_gaps < many * 0.376);
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_arrivals) {
  schedule a(10, arrivals::poisson, {}, 5), b(10, arrivals::poisson, {}, 5),
      c(10, arrivals::poisson, {}, 6);
  BOOST_TEST((a.next() == b.next()));
  BOOST_TEST((a.next() != c.next()));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(http_answers)

BOOST_AUTO_TEST_CASE(a_head_is_read_once_it_is_complete) {
  const std::string text =
      "HTTP/1.1 200 OK\r\ncontent-LENGTH:  5 \r\nX: content-length: 9\r\n\r\nhello";
  response_head head;
  for (std::size_t size = 0; size < text.size() - 5; ++size) {
    BOOST_TEST((parse_head(text.substr(0, size), head) == parsed::incomplete));
  }
  BOOST_TEST((parse_head(text, head) == parsed::complete));
  BOOST_TEST(head.status == 200u);
  BOOST_TEST(head.head_bytes == text.size() - 5);
  BOOST_TEST(head.body_bytes == 5u);
  BOOST_TEST(head.keep_alive);
}

BOOST_AUTO_TEST_CASE(an_answer_without_a_body_or_a_kept_connection_is_understood) {
  response_head head;
  BOOST_TEST((parse_head("HTTP/1.1 204 No Content\r\n\r\n", head) == parsed::complete));
  BOOST_TEST(head.body_bytes == 0u);
  BOOST_TEST((parse_head("HTTP/1.1 503 x\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n",
                         head) == parsed::complete));
  BOOST_TEST(!head.keep_alive);
  BOOST_TEST((parse_head("HTTP/1.0 200 x\r\nContent-Length: 0\r\n\r\n", head) == parsed::complete));
  BOOST_TEST(!head.keep_alive);
}

BOOST_AUTO_TEST_CASE(what_is_not_plain_http_is_malformed) {
  for (const char* text :
       {"SSH-2.0-x\r\n\r\n", "HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 999 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"}) {
    response_head head;
    BOOST_TEST((parse_head(text, head) == parsed::malformed), text);
  }
}

BOOST_AUTO_TEST_CASE(a_header_is_found_by_its_name_in_any_case) {
  const std::string_view head =
      "HTTP/1.1 401 x\r\nA: 1\r\nWWW-Authenticate: Bearer x=\"y\"\r\n\r\n";
  BOOST_TEST(find_header(head, "www-authenticate") == "Bearer x=\"y\"");
  BOOST_TEST(find_header(head, "authenticate") == "");
}

BOOST_AUTO_TEST_CASE(a_request_has_what_its_method_needs) {
  BOOST_TEST(write_request({"GET", "/a?b", "h:1", "t", {}, {}}) ==
             "GET /a?b HTTP/1.1\r\nHost: h:1\r\nAuthorization: Bearer t\r\n\r\n");
  BOOST_TEST(
      write_request({"POST", "/a", "h", {}, "text/x", "body"}) ==
      "POST /a HTTP/1.1\r\nHost: h\r\nContent-Type: text/x\r\nContent-Length: 4\r\n\r\nbody");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(results_and_inputs)

BOOST_AUTO_TEST_CASE(a_tally_counts_by_status_and_times_what_succeeded_or_came_too_late) {
  tally t;
  t.answered(200, 10ns);
  t.answered(204, 20ns);
  t.answered(503, 1ns);
  t.answered(503, 1ns);
  t.lost(loss::connection, 1ns);
  t.lost(loss::timeout, 100ns);
  t.lost(loss::unsent, 200ns);
  BOOST_TEST(t.requests() == 7u);
  BOOST_TEST(t.succeeded() == 2u);
  BOOST_TEST(t.failed() == 5u);
  const auto errors = t.errors();
  BOOST_TEST(errors.size() == 4u);
  BOOST_TEST(errors.at("503") == 2u);
  BOOST_TEST(errors.at("connection") == 1u);
  BOOST_TEST(t.latencies().count() == 4u);
  BOOST_TEST(t.latencies().quantile(0).count() == 10);
  BOOST_TEST(t.latencies().max().count() == 200);

  tally sum;
  sum.merge(t);
  sum.merge(t);
  BOOST_TEST(sum.requests() == 14u);
  BOOST_TEST(sum.errors().at("timeout") == 2u);
  BOOST_TEST(sum.latencies().count() == 8u);
}

BOOST_AUTO_TEST_CASE(cpu_time_is_found_behind_any_command_name) {
  const auto stat = parse_process_stat(
      "42 (a) b (c)) S 7 42 42 0 -1 4194304 1 2 3 4 150 25 9 9 20 0 3 0 100 1 1");
  BOOST_REQUIRE(stat.has_value());
  BOOST_TEST(stat->parent == 7);
  BOOST_TEST(stat->ticks == 175);
  BOOST_TEST(!parse_process_stat("").has_value());
  BOOST_TEST(!parse_process_stat("42 (a) S 7 42").has_value());
}

BOOST_AUTO_TEST_CASE(a_ready_file_is_read_and_the_alias_preferred) {
  const auto read = parse_ready_file(R"({"authority":"https://a","tenant_id":"t","client_id":"c",
    "client_secret":"s","ca_file":"f","vaults":[{"name":"v","uri":"https://v","alias":"https://l"},
    {"name":"w","uri":"https://w"}]})");
  BOOST_REQUIRE(read.ok());
  BOOST_TEST(find_vault(*read, "")->url == "https://l");
  BOOST_TEST(find_vault(*read, "w")->url == "https://w");
  BOOST_TEST(find_vault(*read, "x") == nullptr);
}

BOOST_AUTO_TEST_CASE(a_ready_file_that_lacks_something_is_refused_by_name) {
  for (const char* text : {"", "[]", "{}", R"({"authority":1})"}) {
    BOOST_TEST(!parse_ready_file(text).ok(), text);
  }
  const auto read = parse_ready_file(
      R"({"authority":"https://a","tenant_id":"t","client_id":"c","ca_file":"f","vaults":[]})");
  BOOST_TEST(read.error().find("client_secret") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
