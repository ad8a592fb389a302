#include "crypto/hsm.hpp"
#include "regions/vault/decisions.hpp"
#include "regions/vault/hsm_keys.hpp"

// Software keys and keys of HSMs: neither must ever pass for the other.
namespace twinkeep::regions {

std::string label_of_new_key(const question& q, bool hsm) {
  if (!hsm) return {};
  return hsm_label(q.vault.identity->name, q.lower_name, q.context.fresh_version);
}

bool is_material_of(bool hsm, byte_view material) {
  if (hsm) return crypto::read_hsm_material_head(material).has_value();
  return material.empty() || material.front() != crypto::hsm_material_octet;
}

}  // namespace twinkeep::regions
