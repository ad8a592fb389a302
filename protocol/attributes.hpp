#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace twinkeep::protocol {

using unix_seconds = std::int64_t;
using tag_map = std::map<std::string, std::string>;

// Limits of the service (Azure Key Vault service limits).
inline constexpr std::size_t max_name_chars = 127;
inline constexpr std::size_t max_secret_value_bytes = 25'600;
inline constexpr std::size_t max_content_type_chars = 255;
inline constexpr std::size_t max_tags = 15;
inline constexpr std::size_t max_tag_chars = 512;
inline constexpr unsigned max_page_size = 25;
inline constexpr std::size_t max_body_bytes = 1u << 20;
inline constexpr std::size_t max_backup_versions = 500;

// Of one version of an object.
struct attributes {
  bool enabled = true;
  std::optional<unix_seconds> not_before;
  std::optional<unix_seconds> expires;
  unix_seconds created = 0;
  unix_seconds updated = 0;
};

// What a request may set; absent and null mean unchanged.
struct attributes_input {
  std::optional<bool> enabled;
  std::optional<unix_seconds> not_before;
  std::optional<unix_seconds> expires;
  std::optional<bool> exportable;
};

struct deletion {
  unix_seconds deleted_date = 0;
  unix_seconds scheduled_purge_date = 0;
};

// recoveryLevel and recoverableDays follow from these (CONTRACT 3.3).
struct recovery_rules {
  unsigned retention_days = 90;
  bool purge_protection = false;
};
[[nodiscard]] std::string_view recovery_level(const recovery_rules& rules);

}  // namespace twinkeep::protocol
