#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/attributes.hpp"

// A vault as the management plane knows it: Microsoft.KeyVault/vaults, api-versions 2023-07-01 to
// 2026-02-01. Ids are GUIDs, which compare without case; texts are kept as they were given.
namespace twinkeep::protocol {

enum class vault_sku : std::uint8_t { standard, premium };

// What one principal may do. Permission names compare without case.
struct access_policy {
  std::string tenant_id;
  std::string object_id;
  std::string application_id;  // empty: whichever application it comes through
  std::vector<std::string> keys, secrets, certificates, storage;
};

struct virtual_network_rule {
  std::string id;
  bool ignore_missing_endpoint = false;
};
struct network_rules {
  bool bypass_azure_services = true;
  bool allow_by_default = true;
  std::vector<std::string> ip_rules;  // an address or a CIDR range, IPv4 or IPv6
  std::vector<virtual_network_rule> virtual_network_rules;
};

enum class connection_status : std::uint8_t { pending, approved, rejected, disconnected };
struct private_endpoint_connection {
  std::string name;
  std::string endpoint_id;  // resource id of the private endpoint
  connection_status status = connection_status::pending;
  std::string description;
  std::uint64_t etag = 0;
};

// Who made or changed a resource, and when.
struct trace {
  std::string by;
  std::string by_type;  // "User", "Application"
  unix_seconds at = 0;
};

struct vault_resource {
  std::string name;  // in the case of its creation
  std::string location;
  std::string resource_group;
  std::string tenant_id;
  vault_sku sku = vault_sku::standard;
  tag_map tags;
  std::vector<access_policy> access_policies;
  bool rbac_authorization = false;  // true: roles alone count; false: access policies alone
  bool enabled_for_deployment = false;
  bool enabled_for_disk_encryption = false;
  bool enabled_for_template_deployment = false;
  recovery_rules recovery;
  std::optional<network_rules> network;  // none: from anywhere
  bool public_access = true;             // publicNetworkAccess
  std::vector<private_endpoint_connection> connections;
  trace created, modified;
  std::optional<deletion> deleted;
};

// Azure role-based access: a principal has a role at a scope and below it.
struct role_assignment {
  std::string name;             // GUID
  std::string scope;            // resource id: subscription, group, vault or object of a vault
  std::string role_definition;  // GUID
  std::string principal_id;
  std::string principal_type;  // "User", "Group", "ServicePrincipal"
  trace created;
};

}  // namespace twinkeep::protocol
