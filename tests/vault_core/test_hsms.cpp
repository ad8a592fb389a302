#include "crypto/hsm.hpp"
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

constexpr std::size_t head_bytes = 1 + sizeof(crypto::hsm_world) + sizeof(crypto::hsm_key_id);

crypto::hsm_key_id id_of(byte_view material) {
  return crypto::read_hsm_material_head(material).value().id;
}

}  // namespace

// As a region does it: what one token has made or used is then put into all.
regions::work_result test_hsms::carry_out(const regions::vault_work& work,
                                          const protocol::request& request,
                                          const regions::vault_identity& vault) {
  if (lost) return protocol::service_unavailable("No HSM answers.");
  if (const auto* given = std::get_if<regions::install_hsm_keys>(&work)) {
    for (const auto& [material, label] : given->keys) (void)install(material, label);
    return regions::hsm_keys_installed{};
  }
  auto result = regions::carry_out(work, request, {*this, vault, nullptr, this});
  const auto material = regions::material_in(result);
  if (!material.empty()) (void)install(material, regions::hsm_label_of(work));
  return result;
}

// Every key has an id of its own, as in a token.
crypto::outcome<crypto::generated_key> test_hsms::wrapped(
    crypto::outcome<crypto::generated_key> software) {
  if (!software) return software;
  bytes material(head_bytes);
  material.front() = crypto::hsm_material_octet;
  ++made_;
  material[head_bytes - 1] = static_cast<std::uint8_t>(made_);
  material[head_bytes - 2] = static_cast<std::uint8_t>(made_ >> 8);
  const auto inner = software->material.view();
  material.insert(material.end(), inner.begin(), inner.end());
  return crypto::generated_key{software->pub, crypto::secret_bytes::copy_of(material)};
}

crypto::outcome<crypto::generated_key> test_hsms::generate(const crypto::key_spec& spec) {
  return wrapped(provider().generate(spec));
}

crypto::outcome<crypto::generated_key> test_hsms::import_key(const crypto::private_jwk& given) {
  return wrapped(provider().import_key(given));
}

crypto::outcome<crypto::generated_key> test_hsms::import_software(
    const crypto::generated_key& given) {
  return wrapped(
      crypto::generated_key{given.pub, crypto::secret_bytes::copy_of(given.material.view())});
}

crypto::outcome<crypto::generated_key> test_hsms::import_transferred(
    const crypto::transferred_key& given) {
  auto pub = crypto::public_key_of_material(given.ciphertext);
  if (!pub || pub->type != given.type || !*holds(id_of(given.exchange_key))) {
    return crypto::fail(crypto::error_code::bad_input, "It does not open.");
  }
  return import_software({*std::move(pub), crypto::secret_bytes::copy_of(given.ciphertext)});
}

crypto::outcome<std::unique_ptr<crypto::key>> test_hsms::load(byte_view material) {
  if (!signs || !*holds(id_of(material))) {
    return crypto::fail(crypto::error_code::unsupported, "The HSM does not sign.");
  }
  return provider().load(material.subspan(head_bytes));
}

crypto::outcome<std::unique_ptr<crypto::key>> test_hsms::load_public(
    const crypto::public_key& pub) {
  return provider().load_public(pub);
}

crypto::outcome<void> test_hsms::install(byte_view material, std::string_view label) {
  keys[std::string{label}] = bytes(material.begin(), material.end());
  return {};
}

crypto::outcome<bool> test_hsms::holds(const crypto::hsm_key_id& id) {
  return std::ranges::any_of(keys, [&](const auto& key) { return id_of(key.second) == id; });
}

crypto::outcome<void> test_hsms::remove(const crypto::hsm_key_id& id) {
  std::erase_if(keys, [&](const auto& key) { return id_of(key.second) == id; });
  return {};
}

crypto::outcome<std::vector<crypto::hsm_object>> test_hsms::inventory() {
  std::vector<crypto::hsm_object> all;
  for (const auto& [label, material] : keys) all.push_back({id_of(material), label});
  return all;
}

crypto::outcome<void> test_hsms::ping() {
  return {};
}

}  // namespace twinkeep::vault_tests
