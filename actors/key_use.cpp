#include "actors/key_use.hpp"

namespace twinkeep::actors {

using protocol::operation_id;

crypto::outcome<crypto_result> use_key(const crypto_job& job, crypto::key& key) {
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

vault_reply_ptr reply_of(const crypto_job& job, crypto::outcome<crypto_result> result) {
  auto reply = std::make_shared<vault_reply>();
  reply->vault = job.vault;
  if (result) {
    reply->answer = std::move(*result);
  } else {
    reply->answer = regions::verdict{regions::refused(result.error())};
  }
  return reply;
}

}  // namespace twinkeep::actors
