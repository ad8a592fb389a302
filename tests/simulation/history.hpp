#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/seeded_scheduler.hpp"

namespace twinkeep::simulation {

// What clients saw of one secret that a single writer sets to 1, 2, 3, ... Checks on the fly what
// DESIGN's invariants 1 and 3 promise; 0 stands for "not found".
class secret_history {
 public:
  explicit secret_history(std::string name) : name_(std::move(name)) {}

  // A write is begun; its number. One at a time.
  std::uint64_t begin_write();
  void acknowledged(std::uint64_t number);

  // What a read may see is fixed when it begins and when it ends.
  struct read_token {
    std::uint64_t acknowledged_before = 0;
    std::uint64_t seen_before = 0;
  };
  [[nodiscard]] read_token begin_read(bool of_copy) const;
  // Empty: as promised; otherwise what was broken.
  [[nodiscard]] std::string end_read(const read_token& begun, std::uint64_t seen, bool of_copy);

  [[nodiscard]] std::uint64_t last_acknowledged() const { return acknowledged_; }
  [[nodiscard]] std::uint64_t last_begun() const { return begun_; }
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  std::string name_;
  std::uint64_t begun_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t seen_in_primary_ = 0;  // by a read that has ended
  std::uint64_t seen_in_copy_ = 0;
};

}  // namespace twinkeep::simulation
