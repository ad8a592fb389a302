#include "protocol/attributes.hpp"

namespace twinkeep::protocol {

// A retention other than 90 days is "customized" (CONTRACT 3.3).
std::string_view recovery_level(const recovery_rules& rules) {
  const bool customized = rules.retention_days != 90;
  if (rules.purge_protection) return customized ? "CustomizedRecoverable" : "Recoverable";
  return customized ? "CustomizedRecoverable+Purgeable" : "Recoverable+Purgeable";
}

}  // namespace twinkeep::protocol
