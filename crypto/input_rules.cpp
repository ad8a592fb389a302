#include "crypto/input_rules.hpp"

#include <algorithm>
#include <array>

namespace twinkeep::crypto {

namespace {

constexpr std::size_t longest_text = std::size_t{1} << 30;  // EVP counts in int
// Wrapping goes over its text six times, block after block: nobody's key is longer than this.
constexpr std::size_t longest_wrapped = std::size_t{64} << 10;

constexpr std::array modes = std::to_array<cipher_mode>({
    {scheme::aes_gcm, 12, 16, true, 0, longest_text, 1, 0},
    {scheme::aes_cbc, 16, 0, false, block_bytes, longest_text, block_bytes, block_bytes},
    {scheme::aes_cbc_pad, 16, 0, false, 0, longest_text, 1, block_bytes},
    // RFC 3394 §2: two semiblocks at least; RFC 5649 §3: one octet at least.
    {scheme::aes_key_wrap, 0, 0, false, 16, longest_wrapped, 8, 24},
    {scheme::aes_key_wrap_pad, 0, 0, false, 1, longest_wrapped, 1, 16},
});

outcome<const cipher_mode*> mode_of(const public_key& pub, const algorithm& alg) {
  if (auto fits = check_fit(pub, alg); !fits) return failure{std::move(fits).error()};
  const auto* found = std::ranges::find(modes, alg.scheme, &cipher_mode::scheme);
  if (found == modes.end()) return fail(error_code::unsupported, std::string{alg.name});
  return found;
}

outcome<void> check_size(const algorithm& alg, std::string_view what, std::size_t expected,
                         std::size_t found) {
  if (found == expected) return {};
  return fail(error_code::bad_input, std::string{alg.name} + ": expected " + std::string{what} +
                                         " of " + std::to_string(expected) + " bytes, found " +
                                         std::to_string(found));
}

outcome<void> check_plaintext(const algorithm& alg, const cipher_mode& m, std::size_t size) {
  if (size >= m.shortest && size <= m.longest && size % m.multiple == 0) return {};
  const std::string of =
      m.multiple == 1 ? "" : "a multiple of " + std::to_string(m.multiple) + " and ";
  return fail(error_code::bad_input, std::string{alg.name} + ": expected a plaintext of " + of +
                                         std::to_string(m.shortest) + " to " +
                                         std::to_string(m.longest) + " bytes, found " +
                                         std::to_string(size));
}

outcome<void> check_associated(const algorithm& alg, std::size_t size) {
  if (size <= longest_text) return {};
  return fail(error_code::bad_input, std::string{alg.name} + ": expected aad of at most " +
                                         std::to_string(longest_text) + " bytes, found " +
                                         std::to_string(size));
}

}  // namespace

failure<error> refused_ciphertext() {
  return fail(error_code::refused, "the ciphertext does not decrypt with this key");
}

outcome<void> check_purpose(const public_key& pub, const algorithm& alg, bool is_signature) {
  if (auto fits = check_fit(pub, alg); !fits) return fits;
  if (alg.signs() == is_signature) return {};
  return fail(error_code::bad_input,
              std::string{alg.name} + (alg.signs() ? " only signs" : " only encrypts"));
}

outcome<void> check_length(const public_key& pub, const algorithm& alg, std::string_view what,
                           std::size_t size) {
  const bool is_fixed = alg.digest_bytes != 0;
  const std::size_t limit =
      is_fixed ? alg.digest_bytes : pub.modulus_bytes() - alg.rsa_overhead_bytes;
  if (is_fixed ? size == limit : size <= limit) return {};
  return fail(error_code::bad_input, std::string{alg.name} + ": expected a " + std::string{what} +
                                         (is_fixed ? " of " : " of at most ") +
                                         std::to_string(limit) + " bytes, found " +
                                         std::to_string(size));
}

std::span<const cipher_mode> cipher_modes() {
  return modes;
}

outcome<const cipher_mode*> check_encryption(const public_key& pub, const algorithm& alg,
                                             const cipher_input& in) {
  const auto found = mode_of(pub, alg);
  if (!found) return found;
  const cipher_mode& m = **found;
  if (auto fits = check_plaintext(alg, m, in.text.size()); !fits) return failure{fits.error()};
  if (auto fits = check_associated(alg, in.aad.size()); !fits) return failure{fits.error()};
  if (m.iv != 0 && !m.makes_iv) {
    if (auto fits = check_size(alg, "an iv", m.iv, in.iv.size()); !fits) {
      return failure{fits.error()};
    }
  }
  return found;
}

outcome<const cipher_mode*> check_decryption(const public_key& pub, const algorithm& alg,
                                             const cipher_input& in) {
  const auto found = mode_of(pub, alg);
  if (!found) return found;
  const cipher_mode& m = **found;
  if (m.iv != 0) {
    if (auto fits = check_size(alg, "an iv", m.iv, in.iv.size()); !fits) {
      return failure{fits.error()};
    }
  }
  if (m.tag != 0) {
    if (auto fits = check_size(alg, "a tag", m.tag, in.tag.size()); !fits) {
      return failure{fits.error()};
    }
  }
  if (auto fits = check_associated(alg, in.aad.size()); !fits) return failure{fits.error()};
  if (in.text.size() < m.least_sent || in.text.size() > m.longest + block_bytes) {
    return refused_ciphertext();
  }
  return found;
}

failure<error> not_a_signature(const public_key& pub, const algorithm& alg) {
  if (auto fits = check_fit(pub, alg); !fits) return failure{std::move(fits).error()};
  return fail(error_code::bad_input, std::string{alg.name} + " only encrypts");
}

}  // namespace twinkeep::crypto
