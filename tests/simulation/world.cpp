#include "tests/simulation/world.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

namespace twinkeep::simulation {

namespace {

regions::deployment topology_from(const std::string& configuration) {
  if (configuration.empty()) return regions::default_deployment();
  auto read = regions::read_deployment(configuration, "simulation");
  if (!read) throw std::invalid_argument(read.error().message);
  return std::move(*read);
}

}  // namespace

world::world(std::uint64_t seed, const std::string& configuration)
    : random_(seed),
      wall_(clock_),
      executor_(random_, clock_),
      topology_(topology_from(configuration)),
      medium_(regions::make_memory_medium(64)),  // short logs: gaps and snapshots do occur
      keys_(crypto::data_key::generate(random_)),
      provider_(crypto::make_openssl_provider()),
      events_(wall_) {
  clock_.current_time = instant{} + std::chrono::hours{1};
  if (std::getenv("TWINKEEP_TRACE") == nullptr) spdlog::set_level(spdlog::level::off);
  events_.add_sink([this](const actors::event& e) {
    spdlog::info("{} {} {}/{} {}", wall_.now_ms() % 1'000'000'000, to_string(e.kind), e.region,
                 e.zone, e.detail);
  });
  start();
}

world::~world() {
  stop();
}

void world::start() {
  civil_ = std::make_unique<actors::advanced_clock>(wall_);
  ice_ = std::make_unique<actors::freezer>();
  routes_ = std::make_unique<actors::routing_board>(actors::first_routing_table(topology_, {}, "tenant"));
  fault_board_ = std::make_unique<actors::fault_board>();
  directory_ = std::make_unique<actors::directory>();
  worker_keys_.clear();
  worker_keys_.resize(1);
  env_ = std::make_unique<actors::environment>(actors::environment{
      topology_, medium_, executor_, *civil_, random_, keys_, *provider_, *routes_, events_,
      *fault_board_, *ice_, *directory_, worker_keys_, nullptr, 2,
      [this](const std::string& why) { fatal_ = why; }, wall_, civil_.get(), courier_});
  config_ = std::make_unique<caf::actor_system_config>();
  config_->module_factories.push_back(
      [this](caf::actor_system& system) -> caf::actor_system::module* {
        scheduler_ = new seeded_scheduler(system, clock_, random_, *ice_);
        return scheduler_;
      });
  system_ = std::make_unique<caf::actor_system>(*config_);
  system_->await_actors_before_shutdown(false);
  injector_ = std::make_unique<actors::fault_injector>(*system_, *env_);
  guardian_ = actors::start_supervision(*system_, *env_);
}

void world::stop() {
  injector_->end_all();
  caf::anon_send_exit(guardian_, caf::exit_reason::user_shutdown);
  guardian_ = nullptr;
  executor_.drop_all();
  while (scheduler_->run_one()) {
  }
  routes_->publish(nullptr);
  clock_.cancel_all();
  injector_.reset();
  system_.reset();
  executor_.drop_all();
}

void world::restart() {
  stop();
  start();
}

void world::listen(actors::notice_courier& courier) {
  courier_ = &courier;
  env_->courier = &courier;
}

// One thing that can happen now; if nothing can, time goes on to the next thing.
bool world::step(instant limit) {
  const bool disk_first = random_.chance(30);
  if (disk_first && executor_.run_one_due()) return true;
  if (scheduler_->run_one() || executor_.run_one_due()) return true;
  auto next = limit;
  if (const auto due = clock_.next_due()) next = std::min(next, *due);
  if (const auto due = executor_.next_due()) next = std::min(next, *due);
  clock_.advance_time(std::max(next, clock_.now()) - clock_.now());
  return clock_.now() < limit;
}

void world::run_for(duration d) {
  const auto limit = clock_.now() + d;
  while (step(limit)) {
  }
}

bool world::run_until(const std::function<bool()>& condition, duration limit) {
  const auto end = clock_.now() + limit;
  while (clock_.now() < end) {
    if (condition()) return true;
    run_for(std::chrono::milliseconds{20});
  }
  return condition();
}

actors::status_reply_ptr world::status() {
  const auto supervisor = env_->where.supervisor();
  if (!supervisor) return nullptr;
  auto answer = std::make_shared<actors::status_reply_ptr>();
  // As an argument, not a capture: CAF 0.17 dereferences a null tuple where there is no argument.
  system_->spawn(
      [answer](caf::event_based_actor* self, const actors::supervisor_actor& asked) {
        self->request(asked, caf::infinite, actors::status_query{})
            .then([answer](const actors::status_reply_ptr& reply) { *answer = reply; },
                  [](const caf::error&) {});
      },
      supervisor);
  run_for(std::chrono::milliseconds{1});
  return *answer;
}

const actors::route_entry& world::route(const std::string& vault) {
  return *routes_->current()->find(vault);
}

bool world::healthy() {
  const auto s = status();
  if (!s) return false;
  for (const auto& r : s->regions) {
    if (r.phase != regions::region_phase::up || !r.status || !r.status->quorum) return false;
    if (!std::ranges::all_of(r.status->zones, &actors::zone_status::in_sync)) return false;
    if (r.status->replication && r.status->replication->lag_revisions > 0) return false;
  }
  return std::ranges::all_of(routes_->current()->vaults, [](const auto& entry) {
    const auto& route = entry.second;
    return route.route.mode == regions::vault_mode::read_write && route.primary &&
           (route.secondary_region.empty() || route.secondary);
  });
}

std::size_t world::count_events(actors::event_kind kind) const {
  const auto all = events_.since(0);
  return static_cast<std::size_t>(std::ranges::count(all, kind, &actors::event::kind));
}

}  // namespace twinkeep::simulation
