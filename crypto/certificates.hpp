#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/key_provider.hpp"
#include "crypto/x509.hpp"

// X.509 certificates as objects of a vault (RFC 5280), by OpenSSL. The service's own TLS
// certificates are made in x509.hpp.
namespace twinkeep::crypto {

// subjectAltName. `upns` are otherName with OID 1.3.6.1.4.1.311.20.2.3 (UTF8String).
struct alternative_names {
  std::vector<std::string> emails;
  std::vector<std::string> dns_names;
  std::vector<std::string> upns;
  std::vector<std::string> uris;
  std::vector<std::string> ip_addresses;  // literals, IPv4 or IPv6
  [[nodiscard]] bool empty() const {
    return emails.empty() && dns_names.empty() && upns.empty() && uris.empty() &&
           ip_addresses.empty();
  }
  bool operator==(const alternative_names&) const = default;
};

// keyUsage bits (RFC 5280 §4.2.1.3), in the order of the standard: bit 0 first.
enum class key_usage : std::uint8_t {
  digital_signature, non_repudiation, key_encipherment, data_encipherment, key_agreement,
  key_cert_sign, crl_sign, encipher_only, decipher_only,
};
[[nodiscard]] std::string_view to_string(key_usage usage);  // "digitalSignature", "cRLSign"
[[nodiscard]] std::optional<key_usage> find_key_usage(std::string_view name);  // without case

// What a certificate or a request for one is to say.
struct certificate_content {
  // An X.500 name as users of Azure write it: "CN=www.example.com, O=Contoso, C=DE"; types without
  // case (CN, O, OU, C, L, S, ST, STREET, DC, E, SERIALNUMBER, T, G, SN, OID.n.n); values may be in
  // double quotes or escape characters by a backslash (RFC 4514 §3). May be empty if there are
  // alternative names. Encoded from the last part to the first, as RFC 4514 and .NET do it, and
  // shown in the order of the text again.
  std::string subject;
  alternative_names names;
  std::vector<key_usage> usages;     // critical extension; empty: left out
  std::vector<std::string> ekus;     // dotted OIDs; empty: left out
  bool is_authority = false;         // basicConstraints CA (critical)
};

// bad_input, with a message that names the part: a subject, name or OID that cannot be encoded.
[[nodiscard]] outcome<void> check_content(const certificate_content& content);

// A key that signs what is made of it, wherever its private half is. Its own errors are passed on.
struct certificate_key {
  key& pair;
  const public_key& pub;
};

// PKCS#10 (RFC 2986), DER, signed with SHA-256 (P-384: SHA-384, P-521: SHA-512). Extensions go into
// extensionRequest.
[[nodiscard]] outcome<bytes> make_certificate_request(const certificate_key& key,
                                                      const certificate_content& content);

// Unix seconds, inclusive.
struct validity {
  std::int64_t not_before = 0;
  std::int64_t not_after = 0;
};
// A certificate, DER: random serial of 127 bits, subject and authority key identifiers.
[[nodiscard]] outcome<bytes> self_sign(const certificate_key& key,
                                       const certificate_content& content, const validity& valid);
// Of a software key's material (PKCS#8).
[[nodiscard]] outcome<bytes> make_certificate_request(byte_view material,
                                                      const certificate_content& content);
[[nodiscard]] outcome<bytes> self_sign(byte_view material, const certificate_content& content,
                                       const validity& valid);
// By `authority`, for the public key of `request` (PKCS#10 DER; its signature is checked). Gives
// the leaf and then the authority's own certificate.
[[nodiscard]] outcome<std::vector<bytes>> issue_certificate(const certified_key& authority,
                                                            byte_view request,
                                                            const certificate_content& content,
                                                            const validity& valid);

// What a certificate says.
struct certificate_info {
  public_key pub;
  // RFC 2253 style, as Azure shows it: "CN=a, O=b"; S and E, not ST and EMAILADDRESS.
  std::string subject;
  std::string issuer;
  validity valid;
  certificate_content content;  // `subject` as above
  bytes thumbprint;             // SHA-1 of the DER: x5t (RFC 7515 §4.1.7)
};
// corrupt: not the DER of one certificate. unsupported: a key that no table has.
[[nodiscard]] outcome<certificate_info> read_certificate(byte_view der);
// The public key that a PKCS#10 request or PKCS#8 material carries, to compare.
[[nodiscard]] outcome<public_key> public_key_of_request(byte_view request);
[[nodiscard]] outcome<public_key> public_key_of_material(byte_view material);
[[nodiscard]] bool same_key(const public_key& a, const public_key& b);

// What a client imports: one private key and its certificates.
struct certificate_bundle {
  secret_bytes material;     // PKCS#8 DER
  std::vector<bytes> chain;  // DER: the leaf (whose key it is) first, then the others as they came
};
inline constexpr std::size_t max_chain = 16;             // certificates of one bundle
inline constexpr unsigned max_pkcs12_iterations = 2'000'000;  // of all that one file derives

// PEM: one private key (PKCS#8, or the older RSA and EC forms, not encrypted) and certificates in
// any order, LF or CRLF. bad_input with a message for people: no key, two keys, no certificate of
// that key, too many certificates, an encrypted key, something that does not parse. unsupported: a
// type or size of key that cannot be imported (CONTRACT 6.5).
[[nodiscard]] outcome<certificate_bundle> read_pem_bundle(byte_view pem);
// PKCS#12 (RFC 7292), DER, modern (PBES2) and legacy (3DES, RC2) encryption, MAC checked; an absent
// password is tried as empty and as none. bad_input: a wrong password or a file that does not
// parse, told apart as far as the format allows. unsupported: a key as above, or an algorithm whose
// work has no bound (scrypt), is too old (RC4, DES), or needs a provider that is not installed.
[[nodiscard]] outcome<certificate_bundle> read_pkcs12(byte_view der, byte_view password);

// The value of a certificate's secret. `material` empty: the key is not exportable, certificates
// alone. PEM: key (PKCS#8), leaf, chain. PKCS#12: no password, as Azure gives it,
// in the encryption (3DES, MAC by SHA-1) that every client can read.
[[nodiscard]] outcome<secret_bytes> write_pem_bundle(byte_view material,
                                                     const std::vector<bytes>& chain);
[[nodiscard]] outcome<secret_bytes> write_pkcs12(byte_view material,
                                                 const std::vector<bytes>& chain);

// The chain from the leaf to the root as far as it can be linked by issuer and subject; what cannot
// be linked follows in the order in which it came (preserveCertOrder = false).
[[nodiscard]] std::vector<bytes> in_chain_order(std::vector<bytes> chain);

// A root for the built-in issuer: ECDSA P-256 certificate authority for certificates of vaults.
// make_certificate_authority (x509.hpp) makes it; this checks one that an operator brings: PEM
// certificate and key that belong together, CA:TRUE, keyCertSign where keyUsage is present.
[[nodiscard]] outcome<void> check_authority(const certified_key& authority);

}  // namespace twinkeep::crypto
