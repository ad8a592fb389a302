#include "protocol/json/stored.hpp"
#include "protocol/json/stored_parts.hpp"
#include "protocol/json/write_names.hpp"

// Policies: of certificates, and of the rotation of keys.
namespace twinkeep::protocol::json {

namespace {

void store_lifetime_actions(writer& out, const std::vector<lifetime_rule>& rules) {
  if (rules.empty()) return;
  out.key("lifetime_actions").begin_array();
  for (const auto& rule : rules) {
    out.begin_object();
    if (rule.lifetime_percentage) out.key("lifetime_percentage").integer(*rule.lifetime_percentage);
    if (rule.days_before_expiry) out.key("days_before_expiry").integer(*rule.days_before_expiry);
    out.key("action").string(to_string(rule.action)).end_object();
  }
  out.end_array();
}

void store_x509(writer& out, const crypto::certificate_content& x509) {
  out.key("subject").string(x509.subject);
  store_strings(out, "emails", x509.names.emails);
  store_strings(out, "dns_names", x509.names.dns_names);
  store_strings(out, "upns", x509.names.upns);
  store_strings(out, "uris", x509.names.uris);
  store_strings(out, "ipAddresses", x509.names.ip_addresses);
  store_names(out, "key_usage", x509.usages);
  store_strings(out, "ekus", x509.ekus);
  out.key("ca").boolean(x509.is_authority);
}

void store_key_spec(writer& out, const crypto::key_spec& key) {
  out.key("kty").string(to_string(key.type));
  if (key.type == crypto::key_type::rsa) out.key("key_size").integer(key.modulus_bits);
  if (key.type == crypto::key_type::ec) out.key("crv").string(crypto::facts_of(key.crv).name);
}

outcome<void> load_rule_member(reader& in, std::string_view name, reader::value& v,
                               lifetime_rule& out) {
  if (name == "lifetime_percentage") return load_count(in, v, name, out.lifetime_percentage);
  if (name == "days_before_expiry") return load_count(in, v, name, out.days_before_expiry);
  if (name == "action") return load_name(in, v, name, find_lifetime_action, out.action);
  return in.ignore(v);
}

// nullopt: the member is none of these.
std::optional<outcome<void>> load_x509_member(reader& in, std::string_view name, reader::value& v,
                                              crypto::certificate_content& out) {
  if (name == "subject") return load_string(in, v, name, out.subject);
  if (name == "emails") return load_strings(in, v, name, out.names.emails);
  if (name == "dns_names") return load_strings(in, v, name, out.names.dns_names);
  if (name == "upns") return load_strings(in, v, name, out.names.upns);
  if (name == "uris") return load_strings(in, v, name, out.names.uris);
  if (name == "ipAddresses") return load_strings(in, v, name, out.names.ip_addresses);
  if (name == "key_usage") return load_usages(in, v, out.usages);
  if (name == "ekus") return load_strings(in, v, name, out.ekus);
  if (name == "ca") return assign(in.boolean(v, name), out.is_authority);
  return std::nullopt;
}

std::optional<rotation_action> find_rotation_action(std::string_view name) {
  const auto at = std::ranges::find(rotation_action_names, name);
  if (at == rotation_action_names.end()) return std::nullopt;
  return rotation_action(at - rotation_action_names.begin());
}

outcome<void> load_rotation_rule_member(reader& in, std::string_view name, reader::value& v,
                                        rotation_rule& out) {
  if (name == "after_create") return load_name(in, v, name, parse_period, out.after_create);
  if (name == "before_expiry") return load_name(in, v, name, parse_period, out.before_expiry);
  if (name == "action") return load_name(in, v, name, find_rotation_action, out.action);
  return in.ignore(v);
}

outcome<void> load_rotation_member(reader& in, std::string_view name, reader::value& v,
                                   rotation_policy& out) {
  if (name == "actions") return load_objects(in, v, name, load_rotation_rule_member, out.actions);
  if (name == "expiry_time") return load_name(in, v, name, parse_period, out.expiry_time);
  if (name == "created") return assign(in.integer(v, name), out.created);
  if (name == "updated") return assign(in.integer(v, name), out.updated);
  return in.ignore(v);
}

// Exactly one trigger: who acts on a rule relies on it.
outcome<void> check_rotation(const rotation_policy& policy) {
  const auto is_sound = [](const rotation_rule& rule) {
    return rule.after_create.has_value() != rule.before_expiry.has_value();
  };
  if (std::ranges::all_of(policy.actions, is_sound)) return {};
  return wrong("actions", "has a rule without exactly one trigger.");
}

}  // namespace

void store_policy_members(writer& out, const certificate_policy& policy) {
  out.key("exportable").boolean(policy.exportable).key("reuse_key").boolean(policy.reuse_key);
  store_key_spec(out, policy.key);
  if (policy.hsm) out.key("hsm").boolean(true);
  out.key("contentType").string(policy.content_type);
  store_x509(out, policy.x509);
  out.key("validity_months").integer(policy.validity_months);
  store_lifetime_actions(out, policy.lifetime_actions);
  out.key("issuer").string(policy.issuer);
  store_optional(out, "cty", policy.certificate_type);
  if (policy.certificate_transparency) {
    out.key("cert_transparency").boolean(*policy.certificate_transparency);
  }
  out.key("enabled").boolean(policy.enabled);
  out.key("created").integer(policy.created).key("updated").integer(policy.updated);
}

outcome<void> load_policy_member(reader& in, std::string_view name, reader::value& v,
                                 certificate_policy& out) {
  if (auto x509 = load_x509_member(in, name, v, out.x509)) return *std::move(x509);
  if (name == "exportable") return assign(in.boolean(v, name), out.exportable);
  if (name == "reuse_key") return assign(in.boolean(v, name), out.reuse_key);
  if (name == "kty") return load_name(in, v, name, crypto::find_key_type, out.key.type);
  if (name == "key_size") return load_count(in, v, name, out.key.modulus_bits);
  if (name == "crv") return load_curve(in, v, out.key.crv);
  if (name == "hsm") return assign(in.boolean(v, name), out.hsm);
  if (name == "contentType") return load_string(in, v, name, out.content_type);
  if (name == "validity_months") return load_count(in, v, name, out.validity_months);
  if (name == "lifetime_actions") {
    return load_objects(in, v, name, load_rule_member, out.lifetime_actions);
  }
  if (name == "issuer") return load_string(in, v, name, out.issuer);
  if (name == "cty") return load_string(in, v, name, out.certificate_type);
  if (name == "cert_transparency") {
    return assign(in.boolean(v, name), out.certificate_transparency);
  }
  if (name == "enabled") return assign(in.boolean(v, name), out.enabled);
  if (name == "created") return assign(in.integer(v, name), out.created);
  if (name == "updated") return assign(in.integer(v, name), out.updated);
  return in.ignore(v);
}

outcome<void> check_policy(const certificate_policy& policy) {
  const auto is_sound = [](const lifetime_rule& rule) {
    return rule.lifetime_percentage.has_value() != rule.days_before_expiry.has_value();
  };
  if (std::ranges::all_of(policy.lifetime_actions, is_sound)) return {};
  return wrong("lifetime_actions", "has a rule without exactly one trigger.");
}

std::string store_policy(const certificate_policy& policy) {
  writer out(2 * stored_chars);
  out.begin_object();
  store_policy_members(out, policy);
  return finish(out);
}

crypto::outcome<certificate_policy> load_policy(std::string_view text) {
  return load_record<certificate_policy>(text, load_policy_member, check_policy);
}

std::string store_rotation_policy(const rotation_policy& policy) {
  writer out(stored_chars);
  out.begin_object().key("actions").begin_array();
  for (const auto& rule : policy.actions) {
    out.begin_object();
    if (rule.after_create) out.key("after_create").string(to_string(*rule.after_create));
    if (rule.before_expiry) out.key("before_expiry").string(to_string(*rule.before_expiry));
    out.key("action").string(rotation_action_names.at(std::size_t(rule.action))).end_object();
  }
  out.end_array();
  if (policy.expiry_time) out.key("expiry_time").string(to_string(*policy.expiry_time));
  out.key("created").integer(policy.created).key("updated").integer(policy.updated);
  return finish(out);
}

crypto::outcome<rotation_policy> load_rotation_policy(std::string_view text) {
  return load_record<rotation_policy>(text, load_rotation_member, check_rotation);
}

}  // namespace twinkeep::protocol::json
