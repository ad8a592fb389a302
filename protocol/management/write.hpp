#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "crypto/secret_bytes.hpp"
#include "protocol/key.hpp"
#include "protocol/management/ids.hpp"
#include "protocol/management/requests.hpp"
#include "protocol/rotation_policy.hpp"
#include "protocol/secret.hpp"
#include "protocol/vault.hpp"

// Answers of the management plane. None holds a value or a private key; the text wipes itself all
// the same, because that is what sessions send.
namespace twinkeep::protocol::management {

using text = crypto::wiping_chars;

// A page of a list: `asked` is the request it answers, `next` the opaque position of the next page
// or empty. nextLink asks the same with "$skiptoken"; route() gives `next` back as `skip_token`.
struct page_context {
  answer_context answer;
  const request& asked;
  std::string_view next = {};
};

// ---- vaults ----

enum class provisioning_state : std::uint8_t { succeeded, registering_dns };
struct vault_item {
  const vault_resource* vault;
  provisioning_state state = provisioning_state::succeeded;
};
[[nodiscard]] text write_vault(const answer_context& context, const vault_item& item);
[[nodiscard]] text write_vault_list(const page_context& page, std::span<const vault_item> items);
// The generic list: id, name, type, location, tags.
[[nodiscard]] text write_resource_list(const page_context& page,
                                       std::span<const vault_resource* const> vaults);
// Precondition: vault.deleted.
[[nodiscard]] text write_deleted_vault(const answer_context& context, const vault_resource& vault);
[[nodiscard]] text write_deleted_vault_list(const page_context& page,
                                            std::span<const vault_resource* const> vaults);
// The vault's policies after the change.
[[nodiscard]] text write_access_policies(const answer_context& context,
                                         const vault_resource& vault);

enum class unavailable_name : std::uint8_t { account_name_invalid, already_exists };
struct name_answer {
  std::optional<unavailable_name> reason = std::nullopt;  // none: available
  std::string message = {};
};
[[nodiscard]] text write_name_check(const name_answer& answer);

// ---- private endpoints ----

[[nodiscard]] text write_private_link_resources(const answer_context& context,
                                                const vault_resource& vault);
[[nodiscard]] text write_connection(const answer_context& context, const vault_resource& vault,
                                    const private_endpoint_connection& connection);
[[nodiscard]] text write_connection_list(const answer_context& context,
                                         const vault_resource& vault);

// ---- a vault's secrets and keys as resources ----

struct secret_item {
  std::string_view name;
  const secret_properties* properties;
};
[[nodiscard]] text write_secret(const answer_context& context, const vault_resource& vault,
                                const secret_item& item);
[[nodiscard]] text write_secret_list(const page_context& page, const vault_resource& vault,
                                     std::span<const secret_item> items);

struct key_item {
  std::string_view name;
  const key_properties* properties;
  const rotation_policy* rotation = nullptr;  // not in lists
};
// The key, or, if `as_version`, one version of it as a resource of its own.
[[nodiscard]] text write_key(const answer_context& context, const vault_resource& vault,
                             const key_item& item, bool as_version = false);
[[nodiscard]] text write_key_list(const page_context& page, const vault_resource& vault,
                                  std::span<const key_item> items, bool as_versions = false);

// ---- roles ----

[[nodiscard]] text write_role_assignment(const answer_context& context,
                                         const role_assignment& assignment);
[[nodiscard]] text write_role_assignment_list(const page_context& page,
                                              std::span<const role_assignment* const> assignments);

struct role_definition {
  std::string_view id;  // GUID
  std::string_view name;
  std::span<const std::string_view> actions, not_actions;
  // Below "Microsoft.KeyVault/vaults/", as in the data plane's operation table; "*" is all of it.
  std::span<const std::string_view> data_actions;
};
[[nodiscard]] text write_role_definition(const answer_context& context,
                                         const role_definition& definition);
[[nodiscard]] text write_role_definition_list(const answer_context& context,
                                              std::span<const role_definition> definitions);

// ---- what is around vaults ----

// Both operation tables as {name, display, isDataAction}.
[[nodiscard]] text write_provider_operations();

struct subscription_facts {
  std::string_view display_name;
  std::string_view tenant_id;
};
[[nodiscard]] text write_subscription(const answer_context& context, const subscription_facts& s);
[[nodiscard]] text write_subscription_list(const answer_context& context,
                                           const subscription_facts& s);

struct location_item {
  std::string_view name;          // "eastus2"
  std::string_view display_name;  // "East US 2"
  std::string_view geography;
  std::string_view pair;  // empty: none
};
[[nodiscard]] text write_location_list(const answer_context& context,
                                       std::span<const location_item> locations);

struct group_item {
  std::string_view name;
  std::string_view location;
};
[[nodiscard]] text write_group(const answer_context& context, const group_item& group);
[[nodiscard]] text write_group_list(const answer_context& context,
                                    std::span<const group_item> groups);

// Of what there is none of: {"value": []}.
[[nodiscard]] text write_empty_list();

// The result of what took a while: {id, name, status}.
enum class operation_status : std::uint8_t { in_progress, succeeded, failed };
[[nodiscard]] text write_operation_result(const answer_context& context, std::string_view location,
                                          std::string_view name, operation_status status);

}  // namespace twinkeep::protocol::management
