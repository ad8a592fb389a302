#include "actors/vault.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "regions/vault/admission.hpp"
#include "regions/vault/apply.hpp"
#include "regions/vault/delivery.hpp"
#include "regions/vault/due.hpp"
#include "regions/vault/throttle.hpp"

namespace twinkeep::actors {

namespace {

using regions::verdict;

constexpr regions::duration look_every = std::chrono::minutes{1};
constexpr unsigned most_doublings = 6;  // 64 s: no sooner than by look_every
// What forgetting notices is queued under. No object has such a name.
constexpr std::string_view notices_object = "/notices";

struct vault_actor_state {
  static inline const char* name = "vault";
  using promise = caf::typed_response_promise<vault_reply_ptr>;
  struct mutation {
    vault_request_ptr request;
    promise reply;
    regions::work_result_ptr done;
    unsigned attempts = 0;
    bool is_own = false;  // asked by the vault itself
  };

  vault_actor::pointer self = nullptr;
  environment* env = nullptr;
  vault_setup setup;
  std::size_t next_member = 0;
  std::optional<regions::throttle> limits;        // none: everything is admitted
  std::optional<protocol::unix_seconds> awaited;  // when an issuer will have had its time
  // What is due is asked for in parts; the next part when one is done and something came of it.
  std::size_t own_under_way = 0;
  bool more_is_due = false;
  bool has_progressed = false;
  std::set<std::string> passed_over;  // objects that were busy when something of them was due
  unsigned own_failures = 0;          // in a row
  bool is_put_off = false;
  regions::delivery delivery;
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
    if (r->request == nullptr) return caf::make_error(caf::sec::invalid_argument);
    if (limits) {
      const auto cost = regions::cost_of(vault(), *r->request);
      if (const auto wait = limits->admit(cost, self->clock().now())) {
        return answer(protocol::throttled(*wait));
      }
    }
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
    context.done = m.done.get();
    auto decided = regions::decide(vault(), *m.request->request, context);
    if (auto* work = std::get_if<regions::vault_work>(&decided.verdict)) {
      have_done(object, std::make_shared<const work_job>(
                            work_job{m.request, std::move(*work), vault().identity}));
    } else if (decided.records.empty()) {
      finish(object, answer(std::move(decided.verdict)));
    } else {
      commit(object, std::move(decided));
    }
  }

  void have_done(const std::string& object, const work_job_ptr& job) {
    self->request(member(), caf::infinite, job)
        .then([this, object](const regions::work_result_ptr& result) { was_done(object, result); },
              [this, object, job](const caf::error&) {
                // The crypto actor ended; nothing has happened yet, so another one may do it.
                if (++mutations.at(object).front().attempts < 3) {
                  have_done(object, job);
                } else {
                  finish(object, answer(protocol::service_unavailable("No crypto actor answers.")));
                }
              });
  }

  void was_done(const std::string& object, const regions::work_result_ptr& result) {
    auto& m = mutations.at(object).front();
    const auto* refused = std::get_if<protocol::error>(result.get());
    // Why a certificate could not be issued is for the vault to keep, unless it is for the moment.
    const bool is_own = std::holds_alternative<protocol::issue_pending>(m.request->request->body);
    if (refused != nullptr && (!is_own || refused->retry_after_s)) {
      finish(object, answer(*refused));
      return;
    }
    m.done = result;
    start(object);
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
    const auto before = touched_hsm_keys(changes);
    if (auto applied = regions::apply(vault(), changes, *outcome.lease); !applied) {
      self->quit(caf::exit_reason::unhandled_exception);
      return;
    }
    tell_hsms(changes, before);
    const auto& m = mutations.at(object).front();
    const auto changed = m.request->request->operation;
    if (m.is_own) {
      has_progressed = true;
      own_failures = 0;
    }
    finish(object, reply);
    if (protocol::row_of(changed).kind == protocol::object_kind::certificate) {
      look_for_certificates();
    }
    deliver();
  }

