#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/key_provider.hpp"
#include "protocol/key.hpp"
#include "protocol/management/errors.hpp"
#include "protocol/management/operations.hpp"
#include "protocol/requests.hpp"
#include "protocol/vault.hpp"

namespace twinkeep::protocol::management {

// What a PUT or PATCH of a vault says; absent: not said. Shapes are checked (types, GUIDs, limits,
// permission names, IP rules, enum values), rules between members and with what is stored are not.
struct vault_input {
  std::optional<std::string> location;  // "East US 2" is "eastus2"
  std::optional<tag_map> tags;
  std::optional<std::string> tenant_id;
  std::optional<vault_sku> sku;
  std::optional<std::vector<access_policy>> access_policies;
  std::optional<bool> rbac_authorization;
  std::optional<bool> enabled_for_deployment, enabled_for_disk_encryption,
      enabled_for_template_deployment;
  std::optional<bool> soft_delete, purge_protection;
  std::optional<unsigned> retention_days;
  std::optional<network_rules> network;
  std::optional<bool> public_access;
  bool recover = false;  // createMode
};

struct access_policy_input {
  std::vector<access_policy> policies;
};

struct connection_input {
  connection_status status = connection_status::pending;
  std::string description;
  std::optional<std::uint64_t> etag;
  std::optional<std::string> endpoint_id = std::nullopt;  // resource id of the private endpoint
};

struct name_query {
  std::string name;
  std::string type;
};

struct role_assignment_input {
  std::string role_definition;  // GUID, whatever the id in front of it
  std::string principal_id;
  std::string principal_type;  // empty: not said
};

// The vault's own secrets and keys as resources: what the data plane takes.
struct secret_input {
  std::optional<crypto::secret_bytes> value;
  std::optional<std::string> content_type;
  attributes_input attributes;
  std::optional<tag_map> tags;
};
struct key_input {
  create_key key;
  std::optional<rotation_policy> rotation;
};

using request_body =
    std::variant<std::monostate, vault_input, access_policy_input, connection_input, name_query,
                 role_assignment_input, secret_input, key_input>;

// A request of the management plane. Texts of the path as they came.
struct request {
  const operation* op = nullptr;
  std::string subscription, group, vault;
  std::string location;  // of a deleted vault; canonical
  std::string name;      // of a secret, key, connection, role assignment, role definition or result
  std::string version;   // of a key
  std::string scope;     // of a role assignment or definition: everything before the provider
  std::string api_version;
  std::string filter;  // $filter
  std::optional<unsigned> top;
  std::string skip_token;
  request_body body;
};
using request_ptr = std::shared_ptr<const request>;

// From 2026-02-01 on a vault that does not say otherwise is created with roles (MANAGEMENT:
// Authorization default by api-version).
[[nodiscard]] bool uses_roles_by_default(std::string_view api_version);

}  // namespace twinkeep::protocol::management
