#include <algorithm>
#include <array>
#include <cmath>

#include "protocol/join.hpp"
#include "protocol/token/parts.hpp"
#include "protocol/token/refusals.hpp"

// What a token says (RFC 7519 §4; the names of CONTRACT 2.3). Nothing here is believed yet.
namespace twinkeep::protocol::token {

namespace {

using json::reader;
using text_claim = std::optional<std::string>;
using date_claim = std::optional<unix_seconds>;

struct said {
  text_claim iss, aud, tid, oid, sub, appid, azp, idtyp, upn, unique_name, preferred_username;
  date_claim nbf, exp, iat;
  bool scp = false;
  std::vector<std::string> groups;
};

template <class Claim>
struct row {
  std::string_view name;
  Claim said::*member;
};
constexpr std::array texts{row<text_claim>{"iss", &said::iss},
                           row<text_claim>{"tid", &said::tid},
                           row<text_claim>{"oid", &said::oid},
                           row<text_claim>{"sub", &said::sub},
                           row<text_claim>{"appid", &said::appid},
                           row<text_claim>{"azp", &said::azp},
                           row<text_claim>{"idtyp", &said::idtyp},
                           row<text_claim>{"upn", &said::upn},
                           row<text_claim>{"unique_name", &said::unique_name},
                           row<text_claim>{"preferred_username", &said::preferred_username}};
constexpr std::array dates{row<date_claim>{"nbf", &said::nbf}, row<date_claim>{"exp", &said::exp},
                           row<date_claim>{"iat", &said::iat}};

template <class Rows>
const auto* find(const Rows& rows, std::string_view name) {
  const auto it = std::ranges::find_if(rows, [&](const auto& r) { return r.name == name; });
  return it == rows.end() ? nullptr : &*it;
}

outcome<void> read_text(reader& in, reader::value& v, std::string_view name, text_claim& out) {
  if (out) return twice(name);
  auto text = in.string(v, name);
  if (!text) return failure{std::move(text).error()};
  out = std::string(*text);
  return {};
}

// NumericDate (RFC 7519 §2): seconds, fractions allowed.
outcome<void> read_date(reader& in, reader::value& v, std::string_view name, date_claim& out) {
  const auto number = in.number(v, name);
  if (!number) return failure{number.error()};
  constexpr double exact = 9007199254740992.0;  // 2^53
  if (!(std::abs(*number) <= exact)) {
    return failure{bad_parameter(join({"Member '", name, "' is no date."}))};
  }
  out = static_cast<unix_seconds>(std::floor(*number));
  return {};
}

// A string, or an array of one (RFC 7519 §4.1.3). A token for several services at once is refused:
// each of them could use it against the others.
outcome<void> read_audience(reader& in, reader::value& v, text_claim& out) {
  simdjson::ondemand::json_type type{};
  if (v.type().get(type) || type != simdjson::ondemand::json_type::array) {
    return read_text(in, v, "aud", out);
  }
  return in.array(v, "aud", [&](reader::value& item) { return read_text(in, item, "aud", out); });
}

outcome<void> read_groups(reader& in, reader::value& v, std::vector<std::string>& out) {
  return in.array(v, "groups", [&](reader::value& item) -> outcome<void> {
    const auto group = in.string(item, "groups[]");
    if (!group) return failure{group.error()};
    if (out.size() == max_groups) {
      return failure{bad_parameter(
          join({"Member 'groups' has more than ", std::to_string(max_groups), " items."}))};
    }
    out.emplace_back(*group);
    return {};
  });
}

outcome<said> read_all(byte_view payload) {
  said out;
  reader in(payload, "The payload");
  auto done = read_distinct(in, [&](std::string_view name, reader::value& v) -> outcome<void> {
    if (const auto* text = find(texts, name)) return read_text(in, v, name, out.*text->member);
    if (const auto* date = find(dates, name)) return read_date(in, v, name, out.*date->member);
    if (name == "aud") return read_audience(in, v, out.aud);
    if (name == "groups") return read_groups(in, v, out.groups);
    out.scp |= name == "scp";
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  if (!out.exp) return failure{bad_parameter("Member 'exp' is required.")};
  return out;
}

bool is_application(const said& s) {
  if (s.idtyp) return *s.idtyp == "app";
  return !s.scp && !s.upn && s.oid.value_or("") == s.sub.value_or("");
}

}  // namespace

outcome<claims> read_claims(byte_view payload) {
  auto read = read_all(payload);
  if (!read) return failure{std::move(read).error()};
  auto& s = *read;
  claims out;
  out.is_application = is_application(s);
  out.issuer = std::move(s.iss).value_or("");
  out.audience = std::move(s.aud).value_or("");
  out.tenant = std::move(s.tid).value_or("");
  out.object_id = std::move(s.oid).value_or("");
  // v1 tokens have appid, v2 tokens azp (CONTRACT 2.3); upn and unique_name, preferred_username.
  out.application_id = s.appid ? *std::move(s.appid) : std::move(s.azp).value_or("");
  for (auto* name : {&s.upn, &s.unique_name, &s.preferred_username}) {
    if (out.user_name.empty()) out.user_name = std::move(*name).value_or("");
  }
  out.groups = std::move(s.groups);
  out.not_before = s.nbf.value_or(0);
  out.expires = *s.exp;
  out.issued_at = s.iat.value_or(0);
  return out;
}

}  // namespace twinkeep::protocol::token
