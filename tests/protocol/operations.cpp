#include "protocol/operations.hpp"

#include <set>
#include <vector>

#include "protocol/api_versions.hpp"
#include "protocol/attributes.hpp"
#include "protocol/certificate.hpp"
#include "protocol/identifiers.hpp"
#include "protocol/key.hpp"
#include "support.hpp"

namespace twinkeep::protocol {

namespace {

// By hand, from the contract: not derived from the table that it checks.
struct expected {
  std::string_view name, method, path, permission, data_action;
};
const std::vector<expected> all{
    {"SecretSet", "PUT", "/secrets/{name}", "set", "secrets/setSecret/action"},
    {"SecretGet", "GET", "/secrets/{name}/{version?}", "get", "secrets/getSecret/action"},
    {"SecretUpdate", "PATCH", "/secrets/{name}/{version?}", "set", "secrets/update/action"},
    {"SecretDelete", "DELETE", "/secrets/{name}", "delete", "secrets/delete"},
    {"SecretList", "GET", "/secrets", "list", "secrets/readMetadata/action"},
    {"SecretListVersions", "GET", "/secrets/{name}/versions", "list",
     "secrets/readMetadata/action"},
    {"SecretBackup", "POST", "/secrets/{name}/backup", "backup", "secrets/backup/action"},
    {"SecretRestore", "POST", "/secrets/restore", "restore", "secrets/restore/action"},
    {"SecretGetDeleted", "GET", "/deletedsecrets/{name}", "get", "secrets/readMetadata/action"},
    {"SecretListDeleted", "GET", "/deletedsecrets", "list", "secrets/readMetadata/action"},
    {"SecretRecover", "POST", "/deletedsecrets/{name}/recover", "recover",
     "secrets/recover/action"},
    {"SecretPurge", "DELETE", "/deletedsecrets/{name}", "purge", "secrets/purge/action"},
    {"KeyCreate", "POST", "/keys/{name}/create", "create", "keys/create/action"},
    {"KeyImport", "PUT", "/keys/{name}", "import", "keys/import/action"},
    {"KeyGet", "GET", "/keys/{name}/{version?}", "get", "keys/read"},
    {"KeyUpdate", "PATCH", "/keys/{name}/{version?}", "update", "keys/update/action"},
    {"KeyDelete", "DELETE", "/keys/{name}", "delete", "keys/delete"},
    {"KeyList", "GET", "/keys", "list", "keys/read"},
    {"KeyListVersions", "GET", "/keys/{name}/versions", "list", "keys/read"},
    {"KeyBackup", "POST", "/keys/{name}/backup", "backup", "keys/backup/action"},
    {"KeyRestore", "POST", "/keys/restore", "restore", "keys/restore/action"},
    {"KeyGetDeleted", "GET", "/deletedkeys/{name}", "get", "keys/read"},
    {"KeyListDeleted", "GET", "/deletedkeys", "list", "keys/read"},
    {"KeyRecover", "POST", "/deletedkeys/{name}/recover", "recover", "keys/recover/action"},
    {"KeyPurge", "DELETE", "/deletedkeys/{name}", "purge", "keys/purge/action"},
    {"KeyEncrypt", "POST", "/keys/{name}/{version?}/encrypt", "encrypt", "keys/encrypt/action"},
    {"KeyDecrypt", "POST", "/keys/{name}/{version?}/decrypt", "decrypt", "keys/decrypt/action"},
    {"KeyWrap", "POST", "/keys/{name}/{version?}/wrapkey", "wrapKey", "keys/wrap/action"},
    {"KeyUnwrap", "POST", "/keys/{name}/{version?}/unwrapkey", "unwrapKey", "keys/unwrap/action"},
    {"KeySign", "POST", "/keys/{name}/{version?}/sign", "sign", "keys/sign/action"},
    {"KeyVerify", "POST", "/keys/{name}/{version?}/verify", "verify", "keys/verify/action"},
    {"KeyRotate", "POST", "/keys/{name}/rotate", "rotate", "keys/rotate/action"},
    {"KeyRotationPolicyGet", "GET", "/keys/{name}/rotationpolicy", "getrotationpolicy",
     "keyrotationpolicies/read"},
    {"KeyRotationPolicySet", "PUT", "/keys/{name}/rotationpolicy", "setrotationpolicy",
     "keyrotationpolicies/write"},
    {"KeyRelease", "POST", "/keys/{name}/{version?}/release", "release", "keys/release/action"},
    {"KeyAttestationGet", "GET", "/keys/{name}/{version?}/attestation", "get", "keys/read"},
    {"RandomBytesGet", "POST", "/rng", "get", "keys/read"},
    {"CertificateCreate", "POST", "/certificates/{name}/create", "create",
     "certificates/create/action"},
    {"CertificateImport", "POST", "/certificates/{name}/import", "import",
     "certificates/import/action"},
    {"CertificateGet", "GET", "/certificates/{name}/{version?}", "get", "certificates/read"},
    {"CertificateUpdate", "PATCH", "/certificates/{name}/{version?}", "update",
     "certificates/update/action"},
    {"CertificateDelete", "DELETE", "/certificates/{name}", "delete", "certificates/delete"},
    {"CertificateList", "GET", "/certificates", "list", "certificates/read"},
    {"CertificateListVersions", "GET", "/certificates/{name}/versions", "list",
     "certificates/read"},
    {"CertificateBackup", "POST", "/certificates/{name}/backup", "backup",
     "certificates/backup/action"},
    {"CertificateRestore", "POST", "/certificates/restore", "restore",
     "certificates/restore/action"},
    {"CertificateGetDeleted", "GET", "/deletedcertificates/{name}", "get", "certificates/read"},
    {"CertificateListDeleted", "GET", "/deletedcertificates", "list", "certificates/read"},
    {"CertificateRecover", "POST", "/deletedcertificates/{name}/recover", "recover",
     "certificates/recover/action"},
    {"CertificatePurge", "DELETE", "/deletedcertificates/{name}", "purge",
     "certificates/purge/action"},
    {"CertificatePolicyGet", "GET", "/certificates/{name}/policy", "get", "certificates/read"},
    {"CertificatePolicySet", "PATCH", "/certificates/{name}/policy", "update",
     "certificates/update/action"},
    {"CertificatePendingGet", "GET", "/certificates/{name}/pending", "get", "certificates/read"},
    {"CertificatePendingUpdate", "PATCH", "/certificates/{name}/pending", "update",
     "certificates/update/action"},
    // Not the contract's row: the published specification names the update permission.
    {"CertificatePendingDelete", "DELETE", "/certificates/{name}/pending", "update",
     "certificates/update/action"},
    {"CertificatePendingMerge", "POST", "/certificates/{name}/pending/merge", "create",
     "certificates/create/action"},
    {"CertificateContactsGet", "GET", "/certificates/contacts", "managecontacts",
     "certificatecontacts/write"},
    {"CertificateContactsSet", "PUT", "/certificates/contacts", "managecontacts",
     "certificatecontacts/write"},
    {"CertificateContactsDelete", "DELETE", "/certificates/contacts", "managecontacts",
     "certificatecontacts/write"},
    {"CertificateIssuersList", "GET", "/certificates/issuers", "listissuers",
     "certificatecas/read"},
    {"CertificateIssuerGet", "GET", "/certificates/issuers/{name}", "getissuers",
     "certificatecas/read"},
    {"CertificateIssuerSet", "PUT", "/certificates/issuers/{name}", "setissuers",
     "certificatecas/write"},
    {"CertificateIssuerUpdate", "PATCH", "/certificates/issuers/{name}", "setissuers",
     "certificatecas/write"},
    {"CertificateIssuerDelete", "DELETE", "/certificates/issuers/{name}", "deleteissuers",
     "certificatecas/delete"},
};

// CONTRACT 9.3.
const std::set<std::string_view> allowed_while_failed_over{"SecretGet",
                                                           "SecretList",
                                                           "SecretListVersions",
                                                           "SecretBackup",
                                                           "SecretGetDeleted",
                                                           "SecretListDeleted",
                                                           "KeyGet",
                                                           "KeyList",
                                                           "KeyListVersions",
                                                           "KeyBackup",
                                                           "KeyGetDeleted",
                                                           "KeyListDeleted",
                                                           "KeyEncrypt",
                                                           "KeyDecrypt",
                                                           "KeyWrap",
                                                           "KeyUnwrap",
                                                           "KeySign",
                                                           "KeyVerify",
                                                           "KeyRotationPolicyGet",
                                                           "CertificateGet",
                                                           "CertificateList",
                                                           "CertificateListVersions",
                                                           "CertificateBackup",
                                                           "CertificateGetDeleted",
                                                           "CertificateListDeleted",
                                                           "CertificatePolicyGet",
                                                           "CertificatePendingGet",
                                                           "CertificateContactsGet",
                                                           "CertificateIssuersList",
                                                           "CertificateIssuerGet"};

}  // namespace

BOOST_AUTO_TEST_SUITE(operation_table)

BOOST_AUTO_TEST_CASE(every_row_is_as_the_contract_has_it) {
  BOOST_TEST_REQUIRE(operations().size() == all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto& row = operations()[i];
    BOOST_TEST(row.name == all[i].name);
    BOOST_TEST(to_string(row.method) == all[i].method, row.name);
    BOOST_TEST(row.path == all[i].path, row.name);
    BOOST_TEST(row.permission == all[i].permission, row.name);
    BOOST_TEST(row.data_action == all[i].data_action, row.name);
    BOOST_TEST(&row_of(row.id) == &row);
  }
}

BOOST_AUTO_TEST_CASE(what_a_vault_that_is_failed_over_still_does) {
  // Neither allowed there nor a change: "exactly the listed operations".
  const std::set<std::string_view> refused{"KeyRelease", "KeyAttestationGet", "RandomBytesGet"};
  for (const auto& row : operations()) {
    const bool allowed = allowed_while_failed_over.contains(row.name);
    BOOST_TEST(row.allowed_in_read_only == allowed, row.name);
    // A write is never sent a second time.
    BOOST_TEST((row.retry == retry::never) == !allowed, row.name);
    BOOST_TEST((row.effect == effect::mutate) == (!allowed && !refused.contains(row.name)),
               row.name);
  }
}

BOOST_AUTO_TEST_CASE(crypto_operations_are_the_six_and_release) {
  std::set<std::string_view> verbs;
  for (const auto& row : operations()) {
    if (row.effect == effect::crypto) verbs.insert(row.verb);
  }
  const std::set<std::string_view> seven{"encrypt", "decrypt", "wrapKey", "unwrapKey",
                                         "sign",    "verify",  "release"};
  BOOST_TEST((verbs == seven));
}

BOOST_AUTO_TEST_CASE(a_body_goes_with_all_that_is_put_patched_or_posted_but_for_three_acts) {
  const std::set<std::string_view> without{"backup", "recover", "rotate"};
  for (const auto& row : operations()) {
    const bool sends = row.method != http_method::get && row.method != http_method::delete_;
    BOOST_TEST(row.has_body == (sends && !without.contains(row.verb)), row.name);
  }
}

BOOST_AUTO_TEST_CASE(kinds_have_their_names) {
  BOOST_TEST(to_string(object_kind::secret) == "secret");
  BOOST_TEST(to_string(object_kind::key) == "key");
  BOOST_TEST(to_string(object_kind::certificate) == "certificate");
  BOOST_TEST(collection_of(object_kind::certificate) == "certificates");
  BOOST_TEST(deleted_collection_of(object_kind::certificate) == "deletedcertificates");
  BOOST_TEST(collection_of(object_kind::secret) == "secrets");
  BOOST_TEST(collection_of(object_kind::key) == "keys");
  BOOST_TEST(deleted_collection_of(object_kind::secret) == "deletedsecrets");
  BOOST_TEST(deleted_collection_of(object_kind::key) == "deletedkeys");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(identifiers)

BOOST_AUTO_TEST_CASE(object_names) {
  for (const auto& name : {std::string("a"), std::string("0"), std::string("-"),
                           std::string("A-z-9"), std::string(127, 'x')}) {
    BOOST_TEST(is_object_name(name), name);
  }
  for (const auto& name :
       {std::string(), std::string(128, 'x'), std::string("a_b"), std::string("a b"),
        std::string("a/b"), std::string("a.b"), std::string("\xC3\xA9"), std::string("a\0b", 3)}) {
    BOOST_TEST(!is_object_name(name), name);
  }
}

BOOST_AUTO_TEST_CASE(vault_names) {
  for (const auto* name : {"abc", "A1b", "a-b", "abcdefghijklmnopqrstuvwx"}) {
    BOOST_TEST(is_vault_name(name), name);
  }
  for (const auto* name :
       {"", "ab", "1ab", "-ab", "ab-", "a--b", "a_b", "a.b", "abcdefghijklmnopqrstuvwxy"}) {
    BOOST_TEST(!is_vault_name(name), name);
  }
}

BOOST_AUTO_TEST_CASE(lower_case_is_of_ascii_alone) {
  BOOST_TEST(lower("AbC-19\xC3\x89") == "abc-19\xC3\x89");
}

BOOST_AUTO_TEST_CASE(key_operations_have_names) {
  for (const std::string_view name :
       {"encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey", "import", "export"}) {
    const auto found = find_key_operation(name);
    BOOST_TEST_REQUIRE(found.has_value(), name);
    BOOST_TEST(to_string(*found) == name);
  }
  for (const auto* name : {"", "wrapkey", "Encrypt", "derive"}) {
    BOOST_TEST(!find_key_operation(name), name);
  }
  using enum key_operation;
  const std::vector rsa{encrypt, decrypt, sign, verify, wrap_key, unwrap_key};
  BOOST_TEST((default_key_operations(crypto::key_type::rsa) == rsa));
  BOOST_TEST((default_key_operations(crypto::key_type::ec) == std::vector{sign, verify}));
  const std::vector oct{encrypt, decrypt, wrap_key, unwrap_key};
  BOOST_TEST((default_key_operations(crypto::key_type::oct) == oct));
}

BOOST_AUTO_TEST_CASE(words_of_certificates) {
  for (const std::string_view name : {"AutoRenew", "EmailContacts"}) {
    BOOST_TEST(to_string(find_lifetime_action(name).value()) == name);
  }
  BOOST_TEST((find_lifetime_action("emailcontacts") == lifetime_action::email_contacts));
  BOOST_TEST(!find_lifetime_action("Renew"));
  for (const std::string_view name : {"inProgress", "completed", "cancelled", "failed"}) {
    BOOST_TEST(to_string(find_pending_status(name).value()) == name);
  }
  for (const auto* name : {"", "inprogress", "canceled"}) BOOST_TEST(!find_pending_status(name));
}

BOOST_AUTO_TEST_CASE(recovery_levels) {
  BOOST_TEST(recovery_level({90, false}) == "Recoverable+Purgeable");
  BOOST_TEST(recovery_level({90, true}) == "Recoverable");
  for (const unsigned days : {7u, 89u}) {
    BOOST_TEST(recovery_level({days, false}) == "CustomizedRecoverable+Purgeable");
    BOOST_TEST(recovery_level({days, true}) == "CustomizedRecoverable");
  }
}

BOOST_AUTO_TEST_CASE(api_versions_have_an_order) {
  BOOST_TEST(api_versions.back() == "2025-07-01");
  // Not in the order of characters.
  BOOST_TEST(is_since("7.0", "2016-10-01"));
  BOOST_TEST(!is_since("2016-10-01", "7.0"));
  BOOST_TEST(is_since("7.6", "7.6-preview.2"));
  BOOST_TEST(!is_since("7.6-preview.2", "7.6"));
  BOOST_TEST(is_since("7.4-preview.1", "7.3"));
  BOOST_TEST(!is_since("7.4-preview.1", "7.4"));
  BOOST_TEST(is_since("2025-07-01", "7.6"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol
