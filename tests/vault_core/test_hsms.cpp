#include "crypto/hsm.hpp"
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

// Every key has an id of its own, as in a token.
bytes wrapped(byte_view software, std::size_t number) {
  bytes material(1 + sizeof(crypto::hsm_world) + sizeof(crypto::hsm_key_id));
  material.front() = crypto::hsm_material_octet;
  material.back() = static_cast<std::uint8_t>(number);
  material.insert(material.end(), software.begin(), software.end());
  return material;
}

}  // namespace

regions::work_result test_hsms::carry_out(const regions::vault_work& work,
                                          const protocol::request& request) {
  if (lost) return protocol::service_unavailable("No HSM answers.");
  if (const auto* given = std::get_if<regions::install_hsm_keys>(&work)) {
    for (const auto& [material, label] : given->keys) {
      keys[label] = bytes(material.begin(), material.end());
    }
    return regions::hsm_keys_installed{};
  }
  const auto* generates = std::get_if<regions::generate_key>(&work);
  auto made = generates != nullptr
                  ? provider().generate(generates->spec)
                  : provider().import_key(std::get<protocol::import_key>(request.body).key);
  if (!made) return regions::refused(made.error());
  const auto& label = generates != nullptr ? generates->hsm_label
                                           : std::get<regions::import_key_material>(work).hsm_label;
  const auto& held = keys[label] = wrapped(made->material.view(), keys.size());
  return crypto::generated_key{made->pub, crypto::secret_bytes::copy_of(held)};
}

}  // namespace twinkeep::vault_tests
