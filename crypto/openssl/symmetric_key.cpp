#include "crypto/openssl/symmetric_key.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <optional>

#include "crypto/input_rules.hpp"

namespace twinkeep::crypto::openssl {

namespace {

constexpr std::uint8_t symmetric_mark = 0x00;  // PKCS#8 DER is a SEQUENCE and begins with 0x30
constexpr std::array key_sizes{128u, 192u, 256u};

// OpenSSL's names, in the order of the table.
constexpr std::array<std::string_view, 5> suffixes{"GCM", "CBC", "CBC", "WRAP", "WRAP-PAD"};

using fetched = std::array<std::array<cipher_ptr, key_sizes.size()>, suffixes.size()>;

fetched fetch_all() {
  fetched all;
  for (std::size_t m = 0; m < suffixes.size(); ++m) {
    for (std::size_t s = 0; s < key_sizes.size(); ++s) {
      const auto name =
          "AES-" + std::to_string(key_sizes.at(s)) + "-" + std::string{suffixes.at(m)};
      all.at(m).at(s).reset(EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr));
    }
  }
  return all;
}

// nullptr: this OpenSSL has none.
const EVP_CIPHER* cipher_of(crypto::scheme scheme, unsigned bits) {
  static const fetched all = fetch_all();
  const auto m =
      std::ranges::find(cipher_modes(), scheme, &cipher_mode::scheme) - cipher_modes().begin();
  const auto s = std::ranges::find(key_sizes, bits) - key_sizes.begin();
  return all.at(static_cast<std::size_t>(m)).at(static_cast<std::size_t>(s)).get();
}

// `out` null: associated data.
bool update(EVP_CIPHER_CTX* ctx, std::uint8_t* out, int& written, byte_view in) {
  return in.empty() ||
         EVP_CipherUpdate(ctx, out, &written, in.data(), static_cast<int>(in.size())) == 1;
}

// How much of `out` was filled; `out` has room for a block more than `in`.
std::optional<std::size_t> run(EVP_CIPHER_CTX* ctx, byte_view aad, byte_view in,
                               std::span<std::uint8_t> out) {
  int ignored = 0;
  int written = 0;
  int rest = 0;
  if (!update(ctx, nullptr, ignored, aad) || !update(ctx, out.data(), written, in) ||
      EVP_CipherFinal_ex(ctx, out.data() + written, &rest) != 1) {
    return std::nullopt;
  }
  return static_cast<std::size_t>(written) + static_cast<std::size_t>(rest);
}

bool is_served(std::size_t bits) {
  return std::ranges::find(key_sizes, bits) != key_sizes.end();
}

generated_key written(byte_view octets) {
  generated_key made;
  made.pub.type = key_type::oct;
  made.pub.octet_bits = static_cast<unsigned>(8 * octets.size());
  made.material = secret_bytes(1 + octets.size());
  made.material.writable().front() = symmetric_mark;
  std::ranges::copy(octets, made.material.writable().begin() + 1);
  return made;
}

}  // namespace

outcome<generated_key> generate_symmetric(unsigned bits) {
  if (!is_served(bits)) {
    return fail(error_code::unsupported,
                "symmetric key: expected 128, 192 or 256 bits, found " + std::to_string(bits));
  }
  secret_bytes octets(bits / 8);
  if (RAND_priv_bytes(octets.writable().data(), static_cast<int>(octets.size())) != 1) {
    return library_failure(error_code::unavailable, "key generation");
  }
  return written(octets.view());
}

outcome<generated_key> import_symmetric(const private_jwk& given) {
  if (given.k.empty()) return fail(error_code::bad_input, "symmetric key: k is missing");
  if (!is_served(8 * given.k.size())) {
    return fail(error_code::unsupported, "symmetric key: expected k of 16, 24 or 32 bytes, found " +
                                             std::to_string(given.k.size()));
  }
  return written(given.k.view());
}

bool is_symmetric(byte_view material) {
  return !material.empty() && material.front() == symmetric_mark;
}

outcome<std::unique_ptr<key>> read_symmetric(byte_view material) {
  const auto octets = material.subspan(1);
  if (!is_served(8 * octets.size())) {
    return fail(error_code::corrupt, "symmetric key: expected 16, 24 or 32 bytes, found " +
                                         std::to_string(octets.size()));
  }
  return std::unique_ptr<key>(std::make_unique<symmetric_key>(secret_bytes::copy_of(octets)));
}

