#include "crypto/openssl/certificate_bundle.hpp"

#include <algorithm>
#include <array>

#include "crypto/openssl/key_material.hpp"

namespace twinkeep::crypto::openssl {

namespace {

// CONTRACT 6.5: what can be imported.
constexpr std::array imported_modulus_bits{2048u, 3072u, 4096u};

using digest_ctx_ptr = handle<EVP_MD_CTX, EVP_MD_CTX_free>;

// Neither parsing nor comparing with the certificate looks at the private numbers.
bool signs_what_it_verifies(EVP_PKEY& key) {
  static constexpr std::string_view text = "twinkeep";
  const auto message = as_bytes(text);
  const digest_ctx_ptr signing{EVP_MD_CTX_new()};
  const digest_ctx_ptr verifying{EVP_MD_CTX_new()};
  std::size_t size = static_cast<std::size_t>(std::max(0, EVP_PKEY_get_size(&key)));
  bytes signature(size);
  return signing != nullptr && verifying != nullptr &&
         EVP_DigestSignInit(signing.get(), nullptr, EVP_sha256(), nullptr, &key) == 1 &&
         EVP_DigestSign(signing.get(), signature.data(), &size, message.data(), message.size()) ==
             1 &&
         EVP_DigestVerifyInit(verifying.get(), nullptr, EVP_sha256(), nullptr, &key) == 1 &&
         EVP_DigestVerify(verifying.get(), signature.data(), size, message.data(),
                          message.size()) == 1;
}

}  // namespace

failure<error> bundle_parts::wrong(std::string_view reason, error_code code) const {
  return fail(code, format_ + ": " + std::string{reason});
}

outcome<void> bundle_parts::add_key(pkey_ptr key) {
  if (key_ != nullptr) return wrong("expected exactly one private key, found a second one");
  const auto pub = public_half_of(*key);
  if (!pub) return wrong(pub.error().message, pub.error().code);
  if (pub->type == key_type::rsa) {
    const auto bits = static_cast<unsigned>(EVP_PKEY_get_bits(key.get()));
    if (std::ranges::find(imported_modulus_bits, bits) == imported_modulus_bits.end()) {
      return wrong("expected an RSA key of 2048, 3072 or 4096 bits, found " + std::to_string(bits),
                   error_code::unsupported);
    }
  }
  if (!signs_what_it_verifies(*key)) {
    return wrong("the numbers of the private key do not belong together");
  }
  key_ = std::move(key);
  return {};
}

outcome<void> bundle_parts::add_certificate(x509_ptr certificate) {
  const auto same = [&certificate](const x509_ptr& other) {
    return X509_cmp(certificate.get(), other.get()) == 0;
  };
  if (std::ranges::any_of(certificates_, same)) return {};  // twice in the file
  if (certificates_.size() == max_chain) {
    return wrong("expected at most " + std::to_string(max_chain) + " certificates, found more");
  }
  certificates_.push_back(std::move(certificate));
  return {};
}

outcome<certificate_bundle> bundle_parts::put_together() {
  if (key_ == nullptr) {
    return wrong("expected a certificate and its private key, found no private key");
  }
  if (certificates_.empty()) {
    return wrong("expected a certificate and its private key, found no certificate");
  }
  const auto is_of_key = [this](const x509_ptr& certificate) {
    const auto* const pub = X509_get0_pubkey(certificate.get());
    return pub != nullptr && EVP_PKEY_eq(pub, key_.get()) == 1;
  };
  const auto leaf = std::ranges::find_if(certificates_, is_of_key);
  if (leaf == certificates_.end()) {
    return wrong("the private key belongs to none of the certificates");
  }
  std::rotate(certificates_.begin(), leaf, leaf + 1);
  certificate_bundle bundle;
  for (const auto& certificate : certificates_) {
    auto der = write_certificate_der(*certificate);
    if (!der) return failure{std::move(der).error()};
    bundle.chain.push_back(std::move(*der));
  }
  auto material = write_private(*key_);
  if (!material) return failure{std::move(material).error()};
  bundle.material = std::move(*material);
  return bundle;
}

}  // namespace twinkeep::crypto::openssl
