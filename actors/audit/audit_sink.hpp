#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace twinkeep::actors {

// How the audit log fares: GET /v1/status and the metrics.
struct audit_status {
  std::string to;  // the file, or what stands for it
  bool required = false;
  bool failing = false;
  std::string why;            // it fails
  std::uint64_t written = 0;  // lines that the system has taken
  std::uint64_t lost = 0;     // lines that it never will
  std::uint64_t refused = 0;  // requests that were not served for want of a line
};

// PORT: where audit lines go. Called on event loops: does not block. Thread-safe.
class audit_sink {
 public:
  virtual ~audit_sink() = default;
  // Before a request is looked at. False: the log is required and takes nothing at the moment, so
  // the request is to be refused, and has no line. True: `take` or `waive` follows, once, and
  // `take` will have room.
  [[nodiscard]] virtual bool begin() = 0;
  // The line of a request, at most audit_line_writer::longest, with its '\n'. Before its answer
  // leaves.
  virtual void take(std::string_view line) = 0;
  virtual void waive() = 0;  // what was asked for is not audited
  [[nodiscard]] virtual audit_status status() const = 0;
};

}  // namespace twinkeep::actors
