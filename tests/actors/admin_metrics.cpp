#include <sstream>
#include <thread>

#include "admin_kit.hpp"
#include "protocol/operations.hpp"

namespace twinkeep::actors::tests {

namespace {

using namespace std::chrono_literals;

// The value of one series, or nothing.
std::optional<double> sample(const std::string& text, const std::string& series) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(series + " ")) return std::stod(line.substr(series.size() + 1));
  }
  return std::nullopt;
}

const protocol::operation* row(protocol::operation_id id) {
  return &protocol::row_of(id);
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(admin_metrics, admin_world)

BOOST_AUTO_TEST_CASE(requests_are_counted_by_operation_and_class) {
  using enum protocol::operation_id;
  for (int i = 0; i < 3; ++i) numbers.finished(row(secret_get), 200, 300us);
  numbers.finished(row(secret_get), 404, 100us);
  numbers.finished(row(key_sign), 503, 2s);
  numbers.finished(nullptr, 200, 1ms);
  numbers.finished(row(key_verify), 999, -1ns);  // nonsense is counted, and hurts nobody
  const auto text = numbers.expose(nullptr, *routes.current());
  const auto total = [&](const std::string& operation, const std::string& status) {
    return sample(text, "twinkeep_requests_total{operation=\"" + operation + "\",status_class=\"" +
                            status + "\"}");
  };
  BOOST_TEST(total("SecretGet", "2xx").value() == 3);
  BOOST_TEST(total("SecretGet", "4xx").value() == 1);
  BOOST_TEST(total("KeySign", "5xx").value() == 1);
  BOOST_TEST(total("KeyVerify", "5xx").value() == 1);
  BOOST_TEST(total("none", "2xx").value() == 1);
  BOOST_TEST(!total("SecretGet", "5xx").has_value());
}

BOOST_AUTO_TEST_CASE(durations_fall_into_their_buckets) {
  const auto* get = row(protocol::operation_id::secret_get);
  for (const auto took : {50us, 51us, 400us}) numbers.finished(get, 200, took);
  numbers.finished(get, 200, 20s);
  const auto text = numbers.expose(nullptr, *routes.current());
  const std::string name = "twinkeep_request_duration_seconds";
  const auto bucket = [&](const std::string& bound) {
    return sample(text, name + "_bucket{operation=\"SecretGet\",le=\"" + bound + "\"}").value();
  };
  BOOST_TEST(bucket("5e-05") == 1);
  BOOST_TEST(bucket("0.0001") == 2);
  BOOST_TEST(bucket("0.00025") == 2);
  BOOST_TEST(bucket("0.0005") == 3);
  BOOST_TEST(bucket("10") == 3);
  BOOST_TEST(bucket("+Inf") == 4);
  BOOST_TEST(sample(text, name + "_count{operation=\"SecretGet\"}").value() == 4);
  BOOST_TEST(sample(text, name + "_sum{operation=\"SecretGet\"}").value() == 20.000501,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(nothing_is_lost_between_threads) {
  const auto* get = row(protocol::operation_id::secret_get);
  constexpr int threads = 12;
  constexpr int each = 2000;
  {
    std::vector<std::jthread> all;
    for (int t = 0; t < threads; ++t) {
      all.emplace_back([&] {
        for (int i = 0; i < each; ++i) numbers.finished(get, 200, 1ms);
      });
    }
  }
  const auto text = numbers.expose(nullptr, *routes.current());
  BOOST_TEST(
      sample(text, "twinkeep_request_duration_seconds_count{operation=\"SecretGet\"}").value() ==
      threads * each);
}

BOOST_AUTO_TEST_CASE(events_are_counted_by_kind_and_region) {
  for (int i = 0; i < 2; ++i) {
    event e;
    e.kind = event_kind::failed_over;
    e.region = "eastus2";
    events.record(e);
  }
  const auto text = numbers.expose(nullptr, *routes.current());
  BOOST_TEST(
      sample(text, "twinkeep_events_total{kind=\"failed_over\",region=\"eastus2\"}").value() == 2);
}

BOOST_AUTO_TEST_CASE(gauges_show_status_and_routes) {
  auto table = std::make_shared<routing_table>(*routes.current());
  table->vaults.at("demo").route.mode = regions::vault_mode::read_only;
  table->vaults.at("demo").gauge->in_flight = 5;
  const auto text = numbers.expose(some_status(), *table);
  const auto is = [&](const std::string& series, double value) {
    const auto found = sample(text, "twinkeep_" + series);
    BOOST_TEST((found && *found == value), series);
  };
  is("region_up{region=\"eastus2\"}", 1);
  is("region_up{region=\"centralus\"}", 0);
  is("zone_in_sync{region=\"eastus2\",zone=\"2\"}", 1);
  is("zone_in_sync{region=\"eastus2\",zone=\"3\"}", 0);
  is("replication_lag_revisions{region=\"centralus\"}", 3);
  is("replication_lag_seconds{region=\"centralus\"}", 0.25);
  is("vault_mode{vault=\"demo\",mode=\"read_only\"}", 1);
  is("vault_mode{vault=\"demo\",mode=\"read_write\"}", 0);
  is("vault_mode{vault=\"west\",mode=\"read_write\"}", 1);
  is("requests_in_flight{vault=\"demo\"}", 5);
  is("requests_in_flight{vault=\"west\"}", 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::actors::tests
