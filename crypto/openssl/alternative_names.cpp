#include "crypto/openssl/alternative_names.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "crypto/openssl/certificate_parts.hpp"

namespace twinkeep::crypto::openssl {

namespace {

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c <= '~'; });
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

// A Mailbox without comments (RFC 5280 §4.2.1.6); other than ASCII would be another kind of name.
bool is_email(std::string_view text) {
  const auto at = text.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() && text.size() <= 254 &&
         is_printable(text);
}

// RFC 3986 §3.1: absolute, as RFC 5280 wants it.
bool is_uri(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == text.size()) return false;
  const auto is_of_scheme = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
  };
  return is_printable(text) && std::isalpha(static_cast<unsigned char>(text.front())) != 0 &&
         std::ranges::all_of(text.substr(0, colon), is_of_scheme);
}

bool is_upn(std::string_view text) {
  constexpr std::size_t longest = 1024;  // what directories allow
  return !text.empty() && text.size() <= longest && text.find('\0') == std::string_view::npos;
}

asn1_string_ptr string_of(int type, byte_view content) {
  asn1_string_ptr value{ASN1_STRING_type_new(type)};
  if (value != nullptr &&
      ASN1_STRING_set(value.get(), content.data(), static_cast<int>(content.size())) != 1) {
    value.reset();
  }
  return value;
}

// nullopt: neither IPv4 nor IPv6.
std::optional<bytes> address_of(const std::string& literal) {
  if (literal.find('\0') != std::string::npos) return std::nullopt;
  bytes address(16);
  if (::inet_pton(AF_INET6, literal.c_str(), address.data()) == 1) return address;
  address.resize(4);
  if (::inet_pton(AF_INET, literal.c_str(), address.data()) == 1) return address;
  return std::nullopt;
}

std::optional<std::string> literal_of(byte_view address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.size() == 4 ? AF_INET : AF_INET6;
  if (address.size() != 4 && address.size() != 16) return std::nullopt;
  if (::inet_ntop(family, address.data(), text.data(), text.size()) == nullptr) {
    return std::nullopt;
  }
  return std::string{text.data()};
}

outcome<void> append(GENERAL_NAMES& list, general_name_ptr name) {
  if (name == nullptr || sk_GENERAL_NAME_push(&list, name.get()) <= 0) {
    return library_failure(error_code::unavailable, "alternative names");
  }
  (void)name.release();
  return {};
}

general_name_ptr named(int kind, asn1_string_ptr value) {
  general_name_ptr name{GENERAL_NAME_new()};
  if (name == nullptr || value == nullptr) return nullptr;
  GENERAL_NAME_set0_value(name.get(), kind, value.release());
  return name;
}

// [MS-WCCE]: a user principal name is an otherName with a UTF8String.
general_name_ptr upn_named(const std::string& text) {
  general_name_ptr name{GENERAL_NAME_new()};
  auto value = string_of(V_ASN1_UTF8STRING, as_bytes(text));
  ASN1_TYPE* const wrapped = ASN1_TYPE_new();
  if (name == nullptr || value == nullptr || wrapped == nullptr) {
    ASN1_TYPE_free(wrapped);
    return nullptr;
  }
  ASN1_TYPE_set(wrapped, V_ASN1_UTF8STRING, value.release());
  if (GENERAL_NAME_set0_othername(name.get(), OBJ_nid2obj(NID_ms_upn), wrapped) != 1) {
    ASN1_TYPE_free(wrapped);
    return nullptr;
  }
  return name;
}

bool is_utf8(const ASN1_STRING& string) {
  unsigned char* text = nullptr;
  const int size = ASN1_STRING_to_UTF8(&text, &string);
  OPENSSL_free(text);
  return size >= 0;
}

failure<error> no_name(const std::string& text, const char* kind) {
  return fail(error_code::bad_input, "alternative names: " + quoted(text) + " is no " + kind);
}

