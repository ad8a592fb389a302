#include "protocol/operations.hpp"

#include <set>
#include <vector>

#include "protocol/api_versions.hpp"
#include "protocol/attributes.hpp"
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
};

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
  const std::set<std::string_view> allowed{"SecretGet",    "SecretList",       "SecretListVersions",
                                           "SecretBackup", "SecretGetDeleted", "SecretListDeleted",
                                           "KeyGet",       "KeyList",          "KeyListVersions",
                                           "KeyBackup",    "KeyGetDeleted",    "KeyListDeleted",
                                           "KeyEncrypt",   "KeyDecrypt",       "KeyWrap",
                                           "KeyUnwrap",    "KeySign",          "KeyVerify"};
  for (const auto& row : operations()) {
    BOOST_TEST(row.allowed_in_read_only == allowed.contains(row.name), row.name);
    // A write is never sent a second time.
    BOOST_TEST((row.retry == retry::never) == !allowed.contains(row.name), row.name);
    BOOST_TEST((row.effect == effect::mutate) == !allowed.contains(row.name), row.name);
  }
}

BOOST_AUTO_TEST_CASE(crypto_operations_are_the_six) {
  std::set<std::string_view> verbs;
  for (const auto& row : operations()) {
    if (row.effect == effect::crypto) verbs.insert(row.verb);
  }
  const std::set<std::string_view> six{"encrypt",   "decrypt", "wrapKey",
                                       "unwrapKey", "sign",    "verify"};
  BOOST_TEST((verbs == six));
}

BOOST_AUTO_TEST_CASE(kinds_have_their_names) {
  BOOST_TEST(to_string(object_kind::secret) == "secret");
  BOOST_TEST(to_string(object_kind::key) == "key");
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
  BOOST_TEST(is_since("2025-07-01", "7.6"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol
