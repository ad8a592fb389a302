#include "bench/load/report.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <cstdio>

#include "actors/admin/cli/duration.hpp"
#include "actors/admin/cli/text_table.hpp"

namespace twinkeep::load {
namespace json = boost::json;
namespace {

struct quantile {
  const char* name;
  double share;
};
constexpr std::array quantiles{quantile{"p50", 0.5}, quantile{"p90", 0.9}, quantile{"p99", 0.99},
                               quantile{"p99.9", 0.999}};

std::string one_decimal(double value) {
  std::array<char, 40> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.1f", value);
  return {text.data(), static_cast<std::size_t>(size)};
}

double seconds_of(std::chrono::nanoseconds d) {
  return std::chrono::duration<double>(d).count();
}
double us_of(std::chrono::nanoseconds d) {
  return static_cast<double>(d.count()) / 1e3;
}

json::object results_json(const run_report& report, const tally& results) {
  json::object errors;
  for (const auto& [name, times] : results.errors()) errors[name] = times;
  json::object latency;
  for (const quantile& q : quantiles) {
    latency[q.name] = us_of(results.latencies().quantile(q.share));
  }
  latency["max"] = us_of(results.latencies().max());
  latency["mean"] = us_of(results.latencies().mean());
  return {{"requests", results.requests()},
          {"succeeded", results.succeeded()},
          {"failed", results.failed()},
          {"errors", std::move(errors)},
          {"requests_per_second", report.per_second(results)},
          {"latency_us", std::move(latency)}};
}

}  // namespace

double run_report::per_second(const tally& t) const {
  const double seconds = seconds_of(measured);
  return seconds > 0 ? static_cast<double>(t.succeeded()) / seconds : 0;
}

std::string show_report(const run_report& report) {
  using cli::align;
  std::vector<cli::column> columns{
      {"operation"}, {"requests", align::right}, {"errors", align::right}, {"req/s", align::right}};
  for (const quantile& q : quantiles) columns.push_back({q.name, align::right});
  columns.push_back({"max", align::right});
  cli::text_table table(std::move(columns));
  std::string errors;
  const auto add = [&](const std::string& label, const tally& results) {
    std::vector<std::string> cells{label, std::to_string(results.requests()),
                                   std::to_string(results.failed()),
                                   one_decimal(report.per_second(results))};
    for (const quantile& q : quantiles) {
      cells.push_back(cli::show_duration(results.latencies().quantile(q.share)));
    }
    cells.push_back(cli::show_duration(results.latencies().max()));
    table.add_row(std::move(cells));
  };
  for (const operation_report& operation : report.operations) {
    add(operation.label, operation.results);
    for (const auto& [name, times] : operation.results.errors()) {
      errors += "errors of " + operation.label + ": " + name + " x " + std::to_string(times) + '\n';
    }
  }
  if (report.operations.size() > 1) add("total", report.total);

  std::string out = table.render() + errors;
  if (report.failed_connects > 0) {
    out += "failed connects: " + std::to_string(report.failed_connects) + '\n';
  }
  if (!report.last_problem.empty()) {
    out += "last problem of a connection: " + report.last_problem + '\n';
  }
  if (report.server_cpu_us) {
    out += "server CPU: " + one_decimal(*report.server_cpu_us) + " us/request\n";
  }
  if (report.generator_cpu_us) {
    out += "generator CPU: " + one_decimal(*report.generator_cpu_us) + " us/request\n";
  }
  return out;
}

json::object to_json(const run_report& report) {
  json::object out{{"seconds", seconds_of(report.measured)},
                   {"total", results_json(report, report.total)},
                   {"failed_connects", report.failed_connects}};
  json::array operations;
  for (const operation_report& operation : report.operations) {
    json::object entry = results_json(report, operation.results);
    entry["operation"] = operation.label;
    operations.push_back(std::move(entry));
  }
  out["operations"] = std::move(operations);
  const auto add = [&](const char* name, const std::optional<double>& value) {
    if (value) out[name] = *value;
  };
  add("server_cpu_us_per_request", report.server_cpu_us);
  add("generator_cpu_us_per_request", report.generator_cpu_us);
  if (!report.last_problem.empty()) out["last_problem"] = report.last_problem;
  return out;
}

}  // namespace twinkeep::load
