#include <algorithm>

#include "crypto/input_rules.hpp"
#include "crypto/pkcs11/text_wrapping.hpp"
#include "crypto/pkcs11/token_key.hpp"
#include "crypto/random.hpp"

namespace twinkeep::crypto::pkcs11 {

namespace {

// `iv` and `aad` are only read.
CK_GCM_PARAMS gcm_parameters(byte_view iv, byte_view aad, std::size_t tag_bytes) {
  return {const_cast<CK_BYTE*>(iv.data()),  iv.size(),  8 * iv.size(),
          const_cast<CK_BYTE*>(aad.data()), aad.size(), 8 * tag_bytes};
}

// CK_MECHANISM of a cipher with what it points to.
class cipher_mechanism {
 public:
  cipher_mechanism(const algorithm& alg, const cipher_mode& mode, byte_view iv, byte_view aad)
      : gcm_(gcm_parameters(iv, aad, mode.tag)), how_(mechanism_of(alg.scheme)) {
    if (alg.scheme == scheme::aes_gcm) {
      how_ = method{how_.mechanism, gcm_};
    } else if (mode.iv != 0) {
      how_.pParameter = const_cast<CK_BYTE*>(iv.data());
      how_.ulParameterLen = iv.size();
    }
  }
  cipher_mechanism(const cipher_mechanism&) = delete;
  cipher_mechanism& operator=(const cipher_mechanism&) = delete;
  [[nodiscard]] method get() const { return how_; }

 private:
  CK_GCM_PARAMS gcm_;
  method how_;
};

}  // namespace

token_cipher::token_cipher(std::shared_ptr<token> in, hsm_key_id id, public_key pub)
    : token_(std::move(in)), id_(id), pub_(std::move(pub)) {}

outcome<bytes> token_cipher::sign(const algorithm& alg, byte_view) {
  return not_a_signature(pub_, alg);
}

outcome<bool> token_cipher::verify(const algorithm& alg, byte_view, byte_view) {
  return not_a_signature(pub_, alg);
}

outcome<cipher_output> token_cipher::encrypt(const algorithm& alg, const cipher_input& in) {
  const auto found = check_encryption(pub_, alg, in);
  if (!found) return failure{found.error()};
  const cipher_mode& mode = **found;
  cipher_output out;
  if (mode.makes_iv) {
    // SP 800-38D §8.2.2, as software keys do.
    out.iv.resize(mode.iv);
    system_random().fill(out.iv);
  } else if (mode.iv != 0) {
    out.iv.assign(in.iv.begin(), in.iv.end());
  }
  const cipher_mechanism how(alg, mode, out.iv, in.aad);
  auto text = token_->run([&](session& with, connection& link) -> attempt<bytes> {
    const auto by = way_of(link.mechanisms(), alg);
    if (by == way::none) return trouble_of(not_offered(alg).value);
    const auto object = handle_of(with, link, id_);
    if (!object) return failure{object.error()};
    return by == way::by_wrapping ? wrap_text(with, link.mechanisms(), *object, alg, in.text)
                                  : with.encrypt(how.get(), *object, in.text);
  });
  if (!text) return failure{std::move(text).error()};
  out.text = *std::move(text);
  if (mode.tag != 0) {
    if (out.text.size() != in.text.size() + mode.tag) {
      return fail(error_code::unavailable, std::string{alg.name} + ": the HSM left out the tag");
    }
    out.tag.assign(out.text.end() - static_cast<std::ptrdiff_t>(mode.tag), out.text.end());
    out.text.resize(in.text.size());
  }
  return out;
}

outcome<secret_bytes> token_cipher::decrypt(const algorithm& alg, const cipher_input& in) {
  const auto found = check_decryption(pub_, alg, in);
  if (!found) return failure{found.error()};
  const cipher_mode& mode = **found;
  const cipher_mechanism how(alg, mode, in.iv, mode.tag != 0 ? in.aad : byte_view{});
  bytes text(in.text.begin(), in.text.end());
  if (mode.tag != 0) text.insert(text.end(), in.tag.begin(), in.tag.end());
  return token_->run([&](session& with, connection& link) -> attempt<secret_bytes> {
    const auto by = way_of(link.mechanisms(), alg);
    if (by == way::none) return trouble_of(not_offered(alg).value);
    const auto object = handle_of(with, link, id_);
    if (!object) return failure{object.error()};
    auto done = by == way::by_wrapping ? unwrap_text(with, *object, alg, text)
                                       : with.decrypt(how.get(), *object, text);
    if (!done) return judged(with, *object, done.error());
    return done;
  });
}

}  // namespace twinkeep::crypto::pkcs11
