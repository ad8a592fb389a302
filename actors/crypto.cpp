#include "actors/crypto.hpp"

#include "actors/hsm_desk.hpp"
#include "actors/key_use.hpp"
#include "actors/lane_answers.hpp"

namespace twinkeep::actors {

namespace {

using crypto::key_type;
using protocol::operation_id;

// Microseconds stay on the loop, more goes to the lane.
bool is_quick(const crypto_job& job) {
  const auto operation = job.request->request->operation;
  const auto& pub = job.key.key->properties.pub;
  if (pub.type == key_type::ec) return pub.crv == crypto::curve::p256;
  if (pub.type == key_type::oct) return true;
  return operation == operation_id::key_verify || operation == operation_id::key_encrypt ||
         operation == operation_id::key_wrap;
}

// A private operation with 2048 bits is done in a fraction of a millisecond.
bool is_brief(const crypto_job& job) {
  constexpr std::size_t most_bytes = 256;
  const auto& pub = job.key.key->properties.pub;
  return pub.type == key_type::ec || pub.modulus_bytes() <= most_bytes;
}

vault_reply_ptr carry_out(const crypto_job& job, key_cache& keys, crypto::key_provider& provider) {
  auto key = keys.get(*job.vault, *job.key.key, provider);
  if (!key) return reply_of(job, failure{std::move(key).error()});
  return reply_of(job, use_key(job, **key));
}

struct crypto_state {
  static inline const char* name = "crypto";

  crypto_actor::pointer self = nullptr;
  environment* env = nullptr;
  key_cache quick_keys;
  std::optional<hsm_desk> hsms;
  lane_answers<crypto_actor> answers;

  caf::result<vault_reply_ptr> handle(const crypto_job_ptr& job) {
    if (job->key.key->properties.hsm) return hsms->use(job);
    if (is_quick(*job)) return carry_out(*job, quick_keys, env->provider);
    auto full = std::make_shared<vault_reply>();
    full->vault = job->vault;
    full->answer = regions::verdict{protocol::throttled()};
    const auto submit = [this, brief = is_brief(*job)](lane_answers<crypto_actor>::job work) {
      return brief ? env->work.submit_brief(std::move(work))
                   : to_lane(env->work, work_lane::crypto)(std::move(work));
    };
    return answers.promise<vault_reply_ptr>(
        self,
        [job, env = env](unsigned worker) -> crypto::outcome<vault_reply_ptr> {
          return carry_out(*job, env->worker_keys.at(worker), env->provider);
        },
        full, submit);
  }

  caf::result<regions::work_result_ptr> handle(const work_job_ptr& job) {
    if (regions::is_for_hsms(job->work)) return hsms->make(job);
    return answers.promise<regions::work_result_ptr>(
        self,
        [job, env = env](unsigned) -> crypto::outcome<regions::work_result_ptr> {
          return std::make_shared<const regions::work_result>(regions::carry_out(
              job->work, *job->request->request, {env->provider, *job->vault, env->authority}));
        },
        std::make_shared<const regions::work_result>(protocol::throttled()),
        to_lane(env->work, work_lane::crypto));
  }
};

crypto_actor::behavior_type behave(crypto_actor::stateful_pointer<crypto_state> self,
                                   environment* env) {
  self->state.self = self;
  self->state.env = env;
  self->state.hsms.emplace(self);
  return {
      [self](const crypto_job_ptr& job) { return self->state.handle(job); },
      [self](const work_job_ptr& job) { return self->state.handle(job); },
      [self](const hsm_team& team) { self->state.hsms->know(team); },
      [](const work_done& done) { (*done.finish)(); },
  };
}

}  // namespace

crypto_actor spawn_crypto(caf::actor_system& system, environment& env, const std::string& region) {
  auto actor = system.spawn(behave, &env);
  env.ice.enroll(caf::actor_cast<caf::actor>(actor), {region});
  return actor;
}

}  // namespace twinkeep::actors
