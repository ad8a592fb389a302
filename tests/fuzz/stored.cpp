#include "protocol/json/stored.hpp"

#include <array>

#include "fuzz.hpp"
#include "regions/vault/head.hpp"
#include "regions/vault/notices.hpp"

using namespace twinkeep;
namespace json = protocol::json;

namespace {

// What is loaded is stored so that the same is loaded again: what a vault cannot read back is lost.
template <auto Load, auto Store>
void check(std::string_view text) {
  const auto loaded = Load(text);
  if (!loaded) {
    fuzz::require(loaded.error().code == crypto::error_code::corrupt);
    fuzz::require(!loaded.error().message.empty());
    return;
  }
  const auto stored = Store(*loaded);
  const auto again = Load(stored);
  fuzz::require(again.ok() && Store(*again) == stored);
}

constexpr std::array checks{
    check<json::load_secret, json::store_secret>,
    check<json::load_key, json::store_key>,
    check<json::load_certificate, json::store_certificate>,
    check<json::load_policy, json::store_policy>,
    check<json::load_rotation_policy, json::store_rotation_policy>,
    check<json::load_pending, json::store_pending>,
    check<json::load_issuer, json::store_issuer>,
    check<json::load_contacts, json::store_contacts>,
    check<regions::read_head, regions::write_head>,
    check<regions::read_notice, regions::write_notice>,
};

}  // namespace

// An octet that chooses the kind of record, and its text.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  byte_view input(data, size);
  checks[fuzz::choice(input) % checks.size()](as_text(input));
  return 0;
}
