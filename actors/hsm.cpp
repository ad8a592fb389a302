#include "actors/hsm.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>

#include "actors/key_cache.hpp"
#include "actors/key_use.hpp"
#include "actors/lane_answers.hpp"
#include "protocol/identifiers.hpp"
#include "regions/vault/records.hpp"

namespace twinkeep::actors {

namespace {

using token_ptr = std::shared_ptr<crypto::hsm_token>;

bool is_lost(const crypto::error& e) {
  return e.code == crypto::error_code::unavailable;
}

// A token that is being filled may not have the key yet.
crypto::outcome<void> ensure_held(crypto::hsm_token& token, const crypto_job& job,
                                  byte_view material) {
  if (const auto head = crypto::read_hsm_material_head(material)) {
    const auto held = token.holds(head->id);
    if (!held) return failure{held.error()};
    if (*held) return {};
  }
  return token.install(material, regions::hsm_label(job.vault->name, protocol::lower(job.key.name),
                                                    job.key.key->properties.version));
}

crypto::outcome<crypto::key*> load_from(crypto::hsm_token& token, key_cache& keys,
                                        const crypto_job& job) {
  const auto& key = *job.key.key;
  auto material = regions::open_value(*job.vault, key.record_key, key.value);
  if (!material) return failure{std::move(material).error()};
  if (auto there = ensure_held(token, job, material->view()); !there) {
    return failure{std::move(there).error()};
  }
  auto loaded = token.load(material->view());
  if (!loaded) return failure{std::move(loaded).error()};
  return &keys.put(*job.vault, key, std::move(*loaded));
}

// Only the loss of the token is no answer.
crypto::outcome<vault_reply_ptr> use_in(crypto::hsm_token& token, key_cache& keys,
                                        const crypto_job& job) {
  auto use = [&]() -> crypto::outcome<crypto_result> {
    if (auto* const known = keys.find(*job.vault, *job.key.key); known != nullptr) {
      auto result = use_key(job, *known);
      // The token may have lost no more than this key.
      if (result || !is_lost(result.error())) return result;
    }
    auto loaded = load_from(token, keys, job);
    if (!loaded) return failure{std::move(loaded).error()};
    return use_key(job, **loaded);
  };
  auto result = use();
  if (!result && is_lost(result.error())) return failure{std::move(result).error()};
  return reply_of(job, std::move(result));
}

crypto::outcome<regions::work_result_ptr> make_in(crypto::hsm_token& token, const work_job& job) {
  auto made =
      regions::attempt(job.work, *job.request->request, {token, *job.vault, nullptr, &token});
  if (made) {
    return std::make_shared<const regions::work_result>(std::move(*made));
  }
  if (is_lost(made.error())) return failure{std::move(made).error()};
  return std::make_shared<const regions::work_result>(regions::refused(made.error()));
}

crypto::outcome<hsm_installed> install_in(crypto::hsm_token& token, const hsm_installation& job) {
  for (const auto& [material, label] : job.keys) {
    auto done = token.install(material, label);
    if (done) continue;
    if (is_lost(done.error())) return failure{std::move(done).error()};
    // Of another security world, most likely: a backup that comes from another geography.
    return hsm_installed{protocol::bad_parameter(
        "The key cannot be brought into the HSMs of this vault's region: " + done.error().message)};
  }
  return hsm_installed{};
}

// What a step of filling ends with: the key that it installed, if it was to install one.
using filled = crypto::outcome<std::optional<crypto::hsm_key_id>>;

// One of the keys that a vault wants held.
filled hold_in(crypto::hsm_token& token, const regions::vault_identity& vault,
               const regions::hsm_key& wanted) {
  auto material = regions::open_value(vault, wanted.record_key, wanted.value);
  if (!material) return failure{std::move(material).error()};
  const auto head = crypto::read_hsm_material_head(material->view());
  if (!head) return crypto::fail(crypto::error_code::corrupt, "it is not the key of an HSM");
  if (auto done = token.install(material->view(), wanted.label); !done) {
    return failure{std::move(done).error()};
  }
  return std::optional{head->id};
}

// What is open, and what was in it then.
struct opened_token {
  token_ptr token;
  std::vector<crypto::hsm_object> objects;
};

struct hsm_state {
  static inline const char* name = "hsm";
  // A call that a module may not come back from.
  struct call {
    enum class stage { waits, runs, ended };
    std::atomic<stage> is{stage::waits};
    std::optional<regions::instant> seen;  // running, when the actor looked
  };
  hsm_actor::pointer self = nullptr;
  environment* env = nullptr;
  std::size_t number = 0;
  token_ptr token;
  std::shared_ptr<std::vector<key_cache>> keys;  // one for each worker of the token's lane
  std::vector<std::shared_ptr<call>> calls;
  regions::token_content content;
  std::optional<regions::instant> retry_at;  // what failed
  unsigned rounds_failed = 0;
  lane_answers<hsm_actor> answers;

