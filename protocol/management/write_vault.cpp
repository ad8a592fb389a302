#include <array>

#include "protocol/http/percent.hpp"
#include "protocol/iso_time.hpp"
#include "protocol/management/ids.hpp"
#include "protocol/management/names.hpp"
#include "protocol/management/route.hpp"
#include "protocol/management/write_parts.hpp"

// Vaults as resources (MANAGEMENT: Vault resource, Soft delete, Private endpoint connections).
namespace twinkeep::protocol::management {

namespace {

using names = std::vector<std::string>;

void write_names(writer& out, std::string_view name, const names& values) {
  out.key(name).begin_array();
  for (const auto& value : values) out.string(value);
  out.end_array();
}

// Kinds of which the policy says nothing are not shown.
void write_permissions(writer& out, const access_policy& policy) {
  out.key("permissions").begin_object();
  const std::pair<std::string_view, const names*> kinds[] = {{"keys", &policy.keys},
                                                             {"secrets", &policy.secrets},
                                                             {"certificates", &policy.certificates},
                                                             {"storage", &policy.storage}};
  for (const auto& [name, values] : kinds) {
    if (!values->empty()) write_names(out, name, *values);
  }
  out.end_object();
}

void write_policies(writer& out, const vault_resource& vault) {
  out.key("accessPolicies").begin_array();
  for (const auto& policy : vault.access_policies) {
    out.begin_object().key("tenantId").string(policy.tenant_id);
    out.key("objectId").string(policy.object_id);
    if (!policy.application_id.empty()) out.key("applicationId").string(policy.application_id);
    write_permissions(out, policy);
    out.end_object();
  }
  out.end_array();
}

void write_network(writer& out, const network_rules& network) {
  out.key("networkAcls").begin_object();
  out.key("bypass").string(network.bypass_azure_services ? "AzureServices" : "None");
  out.key("defaultAction").string(network.allow_by_default ? "Allow" : "Deny");
  out.key("ipRules").begin_array();
  for (const auto& rule : network.ip_rules)
    out.begin_object().key("value").string(rule).end_object();
  out.end_array().key("virtualNetworkRules").begin_array();
  for (const auto& rule : network.virtual_network_rules) {
    out.begin_object().key("id").string(rule.id);
    out.key("ignoreMissingVnetServiceEndpoint").boolean(rule.ignore_missing_endpoint);
    out.end_object();
  }
  out.end_array().end_object();
}

void write_connection_properties(writer& out, const private_endpoint_connection& connection) {
  out.key("properties").begin_object();
  if (!connection.endpoint_id.empty()) {
    out.key("privateEndpoint").begin_object().key("id").string(connection.endpoint_id).end_object();
  }
  out.key("privateLinkServiceConnectionState").begin_object();
  out.key("status").string(name_of(connection.status));
  out.key("description").string(connection.description);
  out.key("actionsRequired").string("None").end_object();
  out.key("provisioningState").string("Succeeded").end_object();
}

void write_connection_members(writer& out, const answer_context& context,
                              const vault_resource& vault,
                              const private_endpoint_connection& connection, bool whole) {
  constexpr std::string_view kind = "privateEndpointConnections";
  if (whole) {
    write_child_head(out, context, vault, kind, connection.name);
  } else {
    out.key("id").begin_string().part(vault_id(context.subscription, vault)).part("/");
    out.part(kind).part("/").part(connection.name).end_string();
  }
  out.key("etag").string(std::to_string(connection.etag));
  write_connection_properties(out, connection);
}

// A vault that the configuration declares was made by nobody.
void write_system_data(writer& out, const vault_resource& vault) {
  if (vault.created.at == 0 && vault.modified.at == 0) return;
  out.key("systemData").begin_object();
  if (vault.created.at != 0) {
    out.key("createdBy").string(vault.created.by);
    out.key("createdByType").string(vault.created.by_type);
    out.key("createdAt").string(iso_time(vault.created.at));
  }
  out.key("lastModifiedBy").string(vault.modified.by);
  out.key("lastModifiedByType").string(vault.modified.by_type);
  out.key("lastModifiedAt").string(iso_time(vault.modified.at)).end_object();
}

void write_properties(writer& out, const answer_context& context, const vault_item& item) {
  const auto& vault = *item.vault;
  out.key("properties").begin_object();
  out.key("sku").begin_object().key("family").string("A").key("name").string(name_of(vault.sku));
  out.end_object().key("tenantId").string(vault.tenant_id);
  write_policies(out, vault);
  if (vault.network) write_network(out, *vault.network);
  if (!vault.connections.empty()) {
    out.key("privateEndpointConnections").begin_array();
    for (const auto& connection : vault.connections) {
      out.begin_object();
      write_connection_members(out, context, vault, connection, false);
      out.end_object();
    }
    out.end_array();
  }
  out.key("enabledForDeployment").boolean(vault.enabled_for_deployment);
  out.key("enabledForDiskEncryption").boolean(vault.enabled_for_disk_encryption);
  out.key("enabledForTemplateDeployment").boolean(vault.enabled_for_template_deployment);
  out.key("enableSoftDelete").boolean(true);
  out.key("softDeleteRetentionInDays").integer(vault.recovery.retention_days);
  out.key("enableRbacAuthorization").boolean(vault.rbac_authorization);
  if (vault.recovery.purge_protection) out.key("enablePurgeProtection").boolean(true);
  out.key("vaultUri").string(vault_uri(context, vault.name));
  const bool placed = item.state == provisioning_state::succeeded;
  out.key("provisioningState").string(placed ? "Succeeded" : "RegisteringDns");
  out.key("publicNetworkAccess").string(vault.public_access ? "Enabled" : "Disabled");
  out.end_object();
}

void write_head(writer& out, const answer_context& context, const vault_resource& vault) {
  out.key("id").string(vault_id(context.subscription, vault)).key("name").string(vault.name);
  out.key("type").string(vault_type).key("location").string(vault.location);
}

void write_vault_members(writer& out, const answer_context& context, const vault_item& item) {
  write_head(out, context, *item.vault);
  json::write_tags(out, item.vault->tags);
  write_system_data(out, *item.vault);
  write_properties(out, context, item);
}

void write_deleted_members(writer& out, const answer_context& context,
                           const vault_resource& vault) {
  out.key("id").string(deleted_vault_id(context.subscription, vault));
  out.key("name").string(vault.name).key("type").string(deleted_vault_type);
  out.key("properties").begin_object();
  out.key("vaultId").string(vault_id(context.subscription, vault));
  out.key("location").string(vault.location);
  out.key("deletionDate").string(iso_time(vault.deleted->deleted_date));
  out.key("scheduledPurgeDate").string(iso_time(vault.deleted->scheduled_purge_date));
  json::write_tags(out, vault.tags);
  if (vault.recovery.purge_protection) out.key("purgeProtectionEnabled").boolean(true);
  out.end_object();
}

template <class Write>
text write_object(std::size_t chars, Write write) {
  writer out(chars);
  out.begin_object();
  write(out);
  return out.end_object().take();
}

}  // namespace

void write_child_head(writer& out, const answer_context& context, const vault_resource& vault,
                      std::string_view kind, std::string_view name) {
  out.key("id").begin_string().part(vault_id(context.subscription, vault)).part("/").part(kind);
  out.part("/").part(name).end_string().key("name").string(name);
  out.key("type").begin_string().part(vault_type).part("/").part(kind).end_string();
  out.key("location").string(vault.location);
}

void write_next_link(writer& out, const page_context& page) {
  if (page.next.empty()) return;
  out.key("nextLink").begin_string().part(page.answer.base_url).part(path_of(page.asked));
  out.part("?api-version=").part(page.asked.api_version);
  if (!page.asked.filter.empty()) {
    std::string filter;
    http::append_percent_encoded(filter, page.asked.filter);
    out.part("&$filter=").part(filter);
  }
  if (page.asked.top) out.part("&$top=").part(std::to_string(*page.asked.top));
  out.part("&$skiptoken=").base64url_part(as_bytes(page.next)).end_string();
}

text write_vault(const answer_context& context, const vault_item& item) {
  const auto chars = (item.vault->access_policies.size() + 2) * resource_chars;
  return write_object(chars, [&](writer& out) { write_vault_members(out, context, item); });
}

text write_vault_list(const page_context& page, std::span<const vault_item> items) {
  return write_page(page, items, [&page](writer& out, const vault_item& item) {
    write_vault_members(out, page.answer, item);
  });
}

text write_resource_list(const page_context& page, std::span<const vault_resource* const> vaults) {
  return write_page(page, vaults, [&page](writer& out, const vault_resource* vault) {
    write_head(out, page.answer, *vault);
    json::write_tags(out, vault->tags);
  });
}

text write_deleted_vault(const answer_context& context, const vault_resource& vault) {
  return write_object(resource_chars,
                      [&](writer& out) { write_deleted_members(out, context, vault); });
}

text write_deleted_vault_list(const page_context& page,
                              std::span<const vault_resource* const> vaults) {
  return write_page(page, vaults, [&page](writer& out, const vault_resource* vault) {
    write_deleted_members(out, page.answer, *vault);
  });
}

text write_access_policies(const answer_context& context, const vault_resource& vault) {
  const auto chars = (vault.access_policies.size() + 1) * resource_chars;
  return write_object(chars, [&](writer& out) {
    out.key("id").begin_string().part(vault_id(context.subscription, vault));
    out.part("/accessPolicies/").end_string().key("name").string(vault.name);
    out.key("type").string("Microsoft.KeyVault/vaults/accessPolicies");
    out.key("location").string(vault.location).key("properties").begin_object();
    write_policies(out, vault);
    out.end_object();
  });
}

text write_name_check(const name_answer& answer) {
  return write_object(resource_chars, [&](writer& out) {
    out.key("nameAvailable").boolean(!answer.reason);
    if (!answer.reason) return;
    const bool taken = *answer.reason == unavailable_name::already_exists;
    out.key("reason").string(taken ? "AlreadyExists" : "AccountNameInvalid");
    json::write_message(out, answer.message);
  });
}

text write_private_link_resources(const answer_context& context, const vault_resource& vault) {
  constexpr std::array resources{std::string_view{"vault"}};
  return write_list(resources, [&](writer& out, std::string_view name) {
    out.key("id").begin_string().part(vault_id(context.subscription, vault));
    out.part("/privateLinkResources/").part(name).end_string().key("name").string(name);
    out.key("type").string("Microsoft.KeyVault/vaults/privateLinkResources");
    out.key("properties").begin_object().key("groupId").string(name);
    out.key("requiredMembers").begin_array().string("default").end_array();
    out.key("requiredZoneNames").begin_array().string("privatelink.vaultcore.azure.net");
    out.end_array().end_object();
  });
}

text write_connection(const answer_context& context, const vault_resource& vault,
                      const private_endpoint_connection& connection) {
  return write_object(resource_chars, [&](writer& out) {
    write_connection_members(out, context, vault, connection, true);
  });
}

text write_connection_list(const answer_context& context, const vault_resource& vault) {
  return write_list(vault.connections,
                    [&](writer& out, const private_endpoint_connection& connection) {
                      write_connection_members(out, context, vault, connection, true);
                    });
}

}  // namespace twinkeep::protocol::management
