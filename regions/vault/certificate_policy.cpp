#include "regions/vault/certificate_policy.hpp"

#include <algorithm>
#include <array>

#include "protocol/identifiers.hpp"
#include "protocol/join.hpp"
#include "regions/vault/refusals.hpp"

namespace twinkeep::regions {

namespace {

using crypto::key_type;
using protocol::certificate_policy;
using protocol::join;
using protocol::policy_input;

constexpr unsigned default_percentage = 80;
constexpr unsigned days_per_month = 27;  // of Azure's limit for days_before_expiry
constexpr unsigned longest_self_signed_months = 1200;

// serverAuth and clientAuth (RFC 5280 §4.2.1.12).
const std::vector<std::string>& default_ekus() {
  static const std::vector<std::string> ekus{"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"};
  return ekus;
}

template <class T>
void take(T& member, const std::optional<T>& said) {
  if (said) member = *said;
}

std::optional<protocol::error> take_key(const vault_state& vault, certificate_policy& policy,
                                        const policy_input& said) {
  if (said.kind) {
    policy.key.type = said.kind->type;
    policy.hsm = said.kind->hsm;
  }
  if (auto refused = refuse_hsm(vault, said, policy.hsm)) return refused;
  take(policy.exportable, said.exportable);
  if (policy.key.type == key_type::oct) {
    return protocol::bad_parameter("Member 'kty' is 'oct'. Accepted for certificates: RSA and EC.");
  }
  if (policy.hsm) policy.exportable = false;
  if (policy.key.type == key_type::rsa) {
    constexpr std::array<unsigned, 3> sizes{2048, 3072, 4096};
    take(policy.key.modulus_bits, said.key_size);
    if (std::ranges::find(sizes, policy.key.modulus_bits) == sizes.end()) {
      return protocol::bad_parameter(
          join({"Member 'key_size' is ", std::to_string(policy.key.modulus_bits),
                ". Accepted for RSA are 2048, 3072 and 4096."}));
    }
    return std::nullopt;
  }
  if (said.crv) {
    policy.key.crv = *said.crv;
  } else if (said.key_size) {
    // A size names the curve of the standards that has it.
    constexpr std::array<std::pair<unsigned, crypto::curve>, 3> curves{
        {{256, crypto::curve::p256}, {384, crypto::curve::p384}, {521, crypto::curve::p521}}};
    const auto row =
        std::ranges::find(curves, *said.key_size, [](const auto& r) { return r.first; });
    if (row == curves.end()) {
      return protocol::bad_parameter(join({"Member 'key_size' is ", std::to_string(*said.key_size),
                                           ". Accepted for EC are 256, 384 and 521."}));
    }
    policy.key.crv = row->second;
  }
  return std::nullopt;
}

std::optional<protocol::error> refuse_rules(const certificate_policy& policy) {
  for (const auto& rule : policy.lifetime_actions) {
    const auto most = policy.validity_months * days_per_month;
    if (rule.days_before_expiry &&
        (*rule.days_before_expiry < 1 || *rule.days_before_expiry > most)) {
      return protocol::bad_parameter(
          join({"Member 'days_before_expiry' is ", std::to_string(*rule.days_before_expiry),
                ". Accepted for this validity are 1 to ", std::to_string(most), "."}));
    }
  }
  return std::nullopt;
}

std::optional<protocol::error> refuse_form(const certificate_policy& policy) {
  if (policy.content_type != protocol::pkcs12_content_type &&
      policy.content_type != protocol::pem_content_type) {
    return protocol::bad_parameter(
        join({"Member 'contentType' is not one of ", protocol::pkcs12_content_type, " and ",
              protocol::pem_content_type, "."}));
  }
  if (policy.validity_months < 1 || policy.validity_months > longest_self_signed_months) {
    return protocol::bad_parameter("Member 'validity_months' must lie between 1 and 1200.");
  }
  return refuse_rules(policy);
}

std::optional<protocol::error> refuse_policy(const certificate_policy& policy) {
  if (policy.x509.subject.empty() && policy.x509.names.empty()) {
    return protocol::bad_parameter(
        "Member 'x509_props' needs a 'subject', or at least one name in 'sans'.");
  }
  if (const auto fits = crypto::check_content(policy.x509); !fits) {
    return protocol::bad_parameter(fits.error().message);
  }
  return refuse_form(policy);
}

std::optional<protocol::error> take_all(const vault_state& vault, certificate_policy& policy,
                                        const policy_input& said) {
  if (auto refused = take_key(vault, policy, said)) return refused;
  take(policy.reuse_key, said.reuse_key);
  take(policy.content_type, said.content_type);
  take(policy.x509.subject, said.subject);
  take(policy.x509.names, said.names);
  take(policy.x509.usages, said.usages);
  take(policy.x509.ekus, said.ekus);
  take(policy.x509.is_authority, said.is_authority);
  take(policy.validity_months, said.validity_months);
  take(policy.lifetime_actions, said.lifetime_actions);
  take(policy.enabled, said.enabled);
  if (said.certificate_type) policy.certificate_type = said.certificate_type;
  if (said.certificate_transparency) {
    policy.certificate_transparency = said.certificate_transparency;
  }
  if (said.issuer) {
    const auto issuer = issuer_named(vault, *said.issuer);
    if (!issuer) {
      return protocol::bad_parameter(
          join({"Member 'issuer.name' names no issuer of this vault: ", *said.issuer}));
    }
    policy.issuer = *issuer;
  }
  return std::nullopt;
}

protocol::lifetime_rule default_rule(std::string_view issuer) {
  protocol::lifetime_rule rule;
  rule.lifetime_percentage = default_percentage;
  rule.action = issuer == protocol::issuer_unknown ? protocol::lifetime_action::email_contacts
                                                   : protocol::lifetime_action::auto_renew;
  return rule;
}

}  // namespace

std::optional<protocol::error> refuse_hsm(const vault_state& vault, const policy_input& said,
                                          bool hsm) {
  const bool is_asked_for = said.kind && said.kind->hsm;
  if (is_asked_for && !vault.identity->options.hsm_keys) {
    return refusals::needs_premium(*said.kind);
  }
  if (hsm && said.exportable.value_or(false)) return refusals::hsm_keys_stay();
  return std::nullopt;
}

std::optional<std::string> issuer_named(const vault_state& vault, std::string_view name) {
  const auto wanted = protocol::lower(name);
  for (const auto own : {protocol::issuer_self, protocol::issuer_unknown}) {
    if (wanted == protocol::lower(own)) return std::string(own);
  }
  const auto it = vault.issuers.find(wanted);
  if (it == vault.issuers.end()) return std::nullopt;
  return it->second->issuer.name;
}

bool signs_for(const vault_state& vault, std::string_view issuer) {
  if (issuer == protocol::issuer_self) return true;
  const auto it = vault.issuers.find(protocol::lower(issuer));
  if (it == vault.issuers.end() || !it->second->issuer.enabled) return false;
  const auto& provider = it->second->issuer.provider;
  const auto is = [&](std::string_view name) {
    return protocol::lower(provider) == protocol::lower(name);
  };
  return is(protocol::provider_built_in) || is(protocol::provider_test);
}

protocol::outcome<certificate_policy> new_policy(const vault_state& vault, const policy_input& said,
                                                 protocol::unix_seconds now) {
  certificate_policy policy;
  policy.x509.ekus = default_ekus();
  policy.x509.usages = {crypto::key_usage::digital_signature, crypto::key_usage::key_encipherment};
  policy.created = policy.updated = now;
  if (auto refused = take_all(vault, policy, said)) return failure{std::move(*refused)};
  if (!said.lifetime_actions) policy.lifetime_actions = {default_rule(policy.issuer)};
  if (auto refused = refuse_policy(policy)) return failure{std::move(*refused)};
  return policy;
}

protocol::outcome<certificate_policy> changed_policy(const vault_state& vault,
                                                     certificate_policy former,
                                                     const policy_input& said,
                                                     protocol::unix_seconds now) {
  former.updated = now;
  if (auto refused = take_all(vault, former, said)) return failure{std::move(*refused)};
  if (auto refused = refuse_policy(former)) return failure{std::move(*refused)};
  return former;
}

protocol::outcome<certificate_policy> policy_of_import(const vault_state& vault,
                                                       const completed_certificate& imported,
                                                       const std::optional<policy_input>& said,
                                                       protocol::unix_seconds now) {
  constexpr protocol::unix_seconds month = 30 * seconds_per_day;
  const auto& info = imported.info;
  certificate_policy policy;
  policy.created = policy.updated = now;
  policy.key.type = info.pub.type;
  if (info.pub.type == key_type::rsa) policy.key.modulus_bits = 8 * info.pub.modulus_bytes();
  policy.key.crv = info.pub.crv;
  policy.content_type = imported.content_type;
  policy.x509 = info.content;
  const auto months = (info.valid.not_after - info.valid.not_before + month / 2) / month;
  policy.validity_months = static_cast<unsigned>(
      std::clamp<protocol::unix_seconds>(months, 1, longest_self_signed_months));
  policy.issuer = protocol::issuer_unknown;
  // What describes the certificate is the certificate's; what concerns its future may be said.
  policy_input future;
  if (said) {
    // Of the key it is said where it is to be, for what it is it brings itself.
    if (said->kind) future.kind = protocol::key_kind{info.pub.type, said->kind->hsm};
    future.exportable = said->exportable;
    future.reuse_key = said->reuse_key;
    future.lifetime_actions = said->lifetime_actions;
    future.issuer = said->issuer;
    future.certificate_type = said->certificate_type;
    future.validity_months = said->validity_months;
    future.enabled = said->enabled;
  }
  if (auto refused = take_all(vault, policy, future)) return failure{std::move(*refused)};
  if (!future.lifetime_actions) policy.lifetime_actions = {default_rule(policy.issuer)};
  if (auto refused = refuse_form(policy)) return failure{std::move(*refused)};
  return policy;
}

}  // namespace twinkeep::regions
