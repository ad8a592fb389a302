#pragma once

#include <caf/all.hpp>
#include <cstdint>
#include <map>

namespace twinkeep::actors {

// What an actor has promised and not yet kept. CAF answers nobody for a promise that is dropped;
// here the askers are told, so that they can ask somebody else.
class open_promises {
 public:
  open_promises() = default;
  open_promises(const open_promises&) = delete;
  open_promises& operator=(const open_promises&) = delete;
  ~open_promises() {
    for (auto& [id, promise] : open_) {
      promise.deliver(caf::make_error(caf::sec::request_receiver_down));
    }
  }
  [[nodiscard]] std::uint64_t next() { return next_++; }
  void add(std::uint64_t id, caf::response_promise promise) {
    open_.emplace(id, std::move(promise));
  }
  void kept(std::uint64_t id) { open_.erase(id); }

 private:
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, caf::response_promise> open_;
};

}  // namespace twinkeep::actors