struct kind_of_text {
  int kind;
  std::vector<std::string> alternative_names::*member;
  bool (*is_valid)(std::string_view);
  const char* what;
};
constexpr std::array text_kinds = std::to_array<kind_of_text>({
    {GEN_EMAIL, &alternative_names::emails, is_email, "email address"},
    {GEN_DNS, &alternative_names::dns_names, is_dns_name, "DNS name"},
    {GEN_URI, &alternative_names::uris, is_uri, "absolute URI"},
});

// ASN1_STRING of a UPN, nullptr for other names of the kind.
const ASN1_STRING* upn_of(const OTHERNAME& other) {
  if (OBJ_obj2nid(other.type_id) != NID_ms_upn || other.value == nullptr ||
      other.value->type != V_ASN1_UTF8STRING) {
    return nullptr;
  }
  return other.value->value.utf8string;
}

outcome<void> read_name(const GENERAL_NAME& name, alternative_names& names) {
  const auto malformed = [](const char* what) {
    return fail(error_code::corrupt, std::string{"alternative names: a malformed "} + what);
  };
  int kind = 0;
  const void* const value = GENERAL_NAME_get0_value(&name, &kind);
  if (kind == GEN_IPADD) {
    auto text = literal_of(content_of(*static_cast<const ASN1_STRING*>(value)));
    if (!text) return malformed("IP address");
    names.ip_addresses.push_back(std::move(*text));
  } else if (kind == GEN_OTHERNAME) {
    const auto* const upn = upn_of(*static_cast<const OTHERNAME*>(value));
    if (upn == nullptr) return {};
    if (!is_utf8(*upn)) return malformed("UPN");
    names.upns.emplace_back(as_text(content_of(*upn)));
  } else if (const auto row = std::ranges::find(text_kinds, kind, &kind_of_text::kind);
             row != text_kinds.end()) {
    const auto text = as_text(content_of(*static_cast<const ASN1_STRING*>(value)));
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    if (!std::ranges::all_of(text, is_ascii)) return malformed(row->what);
    (names.*(row->member)).emplace_back(text);
  }
  return {};
}

}  // namespace

outcome<general_names_ptr> write_names(const alternative_names& names) {
  general_names_ptr list{GENERAL_NAMES_new()};
  if (list == nullptr) return library_failure(error_code::unavailable, "alternative names");
  for (const auto& [kind, member, is_valid, what] : text_kinds) {
    for (const auto& text : names.*member) {
      if (!is_valid(text)) return no_name(text, what);
      auto added = append(*list, named(kind, string_of(V_ASN1_IA5STRING, as_bytes(text))));
      if (!added) return failure{std::move(added).error()};
    }
  }
  for (const auto& text : names.upns) {
    const auto value = string_of(V_ASN1_UTF8STRING, as_bytes(text));
    if (!is_upn(text) || value == nullptr || !is_utf8(*value)) return no_name(text, "UPN");
    if (auto added = append(*list, upn_named(text)); !added) {
      return failure{std::move(added).error()};
    }
  }
  for (const auto& text : names.ip_addresses) {
    const auto address = address_of(text);
    if (!address) return no_name(text, "IP address");
    auto added = append(*list, named(GEN_IPADD, string_of(V_ASN1_OCTET_STRING, *address)));
    if (!added) return failure{std::move(added).error()};
  }
  return list;
}

outcome<alternative_names> read_names(const X509& certificate) {
  alternative_names names;
  int found = 0;
  const general_names_ptr list{static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(&certificate, NID_subject_alt_name, &found, nullptr))};
  constexpr int absent = -1;
  if (list == nullptr && found == absent) return names;
  if (list == nullptr) return library_failure(error_code::corrupt, "alternative names");
  for (int i = 0; i < sk_GENERAL_NAME_num(list.get()); ++i) {
    auto read = read_name(*sk_GENERAL_NAME_value(list.get(), i), names);
    if (!read) return failure{std::move(read).error()};
  }
  return names;
}

}  // namespace twinkeep::crypto::openssl
