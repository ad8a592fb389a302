// Certificate operations (CONTRACT 6.4).
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;
using protocol::pending_status;

std::string outcome(test_vault& vault, const protocol::request& request) {
  return outcome_of(vault.ask(request).verdict);
}

protocol::pending_operation pending_of(test_vault& vault, const std::string& name) {
  return pending(vault.ask(ask_for(id::certificate_get_pending, name)).verdict);
}

protocol::request cancel(std::string name, bool requested = true) {
  return ask_for(id::certificate_cancel_pending, std::move(name), "",
                 protocol::cancel_pending{requested});
}

protocol::request import_pem(std::string name) {
  protocol::import_certificate body;
  body.value = pem_bundle();
  body.is_pem = true;
  return ask_for(id::certificate_import, std::move(name), "", std::move(body));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pending_operations)

BOOST_AUTO_TEST_CASE(an_awaited_first_version_is_shown_disabled_and_empty) {
  test_vault vault;
  const auto operation = pending(vault.send(make_certificate("Web", ec_policy("Unknown"))));
  BOOST_TEST((operation.status == pending_status::in_progress));
  BOOST_TEST(!operation.csr.empty());
  const auto shown = vault.ask(ask_for(id::certificate_get, "web")).verdict;
  const auto& c = certificate(shown);
  BOOST_TEST(c.has_pending);
  BOOST_TEST(c.certificate->properties.version == operation.version);
  BOOST_TEST(!c.certificate->properties.attributes.enabled);
  BOOST_TEST(c.certificate->properties.is_pending());
  BOOST_TEST(c.certificate->properties.attributes.expires.has_value());
  BOOST_TEST(c.policy->issuer == "Unknown");
  BOOST_TEST(outcome(vault, ask_for(id::secret_get, "web")) == "403 Forbidden SecretDisabled");
  BOOST_TEST(outcome(vault, ask_for(id::secret_get, "web", operation.version)) ==
             "403 Forbidden SecretDisabled");
  BOOST_TEST(outcome(vault, ask_for(id::secret_get, "web", "0a")) == "404 SecretNotFound");
  BOOST_TEST(outcome(vault, ask_for(id::key_get, "web")) == "404 KeyNotFound");
  BOOST_TEST(outcome(vault, ask_for(id::certificate_backup, "web")) == "404 CertificateNotFound");
  // It cannot be switched on.
  vault.send(ask_for(id::certificate_update, "web", "",
                     protocol::update_certificate{{}, {true, {}, {}, {}}, {}}));
  vault.restart();
  BOOST_TEST(outcome(vault, ask_for(id::secret_get, "web")) == "403 Forbidden SecretDisabled");
}

BOOST_AUTO_TEST_CASE(lists_show_it_only_to_those_who_ask_for_it) {
  test_vault vault;
  vault.send(make_certificate("a", ec_policy("Unknown")));
  vault.send(make_certificate("b"));
  vault.settle();
  vault.send(make_certificate("c", ec_policy("Unknown")));
  const auto listed = [&](id operation, bool include) {
    const auto answer =
        vault.ask(ask_for(operation, "", "", protocol::page_request{25, "", include})).verdict;
    std::string names;
    for (const auto& item : as<regions::certificate_page>(answer).items) names += item.name;
    return names;
  };
  BOOST_TEST(listed(id::certificate_list, false) == "b");
  BOOST_TEST(listed(id::certificate_list, true) == "abc");
  vault.send(ask_for(id::certificate_delete, "a"));
  vault.send(ask_for(id::certificate_delete, "b"));
  BOOST_TEST(listed(id::certificate_list_deleted, false) == "b");
  BOOST_TEST(listed(id::certificate_list_deleted, true) == "ab");
}

BOOST_AUTO_TEST_CASE(a_pending_operation_stands_in_the_way_of_another) {
  test_vault vault;
  vault.send(make_certificate("c", ec_policy("Unknown")));
  const auto works = vault.works;
  BOOST_TEST(outcome_of(vault.send(make_certificate("C"))) == "409 Conflict");
  BOOST_TEST(outcome_of(vault.send(import_pem("c"))) == "409 Conflict");
  BOOST_TEST(vault.works == works);
}

