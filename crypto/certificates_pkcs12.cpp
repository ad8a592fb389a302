#include <openssl/asn1t.h>
#include <openssl/pkcs12.h>

#include "crypto/certificates.hpp"
#include "crypto/openssl/certificate_bundle.hpp"
#include "crypto/openssl/key_material.hpp"
#include "crypto/openssl/pkcs12_work.hpp"

namespace twinkeep::crypto {

namespace {

using namespace openssl;

constexpr int deepest_nesting = 4;  // of SafeContents in SafeContents (RFC 7292 §4.2.6)

void wipe_content(PKCS7* part) {
  if (part != nullptr && PKCS7_type_is_data(part) && part->d.data != nullptr) {
    wipe(part->d.data->data, static_cast<std::size_t>(part->d.data->length));
  }
}
// A key that the file has in the clear stands in these as it came.
void free_parts(STACK_OF(PKCS7) * parts) {
  for (int i = 0; i < sk_PKCS7_num(parts); ++i) wipe_content(sk_PKCS7_value(parts, i));
  sk_PKCS7_pop_free(parts, PKCS7_free);
}
void free_bags(STACK_OF(PKCS12_SAFEBAG) * bags) {
  sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}
// OpenSSL has no accessor for a PFX's authSafe, but its public description of the type says where
// it is.
void free_file(PKCS12* file) {
  const auto* const item = ASN1_ITEM_rptr(PKCS12);
  for (long i = 0; file != nullptr && i < item->tcount; ++i) {
    const auto& field = item->templates[i];
    if (std::string_view{field.field_name} != "authsafes") continue;
    wipe_content(*reinterpret_cast<PKCS7**>(reinterpret_cast<char*>(file) + field.offset));
  }
  PKCS12_free(file);
}
using parts_ptr = handle<STACK_OF(PKCS7), free_parts>;
using bags_ptr = handle<STACK_OF(PKCS12_SAFEBAG), free_bags>;
using file_ptr = handle<PKCS12, free_file>;

// OpenSSL's notation: nullptr is no password at all, which RFC 7292 §B.1 derives from otherwise
// than from the empty one.
struct password_view {
  const char* text = nullptr;
  int size = 0;
};

class pkcs12_reader {
 public:
  outcome<certificate_bundle> read(byte_view der, byte_view password) {
    if (der.size() > largest_bundle) return parts_.wrong("expected at most 1 MiB");
    const auto* at = der.data();
    const file_ptr file{d2i_PKCS12(nullptr, &at, static_cast<long>(der.size()))};
    if (file == nullptr || at != der.data() + der.size()) {
      return parts_.wrong("the value is no PKCS#12 file (RFC 7292, DER)");
    }
    if (auto step = work_.take_mac(*file); !step) return failure{std::move(step).error()};
    if (!find_password(*file, password)) {
      return parts_.wrong(password.empty()
                              ? "the file needs a password, or is damaged"
                              : "the password is not that of the file, or the file is damaged");
    }
    const parts_ptr parts{PKCS12_unpack_authsafes(file.get())};
    if (parts == nullptr) return damaged();
    for (int i = 0; i < sk_PKCS7_num(parts.get()); ++i) {
      auto step = read_part(*sk_PKCS7_value(parts.get(), i));
      if (!step) return failure{std::move(step).error()};
    }
    return parts_.put_together();
  }

 private:
  failure<error> damaged() const { return parts_.wrong("its contents do not parse"); }
  failure<error> not_decrypted() const {
    return parts_.wrong("a part of it cannot be decrypted by the password of its MAC");
  }

  bool find_password(PKCS12& file, byte_view given) {
    const auto fits = [&](password_view tried) {
      password_ = tried;
      return PKCS12_verify_mac(&file, tried.text, tried.size) == 1;
    };
    if (given.empty()) return fits({"", 0}) || fits({});
    if (given.size() > largest_bundle) return false;
    return fits({reinterpret_cast<const char*>(given.data()), static_cast<int>(given.size())});
  }

  outcome<void> read_part(PKCS7& part) {
    if (PKCS7_type_is_data(&part)) {
      const bags_ptr bags{PKCS12_unpack_p7data(&part)};
      if (bags == nullptr) return damaged();
      return read_bags(*bags, 0);
    }
    if (!PKCS7_type_is_encrypted(&part) || part.d.encrypted == nullptr ||
        part.d.encrypted->enc_data == nullptr) {
      return parts_.wrong("a part of it is encrypted by other means than a password",
                          error_code::unsupported);
    }
    const auto& sealed = *part.d.encrypted->enc_data;
    if (sealed.algorithm == nullptr || sealed.enc_data == nullptr) return damaged();
    if (auto step = work_.take_encryption(*sealed.algorithm); !step) return step;
    constexpr int wiped = 1;
    const bags_ptr bags{static_cast<STACK_OF(PKCS12_SAFEBAG)*>(PKCS12_item_decrypt_d2i_ex(
        sealed.algorithm, ASN1_ITEM_rptr(PKCS12_SAFEBAGS), password_.text, password_.size,
        sealed.enc_data, wiped, reading_library().context, nullptr))};
    if (bags == nullptr) return not_decrypted();
    return read_bags(*bags, 0);
  }

  outcome<void> read_bags(const STACK_OF(PKCS12_SAFEBAG) & bags, int depth) {
    if (depth > deepest_nesting) return parts_.wrong("its parts are nested too deeply");
    for (int i = 0; i < sk_PKCS12_SAFEBAG_num(&bags); ++i) {
      auto step = read_bag(*sk_PKCS12_SAFEBAG_value(&bags, i), depth);
      if (!step) return step;
    }
    return {};
  }

