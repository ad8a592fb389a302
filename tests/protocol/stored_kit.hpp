#pragma once

#include <array>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "crypto/certificates.hpp"
#include "protocol/certificate.hpp"
#include "protocol/key.hpp"
#include "protocol/rotation_policy.hpp"
#include "protocol/secret.hpp"

// Values that are stored, made at random from a seed, and everything in them that is to come back.
namespace twinkeep::protocol::test {

class dice {
 public:
  explicit dice(std::uint64_t seed) : engine_(seed) {}

  [[nodiscard]] std::uint64_t below(std::uint64_t end) { return engine_() % end; }
  [[nodiscard]] bool coin() { return below(2) == 1; }
  [[nodiscard]] unsigned count(unsigned end) { return static_cast<unsigned>(below(end)); }
  [[nodiscard]] unix_seconds time() {
    return static_cast<unix_seconds>(below(4'000'000'000)) - 1'000'000'000;
  }
  // Of letters, of what JSON escapes, and of more octets than one.
  [[nodiscard]] std::string word() {
    constexpr std::array<std::string_view, 8> parts{"a",  "Z9",   "\"",       "\\",
                                                    "\n", "\x1F", "\xC3\xA9", "\xF0\x9F\x98\x80"};
    std::string text;
    for (auto n = below(6); n > 0; --n) text += parts.at(below(parts.size()));
    return text;
  }
  [[nodiscard]] bytes octets(std::size_t at_least = 0) {
    bytes out(at_least + below(40));
    for (auto& octet : out) octet = static_cast<std::uint8_t>(below(256));
    return out;
  }
  template <class Make>
  [[nodiscard]] auto maybe(Make make) {
    std::optional<decltype(make())> out;
    if (coin()) out = make();
    return out;
  }
  template <class Make>
  [[nodiscard]] auto some(Make make) {
    std::vector<decltype(make())> out;
    for (auto n = below(4); n > 0; --n) out.push_back(make());
    return out;
  }
  [[nodiscard]] std::vector<std::string> words() {
    return some([this] { return word(); });
  }
  [[nodiscard]] std::optional<std::string> maybe_word() {
    return maybe([this] { return word(); });
  }

 private:
  std::mt19937_64 engine_;
};

// ---- values ----

[[nodiscard]] inline attributes random_attributes(dice& d) {
  return {d.coin(), d.maybe([&] { return d.time(); }), d.maybe([&] { return d.time(); }), d.time(),
          d.time()};
}

[[nodiscard]] inline tag_map random_tags(dice& d) {
  tag_map tags;
  for (auto n = d.below(4); n > 0; --n) tags[d.word()] = d.word();
  return tags;
}

[[nodiscard]] inline secret_properties random_secret(dice& d) {
  return {d.word(), random_attributes(d), d.maybe_word(), random_tags(d), false};
}

[[nodiscard]] inline key_properties random_key(dice& d) {
  key_properties key;
  key.version = d.word();
  key.attributes = random_attributes(d);
  key.key_ops = d.some([&] { return key_operation(d.below(8)); });
  switch (d.below(3)) {
    case 0:
      key.pub = {crypto::key_type::rsa, {}, d.octets(1), d.octets(1), {}, {}, 0};
      break;
    case 1:
      key.pub = {
          crypto::key_type::ec, crypto::curve(d.below(4)), {}, {}, d.octets(1), d.octets(1), 0};
      break;
    default:
      key.pub = {crypto::key_type::oct, {}, {}, {}, {}, {}, 128 + 64 * d.count(3)};
  }
  key.tags = random_tags(d);
  key.exportable = d.coin();
  key.release = d.maybe([&] { return release_policy{d.word(), d.octets(), d.coin()}; });
  key.hsm = d.coin();
  return key;
}

[[nodiscard]] inline certificate_policy random_policy(dice& d) {
  certificate_policy policy;
  policy.exportable = d.coin();
  policy.reuse_key = d.coin();
  policy.hsm = d.coin();
  if (d.coin()) {
    policy.key.modulus_bits = 2048 + 1024 * d.count(3);
  } else {
    policy.key.type = crypto::key_type::ec;
    policy.key.crv = crypto::curve(d.below(4));
  }
  policy.content_type = d.word();
  policy.x509.subject = d.word();
  policy.x509.names = {d.words(), d.words(), d.words(), d.words(), d.words()};
  policy.x509.usages = d.some([&] { return crypto::key_usage(d.below(9)); });
  policy.x509.ekus = d.words();
  policy.x509.is_authority = d.coin();
  policy.validity_months = d.count(1200);
  policy.lifetime_actions = d.some([&] {
    lifetime_rule rule;
    (d.coin() ? rule.lifetime_percentage : rule.days_before_expiry) = d.count(100);
    rule.action = lifetime_action(d.below(2));
    return rule;
  });
  policy.issuer = d.word();
  policy.certificate_type = d.maybe_word();
  policy.certificate_transparency = d.maybe([&] { return d.coin(); });
  policy.enabled = d.coin();
  policy.created = d.time();
  policy.updated = d.time();
  return policy;
}

[[nodiscard]] inline pending_operation random_pending(dice& d) {
  pending_operation pending;
  pending.name = d.word();
  pending.request_id = d.word();
  pending.version = d.word();
  pending.issuer = d.word();
  pending.certificate_type = d.maybe_word();
  pending.csr = d.octets();
  pending.cancellation_requested = d.coin();
  pending.status = pending_status(d.below(4));
  pending.status_details = d.word();
  pending.error_code = d.word();
  pending.error_message = d.word();
  pending.created = d.time();
  pending.policy = random_policy(d);
  pending.attributes = {d.maybe([&] { return d.coin(); }), d.maybe([&] { return d.time(); }),
                        d.maybe([&] { return d.time(); }), d.maybe([&] { return d.coin(); })};
  pending.tags = random_tags(d);
  pending.preserve_order = d.coin();
  return pending;
}

[[nodiscard]] inline certificate_issuer random_issuer(dice& d) {
  certificate_issuer issuer{d.word(), d.word(), d.maybe_word(), d.maybe_word(),
                            {},       d.coin(), d.time(),       d.time()};
  issuer.administrators = d.some([&] {
    return administrator{d.maybe_word(), d.maybe_word(), d.maybe_word(), d.maybe_word()};
  });
  return issuer;
}

[[nodiscard]] inline std::vector<contact> random_contacts(dice& d) {
  return d.some([&] { return contact{d.word(), d.maybe_word(), d.maybe_word()}; });
}

[[nodiscard]] inline rotation_policy random_rotation(dice& d) {
  const auto period = [&] { return calendar_period{d.count(9), d.count(20), 1 + d.count(90)}; };
  rotation_policy policy;
  policy.actions = d.some([&] {
    rotation_rule rule;
    (d.coin() ? rule.after_create : rule.before_expiry) = period();
    rule.action = rotation_action(d.below(2));
    return rule;
  });
  policy.expiry_time = d.maybe(period);
  policy.created = d.time();
  policy.updated = d.time();
  return policy;
}

// Self-signed, of an elliptic curve.
[[nodiscard]] inline bytes some_leaf(const std::string& subject) {
  const auto provider = crypto::make_openssl_provider();
  auto key = provider->generate({crypto::key_type::ec, 0, crypto::curve::p256, 0});
  crypto::certificate_content content;
  content.subject = subject;
  return *crypto::self_sign(key->material.view(), content, {1'700'000'000, 1'900'000'000});
}

[[nodiscard]] inline certificate_properties random_certificate(dice& d) {
  certificate_properties certificate;
  certificate.version = d.word();
  certificate.attributes = random_attributes(d);
  certificate.tags = random_tags(d);
  if (d.coin()) {
    certificate.chain = d.some([&] { return d.octets(); });
    certificate.chain.insert(certificate.chain.begin(), some_leaf("CN=a, O=b"));
    const auto leaf = *crypto::read_certificate(certificate.chain.front());
    certificate.pub = leaf.pub;
    certificate.thumbprint = leaf.thumbprint;
    certificate.subject = leaf.subject;
  }
  certificate.content_type = d.word();
  certificate.exportable = d.coin();
  certificate.hsm = d.coin();
  certificate.preserve_order = d.coin();
  certificate.usages = d.some([&] { return crypto::key_usage(d.below(9)); });
  return certificate;
}

// ---- what is to come back ----

[[nodiscard]] inline auto all_of(const attributes& a) {
  return std::tuple(a.enabled, a.not_before, a.expires, a.created, a.updated);
}
[[nodiscard]] inline auto all_of(const secret_properties& s) {
  return std::tuple(s.version, all_of(s.attributes), s.content_type, s.tags, s.managed);
}
[[nodiscard]] inline auto all_of(const crypto::public_key& p) {
  return std::tuple(p.type, p.crv, p.n, p.e, p.x, p.y, p.octet_bits);
}
[[nodiscard]] inline auto all_of(const key_properties& k) {
  return std::tuple(k.version, all_of(k.attributes), k.key_ops, all_of(k.pub), k.tags, k.exportable,
                    k.release, k.hsm, k.managed);
}
[[nodiscard]] inline auto all_of(const certificate_policy& p) {
  return std::tuple(p.exportable, p.reuse_key, p.hsm, p.key.type, p.key.modulus_bits, p.key.crv,
                    p.content_type, p.x509.subject, p.x509.names, p.x509.usages, p.x509.ekus,
                    p.x509.is_authority, p.validity_months, p.lifetime_actions, p.issuer,
                    p.certificate_type, p.certificate_transparency, p.enabled, p.created,
                    p.updated);
}
[[nodiscard]] inline auto all_of(const certificate_properties& c) {
  return std::tuple(c.version, all_of(c.attributes), c.tags, c.chain, c.content_type, c.exportable,
                    c.hsm, c.preserve_order, c.usages, all_of(c.pub), c.thumbprint, c.subject);
}
[[nodiscard]] inline auto all_of(const pending_operation& p) {
  return std::tuple(p.name, p.request_id, p.version, p.issuer, p.certificate_type, p.csr,
                    p.cancellation_requested, p.status, p.status_details, p.error_code,
                    p.error_message, p.created, all_of(p.policy), p.attributes.enabled,
                    p.attributes.not_before, p.attributes.expires, p.attributes.exportable, p.tags,
                    p.preserve_order);
}
[[nodiscard]] inline auto all_of(const certificate_issuer& i) {
  std::vector<std::optional<std::string>> people;
  for (const auto& a : i.administrators) {
    people.insert(people.end(), {a.first_name, a.last_name, a.email, a.phone});
  }
  return std::tuple(i.name, i.provider, i.account_id, i.organization_id, people, i.enabled,
                    i.created, i.updated);
}
[[nodiscard]] inline auto all_of(const std::vector<contact>& contacts) {
  std::vector<std::tuple<std::string, std::optional<std::string>, std::optional<std::string>>> all;
  for (const auto& c : contacts) all.emplace_back(c.email, c.name, c.phone);
  return all;
}
[[nodiscard]] inline auto all_of(const rotation_policy& p) {
  return std::tuple(p.actions, p.expiry_time, p.created, p.updated);
}

}  // namespace twinkeep::protocol::test
