#include "protocol/json/stored.hpp"

#include "protocol/join.hpp"
#include "protocol/json/reader.hpp"
#include "protocol/json/writer.hpp"

namespace twinkeep::protocol::json {

namespace {

constexpr std::size_t expected_chars = 512;
constexpr std::string_view subject = "The stored record";

std::string finish(writer& out) {
  const auto text = out.end_object().take();
  return {text.begin(), text.end()};
}

void store_attributes(writer& out, const attributes& a) {
  out.key("enabled").boolean(a.enabled);
  if (a.not_before) out.key("nbf").integer(*a.not_before);
  if (a.expires) out.key("exp").integer(*a.expires);
  out.key("created").integer(a.created).key("updated").integer(a.updated);
}

void store_tags(writer& out, const tag_map& tags) {
  if (tags.empty()) return;
  out.key("tags").begin_object();
  for (const auto& [name, value] : tags) out.client_key(name).string(value);
  out.end_object();
}

failure<error> wrong(std::string_view name, std::string_view why) {
  return failure{bad_parameter(join({"Member '", name, "' ", why}))};
}

outcome<void> load_string(reader& in, reader::value& v, std::string_view name, std::string& out) {
  auto text = in.string(v, name);
  if (!text) return failure{std::move(text).error()};
  out = std::string(*text);
  return {};
}

outcome<void> load_tags(reader& in, reader::value& v, tag_map& out) {
  return in.object(v, "tags", [&](std::string_view name, reader::value& m) -> outcome<void> {
    return load_string(in, m, "tags", out[std::string(name)]);
  });
}

// What every kind of object has; nullopt: the member is none of these.
template <class Properties>
std::optional<outcome<void>> load_common(reader& in, std::string_view name, reader::value& v,
                                         Properties& out) {
  auto& a = out.attributes;
  if (name == "version") return load_string(in, v, name, out.version);
  if (name == "enabled") return assign(in.boolean(v, name), a.enabled);
  if (name == "nbf") return assign(in.integer(v, name), a.not_before);
  if (name == "exp") return assign(in.integer(v, name), a.expires);
  if (name == "created") return assign(in.integer(v, name), a.created);
  if (name == "updated") return assign(in.integer(v, name), a.updated);
  if (name == "tags") return load_tags(in, v, out.tags);
  return std::nullopt;
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

outcome<void> load_number(reader& in, reader::value& v, std::string_view name, bytes& out) {
  auto text = in.string(v, name);
  if (!text) return failure{std::move(text).error()};
  auto number = crypto::base64url_decode(*text);
  if (!number) return wrong(name, "is not base64url.");
  out = *std::move(number);
  return {};
}

outcome<void> load_type(reader& in, reader::value& v, std::optional<crypto::key_type>& out) {
  auto text = in.string(v, "kty");
  if (!text) return failure{std::move(text).error()};
  for (const auto type : {crypto::key_type::rsa, crypto::key_type::ec}) {
    if (*text == crypto::to_string(type)) out = type;
  }
  return out ? outcome<void>{} : wrong("kty", "is no known type.");
}

outcome<void> load_curve(reader& in, reader::value& v, crypto::curve& out) {
  auto text = in.string(v, "crv");
  if (!text) return failure{std::move(text).error()};
  const auto found = crypto::find_curve(*text);
  if (!found) return wrong("crv", "is no known curve.");
  out = *found;
  return {};
}

// The numbers have no defaults: without them there is no key.
outcome<void> check_complete(const crypto::public_key& pub) {
  const bool rsa = pub.type == crypto::key_type::rsa;
  if ((rsa ? pub.n : pub.x).empty()) return wrong(rsa ? "n" : "x", "is absent or empty.");
  if ((rsa ? pub.e : pub.y).empty()) return wrong(rsa ? "e" : "y", "is absent or empty.");
  return {};
}

auto corrupt(const error& e) {
  return crypto::fail(crypto::error_code::corrupt, e.message);
}

}  // namespace

std::string store_secret(const secret_properties& secret) {
  writer out(expected_chars);
  out.begin_object().key("version").string(secret.version);
  store_attributes(out, secret.attributes);
  if (secret.content_type) out.key("contentType").string(*secret.content_type);
  store_tags(out, secret.tags);
  return finish(out);
}

std::string store_key(const key_properties& key) {
  writer out(2 * expected_chars);
  out.begin_object().key("version").string(key.version);
  store_attributes(out, key.attributes);
  out.key("key_ops").begin_array();
  for (const auto op : key.key_ops) out.string(to_string(op));
  out.end_array().key("kty").string(to_string(key.pub.type));
  if (key.pub.type == crypto::key_type::rsa) {
    out.key("n").base64url(key.pub.n).key("e").base64url(key.pub.e);
  } else {
    out.key("crv").string(crypto::facts_of(key.pub.crv).name);
    out.key("x").base64url(key.pub.x).key("y").base64url(key.pub.y);
  }
  store_tags(out, key.tags);
  return finish(out);
}

crypto::outcome<secret_properties> load_secret(std::string_view text) {
  reader in(as_bytes(text), subject);
  secret_properties secret;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (auto common = load_common(in, name, v, secret)) return *std::move(common);
    if (name == "contentType") return load_string(in, v, name, secret.content_type.emplace());
    return in.ignore(v);
  });
  if (!done) return corrupt(done.error());
  return secret;
}

crypto::outcome<key_properties> load_key(std::string_view text) {
  reader in(as_bytes(text), subject);
  key_properties key;
  std::optional<crypto::key_type> type;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (auto common = load_common(in, name, v, key)) return *std::move(common);
    if (name == "key_ops") return load_key_ops(in, v, key.key_ops);
    if (name == "kty") return load_type(in, v, type);
    if (name == "crv") return load_curve(in, v, key.pub.crv);
    if (name == "n") return load_number(in, v, name, key.pub.n);
    if (name == "e") return load_number(in, v, name, key.pub.e);
    if (name == "x") return load_number(in, v, name, key.pub.x);
    if (name == "y") return load_number(in, v, name, key.pub.y);
    return in.ignore(v);
  });
  if (done && !type) done = wrong("kty", "is absent.");
  if (done) {
    key.pub.type = *type;
    done = check_complete(key.pub);
  }
  if (!done) return corrupt(done.error());
  return key;
}

}  // namespace twinkeep::protocol::json
