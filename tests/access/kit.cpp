#include "tests/access/kit.hpp"

#include <algorithm>
#include <array>

#include "regions/access/roles.hpp"

namespace twinkeep::access_tests {

namespace {

constexpr std::array rows = std::to_array<contract_row>({
    {"SecretGet", "secrets", "get", "secrets/getSecret/action"},
    {"SecretList", "secrets", "list", "secrets/readMetadata/action"},
    {"SecretListVersions", "secrets", "list", "secrets/readMetadata/action"},
    {"SecretSet", "secrets", "set", "secrets/setSecret/action"},
    {"SecretUpdate", "secrets", "set", "secrets/update/action"},
    {"SecretDelete", "secrets", "delete", "secrets/delete"},
    {"SecretGetDeleted", "secrets", "get", "secrets/readMetadata/action"},
    {"SecretListDeleted", "secrets", "list", "secrets/readMetadata/action"},
    {"SecretRecover", "secrets", "recover", "secrets/recover/action"},
    {"SecretPurge", "secrets", "purge", "secrets/purge/action"},
    {"SecretBackup", "secrets", "backup", "secrets/backup/action"},
    {"SecretRestore", "secrets", "restore", "secrets/restore/action"},
    {"KeyGet", "keys", "get", "keys/read"},
    {"KeyList", "keys", "list", "keys/read"},
    {"KeyListVersions", "keys", "list", "keys/read"},
    {"KeyGetDeleted", "keys", "get", "keys/read"},
    {"KeyListDeleted", "keys", "list", "keys/read"},
    {"KeyCreate", "keys", "create", "keys/create/action"},
    {"KeyImport", "keys", "import", "keys/import/action"},
    {"KeyUpdate", "keys", "update", "keys/update/action"},
    {"KeyDelete", "keys", "delete", "keys/delete"},
    {"KeyRecover", "keys", "recover", "keys/recover/action"},
    {"KeyPurge", "keys", "purge", "keys/purge/action"},
    {"KeyBackup", "keys", "backup", "keys/backup/action"},
    {"KeyRestore", "keys", "restore", "keys/restore/action"},
    {"KeyEncrypt", "keys", "encrypt", "keys/encrypt/action"},
    {"KeyDecrypt", "keys", "decrypt", "keys/decrypt/action"},
    {"KeyWrap", "keys", "wrapKey", "keys/wrap/action"},
    {"KeyUnwrap", "keys", "unwrapKey", "keys/unwrap/action"},
    {"KeySign", "keys", "sign", "keys/sign/action"},
    {"KeyVerify", "keys", "verify", "keys/verify/action"},
    {"KeyRelease", "keys", "release", "keys/release/action"},
    {"KeyRotate", "keys", "rotate", "keys/rotate/action"},
    {"KeyRotationPolicyGet", "keys", "getrotationpolicy", "keyrotationpolicies/read"},
    {"KeyRotationPolicySet", "keys", "setrotationpolicy", "keyrotationpolicies/write"},
    {"RandomBytesGet", "keys", "any", "keys/read"},
    {"KeyAttestationGet", "keys", "get", "keys/read"},
    {"CertificateGet", "certificates", "get", "certificates/read"},
    {"CertificatePolicyGet", "certificates", "get", "certificates/read"},
    {"CertificatePendingGet", "certificates", "get", "certificates/read"},
    {"CertificateGetDeleted", "certificates", "get", "certificates/read"},
    {"CertificateList", "certificates", "list", "certificates/read"},
    {"CertificateListVersions", "certificates", "list", "certificates/read"},
    {"CertificateListDeleted", "certificates", "list", "certificates/read"},
    {"CertificateCreate", "certificates", "create", "certificates/create/action"},
    {"CertificatePendingMerge", "certificates", "create", "certificates/create/action"},
    {"CertificateImport", "certificates", "import", "certificates/import/action"},
    {"CertificateUpdate", "certificates", "update", "certificates/update/action"},
    {"CertificatePolicySet", "certificates", "update", "certificates/update/action"},
    {"CertificatePendingUpdate", "certificates", "update", "certificates/update/action"},
    {"CertificateDelete", "certificates", "delete", "certificates/delete"},
    // The published specification: "requires the certificates/update permission".
    {"CertificatePendingDelete", "certificates", "update", "certificates/update/action"},
    {"CertificateRecover", "certificates", "recover", "certificates/recover/action"},
    {"CertificatePurge", "certificates", "purge", "certificates/purge/action"},
    {"CertificateBackup", "certificates", "backup", "certificates/backup/action"},
    {"CertificateRestore", "certificates", "restore", "certificates/restore/action"},
    {"CertificateContactsGet", "certificates", "managecontacts", "certificatecontacts/write"},
    {"CertificateContactsSet", "certificates", "managecontacts", "certificatecontacts/write"},
    {"CertificateContactsDelete", "certificates", "managecontacts", "certificatecontacts/write"},
    {"CertificateIssuerGet", "certificates", "getissuers", "certificatecas/read"},
    {"CertificateIssuersList", "certificates", "listissuers", "certificatecas/read"},
    {"CertificateIssuerSet", "certificates", "setissuers", "certificatecas/write"},
    {"CertificateIssuerUpdate", "certificates", "setissuers", "certificatecas/write"},
    {"CertificateIssuerDelete", "certificates", "deleteissuers", "certificatecas/delete"},
});

}  // namespace

protocol::vault_resource vault(bool by_roles) {
  protocol::vault_resource made;
  made.name = "Demo";
  made.location = "eastus2";
  made.resource_group = "team";
  made.tenant_id = tenant;
  made.rbac_authorization = by_roles;
  return made;
}

protocol::token::claims caller(const std::string& object_id) {
  protocol::token::claims who;
  who.object_id = object_id;
  who.application_id = app;
  who.issuer = "https://issuer/";
  who.tenant = tenant;
  return who;
}

protocol::role_assignment assigned(std::string_view role_name, std::string scope,
                                   std::string principal) {
  const auto* held = regions::find_role_by_name(role_name);
  BOOST_REQUIRE_MESSAGE(held != nullptr, "no role " << role_name);
  protocol::role_assignment made;
  made.name = "AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE";
  made.scope = std::move(scope);
  made.role_definition = held->id;
  made.principal_id = std::move(principal);
  return made;
}

access_rules_ptr rules_of(std::vector<protocol::role_assignment> assignments) {
  return regions::make_access_rules(vault(true), assignments, {}, {subscription});
}

access_rules_ptr rules_of(std::vector<protocol::access_policy> policies) {
  auto of = vault(false);
  of.access_policies = std::move(policies);
  return regions::make_access_rules(of, {}, {}, {subscription});
}

bool allowed(const access_rules& rules, const protocol::operation& op,
             const protocol::token::claims& who, std::string_view object) {
  return regions::permit(op, object, who, rules, facts).ok();
}

bool allowed(const access_rules& rules, operation_id op, const protocol::token::claims& who,
             std::string_view object) {
  return allowed(rules, row_of(op), who, object);
}

std::span<const contract_row> contract() {
  return rows;
}

const contract_row& contract_of(const protocol::operation& op) {
  const auto* row = std::ranges::find(rows, op.name, &contract_row::name);
  BOOST_REQUIRE_MESSAGE(row != rows.end(), "CONTRACT 10 has no row for " << op.name);
  return *row;
}

}  // namespace twinkeep::access_tests
