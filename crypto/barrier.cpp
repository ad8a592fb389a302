#include "crypto/barrier.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "crypto/openssl/handles.hpp"

namespace twinkeep::crypto {

namespace {

constexpr std::uint8_t seal_format = 1;
constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;
constexpr std::size_t header_bytes = 1 + nonce_bytes;
static_assert(seal_overhead_bytes == header_bytes + tag_bytes);

// EVP counts in int; nothing that is stored comes near.
constexpr std::size_t longest_plain = std::size_t{1} << 30;

const EVP_CIPHER* aes_256_gcm() {
  static const openssl::cipher_ptr cipher{EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)};
  return cipher.get();
}

// Every part with its length before it: no two identities have the same additional data.
bytes additional_data(const record_identity& id) {
  constexpr std::size_t length_bytes = 4;
  const auto parts = {id.region, id.vault, id.record, id.part};
  std::size_t size = 1;
  for (const auto part : parts) size += length_bytes + part.size();
  bytes data;
  data.reserve(size);
  data.push_back(seal_format);
  for (const auto part : parts) {
    for (const unsigned shift : {24u, 16u, 8u, 0u}) {
      data.push_back(static_cast<std::uint8_t>(part.size() >> shift));
    }
    data.insert(data.end(), part.begin(), part.end());
  }
  return data;
}

// One for each thread and direction, because making one costs as much as opening a value, and so
// does setting its key: mostly it is the same vault's as the last time. It keeps that key, as the
// vault keeps it, and wipes it when the thread ends.
struct prepared {
  openssl::cipher_ctx_ptr ctx;
  secret_bytes key;  // that `ctx` is set up with; empty: none
};

prepared& prepared_for(bool encrypts) {
  thread_local std::array<prepared, 2> both;
  auto& p = both.at(encrypts ? 1 : 0);
  if (p.ctx == nullptr && aes_256_gcm() != nullptr) {
    p.ctx.reset(EVP_CIPHER_CTX_new());
    if (EVP_CipherInit_ex2(p.ctx.get(), aes_256_gcm(), nullptr, nullptr, encrypts ? 1 : 0,
                           nullptr) != 1) {
      p.ctx.reset();
    }
  }
  return p;
}

bool is_same(byte_view a, byte_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

EVP_CIPHER_CTX* start(const data_key& key, const record_identity& id, const std::uint8_t* nonce,
                      bool encrypts) {
  auto& p = prepared_for(encrypts);
  auto* const ctx = p.ctx.get();
  const bool known = is_same(p.key.view(), key.view());
  if (!known) p.key = {};
  const auto bound = additional_data(id);
  int ignored = 0;
  if (ctx == nullptr ||
      EVP_CipherInit_ex2(ctx, nullptr, known ? nullptr : key.view().data(), nonce, encrypts ? 1 : 0,
                         nullptr) != 1 ||
      EVP_CipherUpdate(ctx, nullptr, &ignored, bound.data(), static_cast<int>(bound.size())) != 1) {
    throw std::runtime_error("OpenSSL cannot start AES-256-GCM");
  }
  if (!known) p.key = secret_bytes::copy_of(key.view());
  return ctx;
}

bool update(EVP_CIPHER_CTX* ctx, std::uint8_t* out, byte_view in) {
  int written = 0;
  return in.empty() ||
         EVP_CipherUpdate(ctx, out, &written, in.data(), static_cast<int>(in.size())) == 1;
}

}  // namespace

data_key::data_key(secret_bytes key) : key_(std::move(key)) {
  if (key_.size() != size) throw std::invalid_argument("a data key has 32 bytes");
}

data_key data_key::generate(random_source& random) {
  secret_bytes key(size);
  random.fill(key.writable());
  return data_key(std::move(key));
}

bytes seal(const data_key& key, const record_identity& id, byte_view plain, random_source& random) {
  const openssl::error_scope errors;
  if (plain.size() > longest_plain) throw std::length_error("too long to be sealed");
  bytes sealed(plain.size() + seal_overhead_bytes);
  sealed[0] = seal_format;
  const auto nonce = std::span(sealed).subspan(1, nonce_bytes);
  random.fill(nonce);
  auto* const ctx = start(key, id, nonce.data(), true);
  auto* const tag = sealed.data() + header_bytes + plain.size();
  int ignored = 0;
  if (!update(ctx, sealed.data() + header_bytes, plain) ||
      EVP_CipherFinal_ex(ctx, tag, &ignored) != 1 ||
      EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, tag_bytes, tag) != 1) {
    throw std::runtime_error("OpenSSL cannot seal with AES-256-GCM");
  }
  return sealed;
}

outcome<secret_bytes> open(const data_key& key, const record_identity& id, byte_view sealed) {
  const openssl::error_scope errors;
  if (sealed.size() < seal_overhead_bytes) {
    return fail(error_code::corrupt, "sealed value: expected at least " +
                                         std::to_string(seal_overhead_bytes) + " bytes, found " +
                                         std::to_string(sealed.size()));
  }
  if (sealed[0] != seal_format || sealed.size() > longest_plain) {
    return fail(error_code::corrupt, "sealed value: expected format " +
                                         std::to_string(seal_format) + ", found " +
                                         std::to_string(sealed[0]));
  }
  const auto body = sealed.subspan(header_bytes, sealed.size() - seal_overhead_bytes);
  std::array<std::uint8_t, tag_bytes> tag{};
  std::ranges::copy(sealed.last(tag_bytes), tag.begin());
  auto* const ctx = start(key, id, sealed.data() + 1, false);
  secret_bytes plain(body.size());
  std::uint8_t none = 0;
  int ignored = 0;
  if (!update(ctx, plain.writable().data(), body) ||
      EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, tag_bytes, tag.data()) != 1 ||
      EVP_CipherFinal_ex(ctx, &none, &ignored) != 1) {
    return fail(error_code::refused, "sealed value: wrong key, wrong place or tampered with");
  }
  return plain;
}

}  // namespace twinkeep::crypto
