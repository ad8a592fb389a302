#include "crypto/openssl/certificate_parts.hpp"

#include <arpa/inet.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace twinkeep::crypto::openssl {

namespace {

// Without it OpenSSL asks at the terminal.
int no_password(char*, int, int, void*) {
  return -1;
}

bio_ptr reading(byte_view text) {
  return bio_ptr{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
}

byte_view content_of(BIO& memory) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(&memory, &data);
  return as_bytes({data, static_cast<std::size_t>(size)});
}

byte_view content_of(const ASN1_STRING& string) {
  return {ASN1_STRING_get0_data(&string), static_cast<std::size_t>(ASN1_STRING_length(&string))};
}

// RFC 1123 §2.1, RFC 1035 §2.3.4.
bool is_label(std::string_view label) {
  const auto is_allowed = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, is_allowed);
}

bool is_dns_name(std::string_view name) {
  if (name.size() > 253) return false;
  if (name.starts_with("*.")) name.remove_prefix(2);
  for (;;) {
    const auto dot = name.find('.');
    if (!is_label(name.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    name.remove_prefix(dot + 1);
  }
}

outcome<void> append_name(GENERAL_NAMES& list, int kind, asn1_string_ptr value) {
  general_name_ptr name{GENERAL_NAME_new()};
  if (name == nullptr || value == nullptr) {
    return library_failure(error_code::unavailable, "certificate names");
  }
  GENERAL_NAME_set0_value(name.get(), kind, value.release());
  if (sk_GENERAL_NAME_push(&list, name.get()) <= 0) {
    return library_failure(error_code::unavailable, "certificate names");
  }
  (void)name.release();
  return {};
}

asn1_string_ptr dns_value(const std::string& name) {
  asn1_string_ptr value{ASN1_STRING_type_new(V_ASN1_IA5STRING)};
  if (value != nullptr &&
      ASN1_STRING_set(value.get(), name.data(), static_cast<int>(name.size())) != 1) {
    value.reset();
  }
  return value;
}

std::optional<std::string> ip_literal(byte_view address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.size() == 4 ? AF_INET : AF_INET6;
  if (address.size() != 4 && address.size() != 16) return std::nullopt;
  if (::inet_ntop(family, address.data(), text.data(), text.size()) == nullptr) {
    return std::nullopt;
  }
  return std::string{text.data()};
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

outcome<general_names_ptr> write_names(const server_names& names) {
  if (names.dns.empty() && names.ip.empty()) {
    return fail(error_code::bad_input, "server certificate: expected at least one name");
  }
  general_names_ptr list{GENERAL_NAMES_new()};
  if (list == nullptr) return library_failure(error_code::unavailable, "certificate names");
  for (const auto& name : names.dns) {
    if (!is_dns_name(name)) {
      return fail(error_code::bad_input, "server certificate: \"" + name + "\" is no DNS name");
    }
    if (auto added = append_name(*list, GEN_DNS, dns_value(name)); !added) {
      return failure{std::move(added).error()};
    }
  }
  for (const auto& name : names.ip) {
    asn1_string_ptr address{a2i_IPADDRESS(name.c_str())};
    if (address == nullptr) {
      return fail(error_code::bad_input, "server certificate: \"" + name + "\" is no IP address");
    }
    if (auto added = append_name(*list, GEN_IPADD, std::move(address)); !added) {
      return failure{std::move(added).error()};
    }
  }
  return list;
}

outcome<server_names> read_names(const X509& certificate) {
  server_names names;
  int found = 0;
  const general_names_ptr list{static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, &found, nullptr))};
  constexpr int absent = -1;
  if (list == nullptr && found == absent) return names;
  if (list == nullptr) return library_failure(error_code::corrupt, "certificate names");
  for (int i = 0; i < sk_GENERAL_NAME_num(list.get()); ++i) {
    int kind = 0;
    const auto* value = static_cast<const ASN1_STRING*>(
        GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(list.get(), i), &kind));
    if (kind == GEN_DNS) {
      names.dns.emplace_back(as_text(content_of(*value)));
    } else if (kind == GEN_IPADD) {
      auto text = ip_literal(content_of(*value));
      if (!text) return fail(error_code::corrupt, "certificate names: an IP address is malformed");
      names.ip.push_back(std::move(*text));
    }
  }
  return names;
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

}  // namespace twinkeep::crypto::openssl
