#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/result.hpp"

namespace twinkeep::actors {

// PORT: what takes lines for good. Used by one thread; may block.
class audit_outlet {
 public:
  struct outcome {
    std::size_t taken = 0;  // octets from the start
    std::string why;        // no more was taken; empty: all was
  };
  virtual ~audit_outlet() = default;
  [[nodiscard]] virtual outcome write(std::string_view lines) = 0;
  [[nodiscard]] virtual std::string name() const = 0;
};

// A file that is put aside as FILE.1 once it has reached a size, FILE.1 as FILE.2 and so on; no
// more than `keep` are kept. Holds whole lines only. One that somebody else has moved or removed is
// made anew. What is no regular file (a pipe, a device) is written to as it is.
struct audit_file_rules {
  std::uint64_t rotate_at = 0;  // octets
  unsigned keep = 1;
};
// An error says why the file cannot be written to.
[[nodiscard]] result<std::unique_ptr<audit_outlet>, std::string> open_audit_file(
    const std::filesystem::path& file, const audit_file_rules& rules);

// An open descriptor that somebody else closes. A pipe that nobody empties for a second is a
// failure.
[[nodiscard]] std::unique_ptr<audit_outlet> audit_stream(int fd, std::string name);

}  // namespace twinkeep::actors
