#include "crypto/openssl/symmetric_key.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <optional>

namespace twinkeep::crypto::openssl {

namespace {

constexpr std::uint8_t symmetric_mark = 0x00;  // PKCS#8 DER is a SEQUENCE and begins with 0x30
constexpr std::array key_sizes{128u, 192u, 256u};

constexpr std::size_t block_bytes = 16;
constexpr std::size_t longest_text = std::size_t{1} << 30;  // EVP counts in int
// Wrapping goes over its text six times, block after block: nobody's key is longer than this.
constexpr std::size_t longest_wrapped = std::size_t{64} << 10;

// What a scheme asks of its parameters, in bytes.
struct mode {
  crypto::scheme scheme;
  std::string_view suffix;  // of OpenSSL's name
  std::size_t iv;
  std::size_t tag;
  bool makes_iv;           // when it encrypts; a caller's would be used twice one day
  std::size_t shortest;    // plaintext
  std::size_t longest;     // plaintext
  std::size_t multiple;    // plaintext
  std::size_t least_sent;  // ciphertext; EVP takes nothing at all for a success
};
constexpr std::array modes = std::to_array<mode>({
    {scheme::aes_gcm, "GCM", 12, 16, true, 0, longest_text, 1, 0},
    {scheme::aes_cbc, "CBC", 16, 0, false, block_bytes, longest_text, block_bytes, block_bytes},
    {scheme::aes_cbc_pad, "CBC", 16, 0, false, 0, longest_text, 1, block_bytes},
    // RFC 3394 §2: two semiblocks at least; RFC 5649 §3: one octet at least.
    {scheme::aes_key_wrap, "WRAP", 0, 0, false, 16, longest_wrapped, 8, 24},
    {scheme::aes_key_wrap_pad, "WRAP-PAD", 0, 0, false, 1, longest_wrapped, 1, 16},
});

using fetched = std::array<std::array<cipher_ptr, key_sizes.size()>, modes.size()>;

fetched fetch_all() {
  fetched all;
  for (std::size_t m = 0; m < modes.size(); ++m) {
    for (std::size_t s = 0; s < key_sizes.size(); ++s) {
      const auto name =
          "AES-" + std::to_string(key_sizes.at(s)) + "-" + std::string{modes.at(m).suffix};
      all.at(m).at(s).reset(EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr));
    }
  }
  return all;
}

// nullptr: this OpenSSL has none.
const EVP_CIPHER* cipher_of(crypto::scheme scheme, unsigned bits) {
  static const fetched all = fetch_all();
  const auto m = std::ranges::find(modes, scheme, &mode::scheme) - modes.begin();
  const auto s = std::ranges::find(key_sizes, bits) - key_sizes.begin();
  return all.at(static_cast<std::size_t>(m)).at(static_cast<std::size_t>(s)).get();
}

outcome<const mode*> mode_of(const public_key& pub, const algorithm& alg) {
  if (auto fits = check_fit(pub, alg); !fits) return failure{std::move(fits).error()};
  const auto* found = std::ranges::find(modes, alg.scheme, &mode::scheme);
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

outcome<void> check_plaintext(const algorithm& alg, const mode& m, std::size_t size) {
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
  return not_for_signatures(alg);
}

outcome<bool> symmetric_key::verify(const algorithm& alg, byte_view, byte_view) {
  return not_for_signatures(alg);
}

outcome<cipher_output> symmetric_key::encrypt(const algorithm& alg, const cipher_input& in) {
  const error_scope errors;
  const auto found = mode_of(pub_, alg);
  if (!found) return failure{found.error()};
  const mode& m = **found;
  if (auto fits = check_plaintext(alg, m, in.text.size()); !fits) return failure{fits.error()};
  if (auto fits = check_associated(alg, in.aad.size()); !fits) return failure{fits.error()};

  cipher_output out;
  if (m.makes_iv) {
    // SP 800-38D §8.2.2: 96 random bits, good for 2^32 texts under one key (§8.3).
    out.iv.resize(m.iv);
    if (RAND_bytes(out.iv.data(), static_cast<int>(m.iv)) != 1) {
      return library_failure(error_code::unavailable, "initialization vector");
    }
  } else if (m.iv != 0) {
    if (auto fits = check_size(alg, "an iv", m.iv, in.iv.size()); !fits) {
      return failure{fits.error()};
    }
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

// A caller learns from a refusal that text, key and the rest do not belong together, and nothing
// else: not even whether the length of the text was wrong, or its padding, or its tag.
outcome<secret_bytes> symmetric_key::decrypt(const algorithm& alg, const cipher_input& in) {
  const error_scope errors;
  const auto found = mode_of(pub_, alg);
  if (!found) return failure{found.error()};
  const mode& m = **found;
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

failure<error> symmetric_key::not_for_signatures(const algorithm& alg) const {
  if (auto fits = check_fit(pub_, alg); !fits) return failure{std::move(fits).error()};
  return fail(error_code::bad_input, std::string{alg.name} + " only encrypts");
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
