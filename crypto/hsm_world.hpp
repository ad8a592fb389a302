#pragma once

#include "crypto/hsm.hpp"

// Taking tokens into a security world, for `twinkeep hsm`; what a world is, see crypto/hsm.hpp.
namespace twinkeep::crypto {

enum class hsm_condition {
  no_module,  // not to be loaded
  no_token,   // none of this label: not initialized, or not there
  no_pin,     // the PIN cannot be read, or is not set in the token
  wrong_pin,
  no_world,
  member,
  failing,  // the module answers otherwise than it should
};
[[nodiscard]] std::string_view to_string(hsm_condition c);

struct hsm_description {
  hsm_condition condition = hsm_condition::failing;
  std::string what_is_wrong;  // and what to do; empty for a member
  std::string manufacturer, model, serial;
  std::optional<hsm_world> world;
  std::size_t keys = 0;                           // of ours
  std::vector<std::string_view> algorithms = {};  // that the module offers
};
[[nodiscard]] hsm_description describe_hsm(const hsm_location& where);

// Makes a world, of this token alone. unavailable: the token belongs to one already.
outcome<hsm_world> create_hsm_world(const hsm_location& first);

// Takes `joining` into the world of `source`. For that the source's security officer has to trust a
// key of the joining token for a moment, so neither token may be open in this process. Nothing
// happens if it is a member. refused: it belongs to another world.
outcome<void> join_hsm_world(const hsm_location& source, const secret_bytes& officers_pin,
                             const hsm_location& joining);

// The first line of a file, or the value of an environment variable.
[[nodiscard]] outcome<secret_bytes> read_hsm_pin(const std::filesystem::path& file,
                                                 const std::string& variable);

}  // namespace twinkeep::crypto
