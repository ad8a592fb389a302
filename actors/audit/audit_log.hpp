#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "actors/audit/audit_outlet.hpp"
#include "actors/audit/audit_sink.hpp"

namespace twinkeep::actors {

// A change in how the log fares. `lost`: lines have begun to be dropped.
enum class audit_turn : std::uint8_t { failing, lost, restored };

struct audit_log_setup {
  std::unique_ptr<audit_outlet> to;
  bool required = false;
  // Of each change, once; from any thread. Must not call the log.
  std::function<void(audit_turn, const std::string& detail)> tell = {};
  std::size_t capacity = std::size_t{32} << 20;  // octets of lines that wait
  std::chrono::milliseconds gather{200};         // how long a line waits for others
  std::chrono::milliseconds retry_after{1000};   // a failed write is tried again
};

// Lines wait in memory; a thread of its own writes them in groups, in order. A write that failed is
// tried again, and nothing is thrown away as long as there is room: then new lines are lost or, if
// the log is required, no request is begun.
class audit_log final : public audit_sink {
 public:
  explicit audit_log(audit_log_setup setup);
  ~audit_log() override;  // writes what it has; lines that will not go are lost
  audit_log(const audit_log&) = delete;
  audit_log& operator=(const audit_log&) = delete;

  bool begin() override;
  void take(std::string_view line) override;
  void waive() override;
  [[nodiscard]] audit_status status() const override;

 private:
  void run();
  [[nodiscard]] bool write_group();
  void failed(const std::string& why);
  void worked();
  void overflowed();
  void tell(audit_turn turn, const std::string& detail) const;

  audit_log_setup setup_;
  std::atomic<std::size_t> held_{0};   // octets that wait or are being written
  std::atomic<std::size_t> begun_{0};  // requests whose line is still to come
  std::atomic<bool> failing_{false};
  std::atomic<bool> overflowing_{false};
  std::atomic<std::uint64_t> written_{0}, lost_{0}, refused_{0};

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable wake_;
  std::vector<char> waiting_;
  std::size_t waiting_lines_ = 0;
  std::string why_;
  bool ending_ = false;

  std::vector<char> writing_;  // the thread's own
  std::size_t writing_lines_ = 0;
  std::size_t begin_ = 0;      // of what is not yet written
  std::uint64_t lost_before_ = 0, refused_before_ = 0;
  std::thread thread_;
};

}  // namespace twinkeep::actors
