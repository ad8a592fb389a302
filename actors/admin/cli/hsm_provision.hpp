#pragma once

#include "actors/admin/cli/hsm_view.hpp"

namespace twinkeep::cli {

struct provision_request {
  std::string region;  // empty: all
  unsigned zone = 0;   // 0: all
  // Of the token by which others join. No value: nobody joins.
  std::optional<crypto::secret_bytes> officers_pin;
  // A world is made although not every token of the geography could be looked at, one of which may
  // have the world that the others want.
  bool new_world = false;
};

// Brings the tokens asked for into their geography's security world, which is made in the first of
// them if there is none. What is done already is left as it is. A line for each token.
[[nodiscard]] hsm_report provision_hsms(const regions::deployment& deployment,
                                        const provision_request& request);

}  // namespace twinkeep::cli
