#include "actors/vault.hpp"

#include <deque>
#include <map>

#include "regions/vault/admission.hpp"
#include "regions/vault/apply.hpp"

namespace twinkeep::actors {

namespace {

using regions::verdict;

constexpr regions::duration look_for_purges_every = std::chrono::minutes{1};

struct vault_actor_state {
  static inline const char* name = "vault";
  using promise = caf::typed_response_promise<vault_reply_ptr>;
  struct mutation {
    vault_request_ptr request;
    promise reply;
    std::shared_ptr<const crypto::generated_key> generated;
    unsigned attempts = 0;
  };

  vault_actor::pointer self = nullptr;
  environment* env = nullptr;
  vault_setup setup;
  std::size_t next_member = 0;
  // By object: the mutation under way is the first, the others wait for its outcome.
  std::map<std::string, std::deque<mutation>> mutations;

  ~vault_actor_state() {
    for (auto& [object, waiting] : mutations) {
      for (auto& m : waiting) {
        if (m.reply.pending()) m.reply.deliver(caf::make_error(caf::sec::request_receiver_down));
      }
    }
  }

  regions::vault_state& vault() { return *setup.state; }

  vault_reply_ptr answer(verdict v) {
    auto reply = std::make_shared<vault_reply>();
    reply->answer = std::move(v);
    reply->vault = vault().identity;
    return reply;
  }

  regions::request_context context_of(const vault_request& r) {
    return {env->clock.now(), r.request_id, r.fresh_version, nullptr};
  }

  crypto_actor member() { return setup.team.members[next_member++ % setup.team.members.size()]; }

  caf::result<vault_reply_ptr> handle(const vault_request_ptr& r) {
    const auto& op = protocol::row_of(r->request->operation);
    if (op.effect == protocol::effect::mutate) return mutate(op, r);
    auto decided = regions::decide(vault(), *r->request, context_of(*r));
    if (auto* use = std::get_if<regions::use_key>(&decided.verdict)) {
      auto job =
          std::make_shared<const crypto_job>(crypto_job{r, std::move(*use), vault().identity});
      return self->delegate(member(), crypto_job_ptr{std::move(job)});
    }
    return answer(std::move(decided.verdict));
  }

  caf::result<vault_reply_ptr> mutate(const protocol::operation& op, const vault_request_ptr& r) {
    if (!setup.is_primary) {
      // The gateway's admission has refused it already; this copy could not commit it anyway.
      return answer(*regions::refuse_for_mode(
          op, regions::vault_mode::read_only,
          {vault().identity->name, vault().identity->home_region, setup.region_name, 1}));
    }
    auto reply = self->make_response_promise<vault_reply_ptr>();
    const auto object = regions::object_of(*r->request);
    auto& waiting = mutations[object];
    waiting.push_back({r, reply, nullptr, 0});
    if (waiting.size() == 1) start(object);
    return reply;
  }

  void start(const std::string& object) {
    auto& m = mutations.at(object).front();
    auto context = context_of(*m.request);
    context.generated = m.generated.get();
    auto decided = regions::decide(vault(), *m.request->request, context);
    if (const auto* make = std::get_if<regions::generate_key>(&decided.verdict)) {
      generate(object, make->spec);
    } else if (decided.records.empty()) {
      finish(object, answer(std::move(decided.verdict)));
    } else {
      commit(object, std::move(decided));
    }
  }

  void generate(const std::string& object, const crypto::key_spec& spec) {
    self->request(member(), caf::infinite, generate_job{spec})
        .then(
            [this, object](const generate_result& result) {
              if (!result.key) {
                finish(object, answer(result.reason));
                return;
              }
              mutations.at(object).front().generated = result.key;
              start(object);
            },
            [this, object, spec](const caf::error&) {
              // The crypto actor ended; nothing has happened yet, so another one may do it.
              if (++mutations.at(object).front().attempts < 3) {
                generate(object, spec);
              } else {
                finish(object, answer(protocol::service_unavailable("No crypto actor answers.")));
              }
            });
  }

  void commit(const std::string& object, regions::decision decided) {
    auto changes = regions::seal_records(decided.records, *vault().identity, env->random);
    auto request = std::make_shared<const commit_request>(
        commit_request{vault().identity->name, setup.incarnation, changes});
    auto reply = answer(std::move(decided.verdict));
    self->request(setup.region, caf::infinite, commit_request_ptr{std::move(request)})
        .then(
            [this, object, reply, changes = std::move(changes)](const commit_reply& outcome) {
              committed(object, reply, changes, outcome);
            },
            [this, object](const caf::error&) {
              finish(object, answer(protocol::service_unavailable(
                                 "The vault's region was lost while the request was under way.")));
            });
  }

  void committed(const std::string& object, const vault_reply_ptr& reply,
                 const std::vector<regions::record_change>& changes, const commit_reply& outcome) {
    if (!outcome.committed) {
      finish(
          object,
          answer(protocol::service_unavailable(
              outcome.in_doubt
                  ? "The request may or may not have been carried out: a replica failed."
                  : "The vault cannot be written at the moment: too few replicas are available.")));
      return;
    }
    // A region that was frozen finds its lease gone: its vaults may be served elsewhere, so nothing
    // is acknowledged. What was committed is there when the vault is loaded again.
    if (!outcome.lease || !outcome.lease->valid_at(self->clock().now())) {
      finish(object, answer(protocol::service_unavailable(
                         "The vault's region may no longer acknowledge writes.")));
      self->quit(caf::exit_reason::user_shutdown);
      return;
    }
    if (auto applied = regions::apply(vault(), changes, *outcome.lease); !applied) {
      self->quit(caf::exit_reason::unhandled_exception);
      return;
    }
    finish(object, reply);
  }

  void finish(const std::string& object, const vault_reply_ptr& reply) {
    const auto it = mutations.find(object);
    auto& asked = it->second.front().reply;
    if (asked.pending()) asked.deliver(reply);
    it->second.pop_front();
    if (it->second.empty()) {
      mutations.erase(it);
    } else {
      start(object);
    }
  }

  // What has been deleted for as long as it is retained is purged by the service itself.
  void purge_due() {
    self->delayed_send(self, look_for_purges_every, tick{});
    for (auto& request : regions::due_purges(vault(), env->clock.now())) {
      const auto object = regions::object_of(request);
      if (mutations.contains(object)) continue;
      auto r = std::make_shared<vault_request>();
      r->request_id = crypto::random_guid(env->random);
      r->request = std::make_shared<const protocol::request>(std::move(request));
      mutations[object].push_back({std::move(r), promise{}, nullptr, 0});
      start(object);
    }
  }

  void replicate(const regions::batch& b) {
    if (auto applied = regions::apply_replicated(vault(), b.changes); !applied) {
      self->quit(caf::exit_reason::unhandled_exception);
    }
  }
};

vault_actor::behavior_type behave(vault_actor::stateful_pointer<vault_actor_state> self,
                                  environment* env, const std::shared_ptr<vault_setup>& setup) {
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
      [self](const crypto_team& team) { self->state.setup.team = team; },
      [self](tick) { self->state.purge_due(); },
  };
}

}  // namespace

vault_actor spawn_vault(caf::actor_system& system, environment& env, vault_setup setup) {
  const auto region = setup.region_name;
  const auto zone = std::to_string(setup.zone);
  auto actor = system.spawn(behave, &env, std::make_shared<vault_setup>(std::move(setup)));
  env.ice.enroll(caf::actor_cast<caf::actor>(actor), {region, region + '/' + zone});
  return actor;
}

}  // namespace twinkeep::actors
