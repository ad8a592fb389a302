#include <string>

#include "protocol/json/write_certificate.hpp"
#include "protocol/json/write_names.hpp"
#include "protocol/json/write_parts.hpp"

// Policies: of certificates (CONTRACT 6.1, 6.2) and of the rotation of keys (CONTRACT 5.2, 5.6).
namespace twinkeep::protocol::json {

namespace {

constexpr std::size_t policy_chars = 2 * bundle_chars;

// The bits of a prime of the curve, as Azure shows them for key_size.
unsigned size_of(crypto::curve crv) {
  constexpr unsigned bits_p521 = 521;
  return crv == crypto::curve::p521 ? bits_p521 : crypto::facts_of(crv).coordinate_bytes * 8;
}

unsigned size_of(const crypto::key_spec& key) {
  switch (key.type) {
    case crypto::key_type::rsa:
      return key.modulus_bits;
    case crypto::key_type::ec:
      return size_of(key.crv);
    case crypto::key_type::oct:
      break;
  }
  return key.octet_bits;
}

void write_key_props(writer& out, const certificate_policy& policy) {
  out.key("key_props").begin_object();
  out.key("exportable").boolean(policy.exportable);
  out.key("kty")
      .string(to_string(key_kind{policy.key.type, policy.hsm}))
      .key("key_size")
      .integer(size_of(policy.key));
  out.key("reuse_key").boolean(policy.reuse_key);
  if (policy.key.type == crypto::key_type::ec) {
    out.key("crv").string(crypto::facts_of(policy.key.crv).name);
  }
  out.end_object();
}

void write_strings(writer& out, std::string_view name, const std::vector<std::string>& values) {
  out.key(name).begin_array();
  for (const auto& value : values) out.string(value);
  out.end_array();
}

// Kinds of names that there are none of are left out, so that none at all are {} (CONTRACT 6.2).
void write_names(writer& out, const crypto::alternative_names& names) {
  out.key("sans").begin_object();
  if (!names.emails.empty()) write_strings(out, "emails", names.emails);
  if (!names.dns_names.empty()) write_strings(out, "dns_names", names.dns_names);
  if (!names.upns.empty()) write_strings(out, "upns", names.upns);
  if (!names.uris.empty()) write_strings(out, "uris", names.uris);
  if (!names.ip_addresses.empty()) write_strings(out, "ipAddresses", names.ip_addresses);
  out.end_object();
}

void write_x509_props(writer& out, const certificate_policy& policy) {
  const auto& x509 = policy.x509;
  out.key("x509_props").begin_object();
  if (!x509.subject.empty()) out.key("subject").string(x509.subject);
  write_names(out, x509.names);
  write_strings(out, "ekus", x509.ekus);
  out.key("key_usage").begin_array();
  for (const auto usage : x509.usages) out.string(to_string(usage));
  out.end_array().key("validity_months").integer(policy.validity_months);
  out.key("basic_constraints").begin_object().key("ca").boolean(x509.is_authority).end_object();
  out.end_object();
}

void write_lifetime_actions(writer& out, const std::vector<lifetime_rule>& rules) {
  out.key("lifetime_actions").begin_array();
  for (const auto& rule : rules) {
    out.begin_object().key("trigger").begin_object();
    if (rule.lifetime_percentage) out.key("lifetime_percentage").integer(*rule.lifetime_percentage);
    if (rule.days_before_expiry) out.key("days_before_expiry").integer(*rule.days_before_expiry);
    out.end_object().key("action").begin_object();
    out.key("action_type").string(to_string(rule.action)).end_object().end_object();
  }
  out.end_array();
}

void write_issuer_parameters(writer& out, const certificate_policy& policy) {
  out.key("issuer").begin_object().key("name").string(policy.issuer);
  if (policy.certificate_type) out.key("cty").string(*policy.certificate_type);
  if (policy.certificate_transparency) {
    out.key("cert_transparency").boolean(*policy.certificate_transparency);
  }
  out.end_object();
}

void write_rotation_rule(writer& out, const rotation_rule& rule) {
  out.begin_object().key("trigger").begin_object();
  if (rule.after_create) out.key("timeAfterCreate").string(to_string(*rule.after_create));
  if (rule.before_expiry) out.key("timeBeforeExpiry").string(to_string(*rule.before_expiry));
  out.end_object().key("action").begin_object();
  out.key("type").string(rotation_action_names.at(std::size_t(rule.action)));
  out.end_object().end_object();
}

// What a key has whose policy nobody has set.
const rotation_rule default_rotation_rule{{}, calendar_period{0, 0, 30}, rotation_action::notify};

}  // namespace

void write_policy_object(writer& out, const answer_context& context, std::string_view name,
                         const certificate_policy& policy) {
  out.begin_object().key("id");
  write_id(out, context, collection_of(object_kind::certificate), name, "policy");
  write_key_props(out, policy);
  out.key("secret_props").begin_object().key("contentType").string(policy.content_type);
  out.end_object();
  write_x509_props(out, policy);
  write_lifetime_actions(out, policy.lifetime_actions);
  write_issuer_parameters(out, policy);
  write_plain_attributes(out, policy.enabled, policy.created, policy.updated);
  out.end_object();
}

text write_policy(const answer_context& context, std::string_view name,
                  const certificate_policy& policy) {
  writer out(policy_chars);
  write_policy_object(out, context, name, policy);
  return out.take();
}

text write_rotation_policy(const answer_context& context, std::string_view key_name,
                           const rotation_policy& policy) {
  writer out(policy_chars);
  const bool was_set = policy.created != 0;
  out.begin_object().key("id");
  write_id(out, context, collection_of(object_kind::key), key_name, "rotationpolicy");
  out.key("lifetimeActions").begin_array();
  if (was_set) {
    for (const auto& rule : policy.actions) write_rotation_rule(out, rule);
  } else {
    write_rotation_rule(out, default_rotation_rule);
  }
  out.end_array().key("attributes").begin_object();
  if (was_set) {
    if (policy.expiry_time) out.key("expiryTime").string(to_string(*policy.expiry_time));
    out.key("created").integer(policy.created).key("updated").integer(policy.updated);
  }
  return out.end_object().end_object().take();
}

}  // namespace twinkeep::protocol::json
