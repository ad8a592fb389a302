#pragma once

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <mutex>

#include "actors/admin/drills.hpp"
#include "actors/admin/metrics.hpp"
#include "actors/environment.hpp"
#include "actors/fault_injector.hpp"
#include "actors/runtime/asio_scheduler.hpp"

namespace twinkeep::actors::tests {

// What the admin listener stands on, without regions and without a supervisor; loops and actors
// run.
struct admin_world {
  struct set_clock : wall_clock {
    std::atomic<std::int64_t> ms{1'750'000'000'000};  // 2025-06-15T15:06:40Z
    [[nodiscard]] std::int64_t now_ms() const override { return ms; }
  };
  struct no_executor : work_executor {
    bool submit(work_lane, work) override { return false; }
    [[nodiscard]] unsigned workers(work_lane) const override { return 1; }
  };

  set_clock clock;
  advanced_clock advanced{clock};
  no_executor executor;
  regions::deployment topology = regions::default_deployment();
  regions::faulty_medium medium{regions::make_memory_medium()};
  crypto::keyring keys{crypto::data_key::generate(crypto::system_random())};
  std::unique_ptr<crypto::key_provider> provider = crypto::make_openssl_provider();
  routing_board routes{first_routing_table(topology, {}, "tenant")};
  event_log events{clock};
  fault_board faults;
  freezer ice;
  directory where;
  std::vector<key_cache> worker_keys{1};
  environment env{topology, medium,    executor,    advanced, crypto::system_random(),
                  keys,     *provider, routes,      events,   faults,
                  ice,      where,     worker_keys, nullptr,  1,
                  {},       clock};

  event_loops loops{2};
  caf::actor_system_config config;
  std::unique_ptr<caf::actor_system> system;
  std::unique_ptr<fault_injector> injector;
  std::unique_ptr<drills> exercises;
  metrics numbers;

  admin_world() {
    events.add_sink([this](const event& e) { numbers.record(e); });
    use_asio_scheduler(config, loops, ice);
    system = std::make_unique<caf::actor_system>(config);
    injector = std::make_unique<fault_injector>(*system, env);
    exercises = std::make_unique<drills>(*injector, env, loops);
  }
  ~admin_world() {
    exercises.reset();
    where.clear();
    system.reset();
  }
  admin_world(const admin_world&) = delete;
  admin_world& operator=(const admin_world&) = delete;

  [[nodiscard]] regions::fault zone_down(const std::string& region, unsigned zone) const {
    regions::fault f;
    f.kind = regions::fault_kind::zone_down;
    f.region = region;
    f.zone = zone;
    return f;
  }
  [[nodiscard]] std::vector<event_kind> event_kinds() const {
    std::vector<event_kind> kinds;
    for (const auto& e : events.since(0)) kinds.push_back(e.kind);
    return kinds;
  }
};

// eastus2 is up and whole but for zone 3, centralus copies it, westus3 has not been heard of.
inline status_reply_ptr some_status() {
  auto east = std::make_shared<region_status>();
  east->name = "eastus2";
  east->pair = "centralus";
  east->revision = 12;
  east->quorum = true;
  east->zones = {zone_status{"up", true, 12}, {"up", true, 12}, {"catching_up", false, 7}};
  auto central = std::make_shared<region_status>();
  central->name = "centralus";
  central->pair = "eastus2";
  central->revision = 9;
  central->zones = {zone_status{"up", true, 9}, {"up", true, 9}, {"up", true, 9}};
  central->replication = replication_status{"eastus2", 9, 3, 0.25, 1'750'000'000'123};
  auto reply = std::make_shared<status_reply>();
  reply->regions.push_back({regions::region_phase::up, east, "eastus2", "centralus"});
  reply->regions.push_back({regions::region_phase::suspected, central, "centralus", "eastus2"});
  reply->regions.push_back({regions::region_phase::starting, nullptr, "westus3", ""});
  return reply;
}

}  // namespace twinkeep::actors::tests
