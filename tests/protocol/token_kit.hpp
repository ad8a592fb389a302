#pragma once

#include "crypto/digest.hpp"
#include "protocol/token/token.hpp"
#include "support.hpp"

namespace twinkeep::protocol::token {

// A key pair, made once a program: RSA takes its time.
struct key_pair {
  crypto::public_key pub;
  std::unique_ptr<crypto::key> signer;
};

inline crypto::key_provider& provider() {
  static const auto made = crypto::make_openssl_provider();
  return *made;
}

inline key_pair make_pair(const crypto::key_spec& spec) {
  auto generated = provider().generate(spec);
  auto loaded = provider().load(generated.value().material.view());
  return {generated->pub, std::move(loaded).value()};
}

inline key_pair& rsa_pair() {
  static auto made = make_pair({crypto::key_type::rsa, 2048, {}});
  return made;
}

inline key_pair& ec_pair() {
  static auto made = make_pair({crypto::key_type::ec, {}, crypto::curve::p256});
  return made;
}

inline std::string encoded(std::string_view text) {
  return crypto::base64url_encode(as_bytes(text));
}

// A token of any header and payload, signed with `algorithm` by `by`.
inline std::string token_of(std::string_view header, std::string_view payload,
                            std::string_view algorithm, key_pair& by) {
  auto text = encoded(header) + '.' + encoded(payload);
  const auto signature =
      by.signer->sign(*crypto::find_algorithm(algorithm), crypto::sha256(as_bytes(text)));
  return text + '.' + crypto::base64url_encode(signature.value());
}

}  // namespace twinkeep::protocol::token