BOOST_AUTO_TEST_CASE(only_the_operation_that_is_meant_is_shown) {
  test_vault vault;
  const auto operation = pending(vault.send(make_certificate("c", ec_policy("Unknown"))));
  const auto ask_with = [&](std::string request_id) {
    return outcome(vault, ask_for(id::certificate_get_pending, "c", "",
                                  protocol::pending_filter{std::move(request_id)}));
  };
  BOOST_TEST(ask_with("") == "ok");
  BOOST_TEST(ask_with(operation.request_id) == "ok");
  BOOST_TEST(ask_with("00") == "404 PendingCertificateNotFound");
  const auto absent = vault.ask(ask_for(id::certificate_get_pending, "none")).verdict;
  BOOST_TEST(error(absent).message == "Pending certificate not found: none");
}

BOOST_AUTO_TEST_CASE(a_merge_completes_what_was_asked_for) {
  test_vault vault;
  auto request = make_certificate("Web", ec_policy("Unknown"), {{}, {}, {}, {}});
  std::get<protocol::create_certificate>(request.body).tags = protocol::tag_map{{"a", "b"}};
  const auto operation = pending(vault.send(request));
  vault.now += 60;
  const auto chain = signed_outside(operation, vault.now);
  const auto merging = merge("web", {chain.at(1), chain.at(0)});
  // The certificate of the key comes first (RFC 7517 §4.7).
  BOOST_TEST(outcome_of(vault.send(merging)) == "400 BadParameter");

  const auto merged = vault.send(merge("web", chain));
  const auto& c = certificate(merged);
  BOOST_TEST(c.merged);
  BOOST_TEST(c.name == "Web");
  BOOST_TEST(c.certificate->properties.version == operation.version);
  BOOST_TEST((c.certificate->properties.chain == chain));
  BOOST_TEST((c.certificate->properties.tags == protocol::tag_map{{"a", "b"}}));
  BOOST_TEST(c.certificate->properties.attributes.not_before.value() == vault.now);
  BOOST_TEST((pending_of(vault, "web").status == pending_status::completed));
  check_managed(vault.state());
  vault.restart();
  check_managed(vault.state());

  vault.now += 1;
  const auto again = vault.send_again(merge("web", chain));
  BOOST_TEST(vault.last_batch().empty());
  BOOST_TEST(certificate(again).merged);
  // Another merge finds nothing to complete.
  BOOST_TEST(outcome(vault, merge("web", chain)) == "404 PendingCertificateNotFound");
}

BOOST_AUTO_TEST_CASE(a_merge_is_remembered_when_its_operation_is_not) {
  test_vault vault;
  const auto operation = pending(vault.send(make_certificate("c", ec_policy("Unknown"))));
  const auto request = merge("c", signed_outside(operation, vault.now));
  const regions::request_context context{vault.now, "r-1", "0a", nullptr};
  const auto work = decide(vault.state(), request, context);
  const auto done = carry_out(as<regions::vault_work>(work.verdict), request,
                              {provider(), *vault.identity, nullptr});
  const regions::request_context second{vault.now, "r-1", "0a", &done};
  BOOST_REQUIRE(vault.apply(vault.seal(decide(vault.state(), request, second).records)).ok());
  BOOST_REQUIRE(outcome_of(vault.send(ask_for(id::certificate_delete_pending, "c"))) == "ok");
  const auto again = decide(vault.state(), request, context);
  BOOST_TEST(again.records.empty());
  BOOST_TEST(certificate(again.verdict).merged);
  BOOST_TEST(!certificate(again.verdict).has_pending);
}

