#include "protocol/messages.hpp"

#include <vector>

#include "protocol/json/write.hpp"
#include "support.hpp"

namespace twinkeep::protocol {

namespace {

constexpr auto secret = object_kind::secret;
constexpr auto key = object_kind::key;
constexpr auto certificate = object_kind::certificate;

// "403 Forbidden/SecretDisabled: text"
std::string whole(const error& e) {
  auto text = std::to_string(http_status(e.code)) + ' ' + std::string(to_string(e.code));
  if (e.inner != inner_code::none) text += '/' + std::string(to_string(e.inner));
  return text + ": " + e.message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(messages)

BOOST_AUTO_TEST_CASE(literal_texts) {
  BOOST_TEST(whole(broken_backup()) ==
             "400 BadParameter: Backup blob contains invalid or corrupt version.");
  BOOST_TEST(whole(invalid_name("a_b")) ==
             "400 BadParameter: The request URI contains an invalid name: a_b");
  BOOST_TEST(whole(invalid_property()) == "400 BadParameter: Property  has invalid value\r\n");
  BOOST_TEST(whole(missing_token()) ==
             "401 Unauthorized: AKV10000: Request is missing a Bearer or PoP token.");
  BOOST_TEST(whole(object_disabled(secret, "get")) ==
             "403 Forbidden/SecretDisabled: Operation get is not allowed on a disabled secret.");
  BOOST_TEST(whole(object_disabled(key, "wrapKey")) ==
             "403 Forbidden/KeyDisabled: Operation wrapKey is not allowed on a disabled key.");
  BOOST_TEST(whole(key_operation_forbidden("sign")) ==
             "403 Forbidden/KeyOperationForbidden: Operation sign is not permitted on this key.");
  BOOST_TEST(whole(key_expired("encrypt")) ==
             "403 Forbidden/KeyExpired: Operation encrypt is not allowed on an expired key.");
  BOOST_TEST(whole(key_not_yet_valid("encrypt")) ==
             "403 Forbidden/KeyNotYetValid: Operation encrypt is not allowed on a key that is not "
             "yet valid.");
  BOOST_TEST(whole(too_many_versions(key, "n")) ==
             "403 Forbidden: Operation backup is not allowed: key n has more than 500 past "
             "versions.");
}

BOOST_AUTO_TEST_CASE(a_vault_that_is_read_only) {
  const auto refused = vault_read_only("set", "demo", "westeurope", "northeurope", 60);
  BOOST_TEST(
      whole(refused) ==
      "403 Forbidden/VaultReadOnly: Operation \"set\" is not allowed: the vault is read-only "
      "while it is failed over from westeurope to northeurope.\r\nVault: "
      "demo;location=westeurope");
  BOOST_TEST(refused.retry_after_s.value() == 60u);
}

BOOST_AUTO_TEST_CASE(objects_that_are_not_there) {
  BOOST_TEST(whole(object_not_found(secret, "db", "")) ==
             "404 SecretNotFound: A secret with (name/id) db was not found in this key vault. If "
             "you recently deleted this secret you may be able to recover it using the correct "
             "recovery command. For help resolving this issue, please see "
             "https://go.microsoft.com/fwlink/?linkid=2125182");
  BOOST_TEST(
      whole(object_not_found(key, "k", "v1"))
          .starts_with("404 KeyNotFound: A key with (name/id) k/v1 was not found in this key "
                       "vault. If you recently deleted this key you may"));
  BOOST_TEST(whole(deleted_object_not_found(secret, "db")) ==
             "404 SecretNotFound: Deleted Secret not found: db");
  BOOST_TEST(whole(deleted_object_not_found(key, "k")) ==
             "404 KeyNotFound: Deleted Key not found: k");
}

BOOST_AUTO_TEST_CASE(names_that_are_taken) {
  BOOST_TEST(whole(object_is_deleted(secret, "db")) ==
             "409 Conflict/ObjectIsDeletedButRecoverable: Secret db is currently in a deleted but "
             "recoverable state, and its name cannot be reused; in this state, the secret can only "
             "be recovered or purged.");
  BOOST_TEST(whole(restore_conflict(key, "k", "v1"))
                 .starts_with("409 Conflict: There was a conflict restoring the key 'keys/k/v1'."));
}

BOOST_AUTO_TEST_CASE(fragments_that_tools_look_for) {
  const auto refused = forbidden_by_policy(row_of(operation_id::secret_get),
                                           {"app", "object", "iss"}, "demo", "westeurope");
  BOOST_TEST(
      whole(refused).starts_with("403 Forbidden/ForbiddenByPolicy: The user, group or application "
                                 "'appid=app;oid=object;numgroups=0;iss=iss' does not have secrets "
                                 "get permission on key vault "
                                 "'demo;location=westeurope'."));
  BOOST_TEST(test::has(whole(purge_protected("demo", "westeurope")), "403 Forbidden: Operation"));
}

BOOST_AUTO_TEST_CASE(what_concerns_certificates) {
  BOOST_TEST(whole(managed_by_key_vault(key, "delete")) ==
             "403 Forbidden/KeyManagedByKeyVault: Operation \"delete\" is not allowed as this "
             "object's lifetime is managed by Key Vault.");
  BOOST_TEST(test::has(whole(managed_by_key_vault(secret, "set")),
                       "403 Forbidden/SecretManagedByKeyVault: Operation \"set\" is not"));
  BOOST_TEST(whole(pending_not_found("c")) ==
             "404 PendingCertificateNotFound: Pending certificate not found: c");
  BOOST_TEST(whole(contacts_not_found()) == "404 ContactsNotFound: Contacts not found");
  BOOST_TEST(whole(issuer_not_found()) == "404 CertificateIssuerNotFound: Issuer not found");
  BOOST_TEST(test::has(whole(pending_in_progress("c")),
                       "409 Conflict: A new key vault certificate "
                       "can not be created or imported while a"));
  BOOST_TEST(test::has(whole(name_in_use(key, "c")), "409 Conflict: "));
  const auto refused = whole(merge_forbidden("c", "digi"));
  BOOST_TEST(test::has(refused, "403 Forbidden: "));
  BOOST_TEST(test::has(refused, "'digi'"));
  BOOST_TEST(whole(deleted_object_not_found(certificate, "c")) ==
             "404 CertificateNotFound: Deleted Certificate not found: c");
  BOOST_TEST(whole(object_not_found(certificate, "c", ""))
                 .starts_with("404 CertificateNotFound: A certificate with (name/id) c was not "
                              "found in this key vault."));
}

BOOST_AUTO_TEST_CASE(who_may_try_again_is_told_when) {
  BOOST_TEST(throttled().retry_after_s.value() == 1u);
  BOOST_TEST(throttled(7).retry_after_s.value() == 7u);
  BOOST_TEST(service_unavailable("x", 3).retry_after_s.value() == 3u);
  BOOST_TEST(!bad_parameter("x").retry_after_s);
  BOOST_TEST(test::has(whole(throttled()), "429 Throttled: "));
  BOOST_TEST(test::has(whole(throttled()), "Reason: VaultRequestTypeLimitReached"));
}

BOOST_AUTO_TEST_CASE(codes_and_statuses) {
  struct row {
    error_code code;
    unsigned status;
    std::string_view text;
  };
  using enum error_code;
  for (const auto& [code, status, text] : std::vector<row>{
           {bad_parameter, 400, "BadParameter"},
           {unauthorized, 401, "Unauthorized"},
           {forbidden, 403, "Forbidden"},
           {secret_not_found, 404, "SecretNotFound"},
           {key_not_found, 404, "KeyNotFound"},
           {certificate_not_found, 404, "CertificateNotFound"},
           {pending_certificate_not_found, 404, "PendingCertificateNotFound"},
           {contacts_not_found, 404, "ContactsNotFound"},
           {certificate_issuer_not_found, 404, "CertificateIssuerNotFound"},
           {not_found, 404, "NotFound"},
           {method_not_allowed, 405, "MethodNotAllowed"},
           {request_timeout, 408, "RequestTimeout"},
           {conflict, 409, "Conflict"},
           {request_entity_too_large, 413, "RequestEntityTooLarge"},
           {header_too_large, 431, "RequestHeaderFieldsTooLarge"},
           {throttled, 429, "Throttled"},
           {internal, 500, "InternalServerError"},
           {service_unavailable, 503, "ServiceUnavailable"},
       }) {
    BOOST_TEST(http_status(code) == status, text);
    BOOST_TEST(to_string(code) == text);
  }
}

BOOST_AUTO_TEST_CASE(errors_are_written_with_and_without_an_inner_code) {
  BOOST_TEST(json::write_error(bad_parameter("a \"b\"\r\n")) ==
             R"({"error":{"code":"BadParameter","message":"a \"b\"\r\n"}})");
  BOOST_TEST(json::write_error(object_disabled(secret, "get")) ==
             R"({"error":{"code":"Forbidden","message":"Operation get is not allowed on a )"
             R"(disabled secret.","innererror":{"code":"SecretDisabled"}}})");
  BOOST_TEST(json::write_error(bad_parameter("\xFF")) ==
             R"({"error":{"code":"BadParameter","message":)"
             R"("The message of this error is not valid UTF-8."}})");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol
