#pragma once

#include <filesystem>
#include <string>

#include "crypto/result.hpp"
#include "crypto/secret_bytes.hpp"

namespace twinkeep::actors {

// Core dumps off, no other process of the user may look into this one, and what it creates is for
// its owner only. First thing in main.
[[nodiscard]] result<void, std::string> protect_process();

// Three stores a region, a socket a client: as many open files as the system lets us have.
void raise_file_limit();

// The data directory belongs to one process as long as this lives; made if it is missing.
class data_lock {
 public:
  // An error names the directory; "another process" if one has it.
  [[nodiscard]] static result<data_lock, std::string> acquire(const std::filesystem::path& data);
  data_lock(data_lock&& other) noexcept;
  data_lock& operator=(data_lock&& other) noexcept;
  ~data_lock();

 private:
  explicit data_lock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

// Appears complete or not at all, for its owner only.
[[nodiscard]] result<void, std::string> write_ready_file(const std::filesystem::path& file,
                                                         const crypto::secret_bytes& json);

}  // namespace twinkeep::actors
