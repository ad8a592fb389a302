#pragma once

#include "crypto/hsm_world.hpp"
#include "crypto/pkcs11/cryptoki.hpp"
#include "crypto/pkcs11/session.hpp"
#include "tests/crypto/support.hpp"

// SoftHSM with tokens in a directory of this process's own. Its module is told where that is by the
// environment when it is first initialized, so all tests of a process share it.
namespace twinkeep::test {

inline constexpr std::string_view user_pin = "1234-user";
inline constexpr std::string_view officer_pin = "12345678-officer";

[[nodiscard]] const std::filesystem::path& softhsm_module();
[[nodiscard]] const std::filesystem::path& token_directory();
[[nodiscard]] crypto::pkcs11::cryptoki& softhsm();

// A token that is initialized and belongs to no world; where it is.
crypto::hsm_location make_token(const std::string& label);
[[nodiscard]] crypto::hsm_location place_of(const std::string& label);
// By another process, as an operator does it: with `options` of softhsm2-util, and `twinkeep hsm`.
void make_token_outside(const std::string& label, const std::string& options);
void delete_token_outside(const std::string& label);
void join_outside(const std::string& source, const std::string& joining);

// A file of the directory with this text, for PINs.
[[nodiscard]] std::filesystem::path write_file(const std::string& name, std::string_view text);
[[nodiscard]] crypto::secret_bytes secret_text(std::string_view text);

// Tokens of one world, open, and one of another. Made at the first call.
struct three_tokens {
  crypto::hsm_location first_place, second_place, stranger_place;
  std::shared_ptr<crypto::hsm_token> first, second, stranger;
};
[[nodiscard]] const three_tokens& tokens();

// Past the port, as somebody who has the PIN.
[[nodiscard]] crypto::pkcs11::session session_with(const std::string& label);

template <class T>
T must(crypto::pkcs11::attempt<T> attempt) {
  if (!attempt) throw std::runtime_error(attempt.error().what.message);
  return std::move(attempt).value();
}
inline void must(crypto::pkcs11::attempt<void> attempt) {
  if (!attempt) throw std::runtime_error(attempt.error().what.message);
}
inline void must(crypto::outcome<void> outcome) {
  if (!outcome) throw std::runtime_error(outcome.error().message);
}

[[nodiscard]] inline crypto::hsm_key_id id_of(const crypto::generated_key& made) {
  return crypto::read_hsm_material_head(made.material.view()).value().id;
}

// Made in one token and installed there.
[[nodiscard]] crypto::generated_key installed_key(crypto::hsm_token& in,
                                                  const crypto::key_spec& spec);

}  // namespace twinkeep::test
