#include "protocol/json/stored_parts.hpp"

#include "protocol/join.hpp"

namespace twinkeep::protocol::json {

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

void store_optional(writer& out, std::string_view name, const std::optional<std::string>& value) {
  if (value) out.key(name).string(*value);
}

void store_strings(writer& out, std::string_view name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  out.key(name).begin_array();
  for (const auto& value : values) out.string(value);
  out.end_array();
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

outcome<void> load_string(reader& in, reader::value& v, std::string_view name,
                          std::optional<std::string>& out) {
  return load_string(in, v, name, out.emplace());
}

outcome<void> load_strings(reader& in, reader::value& v, std::string_view name,
                           std::vector<std::string>& out) {
  return in.array(v, name, [&](reader::value& item) {
    return load_string(in, item, name, out.emplace_back());
  });
}

outcome<void> load_octets(reader& in, reader::value& v, std::string_view name, bytes& out) {
  auto text = in.string(v, name);
  if (!text) return failure{std::move(text).error()};
  auto octets = crypto::base64url_decode(*text);
  if (!octets) return wrong(name, "is not base64url.");
  out = *std::move(octets);
  return {};
}

outcome<void> load_tags(reader& in, reader::value& v, tag_map& out) {
  return in.object(v, "tags", [&](std::string_view name, reader::value& m) {
    return load_string(in, m, "tags", out[std::string(name)]);
  });
}

outcome<void> load_curve(reader& in, reader::value& v, crypto::curve& out) {
  return load_name(in, v, "crv", crypto::find_curve, out);
}

// A usage that is left out would make the key able to do more, should it be the only one: none at
// all mean the default ones (CONTRACT 6.6).
outcome<void> load_usages(reader& in, reader::value& v, std::vector<crypto::key_usage>& out) {
  return in.array(v, "key_usage", [&](reader::value& item) {
    return load_name(in, item, "key_usage", crypto::find_key_usage,
                     out.emplace_back(crypto::key_usage{}));
  });
}

}  // namespace twinkeep::protocol::json
