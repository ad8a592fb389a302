#include <algorithm>

#include "crypto/barrier.hpp"
#include "crypto/seal.hpp"
#include "crypto/seal/kek_file.hpp"
#include "crypto/seal/scrypt.hpp"

namespace twinkeep::crypto {

namespace {

// What is sealed: log2 of N, r, p (an octet each), the salt, and the key as the barrier seals it.
constexpr std::size_t cost_bytes = 3;
constexpr std::size_t salt_bytes = 32;
constexpr std::size_t head_bytes = cost_bytes + salt_bytes;
constexpr std::size_t sealed_bytes = head_bytes + data_key::size + seal_overhead_bytes;

std::string show(const scrypt_cost& cost) {
  return "scrypt with N = 2^" + std::to_string(cost.log2_n) + ", r = " + std::to_string(cost.r) +
         ", p = " + std::to_string(cost.p);
}

class passphrase_seal final : public kek_seal {
 public:
  passphrase_seal(secret_bytes passphrase, scrypt_cost cost)
      : passphrase_(std::move(passphrase)), cost_(cost) {}

  [[nodiscard]] seal_type type() const override { return seal_type::passphrase; }
  [[nodiscard]] std::string name() const override { return "passphrase (" + show(cost_) + ")"; }

  outcome<secret_bytes> close(byte_view key, random_source& random) override {
    bytes head{static_cast<std::uint8_t>(cost_.log2_n), static_cast<std::uint8_t>(cost_.r),
               static_cast<std::uint8_t>(cost_.p)};
    head.resize(head_bytes);
    random.fill(std::span(head).subspan(cost_bytes));
    const auto cipher = seal(sealing_key(head, cost_), identity(head), key, random);
    secret_bytes sealed(head.size() + cipher.size());
    const auto rest = std::ranges::copy(head, sealed.writable().begin()).out;
    std::ranges::copy(cipher, rest);
    return sealed;
  }

  outcome<secret_bytes> open(byte_view sealed) override {
    if (sealed.size() != sealed_bytes) {
      return fail(error_code::corrupt, "expected " + std::to_string(sealed_bytes) +
                                           " sealed bytes, found " + std::to_string(sealed.size()));
    }
    const auto head = sealed.first(head_bytes);
    const scrypt_cost cost{head[0], head[1], head[2]};
    if (!is_bearable(cost)) {
      return fail(error_code::corrupt, "expected bearable parameters, found " + show(cost));
    }
    auto key = crypto::open(sealing_key(head, cost), identity(head), sealed.subspan(head_bytes));
    if (!key && key.error().code == error_code::refused) {
      return fail(error_code::refused, "the passphrase is wrong");
    }
    return key;
  }

 private:
  [[nodiscard]] data_key sealing_key(byte_view head, const scrypt_cost& cost) const {
    return data_key(scrypt(passphrase_.view(), head.subspan(cost_bytes), cost, data_key::size));
  }
  // The file's head is bound to the key in it.
  [[nodiscard]] static record_identity identity(byte_view head) {
    return {"", "", kek_intro(seal_type::passphrase), as_text(head)};
  }

  secret_bytes passphrase_;
  scrypt_cost cost_;
};

}  // namespace

std::unique_ptr<kek_seal> make_passphrase_seal(secret_bytes passphrase, scrypt_cost cost) {
  return std::make_unique<passphrase_seal>(std::move(passphrase), cost);
}

}  // namespace twinkeep::crypto
