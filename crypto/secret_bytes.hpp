#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <vector>

#include "crypto/bytes.hpp"

namespace twinkeep::crypto {

// Overwrites memory in a way that the optimizer does not remove.
void wipe(void* memory, std::size_t size) noexcept;

// Wipes what it gives back. For containers that carry a secret for a while: request bodies,
// response buffers, plaintext on its way to be sealed. Never for std::string, whose short values
// live inside the object and never pass through an allocator.
template <class T>
struct wiping_allocator {
  using value_type = T;
  wiping_allocator() = default;
  template <class U>
  wiping_allocator(const wiping_allocator<U>&) noexcept {}  // NOLINT

  T* allocate(std::size_t n) { return std::allocator<T>{}.allocate(n); }
  void deallocate(T* p, std::size_t n) noexcept {
    wipe(p, n * sizeof(T));
    std::allocator<T>{}.deallocate(p, n);
  }
  template <class U>
  bool operator==(const wiping_allocator<U>&) const noexcept {
    return true;
  }
};

using wiping_bytes = std::vector<std::uint8_t, wiping_allocator<std::uint8_t>>;
using wiping_chars = std::vector<char, wiping_allocator<char>>;

// A secret: key material, a secret's value, a client secret. Moves, never copies by accident,
// wipes itself, and has no operator<< and no inspect, so that no log line or message can print it.
class secret_bytes {
 public:
  secret_bytes() = default;
  explicit secret_bytes(std::size_t size) : data_(size) {}
  explicit secret_bytes(wiping_bytes data) : data_(std::move(data)) {}
  [[nodiscard]] static secret_bytes copy_of(byte_view data);

  secret_bytes(secret_bytes&&) = default;
  secret_bytes& operator=(secret_bytes&&) = default;
  secret_bytes(const secret_bytes&) = delete;
  secret_bytes& operator=(const secret_bytes&) = delete;
  ~secret_bytes() = default;

  [[nodiscard]] byte_view view() const { return data_; }
  [[nodiscard]] std::span<std::uint8_t> writable() { return data_; }
  [[nodiscard]] std::size_t size() const { return data_.size(); }
  [[nodiscard]] bool empty() const { return data_.empty(); }
  // Shortens; the cut-off bytes are wiped at once.
  void truncate(std::size_t size);

 private:
  wiping_bytes data_;
};

// Standard base64 with padding (RFC 4648 §4) of a secret, as text that wipes itself.
[[nodiscard]] secret_bytes base64_of_secret(byte_view secret);

}  // namespace twinkeep::crypto
