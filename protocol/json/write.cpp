#include "protocol/json/write.hpp"

#include "protocol/api_versions.hpp"
#include "protocol/json/write_parts.hpp"

namespace twinkeep::protocol::json {

namespace {

constexpr auto secret_kind = object_kind::secret;
constexpr auto kind_of_keys = object_kind::key;

// Values of `hsmPlatform` (CONTRACT 3.2).
constexpr std::string_view software_platform = "0";
constexpr std::string_view hsm_platform = "2";

void write_managed(writer& out, bool managed) {
  if (managed) out.key("managed").boolean(true);  // absent otherwise (CONTRACT 3.6)
}

void write_secret_rest(writer& out, const answer_context& context,
                       const secret_properties& secret) {
  if (secret.content_type) out.key("contentType").string(*secret.content_type);
  open_attributes(out, context, secret.attributes);
  out.end_object();
  write_tags(out, secret.tags);
  write_managed(out, secret.managed);
}

void write_key_rest(writer& out, const answer_context& context, const key_properties& key) {
  open_attributes(out, context, key.attributes);
  if (is_since(context.api_version, "7.3")) out.key("exportable").boolean(key.exportable);
  if (is_since(context.api_version, "7.5")) {
    out.key("hsmPlatform").string(key.hsm ? hsm_platform : software_platform);
  }
  out.end_object();
  write_tags(out, key.tags);
  write_managed(out, key.managed);
}

// Never more than the public half; a symmetric key has none (CONTRACT 5.1).
void write_jwk(writer& out, const answer_context& context, std::string_view name,
               const key_properties& key) {
  out.key("key").begin_object().key("kid");
  write_id(out, context, collection_of(kind_of_keys), name, key.version);
  out.key("kty").string(to_string(key.kind())).key("key_ops").begin_array();
  for (const auto op : key.key_ops) out.string(to_string(op));
  out.end_array();
  switch (key.pub.type) {
    case crypto::key_type::rsa:
      out.key("n").base64url(key.pub.n).key("e").base64url(key.pub.e);
      break;
    case crypto::key_type::ec:
      out.key("crv").string(crypto::facts_of(key.pub.crv).name);
      out.key("x").base64url(key.pub.x).key("y").base64url(key.pub.y);
      break;
    case crypto::key_type::oct:
      break;
  }
  out.end_object();
}

// As young as key release itself.
void write_release_policy(writer& out, const answer_context& context, const key_properties& key) {
  if (!key.release || !is_since(context.api_version, "7.3")) return;
  out.key("release_policy").begin_object();
  out.key("contentType").string(key.release->content_type);
  out.key("immutable").boolean(key.release->immutable);
  out.key("data").base64url(key.release->data).end_object();
}

}  // namespace

text write_secret(const answer_context& context, std::string_view name,
                  const secret_properties& secret, const std::optional<deletion>& deleted,
                  const std::optional<byte_view>& value) {
  writer out(bundle_chars + length_of(secret.tags) + (value ? value->size() + 64 : 0));
  out.begin_object();
  if (value) out.key("value").string(as_text(*value));
  write_deletion(out, context, secret_kind, name, deleted);
  out.key("id");
  write_id(out, context, collection_of(secret_kind), name, secret.version);
  write_secret_rest(out, context, secret);
  if (secret.managed) {
    out.key("kid");
    write_id(out, context, collection_of(kind_of_keys), name, secret.version);
  }
  return out.end_object().take();
}

text write_key(const answer_context& context, std::string_view name, const key_properties& key,
               const std::optional<deletion>& deleted) {
  writer out(2 * bundle_chars + length_of(key.tags));
  out.begin_object();
  write_deletion(out, context, kind_of_keys, name, deleted);
  write_jwk(out, context, name, key);
  write_key_rest(out, context, key);
  write_release_policy(out, context, key);
  return out.end_object().take();
}

text write_secret_page(const page_context& page, std::span<const secret_item> items) {
  return write_page(page, items, [&page](writer& out, const secret_item& item) {
    out.key("id");
    write_id(out, page.answer, collection_of(secret_kind), item.name,
             shown_version(page, item.properties->version));
    write_deletion(out, page.answer, secret_kind, item.name, item.deleted);
    write_secret_rest(out, page.answer, *item.properties);
  });
}

text write_key_page(const page_context& page, std::span<const key_item> items) {
  return write_page(page, items, [&page](writer& out, const key_item& item) {
    out.key("kid");
    write_id(out, page.answer, collection_of(kind_of_keys), item.name,
             shown_version(page, item.properties->version));
    write_deletion(out, page.answer, kind_of_keys, item.name, item.deleted);
    write_key_rest(out, page.answer, *item.properties);
  });
}

text write_crypto_result(const answer_context& context, std::string_view name,
                         std::string_view version, const crypto_output& output) {
  writer out(bundle_chars + (output.value.size() + output.aad.size()) * 4 / 3);
  out.begin_object().key("kid");
  write_id(out, context, collection_of(kind_of_keys), name, version);
  out.key("value").base64url(output.value);
  if (!output.iv.empty()) out.key("iv").base64url(output.iv);
  if (!output.tag.empty()) out.key("tag").base64url(output.tag);
  if (!output.aad.empty()) out.key("aad").base64url(output.aad);
  return out.end_object().take();
}

text write_verify_result(bool valid) {
  return writer(16).begin_object().key("value").boolean(valid).end_object().take();
}

text write_backup(byte_view blob) {
  return write_value(blob);
}

std::string write_error(const error& e) {
  writer out(bundle_chars + e.message.size());
  out.begin_object().key("error").begin_object();
  out.key("code").string(to_string(e.code));
  write_message(out, e.message);
  if (e.inner != inner_code::none) {
    out.key("innererror").begin_object().key("code").string(to_string(e.inner)).end_object();
  }
  const auto written = out.end_object().end_object().take();
  return {written.begin(), written.end()};
}

}  // namespace twinkeep::protocol::json
