#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "regions/store/batch.hpp"
#include "regions/vault/vault_state.hpp"

// Which of a vault's keys are in its regions' HSMs. What is in the tokens follows from the records,
// like everything: whoever holds the records can fill a token anew.
namespace twinkeep::regions {

// Under which a token holds a version: "<vault>/<lower-case name>/<version>".
[[nodiscard]] std::string hsm_label(std::string_view vault, std::string_view lower_name,
                                    std::string_view version);

struct hsm_key {
  std::shared_ptr<const stored_key> key;  // its value, opened, is what a token installs
  std::string label;
};

// All versions of all keys of HSMs, deleted ones too: they can be recovered.
[[nodiscard]] std::vector<hsm_key> hsm_keys_of(const vault_state& vault);
// Those that the changes have brought, or changed. `after`: the state with the changes applied.
[[nodiscard]] std::vector<hsm_key> hsm_keys_put(const vault_state& after,
                                                std::span<const record_change> changes);
// Those that the changes remove. `before`: the state without them.
//
// Restoring a backup gives a second vault, or a second name, the same material: a token holds it
// once, and another vault may still need what one has purged.
[[nodiscard]] std::vector<hsm_key> hsm_keys_removed(const vault_state& before,
                                                    std::span<const record_change> changes);

}  // namespace twinkeep::regions
