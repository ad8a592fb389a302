#include "actors/admin/metrics.hpp"

#include <prometheus/text_serializer.h>

#include <array>
#include <atomic>
#include <limits>
#include <map>
#include <mutex>

#include "protocol/operations.hpp"
#include "regions/failover/route.hpp"

namespace twinkeep::actors {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

using nanoseconds = std::chrono::duration<std::uint64_t, std::nano>;

// Upper bounds in nanoseconds: 50 us to 10 s.
constexpr std::array<std::uint64_t, 16> bounds{
    50'000,      100'000,       250'000,       500'000,       1'000'000,   2'500'000,
    5'000'000,   10'000'000,    25'000'000,    50'000'000,    100'000'000, 250'000'000,
    500'000'000, 1'000'000'000, 2'500'000'000, 10'000'000'000};
constexpr double nanoseconds_a_second = 1e9;

constexpr std::array<std::string_view, 5> status_classes{"1xx", "2xx", "3xx", "4xx", "5xx"};
constexpr std::size_t most_operations = 128;
constexpr std::size_t no_operation = most_operations - 1;  // the last cell
static_assert(static_cast<std::size_t>(protocol::operation_id::key_verify) < no_operation);
constexpr unsigned shards = 8;

using counter = std::atomic<std::uint64_t>;

void add(counter& c, std::uint64_t n) {
  c.fetch_add(n, std::memory_order_relaxed);
}
std::uint64_t read(const counter& c) {
  return c.load(std::memory_order_relaxed);
}

// What one thread counted of one operation.
struct cell {
  std::array<counter, status_classes.size()> answers{};
  std::array<counter, bounds.size() + 1> buckets{};  // the last one has no bound
  counter total_ns{0};
};

// Each thread counts in a shard of its own (while there are no more threads than shards), so that
// the loops' cores do not pass cache lines to and fro.
struct alignas(128) shard {
  std::array<cell, most_operations> cells;
};

unsigned shard_of_this_thread() {
  static std::atomic<unsigned> next{0};
  thread_local const unsigned mine = next.fetch_add(1, std::memory_order_relaxed) % shards;
  return mine;
}

std::size_t bucket_of(std::uint64_t ns) {
  std::size_t i = 0;
  while (i < bounds.size() && ns > bounds[i]) ++i;
  return i;
}

ClientMetric labelled(std::initializer_list<ClientMetric::Label> labels) {
  ClientMetric m;
  m.label = labels;
  return m;
}

MetricFamily family(std::string name, std::string help, MetricType type) {
  MetricFamily f;
  f.name = std::move(name);
  f.help = std::move(help);
  f.type = type;
  return f;
}

void add_gauge(MetricFamily& f, std::initializer_list<ClientMetric::Label> labels, double value) {
  auto m = labelled(labels);
  m.gauge.value = value;
  f.metric.push_back(std::move(m));
}

void add_present(std::vector<MetricFamily>& out, std::initializer_list<MetricFamily*> families) {
  for (auto* f : families) {
    if (!f->metric.empty()) out.push_back(std::move(*f));
  }
}

void add_hsms(std::vector<MetricFamily>& out, const status_reply& status) {
  auto up =
      family("twinkeep_hsm_up", "Whether the zone's HSM token can be used.", MetricType::Gauge);
  auto keys = family("twinkeep_hsm_keys", "Keys that the token holds.", MetricType::Gauge);
  auto missing = family("twinkeep_hsm_missing_keys", "Keys that the token is still to be given.",
                        MetricType::Gauge);
  for (const auto& region : status.regions) {
    if (!region.status) continue;
    for (const auto& hsm : region.status->hsms) {
      const auto add = [&](MetricFamily& f, std::size_t value) {
        add_gauge(f, {{"region", region.name}, {"zone", std::to_string(hsm.zone)}},
                  static_cast<double>(value));
      };
      add(up, hsm.state == "down" ? 0 : 1);
      add(keys, hsm.report.keys);
      add(missing, hsm.report.missing);
    }
  }
  add_present(out, {&up, &keys, &missing});
}

void add_status(std::vector<MetricFamily>& out, const status_reply& status) {
  auto up = family("twinkeep_region_up", "Whether the region is up and serves.", MetricType::Gauge);
  auto sync = family("twinkeep_zone_in_sync", "Whether the zone has every committed write.",
                     MetricType::Gauge);
  auto revisions =
      family("twinkeep_replication_lag_revisions",
             "How many revisions the region is behind the one that it copies.", MetricType::Gauge);
  auto age =
      family("twinkeep_replication_lag_seconds",
             "For how long the region has been behind the one that it copies.", MetricType::Gauge);
  for (const auto& region : status.regions) {
    add_gauge(up, {{"region", region.name}}, region.phase == regions::region_phase::up ? 1 : 0);
    if (!region.status) continue;
    unsigned zone = 0;
    for (const auto& z : region.status->zones) {
      add_gauge(sync, {{"region", region.name}, {"zone", std::to_string(++zone)}},
                z.in_sync ? 1 : 0);
    }
    if (const auto& r = region.status->replication) {
      add_gauge(revisions, {{"region", region.name}}, static_cast<double>(r->lag_revisions));
      add_gauge(age, {{"region", region.name}}, r->lag_seconds);
    }
  }
  add_present(out, {&up, &sync, &revisions, &age});
  add_hsms(out, status);
}

void add_audit(std::vector<MetricFamily>& out, const audit_status& audit) {
  auto lines = family("twinkeep_audit_lines_total", "Lines of the audit log, by what came of them.",
                      MetricType::Counter);
  for (const auto& [outcome, count] : {std::pair{"written", audit.written}, {"lost", audit.lost}}) {
    auto m = labelled({{"outcome", outcome}});
    m.counter.value = static_cast<double>(count);
    lines.metric.push_back(std::move(m));
  }
  auto refused =
      family("twinkeep_audit_refused_requests_total",
             "Requests not served because the audit log took no lines.", MetricType::Counter);
  refused.metric.emplace_back().counter.value = static_cast<double>(audit.refused);
  auto failing =
      family("twinkeep_audit_failing", "Whether the audit log takes no lines.", MetricType::Gauge);
  add_gauge(failing, {}, audit.failing ? 1 : 0);
  for (auto* f : {&lines, &refused, &failing}) out.push_back(std::move(*f));
}

void add_routes(std::vector<MetricFamily>& out, const routing_table& routes) {
  auto modes = family("twinkeep_vault_mode", "1 for the mode in which the vault is served.",
                      MetricType::Gauge);
  auto waiting = family("twinkeep_requests_in_flight", "Requests taken and not yet answered.",
                        MetricType::Gauge);
  using enum regions::vault_mode;
  for (const auto& [key, route] : routes.vaults) {
    if (route.resource == nullptr) continue;  // a registry
    for (const auto mode : {read_write, read_only, unavailable}) {
      add_gauge(modes, {{"vault", route.vault}, {"mode", std::string{to_string(mode)}}},
                route.route.mode == mode ? 1 : 0);
    }
    if (route.gauge) {
      add_gauge(waiting, {{"vault", route.vault}},
                route.gauge->in_flight.load(std::memory_order_relaxed));
    }
  }
  out.push_back(std::move(modes));
  out.push_back(std::move(waiting));
}

}  // namespace

struct metrics::state {
  std::array<shard, shards> counted;
  std::array<counter, 2> notices{};   // failed, delivered
  std::array<counter, 2> refusals{};  // looked at, limited
  std::mutex mutex;
  std::map<std::pair<event_kind, std::string>, std::uint64_t> events;

