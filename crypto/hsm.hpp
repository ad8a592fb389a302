#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/key_provider.hpp"

// Keys in hardware security modules, reached through PKCS #11 (OASIS, version 2.40).
//
// Every token of a geography holds one and the same wrapping key: its security world. A key is made
// in one token, leaves it wrapped by that key, and rests and travels as this wrapped material,
// which is nothing outside of the world's tokens. Whatever token is to use it unwraps it and keeps
// it, not to be extracted again. `twinkeep hsm` takes tokens into a world.
namespace twinkeep::crypto {

struct hsm_location {
  std::filesystem::path module;    // the vendor's shared library
  std::string token;               // label of the token
  std::filesystem::path pin_file;  // the user's PIN is its first line, or
  std::string pin_variable;        // the value of this environment variable: one of the two
  auto operator<=>(const hsm_location&) const = default;
};

// Head of an HSM key's material: octet 0x01, the world, the id under which tokens hold the key
// (CKA_ID). What follows is for the token.
inline constexpr std::uint8_t hsm_material_octet = 0x01;
using hsm_world = std::array<std::uint8_t, 8>;
using hsm_key_id = std::array<std::uint8_t, 16>;
struct hsm_material_head {
  hsm_world world;
  hsm_key_id id;
};
// No value: not the material of an HSM key.
[[nodiscard]] std::optional<hsm_material_head> read_hsm_material_head(byte_view material);

struct hsm_object {
  hsm_key_id id;
  std::string label;  // CKA_LABEL, as given to install()
  bool operator==(const hsm_object&) const = default;
};

// A private key that comes from an HSM of somebody else's, made for this purpose (BYOK).
struct transferred_key {
  key_type type = key_type::rsa;  // what it is said to be: rsa or ec
  curve crv = curve::p256;
  byte_view exchange_key;  // material of an RSA key
  // CKM_RSA_AES_KEY_WRAP (PKCS #11 2.40 §2.1.21): an AES key encrypted by the exchange key
  // (RSA-OAEP with SHA-1), then the key's PKCS#8 wrapped by the AES key (RFC 5649).
  byte_view ciphertext;
};

// PORT: one token that is open and belongs to a world. Thread-safe; calls block for as long as the
// module does. `unavailable` from any of them: the token is lost (removed, wiped, logged out and
// not to be opened again); nothing of the call has happened as far as can be told, and another
// token may be asked. A session that was lost is opened again before that is said.
//
// generate() and import_key() leave nothing in the token: install() does. load() takes the material
// of a key that is installed. `unsupported`, from any of them, names what the module does not
// offer. Keys verify, and encrypt with a public half, in this process: that needs no secret.
class hsm_token : public key_provider {
 public:
  [[nodiscard]] virtual const hsm_world& world() const = 0;
  // The token holds the key from now on; nothing happens if it does already. corrupt: of another
  // world, or tampered with.
  virtual outcome<void> install(byte_view material, std::string_view label) = 0;
  // As import_key() with a JWK: of a key in the form of a software key's material.
  virtual outcome<generated_key> import_software(const generated_key& given) = 0;
  // The same; neither key is ever out of the token in the clear. bad_input: it does not open, or is
  // another key than it is said to be.
  virtual outcome<generated_key> import_transferred(const transferred_key& given) = 0;
  // Whether a key is installed, as far as is known: a token is searched for what was not seen in it
  // before, which costs more than a signature.
  [[nodiscard]] virtual outcome<bool> holds(const hsm_key_id& id) = 0;
  // Nothing happens if it is not there.
  virtual outcome<void> remove(const hsm_key_id& id) = 0;
  [[nodiscard]] virtual outcome<std::vector<hsm_object>> inventory() = 0;
  // Whether the token still works, and still belongs to its world.
  virtual outcome<void> ping() = 0;
};

// Opens a token. unavailable: module, token or PIN are not as they should be, or the token belongs
// to no world; the message says what an operator can do, and never holds the PIN.
[[nodiscard]] outcome<std::shared_ptr<hsm_token>> open_hsm_token(const hsm_location& location);

}  // namespace twinkeep::crypto
