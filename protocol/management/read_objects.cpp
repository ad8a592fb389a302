#include "protocol/join.hpp"
#include "protocol/management/read_parts.hpp"

// A vault's secrets and keys as resources of Azure Resource Manager: what the data plane takes,
// under "properties" and with a key's members in lower camel case.
namespace twinkeep::protocol::management {

namespace {

constexpr std::string_view properties = "properties";
constexpr json::key_parameter_names names{"properties.kty", "properties.curveName",
                                          "properties.keySize"};

struct given_key {
  json::key_parameters parameters;
  set_rotation_policy rotation;
  bool has_rotation = false;
};

parsed<void> read_key_property(reader& in, std::string_view name, reader::value& v, create_key& key,
                               given_key& given) {
  if (name == "kty") return json::assign(in.string(v, names.kty), given.parameters.kty);
  if (name == "curveName") return json::assign(in.string(v, names.crv), given.parameters.crv);
  if (name == "keySize") {
    return json::assign(in.integer(v, names.key_size), given.parameters.key_size);
  }
  if (name == "keyOps") return json::read_key_ops(in, v, key.key_ops, "properties.keyOps");
  if (name == "attributes") return json::read_attributes(in, v, json::of::key, key.attributes);
  if (name == "release_policy") return json::read_release_policy(in, v, key.release);
  if (name != "rotationPolicy") return in.ignore(v);
  given.has_rotation = true;
  return in.object(v, "properties.rotationPolicy", [&](std::string_view inner, reader::value& m) {
    return json::read_rotation_member(in, inner, m, given.rotation);
  });
}

parsed<void> complete(key_input& body, given_key& given) {
  auto taken = json::take_kind_of_key(given.parameters, body.key, names);
  if (!taken || !given.has_rotation) return taken;
  if (auto checked = json::check_rotation_policy(given.rotation); !checked) return checked;
  body.rotation = rotation_policy{std::move(given.rotation.actions), given.rotation.expiry_time};
  return {};
}

}  // namespace

outcome<request_body> read_secret(reader& in, operation_id operation) {
  secret_input body;
  const auto property = [&](std::string_view name, reader::value& m) -> parsed<void> {
    if (name == "value") return json::read_secret_value(in, m, "properties.value", body.value);
    if (name == "contentType") return json::read_content_type(in, m, body.content_type);
    if (name == "attributes")
      return json::read_attributes(in, m, json::of::secret, body.attributes);
    return in.ignore(m);
  };
  auto done = in.read([&](std::string_view name, reader::value& v) -> parsed<void> {
    if (name == properties) return in.object(v, name, property);
    if (name == "tags") return json::read_tags(in, v, body.tags);
    return in.ignore(v);
  });
  if (!done) return bad_body(done.error());
  if (operation == operation_id::secret_put && !body.value) {
    return bad_body(json::missing_member("properties.value"));
  }
  request_body whole;
  whole.emplace<secret_input>(std::move(body));
  return whole;
}

outcome<request_body> read_key(reader& in, operation_id) {
  key_input body;
  given_key given;
  auto done = in.read([&](std::string_view name, reader::value& v) -> parsed<void> {
    if (name == "tags") return json::read_tags(in, v, body.key.tags);
    if (name != properties) return in.ignore(v);
    return in.object(v, name, [&](std::string_view inner, reader::value& m) {
      return read_key_property(in, inner, m, body.key, given);
    });
  });
  if (done) done = complete(body, given);
  if (!done) return bad_body(done.error());
  request_body whole;
  whole.emplace<key_input>(std::move(body));
  return whole;
}

}  // namespace twinkeep::protocol::management