  outcome<void> read_bag(const PKCS12_SAFEBAG& bag, int depth) {
    switch (PKCS12_SAFEBAG_get_nid(&bag)) {
      case NID_keyBag: {
        const auto* const info = PKCS12_SAFEBAG_get0_p8inf(&bag);
        return info == nullptr ? damaged() : take_key(*info);
      }
      case NID_pkcs8ShroudedKeyBag:
        return read_shrouded(PKCS12_SAFEBAG_get0_pkcs8(&bag));
      case NID_certBag:
        return read_certificate_bag(bag);
      case NID_safeContentsBag: {
        const auto* const inner = PKCS12_SAFEBAG_get0_safes(&bag);
        return inner == nullptr ? damaged() : read_bags(*inner, depth + 1);
      }
      default:  // CRLs and secrets: of no use here
        return {};
    }
  }

  outcome<void> read_certificate_bag(const PKCS12_SAFEBAG& bag) {
    if (PKCS12_SAFEBAG_get_bag_nid(&bag) != NID_x509Certificate) return {};
    x509_ptr certificate{PKCS12_SAFEBAG_get1_cert(&bag)};
    if (certificate == nullptr) return parts_.wrong("a certificate in it does not parse");
    return parts_.add_certificate(std::move(certificate));
  }

  outcome<void> read_shrouded(const X509_SIG* sealed) {
    if (sealed == nullptr) return damaged();
    const X509_ALGOR* algorithm = nullptr;
    X509_SIG_get0(sealed, &algorithm, nullptr);
    if (auto step = work_.take_encryption(*algorithm); !step) return step;
    const pkcs8_ptr info{PKCS8_decrypt_ex(sealed, password_.text, password_.size,
                                          reading_library().context, nullptr)};
    if (info == nullptr) return not_decrypted();
    return take_key(*info);
  }

  outcome<void> take_key(const PKCS8_PRIV_KEY_INFO& info) {
    pkey_ptr key{EVP_PKCS82PKEY_ex(&info, nullptr, nullptr)};
    if (key == nullptr) {
      return parts_.wrong("its private key does not parse or is of an unsupported type",
                          error_code::unsupported);
    }
    return parts_.add_key(std::move(key));
  }

  bundle_parts parts_{"PKCS#12"};
  pkcs12_work work_;
  password_view password_;
};

void free_certificates(STACK_OF(X509) * certificates) {
  sk_X509_free(certificates);
}
using certificates_ptr = handle<STACK_OF(X509), free_certificates>;

// Without a password its encryption protects nothing, so what counts is who can read it: 3DES and
// a MAC by SHA-1 are what OpenSSL, .NET, Java, Node and Go all have in every version in use; AES
// with SHA-256 is unknown to Java before 8u301, to older Windows and macOS and to Go's x/crypto.
constexpr int written_scheme = NID_pbe_WithSHA1And3_Key_TripleDES_CBC;
constexpr int written_iterations = 2048;
constexpr const char* no_password = "";  // two zero octets (RFC 7292 §B.1), as Windows has it

outcome<secret_bytes> write_der(const PKCS12& file) {
  const int size = i2d_PKCS12(&file, nullptr);
  if (size <= 0) return library_failure(error_code::unavailable, "PKCS#12 cannot be written");
  secret_bytes der(static_cast<std::size_t>(size));
  auto* at = der.writable().data();
  i2d_PKCS12(&file, &at);
  return der;
}

}  // namespace

outcome<certificate_bundle> read_pkcs12(byte_view der, byte_view password) {
  const error_scope errors;
  return pkcs12_reader{}.read(der, password);
}

outcome<secret_bytes> write_pkcs12(byte_view material, const std::vector<bytes>& chain) {
  const error_scope errors;
  if (chain.empty()) {
    return fail(error_code::bad_input, "PKCS#12: expected at least one certificate, found none");
  }
  pkey_ptr key;
  if (!material.empty()) {
    auto read = read_private(material);
    if (!read) return failure{std::move(read).error()};
    key = std::move(*read);
  }
  std::vector<x509_ptr> certificates;
  const certificates_ptr others{sk_X509_new_null()};
  for (const auto& der : chain) {
    auto read = read_certificate_der(der);
    if (!read) return failure{std::move(read).error()};
    const bool is_leaf = certificates.empty();
    certificates.push_back(std::move(*read));
    if (others == nullptr ||
        (!is_leaf && sk_X509_push(others.get(), certificates.back().get()) <= 0)) {
      return library_failure(error_code::unavailable, "PKCS#12 cannot be written");
    }
  }
  constexpr int by_set_mac = -1;
  const file_ptr file{PKCS12_create_ex(no_password, nullptr, key.get(), certificates.front().get(),
                                       others.get(), written_scheme, written_scheme,
                                       written_iterations, by_set_mac, 0, nullptr, nullptr)};
  if (file == nullptr) {
    return library_failure(error_code::bad_input, "PKCS#12 cannot be written");
  }
  if (PKCS12_set_mac(file.get(), no_password, 0, nullptr, 0, written_iterations, EVP_sha1()) != 1) {
    return library_failure(error_code::unavailable, "PKCS#12 cannot be written");
  }
  return write_der(*file);
}

}  // namespace twinkeep::crypto