symmetric_key::symmetric_key(secret_bytes octets) : octets_(std::move(octets)) {
  pub_.type = key_type::oct;
  pub_.octet_bits = static_cast<unsigned>(8 * octets_.size());
}

outcome<bytes> symmetric_key::sign(const algorithm& alg, byte_view) {
  return not_a_signature(pub_, alg);
}

outcome<bool> symmetric_key::verify(const algorithm& alg, byte_view, byte_view) {
  return not_a_signature(pub_, alg);
}

outcome<cipher_output> symmetric_key::encrypt(const algorithm& alg, const cipher_input& in) {
  const error_scope errors;
  const auto found = check_encryption(pub_, alg, in);
  if (!found) return failure{found.error()};
  const cipher_mode& m = **found;

  cipher_output out;
  if (m.makes_iv) {
    // SP 800-38D §8.2.2: 96 random bits, good for 2^32 texts under one key (§8.3).
    out.iv.resize(m.iv);
    if (RAND_bytes(out.iv.data(), static_cast<int>(m.iv)) != 1) {
      return library_failure(error_code::unavailable, "initialization vector");
    }
  } else if (m.iv != 0) {
    out.iv.assign(in.iv.begin(), in.iv.end());
  }
  const auto ctx = start(use::encrypt, alg, out.iv);
  if (!ctx) return failure{ctx.error()};
  out.text.resize(in.text.size() + block_bytes);
  out.tag.resize(m.tag);
  const auto size = run(*ctx, m.tag != 0 ? in.aad : byte_view{}, in.text, out.text);
  if (!size || (m.tag != 0 && EVP_CIPHER_CTX_ctrl(*ctx, EVP_CTRL_AEAD_GET_TAG,
                                                  static_cast<int>(m.tag), out.tag.data()) != 1)) {
    return library_failure(error_code::unavailable, "encryption failed");
  }
  out.text.resize(*size);
  return out;
}

outcome<secret_bytes> symmetric_key::decrypt(const algorithm& alg, const cipher_input& in) {
  const error_scope errors;
  const auto found = check_decryption(pub_, alg, in);
  if (!found) return failure{found.error()};
  const cipher_mode& m = **found;
  const auto ctx = start(use::decrypt, alg, in.iv);
  if (!ctx) return failure{ctx.error()};
  // OpenSSL only reads the tag that it is given here.
  if (m.tag != 0 && EVP_CIPHER_CTX_ctrl(*ctx, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(m.tag),
                                        const_cast<std::uint8_t*>(in.tag.data())) != 1) {
    return library_failure(error_code::unavailable, "authentication tag");
  }
  secret_bytes text(in.text.size() + block_bytes);
  const auto size = run(*ctx, m.tag != 0 ? in.aad : byte_view{}, in.text, text.writable());
  if (!size) return refused_ciphertext();
  text.truncate(*size);
  return text;
}

outcome<EVP_CIPHER_CTX*> symmetric_key::start(use purpose, const algorithm& alg, byte_view iv) {
  auto ctx = context_for(purpose, alg);
  // Wrapping takes the initial values of its RFC when it is given none.
  const auto* from = alg.wraps_only() ? nullptr : iv.data();
  if (ctx &&
      EVP_CipherInit_ex2(*ctx, nullptr, nullptr, from, static_cast<int>(purpose), nullptr) != 1) {
    return library_failure(error_code::unavailable, std::string{alg.name});
  }
  return ctx;
}

outcome<EVP_CIPHER_CTX*> symmetric_key::context_for(use purpose, const algorithm& alg) {
  const auto known = std::ranges::find_if(
      contexts_, [&](const context& c) { return c.purpose == purpose && c.scheme == alg.scheme; });
  if (known != contexts_.end()) return known->ctx.get();

  const auto* cipher = cipher_of(alg.scheme, pub_.octet_bits);
  cipher_ctx_ptr ctx{EVP_CIPHER_CTX_new()};
  if (cipher == nullptr || ctx == nullptr ||
      EVP_CipherInit_ex2(ctx.get(), cipher, octets_.view().data(), nullptr,
                         static_cast<int>(purpose), nullptr) != 1 ||
      EVP_CIPHER_CTX_set_padding(ctx.get(), alg.scheme == scheme::aes_cbc ? 0 : 1) != 1) {
    return library_failure(error_code::unsupported, std::string{alg.name});
  }
  return contexts_.emplace_back(context{purpose, alg.scheme, std::move(ctx)}).ctx.get();
}

}  // namespace twinkeep::crypto::openssl
