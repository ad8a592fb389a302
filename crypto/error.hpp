#pragma once

#include <string>

#include "crypto/result.hpp"

namespace twinkeep::crypto {

enum class error_code {
  unsupported,   // this provider has no such algorithm, curve or size
  bad_input,     // a length or a format that the algorithm forbids
  refused,       // decryption, unwrapping or authentication failed; never says why
  corrupt,       // stored material that does not parse or authenticate
  unavailable,   // the provider cannot work now (file, library, token)
};

// `message` is for people and never holds key material, plaintext or a token.
struct error {
  error_code code;
  std::string message;
};

template <class T>
using outcome = result<T, error>;

[[nodiscard]] inline failure<error> fail(error_code code, std::string message) {
  return failure<error>{error{code, std::move(message)}};
}

}  // namespace twinkeep::crypto