BOOST_AUTO_TEST_CASE(tags_and_policy_changed_meanwhile_are_kept) {
  test_vault vault;
  const auto operation = pending(vault.send(make_certificate("c", ec_policy("Unknown"))));
  protocol::policy_input policy;
  policy.reuse_key = true;
  vault.send(ask_for(id::certificate_update, "c", "",
                     protocol::update_certificate{policy, {}, protocol::tag_map{{"x", "y"}}}));
  const auto merged = vault.send(merge("c", signed_outside(operation, vault.now)));
  BOOST_TEST((certificate(merged).certificate->properties.tags == protocol::tag_map{{"x", "y"}}));
  BOOST_TEST(certificate(merged).policy->reuse_key);
}

BOOST_AUTO_TEST_CASE(nothing_is_merged_that_does_not_belong_there) {
  test_vault vault;
  vault.send(set_issuer("ca", "DigiCert"));
  vault.send(set_issuer("own", "Twinkeep"));
  const auto mine = pending(vault.send(make_certificate("mine", ec_policy("Unknown"))));
  const auto other = pending(vault.send(make_certificate("other", ec_policy("Unknown"))));
  for (const auto* issuer : {"ca", "own", "Self"}) {
    const auto name = std::string("of-").append(issuer);
    const auto operation = pending(vault.send(make_certificate(name, ec_policy(issuer))));
    const auto refused = vault.send(merge(name, signed_outside(operation, vault.now)));
    BOOST_TEST(outcome_of(refused) == "403 Forbidden");
    BOOST_TEST(error(refused).message.find(issuer) != std::string::npos);
    BOOST_TEST((pending_of(vault, name).status == pending_status::in_progress));
  }
  const auto try_chain = [&](std::vector<bytes> chain) {
    const auto before = describe(vault.state());
    const auto verdict = vault.send(merge("mine", std::move(chain)));
    BOOST_REQUIRE_EQUAL(describe(vault.state()), before);
    return outcome_of(verdict);
  };
  BOOST_TEST(try_chain(signed_outside(other, vault.now)) == "400 BadParameter");
  BOOST_TEST(try_chain({bytes{0x30, 0x00}}) == "400 BadParameter");
  // Without certificates the service would have to sign itself.
  BOOST_TEST(try_chain({}) != "ok");
  BOOST_TEST(outcome(vault, merge("absent", {})) == "404 PendingCertificateNotFound");
  BOOST_TEST(outcome_of(vault.send(merge("mine", signed_outside(mine, vault.now)))) == "ok");
}

BOOST_AUTO_TEST_CASE(a_cancelled_operation_ends_and_leaves_no_key) {
  for (const auto* issuer : {"Self", "Unknown"}) {
    test_vault vault;
    vault.send(make_certificate("c", ec_policy(issuer)));
    const auto asked = vault.send(cancel("c"));
    BOOST_TEST(pending(asked).cancellation_requested);
    BOOST_TEST((pending(asked).status == pending_status::in_progress));
    vault.send_again(cancel("c"));
    BOOST_TEST(vault.last_batch().empty());
    vault.restart();
    vault.settle();
    BOOST_TEST((pending_of(vault, "c").status == pending_status::cancelled));
    BOOST_TEST(vault.state().pending.at("c")->value.empty());
    BOOST_TEST(outcome(vault, merge("c", {bytes{1}})) == "404 PendingCertificateNotFound");
    BOOST_TEST(outcome(vault, ask_for(id::secret_get, "c")) == "403 Forbidden SecretDisabled");
    BOOST_TEST(outcome(vault, cancel("c", false)) == "400 BadParameter");
  }
}

BOOST_AUTO_TEST_CASE(what_is_over_cannot_be_cancelled) {
  test_vault vault;
  vault.send(make_certificate("c"));
  vault.settle();
  BOOST_TEST(outcome(vault, cancel("c")) == "400 BadParameter");
  BOOST_TEST(outcome(vault, cancel("absent")) == "404 PendingCertificateNotFound");
}

