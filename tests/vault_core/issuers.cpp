// Issuers and contacts (CONTRACT 6.3), and what the issuers that this service signs for make.
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;
using protocol::pending_status;

std::string outcome(test_vault& vault, const protocol::request& request) {
  return outcome_of(vault.ask(request).verdict);
}

const regions::stored_issuer& issuer_of(test_vault& vault, const std::string& name) {
  const auto it = vault.state().issuers.find(name);
  BOOST_REQUIRE(it != vault.state().issuers.end());
  return *it->second;
}

protocol::request change(std::string name, protocol::issuer_input said) {
  return ask_for(id::issuer_update, std::move(name), "", std::move(said));
}

std::string password_of(test_vault& vault, const std::string& name) {
  const auto& stored = issuer_of(vault, name);
  return std::string(as_text(vault.opened(stored.record_key, stored.password).view()));
}

protocol::pending_operation tried(test_vault& vault, const std::string& name,
                                  const std::string& issuer) {
  const auto asked = vault.send(make_certificate(name, ec_policy(issuer)));
  BOOST_REQUIRE_MESSAGE(outcome_of(asked) == "ok", outcome_of(asked));
  vault.settle();
  return pending(vault.ask(ask_for(id::certificate_get_pending, name)).verdict);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(issuers)

BOOST_AUTO_TEST_CASE(an_issuer_is_kept_and_its_password_never_shown) {
  test_vault vault;
  auto request = set_issuer("DigiCert-1", "DigiCert");
  auto& body = std::get<protocol::issuer_input>(request.body);
  body.account_id = "account";
  body.password = crypto::secret_bytes::copy_of(as_bytes("the password"));
  body.administrators = std::vector{protocol::administrator{"A", {}, "a@example.com", {}}};
  const auto made = vault.send(request);
  const auto& shown = *as<regions::issuer_answer>(made).issuer;
  BOOST_TEST(shown.issuer.name == "DigiCert-1");
  BOOST_TEST(shown.password.empty());
  BOOST_TEST(shown.issuer.enabled);
  BOOST_TEST(password_of(vault, "digicert-1") == "the password");
  for (const auto& record : vault.records()) {
    BOOST_TEST((as_text(*record.value).find("the password") == std::string_view::npos));
  }
  vault.now += 5;
  protocol::issuer_input said;
  said.account_id = "other";
  vault.send(change("digicert-1", std::move(said)));
  vault.restart();
  const auto& kept = issuer_of(vault, "digicert-1").issuer;
  BOOST_TEST(kept.name == "DigiCert-1");
  BOOST_TEST(kept.account_id.value() == "other");
  BOOST_TEST(kept.provider == "DigiCert");
  BOOST_TEST(kept.administrators.size() == 1u);
  BOOST_TEST(kept.created == vault.now - 5);
  BOOST_TEST(kept.updated == vault.now);
  BOOST_TEST(password_of(vault, "digicert-1") == "the password");
  // Set again, it is another one: nothing that was not said is left, above all no password.
  vault.send(set_issuer("DIGICERT-1", "GlobalSign"));
  BOOST_TEST(issuer_of(vault, "digicert-1").password.empty());
  BOOST_TEST(!issuer_of(vault, "digicert-1").issuer.account_id.has_value());
  BOOST_TEST(issuer_of(vault, "digicert-1").issuer.created == vault.now - 5);
}

BOOST_AUTO_TEST_CASE(refused_issuers) {
  test_vault vault;
  BOOST_TEST(outcome(vault, ask_for(id::issuer_set, "ca", "", protocol::issuer_input{})) ==
             "400 BadParameter");
  BOOST_TEST(outcome(vault, set_issuer("self", "Test")) == "400 BadParameter");
  BOOST_TEST(outcome(vault, set_issuer("Unknown", "Test")) == "400 BadParameter");
  for (const auto operation : {id::issuer_get, id::issuer_delete}) {
    BOOST_TEST(outcome(vault, ask_for(operation, "ca")) == "404 CertificateIssuerNotFound");
  }
  const auto refused = vault.ask(change("ca", {})).verdict;
  BOOST_TEST(outcome_of(refused) == "404 CertificateIssuerNotFound");
  BOOST_TEST(error(refused).message == "Issuer not found");
}

BOOST_AUTO_TEST_CASE(issuers_are_listed_in_pages_and_deleted_for_good) {
  test_vault vault;
  for (const auto* name : {"B", "a", "c"}) vault.send(set_issuer(name, "Test"));
  const auto listed = [&](unsigned size, const std::string& after) {
    const auto answer = vault.ask(page(id::issuer_list, "", size, after)).verdict;
    const auto& one = as<regions::issuer_page>(answer);
    std::string names;
    for (const auto& item : one.items) names += item->issuer.name;
    return names + '|' + one.next;
  };
  BOOST_TEST(listed(2, "") == "aB|b");
  BOOST_TEST(listed(2, "b") == "c|");
  BOOST_TEST(listed(3, "") == "aBc|");
  BOOST_TEST(listed(0, "") == "a|a");
  BOOST_TEST(outcome(vault, page(id::issuer_list, "", 25, "a/b")) == "400 BadParameter");
  const auto gone = vault.send(ask_for(id::issuer_delete, "b"));
  BOOST_TEST(as<regions::issuer_answer>(gone).issuer->issuer.name == "B");
  vault.restart();
  BOOST_TEST(listed(3, "") == "ac|");
}

BOOST_AUTO_TEST_CASE(the_built_in_issuer_signs_with_the_services_authority) {
  for (const auto* provider_name : {"Twinkeep", "Test", "twinkeep"}) {
    test_vault vault;
    vault.send(set_issuer("CA", provider_name));
    const auto operation = tried(vault, "web", "ca");
    BOOST_TEST((operation.status == pending_status::completed));
    BOOST_TEST(operation.issuer == "CA");
    const auto answer = vault.ask(ask_for(id::certificate_get, "web")).verdict;
    const auto& chain = certificate(answer).certificate->properties.chain;
    BOOST_REQUIRE_EQUAL(chain.size(), 2u);
    const auto leaf = *crypto::read_certificate(chain.front());
    const auto root = *crypto::read_certificate(chain.back());
    BOOST_TEST(leaf.issuer == root.subject);
    BOOST_TEST(root.subject == "CN=Test authority");
    BOOST_TEST((crypto::in_chain_order(chain) == chain));
    BOOST_TEST(leaf.subject == "CN=example.com");
    check_managed(vault.state());
  }
}

BOOST_AUTO_TEST_CASE(an_issuer_that_nobody_here_can_ask_fails_the_operation) {
  const auto check = [](test_vault& vault, const std::string& why_expected) {
    const auto operation = tried(vault, "web", "ca");
    BOOST_TEST((operation.status == pending_status::failed));
    BOOST_TEST(operation.error_code == "Certificate issuer error");
    BOOST_TEST(operation.error_message.find(why_expected) != std::string::npos,
               operation.error_message);
    BOOST_TEST(vault.state().pending.at("web")->value.empty());
    BOOST_TEST(outcome(vault, ask_for(id::secret_get, "web")) == "403 Forbidden SecretDisabled");
    // Once more, by somebody who can.
    vault.restart();
    BOOST_TEST((tried(vault, "web", "Self").status == pending_status::completed));
    BOOST_TEST(vault.state().certificates.active.at("web").versions.size() == 1u);
  };
  test_vault other;
  other.send(set_issuer("ca", "DigiCert"));
  check(other, "'ca'");
  test_vault disabled;
  auto request = set_issuer("ca", "Twinkeep");
  std::get<protocol::issuer_input>(request.body).enabled = false;
  disabled.send(request);
  check(disabled, "disabled");
  test_vault without;
  without.signs = nullptr;
  without.send(set_issuer("ca", "Twinkeep"));
  check(without, "authority");
}

// The issuer was there when the certificate was asked for, and is not when it is issued.
BOOST_AUTO_TEST_CASE(a_deleted_issuer_issues_nothing) {
  test_vault vault;
  vault.send(set_issuer("ca", "Twinkeep"));
  vault.send(make_certificate("web", ec_policy("ca")));
  vault.send(ask_for(id::issuer_delete, "ca"));
  vault.settle();
  BOOST_TEST((vault.state().pending.at("web")->operation.status == pending_status::failed));
  BOOST_TEST(outcome(vault, make_certificate("web", ec_policy("ca"))) == "400 BadParameter");
}

BOOST_AUTO_TEST_CASE(contacts_are_set_as_a_whole_and_deleted) {
  test_vault vault;
  for (const auto operation : {id::contacts_get, id::contacts_delete}) {
    const auto refused = vault.ask(ask_for(operation)).verdict;
    BOOST_TEST(outcome_of(refused) == "404 ContactsNotFound");
    BOOST_TEST(error(refused).message == "Contacts not found");
  }
  const auto put = [&](std::vector<protocol::contact> contacts) {
    return vault.send(
        ask_for(id::contacts_set, "", "", protocol::set_contacts{std::move(contacts)}));
  };
  put({{"a@example.com", "A", {}}, {"b@example.com", {}, {}}});
  put({{"c@example.com", {}, "1"}});
  vault.restart();
  const auto read = vault.ask(ask_for(id::contacts_get)).verdict;
  const auto& kept = as<regions::contacts_answer>(read).contacts;
  BOOST_REQUIRE_EQUAL(kept.size(), 1u);
  BOOST_TEST(kept.front().phone.value() == "1");
  const auto gone = vault.send(ask_for(id::contacts_delete));
  BOOST_TEST(as<regions::contacts_answer>(gone).contacts.front().email == "c@example.com");
  BOOST_TEST(vault.records().empty());
  BOOST_TEST(outcome(vault, ask_for(id::contacts_get)) == "404 ContactsNotFound");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
