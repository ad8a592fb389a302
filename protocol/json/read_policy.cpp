#include <algorithm>
#include <array>

#include "protocol/ascii.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"
#include "protocol/json/read_parts.hpp"

// A certificate's policy (CONTRACT 6.1, 6.2): form and limits of each member. Whether the members
// go with each other is asked of the whole policy, which the vault has.
namespace twinkeep::protocol::json {

namespace {

// 1 to validity * 27 (CONTRACT 6.2), of the longest validity.
constexpr unsigned most_days_before_expiry = 1200 * 27;

outcome<void> read_kind(reader& in, reader::value& v, std::optional<key_kind>& out) {
  constexpr std::string_view label = "key_props.kty";
  const auto given = in.string(v, label);
  if (!given) return failure{given.error()};
  out = find_key_kind(*given);
  if (out && out->type != crypto::key_type::oct) return {};
  return failure{bad_parameter(
      join({"Member '", label, "' is ", quoted(*given),
            out ? ": a certificate has no symmetric key" : ", which is no type of key",
            ". Accepted are RSA, RSA-HSM, EC and EC-HSM."}))};
}

// Of either type: that it is this type's is a matter of the whole policy.
outcome<void> read_size(reader& in, reader::value& v, std::optional<unsigned>& out) {
  constexpr std::array<std::int64_t, 6> sizes{2048, 3072, 4096, 256, 384, 521};
  const auto given = in.integer(v, "key_props.key_size");
  if (!given) return failure{given.error()};
  if (std::ranges::find(sizes, *given) == sizes.end()) {
    return failure{bad_parameter(
        join({"Member 'key_props.key_size' is ", std::to_string(*given),
              ". Accepted are 2048, 3072 and 4096 for RSA, 256, 384 and 521 for EC."}))};
  }
  out = static_cast<unsigned>(*given);
  return {};
}

outcome<void> read_curve(reader& in, reader::value& v, std::optional<crypto::curve>& out) {
  const auto given = in.string(v, "key_props.crv");
  if (!given) return failure{given.error()};
  return assign(curve_named("key_props.crv", *given), out);
}

outcome<void> read_key_props(reader& in, reader::value& v, policy_input& out) {
  return in.object(v, "key_props", [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name == "kty") return read_kind(in, m, out.kind);
    if (name == "key_size") return read_size(in, m, out.key_size);
    if (name == "crv") return read_curve(in, m, out.crv);
    if (name == "exportable") return assign(in.boolean(m, "key_props.exportable"), out.exportable);
    if (name == "reuse_key") return assign(in.boolean(m, "key_props.reuse_key"), out.reuse_key);
    return in.ignore(m);
  });
}

outcome<void> read_secret_props(reader& in, reader::value& v, policy_input& out) {
  constexpr std::string_view label = "secret_props.contentType";
  const auto member = [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name != "contentType") return in.ignore(m);
    const auto given = in.string(m, label);
    if (!given) return failure{given.error()};
    // Media types compare without case (RFC 9110 §8.3.1); kept is the usual spelling.
    for (const auto known : {pkcs12_content_type, pem_content_type}) {
      if (!ascii::equal_ignoring_case(*given, known)) continue;
      out.content_type = std::string(known);
      return {};
    }
    return failure{not_accepted(label, *given, {pkcs12_content_type, pem_content_type})};
  };
  return in.object(v, "secret_props", member);
}

outcome<void> read_action(reader& in, reader::value& v, std::optional<lifetime_action>& out) {
  constexpr std::string_view label = "lifetime_actions[].action.action_type";
  const auto member = [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name != "action_type") return in.ignore(m);
    const auto given = in.string(m, label);
    if (!given) return failure{given.error()};
    out = find_lifetime_action(*given);
    if (out) return {};
    return failure{not_accepted(
        label, *given,
        {to_string(lifetime_action::auto_renew), to_string(lifetime_action::email_contacts)})};
  };
  return in.object(v, "lifetime_actions[].action", member);
}

