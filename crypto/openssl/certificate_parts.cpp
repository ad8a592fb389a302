#include "crypto/openssl/certificate_parts.hpp"

#include <openssl/pem.h>

#include <array>

namespace twinkeep::crypto::openssl {

namespace {

constexpr std::size_t serial_bytes = 16;
constexpr std::int64_t last_second = 253'402'300'799;  // of the year 9999

// Without it OpenSSL asks at the terminal.
int no_password(char*, int, int, void*) {
  return -1;
}

bio_ptr reading(byte_view text) {
  return bio_ptr{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

template <class Handle, auto Decode>
outcome<Handle> read_der(byte_view der, const char* what) {
  const auto* at = der.data();
  Handle read{Decode(nullptr, &at, static_cast<long>(der.size()))};
  if (read == nullptr) {
    return library_failure(error_code::corrupt, std::string{"expected "} + what + " in DER");
  }
  if (at != der.data() + der.size()) {
    return fail(error_code::corrupt,
                std::string{"expected "} + what + " in DER and nothing behind it");
  }
  return read;
}

bool set_serial(X509& certificate) {
  std::array<std::uint8_t, serial_bytes> serial{};
  system_random().fill(serial);
  // RFC 5280 §4.1.2.2: positive and of at most 20 octets. The fixed bits make it never zero.
  serial[0] = static_cast<std::uint8_t>((serial[0] & 0x7f) | 0x40);
  const bn_ptr number{BN_bin2bn(serial.data(), serial.size(), nullptr)};
  return number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&certificate)) != nullptr;
}

}  // namespace

outcome<x509_ptr> read_certificate_pem(std::string_view pem) {
  const auto in = reading(as_bytes(pem));
  x509_ptr certificate{PEM_read_bio_X509(in.get(), nullptr, no_password, nullptr)};
  if (certificate == nullptr) {
    return library_failure(error_code::corrupt, "expected a certificate in PEM");
  }
  return certificate;
}

outcome<pkey_ptr> read_private_pem(byte_view pem) {
  const auto in = reading(pem);
  pkey_ptr key{PEM_read_bio_PrivateKey(in.get(), nullptr, no_password, nullptr)};
  if (key == nullptr) {
    return library_failure(error_code::corrupt, "expected an unencrypted private key in PEM");
  }
  return key;
}

outcome<std::string> write_certificate_pem(X509& certificate) {
  const bio_ptr out{BIO_new(BIO_s_mem())};
  if (out == nullptr || PEM_write_bio_X509(out.get(), &certificate) != 1) {
    return library_failure(error_code::unavailable, "certificate cannot be written");
  }
  return std::string{as_text(content_of(*out))};
}

outcome<secret_bytes> write_private_pem(EVP_PKEY& key) {
  // A memory BIO wipes its buffer when it grows and when it is freed.
  const bio_ptr out{BIO_new(BIO_s_mem())};
  if (out == nullptr || PEM_write_bio_PKCS8PrivateKey(out.get(), &key, nullptr, nullptr, 0,
                                                      no_password, nullptr) != 1) {
    return library_failure(error_code::unavailable, "private key cannot be written");
  }
  return secret_bytes::copy_of(content_of(*out));
}

outcome<x509_ptr> read_certificate_der(byte_view der) {
  return read_der<x509_ptr, d2i_X509>(der, "a certificate");
}

outcome<x509_request_ptr> read_request_der(byte_view der) {
  return read_der<x509_request_ptr, d2i_X509_REQ>(der, "a certificate request (PKCS#10)");
}

outcome<bytes> write_certificate_der(const X509& certificate) {
  bytes der;
  const int size = i2d_X509(&certificate, nullptr);
  if (size > 0) {
    der.resize(static_cast<std::size_t>(size));
    auto* at = der.data();
    if (i2d_X509(&certificate, &at) == size) return der;
  }
  return library_failure(error_code::unavailable, "certificate cannot be written");
}

outcome<authority> read_authority(const certified_key& given) {
  auto certificate = read_certificate_pem(given.certificate_pem);
  if (!certificate) return failure{std::move(certificate).error()};
  auto key = read_private_pem(given.private_key_pem.view());
  if (!key) return failure{std::move(key).error()};
  if (X509_check_private_key(certificate->get(), key->get()) != 1) {
    return fail(error_code::bad_input,
                "certificate authority: expected a certificate and the key that belongs to it");
  }
  // Other positive answers mean certificates of version 1 and such, which only might be one.
  constexpr int is_authority = 1;
  if (X509_check_ca(certificate->get()) != is_authority) {
    return fail(error_code::bad_input,
                "certificate authority: expected a certificate with basicConstraints CA:TRUE and, "
                "if it has keyUsage, keyCertSign");
  }
  return authority{std::move(*certificate), std::move(*key)};
}

outcome<x509_ptr> draft_certificate(EVP_PKEY& key, std::int64_t not_before,
                                    std::int64_t not_after) {
  if (not_before >= not_after) {
    return fail(error_code::bad_input, "certificate: expected not_before < not_after, found " +
                                           std::to_string(not_before) + " and " +
                                           std::to_string(not_after));
  }
  // RFC 5280 §4.1.2.5: UTCTime until 2049, GeneralizedTime from 2050 on; OpenSSL chooses.
  if (not_before < 0 || not_after > last_second) {
    return fail(error_code::bad_input, "certificate: expected times from 1970 to 9999, found " +
                                           std::to_string(not_before) + " and " +
                                           std::to_string(not_after));
  }
  x509_ptr certificate{X509_new()};
  if (certificate == nullptr || X509_set_version(certificate.get(), X509_VERSION_3) != 1 ||
      !set_serial(*certificate) ||
      ASN1_TIME_set(X509_getm_notBefore(certificate.get()), not_before) == nullptr ||
      ASN1_TIME_set(X509_getm_notAfter(certificate.get()), not_after) == nullptr ||
      X509_set_pubkey(certificate.get(), &key) != 1) {
    return library_failure(error_code::unavailable, "certificate cannot be made");
  }
  return certificate;
}

outcome<std::int64_t> unix_seconds(const ASN1_TIME& time) {
  const asn1_string_ptr epoch{ASN1_TIME_set(nullptr, 0)};
  int days = 0;
  int seconds = 0;
  if (epoch == nullptr || ASN1_TIME_diff(&days, &seconds, epoch.get(), &time) != 1) {
    return library_failure(error_code::corrupt, "certificate time");
  }
  return std::int64_t{days} * 86400 + seconds;
}

asn1_object_ptr parse_oid(std::string_view dotted) {
  constexpr std::size_t longest = 128;
  const bool well_formed = !dotted.empty() && dotted.size() <= longest && dotted.front() != '.' &&
                           dotted.back() != '.' && dotted.find('.') != std::string_view::npos &&
                           dotted.find("..") == std::string_view::npos &&
                           dotted.find_first_not_of("0123456789.") == std::string_view::npos;
  if (!well_formed) return nullptr;
  constexpr int no_names = 1;
  return asn1_object_ptr{OBJ_txt2obj(std::string{dotted}.c_str(), no_names)};
}

std::string oid_text(const ASN1_OBJECT& oid) {
  constexpr int no_names = 1;
  const int size = OBJ_obj2txt(nullptr, 0, &oid, no_names);
  if (size <= 0) return {};
  std::string text(static_cast<std::size_t>(size) + 1, '\0');
  OBJ_obj2txt(text.data(), static_cast<int>(text.size()), &oid, no_names);
  text.pop_back();
  return text;
}

byte_view content_of(BIO& memory) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(&memory, &data);
  return as_bytes({data, static_cast<std::size_t>(size)});
}

byte_view content_of(const ASN1_STRING& string) {
  return {ASN1_STRING_get0_data(&string), static_cast<std::size_t>(ASN1_STRING_length(&string))};
}

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 80;
  std::string out{'"'};
  for (const char c : text.substr(0, longest)) out.push_back(c >= ' ' && c <= '~' ? c : '?');
  return out.append(text.size() > longest ? "...\"" : "\"");
}

}  // namespace twinkeep::crypto::openssl
