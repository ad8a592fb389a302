#pragma once

#include <optional>
#include <string>

#include "protocol/attributes.hpp"

namespace twinkeep::protocol {

// Everything about one version of a secret but its value.
struct secret_properties {
  std::string version;
  protocol::attributes attributes;
  std::optional<std::string> content_type;
  tag_map tags;
  bool managed = false;  // belongs to the certificate of the same name and version
};

}  // namespace twinkeep::protocol
