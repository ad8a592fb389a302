#include "protocol/join.hpp"
#include "protocol/json/read_parts.hpp"

namespace twinkeep::protocol::json {

outcome<void> read_secret_value(reader& in, reader::value& v, std::string_view name,
                                std::optional<crypto::secret_bytes>& out) {
  auto text = in.string(v, name);
  if (!text) return failure{std::move(text).error()};
  if (auto fits = check_bytes(name, text->size(), max_secret_value_bytes); !fits) return fits;
  out = crypto::secret_bytes::copy_of(as_bytes(*text));
  return {};
}

outcome<request_body> read_set_secret(reader& in, operation_id) {
  set_secret body;
  std::optional<crypto::secret_bytes> value;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "value") return read_secret_value(in, v, name, value);
    if (name == "contentType") return read_content_type(in, v, body.content_type);
    if (name == "attributes") return read_attributes(in, v, of::secret, body.attributes);
    if (name == "tags") return read_tags(in, v, body.tags);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  // An empty value is one, an absent one is not (CONTRACT 4).
  if (!value) return failure{missing_member("value")};
  body.value = *std::move(value);
  return request_body{std::move(body)};
}

outcome<request_body> read_update_secret(reader& in, operation_id) {
  update_secret body;
  auto done = in.read([&](std::string_view name, reader::value& v) -> outcome<void> {
    if (name == "contentType") return read_content_type(in, v, body.content_type);
    if (name == "attributes") return read_attributes(in, v, of::secret, body.attributes);
    if (name == "tags") return read_tags(in, v, body.tags);
    return in.ignore(v);
  });
  if (!done) return failure{std::move(done).error()};
  return request_body{std::move(body)};
}

}  // namespace twinkeep::protocol::json
