#include <algorithm>

#include "fuzz.hpp"
#include "protocol/json/read.hpp"
#include "protocol/json/stored.hpp"
#include "protocol/json/write.hpp"

using namespace twinkeep;
using namespace twinkeep::protocol;

namespace {

bool is_refusal(const error& e) {
  return (e.code == error_code::bad_parameter || e.code == error_code::request_entity_too_large) &&
         !e.message.empty();
}

// A value that was read is written so that it is read again.
void check_round_trip(const set_secret& body) {
  fuzz::require(body.value.size() <= max_secret_value_bytes);
  secret_properties properties;
  properties.content_type = body.content_type;
  properties.tags = body.tags.value_or(tag_map{});
  const auto text =
      json::write_secret({"https://v", "7.6", {}}, "n", properties, {}, body.value.view());
  const auto again =
      json::read_body(operation_id::secret_set, as_bytes({text.data(), text.size()}));
  fuzz::require(again.ok());
  const auto& second = std::get<set_secret>(*again);
  fuzz::require(std::ranges::equal(second.value.view(), body.value.view()));
  fuzz::require(second.content_type == body.content_type);
  fuzz::require(second.tags.value_or(tag_map{}) == properties.tags);
  const auto stored = json::load_secret(json::store_secret(properties));
  fuzz::require(stored.ok() && stored->tags == properties.tags);
}

}  // namespace

// An octet that chooses the operation, and a body.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  byte_view input(data, size);
  const auto& row = operations()[fuzz::choice(input) % operations().size()];
  const auto body = json::read_body(row.id, input);
  if (!body) {
    fuzz::require(is_refusal(body.error()) && !json::write_error(body.error()).empty());
  } else if (const auto* set = std::get_if<set_secret>(&*body)) {
    check_round_trip(*set);
  }
  const auto blob = json::read_backup_blob(input);
  fuzz::require(blob.ok() || is_refusal(blob.error()));
  const auto transfer = json::read_key_transfer(input);
  fuzz::require(transfer.ok() || is_refusal(transfer.error()));
  (void)json::load_secret(as_text(input)).ok();
  (void)json::load_key(as_text(input)).ok();
  return 0;
}