  void add_requests(std::vector<MetricFamily>& out) const;
  void add_events(std::vector<MetricFamily>& out);
  void add_outcomes(std::vector<MetricFamily>& out) const;
  void add_operation(std::size_t index, const std::string& name, MetricFamily& answers,
                     MetricFamily& times) const;
};

void metrics::state::add_operation(std::size_t index, const std::string& name,
                                   MetricFamily& answers, MetricFamily& times) const {
  std::array<std::uint64_t, status_classes.size()> by_class{};
  std::array<std::uint64_t, bounds.size() + 1> by_bucket{};
  std::uint64_t total_ns = 0;
  for (const auto& s : counted) {
    const auto& c = s.cells[index];
    for (std::size_t i = 0; i < by_class.size(); ++i) by_class[i] += read(c.answers[i]);
    for (std::size_t i = 0; i < by_bucket.size(); ++i) by_bucket[i] += read(c.buckets[i]);
    total_ns += read(c.total_ns);
  }
  for (std::size_t i = 0; i < by_class.size(); ++i) {
    if (by_class[i] == 0) continue;
    auto m = labelled({{"operation", name}, {"status_class", std::string{status_classes[i]}}});
    m.counter.value = static_cast<double>(by_class[i]);
    answers.metric.push_back(std::move(m));
  }
  auto m = labelled({{"operation", name}});
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < by_bucket.size(); ++i) {
    seen += by_bucket[i];
    const auto bound = i < bounds.size() ? static_cast<double>(bounds[i]) / nanoseconds_a_second
                                         : std::numeric_limits<double>::infinity();
    m.histogram.bucket.push_back({seen, bound});
  }
  if (seen == 0) return;
  m.histogram.sample_count = seen;
  m.histogram.sample_sum = static_cast<double>(total_ns) / nanoseconds_a_second;
  times.metric.push_back(std::move(m));
}