  void finish(const std::string& object, const vault_reply_ptr& reply) {
    const auto it = mutations.find(object);
    const auto done = std::move(it->second.front());
    it->second.pop_front();
    auto asked = done.reply;
    if (asked.pending()) asked.deliver(reply);
    if (it->second.empty()) {
      mutations.erase(it);
    } else {
      start(object);
    }
    if (!mutations.contains(object) && passed_over.erase(object) > 0) look();
    if (done.is_own) finish_own(*done.request->request, *reply);
  }

  void finish_own(const protocol::request& request, const vault_reply& reply) {
    const auto* told = std::get_if<protocol::notice_taken>(&request.body);
    if (told != nullptr) {
      forgotten(told->id);
    } else if (fails_for_now(reply)) {
      look_again();
    }
    if (--own_under_way == 0 && more_is_due && has_progressed) look();
  }

  static bool fails_for_now(const vault_reply& reply) {
    const auto* said = std::get_if<verdict>(&reply.answer);
    const auto* refused = said != nullptr ? std::get_if<protocol::error>(said) : nullptr;
    return refused != nullptr && refused->retry_after_s;
  }

  // A region that comes back may not acknowledge yet when its vaults look for the first time; a
  // lost quorum takes longer, so pauses grow.
  void look_again() {
    if (std::exchange(is_put_off, true)) return;
    const auto doublings = std::min(own_failures++, most_doublings);
    self->delayed_send(self, std::chrono::seconds{1U << doublings}, wake{});
  }

  // What time demands is asked of the vault like a client's request, without a client.
  void ask_oneself(std::vector<protocol::request> due) {
    for (auto& request : due) {
      const auto object = regions::object_of(request);
      if (mutations.contains(object)) {
        passed_over.insert(object);
        continue;
      }
      auto r = std::make_shared<vault_request>();
      r->request_id = crypto::random_guid(env->random);
      r->fresh_version = crypto::random_hex_id(env->random);
      r->request = std::make_shared<const protocol::request>(std::move(request));
      mutations[object].push_back({std::move(r), promise{}, nullptr, 0, true});
      ++own_under_way;
      start(object);
    }
  }

  void look() {
    if (!setup.is_primary) return;
    auto due = regions::due_requests(vault(), env->clock.now());
    more_is_due = due.size() >= regions::due_at_once;
    has_progressed = false;
    is_put_off = false;
    ask_oneself(std::move(due));
    await_certificates();
    deliver();
  }

  // Only the primary tells, one notice after the other: each is told at least once, and a copy
  // that serves for a while tells nothing.
  void deliver() {
    if (env->courier == nullptr || !setup.is_primary) return;
    const auto step = delivery.next(vault(), self->clock().now());
    if (!step) return;
    if (step->taken) return forget(step->told->id);
    // Weak, so that a courier does not keep a vault's actor that has been replaced.
    const auto me = caf::actor_cast<caf::weak_actor_ptr>(vault_actor{self});
    env->courier->post(*step->told, *vault().identity, [me, id = step->told->id](bool taken) {
      if (const auto vault = caf::actor_cast<caf::strong_actor_ptr>(me)) {
        caf::anon_send(caf::actor_cast<vault_actor>(vault), notice_outcome{id, taken});
      }
    });
  }

  void told(const notice_outcome& outcome) {
    if (!outcome.taken) return put_off();
    delivery.taken(outcome.id);
    forget(outcome.id);
  }

  void forget(const std::string& id) {
    std::vector<protocol::request> step;
    step.push_back({protocol::operation_id::secret_update,
                    std::string{notices_object},
                    {},
                    protocol::notice_taken{id}});
    ask_oneself(std::move(step));
  }

  void forgotten(const std::string& id) {
    if (vault().notices.contains(id)) return put_off();
    delivery.forgotten();
    deliver();
  }

  void put_off() { self->delayed_send(self, delivery.failed(self->clock().now()), wake{}); }

  // A certificate that was asked for is issued at once, or when its issuer has had it long enough.
  void look_for_certificates() {
    ask_oneself(regions::due_certificates(vault(), env->clock.now()));
    await_certificates();
  }

  void await_certificates() {
    const auto next = regions::next_certificate(vault(), env->clock.now());
    if (!next || awaited == next) return;
    awaited = next;
    self->delayed_send(self, std::chrono::seconds{*next - env->clock.now()}, wake{});
  }

  void change(const settings_changed& changed) {
    auto identity = *vault().identity;
    identity.recovery = changed.rules;
    identity.options = regions::options_of(env->topology, changed.sku);
    vault().identity = std::make_shared<const regions::vault_identity>(std::move(identity));
  }

  void replicate(const regions::batch& b) {
    const auto before = touched_hsm_keys(b.changes);
    if (auto applied = regions::apply_replicated(vault(), b.changes); !applied) {
      self->quit(caf::exit_reason::unhandled_exception);
      return;
    }
    tell_hsms(b.changes, before);
  }

  // A token that has come, or come back, is told of every key; later of those that change.
  void meet(const hsm_team& team) {
    const auto former = std::exchange(setup.hsms, team);
    std::vector<hsm_actor> fresh;
    std::ranges::copy_if(team.members, std::back_inserter(fresh), [&](const hsm_actor& member) {
      return std::ranges::find(former.members, member) == former.members.end();
    });
    introduce_to(fresh, regions::hsm_wishes::others::go_if_old);
  }

  void introduce_to(const std::vector<hsm_actor>& tokens, regions::hsm_wishes::others rest) {
    if (!tokens.empty()) wish(tokens, {{}, {}, regions::hsm_keys_of(vault()), {}, rest});
  }

  std::vector<regions::hsm_key> touched_hsm_keys(std::span<const regions::record_change> changes) {
    if (setup.hsms.members.empty()) return {};
    return regions::hsm_keys_touched(vault(), changes);
  }

  // A key that was made is in the tokens already, unless one has come meanwhile. `before`: what the
  // changes touched while they were not applied.
  void tell_hsms(std::span<const regions::record_change> changes,
                 const std::vector<regions::hsm_key>& before) {
    if (setup.hsms.members.empty()) return;
    regions::hsm_wishes wishes;
    wishes.keys = touched_hsm_keys(changes);
    wishes.dropped = regions::labels_gone(before, wishes.keys);
    if (wishes.keys.empty() && wishes.dropped.empty()) return;
    wish(setup.hsms.members, std::move(wishes));
  }

  void wish(const std::vector<hsm_actor>& tokens, regions::hsm_wishes wishes) {
    wishes.vault = vault().identity->name;
    wishes.identity = vault().identity;
    const auto shared = std::make_shared<const regions::hsm_wishes>(std::move(wishes));
    for (const auto& token : tokens) self->send(token, hsm_wishes_ptr{shared});
  }
};

vault_actor::behavior_type behave(vault_actor::stateful_pointer<vault_actor_state> self,
                                  environment* env, const std::shared_ptr<vault_setup>& setup) {
  auto& state = self->state;
  state.self = self;
  state.env = env;
  state.setup = std::move(*setup);
  if (state.vault().identity->options.azure_limits) state.limits.emplace();
  self->monitor(state.setup.region);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  if (state.setup.is_primary) self->send(self, tick{});
  state.introduce_to(state.setup.hsms.members, regions::hsm_wishes::others::go);
  return {
      [self](const vault_request_ptr& request) { return self->state.handle(request); },
      [self](const replicated_changes& changes) { self->state.replicate(*changes.batch); },
      [self](const crypto_team& team) { self->state.setup.team = team; },
      [self](const hsm_team& team) { self->state.meet(team); },
      [self](tick) {
        self->delayed_send(self, look_every, tick{});
        self->state.look();
      },
      [self](wake) { self->state.look(); },
      [self](const notice_outcome& outcome) { self->state.told(outcome); },
      [self](const settings_changed& changed) { self->state.change(changed); },
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
