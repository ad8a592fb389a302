#include <algorithm>
#include <array>

#include "protocol/join.hpp"
#include "protocol/json/read_parts.hpp"

// `x509_props` of a certificate's policy: what the certificate is to say.
namespace twinkeep::protocol::json {

namespace {

using crypto::alternative_names;

constexpr unsigned most_months = 1200;  // CONTRACT 6.2

struct names_row {
  std::string_view name, label, item;
  std::vector<std::string> alternative_names::*member;
};
constexpr std::array names_rows = std::to_array<names_row>({
    {"emails", "x509_props.sans.emails", "x509_props.sans.emails[]", &alternative_names::emails},
    {"dns_names", "x509_props.sans.dns_names", "x509_props.sans.dns_names[]",
     &alternative_names::dns_names},
    {"upns", "x509_props.sans.upns", "x509_props.sans.upns[]", &alternative_names::upns},
    {"uris", "x509_props.sans.uris", "x509_props.sans.uris[]", &alternative_names::uris},
    {"ipAddresses", "x509_props.sans.ipAddresses", "x509_props.sans.ipAddresses[]",
     &alternative_names::ip_addresses},
    {"ip_addresses", "x509_props.sans.ip_addresses", "x509_props.sans.ip_addresses[]",
     &alternative_names::ip_addresses},
});

outcome<void> read_texts(reader& in, reader::value& v, std::string_view name, std::string_view item,
                         std::vector<std::string>& out) {
  std::vector<std::string> texts;
  auto done = read_list(in, v, name, max_list_items, [&](reader::value& next) -> outcome<void> {
    std::optional<std::string> text;
    if (auto read = read_text(in, next, item, text); !read) return read;
    texts.push_back(*std::move(text));
    return {};
  });
  if (done) out = std::move(texts);
  return done;
}

std::size_t count_of(const alternative_names& names) {
  return names.emails.size() + names.dns_names.size() + names.upns.size() + names.uris.size() +
         names.ip_addresses.size();
}

// {} says nothing, an empty list says that there are none of its kind.
outcome<void> read_sans(reader& in, reader::value& v, std::optional<alternative_names>& out) {
  alternative_names names;
  bool said = false;
  const auto member = [&](std::string_view name, reader::value& m) -> outcome<void> {
    const auto row = std::ranges::find(names_rows, name, &names_row::name);
    if (row == names_rows.end()) return in.ignore(m);
    said = true;
    return read_texts(in, m, row->label, row->item, names.*(row->member));
  };
  if (auto done = in.object(v, "x509_props.sans", member); !done) return done;
  if (count_of(names) > max_list_items) {
    return failure{bad_parameter(join(
        {"Member 'x509_props.sans' has more than ", std::to_string(max_list_items), " names."}))};
  }
  if (said) out = std::move(names);
  return {};
}

outcome<crypto::key_usage> usage_named(std::string_view given) {
  if (const auto usage = crypto::find_key_usage(given)) return *usage;
  std::vector<std::string_view> known;
  for (auto i = 0u; i <= unsigned(crypto::key_usage::decipher_only); ++i) {
    known.push_back(to_string(crypto::key_usage(i)));
  }
  return failure{not_accepted("x509_props.key_usage[]", given, known)};
}

outcome<void> read_usages(reader& in, reader::value& v,
                          std::optional<std::vector<crypto::key_usage>>& out) {
  std::vector<crypto::key_usage> usages;
  const auto item = [&](reader::value& next) -> outcome<void> {
    const auto name = in.string(next, "x509_props.key_usage[]");
    if (!name) return failure{name.error()};
    const auto usage = usage_named(*name);
    if (!usage) return failure{usage.error()};
    // Bits of one string (RFC 5280 §4.2.1.3): once is enough.
    if (std::ranges::find(usages, *usage) == usages.end()) usages.push_back(*usage);
    return {};
  };
  auto done = read_list(in, v, "x509_props.key_usage", max_list_items, item);
  if (done) out = std::move(usages);
  return done;
}

outcome<void> read_constraints(reader& in, reader::value& v, std::optional<bool>& out) {
  return in.object(v, "x509_props.basic_constraints",
                   [&](std::string_view name, reader::value& m) -> outcome<void> {
                     if (name != "ca") return in.ignore(m);
                     return assign(in.boolean(m, "x509_props.basic_constraints.ca"), out);
                   });
}

}  // namespace

outcome<void> read_x509(reader& in, reader::value& v, policy_input& out) {
  return in.object(v, "x509_props", [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name == "subject") return read_text(in, m, "x509_props.subject", out.subject);
    if (name == "sans") return read_sans(in, m, out.names);
    if (name == "key_usage") return read_usages(in, m, out.usages);
    if (name == "basic_constraints") return read_constraints(in, m, out.is_authority);
    if (name == "validity_months") {
      return read_number(in, m, "x509_props.validity_months", {1, most_months},
                         out.validity_months);
    }
    if (name != "ekus") return in.ignore(m);
    std::vector<std::string> ekus;
    auto done = read_texts(in, m, "x509_props.ekus", "x509_props.ekus[]", ekus);
    if (done) out.ekus = std::move(ekus);
    return done;
  });
}

}  // namespace twinkeep::protocol::json
