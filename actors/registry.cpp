#include "actors/registry.hpp"

#include <spdlog/spdlog.h>

#include <deque>

#include "protocol/identifiers.hpp"
#include "regions/registry/decide.hpp"

namespace twinkeep::actors {

namespace {

using regions::registry_verdict;
namespace management = protocol::management;

constexpr regions::duration look_every = std::chrono::minutes{1};
constexpr unsigned retry_after_s = 1;

registry_verdict unavailable(std::string message) {
  return management::error{management::error_code::service_unavailable, std::move(message),
                           retry_after_s};
}

struct registry_actor_state {
  static inline const char* name = "registry";
  using promise = caf::typed_response_promise<vault_reply_ptr>;
  struct change {
    vault_request_ptr request;
    promise reply;
  };

  vault_actor::pointer self = nullptr;
  environment* env = nullptr;
  registry_setup setup;
  std::deque<change> changes;  // the one under way is the first

  ~registry_actor_state() {
    for (auto& c : changes) {
      if (c.reply.pending()) c.reply.deliver(caf::make_error(caf::sec::request_receiver_down));
    }
  }

  regions::registry_state& registry() { return *setup.state; }

  static vault_reply_ptr answer(registry_verdict verdict) {
    auto reply = std::make_shared<vault_reply>();
    reply->registry = std::make_shared<const registry_verdict>(std::move(verdict));
    return reply;
  }

  caf::result<vault_reply_ptr> handle(const vault_request_ptr& r) {
    if (r->registry == nullptr) return caf::make_error(caf::sec::invalid_argument);
    if (!setup.is_primary) {
      // The desk has refused it already; this copy could not commit it anyway.
      return answer(management::error{management::error_code::vault_read_only,
                                      "The vault's region is failed over.", retry_after_s});
    }
    auto reply = self->make_response_promise<vault_reply_ptr>();
    add({r, reply});
    return reply;
  }

  void add(change c) {
    changes.push_back(std::move(c));
    if (changes.size() == 1) start();
  }

  void start() {
    const auto& request = *changes.front().request;
    auto decided = regions::decide(
        registry(), *request.registry,
        {env->clock.now(), request.request_id, env->topology, registry().identity->home_region});
    if (decided.records.empty()) return finish(std::move(decided.verdict));
    commit(std::move(decided));
  }

  void commit(regions::registry_decision decided) {
    auto sealed = regions::seal_records(decided.records, *registry().identity, env->random);
    auto request = std::make_shared<const commit_request>(
        commit_request{registry().identity->name, setup.incarnation, sealed});
    auto verdict = std::make_shared<registry_verdict>(std::move(decided.verdict));
    self->request(setup.region, caf::infinite, commit_request_ptr{std::move(request)})
        .then([this, verdict, sealed = std::move(sealed)](
                  const commit_reply& outcome) { committed(std::move(*verdict), sealed, outcome); },
              [this](const caf::error&) {
                finish(unavailable("The region was lost while the request was under way."));
              });
  }

  // As for a vault's mutation: without a lease nothing is acknowledged.
  void committed(registry_verdict verdict, const std::vector<regions::record_change>& sealed,
                 const commit_reply& outcome) {
    if (!outcome.committed) {
      finish(unavailable(outcome.in_doubt
                             ? "The request may or may not have been carried out: a replica failed."
                             : "The region cannot be written at the moment: too few replicas are "
                               "available."));
      return;
    }
    if (!outcome.lease || !outcome.lease->valid_at(self->clock().now())) {
      finish(unavailable("The region may no longer acknowledge changes."));
      self->quit(caf::exit_reason::user_shutdown);
      return;
    }
    if (auto applied = regions::apply(registry(), sealed, *outcome.lease); !applied) {
      self->quit(caf::exit_reason::unhandled_exception);
      return;
    }
    tell();
    finish(std::move(verdict));
  }

  void tell() {
    publish(*env, registry());
    self->send(setup.region, listing_of(registry()));
  }

  void finish(registry_verdict verdict) {
    auto reply = changes.front().reply;
    changes.pop_front();
    if (reply.pending()) reply.deliver(answer(std::move(verdict)));
    if (!changes.empty()) start();
  }

  void look() {
    if (!setup.is_primary) return;
    for (auto& due : regions::due_purges(registry(), env->clock.now())) {
      auto request = std::make_shared<vault_request>();
      request->request_id = crypto::random_guid(env->random);
      request->registry = std::make_shared<const regions::registry_request>(std::move(due));
      add({std::move(request), promise{}});
    }
  }

  void replicate(const regions::batch& b) {
    if (auto applied = regions::apply_replicated(registry(), b.changes); !applied) {
      self->quit(caf::exit_reason::unhandled_exception);
      return;
    }
    tell();
  }
};

vault_actor::behavior_type behave(vault_actor::stateful_pointer<registry_actor_state> self,
                                  environment* env, const std::shared_ptr<registry_setup>& setup) {
  auto& state = self->state;
  state.self = self;
  state.env = env;
  state.setup = std::move(*setup);
  self->monitor(state.setup.region);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  if (state.setup.is_primary) self->send(self, tick{});
  return {
      [self](const vault_request_ptr& request) { return self->state.handle(request); },
      [self](const replicated_changes& changes) { self->state.replicate(*changes.batch); },
      [](const crypto_team&) {},
      [](const hsm_team&) {},
      [self](tick) {
        self->delayed_send(self, look_every, tick{});
        self->state.look();
      },
      [self](wake) { self->state.look(); },
      [](const notice_outcome&) {},
      [](const settings_changed&) {},
  };
}

}  // namespace

vault_actor spawn_registry(caf::actor_system& system, environment& env, registry_setup setup) {
  const auto region = setup.region_name;
  const auto zone = std::to_string(setup.zone);
  auto actor = system.spawn(behave, &env, std::make_shared<registry_setup>(std::move(setup)));
  env.ice.enroll(caf::actor_cast<caf::actor>(actor), {region, region + '/' + zone});
  return actor;
}

void publish(environment& env, const regions::registry_state& registry) {
  auto view = std::make_shared<registry_view>();
  view->changes = registry.changes;
  view->vaults = registry.all();
  view->purging = registry.purging;
  for (const auto& [name, assignment] : registry.assignments) {
    view->assignments.push_back(assignment);
  }
  env.routes.update([&](routing_table& table) {
    publish_registry(table, env.topology, env.administrators, registry.identity->home_region, view);
  });
}

registry_listing_ptr listing_of(const regions::registry_state& registry) {
  auto listing = std::make_shared<registry_listing>();
  listing->origin = registry.identity->home_region;
  for (const auto& vault : registry.all()) {
    if (vault->deleted) {
      listing->gone.push_back(vault->name);
      continue;
    }
    auto& config = listing->vaults.emplace_back();
    config.name = vault->name;
    config.region = listing->origin;
    config.recovery = vault->recovery;
    config.sku = vault->sku;
  }
  for (const auto& name : registry.purging) {
    if (const auto vault = registry.find(name)) listing->purging.push_back(vault->name);
  }
  listing->gone.insert(listing->gone.end(), registry.purged.begin(), registry.purged.end());
  return listing;
}

}  // namespace twinkeep::actors
