#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "regions/store/batch.hpp"
#include "regions/vault/vault_state.hpp"

// Which of a vault's keys are in its regions' HSMs: its own, its certificates', and those of
// certificates that are still awaited. What is in the tokens follows from the records,
// like everything: whoever holds the records can fill a token anew.
namespace twinkeep::regions {

// Under which a token holds a version: "<vault>/<lower-case name>/<version>".
[[nodiscard]] std::string hsm_label(std::string_view vault, std::string_view lower_name,
                                    std::string_view version);

struct hsm_key {
  std::string record_key;
  sealed_part value;  // opened, it is what a token installs
  std::string label;
};

// All versions of all keys of HSMs, deleted ones too: they can be recovered.
[[nodiscard]] std::vector<hsm_key> hsm_keys_of(const vault_state& vault);
// Those of the objects that the changes concern: what was there before them and is not afterwards
// is gone.
//
// Restoring a backup gives a second vault, or a second name, the same material: a token holds it
// once, and another vault may still need what one has purged.
[[nodiscard]] std::vector<hsm_key> hsm_keys_touched(const vault_state& vault,
                                                    std::span<const record_change> changes);
// The labels of `before` that `after` has not.
[[nodiscard]] std::vector<std::string> labels_gone(const std::vector<hsm_key>& before,
                                                   const std::vector<hsm_key>& after);

}  // namespace twinkeep::regions
