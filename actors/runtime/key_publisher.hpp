#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "actors/gateway/key_source.hpp"

namespace twinkeep::actors {

// Puts one issuer's keys on the board, and says in the log what changed: once when it begins to
// fail, once when it works again. Thread-safe.
class key_publisher {
 public:
  explicit key_publisher(trust_board& board) : board_(board) {}
  void publish(std::size_t issuer, std::vector<protocol::token::issuer_key> keys);
  void tell_failure(std::size_t issuer, const std::string& problem);

 private:
  trust_board& board_;
  std::mutex mutex_;
  std::vector<std::string> told_;  // by issuer: the problem last logged
};

}  // namespace twinkeep::actors
