#include "crypto/openssl/certificate_extensions.hpp"

#include <array>

#include "crypto/openssl/alternative_names.hpp"
#include "crypto/openssl/certificate_parts.hpp"

namespace twinkeep::crypto::openssl {

namespace {

using basic_constraints_ptr = handle<BASIC_CONSTRAINTS, BASIC_CONSTRAINTS_free>;
using bit_string_ptr = handle<ASN1_BIT_STRING, ASN1_BIT_STRING_free>;
using extended_usage_ptr = handle<EXTENDED_KEY_USAGE, EXTENDED_KEY_USAGE_free>;
using key_identifier_ptr = handle<AUTHORITY_KEYID, AUTHORITY_KEYID_free>;

constexpr int usage_bits = static_cast<int>(key_usage::decipher_only) + 1;

failure<error> not_made() {
  return library_failure(error_code::unavailable, "certificate extensions");
}

bool add(extensions_ptr& list, int nid, void* value, bool critical) {
  auto* raw = list.release();
  const int added = X509V3_add1_i2d(&raw, nid, value, critical ? 1 : 0, X509V3_ADD_APPEND);
  list.reset(raw);
  return added == 1;
}

basic_constraints_ptr constraints_of(const certificate_content& content) {
  basic_constraints_ptr constraints{BASIC_CONSTRAINTS_new()};
  // ASN1_BOOLEAN as OpenSSL keeps it: DER's TRUE is 0xff.
  if (constraints != nullptr) constraints->ca = content.is_authority ? 0xff : 0;
  return constraints;
}

bit_string_ptr usages_of(const certificate_content& content) {
  bit_string_ptr bits{ASN1_BIT_STRING_new()};
  for (const auto usage : content.usages) {
    if (bits == nullptr || ASN1_BIT_STRING_set_bit(bits.get(), static_cast<int>(usage), 1) != 1) {
      return nullptr;
    }
  }
  return bits;
}

outcome<extended_usage_ptr> purposes_of(const certificate_content& content) {
  extended_usage_ptr list{EXTENDED_KEY_USAGE_new()};
  if (list == nullptr) return not_made();
  for (const auto& text : content.ekus) {
    auto oid = parse_oid(text);
    if (oid == nullptr) {
      return fail(
          error_code::bad_input,
          "extended key usage: expected an OID such as 1.3.6.1.5.5.7.3.1, found " + quoted(text));
    }
    if (sk_ASN1_OBJECT_push(list.get(), oid.get()) <= 0) return not_made();
    (void)oid.release();
  }
  return list;
}

// §4.2.1.2, method (1): SHA-1 of the bits of the public key.
asn1_string_ptr identifier_of_key(const X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  asn1_string_ptr value{ASN1_STRING_type_new(V_ASN1_OCTET_STRING)};
  if (value == nullptr || X509_pubkey_digest(&certificate, EVP_sha1(), digest.data(), &size) != 1 ||
      ASN1_STRING_set(value.get(), digest.data(), static_cast<int>(size)) != 1) {
    return nullptr;
  }
  return value;
}

template <class Handle>
outcome<Handle> extension_of(const X509& certificate, int nid) {
  int critical = 0;
  Handle value{static_cast<typename Handle::pointer>(
      X509_get_ext_d2i(&certificate, nid, &critical, nullptr))};
  constexpr int absent = -1;
  if (value == nullptr && critical != absent) {
    return library_failure(error_code::corrupt,
                           std::string{"certificate: extension "} + OBJ_nid2sn(nid));
  }
  return value;
}

}  // namespace

outcome<extensions_ptr> write_extensions(const certificate_content& content, bool has_subject) {
  extensions_ptr list;
  if (!add(list, NID_basic_constraints, constraints_of(content).get(), true)) return not_made();
  if (!content.usages.empty() && !add(list, NID_key_usage, usages_of(content).get(), true)) {
    return not_made();
  }
  if (!content.ekus.empty()) {
    const auto purposes = purposes_of(content);
    if (!purposes) return failure{purposes.error()};
    if (!add(list, NID_ext_key_usage, purposes->get(), false)) return not_made();
  }
  if (!content.names.empty()) {
    const auto names = write_names(content.names);
    if (!names) return failure{names.error()};
    if (!add(list, NID_subject_alt_name, names->get(), !has_subject)) return not_made();
  }
  return list;
}

bool add_key_identifiers(X509& certificate, const X509& issuer) {
  const auto own = identifier_of_key(certificate);
  if (own == nullptr || X509_add1_ext_i2d(&certificate, NID_subject_key_identifier, own.get(), 0,
                                          X509V3_ADD_DEFAULT) != 1) {
    return false;
  }
  // As the issuer calls its key, whichever method it used; made for one that does not say.
  asn1_string_ptr of_issuer;
  if (const auto* const given = X509_get0_subject_key_id(const_cast<X509*>(&issuer));
      given != nullptr && &issuer != &certificate) {
    of_issuer.reset(ASN1_STRING_dup(given));
  } else {
    of_issuer = identifier_of_key(issuer);
  }
  const key_identifier_ptr authority{AUTHORITY_KEYID_new()};
  if (authority == nullptr || of_issuer == nullptr) return false;
  authority->keyid = of_issuer.release();
  return X509_add1_ext_i2d(&certificate, NID_authority_key_identifier, authority.get(), 0,
                           X509V3_ADD_DEFAULT) == 1;
}

outcome<certificate_content> read_extensions(const X509& certificate) {
  certificate_content content;
  const auto constraints = extension_of<basic_constraints_ptr>(certificate, NID_basic_constraints);
  if (!constraints) return failure{constraints.error()};
  content.is_authority = *constraints != nullptr && (*constraints)->ca != 0;

  const auto usages = extension_of<bit_string_ptr>(certificate, NID_key_usage);
  if (!usages) return failure{usages.error()};
  for (int bit = 0; *usages != nullptr && bit < usage_bits; ++bit) {
    if (ASN1_BIT_STRING_get_bit(usages->get(), bit) == 1) {
      content.usages.push_back(static_cast<key_usage>(bit));
    }
  }

  const auto purposes = extension_of<extended_usage_ptr>(certificate, NID_ext_key_usage);
  if (!purposes) return failure{purposes.error()};
  for (int i = 0; *purposes != nullptr && i < sk_ASN1_OBJECT_num(purposes->get()); ++i) {
    content.ekus.push_back(oid_text(*sk_ASN1_OBJECT_value(purposes->get(), i)));
  }

  auto names = read_names(certificate);
  if (!names) return failure{std::move(names).error()};
  content.names = std::move(*names);
  return content;
}

}  // namespace twinkeep::crypto::openssl
