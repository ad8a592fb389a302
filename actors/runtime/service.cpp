#include "actors/runtime/service.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>

#include "actors/admin/admin_server.hpp"
#include "actors/admin/drills.hpp"
#include "actors/admin/metrics.hpp"
#include "actors/audit/open_audit_log.hpp"
#include "actors/fault_injector.hpp"
#include "actors/gateway/gateway.hpp"
#include "actors/runtime/asio_scheduler.hpp"
#include "actors/runtime/issuer_keys.hpp"
#include "actors/runtime/seals.hpp"
#include "actors/runtime/webhook_courier.hpp"
#include "actors/supervisor.hpp"

namespace twinkeep::actors {

namespace {

constexpr std::chrono::milliseconds drain_patience{5000};

regions::region_directories directories_of(const regions::deployment& topology) {
  regions::region_directories own;
  for (const auto& r : topology.regions) {
    if (!r.directory.empty()) own.emplace(std::string{r.facts->name}, r.directory);
  }
  return own;
}

executor_limits limits_for(const regions::deployment& topology) {
  executor_limits limits;
  limits.crypto_threads = std::max(2U, std::thread::hardware_concurrency());
  // A disk command blocks its thread; no zone waits for another one's disk.
  limits.disk_threads =
      static_cast<unsigned>(topology.regions.size()) * regions::replicas_per_region;
  limits.tokens = topology.hsms.size();
  return limits;
}

std::vector<std::string> administrators_of(const service_identity& identity) {
  if (!identity.client) return {};
  return {identity.client->object_id};
}

void write_log_line(const event& e) {
  std::string line{to_string(e.kind)};
  if (!e.region.empty()) line += ' ' + e.region;
  if (e.zone != 0) line += '/' + std::to_string(e.zone);
  if (!e.detail.empty()) line += ": " + e.detail;
  if (e.took) {
    line += fmt::format(" (took {:.3f} s)", std::chrono::duration<double>(*e.took).count());
  }
  if (e.lag_revisions) line += fmt::format(" (secondary {} revisions behind)", *e.lag_revisions);
  spdlog::info("{}", line);
}

}  // namespace

// In the order of their making; what is below uses what is above.
struct service::parts {
  regions::deployment topology;
  std::filesystem::path data;
  std::function<void(const std::string&)> fatal;
  std::optional<crypto::keyring> keys;
  std::optional<crypto::data_key> backup_key;
  std::unique_ptr<crypto::key_provider> provider = crypto::make_openssl_provider();
  std::optional<service_identity> identity;
  std::optional<service_doors> doors;
  metrics numbers;
  event_log events{system_wall_clock()};
  std::unique_ptr<audit_log> audit;
  advanced_clock clock{system_wall_clock()};  // nothing moves it where drills may not
  fault_board faults;
  freezer ice;
  directory where;
  std::optional<routing_board> routes;
  std::optional<regions::faulty_medium> medium;
  std::optional<thread_executor> work;
  std::vector<key_cache> worker_keys;
  std::optional<environment> env;
  std::optional<event_loops> loops;
  std::unique_ptr<webhook_courier> courier;
  std::optional<trust_board> trust;
  std::unique_ptr<issuer_keys> issuers;
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  caf::actor guardian;
  std::optional<fault_injector> injector;
  std::optional<drills> exercises;
  std::optional<gateway> front;
  std::optional<admin_server> admin;
  std::atomic<bool> stopping{false};
  bool left_behind = false;

