#include <openssl/pem.h>

#include <algorithm>
#include <array>

#include "crypto/certificates.hpp"
#include "crypto/openssl/certificate_bundle.hpp"
#include "crypto/openssl/key_material.hpp"

namespace twinkeep::crypto {

namespace {

using namespace openssl;

// One "-----BEGIN label-----" to its END. OpenSSL's "secure" memory is cleared when it is freed,
// whether or not the process has a secure heap.
struct pem_block {
  char* label = nullptr;
  char* header = nullptr;
  unsigned char* data = nullptr;
  long size = 0;

  pem_block() = default;
  pem_block(const pem_block&) = delete;
  pem_block& operator=(const pem_block&) = delete;
  ~pem_block() {
    OPENSSL_secure_free(label);
    OPENSSL_secure_free(header);
    OPENSSL_secure_clear_free(data, static_cast<std::size_t>(size));
  }
  [[nodiscard]] byte_view content() const { return {data, static_cast<std::size_t>(size)}; }
};

enum class block_kind { certificate, pkcs8, rsa, ec, parameters };
struct labelled {
  std::string_view label;
  block_kind kind;
};
constexpr std::array labels = std::to_array<labelled>({
    {"CERTIFICATE", block_kind::certificate},
    {"X509 CERTIFICATE", block_kind::certificate},
    {"PRIVATE KEY", block_kind::pkcs8},
    {"RSA PRIVATE KEY", block_kind::rsa},
    {"EC PRIVATE KEY", block_kind::ec},
    {"EC PARAMETERS", block_kind::parameters},  // `openssl ecparam -genkey` writes them
});

constexpr std::string_view encrypted_key =
    "the private key is encrypted: expected one in the clear";

// The forms before PKCS#8 (RFC 8017 §A.1.2, RFC 5915).
outcome<pkey_ptr> read_old_key(int type, byte_view der) {
  const auto* at = der.data();
  pkey_ptr key{d2i_PrivateKey(type, nullptr, &at, static_cast<long>(der.size()))};
  if (key == nullptr) return library_failure(error_code::corrupt, "private key");
  return key;
}

outcome<void> take(const pem_block& block, bundle_parts& parts) {
  const std::string_view label{block.label};
  if (label == "ENCRYPTED PRIVATE KEY" ||
      std::string_view{block.header}.find("ENCRYPTED") != std::string_view::npos) {
    return parts.wrong(encrypted_key);
  }
  const auto row = std::ranges::find(labels, label, &labelled::label);
  if (row == labels.end()) {
    return parts.wrong("expected PRIVATE KEY and CERTIFICATE, found " + quoted(label));
  }
  if (row->kind == block_kind::parameters) return {};
  if (row->kind == block_kind::certificate) {
    auto certificate = read_certificate_der(block.content());
    if (!certificate) return parts.wrong(certificate.error().message);
    return parts.add_certificate(std::move(*certificate));
  }
  auto key = row->kind == block_kind::pkcs8 ? read_private(block.content())
             : row->kind == block_kind::rsa ? read_old_key(EVP_PKEY_RSA, block.content())
                                            : read_old_key(EVP_PKEY_EC, block.content());
  if (!key) return parts.wrong(key.error().message);
  return parts.add_key(std::move(*key));
}

}  // namespace

outcome<certificate_bundle> read_pem_bundle(byte_view pem) {
  const error_scope errors;
  bundle_parts parts{"PEM"};
  if (pem.size() > largest_bundle) return parts.wrong("expected at most 1 MiB");
  // OpenSSL takes a null pointer, which an empty view may have, for an error.
  const bio_ptr in{
      BIO_new_mem_buf(pem.empty() ? "" : as_text(pem).data(), static_cast<int>(pem.size()))};
  if (in == nullptr) return library_failure(error_code::unavailable, "PEM");
  for (;;) {
    pem_block block;
    if (PEM_read_bio_ex(in.get(), &block.label, &block.header, &block.data, &block.size,
                        PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE) != 1) {
      if (ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE) break;
      return library_failure(error_code::bad_input, "PEM: a block does not parse");
    }
    if (auto taken = take(block, parts); !taken) return failure{std::move(taken).error()};
  }
  return parts.put_together();
}

outcome<secret_bytes> write_pem_bundle(byte_view material, const std::vector<bytes>& chain) {
  const error_scope errors;
  wiping_bytes text;
  if (!material.empty()) {
    const auto key = read_private(material);
    if (!key) return failure{key.error()};
    const auto pem = write_private_pem(**key);
    if (!pem) return failure{pem.error()};
    text.assign(pem->view().begin(), pem->view().end());
  }
  for (const auto& der : chain) {
    const auto certificate = read_certificate_der(der);
    if (!certificate) return failure{certificate.error()};
    const auto pem = write_certificate_pem(**certificate);
    if (!pem) return failure{pem.error()};
    const auto octets = as_bytes(*pem);
    text.insert(text.end(), octets.begin(), octets.end());
  }
  return secret_bytes{std::move(text)};
}

}  // namespace twinkeep::crypto
