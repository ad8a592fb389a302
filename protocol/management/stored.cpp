#include "protocol/management/stored.hpp"

#include "protocol/json/stored_parts.hpp"
#include "protocol/management/names.hpp"

namespace twinkeep::protocol::management {

namespace {

using namespace json;
using loaded = protocol::outcome<void>;

constexpr std::size_t policy_chars = 256;  // about as long as one is

// ---- writing ----

void store_trace(writer& out, std::string_view name, const trace& t) {
  if (t.at == 0) return;
  out.key(name).begin_object().key("by").string(t.by).key("by_type").string(t.by_type);
  out.key("at").integer(t.at).end_object();
}

void store_policies(writer& out, const std::vector<access_policy>& policies) {
  if (policies.empty()) return;
  out.key("access_policies").begin_array();
  for (const auto& policy : policies) {
    out.begin_object().key("tenant").string(policy.tenant_id);
    out.key("object").string(policy.object_id);
    if (!policy.application_id.empty()) out.key("application").string(policy.application_id);
    store_strings(out, "keys", policy.keys);
    store_strings(out, "secrets", policy.secrets);
    store_strings(out, "certificates", policy.certificates);
    store_strings(out, "storage", policy.storage);
    out.end_object();
  }
  out.end_array();
}

void store_network(writer& out, const std::optional<network_rules>& network) {
  if (!network) return;
  out.key("network").begin_object().key("bypass").boolean(network->bypass_azure_services);
  out.key("allow").boolean(network->allow_by_default);
  store_strings(out, "ip_rules", network->ip_rules);
  out.key("virtual_networks").begin_array();
  for (const auto& rule : network->virtual_network_rules) {
    out.begin_object().key("id").string(rule.id);
    out.key("ignore_missing").boolean(rule.ignore_missing_endpoint).end_object();
  }
  out.end_array().end_object();
}

void store_connections(writer& out, const std::vector<private_endpoint_connection>& connections) {
  if (connections.empty()) return;
  out.key("connections").begin_array();
  for (const auto& connection : connections) {
    out.begin_object().key("name").string(connection.name);
    out.key("endpoint").string(connection.endpoint_id);
    out.key("status").string(name_of(connection.status));
    out.key("description").string(connection.description);
    out.key("etag").integer(static_cast<std::int64_t>(connection.etag)).end_object();
  }
  out.end_array();
}

// ---- reading ----

loaded load_trace_member(reader& in, std::string_view name, reader::value& v, trace& out) {
  if (name == "by") return load_string(in, v, name, out.by);
  if (name == "by_type") return load_string(in, v, name, out.by_type);
  if (name == "at") return assign(in.integer(v, name), out.at);
  return in.ignore(v);
}

loaded load_policy(reader& in, std::string_view name, reader::value& v, access_policy& out) {
  if (name == "tenant") return load_string(in, v, name, out.tenant_id);
  if (name == "object") return load_string(in, v, name, out.object_id);
  if (name == "application") return load_string(in, v, name, out.application_id);
  if (name == "keys") return load_strings(in, v, name, out.keys);
  if (name == "secrets") return load_strings(in, v, name, out.secrets);
  if (name == "certificates") return load_strings(in, v, name, out.certificates);
  if (name == "storage") return load_strings(in, v, name, out.storage);
  return in.ignore(v);
}

loaded load_virtual_network(reader& in, std::string_view name, reader::value& v,
                            virtual_network_rule& out) {
  if (name == "id") return load_string(in, v, name, out.id);
  if (name == "ignore_missing") return assign(in.boolean(v, name), out.ignore_missing_endpoint);
  return in.ignore(v);
}

loaded load_network(reader& in, std::string_view name, reader::value& v, network_rules& out) {
  if (name == "bypass") return assign(in.boolean(v, name), out.bypass_azure_services);
  if (name == "allow") return assign(in.boolean(v, name), out.allow_by_default);
  if (name == "ip_rules") return load_strings(in, v, name, out.ip_rules);
  if (name == "virtual_networks") {
    return load_objects(in, v, name, load_virtual_network, out.virtual_network_rules);
  }
  return in.ignore(v);
}

loaded load_status(reader& in, reader::value& v, std::string_view name, connection_status& out) {
  const auto find = [](std::string_view given) { return find_choice(connection_statuses, given); };
  return load_name(in, v, name, find, out);
}

loaded load_connection(reader& in, std::string_view name, reader::value& v,
                       private_endpoint_connection& out) {
  if (name == "name") return load_string(in, v, name, out.name);
  if (name == "endpoint") return load_string(in, v, name, out.endpoint_id);
  if (name == "status") return load_status(in, v, name, out.status);
  if (name == "description") return load_string(in, v, name, out.description);
  if (name != "etag") return in.ignore(v);
  const auto number = in.integer(v, name);
  if (!number) return failure{number.error()};
  if (*number < 0) return wrong(name, "is negative.");
  out.etag = static_cast<std::uint64_t>(*number);
  return {};
}

loaded load_deletion(reader& in, std::string_view name, reader::value& v, deletion& out) {
  if (name == "date") return assign(in.integer(v, name), out.deleted_date);
  if (name == "purge") return assign(in.integer(v, name), out.scheduled_purge_date);
  return in.ignore(v);
}

loaded load_sku(reader& in, reader::value& v, std::string_view name, vault_sku& out) {
  const auto find = [](std::string_view given) { return find_choice(vault_skus, given); };
  return load_name(in, v, name, find, out);
}

// What the vault lets whom do, and from where.
std::optional<loaded> load_perimeter_member(reader& in, std::string_view name, reader::value& v,
                                            vault_resource& out) {
  if (name == "access_policies") {
    return load_objects(in, v, name, load_policy, out.access_policies);
  }
  if (name == "rbac") return assign(in.boolean(v, name), out.rbac_authorization);
  if (name == "network") return load_object(in, v, name, load_network, out.network.emplace());
  if (name == "public_access") return assign(in.boolean(v, name), out.public_access);
  if (name == "connections") return load_objects(in, v, name, load_connection, out.connections);
  if (name == "for_deployment") return assign(in.boolean(v, name), out.enabled_for_deployment);
  if (name == "for_disk_encryption") {
    return assign(in.boolean(v, name), out.enabled_for_disk_encryption);
  }
  if (name == "for_template_deployment") {
    return assign(in.boolean(v, name), out.enabled_for_template_deployment);
  }
  return std::nullopt;
}

loaded load_vault_member(reader& in, std::string_view name, reader::value& v, vault_resource& out) {
  if (name == "name") return load_string(in, v, name, out.name);
  if (name == "location") return load_string(in, v, name, out.location);
  if (name == "group") return load_string(in, v, name, out.resource_group);
  if (name == "tenant") return load_string(in, v, name, out.tenant_id);
  if (name == "sku") return load_sku(in, v, name, out.sku);
  if (name == "tags") return load_tags(in, v, out.tags);
  if (name == "retention_days") return load_count(in, v, name, out.recovery.retention_days);
  if (name == "purge_protection") return assign(in.boolean(v, name), out.recovery.purge_protection);
  if (name == "created") return load_object(in, v, name, load_trace_member, out.created);
  if (name == "modified") return load_object(in, v, name, load_trace_member, out.modified);
  if (name == "deleted") return load_object(in, v, name, load_deletion, out.deleted.emplace());
  if (auto done = load_perimeter_member(in, name, v, out)) return *std::move(done);
  return in.ignore(v);
}

loaded load_assignment_member(reader& in, std::string_view name, reader::value& v,
                              role_assignment& out) {
  if (name == "name") return load_string(in, v, name, out.name);
  if (name == "scope") return load_string(in, v, name, out.scope);
  if (name == "role") return load_string(in, v, name, out.role_definition);
  if (name == "principal") return load_string(in, v, name, out.principal_id);
  if (name == "principal_type") return load_string(in, v, name, out.principal_type);
  if (name == "created") return load_object(in, v, name, load_trace_member, out.created);
  return in.ignore(v);
}

loaded check_vault(const vault_resource& vault) {
  if (vault.name.empty()) return wrong("name", "is missing.");
  if (vault.location.empty()) return wrong("location", "is missing.");
  return {};
}

loaded check_assignment(const role_assignment& a) {
  if (a.name.empty()) return wrong("name", "is missing.");
  if (a.scope.empty()) return wrong("scope", "is missing.");
  if (a.role_definition.empty()) return wrong("role", "is missing.");
  if (a.principal_id.empty()) return wrong("principal", "is missing.");
  return {};
}

}  // namespace

std::string store_vault(const vault_resource& vault) {
  writer out(stored_chars + vault.access_policies.size() * policy_chars);
  out.begin_object().key("name").string(vault.name).key("location").string(vault.location);
  out.key("group").string(vault.resource_group).key("tenant").string(vault.tenant_id);
  out.key("sku").string(name_of(vault.sku));
  store_tags(out, vault.tags);
  store_policies(out, vault.access_policies);
  out.key("rbac").boolean(vault.rbac_authorization);
  out.key("for_deployment").boolean(vault.enabled_for_deployment);
  out.key("for_disk_encryption").boolean(vault.enabled_for_disk_encryption);
  out.key("for_template_deployment").boolean(vault.enabled_for_template_deployment);
  out.key("retention_days").integer(vault.recovery.retention_days);
  out.key("purge_protection").boolean(vault.recovery.purge_protection);
  store_network(out, vault.network);
  out.key("public_access").boolean(vault.public_access);
  store_connections(out, vault.connections);
  store_trace(out, "created", vault.created);
  store_trace(out, "modified", vault.modified);
  if (vault.deleted) {
    out.key("deleted").begin_object().key("date").integer(vault.deleted->deleted_date);
    out.key("purge").integer(vault.deleted->scheduled_purge_date).end_object();
  }
  return finish(out);
}

crypto::outcome<vault_resource> load_vault_resource(std::string_view text) {
  return load_record<vault_resource>(text, load_vault_member, check_vault);
}

std::string store_role_assignment(const role_assignment& assignment) {
  writer out(stored_chars);
  out.begin_object().key("name").string(assignment.name).key("scope").string(assignment.scope);
  out.key("role").string(assignment.role_definition);
  out.key("principal").string(assignment.principal_id);
  out.key("principal_type").string(assignment.principal_type);
  store_trace(out, "created", assignment.created);
  return finish(out);
}

crypto::outcome<role_assignment> load_role_assignment(std::string_view text) {
  return load_record<role_assignment>(text, load_assignment_member, check_assignment);
}

}  // namespace twinkeep::protocol::management
