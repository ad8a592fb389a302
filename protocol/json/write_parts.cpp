#include "protocol/json/write_parts.hpp"

#include <simdjson.h>

#include <string>

#include "protocol/api_versions.hpp"

namespace twinkeep::protocol::json {

std::size_t length_of(const tag_map& tags) {
  std::size_t length = 0;
  for (const auto& [name, value] : tags) length += name.size() + value.size() + 8;
  return length;
}

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

void write_tags(writer& out, const tag_map& tags) {
  if (tags.empty()) return;
  out.key("tags").begin_object();
  for (const auto& [name, value] : tags) out.client_key(name).string(value);
  out.end_object();
}

// The members that are younger than the request's api-version are left out.
void open_attributes(writer& out, const answer_context& context, const attributes& a) {
  out.key("attributes").begin_object();
  out.key("enabled").boolean(a.enabled);
  if (a.not_before) out.key("nbf").integer(*a.not_before);
  if (a.expires) out.key("exp").integer(*a.expires);
  out.key("created").integer(a.created).key("updated").integer(a.updated);
  out.key("recoveryLevel").string(recovery_level(context.recovery));
  if (is_since(context.api_version, "7.1")) {
    out.key("recoverableDays").integer(context.recovery.retention_days);
  }
}

void write_plain_attributes(writer& out, bool enabled, unix_seconds created, unix_seconds updated) {
  out.key("attributes").begin_object().key("enabled").boolean(enabled);
  out.key("created").integer(created).key("updated").integer(updated).end_object();
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

void write_message(writer& out, std::string_view message) {
  constexpr std::string_view unreadable = "The message of this error is not valid UTF-8.";
  out.key("message").string(simdjson::validate_utf8(message) ? message : unreadable);
}

text write_value(byte_view value) {
  return writer(16 + (value.size() * 4 + 2) / 3)
      .begin_object()
      .key("value")
      .base64url(value)
      .end_object()
      .take();
}

}  // namespace twinkeep::protocol::json
