#pragma once

#include <cstdint>
#include <filesystem>

namespace twinkeep::regions {

enum class audit_target : std::uint8_t { file, standard_output, none };

// Where the audit log goes, and what becomes of requests when it cannot.
struct audit_config {
  audit_target to = audit_target::file;
  std::filesystem::path file;  // empty: audit/audit.log in the data directory
  unsigned rotate_mb = 64;     // a file that has reached it is put aside
  unsigned keep = 4;           // files put aside
  bool required = false;       // no request is served that could not be written down
};

}  // namespace twinkeep::regions
