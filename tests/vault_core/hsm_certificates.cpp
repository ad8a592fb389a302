#include "regions/vault/due.hpp"
#include "regions/vault/hsm_keys.hpp"
#include "regions/vault/records.hpp"
#include "tests/vault_core/test_vault.hpp"

// Certificates whose keys are in HSMs: what is in the tokens meanwhile, and what never leaves them.
namespace twinkeep::vault_tests {

namespace {

using id = operation_id;

protocol::policy_input hsm_policy(std::string issuer = "Self",
                                  crypto::key_type type = crypto::key_type::ec) {
  auto policy = ec_policy(std::move(issuer));
  policy.kind = protocol::key_kind{type, true};
  if (type == crypto::key_type::rsa) policy.crv.reset();
  return policy;
}

protocol::request import_of(std::string name, bool hsm) {
  protocol::import_certificate body;
  body.value = crypto::secret_bytes::copy_of(pem_bundle().view());
  body.is_pem = true;
  if (hsm) {
    body.policy.emplace();
    body.policy->kind = protocol::key_kind{crypto::key_type::ec, true};
  }
  return ask_for(id::certificate_import, std::move(name), "", std::move(body));
}

const regions::stored_certificate& current(const test_vault& vault, std::string_view name) {
  return *vault.state().certificates.active.find(name)->second.current();
}
const regions::object<regions::stored_key>& key_object(const test_vault& vault,
                                                       std::string_view name) {
  return vault.state().keys.active.find(name)->second;
}
const regions::stored_pending& awaited(const test_vault& vault, std::string_view name) {
  return *vault.state().pending.find(name)->second;
}

// Its key is an HSM's, known under the version's label, and its secret has no private half.
void check_in_hsms(test_vault& vault, std::string_view name) {
  const auto& c = current(vault, name);
  BOOST_TEST(c.properties.hsm);
  BOOST_TEST(!c.properties.exportable);
  const auto& key = *key_object(vault, name).current();
  BOOST_TEST(key.properties.hsm);
  BOOST_TEST(key.properties.managed);
  const auto label = regions::hsm_label("demo", name, c.properties.version);
  BOOST_TEST_REQUIRE(vault.hsms.keys.contains(label), label);
  const auto material = vault.opened(key.record_key, key.value);
  BOOST_TEST((bytes(material.view().begin(), material.view().end()) == vault.hsms.keys.at(label)));
  const auto text = vault.opened(regions::secret_value_record(c.record_key), c.secret_value);
  const auto secret = c.properties.content_type == protocol::pem_content_type
                          ? std::string{as_text(text.view())}
                          : std::string{};
  BOOST_TEST(secret.find("PRIVATE") == std::string::npos);
  check_managed(vault.state());
}

std::vector<std::string> wanted(const regions::vault_state& vault) {
  std::vector<std::string> labels;
  for (const auto& key : regions::hsm_keys_of(vault)) labels.push_back(key.label);
  std::ranges::sort(labels);
  return labels;
}
std::vector<std::string> held(const test_vault& vault) {
  std::vector<std::string> labels;
  for (const auto& [label, material] : vault.hsms.keys) labels.push_back(label);
  return labels;
}

std::string message_of(const verdict& v) {
  return error(v).message;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hsm_certificates)

BOOST_AUTO_TEST_CASE(a_standard_vault_takes_none) {
  test_vault vault;
  vault.send(make_certificate("software"));
  vault.settle();
  const auto works = vault.works;
  const auto refused = [&](const protocol::request& request) {
    const auto answer = vault.send(request);
    BOOST_TEST(outcome_of(answer) == "400 BadParameter");
    BOOST_TEST(message_of(answer).find("Premium") != std::string::npos, message_of(answer));
  };
  refused(make_certificate("c", hsm_policy()));
  refused(import_of("c", true));
  refused(ask_for(id::certificate_update_policy, "software", "", hsm_policy()));
  BOOST_TEST(vault.works == works);
  BOOST_TEST(vault.hsms.keys.empty());
}

BOOST_AUTO_TEST_CASE(its_key_is_in_the_hsms_before_anything_is_recorded_and_signs_there) {
  for (const auto type : {crypto::key_type::ec, crypto::key_type::rsa}) {
    test_vault vault({}, 1, premium());
    auto policy = hsm_policy("Self", type);
    policy.content_type = std::string(protocol::pem_content_type);
    vault.hsms.lost = true;
    BOOST_TEST(outcome_of(vault.send(make_certificate("Web", policy))).starts_with("503"));
    BOOST_TEST(vault.records().empty());
    vault.hsms.lost = false;

    vault.send(make_certificate("Web", policy));
    const auto label = regions::hsm_label("demo", "web", awaited(vault, "web").operation.version);
    BOOST_TEST_REQUIRE(held(vault) == std::vector{label}, boost::test_tools::per_element());
    BOOST_TEST(wanted(vault.state()) == held(vault), boost::test_tools::per_element());
    // Without an HSM it is issued later, however long that takes.
    vault.hsms.lost = true;
    for (const auto& due : regions::due_certificates(vault.state(), vault.now)) {
      BOOST_TEST(outcome_of(vault.send(due)).starts_with("503"));
    }
    BOOST_TEST(current(vault, "web").properties.is_pending());
    vault.hsms.lost = false;
    vault.settle();
    check_in_hsms(vault, "web");
    BOOST_TEST(wanted(vault.state()) == std::vector{label}, boost::test_tools::per_element());
    const auto& o = vault.state().certificates.active.find("web")->second;
    BOOST_TEST(o.policy->hsm);
    BOOST_TEST(!o.policy->exportable);
    vault.restart();
    check_in_hsms(vault, "web");
    BOOST_TEST(wanted(vault.state()) == std::vector{label}, boost::test_tools::per_element());
  }
}

// The built-in authority checks the request's signature.
BOOST_AUTO_TEST_CASE(an_authority_certifies_what_the_hsm_has_signed) {
  test_vault vault({}, 1, premium());
  vault.send(set_issuer("ca", std::string(protocol::provider_built_in)));
  vault.send(make_certificate("c", hsm_policy("ca")));
  vault.settle();
  check_in_hsms(vault, "c");
  BOOST_TEST(current(vault, "c").properties.chain.size() == 2u);

  vault.send(make_certificate("merged", hsm_policy("Unknown")));
  const auto operation = awaited(vault, "merged").operation;
  const auto chain = crypto::issue_certificate(authority(), operation.csr, operation.policy.x509,
                                               {vault.now, vault.now + 1'000'000});
  BOOST_TEST_REQUIRE(chain.ok(), why(chain));
  BOOST_TEST(outcome_of(vault.send(merge("merged", *chain))) == "ok");
  check_in_hsms(vault, "merged");
}

BOOST_AUTO_TEST_CASE(it_is_not_exportable) {
  test_vault vault({}, 1, premium());
  auto policy = hsm_policy();
  policy.exportable = true;
  const auto answer = vault.send(make_certificate("c", policy));
  BOOST_TEST(outcome_of(answer) == "400 BadParameter");
  BOOST_TEST(message_of(answer).find("exportable") != std::string::npos);
  auto import = import_of("c", true);
  std::get<protocol::import_certificate>(import.body).policy->exportable = true;
  BOOST_TEST(outcome_of(vault.send(import)) == "400 BadParameter");
  BOOST_TEST(vault.works == 0u);
  // Nor does it become so by a later word.
  vault.send(make_certificate("c", hsm_policy()));
  vault.settle();
  protocol::policy_input later;
  later.exportable = true;
  BOOST_TEST(outcome_of(vault.send(ask_for(id::certificate_update_policy, "c", "", later))) ==
             "400 BadParameter");
}

BOOST_AUTO_TEST_CASE(what_is_given_up_leaves_the_hsms) {
  test_vault vault({}, 1, premium());
  vault.send(make_certificate("c", hsm_policy("Unknown")));
  const auto gone_by = [&](const protocol::request& request) {
    const auto before = vault.state();
    BOOST_TEST(outcome_of(vault.send(request)) == "ok");
    return regions::labels_gone(regions::hsm_keys_touched(before, vault.last_batch()),
                                regions::hsm_keys_touched(vault.state(), vault.last_batch()));
  };
  BOOST_TEST(gone_by(ask_for(id::certificate_delete_pending, "c")) == held(vault),
             boost::test_tools::per_element());
  BOOST_TEST(wanted(vault.state()).empty());

  // Completed, it stays under the same label.
  vault.hsms.keys.clear();
  vault.send(make_certificate("d", hsm_policy()));
  auto before = vault.state();
  vault.settle();
  BOOST_TEST(regions::labels_gone(regions::hsm_keys_touched(before, vault.last_batch()),
                                  regions::hsm_keys_touched(vault.state(), vault.last_batch()))
                 .empty());
  BOOST_TEST(wanted(vault.state()) == held(vault), boost::test_tools::per_element());
  BOOST_TEST(gone_by(ask_for(id::certificate_delete, "d")).empty());
  BOOST_TEST(wanted(vault.state()) == held(vault), boost::test_tools::per_element());
  BOOST_TEST(gone_by(ask_for(id::certificate_purge, "d")) == held(vault),
             boost::test_tools::per_element());
  BOOST_TEST(wanted(vault.state()).empty());
}

BOOST_AUTO_TEST_CASE(an_hsm_that_does_not_sign_keeps_nothing) {
  test_vault vault({}, 1, premium());
  vault.hsms.signs = false;
  const auto answer = vault.send(make_certificate("c", hsm_policy()));
  BOOST_TEST(outcome_of(answer) == "400 BadParameter");
  BOOST_TEST(vault.hsms.keys.empty());
  BOOST_TEST(vault.records().empty());
}

BOOST_AUTO_TEST_CASE(a_renewed_one_is_an_hsms_again) {
  for (const bool reuse : {false, true}) {
    test_vault vault({}, 1, premium());
    auto policy = hsm_policy();
    policy.reuse_key = reuse;
    vault.send(make_certificate("c", policy));
    vault.settle();
    const auto first = current(vault, "c").properties;
    // A key is where it is: the sku says what may be made, not what there is.
    vault.change({});
    vault.now += 330 * regions::seconds_per_day;
    BOOST_TEST(vault.let_time_pass() > 0u);
    vault.settle();
    const auto& renewed = current(vault, "c").properties;
    BOOST_TEST(renewed.version != first.version);
    BOOST_TEST(crypto::same_key(renewed.pub, first.pub) == reuse);
    check_in_hsms(vault, "c");
    BOOST_TEST(wanted(vault.state()).size() == 2u);
  }
}

// A key of software is not used again where one of an HSM is asked for, nor the other way round.
BOOST_AUTO_TEST_CASE(a_key_is_used_again_only_where_it_is) {
  test_vault vault({}, 1, premium());
  auto software = ec_policy();
  software.reuse_key = true;
  auto hsm = hsm_policy();
  hsm.reuse_key = true;
  vault.send(make_certificate("c", software));
  vault.settle();
  for (const auto& next : {hsm, software}) {
    const auto before = current(vault, "c").properties;
    BOOST_TEST(outcome_of(vault.send(make_certificate("c", next))) == "ok");
    vault.settle();
    const auto& after = current(vault, "c").properties;
    BOOST_TEST(after.hsm == next.kind->hsm);
    BOOST_TEST(!crypto::same_key(before.pub, after.pub));
  }
}

BOOST_AUTO_TEST_CASE(an_imported_one_goes_into_the_hsms) {
  test_vault vault({}, 1, premium());
  BOOST_TEST(outcome_of(vault.send(import_of("c", true))) == "ok");
  check_in_hsms(vault, "c");
  BOOST_TEST(vault.state().certificates.active.find("c")->second.policy->hsm);
  BOOST_TEST(outcome_of(vault.send(import_of("s", false))) == "ok");
  BOOST_TEST(!current(vault, "s").properties.hsm);
  BOOST_TEST(vault.hsms.keys.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_software_key_never_passes_for_an_hsms_nor_the_other_way_round) {
  test_vault vault({}, 1, premium());
  test_hsms others;
  const auto decided = [&](const protocol::request& request, const regions::work_result& done) {
    return decide(vault.state(), request, {vault.now, "id", std::string(32, 'a'), &done});
  };
  const auto work_for = [&](const protocol::request& request) {
    return as<regions::vault_work>(
        decide(vault.state(), request, {vault.now, "id", std::string(32, 'a'), nullptr}).verdict);
  };
  const auto by_software = [&](const protocol::request& request) {
    return carry_out(work_for(request), request, {provider(), *vault.identity, nullptr});
  };
  const auto by_hsms = [&](const protocol::request& request) {
    return others.carry_out(work_for(request), request, *vault.identity);
  };
  const auto check = [&](const protocol::request& request, const regions::work_result& wrong) {
    const auto answer = decided(request, wrong);
    BOOST_TEST(outcome_of(answer.verdict) == "500 InternalServerError");
    BOOST_TEST(answer.records.empty());
  };
  check(make_certificate("c", hsm_policy()), by_software(make_certificate("c")));
  check(make_certificate("c"), by_hsms(make_certificate("c", hsm_policy())));
  check(import_of("c", true), by_software(import_of("c", false)));
  check(import_of("c", false), by_hsms(import_of("c", true)));
}

BOOST_AUTO_TEST_CASE(a_backup_brings_its_keys_into_the_hsms_first) {
  test_vault from({}, 1, premium());
  for (const auto& policy : {hsm_policy(), ec_policy(), hsm_policy()}) {
    from.send(make_certificate("c", policy));
    from.settle();
  }
  const auto blob = restore_of(from, id::certificate_backup, "c");
  test_vault standard({}, 2);
  const auto refused = standard.send(blob);
  BOOST_TEST(outcome_of(refused) == "400 BadParameter");
  BOOST_TEST(message_of(refused).find("Premium") != std::string::npos);
  BOOST_TEST(standard.works == 0u);

  test_vault to({}, 2, premium());
  to.hsms.lost = true;
  BOOST_TEST(outcome_of(to.send(blob)).starts_with("503"));
  BOOST_TEST(to.records().empty());
  to.hsms.lost = false;
  BOOST_TEST(outcome_of(to.send(blob)) == "ok");
  BOOST_TEST(to.hsms.keys.size() == 2u);
  check_in_hsms(to, "c");
  BOOST_TEST(wanted(to.state()) == held(to), boost::test_tools::per_element());

  auto broken = restore_of(from, id::certificate_backup, "c");
  auto& first = std::get<protocol::restore_certificate>(broken.body).versions.front();
  first.properties.hsm = false;
  test_vault another({}, 3, premium());
  BOOST_TEST(outcome_of(another.send(broken)) == "400 BadParameter");
  BOOST_TEST(another.works == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
