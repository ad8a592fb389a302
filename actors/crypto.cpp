#include "actors/crypto.hpp"

#include <map>

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

crypto::outcome<crypto_result> use(const crypto_job& job, crypto::key& key) {
  const auto& request = *job.request->request;
  const auto& parameters = std::get<protocol::crypto_parameters>(request.body);
  const auto& algorithm = *parameters.algorithm;
  const auto value = parameters.value.view();
  const crypto::cipher_input in{value, parameters.iv, parameters.aad, parameters.tag};
  crypto_result result{job.key.name, job.key.key->properties.version, {}, {}};
  const auto keep = [&](crypto::outcome<bytes> made) -> crypto::outcome<crypto_result> {
    if (!made) return failure{std::move(made).error()};
    result.value = crypto::secret_bytes::copy_of(*made);
    return std::move(result);
  };
  switch (request.operation) {
    case operation_id::key_sign:
      return keep(key.sign(algorithm, value));
    case operation_id::key_encrypt:
    case operation_id::key_wrap: {
      auto made = key.encrypt(algorithm, in);
      if (!made) return failure{std::move(made).error()};
      result.value = crypto::secret_bytes::copy_of(made->text);
      result.iv = std::move(made->iv);
      result.tag = std::move(made->tag);
      return result;
    }
    case operation_id::key_verify: {
      auto verified = key.verify(algorithm, parameters.digest, value);
      if (!verified) return failure{std::move(verified).error()};
      result.verified = *verified;
      return result;
    }
    default: {  // decrypt, unwrap
      auto plain = key.decrypt(algorithm, in);
      if (!plain) return failure{std::move(plain).error()};
      result.value = std::move(*plain);
      return result;
    }
  }
}

vault_reply_ptr carry_out(const crypto_job& job, key_cache& keys, crypto::key_provider& provider) {
  auto reply = std::make_shared<vault_reply>();
  reply->vault = job.vault;
  auto key = keys.get(*job.vault, *job.key.key, provider);
  if (!key) {
    reply->answer = regions::verdict{regions::refused(key.error())};
    return reply;
  }
  auto result = use(job, **key);
  if (result) {
    reply->answer = std::move(*result);
  } else {
    reply->answer = regions::verdict{regions::refused(result.error())};
  }
  return reply;
}

struct crypto_state {
  static inline const char* name = "crypto";

  crypto_actor::pointer self = nullptr;
  environment* env = nullptr;
  key_cache quick_keys;
  std::uint64_t next = 1;
  // Promised and not yet kept: told to the askers if this actor ends.
  std::map<std::uint64_t, caf::response_promise> open;

  ~crypto_state() {
    for (auto& [id, promise] : open) {
      promise.deliver(caf::make_error(caf::sec::request_receiver_down));
    }
  }

  // Runs `work` on the lane and delivers what it returns; `full` is the answer if it has no room.
  template <class Reply>
  caf::result<Reply> on_lane(std::function<Reply(unsigned)> work, Reply full, bool brief) {
    auto promise = self->make_response_promise<Reply>();
    const auto id = next++;
    // Reported to the loop that asks, where the answer is wanted.
    auto job = [work = std::move(work), me = crypto_actor{self}, state = this, id, promise,
                loop = self->context()](unsigned worker) -> work_executor::report {
      auto finish = std::make_shared<std::function<void()>>(
          [state, id, promise, reply = work(worker)]() mutable {
            state->open.erase(id);
            promise.deliver(std::move(reply));
          });
      return [me, loop, finish = std::move(finish)] {
        caf::actor_cast<caf::abstract_actor*>(me)->enqueue(
            caf::make_mailbox_element(nullptr, caf::make_message_id(), {}, work_done{finish}),
            loop);
      };
    };
    const bool accepted =
        brief ? env->work.submit_brief(std::move(job))
              : env->work.submit(work_lane::crypto,
                                 [job = std::move(job)](unsigned worker) { job(worker)(); });
    if (!accepted) return full;
    open.emplace(id, promise);
    return promise;
  }

  caf::result<vault_reply_ptr> handle(const crypto_job_ptr& job) {
    if (is_quick(*job)) return carry_out(*job, quick_keys, env->provider);
    auto full = std::make_shared<vault_reply>();
    full->vault = job->vault;
    full->answer = regions::verdict{protocol::throttled()};
    return on_lane<vault_reply_ptr>(
        [job, env = env](unsigned worker) {
          return carry_out(*job, env->worker_keys.at(worker), env->provider);
        },
        full, is_brief(*job));
  }

  caf::result<regions::work_result_ptr> handle(const work_job_ptr& job) {
    return on_lane<regions::work_result_ptr>(
        [job, env = env](unsigned) {
          return std::make_shared<const regions::work_result>(
              regions::carry_out(job->work, *job->request->request,
                                 {env->provider, *job->vault, env->authority}));
        },
        std::make_shared<const regions::work_result>(protocol::throttled()), false);
  }
};

crypto_actor::behavior_type behave(crypto_actor::stateful_pointer<crypto_state> self,
                                   environment* env) {
  self->state.self = self;
  self->state.env = env;
  return {
      [self](const crypto_job_ptr& job) { return self->state.handle(job); },
      [self](const work_job_ptr& job) { return self->state.handle(job); },
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
