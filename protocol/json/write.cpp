#include "protocol/json/write.hpp"

#include <simdjson.h>

#include "protocol/api_versions.hpp"
#include "protocol/json/writer.hpp"
#include "protocol/operations.hpp"

namespace twinkeep::protocol::json {

namespace {

// About as long as a bundle is without value, tags and numbers of a key.
constexpr std::size_t bundle_chars = 512;

void write_id(writer& out, const answer_context& context, std::string_view collection,
              std::string_view name, std::string_view version) {
  out.begin_string().part(context.base_url).part("/").part(collection).part("/").part(name);
  if (!version.empty()) out.part("/").part(version);
  out.end_string();
}

void write_deletion(writer& out, const answer_context& context, object_kind kind,
                    std::string_view name, const std::optional<deletion>& deleted) {
  if (!deleted) return;
  out.key("recoveryId");
  write_id(out, context, deleted_collection_of(kind), name, {});
  out.key("deletedDate").integer(deleted->deleted_date);
  out.key("scheduledPurgeDate").integer(deleted->scheduled_purge_date);
}

// CONTRACT 3.2; the members that are younger than the request's api-version are left out.
void write_attributes(writer& out, const answer_context& context, object_kind kind,
                      const attributes& a) {
  out.key("attributes").begin_object();
  out.key("enabled").boolean(a.enabled);
  if (a.not_before) out.key("nbf").integer(*a.not_before);
  if (a.expires) out.key("exp").integer(*a.expires);
  out.key("created").integer(a.created).key("updated").integer(a.updated);
  out.key("recoveryLevel").string(recovery_level(context.recovery));
  if (is_since(context.api_version, "7.1")) {
    out.key("recoverableDays").integer(context.recovery.retention_days);
  }
  if (kind == object_kind::key) {
    if (is_since(context.api_version, "7.3")) out.key("exportable").boolean(false);
    if (is_since(context.api_version, "7.5")) out.key("hsmPlatform").string("0");
  }
  out.end_object();
}

void write_tags(writer& out, const tag_map& tags) {
  if (tags.empty()) return;
  out.key("tags").begin_object();
  for (const auto& [name, value] : tags) out.client_key(name).string(value);
  out.end_object();
}

void write_secret_rest(writer& out, const answer_context& context,
                       const secret_properties& secret) {
  if (secret.content_type) out.key("contentType").string(*secret.content_type);
  write_attributes(out, context, object_kind::secret, secret.attributes);
  write_tags(out, secret.tags);
}

// Never more than the public half (CONTRACT 5.1).
void write_jwk(writer& out, const answer_context& context, std::string_view name,
               const key_properties& key) {
  out.key("key").begin_object().key("kid");
  write_id(out, context, collection_of(object_kind::key), name, key.version);
  out.key("kty").string(to_string(key.pub.type)).key("key_ops").begin_array();
  for (const auto op : key.key_ops) out.string(to_string(op));
  out.end_array();
  if (key.pub.type == crypto::key_type::rsa) {
    out.key("n").base64url(key.pub.n).key("e").base64url(key.pub.e);
  } else {
    out.key("crv").string(crypto::facts_of(key.pub.crv).name);
    out.key("x").base64url(key.pub.x).key("y").base64url(key.pub.y);
  }
  out.end_object();
}

std::size_t length_of(const tag_map& tags) {
  std::size_t length = 0;
  for (const auto& [name, value] : tags) length += name.size() + value.size() + 8;
  return length;
}

void write_next_link(writer& out, const page_context& page) {
  out.key("nextLink");
  if (page.next.empty()) {
    out.null();
    return;
  }
  // A literal '$', as Azure writes it; clients follow the link as it is (CONTRACT 3.7).
  out.begin_string().part(page.answer.base_url).part(page.path);
  out.part("?api-version=").part(page.answer.api_version).part("&$skiptoken=");
  out.base64url_part(as_bytes(page.next)).part("&maxresults=");
  out.part(std::to_string(page.max_results)).end_string();
}

}  // namespace

text write_secret(const answer_context& context, std::string_view name,
                  const secret_properties& secret, const std::optional<deletion>& deleted,
                  const std::optional<byte_view>& value) {
  writer out(bundle_chars + length_of(secret.tags) + (value ? value->size() + 64 : 0));
  out.begin_object();
  if (value) out.key("value").string(as_text(*value));
  write_deletion(out, context, object_kind::secret, name, deleted);
  out.key("id");
  write_id(out, context, collection_of(object_kind::secret), name, secret.version);
  write_secret_rest(out, context, secret);
  return out.end_object().take();
}

text write_key(const answer_context& context, std::string_view name, const key_properties& key,
               const std::optional<deletion>& deleted) {
  writer out(2 * bundle_chars + length_of(key.tags));
  out.begin_object();
  write_deletion(out, context, object_kind::key, name, deleted);
  write_jwk(out, context, name, key);
  write_attributes(out, context, object_kind::key, key.attributes);
  write_tags(out, key.tags);
  return out.end_object().take();
}

text write_secret_page(const page_context& page, std::span<const secret_item> items) {
  writer out((items.size() + 1) * bundle_chars);
  out.begin_object().key("value").begin_array();
  for (const auto& item : items) {
    const auto& secret = *item.properties;
    out.begin_object().key("id");
    write_id(out, page.answer, collection_of(object_kind::secret), item.name,
             page.with_version ? std::string_view(secret.version) : std::string_view{});
    write_deletion(out, page.answer, object_kind::secret, item.name, item.deleted);
    write_secret_rest(out, page.answer, secret);
    out.end_object();
  }
  out.end_array();
  write_next_link(out, page);
  return out.end_object().take();
}

text write_key_page(const page_context& page, std::span<const key_item> items) {
  writer out((items.size() + 1) * bundle_chars);
  out.begin_object().key("value").begin_array();
  for (const auto& item : items) {
    const auto& key = *item.properties;
    out.begin_object().key("kid");
    write_id(out, page.answer, collection_of(object_kind::key), item.name,
             page.with_version ? std::string_view(key.version) : std::string_view{});
    write_deletion(out, page.answer, object_kind::key, item.name, item.deleted);
    write_attributes(out, page.answer, object_kind::key, key.attributes);
    write_tags(out, key.tags);
    out.end_object();
  }
  out.end_array();
  write_next_link(out, page);
  return out.end_object().take();
}

text write_crypto_result(const answer_context& context, std::string_view name,
                         std::string_view version, byte_view value) {
  writer out(bundle_chars + value.size() * 4 / 3);
  out.begin_object().key("kid");
  write_id(out, context, collection_of(object_kind::key), name, version);
  out.key("value").base64url(value);
  return out.end_object().take();
}

text write_verify_result(bool valid) {
  return writer(16).begin_object().key("value").boolean(valid).end_object().take();
}

text write_backup(byte_view blob) {
  return writer(16 + (blob.size() * 4 + 2) / 3)
      .begin_object()
      .key("value")
      .base64url(blob)
      .end_object()
      .take();
}

std::string write_error(const error& e) {
  writer out(bundle_chars + e.message.size());
  out.begin_object().key("error").begin_object();
  out.key("code").string(to_string(e.code)).key("message");
  // Messages quote requests. One that is not UTF-8 must not make the whole answer unreadable.
  if (simdjson::validate_utf8(e.message)) {
    out.string(e.message);
  } else {
    out.string("The message of this error is not valid UTF-8.");
  }
  if (e.inner != inner_code::none) {
    out.key("innererror").begin_object().key("code").string(to_string(e.inner)).end_object();
  }
  const auto written = out.end_object().end_object().take();
  return {written.begin(), written.end()};
}

}  // namespace twinkeep::protocol::json
