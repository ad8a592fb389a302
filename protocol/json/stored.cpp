#include "protocol/json/stored.hpp"

#include "protocol/json/stored_parts.hpp"

namespace twinkeep::protocol::json {

namespace {

void store_public(writer& out, const crypto::public_key& pub) {
  out.key("kty").string(to_string(pub.type));
  switch (pub.type) {
    case crypto::key_type::rsa:
      out.key("n").base64url(pub.n).key("e").base64url(pub.e);
      break;
    case crypto::key_type::ec:
      out.key("crv").string(crypto::facts_of(pub.crv).name);
      out.key("x").base64url(pub.x).key("y").base64url(pub.y);
      break;
    case crypto::key_type::oct:
      out.key("key_size").integer(pub.octet_bits);
      break;
  }
}

// Kept as the octets that came: whether they are a policy is not asked (CONTRACT 5.5).
void store_release(writer& out, const std::optional<release_policy>& release) {
  if (!release) return;
  out.key("release_policy").begin_object();
  out.key("contentType").string(release->content_type);
  out.key("data").base64url(release->data);
  out.key("immutable").boolean(release->immutable).end_object();
}

// Operations that only a later version knows are left out: the key can do less, never more.
outcome<void> load_key_ops(reader& in, reader::value& v, std::vector<key_operation>& out) {
  return in.array(v, "key_ops", [&](reader::value& item) -> outcome<void> {
    auto name = in.string(item, "key_ops");
    if (!name) return failure{std::move(name).error()};
    if (const auto op = find_key_operation(*name)) out.push_back(*op);
    return {};
  });
}

outcome<void> load_release_member(reader& in, std::string_view name, reader::value& v,
                                  release_policy& out) {
  if (name == "contentType") return load_string(in, v, name, out.content_type);
  if (name == "data") return load_octets(in, v, name, out.data);
  if (name == "immutable") return assign(in.boolean(v, name), out.immutable);
  return in.ignore(v);
}

outcome<void> load_secret_member(reader& in, std::string_view name, reader::value& v,
                                 secret_properties& out) {
  if (auto common = load_common(in, name, v, out)) return *std::move(common);
  if (name == "contentType") return load_string(in, v, name, out.content_type);
  return in.ignore(v);
}

// A key has no default type.
struct key_record {
  key_properties key;
  std::optional<crypto::key_type> type;
};

outcome<void> load_key_member(reader& in, std::string_view name, reader::value& v,
                              key_record& out) {
  auto& key = out.key;
  if (auto common = load_common(in, name, v, key)) return *std::move(common);
  if (name == "key_ops") return load_key_ops(in, v, key.key_ops);
  if (name == "kty") return load_name(in, v, name, crypto::find_key_type, out.type);
  if (name == "crv") return load_curve(in, v, key.pub.crv);
  if (name == "n") return load_octets(in, v, name, key.pub.n);
  if (name == "e") return load_octets(in, v, name, key.pub.e);
  if (name == "x") return load_octets(in, v, name, key.pub.x);
  if (name == "y") return load_octets(in, v, name, key.pub.y);
  if (name == "key_size") return load_count(in, v, name, key.pub.octet_bits);
  if (name == "exportable") return assign(in.boolean(v, name), key.exportable);
  if (name == "hsm") return assign(in.boolean(v, name), key.hsm);
  if (name == "release_policy") {
    return load_object(in, v, name, load_release_member, key.release.emplace());
  }
  return in.ignore(v);
}

// The numbers have no defaults either: without them there is no key.
outcome<void> check_complete(key_record& record) {
  constexpr std::string_view absent = "is absent or empty.";
  if (!record.type) return wrong("kty", "is absent.");
  auto& pub = record.key.pub;
  pub.type = *record.type;
  switch (pub.type) {
    case crypto::key_type::rsa:
      if (pub.n.empty()) return wrong("n", absent);
      if (pub.e.empty()) return wrong("e", absent);
      break;
    case crypto::key_type::ec:
      if (pub.x.empty()) return wrong("x", absent);
      if (pub.y.empty()) return wrong("y", absent);
      break;
    case crypto::key_type::oct:
      if (pub.octet_bits == 0) return wrong("key_size", absent);
      break;
  }
  return {};
}

}  // namespace

std::string store_secret(const secret_properties& secret) {
  writer out(stored_chars);
  out.begin_object().key("version").string(secret.version);
  store_attributes(out, secret.attributes);
  store_optional(out, "contentType", secret.content_type);
  store_tags(out, secret.tags);
  return finish(out);
}

std::string store_key(const key_properties& key) {
  writer out(2 * stored_chars);
  out.begin_object().key("version").string(key.version);
  store_attributes(out, key.attributes);
  store_names(out, "key_ops", key.key_ops);
  store_public(out, key.pub);
  store_tags(out, key.tags);
  if (key.exportable) out.key("exportable").boolean(true);
  if (key.hsm) out.key("hsm").boolean(true);
  store_release(out, key.release);
  return finish(out);
}

crypto::outcome<secret_properties> load_secret(std::string_view text) {
  return load_record<secret_properties>(text, load_secret_member);
}

crypto::outcome<key_properties> load_key(std::string_view text) {
  auto record = load_record<key_record>(text, load_key_member, check_complete);
  if (!record) return failure{std::move(record).error()};
  return std::move(record->key);
}

}  // namespace twinkeep::protocol::json