outcome<void> read_trigger(reader& in, reader::value& v, lifetime_rule& rule) {
  const auto member = [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name == "lifetime_percentage") {
      return read_number(in, m, "lifetime_actions[].trigger.lifetime_percentage", {1, 99},
                         rule.lifetime_percentage);
    }
    if (name == "days_before_expiry") {
      return read_number(in, m, "lifetime_actions[].trigger.days_before_expiry",
                         {1, most_days_before_expiry}, rule.days_before_expiry);
    }
    return in.ignore(m);
  };
  return in.object(v, "lifetime_actions[].trigger", member);
}

outcome<void> read_rule(reader& in, reader::value& v, std::vector<lifetime_rule>& out) {
  lifetime_rule rule;
  std::optional<lifetime_action> action;
  const auto member = [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name == "trigger") return read_trigger(in, m, rule);
    if (name == "action") return read_action(in, m, action);
    return in.ignore(m);
  };
  if (auto done = in.object(v, "lifetime_actions[]", member); !done) return done;
  if (!action) return failure{missing_member("lifetime_actions[].action.action_type")};
  if (rule.lifetime_percentage.has_value() == rule.days_before_expiry.has_value()) {
    return failure{
        bad_parameter("Member 'lifetime_actions[].trigger' must have exactly one of "
                      "lifetime_percentage and days_before_expiry.")};
  }
  rule.action = *action;
  out.push_back(rule);
  return {};
}

outcome<void> read_rules(reader& in, reader::value& v, policy_input& out) {
  std::vector<lifetime_rule> rules;
  auto done = read_list(in, v, "lifetime_actions", max_list_items,
                        [&](reader::value& item) { return read_rule(in, item, rules); });
  if (done) out.lifetime_actions = std::move(rules);
  return done;
}

// "Self" and "Unknown" in their usual spelling, others by the name of their issuer object.
outcome<void> read_issuer_name(reader& in, reader::value& v, std::optional<std::string>& out) {
  const auto given = in.string(v, "issuer.name");
  if (!given) return failure{given.error()};
  for (const auto reserved : {issuer_self, issuer_unknown}) {
    if (!ascii::equal_ignoring_case(*given, reserved)) continue;
    out = std::string(reserved);
    return {};
  }
  if (!is_object_name(*given)) {
    return failure{
        bad_parameter(join({"Member 'issuer.name' is ", quoted(*given), ". It must have 1 to ",
                            std::to_string(max_name_chars), " letters, digits and hyphens."}))};
  }
  out = std::string(*given);
  return {};
}

outcome<void> read_issuer_part(reader& in, reader::value& v, policy_input& out) {
  return in.object(v, "issuer", [&](std::string_view name, reader::value& m) -> outcome<void> {
    if (name == "name") return read_issuer_name(in, m, out.issuer);
    if (name == "cty") return read_text(in, m, "issuer.cty", out.certificate_type);
    if (name == "cert_transparency") {
      return assign(in.boolean(m, "issuer.cert_transparency"), out.certificate_transparency);
    }
    return in.ignore(m);
  });
}

outcome<void> read_policy_attributes(reader& in, reader::value& v, policy_input& out) {
  attributes_input given;
  auto done = read_attributes(in, v, of::certificate, given);
  if (given.enabled) out.enabled = given.enabled;
  return done;
}

}  // namespace

outcome<void> read_policy_member(reader& in, std::string_view name, reader::value& v,
                                 policy_input& out) {
  using section = outcome<void> (*)(reader&, reader::value&, policy_input&);
  constexpr std::array sections = std::to_array<std::pair<std::string_view, section>>({
      {"key_props", read_key_props},
      {"secret_props", read_secret_props},
      {"x509_props", read_x509},
      {"lifetime_actions", read_rules},
      {"issuer", read_issuer_part},
      {"attributes", read_policy_attributes},
  });
  for (const auto& [section_name, read] : sections) {
    if (section_name == name) return read(in, v, out);
  }
  return in.ignore(v);
}

}  // namespace twinkeep::protocol::json
