#include "crypto/input_rules.hpp"
#include "crypto/pkcs11/token_key.hpp"

namespace twinkeep::crypto::pkcs11 {

namespace {

attempt<bytes> signature_of(session& in, CK_OBJECT_HANDLE object, const algorithm& alg,
                            byte_view digest) {
  switch (alg.scheme) {
    case scheme::rsa_pkcs1_signature:
      return in.sign(method{CKM_RSA_PKCS}, object, digest_info(alg.hash, digest));
    case scheme::rsa_pss: {
      auto parameters = pss_parameters(alg);
      return in.sign(method{CKM_RSA_PKCS_PSS, parameters}, object, digest);
    }
    default:
      return in.sign(method{mechanism_of(alg.scheme)}, object, digest);
  }
}

attempt<secret_bytes> decrypted(session& in, CK_OBJECT_HANDLE object, const algorithm& alg, way how,
                                byte_view text) {
  if (how == way::raw_oaep) return in.decrypt(method{CKM_RSA_X_509}, object, text);
  if (alg.scheme != scheme::rsa_oaep) {
    return in.decrypt(method{mechanism_of(alg.scheme)}, object, text);
  }
  auto parameters = oaep_parameters(alg);
  return in.decrypt(method{CKM_RSA_PKCS_OAEP, parameters}, object, text);
}

}  // namespace

attempt<CK_OBJECT_HANDLE> handle_of(session& in, connection& link, const hsm_key_id& id) {
  auto found = link.find_key(in, id);
  if (found && *found == CK_INVALID_HANDLE) {
    return trouble_of({error_code::unavailable, "token \"" + link.token().label +
                                                    "\" does not hold the key " + hex_encode(id)});
  }
  return found;
}

failure<trouble> judged(session& in, CK_OBJECT_HANDLE object, const trouble& why) {
  if (is_lost(why.code) || why.what.code == error_code::unsupported) return failure{why};
  if (const auto seen = in.read(object, CKA_ID); !seen) return failure{seen.error()};
  return failure{trouble{why.code, refused_ciphertext().value}};
}

token_pair::token_pair(std::shared_ptr<token> in, hsm_key_id id, public_key pub,
                       std::unique_ptr<key> half)
    : token_(std::move(in)), id_(id), pub_(std::move(pub)), half_(std::move(half)) {}

outcome<bytes> token_pair::sign(const algorithm& alg, byte_view digest) {
  if (auto may = check_purpose(pub_, alg, true); !may) return failure{std::move(may).error()};
  if (auto fits = check_length(pub_, alg, "digest", digest.size()); !fits) {
    return failure{std::move(fits).error()};
  }
  return token_->run([&](session& in, connection& link) -> attempt<bytes> {
    if (way_of(link.mechanisms(), alg) == way::none) return trouble_of(not_offered(alg).value);
    const auto object = handle_of(in, link, id_);
    if (!object) return failure{object.error()};
    auto made = signature_of(in, *object, alg, digest);
    if (!made && made.error().what.code == error_code::unsupported) {
      return trouble_of(not_offered(alg).value);
    }
    return made;
  });
}

outcome<bool> token_pair::verify(const algorithm& alg, byte_view digest, byte_view signature) {
  return half_->verify(alg, digest, signature);
}

outcome<cipher_output> token_pair::encrypt(const algorithm& alg, const cipher_input& in) {
  if (auto may = check_purpose(pub_, alg, false); !may) return failure{std::move(may).error()};
  // Nobody is to encrypt what the HSM does not decrypt.
  if (auto how = way_to_decrypt(alg); !how) return failure{std::move(how).error()};
  return half_->encrypt(alg, in);
}

outcome<secret_bytes> token_pair::decrypt(const algorithm& alg, const cipher_input& in) {
  if (auto may = check_purpose(pub_, alg, false); !may) return failure{std::move(may).error()};
  const auto how = way_to_decrypt(alg);
  if (!how) return failure{how.error()};
  if (in.text.size() != pub_.modulus_bytes()) return refused_ciphertext();
  auto text = token_->run([&](session& with, connection& link) -> attempt<secret_bytes> {
    const auto object = handle_of(with, link, id_);
    if (!object) return failure{object.error()};
    auto done = decrypted(with, *object, alg, *how, in.text);
    if (!done) return judged(with, *object, done.error());
    return done;
  });
  if (!text) {
    if (text.error().code == error_code::unsupported) return not_offered(alg);
    return text;
  }
  return *how == way::raw_oaep ? without_oaep(alg.hash, text->view()) : std::move(text);
}

outcome<way> token_pair::way_to_decrypt(const algorithm& alg) {
  if (is_to_be_tried(alg) && oaep_) return *oaep_;
  auto how = token_->run([&](session& in, connection& link) -> attempt<way> {
    const auto may = way_of(link.mechanisms(), alg);
    if (may != way::direct || !is_to_be_tried(alg)) return may;
    const auto object = handle_of(in, link, id_);
    if (!object) return failure{object.error()};
    auto parameters = oaep_parameters(alg);
    const auto begun = in.try_decrypt(method{CKM_RSA_PKCS_OAEP, parameters}, *object);
    if (begun) return way::direct;
    if (is_lost(begun.error().code)) return failure{begun.error()};
    return link.mechanisms().offers(CKM_RSA_X_509, CKF_DECRYPT) ? way::raw_oaep : way::none;
  });
  if (!how) return how;
  if (*how == way::none) return not_offered(alg);
  if (is_to_be_tried(alg)) oaep_ = *how;
  return how;
}

}  // namespace twinkeep::crypto::pkcs11
