#include <algorithm>

#include "protocol/join.hpp"
#include "protocol/management/ids.hpp"
#include "protocol/management/read_parts.hpp"
#include "protocol/management/route.hpp"

// PUT and PATCH of a vault, and the question whether a name is free.
namespace twinkeep::protocol::management {

namespace {

// Limits of Azure Resource Manager for the tags of a resource.
constexpr json::tag_limits of_resources{50, 512, 256};
constexpr std::string_view not_in_tag_names = "<>%&\\?/";

constexpr json::range retention{7, 90};

// What a body says, and what of it can be judged only when all is read.
struct given {
  vault_input vault;
  bool properties = false, sku = false;
  std::optional<std::string> sku_family, sku_name;
};

parsed<void> read_sku(reader& in, reader::value& v, given& out) {
  out.sku = true;
  return in.object(v, "properties.sku", [&](std::string_view name, reader::value& m) {
    if (name == "family") return json::read_text(in, m, "properties.sku.family", out.sku_family);
    if (name == "name") return json::read_text(in, m, "properties.sku.name", out.sku_name);
    return in.ignore(m);
  });
}

// What can be switched on and never off again (MANAGEMENT, "Errors").
parsed<void> read_irreversible(reader& in, reader::value& v, std::string_view name,
                               std::string_view what, std::optional<bool>& out) {
  if (auto done = json::assign(in.boolean(v, join({"properties.", name})), out); !done) {
    return done;
  }
  if (*out) return {};
  return wrong({"The property \"", name, "\" cannot be set to false. Enabling the ", what,
                " for a vault is an irreversible action."});
}

constexpr std::array create_modes =
    std::to_array<choice<bool>>({{"default", false}, {"recover", true}});
constexpr std::array accesses =
    std::to_array<choice<bool>>({{"Enabled", true}, {"Disabled", false}});

struct flag_row {
  std::string_view name;
  std::optional<bool> vault_input::*in;
};
constexpr std::array flags = std::to_array<flag_row>({
    {"enabledForDeployment", &vault_input::enabled_for_deployment},
    {"enabledForDiskEncryption", &vault_input::enabled_for_disk_encryption},
    {"enabledForTemplateDeployment", &vault_input::enabled_for_template_deployment},
    {"enableRbacAuthorization", &vault_input::rbac_authorization},
});

// vaultUri, provisioningState and what else the service sets itself is sent back by clients and
// not looked at.
parsed<void> read_property(reader& in, std::string_view name, reader::value& v, given& out) {
  const auto called = join({"properties.", name});
  auto& vault = out.vault;
  for (const auto& flag : flags) {
    if (name == flag.name) return json::assign(in.boolean(v, called), vault.*flag.in);
  }
  if (name == "tenantId") return read_guid(in, v, called, vault.tenant_id.emplace());
  if (name == "sku") return read_sku(in, v, out);
  if (name == "accessPolicies") {
    return read_access_policy_list(in, v, vault.access_policies.emplace());
  }
  if (name == "enableSoftDelete") {
    return read_irreversible(in, v, name, "soft delete", vault.soft_delete);
  }
  if (name == "enablePurgeProtection") {
    return read_irreversible(in, v, name, "purge protection", vault.purge_protection);
  }
  if (name == "softDeleteRetentionInDays") {
    return json::read_number(in, v, called, retention, vault.retention_days);
  }
  if (name == "networkAcls") return read_network_rules(in, v, vault.network);
  if (name == "publicNetworkAccess") {
    return read_choice(in, v, called, accesses, vault.public_access);
  }
  if (name == "createMode") return read_choice(in, v, called, create_modes, vault.recover);
  return in.ignore(v);
}

parsed<void> read_location(reader& in, reader::value& v, std::optional<std::string>& out) {
  if (auto done = json::read_text(in, v, "location", out); !done) return done;
  out = canonical_location(*out);
  return {};
}

parsed<void> read_member(reader& in, std::string_view name, reader::value& v, given& out) {
  if (name == "location") return read_location(in, v, out.vault.location);
  if (name == "tags") return json::read_tags(in, v, out.vault.tags, of_resources);
  if (name != "properties") return in.ignore(v);
  out.properties = true;
  return in.object(v, name, [&](std::string_view inner, reader::value& m) {
    return read_property(in, inner, m, out);
  });
}

outcome<void> judge_sku(given& body) {
  if (!body.sku) return {};
  if (!body.sku_name) return bad_body(json::missing_member("properties.sku.name"));
  body.vault.sku = find_choice(vault_skus, *body.sku_name);
  if (body.vault.sku && ascii::equal_ignoring_case(body.sku_family.value_or("A"), "A")) return {};
  return failure{
      error{error_code::sku_not_supported,
            join({"The sku ", json::quoted(*body.sku_name), " of family ",
                  json::quoted(body.sku_family.value_or("A")),
                  " is not supported. Accepted are standard and premium of family 'A'."})}};
}

outcome<void> judge_tags(const std::optional<tag_map>& tags) {
  if (!tags) return {};
  for (const auto& [name, value] : *tags) {
    if (!name.empty() && name.find_first_of(not_in_tag_names) == std::string::npos) continue;
    return failure{
        bad_request(join({"The name of a tag is ", json::quoted(name),
                          ". It must not be empty or contain one of ", not_in_tag_names, "."}))};
  }
  return {};
}

outcome<void> judge_tenants(const vault_input& vault) {
  if (!vault.tenant_id || !vault.access_policies) return {};
  for (const auto& policy : *vault.access_policies) {
    if (ascii::equal_ignoring_case(policy.tenant_id, *vault.tenant_id)) continue;
    return failure{
        bad_request(join({"Member 'properties.accessPolicies[].tenantId' is ", policy.tenant_id,
                          ". It must be the vault's, ", *vault.tenant_id, "."}))};
  }
  return {};
}

// What a vault is put with, recovered ones too (MANAGEMENT, "Vault resource" and "Recover").
outcome<void> judge_presence(const given& body) {
  const auto& vault = body.vault;
  if (vault.location.value_or("").empty()) return bad_body(json::missing_member("location"));
  if (!body.properties) return bad_body(json::missing_member("properties"));
  if (!vault.tenant_id) return bad_body(json::missing_member("properties.tenantId"));
  if (!body.sku) return bad_body(json::missing_member("properties.sku"));
  return {};
}

}  // namespace

outcome<request_body> read_vault(reader& in, operation_id operation) {
  given body;
  auto done = in.read(
      [&](std::string_view name, reader::value& v) { return read_member(in, name, v, body); });
  if (!done) return bad_body(done.error());
  if (operation == operation_id::vault_put) {
    if (auto present = judge_presence(body); !present) return failure{std::move(present).error()};
  }
  for (const auto& judged :
       {judge_sku(body), judge_tags(body.vault.tags), judge_tenants(body.vault)}) {
    if (!judged) return failure{judged.error()};
  }
  return request_body{std::move(body.vault)};
}

outcome<request_body> read_name_query(reader& in, operation_id) {
  name_query body;
  bool has_name = false;
  auto done = in.read([&](std::string_view name, reader::value& v) -> parsed<void> {
    if (name == "type") return read_words(in, v, name, body.type);
    if (name != "name") return in.ignore(v);
    has_name = true;
    return read_words(in, v, name, body.name);
  });
  if (!done) return bad_body(done.error());
  if (!has_name) return bad_body(json::missing_member("name"));
  if (body.type.empty()) return bad_body(json::missing_member("type"));
  if (!ascii::equal_ignoring_case(body.type, vault_type)) {
    return bad_body(json::not_accepted("type", body.type, {vault_type}));
  }
  return request_body{std::move(body)};
}

}  // namespace twinkeep::protocol::management
