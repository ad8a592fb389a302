#include "crypto/openssl/distinguished_name.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

#include "crypto/bytes.hpp"
#include "crypto/openssl/certificate_parts.hpp"

namespace twinkeep::crypto::openssl {

namespace {

constexpr std::size_t longest_text = 8192;
constexpr std::string_view specials = "\"+,;<>\\";  // RFC 4514 §2.4

struct attribute_type {
  std::string_view name;
  int nid;
};
// The first name of a type is the one that is written.
constexpr std::array types = std::to_array<attribute_type>({
    {"CN", NID_commonName},
    {"O", NID_organizationName},
    {"OU", NID_organizationalUnitName},
    {"C", NID_countryName},
    {"L", NID_localityName},
    {"S", NID_stateOrProvinceName},
    {"ST", NID_stateOrProvinceName},
    {"STREET", NID_streetAddress},
    {"DC", NID_domainComponent},
    {"E", NID_pkcs9_emailAddress},
    {"EMAIL", NID_pkcs9_emailAddress},
    {"EMAILADDRESS", NID_pkcs9_emailAddress},
    {"SERIALNUMBER", NID_serialNumber},
    {"T", NID_title},
    {"TITLE", NID_title},
    {"G", NID_givenName},
    {"GIVENNAME", NID_givenName},
    {"SN", NID_surname},
    {"SURNAME", NID_surname},
    {"UID", NID_userId},
});

struct attribute {
  asn1_object_ptr type;
  std::string label;  // as it was written, for messages
  std::string value;
};
using relative_name = std::vector<attribute>;

failure<error> wrong(std::string what) {
  return fail(error_code::bad_input, "subject: " + std::move(what));
}

bool equal_without_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::toupper(x) == std::toupper(y); });
}

asn1_object_ptr find_type(std::string_view label) {
  constexpr std::string_view oid_prefix = "OID.";
  for (const auto& row : types) {
    if (equal_without_case(row.name, label)) return asn1_object_ptr{OBJ_nid2obj(row.nid)};
  }
  if (equal_without_case(label.substr(0, oid_prefix.size()), oid_prefix)) {
    label.remove_prefix(oid_prefix.size());
  }
  return parse_oid(label);
}

class name_reader {
 public:
  explicit name_reader(std::string_view text) : rest_(text) { skip_blanks(); }

  // In the order of the text.
  outcome<std::vector<relative_name>> read() {
    std::vector<relative_name> parts;
    for (char before = ','; before != end;) {
      auto next = read_attribute();
      if (!next) return failure{std::move(next).error()};
      if (before != '+') parts.emplace_back();
      parts.back().push_back(std::move(*next));
      before = separator();
    }
    return parts;
  }

 private:
  static constexpr char end = '\0';

  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.size(), rest_.find_first_not_of(" \t\r\n")));
  }
  // Precondition: read_value stopped at one, or at the end.
  char separator() {
    if (rest_.empty()) return end;
    const char found = rest_.front();
    rest_.remove_prefix(1);
    skip_blanks();
    return found;
  }
  bool at_separator() const {
    return rest_.empty() || rest_.front() == ',' || rest_.front() == ';' || rest_.front() == '+';
  }

  outcome<attribute> read_attribute() {
    const auto part = rest_.substr(0, rest_.find_first_of(",;+"));
    const auto equals = part.find('=');
    if (equals == std::string_view::npos) {
      return wrong("expected a part such as CN=name, found " + quoted(part));
    }
    attribute read;
    read.label = part.substr(0, part.find_last_not_of(" \t=", equals) + 1);
    read.type = find_type(read.label);
    if (read.type == nullptr) {
      return wrong(quoted(read.label) +
                   " is no known type: expected one such as CN, O, OU, C, L, " +
                   "S, STREET, DC, E, SERIALNUMBER, T, G, SN or OID.1.2.3");
    }
    rest_.remove_prefix(equals + 1);
    skip_blanks();
    auto value = read_value(read.label);
    if (!value) return failure{std::move(value).error()};
    if (value->empty()) return wrong("the value of " + quoted(read.label) + " is empty");
    if (value->find('\0') != std::string::npos) {
      return wrong("the value of " + quoted(read.label) + " has a zero octet");
    }
    read.value = std::move(*value);
    return read;
  }

  outcome<std::string> read_value(const std::string& label) {
    if (rest_.starts_with('"')) return read_quoted(label);
    if (rest_.starts_with('#')) {
      return wrong("the value of " + quoted(label) +
                   " begins with '#': values in hexadecimal are not supported, and a '#' of the "
                   "text is written as \\#");
    }
    std::string value;
    std::size_t without_trailing_blanks = 0;
    while (!at_separator()) {
      const char c = rest_.front();
      if (c == '"') return wrong("the value of " + quoted(label) + " has a quote within");
      rest_.remove_prefix(1);
      if (c == '\\') {
        const auto escaped = read_escaped();
        if (!escaped) return wrong("the value of " + quoted(label) + " has an unknown escape");
        value.push_back(*escaped);
      } else {
        value.push_back(c);
      }
      if (c == '\\' || std::isspace(static_cast<unsigned char>(c)) == 0) {
        without_trailing_blanks = value.size();
      }
    }
    value.resize(without_trailing_blanks);
    return value;
  }

  outcome<std::string> read_quoted(const std::string& label) {
    std::string value;
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\\') {
        const auto escaped = read_escaped();
        if (!escaped) return wrong("the value of " + quoted(label) + " has an unknown escape");
        value.push_back(*escaped);
      } else if (c != '"') {
        value.push_back(c);
      } else if (rest_.starts_with('"')) {
        value.push_back('"');
        rest_.remove_prefix(1);
      } else {
        skip_blanks();
        if (!at_separator()) {
          return wrong("the value of " + quoted(label) + " goes on behind its closing quote");
        }
        return value;
      }
    }
    return wrong("the value of " + quoted(label) + " has no closing quote");
  }

  // Behind a backslash: a special character for itself, or an octet in hexadecimal.
  std::optional<char> read_escaped() {
    if (rest_.empty()) return std::nullopt;
    if (specials.find(rest_.front()) != std::string_view::npos || rest_.front() == ' ' ||
        rest_.front() == '#' || rest_.front() == '=') {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      return c;
    }
    const auto octet = hex_decode(rest_.substr(0, 2));
    if (!octet || octet->size() != 1) return std::nullopt;
    rest_.remove_prefix(2);
    return static_cast<char>(octet->front());
  }

  std::string_view rest_;
};

