#include "crypto/pkcs11/text_wrapping.hpp"

#include <algorithm>

#include "crypto/input_rules.hpp"
#include "crypto/pkcs11/offered.hpp"

namespace twinkeep::crypto::pkcs11 {

namespace {

constexpr std::size_t semiblock = 8;

attributes passing_text() {
  attributes a;
  a.number(CKA_CLASS, CKO_SECRET_KEY).number(CKA_KEY_TYPE, CKK_GENERIC_SECRET);
  a.no(CKA_TOKEN).no(CKA_SENSITIVE).yes(CKA_EXTRACTABLE);
  return a;
}

attempt<bytes> wrap_object(session& in, CK_OBJECT_HANDLE key, const algorithm& alg,
                           byte_view text) {
  auto a = passing_text();
  a.octets(CKA_VALUE, text);
  const auto made = in.create(a);
  if (!made) return failure{made.error()};
  const passing_object passing(in, *made);
  return in.wrap(method{mechanism_of(alg.scheme)}, key, passing.get());
}

// RFC 5649 §3: the text's length in the alternative initial value, zero octets behind the text.
secret_bytes begin_padded(byte_view text) {
  const auto padded = (text.size() + semiblock - 1) / semiblock * semiblock;
  secret_bytes all(semiblock + padded);
  const auto out = all.writable();
  const auto size = static_cast<std::uint32_t>(text.size());
  const std::uint8_t head[]{0xa6,
                            0x59,
                            0x59,
                            0xa6,
                            static_cast<std::uint8_t>(size >> 24),
                            static_cast<std::uint8_t>(size >> 16),
                            static_cast<std::uint8_t>(size >> 8),
                            static_cast<std::uint8_t>(size)};
  std::ranges::copy(head, out.begin());
  std::ranges::copy(text, out.begin() + semiblock);
  return all;
}

// RFC 3394 §2.2.1 on what begin_padded() gives, a block of AES after the other in the module.
attempt<bytes> wrap_by_blocks(session& in, CK_OBJECT_HANDLE key, byte_view text) {
  auto all = begin_padded(text);
  const auto out = all.writable();
  const auto count = out.size() / semiblock - 1;
  secret_bytes block(block_bytes);
  const auto encrypt = [&](std::size_t i) -> attempt<void> {
    std::ranges::copy(out.first(semiblock), block.writable().begin());
    std::ranges::copy(out.subspan(i * semiblock, semiblock), block.writable().begin() + semiblock);
    const auto made = in.encrypt(method{CKM_AES_ECB}, key, block.view());
    if (!made) return failure{made.error()};
    if (made->size() != block_bytes) return failed("C_Encrypt", CKR_GENERAL_ERROR);
    const byte_view whole{*made};
    std::ranges::copy(whole.first(semiblock), out.begin());
    std::ranges::copy(whole.last(semiblock),
                      out.begin() + static_cast<std::ptrdiff_t>(i * semiblock));
    return {};
  };
  if (count == 1) {  // RFC 5649 §4.1: one block, and no rounds
    if (auto done = encrypt(1); !done) return failure{std::move(done).error()};
  } else {
    std::uint64_t step = 0;
    for (int round = 0; round < 6; ++round) {
      for (std::size_t i = 1; i <= count; ++i) {
        if (auto done = encrypt(i); !done) return failure{std::move(done).error()};
        ++step;
        for (std::size_t octet = 0; octet < semiblock; ++octet) {
          out[semiblock - 1 - octet] ^= static_cast<std::uint8_t>(step >> (8 * octet));
        }
      }
    }
  }
  return bytes(out.begin(), out.end());
}

}  // namespace

attempt<bytes> wrap_text(session& in, const mechanism_list& offered, CK_OBJECT_HANDLE key,
                         const algorithm& alg, byte_view text) {
  auto made = wrap_object(in, key, alg, text);
  if (!made || text.size() % semiblock == 0) return made;
  // PKCS #11 2.40 leaves open which padding CKM_AES_KEY_WRAP_PAD is, and SoftHSM 2.6.1 loses the
  // length of a text that is no multiple of 8: what comes out of it must be what went in.
  const auto opened = unwrap_text(in, key, alg, *made);
  if (opened && std::ranges::equal(opened->view(), text)) return made;
  if (!offered.offers(CKM_AES_ECB, CKF_ENCRYPT)) {
    return trouble_of(
        {error_code::unsupported,
         std::string{alg.name} + " is offered by the HSM for multiples of 8 bytes only."});
  }
  return wrap_by_blocks(in, key, text);
}

attempt<secret_bytes> unwrap_text(session& in, CK_OBJECT_HANDLE key, const algorithm& alg,
                                  byte_view wrapped) {
  auto a = passing_text();
  const auto made = in.unwrap(method{mechanism_of(alg.scheme)}, key, wrapped, a);
  if (!made) return failure{made.error()};
  const passing_object passing(in, *made);
  return in.read_secret(passing.get(), CKA_VALUE, wrapped.size());
}

}  // namespace twinkeep::crypto::pkcs11
