#include "crypto/openssl/software_key.hpp"

#include <openssl/core_names.h>

#include <algorithm>
#include <array>

#include "crypto/input_rules.hpp"
#include "crypto/openssl/ecdsa_signature.hpp"

namespace twinkeep::crypto::openssl {

namespace {

// Signatures and encryption have the same names for these.
constexpr const char* pad_mode = OSSL_PKEY_PARAM_PAD_MODE;
constexpr const char* digest_name = OSSL_ALG_PARAM_DIGEST;

using parameters = std::vector<OSSL_PARAM>;

parameters parameters_of(const algorithm& alg) {
  const auto pad = [](std::string_view mode) { return text_param(pad_mode, mode); };
  const auto with = [&](const char* name) { return text_param(name, openssl_name(alg.hash)); };
  parameters params;
  switch (alg.scheme) {
    case scheme::rsa_pkcs1_encryption:
      params = {pad(OSSL_PKEY_RSA_PAD_MODE_PKCSV15)};
      break;
    case scheme::rsa_oaep:
      params = {pad(OSSL_PKEY_RSA_PAD_MODE_OAEP), with(digest_name),
                with(OSSL_PKEY_PARAM_MGF1_DIGEST)};
      break;
    case scheme::rsa_pkcs1_signature:
      params = {pad(OSSL_PKEY_RSA_PAD_MODE_PKCSV15), with(digest_name)};
      break;
    case scheme::rsa_pss:
      params = {pad(OSSL_PKEY_RSA_PAD_MODE_PSS), with(digest_name),
                with(OSSL_PKEY_PARAM_MGF1_DIGEST),
                text_param(OSSL_SIGNATURE_PARAM_PSS_SALTLEN, OSSL_PKEY_RSA_PSS_SALT_LEN_DIGEST)};
      break;
    case scheme::rsa_pkcs1_raw:
      params = {pad(OSSL_PKEY_RSA_PAD_MODE_NONE)};
      break;
    default:  // ECDSA has none; symmetric algorithms never come here
      break;
  }
  params.push_back(OSSL_PARAM_construct_end());
  return params;
}

}  // namespace

software_key::software_key(pkey_ptr pkey, public_key pub, half has)
    : pkey_(std::move(pkey)), pub_(std::move(pub)), has_(has) {}

outcome<bytes> software_key::sign(const algorithm& alg, byte_view digest) {
  const error_scope errors;
  const auto ctx = prepare(use::sign, alg);
  if (!ctx) return failure{ctx.error()};
  if (auto fits = check_length(pub_, alg, "digest", digest.size()); !fits) {
    return failure{std::move(fits).error()};
  }
  bytes padded;
  if (alg.scheme == scheme::rsa_pkcs1_raw) digest = padded = pad_raw(digest);
  bytes signature(static_cast<std::size_t>(EVP_PKEY_get_size(pkey_.get())));
  auto size = signature.size();
  if (EVP_PKEY_sign(*ctx, signature.data(), &size, digest.data(), digest.size()) != 1) {
    return library_failure(error_code::unavailable, "signing failed");
  }
  signature.resize(size);
  if (alg.scheme != scheme::ecdsa) return signature;
  return fixed_width(signature, facts_of(pub_.crv).coordinate_bytes);
}

outcome<bool> software_key::verify(const algorithm& alg, byte_view digest, byte_view signature) {
  const error_scope errors;
  const auto ctx = prepare(use::verify, alg);
  if (!ctx) return failure{ctx.error()};
  if (auto fits = check_length(pub_, alg, "digest", digest.size()); !fits) {
    return failure{std::move(fits).error()};
  }
  bytes der;
  bytes padded;
  if (alg.scheme == scheme::ecdsa) {
    signature = der = der_of(signature, facts_of(pub_.crv).coordinate_bytes);
    if (der.empty()) return false;
  } else if (signature.size() != pub_.modulus_bytes()) {
    return false;
  }
  if (alg.scheme == scheme::rsa_pkcs1_raw) digest = padded = pad_raw(digest);
  return EVP_PKEY_verify(*ctx, signature.data(), signature.size(), digest.data(), digest.size()) ==
         1;
}

outcome<cipher_output> software_key::encrypt(const algorithm& alg, const cipher_input& in) {
  const auto plaintext = in.text;
  const error_scope errors;
  const auto ctx = prepare(use::encrypt, alg);
  if (!ctx) return failure{ctx.error()};
  if (auto fits = check_length(pub_, alg, "plaintext", plaintext.size()); !fits) {
    return failure{std::move(fits).error()};
  }
  bytes ciphertext(pub_.modulus_bytes());
  auto size = ciphertext.size();
  if (EVP_PKEY_encrypt(*ctx, ciphertext.data(), &size, plaintext.data(), plaintext.size()) != 1) {
    return library_failure(error_code::unavailable, "encryption failed");
  }
  return cipher_output{std::move(ciphertext), {}, {}};
}

// OpenSSL takes RSA1_5 and OAEP padding off in constant time; what is left is that all failures
// leave by the same door, with the same words.
outcome<secret_bytes> software_key::decrypt(const algorithm& alg, const cipher_input& in) {
  const auto ciphertext = in.text;
  const error_scope errors;
  const auto ctx = prepare(use::decrypt, alg);
  if (!ctx) return failure{ctx.error()};
  secret_bytes plaintext(pub_.modulus_bytes());
  auto size = plaintext.size();
  if (ciphertext.size() != pub_.modulus_bytes() ||
      EVP_PKEY_decrypt(*ctx, plaintext.writable().data(), &size, ciphertext.data(),
                       ciphertext.size()) != 1) {
    return refused_ciphertext();
  }
  plaintext.truncate(size);
  return plaintext;
}

outcome<EVP_PKEY_CTX*> software_key::prepare(use purpose, const algorithm& alg) {
  if (auto may = check_use(purpose, alg); !may) return failure{std::move(may).error()};
  const auto known = std::ranges::find_if(contexts_, [&](const context& c) {
    return c.purpose == purpose && c.scheme == alg.scheme && c.hash == alg.hash;
  });
  if (known != contexts_.end()) return known->ctx.get();

  using init_function = int (*)(EVP_PKEY_CTX*, const OSSL_PARAM*);
  constexpr std::array<init_function, 4> init{EVP_PKEY_sign_init_ex, EVP_PKEY_verify_init_ex,
                                              EVP_PKEY_encrypt_init_ex, EVP_PKEY_decrypt_init_ex};
  pkey_ctx_ptr ctx{EVP_PKEY_CTX_new_from_pkey(nullptr, pkey_.get(), nullptr)};
  const auto params = parameters_of(alg);
  if (ctx == nullptr || init[static_cast<std::size_t>(purpose)](ctx.get(), params.data()) != 1) {
    return library_failure(error_code::unsupported, std::string{alg.name});
  }
  return contexts_.emplace_back(context{purpose, alg.scheme, alg.hash, std::move(ctx)}).ctx.get();
}

outcome<void> software_key::check_use(use purpose, const algorithm& alg) const {
  const bool is_signature = purpose == use::sign || purpose == use::verify;
  if (auto fits = check_purpose(pub_, alg, is_signature); !fits) return fits;
  if (has_ == half::public_only && (purpose == use::sign || purpose == use::decrypt)) {
    return fail(error_code::unsupported, "a public key neither signs nor decrypts");
  }
  return {};
}

bytes software_key::pad_raw(byte_view input) const {
  bytes padded(pub_.modulus_bytes(), 0xff);
  padded[0] = 0;
  padded[1] = 1;
  const auto start = padded.size() - input.size();
  padded[start - 1] = 0;
  std::ranges::copy(input, padded.begin() + static_cast<std::ptrdiff_t>(start));
  return padded;
}

}  // namespace twinkeep::crypto::openssl
