#include "bench/load/items.hpp"

#include <algorithm>

namespace twinkeep::load {
namespace {

using id = protocol::operation_id;

constexpr std::string_view secret = R"({"value":"$secret"})";
constexpr std::string_view ec_key = R"({"kty":"EC","crv":"P-256"})";
constexpr std::string_view jwk = R"({"key":$jwk})";
constexpr std::string_view pem =
    R"({"value":"$pem","policy":{"secret_props":{"contentType":"application/x-pem-file"}}})";
constexpr std::string_view blob = R"({"value":"$blob"})";
// Issuer "Unknown" waits for a merge; the next version has the same key, so that one certificate
// can be merged again and again.
constexpr std::string_view requested =
    R"({"policy":{"key_props":{"kty":"EC","crv":"P-256","reuse_key":true},)"
    R"("secret_props":{"contentType":"application/x-pem-file"},)"
    R"("x509_props":{"subject":"CN=load"},"issuer":{"name":"Unknown"}}})";
constexpr std::string_view chain = R"({"x5c":["$chain"]})";
constexpr std::string_view email_rule =
    R"({"lifetime_actions":[{"trigger":{"lifetime_percentage":80},)"
    R"("action":{"action_type":"EmailContacts"}}]})";
constexpr std::string_view rotation_rule =
    R"({"lifetimeActions":[{"trigger":{"timeAfterCreate":"P90D"},"action":{"type":"Rotate"}}],)"
    R"("attributes":{"expiryTime":"P1Y"}})";
constexpr std::string_view tags = R"({"tags":{"load":"yes"}})";
constexpr std::string_view enabled = R"({"attributes":{"enabled":true}})";
constexpr std::string_view issuer = R"({"provider":"Test"})";
constexpr std::string_view contacts = R"({"contacts":[{"email":"load@example.com"}]})";

const std::vector<step> no_secret{{id::secret_delete}, {id::secret_purge}};
const std::vector<step> no_key{{id::key_delete}, {id::key_purge}};
const std::vector<step> no_certificate{
    {id::certificate_delete_pending}, {id::certificate_delete}, {id::certificate_purge}};

const fixture nothing{};
const fixture secrets{"", amount::secrets, {}, id::secret_get, {{id::secret_set, secret}}};
const fixture names_to_set{"set", amount::set_names};
const fixture keys_to_make{"made", amount::set_names};
const fixture certificates_to_import{"imported", amount::set_names};
const fixture keys{"key", amount::keys, {}, id::key_get, {{id::key_create, ec_key}}};
const fixture certificates{
    "certificate", amount::keys, {}, id::certificate_get, {{id::certificate_import, pem}}};
const fixture issuers{"issuer", amount::keys, {}, id::issuer_get, {{id::issuer_set, issuer}}};
const fixture with_contacts{"", amount::one, {}, id::contacts_get, {{id::contacts_set, contacts}}};
const fixture pending{"pending",
                      amount::keys,
                      {},
                      id::certificate_get_pending,
                      {{id::certificate_create, requested}}};
const fixture deleted_secrets{"deleted",
                              amount::keys,
                              {},
                              id::secret_get_deleted,
                              {{id::secret_set, secret}, {id::secret_delete}}};
const fixture deleted_keys{
    "deleted", amount::keys, {}, id::key_get_deleted, {{id::key_create, ec_key}, {id::key_delete}}};
const fixture deleted_certificates{"deleted-certificate",
                                   amount::keys,
                                   {},
                                   id::certificate_get_deleted,
                                   {{id::certificate_import, pem}, {id::certificate_delete}}};
// Of cycles, which begin without the object.
const fixture without_secret{"", amount::connections, no_secret};
const fixture without_key{"", amount::connections, no_key};
const fixture without_certificate{"", amount::connections, no_certificate};
const fixture without_issuer{"", amount::connections, {{id::issuer_delete}}};
const fixture secret_blob{
    "",
    amount::connections,
    no_secret,
    {},
    {{id::secret_set, secret}, {id::secret_backup}, {id::secret_delete}, {id::secret_purge}}};
const fixture key_blob{
    "",
    amount::connections,
    no_key,
    {},
    {{id::key_create, ec_key}, {id::key_backup}, {id::key_delete}, {id::key_purge}}};
const fixture certificate_blob{"",
                               amount::connections,
                               no_certificate,
                               {},
                               {{id::certificate_import, pem},
                                {id::certificate_backup},
                                {id::certificate_delete},
                                {id::certificate_purge}}};
const fixture merged{"",
                     amount::connections,
                     no_certificate,
                     {},
                     {{id::certificate_create, requested}, {id::certificate_merge, chain}}};

// THE items of a mix.
const std::vector<item> table{
    {"secret-get", "get", &secrets, {{id::secret_get}}},
    {"secret-set", "set", &names_to_set, {{id::secret_set, secret}}},
    {"secret-list", "list", &secrets, {{id::secret_list}}},
    {"secret-list-versions", "", &secrets, {{id::secret_list_versions}}},
    {"secret-update", "", &secrets, {{id::secret_update, tags}}},
    {"secret-backup", "", &secrets, {{id::secret_backup}}},
    {"secret-get-deleted", "", &deleted_secrets, {{id::secret_get_deleted}}},
    {"secret-list-deleted", "", &deleted_secrets, {{id::secret_list_deleted}}},
    {"secret-delete-cycle",
     "",
     &without_secret,
     {{id::secret_set, secret},
      {id::secret_delete},
      {id::secret_recover},
      {id::secret_delete},
      {id::secret_purge}}},
    {"secret-restore-cycle",
     "",
     &secret_blob,
     {{id::secret_restore, blob}, {id::secret_delete}, {id::secret_purge}}},

    {"sign", "", nullptr, {{id::key_sign}}},
    {"verify", "", nullptr, {{id::key_verify}}},
    {"encrypt", "", nullptr, {{id::key_encrypt}}},
    {"decrypt", "", nullptr, {{id::key_decrypt}}},
    {"wrap", "", nullptr, {{id::key_wrap}}},
    {"unwrap", "", nullptr, {{id::key_unwrap}}},
    {"key-get", "", &keys, {{id::key_get}}},
    {"key-create", "", &keys_to_make, {{id::key_create, ec_key}}},
    {"key-import", "", &keys_to_make, {{id::key_import, jwk}}},
    {"key-update", "", &keys, {{id::key_update, tags}}},
    {"key-list", "", &keys, {{id::key_list}}},
    {"key-list-versions", "", &keys, {{id::key_list_versions}}},
    {"key-backup", "", &keys, {{id::key_backup}}},
    {"key-get-deleted", "", &deleted_keys, {{id::key_get_deleted}}},
    {"key-list-deleted", "", &deleted_keys, {{id::key_list_deleted}}},
    {"key-rotate", "", &keys, {{id::key_rotate}}},
    {"key-get-rotation-policy", "", &keys, {{id::key_get_rotation_policy}}},
    {"key-set-rotation-policy", "", &keys, {{id::key_set_rotation_policy, rotation_rule}}},
    {"key-release", "", &keys, {{id::key_release, R"({"target":"e30"})"}}, true},
    {"key-get-attestation", "", &keys, {{id::key_get_attestation}}, true},
    {"random-bytes", "", &nothing, {{id::random_bytes, R"({"count":32})"}}},
    {"key-delete-cycle",
     "",
     &without_key,
     {{id::key_create, ec_key},
      {id::key_delete},
      {id::key_recover},
      {id::key_delete},
      {id::key_purge}}},
    {"key-restore-cycle",
     "",
     &key_blob,
     {{id::key_restore, blob}, {id::key_delete}, {id::key_purge}}},

    {"certificate-get", "", &certificates, {{id::certificate_get}}},
    {"certificate-import", "", &certificates_to_import, {{id::certificate_import, pem}}},
    {"certificate-update", "", &certificates, {{id::certificate_update, tags}}},
    {"certificate-list", "", &certificates, {{id::certificate_list}}},
    {"certificate-list-versions", "", &certificates, {{id::certificate_list_versions}}},
    {"certificate-backup", "", &certificates, {{id::certificate_backup}}},
    {"certificate-get-deleted", "", &deleted_certificates, {{id::certificate_get_deleted}}},
    {"certificate-list-deleted", "", &deleted_certificates, {{id::certificate_list_deleted}}},
    {"certificate-get-policy", "", &certificates, {{id::certificate_get_policy}}},
    {"certificate-update-policy", "", &certificates, {{id::certificate_update_policy, email_rule}}},
    {"certificate-get-pending", "", &pending, {{id::certificate_get_pending}}},
    {"certificate-delete-cycle",
     "",
     &without_certificate,
     {{id::certificate_import, pem},
      {id::certificate_delete},
      {id::certificate_recover},
      {id::certificate_delete},
      {id::certificate_purge}}},
    {"certificate-restore-cycle",
     "",
     &certificate_blob,
     {{id::certificate_restore, blob}, {id::certificate_delete}, {id::certificate_purge}}},
    {"certificate-pending-cycle",
     "",
     &without_certificate,
     {{id::certificate_create, requested},
      {id::certificate_cancel_pending, R"({"cancellation_requested":true})"},
      {id::certificate_delete_pending}}},
    {"certificate-merge-cycle",
     "",
     &merged,
     {{id::certificate_create, requested}, {id::certificate_merge, chain}}},
    {"contacts-get", "", &with_contacts, {{id::contacts_get}}},
    {"contacts-set", "", &nothing, {{id::contacts_set, contacts}}},
    // There is one list in a vault: one connection deletes it, the others only set it.
    {"contacts-delete-cycle", "", &nothing, {{id::contacts_set, contacts}, {id::contacts_delete}}},
    {"issuer-get", "", &issuers, {{id::issuer_get}}},
    {"issuer-list", "", &issuers, {{id::issuer_list}}},
    {"issuer-update", "", &issuers, {{id::issuer_update, enabled}}},
    {"issuer-delete-cycle", "", &without_issuer, {{id::issuer_set, issuer}, {id::issuer_delete}}},
};

std::string_view short_name(id operation) {
  return protocol::row_of(operation).verb;
}

}  // namespace

std::span<const item> items() {
  return table;
}

const item* find_item(std::string_view name) {
  std::string wanted(name);
  std::ranges::replace(wanted, '_', '-');
  const auto found = std::ranges::find_if(table, [&](const item& i) {
    return i.name == wanted || (!i.alias.empty() && i.alias == wanted);
  });
  return found == table.end() ? nullptr : &*found;
}

std::string describe_items() {
  std::string out = "Items of --mix:\n";
  for (const item& i : table) {
    out.append("  ").append(i.name);
    if (i.takes_algorithm()) out += ":ALGORITHM[:BITS]";
    if (!i.alias.empty()) out.append(", ").append(i.alias);
    for (std::size_t at = 0; i.is_cycle() && at < i.steps.size(); ++at) {
      out.append(at == 0 ? ": " : ", ").append(short_name(i.steps[at].operation));
    }
    if (i.refused) out += " (this service always refuses it)";
    out += '\n';
  }
  return out +
         "A cycle is one operation of the mix and sends its requests in turn, each connection to "
         "an\n"
         "object of its own. Algorithms of symmetric keys need [keys] symmetric = true.\n";
}

}  // namespace twinkeep::load
