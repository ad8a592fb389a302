#pragma once

#include <string_view>

#include "protocol/json/write_parts.hpp"
#include "protocol/management/write.hpp"

// The parts of which answers are made. Internal to protocol/management.
namespace twinkeep::protocol::management {

using json::writer;

inline constexpr std::size_t resource_chars = 1024;  // about as long as one is

// "{vault id}/{kind}/{name}" as a member "id", and the members that go with it.
void write_child_head(writer& out, const answer_context& context, const vault_resource& vault,
                      std::string_view kind, std::string_view name);
void write_next_link(writer& out, const page_context& page);

// {"value": [...]}, and "nextLink" if there is one; `write_item` writes an item's members.
template <class Items, class Write, class Close>
[[nodiscard]] text write_list(const Items& items, Write write_item, Close close) {
  writer out((items.size() + 1) * resource_chars);
  out.begin_object().key("value").begin_array();
  for (const auto& item : items) {
    out.begin_object();
    write_item(out, item);
    out.end_object();
  }
  out.end_array();
  close(out);
  return out.end_object().take();
}
template <class Items, class Write>
[[nodiscard]] text write_list(const Items& items, Write write_item) {
  return write_list(items, write_item, [](writer&) {});
}
template <class Items, class Write>
[[nodiscard]] text write_page(const page_context& page, const Items& items, Write write_item) {
  return write_list(items, write_item, [&page](writer& out) { write_next_link(out, page); });
}

}  // namespace twinkeep::protocol::management