  parts(regions::deployment t, std::filesystem::path d,
        std::function<void(const std::string&)> on_fatal)
      : topology(std::move(t)), data(std::move(d)), fatal(std::move(on_fatal)) {}
};

service::service(regions::deployment topology, const std::filesystem::path& data,
                 std::function<void(const std::string&)> fatal)
    : parts_(std::make_unique<parts>(std::move(topology), data, std::move(fatal))) {}

service::~service() {
  stop();
}

result<void, std::string> service::start() {
  auto& p = *parts_;
  auto& random = crypto::system_random();
  auto seal = make_seal(p.topology.seal);
  if (!seal) return failure{seal.error()};
  crypto::discard_leftovers(keyring_file(p.data));
  // Said before: an HSM may take its time, or never answer.
  spdlog::info("opening the key-encryption key, which is under the seal {}", (*seal)->name());
  auto keys = crypto::keyring::open_or_create(keyring_file(p.data), **seal, random);
  if (!keys) return failure{keys.error().message};
  p.keys.emplace(std::move(*keys));
  p.backup_key.emplace(p.keys->derive("twinkeep backup"));
  auto identity =
      load_service_identity(p.data, p.topology, *p.keys, *p.provider, random, system_wall_clock());
  if (!identity) return failure{identity.error()};
  p.identity.emplace(std::move(*identity));
  p.topology.tenant = p.identity->tenant;

  p.events.add_sink(write_log_line);
  p.events.add_sink([&p](const event& e) { p.numbers.record(e); });
  auto audit = open_audit_log(p.topology.audit, p.data, p.events);
  if (!audit) return failure{"audit log " + audit.error()};
  p.audit = std::move(*audit);
  p.routes.emplace(first_routing_table(p.topology, administrators_of(*p.identity)));
  p.medium.emplace(regions::make_rocksdb_medium(p.data / "regions", directories_of(p.topology)));
  p.work.emplace(limits_for(p.topology));
  p.worker_keys.resize(p.work->workers(work_lane::crypto));
  p.env.emplace(environment{p.topology, *p.medium, *p.work, p.clock, random, *p.keys, *p.provider,
                            *p.routes, p.events, p.faults, p.ice, p.where, p.worker_keys,
                            &p.identity->issuing, 2, p.fatal, system_wall_clock(),
                            p.topology.allow_clock_advance ? &p.clock : nullptr});
  p.env->administrators = administrators_of(*p.identity);
  p.env->audit = p.audit.get();
  p.loops.emplace(std::max(1U, std::thread::hardware_concurrency()));
  if (p.topology.webhook) {
    auto courier = webhook_courier::make(p.topology, *p.loops,
                                         [&p](bool taken) { p.numbers.posted_notice(taken); });
    if (!courier) return failure{courier.error()};
    p.courier = std::move(*courier);
    p.env->courier = p.courier.get();
  }
  using protocol::token::trust;
  p.trust.emplace(std::make_shared<const trust>(trust{std::move(p.identity->issuers), 0}));
  auto issuers = issuer_keys::make(p.topology, *p.loops, *p.work, *p.trust);
  if (!issuers) return failure{issuers.error()};
  p.issuers = std::move(*issuers);
  use_asio_scheduler(p.config, *p.loops, p.ice);
  p.system = std::make_unique<caf::actor_system>(p.config);
  p.guardian = start_supervision(*p.system, *p.env);
  p.injector.emplace(*p.system, *p.env);
  p.exercises.emplace(*p.injector, *p.env, *p.loops);

  p.admin.emplace(admin_setup{*p.loops, *p.system, *p.env, *p.exercises, p.numbers,
                              p.identity->authority_pem, p.identity->issuing.certificate_pem,
                              [this] { return ready(); }});
  auto admin = p.admin->listen(p.topology.admin);
  if (!admin) return failure{"admin listener " + admin.error()};
  gateway_setup setup{*p.loops,
                      *p.env,
                      p.numbers,
                      p.identity->server,
                      p.identity->tenant,
                      p.identity->client ? &*p.identity->client : nullptr,
                      p.identity->clients,
                      p.identity->signer.get(),
                      *p.trust,
                      *p.backup_key,
                      p.issuers.get()};
  p.issuers->start();
  p.front.emplace(std::move(setup));
  if (auto bound = p.front->listen_privately(); !bound) return failure{bound.error()};
  auto managing = p.front->listen_for_management(p.topology.management_listen);
  if (!managing) return failure{"management listener " + managing.error()};
  auto listening = p.front->listen(p.topology.listen);
  if (!listening) return failure{"listener " + listening.error()};
  if (p.courier) p.courier->open(listening->front().port);
  const auto management = managing->empty() ? listening->front() : managing->front();
  p.doors.emplace(
      service_doors{p.topology, *p.identity, std::move(*listening), *admin, management});
  return {};
}

bool service::ready() const {
  if (parts_->stopping || !parts_->routes) return false;
  const auto table = parts_->routes->current();
  return std::ranges::all_of(table->vaults,
                             [](const auto& entry) { return entry.second.serving() != nullptr; });
}

bool service::left_threads_behind() const {
  return parts_->left_behind;
}

const service_doors& service::doors() const {
  return *parts_->doors;
}

void service::stop() {
  auto& p = *parts_;
  if (p.stopping.exchange(true)) return;
  // A frozen actor could not end.
  if (p.exercises) p.exercises->end_all();
  if (p.injector) p.injector->end_all();
  // Requests may wait for keys.
  if (p.issuers) p.issuers->stop();
  if (p.front) p.front->drain(drain_patience);
  if (p.admin) p.admin->stop();
  p.front.reset();
  p.admin.reset();
  p.exercises.reset();
  p.injector.reset();
  // While the loops run, and before the actors that it reports to are gone.
  if (p.courier && p.system) p.courier->stop();
  if (p.guardian) {
    caf::anon_send_exit(p.guardian, caf::exit_reason::user_shutdown);
    p.guardian = nullptr;
  }
  if (p.routes) p.routes->publish(std::make_shared<routing_table>());
  if (p.system) p.system->await_all_actors_done();
  // What disks have begun ends before the stores are closed.
  if (p.work && !p.work->finish(drain_patience)) p.left_behind = true;
  p.work.reset();
  p.system.reset();
  p.courier.reset();
  p.issuers.reset();
  p.loops.reset();
  p.audit.reset();  // after the last request: all lines are written
  p.worker_keys.clear();
}

}  // namespace twinkeep::actors