// A first version that never came is no version: the next one takes its place, and its records go.
BOOST_AUTO_TEST_CASE(a_new_create_or_import_replaces_a_first_version_that_never_came) {
  for (const bool imports : {false, true}) {
    test_vault vault;
    const auto first = pending(vault.send(make_certificate("C", ec_policy("Unknown"))));
    vault.send(ask_for(id::certificate_delete_pending, "c"));
    const auto left = vault.ask(ask_for(id::certificate_get, "c")).verdict;
    BOOST_TEST(!certificate(left).has_pending);
    BOOST_TEST(certificate(left).certificate->properties.is_pending());
    vault.now += 1;
    BOOST_TEST(outcome_of(vault.send(imports ? import_pem("c") : make_certificate("c"))) == "ok");
    vault.settle();
    vault.restart();
    const auto& o = vault.state().certificates.active.at("c");
    BOOST_TEST(o.name == "C");
    BOOST_TEST(o.versions.size() == 1u);
    BOOST_TEST(o.current()->properties.version != first.version);
    BOOST_TEST(!o.current()->properties.is_pending());
    BOOST_TEST(outcome(vault, ask_for(id::certificate_get, "c", first.version)) ==
               "404 CertificateNotFound");
    for (const auto& record : vault.records()) {
      BOOST_TEST(record.key.find(first.version) == std::string::npos);
    }
    check_managed(vault.state());
  }
}

BOOST_AUTO_TEST_CASE(an_operation_deleted_or_gone_with_its_certificate_issues_nothing) {
  test_vault vault;
  vault.send(make_certificate("c"));
  const auto due = regions::due_certificates(vault.state(), vault.now);
  BOOST_REQUIRE_EQUAL(due.size(), 1u);
  const auto was = vault.send(ask_for(id::certificate_delete_pending, "c"));
  BOOST_TEST((pending(was).status == pending_status::in_progress));
  BOOST_TEST(outcome_of(vault.send(due.front())) == "404 PendingCertificateNotFound");
  BOOST_TEST(outcome(vault, ask_for(id::certificate_delete_pending, "c")) ==
             "404 PendingCertificateNotFound");

  vault.send(make_certificate("d"));
  vault.send(ask_for(id::certificate_delete, "d"));
  BOOST_TEST(regions::due_certificates(vault.state(), vault.now).empty());
  BOOST_TEST(vault.state().pending.empty());
  BOOST_TEST(outcome(vault, ask_for(id::certificate_get_pending, "d")) ==
             "404 PendingCertificateNotFound");
  vault.send(ask_for(id::certificate_recover, "d"));
  BOOST_TEST(regions::due_certificates(vault.state(), vault.now).empty());
  BOOST_TEST(outcome_of(vault.send(make_certificate("d"))) == "ok");
}

BOOST_AUTO_TEST_CASE(it_is_issued_once_its_issuer_has_had_it_long_enough) {
  test_vault vault({}, 1, {false, false, false, 30});
  vault.send(make_certificate("c"));
  vault.send(make_certificate("by-hand", ec_policy("Unknown")));
  const auto asked = vault.now;
  BOOST_TEST(regions::next_certificate(vault.state(), vault.now).value() == asked + 30);
  vault.now += 29;
  BOOST_TEST(regions::due_certificates(vault.state(), vault.now).empty());
  vault.restart();
  vault.now += 1;
  vault.settle();
  BOOST_TEST((pending_of(vault, "c").status == pending_status::completed));
  BOOST_TEST(!regions::next_certificate(vault.state(), vault.now).has_value());
  vault.now += 1000 * day;
  BOOST_TEST(regions::due_certificates(vault.state(), vault.now).empty());
  BOOST_TEST((pending_of(vault, "by-hand").status == pending_status::in_progress));
}

// Asked twice of the same operation, as when a vault is lost in between, it is issued once.
BOOST_AUTO_TEST_CASE(it_is_issued_once) {
  test_vault vault;
  vault.send(make_certificate("c"));
  const auto due = regions::due_certificates(vault.state(), vault.now);
  vault.send(due.front());
  const auto before = describe(vault.state());
  BOOST_TEST(outcome_of(vault.send(due.front())) == "404 PendingCertificateNotFound");
  vault.send_again(due.front());
  BOOST_TEST(describe(vault.state()) == before);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
