#include <map>

#include "protocol/http/target.hpp"
#include "protocol/identifiers.hpp"
#include "support.hpp"

namespace twinkeep::protocol::http {

using test::said;

namespace {

const std::map<std::string_view, http_method> methods{{"GET", http_method::get},
                                                      {"PUT", http_method::put},
                                                      {"POST", http_method::post},
                                                      {"PATCH", http_method::patch},
                                                      {"DELETE", http_method::delete_}};

// "SecretGet name version", or the refusal: of "GET /secrets/n".
std::string routed(std::string_view request) {
  const auto blank = request.find(' ');
  const auto t = parse_target(request.substr(blank + 1));
  BOOST_TEST_REQUIRE(t.ok(), said(t));
  const auto found = match(methods.at(request.substr(0, blank)), *t);
  if (!found) return said(found);
  return std::string(found->op->name) + ' ' + found->name + ' ' + found->version;
}

std::string filled(std::string_view path, std::string_view version) {
  std::string out(path);
  if (const auto at = out.find("{name}"); at != std::string::npos) out.replace(at, 6, "My-Name");
  const std::string_view hole = "{version?}";
  if (const auto at = out.find(hole); at != std::string::npos) {
    out.replace(at, hole.size(), version);
  }
  return out;
}

std::string method_and(const operation& op, std::string_view path) {
  return std::string(to_string(op.method)) + ' ' + std::string(path);
}

const std::string not_found = "NotFound: The request URI names no operation.";

std::string not_allowed(std::string_view method) {
  return "MethodNotAllowed: Method " + std::string(method) +
         " is not allowed for this request URI.";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(routes)

BOOST_AUTO_TEST_CASE(every_row_is_reached) {
  for (const auto& op : operations()) {
    const bool named = op.path.find("{name}") != std::string_view::npos;
    const bool versioned = op.path.find("{version?}") != std::string_view::npos;
    const std::string name = named ? "My-Name" : "";
    const auto expected = [&](std::string_view version) {
      return std::string(op.name) + ' ' + name + ' ' + std::string(version);
    };
    BOOST_TEST(routed(method_and(op, filled(op.path, "v1"))) == expected(versioned ? "v1" : ""));
    BOOST_TEST(routed(method_and(op, filled(op.path, ""))) == expected(""));
    BOOST_TEST(routed(method_and(op, '/' + filled(op.path, ""))) == expected(""));
    BOOST_TEST(routed(method_and(op, filled(op.path, "") + "?a=b")) == expected(""));
  }
}

BOOST_AUTO_TEST_CASE(an_empty_version_may_be_left_out) {
  BOOST_TEST(routed("GET /secrets/n") == "SecretGet n ");
  BOOST_TEST(routed("GET /secrets/n/") == "SecretGet n ");
  BOOST_TEST(routed("PATCH /keys/n/") == "KeyUpdate n ");
  BOOST_TEST(routed("POST /keys/n/sign") == "KeySign n ");
  BOOST_TEST(routed("POST /keys/n//sign") == "KeySign n ");
  BOOST_TEST(routed("POST /keys/n/v/wrapkey/") == "KeyWrap n v");
  BOOST_TEST(routed("GET /secrets/") == "SecretList  ");
  BOOST_TEST(routed("GET /deletedkeys/") == "KeyListDeleted  ");
}

BOOST_AUTO_TEST_CASE(fixed_words_compare_without_case_and_names_keep_theirs) {
  BOOST_TEST(routed("GET /SECRETS/Ab/VERSIONS") == "SecretListVersions Ab ");
  BOOST_TEST(routed("POST /Keys/Ab/Cd/UnwrapKey") == "KeyUnwrap Ab Cd");
  BOOST_TEST(routed("DELETE /DeletedSecrets/Ab") == "SecretPurge Ab ");
}

BOOST_AUTO_TEST_CASE(fixed_words_are_never_versions) {
  BOOST_TEST(routed("GET /secrets/n/versions") == "SecretListVersions n ");
  BOOST_TEST(routed("PATCH /secrets/n/versions") == not_allowed("PATCH"));
  BOOST_TEST(routed("GET /secrets/n/backup") == not_allowed("GET"));
  BOOST_TEST(routed("GET /keys/n/sign") == not_allowed("GET"));
  BOOST_TEST(routed("GET /keys/n/create") == not_allowed("GET"));
  BOOST_TEST(routed("GET /keys/n/rotate") == not_allowed("GET"));
  BOOST_TEST(routed("PATCH /keys/n/rotationpolicy") == not_allowed("PATCH"));
  BOOST_TEST(routed("PATCH /keys/n/attestation") == not_allowed("PATCH"));
  BOOST_TEST(routed("GET /certificates/n/create") == not_allowed("GET"));
  BOOST_TEST(routed("PATCH /certificates/n/import") == not_allowed("PATCH"));
  BOOST_TEST(routed("PUT /certificates/n/pending") == not_allowed("PUT"));
  BOOST_TEST(routed("GET /certificates/n/policy/") == "CertificatePolicyGet n ");
  BOOST_TEST(routed("PATCH /certificates/n/Policy") == "CertificatePolicySet n ");
  BOOST_TEST(routed("PATCH /certificates/n/pending") == "CertificatePendingUpdate n ");
  // Nor where the collection has no such operation.
  for (const auto* word : {"policy", "pending", "Pending", "issuers/x", "merge"}) {
    BOOST_TEST(routed(std::string("GET /keys/n/") + word) == not_found);
  }
  for (const auto* word : {"rotationpolicy", "attestation", "policy", "pending", "release"}) {
    BOOST_TEST(routed(std::string("GET /secrets/n/") + word) == not_found);
  }
  BOOST_TEST(routed("POST /keys/n/sign/sign") == not_found);
}

BOOST_AUTO_TEST_CASE(keys_rotate_release_and_attest) {
  BOOST_TEST(routed("POST /keys/n/rotate") == "KeyRotate n ");
  BOOST_TEST(routed("GET /keys/n/RotationPolicy") == "KeyRotationPolicyGet n ");
  BOOST_TEST(routed("PUT /keys/n/rotationpolicy/") == "KeyRotationPolicySet n ");
  for (const auto* path :
       {"POST /keys/n/release", "POST /keys/n//release", "POST /keys/n/release/"}) {
    BOOST_TEST(routed(path) == "KeyRelease n ", path);
  }
  BOOST_TEST(routed("POST /keys/n/v/release") == "KeyRelease n v");
  for (const auto* path : {"GET /keys/n/attestation", "GET /keys/n//attestation"}) {
    BOOST_TEST(routed(path) == "KeyAttestationGet n ", path);
  }
  BOOST_TEST(routed("GET /keys/n/v/attestation") == "KeyAttestationGet n v");
  BOOST_TEST(routed("PUT /keys/n") == "KeyImport n ");
  BOOST_TEST(routed("POST /RNG") == "RandomBytesGet  ");
  BOOST_TEST(routed("POST /rng/") == "RandomBytesGet  ");
  BOOST_TEST(routed("GET /rng") == not_allowed("GET"));
  BOOST_TEST(routed("POST /rng/n") == not_found);
}

BOOST_AUTO_TEST_CASE(contacts_and_issuers_are_never_certificates) {
  BOOST_TEST(routed("GET /certificates/Contacts/") == "CertificateContactsGet  ");
  BOOST_TEST(routed("GET /certificates/issuers") == "CertificateIssuersList  ");
  BOOST_TEST(routed("GET /certificates/issuers/") == "CertificateIssuersList  ");
  BOOST_TEST(routed("GET /certificates/issuers/x") == "CertificateIssuerGet x ");
  BOOST_TEST(routed("PUT /certificates/issuers/x/") == "CertificateIssuerSet x ");
  BOOST_TEST(routed("PATCH /certificates/ISSUERS/Xy") == "CertificateIssuerUpdate Xy ");
  BOOST_TEST(routed("DELETE /certificates/issuers/x") == "CertificateIssuerDelete x ");
  // An issuer may be called as what stands behind a certificate's name.
  for (const std::string word : {"versions", "policy", "pending", "contacts", "issuers"}) {
    BOOST_TEST(routed("GET /certificates/issuers/" + word) == "CertificateIssuerGet " + word + ' ');
  }
  BOOST_TEST(routed("PATCH /certificates/contacts") == not_allowed("PATCH"));
  BOOST_TEST(routed("DELETE /certificates/issuers") == not_allowed("DELETE"));
  BOOST_TEST(routed("POST /certificates/issuers/create") == not_allowed("POST"));
  for (const auto* request :
       {"POST /certificates/contacts/create", "GET /certificates/contacts/v",
        "GET /certificates/contacts/versions", "POST /certificates/issuers/pending/merge",
        "GET /certificates/issuers/x/y", "POST /certificates/issuers/n/backup"}) {
    BOOST_TEST(routed(request) == not_found, request);
  }
  // Among keys and secrets they are names like others, and so they are among the deleted.
  BOOST_TEST(routed("GET /keys/contacts") == "KeyGet contacts ");
  BOOST_TEST(routed("GET /deletedcertificates/issuers") == "CertificateGetDeleted issuers ");
}

BOOST_AUTO_TEST_CASE(a_fixed_word_in_a_names_place_wins_where_the_method_fits) {
  BOOST_TEST(routed("POST /keys/restore") == "KeyRestore  ");
  BOOST_TEST(routed("POST /secrets/restore/") == "SecretRestore  ");
  BOOST_TEST(routed("GET /keys/restore") == "KeyGet restore ");
  BOOST_TEST(routed("PUT /secrets/restore") == "SecretSet restore ");
  BOOST_TEST(routed("POST /keys/restore/create") == "KeyCreate restore ");
  BOOST_TEST(routed("POST /certificates/restore") == "CertificateRestore  ");
  BOOST_TEST(routed("GET /certificates/restore") == "CertificateGet restore ");
  BOOST_TEST(routed("POST /certificates/restore/import") == "CertificateImport restore ");
  BOOST_TEST(routed("GET /secrets/versions") == "SecretGet versions ");
  BOOST_TEST(routed("POST /secrets/backup/backup") == "SecretBackup backup ");
}

BOOST_AUTO_TEST_CASE(unknown_paths_are_404) {
  for (const auto* request :
       {"GET /", "GET /certificate", "GET /secret", "GET /secretss/n", "PUT /storage/n",
        "GET /issuers", "GET /secrets/n/v/x", "POST /keys/n//rotate",
        "POST /certificates/n/v/pending", "POST /certificates/n/merge", "POST /keys/n/v/rotate",
        "POST /keys/n/v/sign/x", "POST /deletedsecrets/n/recover/x", "GET /deletedsecrets/n/v",
        "GET ///secrets"}) {
    BOOST_TEST(routed(request) == not_found, request);
  }
}

BOOST_AUTO_TEST_CASE(known_paths_with_another_method_are_405) {
  for (const auto* request :
       {"POST /secrets", "DELETE /keys", "POST /secrets/n", "DELETE /secrets/n/v", "POST /keys/n",
        "PUT /certificates/n", "DELETE /certificates/n/v", "GET /certificates/n/pending/merge",
        "PUT /deletedsecrets/n", "GET /deletedkeys/n/recover", "PUT /keys/n/v/sign"}) {
    const std::string_view text = request;
    BOOST_TEST(routed(text) == not_allowed(text.substr(0, text.find(' '))), request);
  }
}

BOOST_AUTO_TEST_CASE(names_that_no_object_may_have) {
  const std::string refusal = "BadParameter: The request URI contains an invalid name: ";
  BOOST_TEST(routed("GET /secrets/a_b") == refusal + "a_b");
  BOOST_TEST(routed("PUT /secrets/a%20b") == refusal + "a b");
  BOOST_TEST(routed("GET /keys/a%2Fb") == refusal + "a/b");
  BOOST_TEST(routed("GET /keys//v") == refusal);
  BOOST_TEST(routed("PUT /certificates/issuers/a_b") == refusal + "a_b");
  BOOST_TEST(routed("PUT /certificates/issuers/" + std::string(128, 'a')) ==
             refusal + std::string(128, 'a'));
  BOOST_TEST(routed("GET /certificates/a.b/pending") == refusal + "a.b");
  BOOST_TEST(routed("POST /keys/../create") == refusal + "..");
  BOOST_TEST(routed("PUT /secrets/" + std::string(128, 'a')) == refusal + std::string(128, 'a'));
  BOOST_TEST(routed("PUT /secrets/" + std::string(127, 'a')) ==
             "SecretSet " + std::string(127, 'a') + ' ');
}

BOOST_AUTO_TEST_CASE(a_version_may_be_any_text) {
  BOOST_TEST(routed("GET /secrets/n/a%2Fb_c") == "SecretGet n a/b_c");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::http