  [[nodiscard]] const regions::hsm_config& config() const { return env->topology.hsms.at(number); }
  [[nodiscard]] hsm_report report() const { return {content.held(), content.missing()}; }

  // The asker has been told why.
  void lose() { self->quit(caf::exit_reason::unhandled_exception); }

  template <class Reply>
  auto lose_on_failure() {
    return [this](const crypto::outcome<Reply>& outcome) {
      if (!outcome) lose();
    };
  }

  // To be called when the call begins; the call ends with what it gives.
  auto watched() {
    auto begun = std::make_shared<call>();
    calls.push_back(begun);
    return [begun] {
      begun->is = call::stage::runs;
      const auto end = [](call* c) { c->is = call::stage::ended; };
      return std::unique_ptr<call, decltype(end)>(begun.get(), end);
    };
  }

  caf::result<hsm_report> open() {
    auto opened = std::make_shared<opened_token>();
    return answers.promise<hsm_report>(
        self,
        [opened, env = env, where = config().where](unsigned) -> crypto::outcome<hsm_report> {
          auto found = env->open_hsm(where);
          if (!found) return failure{std::move(found).error()};
          auto objects = (*found)->inventory();
          if (!objects) return failure{std::move(objects).error()};
          *opened = {std::move(*found), std::move(*objects)};
          return hsm_report{opened->objects.size(), 0};
        },
        hsm_report{}, to_lane(env->work, token_watch_lane(number)),
        [this, opened](const crypto::outcome<hsm_report>& outcome) {
          if (!outcome) return lose();
          token = opened->token;
          keys = std::make_shared<std::vector<key_cache>>(env->work.workers(token_lane(number)));
          content.opened(opened->objects);
        });
  }

  caf::result<hsm_report> ask() {
    if (hangs()) {
      lose();
      return caf::make_error(caf::sec::request_receiver_down,
                             std::string{"a call of the module does not come back"});
    }
    if (token == nullptr) return caf::make_error(caf::sec::request_receiver_down);
    retry_if_due();
    fill();
    return answers.promise<hsm_report>(
        self,
        [token = token, now = report()](unsigned) -> crypto::outcome<hsm_report> {
          if (auto well = token->ping(); !well) return failure{std::move(well).error()};
          return now;
        },
        report(), to_lane(env->work, token_watch_lane(number)), lose_on_failure<hsm_report>());
  }

  // Counted from when a call is first found under way, not from when it was asked for: a queue is
  // no sign of a module that hangs.
  bool hangs() {
    const auto now = self->clock().now();
    // Ended, or nobody else knows of it: the lane had no room.
    std::erase_if(calls,
                  [](const auto& c) { return c->is == call::stage::ended || c.use_count() == 1; });
    for (const auto& c : calls) {
      if (c->is == call::stage::runs) c->seen = c->seen.value_or(now);
    }
    return std::ranges::any_of(calls, [&](const auto& c) {
      return c->seen && now - *c->seen >= env->topology.timings.zone_timeout;
    });
  }

  // Soon done: if it is not, the module hangs.
  caf::result<vault_reply_ptr> use(const crypto_job_ptr& job) {
    if (token == nullptr) return caf::make_error(caf::sec::request_receiver_down);
    auto full = std::make_shared<vault_reply>();
    full->vault = job->vault;
    full->answer = regions::verdict{protocol::throttled()};
    return answers.promise<vault_reply_ptr>(
        self,
        [job, token = token, keys = keys, watch = watched()](unsigned worker) {
          const auto under_way = watch();
          return use_in(*token, keys->at(worker), *job);
        },
        full, to_lane(env->work, token_lane(number)), lose_on_failure<vault_reply_ptr>());
  }