void metrics::state::add_requests(std::vector<MetricFamily>& out) const {
  auto answers = family("twinkeep_requests_total", "Requests answered, by operation and status.",
                        MetricType::Counter);
  auto times = family("twinkeep_request_duration_seconds",
                      "From a request read to its answer handed over.", MetricType::Histogram);
  for (const auto& op : protocol::operations()) {
    add_operation(static_cast<std::size_t>(op.id), std::string{op.name}, answers, times);
  }
  add_operation(no_operation, "none", answers, times);
  out.push_back(std::move(answers));
  out.push_back(std::move(times));
}

void metrics::state::add_events(std::vector<MetricFamily>& out) {
  auto all = family("twinkeep_events_total", "Changes of health, and drills.", MetricType::Counter);
  {
    std::lock_guard lock(mutex);
    for (const auto& [key, count] : events) {
      auto m = labelled({{"kind", std::string{to_string(key.first)}}, {"region", key.second}});
      m.counter.value = static_cast<double>(count);
      all.metric.push_back(std::move(m));
    }
  }
  out.push_back(std::move(all));
}

void metrics::state::add_outcomes(std::vector<MetricFamily>& out) const {
  const auto add_family = [&out](MetricFamily f, const std::array<counter, 2>& counts,
                                 std::array<const char*, 2> outcomes) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      auto m = labelled({{"outcome", outcomes[i]}});
      m.counter.value = static_cast<double>(read(counts[i]));
      f.metric.push_back(std::move(m));
    }
    out.push_back(std::move(f));
  };
  add_family(family("twinkeep_notices_total", "Notices posted to the webhook, by what came of it.",
                    MetricType::Counter),
             notices, {"failed", "delivered"});
  add_family(family("twinkeep_failed_authentications_total",
                    "Tokens and client secrets refused; limited: unseen, after too many.",
                    MetricType::Counter),
             refusals, {"refused", "limited"});
}

metrics::metrics() : state_(std::make_unique<state>()) {}
metrics::~metrics() = default;

void metrics::finished(const protocol::operation* op, unsigned status,
                       std::chrono::steady_clock::duration took) {
  const auto row = op ? static_cast<std::size_t>(op->id) : no_operation;
  auto& mine = state_->counted[shard_of_this_thread()].cells[row];
  constexpr unsigned a_class = 100;
  const auto status_class = status / a_class;
  add(mine.answers[status_class >= 1 && status_class <= status_classes.size() ? status_class - 1
                                                                              : 4],
      1);
  const auto ns = took.count() > 0 ? nanoseconds(took).count() : 0;
  add(mine.buckets[bucket_of(ns)], 1);
  add(mine.total_ns, ns);
}

void metrics::refused_caller(bool limited) {
  add(state_->refusals.at(limited ? 1 : 0), 1);
}

void metrics::posted_notice(bool taken) {
  add(state_->notices.at(taken ? 1 : 0), 1);
}

void metrics::record(const event& e) {
  std::lock_guard lock(state_->mutex);
  ++state_->events[{e.kind, e.region}];
}

std::string metrics::expose(const status_reply_ptr& status, const routing_table& routes,
                            const audit_sink* audit) {
  std::vector<MetricFamily> all;
  state_->add_requests(all);
  state_->add_events(all);
  state_->add_outcomes(all);
  if (audit != nullptr) add_audit(all, audit->status());
  if (status) add_status(all, *status);
  add_routes(all, routes);
  return prometheus::TextSerializer().Serialize(all);
}

}  // namespace twinkeep::actors
