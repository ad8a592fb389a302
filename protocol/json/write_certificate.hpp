#pragma once

#include <span>
#include <string_view>

#include "protocol/certificate.hpp"
#include "protocol/json/write.hpp"
#include "protocol/rotation_policy.hpp"

// Answers about certificates and what belongs to them (CONTRACT 6.1: the spelling is Azure's).
namespace twinkeep::protocol::json {

// `has_pending`: an operation is there, and "pending" names it. While the first version is pending
// there is neither cer, kid, sid nor x5t.
[[nodiscard]] text write_certificate(const answer_context& context, std::string_view name,
                                     const certificate_properties& certificate,
                                     const certificate_policy& policy,
                                     const std::optional<deletion>& deleted, bool has_pending);
[[nodiscard]] text write_policy(const answer_context& context, std::string_view name,
                                const certificate_policy& policy);
[[nodiscard]] text write_pending(const answer_context& context, const pending_operation& pending);

struct certificate_item {
  std::string_view name;
  const certificate_properties* properties;
  std::optional<deletion> deleted;
};
[[nodiscard]] text write_certificate_page(const page_context& page,
                                          std::span<const certificate_item> items);

[[nodiscard]] text write_contacts(const answer_context& context, std::span<const contact> contacts);
[[nodiscard]] text write_issuer(const answer_context& context, const certificate_issuer& issuer);
[[nodiscard]] text write_issuer_page(const page_context& page,
                                     std::span<const certificate_issuer* const> issuers);

// Of a key. Never set (created == 0): the default with its notice 30 days before expiry.
[[nodiscard]] text write_rotation_policy(const answer_context& context, std::string_view key_name,
                                         const rotation_policy& policy);
// {"value": "<base64url>"} of random bytes.
[[nodiscard]] text write_random(byte_view value);

}  // namespace twinkeep::protocol::json