  // Making a key may take seconds.
  caf::result<regions::work_result_ptr> make(const work_job_ptr& job) {
    if (token == nullptr) return caf::make_error(caf::sec::request_receiver_down);
    return answers.promise<regions::work_result_ptr>(
        self, [job, token = token](unsigned) { return make_in(*token, *job); },
        std::make_shared<const regions::work_result>(protocol::throttled()),
        to_lane(env->work, token_lane(number)), lose_on_failure<regions::work_result_ptr>());
  }

  // All versions of a restored key may take seconds as well.
  caf::result<hsm_installed> install(const hsm_installation_ptr& job) {
    if (token == nullptr) return caf::make_error(caf::sec::request_receiver_down);
    return answers.promise<hsm_installed>(
        self, [job, token = token](unsigned) { return install_in(*token, *job); },
        hsm_installed{protocol::throttled()}, to_lane(env->work, token_lane(number)),
        [this, job](const crypto::outcome<hsm_installed>& outcome) {
          if (!outcome) return lose();
          if (!outcome->refused) note(*job);
        });
  }

  void note(const hsm_installation& job) {
    for (const auto& [material, label] : job.keys) {
      if (const auto head = crypto::read_hsm_material_head(material)) {
        content.installed(label, head->id);
      }
    }
  }

  // One step after the other, so that clients' operations have the token's other sessions.
  void fill() {
    const auto* next = token == nullptr ? nullptr : content.begin();
    if (next == nullptr) return;
    const bool has_begun = next->install ? install(*next->install) : remove(next->label);
    if (!has_begun) put_off();  // the lane has no room
  }

  bool install(const regions::token_content::installation& wanted) {
    return step([wanted](auto& t) { return hold_in(t, *wanted.vault, wanted.key); },
                "hold " + wanted.key.label);
  }

  bool remove(const std::string& label) {
    return step(
        [ids = content.to_remove()](auto& t) -> filled {
          for (const auto& id : ids) {
            if (auto gone = t.remove(id); !gone) return failure{std::move(gone).error()};
          }
          return std::optional<crypto::hsm_key_id>{};
        },
        "let go of " + label);
  }

  // `work` gives the id of the key that it installed.
  template <class Work>
  bool step(Work work, std::string what) {
    return env->work.submit(
        token_lane(number), [this, token = token, work = std::move(work), what = std::move(what),
                             watch = watched(), me = hsm_actor{self}](unsigned) {
          const auto under_way = watch();
          auto finish = [this, what, done = work(*token)] {
            if (done) {
              content.done(*done);
            } else if (is_lost(done.error())) {
              return lose();
            } else {
              spdlog::error("HSM token {} cannot {}: {}", config().where.token, what,
                            done.error().message);
              put_off();
            }
            fill();
          };
          caf::anon_send(me, work_done{std::make_shared<std::function<void()>>(std::move(finish))});
        });
  }

  // More and more seldom: most of what fails for another reason than the token's loss fails always.
  void put_off() {
    content.failed();
    if (retry_at) return;
    retry_at = self->clock().now() + env->topology.timings.pause_after(rounds_failed++);
  }

  void retry_if_due() {
    if (content.missing() == 0 && !content.has_failed()) rounds_failed = 0;
    if (!retry_at || self->clock().now() < *retry_at) return;
    retry_at.reset();
    content.retry();
  }
};

hsm_actor::behavior_type behave(hsm_actor::stateful_pointer<hsm_state> self, environment* env,
                                std::size_t token) {
  self->state.self = self;
  self->state.env = env;
  self->state.number = token;
  return {
      [self](hsm_command::open) { return self->state.open(); },
      [self](hsm_command::ask) { return self->state.ask(); },
      [self](const crypto_job_ptr& job) { return self->state.use(job); },
      [self](const work_job_ptr& job) { return self->state.make(job); },
      [self](const hsm_installation_ptr& job) { return self->state.install(job); },
      [self](const hsm_wishes_ptr& wishes) {
        self->state.content.want(*wishes);
        self->state.fill();
      },
      [](const work_done& done) { (*done.finish)(); },
  };
}

}  // namespace

hsm_actor spawn_hsm(caf::actor_system& system, environment& env, std::size_t token) {
  const auto& config = env.topology.hsms.at(token);
  auto actor = system.spawn(behave, &env, token);
  env.ice.enroll(caf::actor_cast<caf::actor>(actor),
                 {config.region, config.region + '/' + std::to_string(config.zone)});
  return actor;
}

}  // namespace twinkeep::actors
