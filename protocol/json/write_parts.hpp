#pragma once

#include <optional>
#include <string_view>

#include "protocol/certificate.hpp"
#include "protocol/json/write.hpp"
#include "protocol/json/writer.hpp"
#include "protocol/operations.hpp"

// The parts of which answers are made. Internal to protocol/.
namespace twinkeep::protocol::json {

// About as long as a bundle is without value, tags, numbers of a key and certificates.
inline constexpr std::size_t bundle_chars = 512;
[[nodiscard]] std::size_t length_of(const tag_map& tags);

// "{base}/{collection}/{name}[/{version}]"; `collection` may have a slash of its own.
void write_id(writer& out, const answer_context& context, std::string_view collection,
              std::string_view name, std::string_view version);
void write_deletion(writer& out, const answer_context& context, object_kind kind,
                    std::string_view name, const std::optional<deletion>& deleted);
void write_tags(writer& out, const tag_map& tags);

// "attributes" with what every kind of object has, left open for what the kind adds (CONTRACT 3.2).
void open_attributes(writer& out, const answer_context& context, const attributes& a);
// "attributes" of what has no lifetime of its own: policies and issuers.
void write_plain_attributes(writer& out, bool enabled, unix_seconds created, unix_seconds updated);

// A certificate's policy, as an answer of its own and within the bundle.
void write_policy_object(writer& out, const answer_context& context, std::string_view name,
                         const certificate_policy& policy);

void write_next_link(writer& out, const page_context& page);
// {"value": [...], "nextLink": ...}; `write_item` writes the members of one item.
template <class Items, class WriteItem>
[[nodiscard]] text write_page(const page_context& page, const Items& items, WriteItem write_item) {
  writer out((items.size() + 1) * bundle_chars);
  out.begin_object().key("value").begin_array();
  for (const auto& item : items) {
    out.begin_object();
    write_item(out, item);
    out.end_object();
  }
  out.end_array();
  write_next_link(out, page);
  return out.end_object().take();
}
// The version of an item's id: in lists of versions only.
[[nodiscard]] inline std::string_view shown_version(const page_context& page,
                                                    std::string_view version) {
  return page.with_version ? version : std::string_view{};
}

// "message" of an error, which may quote a request: one that is not UTF-8 must not make the whole
// answer unreadable.
void write_message(writer& out, std::string_view message);

// {"value": "<base64url>"}
[[nodiscard]] text write_value(byte_view value);

}  // namespace twinkeep::protocol::json
