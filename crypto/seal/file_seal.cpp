#include "crypto/barrier.hpp"
#include "crypto/seal.hpp"

namespace twinkeep::crypto {

namespace {

class file_seal final : public kek_seal {
 public:
  [[nodiscard]] seal_type type() const override { return seal_type::file; }
  [[nodiscard]] std::string name() const override { return "file (the key is in the clear)"; }

  outcome<secret_bytes> close(byte_view key, random_source& /*random*/) override {
    return secret_bytes::copy_of(key);
  }

  outcome<secret_bytes> open(byte_view sealed) override {
    if (sealed.size() != data_key::size) {
      return fail(error_code::corrupt, "expected a key of " + std::to_string(data_key::size) +
                                           " bytes, found " + std::to_string(sealed.size()));
    }
    return secret_bytes::copy_of(sealed);
  }
};

}  // namespace

std::unique_ptr<kek_seal> make_file_seal() {
  return std::make_unique<file_seal>();
}

}  // namespace twinkeep::crypto