// RFC 5280 appendix A, as OpenSSL's table has it. Said here, because OpenSSL's reason has no
// numbers.
outcome<void> check_length(const attribute& given) {
  const auto* const row = ASN1_STRING_TABLE_get(OBJ_obj2nid(given.type.get()));
  if (row == nullptr) return {};
  const auto is_first = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
  const auto found = std::ranges::count_if(given.value, is_first);  // characters of UTF-8
  const bool long_enough = row->minsize <= 0 || found >= row->minsize;
  if (long_enough && (row->maxsize <= 0 || found <= row->maxsize)) return {};
  return wrong("the value of " + quoted(given.label) + ": expected " +
               std::to_string(std::max(1L, row->minsize)) + " to " + std::to_string(row->maxsize) +
               " characters, found " + std::to_string(found));
}

std::string escaped(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    const auto octet = static_cast<std::uint8_t>(c);
    const bool is_edge = i == 0 || i + 1 == value.size();
    if (octet < 0x20 || octet == 0x7f) {
      text.append("\\").append(hex_encode({&octet, 1}));
      continue;
    }
    if (specials.find(c) != std::string_view::npos || (c == ' ' && is_edge) ||
        (c == '#' && i == 0)) {
      text.push_back('\\');
    }
    text.push_back(c);
  }
  return text;
}

std::string label_of(const ASN1_OBJECT& type) {
  const int nid = OBJ_obj2nid(&type);
  const auto row = std::ranges::find(types, nid, &attribute_type::nid);
  return row != types.end() ? std::string{row->name} : "OID." + oid_text(type);
}

outcome<std::string> value_of(const ASN1_STRING& value) {
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, &value);
  if (size >= 0) {
    auto text = escaped({reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size)});
    OPENSSL_free(utf8);
    return text;
  }
  const bio_ptr out{BIO_new(BIO_s_mem())};
  if (out == nullptr ||
      ASN1_STRING_print_ex(out.get(), &value, ASN1_STRFLGS_DUMP_ALL | ASN1_STRFLGS_DUMP_DER) < 0) {
    return library_failure(error_code::corrupt, "name of a certificate");
  }
  return std::string{as_text(content_of(*out))};
}

}  // namespace

outcome<x509_name_ptr> parse_name(std::string_view text) {
  x509_name_ptr name{X509_NAME_new()};
  if (name == nullptr) return library_failure(error_code::unavailable, "subject");
  if (text.size() > longest_text) {
    return wrong("expected at most " + std::to_string(longest_text) + " octets, found " +
                 std::to_string(text.size()));
  }
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return name;
  auto parts = name_reader{text}.read();
  if (!parts) return failure{std::move(parts).error()};
  for (auto part = parts->rbegin(); part != parts->rend(); ++part) {
    int with_previous = 0;
    for (const auto& each : *part) {
      if (auto fits = check_length(each); !fits) return failure{std::move(fits).error()};
      const auto value = as_bytes(each.value);
      if (X509_NAME_add_entry_by_OBJ(name.get(), each.type.get(), MBSTRING_UTF8, value.data(),
                                     static_cast<int>(value.size()), -1, with_previous) != 1) {
        return library_failure(error_code::bad_input,
                               "subject: the value of " + quoted(each.label));
      }
      with_previous = -1;
    }
  }
  return name;
}

outcome<std::string> write_name(const X509_NAME& name) {
  std::vector<std::string> parts;
  int part = -1;
  for (int i = 0; i < X509_NAME_entry_count(&name); ++i) {
    const auto* const entry = X509_NAME_get_entry(&name, i);
    auto value = value_of(*X509_NAME_ENTRY_get_data(entry));
    if (!value) return value;
    const bool is_new = X509_NAME_ENTRY_set(entry) != part;
    part = X509_NAME_ENTRY_set(entry);
    if (is_new) parts.emplace_back();
    if (!is_new) parts.back().append("+");
    parts.back().append(label_of(*X509_NAME_ENTRY_get_object(entry))).append("=").append(*value);
  }
  std::string text;
  for (auto each = parts.rbegin(); each != parts.rend(); ++each) {
    text.append(text.empty() ? "" : ", ").append(*each);
  }
  return text;
}

}  // namespace twinkeep::crypto::openssl
