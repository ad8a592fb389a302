// What time demands of a vault: each thing once, at its time, whether the vault was loaded anew in
// between or not.
#include "regions/vault/due.hpp"

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;
using protocol::lifetime_action;
using protocol::lifetime_rule;
using protocol::pending_status;

const regions::object<regions::stored_certificate>& certificate_in(const test_vault& vault,
                                                                   const std::string& name) {
  return vault.state().certificates.active.at(name);
}

// Valid for so many months, renewed by `rule`.
protocol::policy_input renewed(unsigned months, lifetime_rule rule, std::string issuer = "Self") {
  auto policy = ec_policy(std::move(issuer));
  policy.validity_months = months;
  policy.lifetime_actions = std::vector{rule};
  return policy;
}

void bring(test_vault& vault, const std::string& name, protocol::policy_input policy) {
  vault.send(make_certificate(name, std::move(policy)));
  vault.settle();
}

constexpr lifetime_rule ten_days_before{{}, 10, lifetime_action::auto_renew};

}  // namespace

BOOST_AUTO_TEST_SUITE(due)

BOOST_AUTO_TEST_CASE(a_certificate_is_renewed_once_at_its_time) {
  for (const bool by_percentage : {false, true}) {
    test_vault vault;
    const lifetime_rule rule =
        by_percentage ? lifetime_rule{80, {}, lifetime_action::auto_renew} : ten_days_before;
    auto request = make_certificate("Web", renewed(2, rule));
    std::get<protocol::create_certificate>(request.body).tags = protocol::tag_map{{"a", "b"}};
    vault.send(request);
    vault.settle();
    const auto first = certificate_in(vault, "web").current()->properties;
    const auto begin = *first.attributes.not_before;
    const auto end = *first.attributes.expires;
    const auto at = by_percentage ? begin + (end - begin) / 100 * 80 : end - 10 * day;
    vault.now = at - 1;
    BOOST_TEST(vault.let_time_pass() == 0u);
    vault.now = at;
    vault.restart();
    BOOST_TEST(vault.let_time_pass() == 1u);
    // It is asked for; that it is under way is remembered, so that it is not asked for again.
    vault.restart();
    const auto due = regions::due_requests(vault.state(), vault.now);
    BOOST_REQUIRE_EQUAL(due.size(), 1u);
    BOOST_TEST((due.front().operation == id::certificate_merge));
    vault.settle();
    BOOST_TEST(vault.let_time_pass() == 0u);
    vault.restart();
    BOOST_TEST(vault.let_time_pass() == 0u);
    const auto& o = certificate_in(vault, "web");
    BOOST_REQUIRE_EQUAL(o.versions.size(), 2u);
    const auto& second = o.current()->properties;
    BOOST_TEST(second.subject == first.subject);
    BOOST_TEST((second.tags == first.tags));
    BOOST_TEST(*second.attributes.not_before == vault.now - 600);
    BOOST_TEST(!crypto::same_key(second.pub, first.pub));
    check_managed(vault.state());
  }
}

BOOST_AUTO_TEST_CASE(a_renewal_keeps_the_key_if_the_policy_says_so_and_the_key_still_fits) {
  test_vault vault;
  auto policy = renewed(2, ten_days_before);
  policy.reuse_key = true;
  bring(vault, "c", std::move(policy));
  const auto first = certificate_in(vault, "c").current();
  vault.now = *first->properties.attributes.expires - 10 * day;
  BOOST_TEST(vault.let_time_pass() == 1u);
  vault.settle();
  const auto second = certificate_in(vault, "c").current();
  BOOST_TEST(second->properties.version != first->properties.version);
  BOOST_TEST(crypto::same_key(second->properties.pub, first->properties.pub));
  BOOST_TEST(as_text(vault.opened(second->record_key, second->value).view()) ==
             as_text(vault.opened(first->record_key, first->value).view()));
  check_managed(vault.state());
  // Another curve: the old key is none of that kind.
  protocol::policy_input said;
  said.crv = crypto::curve::p384;
  vault.send(ask_for(id::certificate_update_policy, "c", "", said));
  vault.now = *second->properties.attributes.expires - 10 * day;
  BOOST_TEST(vault.let_time_pass() == 1u);
  vault.settle();
  BOOST_TEST((certificate_in(vault, "c").current()->properties.pub.crv == crypto::curve::p384));
}

BOOST_AUTO_TEST_CASE(what_failed_is_tried_again_a_day_later) {
  test_vault vault;
  vault.send(set_issuer("ca", "Twinkeep"));
  bring(vault, "c", renewed(2, ten_days_before, "ca"));
  vault.signs = nullptr;
  vault.now = *certificate_in(vault, "c").current()->properties.attributes.expires - 10 * day;
  const auto failed_at = vault.now;
  BOOST_TEST(vault.let_time_pass() == 1u);
  vault.settle();
  BOOST_TEST((vault.state().pending.at("c")->operation.status == pending_status::failed));
  BOOST_TEST(vault.let_time_pass() == 0u);
  vault.restart();
  vault.now = failed_at + day - 1;
  BOOST_TEST(vault.let_time_pass() == 0u);
  vault.now += 1;
  vault.signs = &authority();
  BOOST_TEST(vault.let_time_pass() == 1u);
  vault.settle();
  BOOST_TEST((vault.state().pending.at("c")->operation.status == pending_status::completed));
  BOOST_TEST(certificate_in(vault, "c").versions.size() == 2u);
  BOOST_TEST(vault.let_time_pass() == 0u);
}

BOOST_AUTO_TEST_CASE(nothing_is_renewed_that_should_not_be) {
  test_vault vault;
  vault.send(set_issuer("other", "DigiCert"));
  vault.send(set_issuer("own", "Twinkeep"));
  bring(vault, "mails", renewed(2, {{}, 10, lifetime_action::email_contacts}));
  bring(vault, "disabled", renewed(2, ten_days_before));
  vault.send(ask_for(id::certificate_update, "disabled", "",
                     protocol::update_certificate{{}, {false, {}, {}, {}}, {}}));
  bring(vault, "no-policy", renewed(2, ten_days_before));
  protocol::policy_input off;
  off.enabled = false;
  vault.send(ask_for(id::certificate_update_policy, "no-policy", "", off));
  bring(vault, "deleted", renewed(2, ten_days_before));
  vault.send(ask_for(id::certificate_delete, "deleted"));
  bring(vault, "others", renewed(2, ten_days_before, "other"));
  bring(vault, "off", renewed(2, ten_days_before, "own"));
  protocol::issuer_input disabled;
  disabled.enabled = false;
  vault.send(ask_for(id::issuer_update, "own", "", std::move(disabled)));
  vault.send(make_certificate("by-hand", renewed(2, ten_days_before, "Unknown")));
  vault.send(make_certificate("cancelled", renewed(2, ten_days_before)));
  vault.send(
      ask_for(id::certificate_cancel_pending, "cancelled", "", protocol::cancel_pending{true}));
  vault.settle();
  vault.now += 70 * day;
  BOOST_TEST(vault.let_time_pass() == 0u);
}

BOOST_AUTO_TEST_CASE(certificates_are_purged_with_all_that_is_theirs_after_their_retention) {
  test_vault vault({7, true});
  bring(vault, "c", ec_policy());
  bring(vault, "c", ec_policy());
  vault.send(make_certificate("awaited", ec_policy("Unknown")));
  vault.send(ask_for(id::certificate_delete, "c"));
  vault.send(ask_for(id::certificate_delete, "awaited"));
  BOOST_TEST(outcome_of(vault.send(ask_for(id::certificate_purge, "c"))) == "403 Forbidden");
  vault.now += 7 * day - 1;
  BOOST_TEST(vault.let_time_pass() == 0u);
  vault.restart();
  vault.now += 1;
  // Two: their keys and secrets are no requests of their own.
  BOOST_TEST(vault.let_time_pass() == 2u);
  BOOST_TEST(vault.records().empty());
  check_managed(vault.state());
  BOOST_TEST(vault.let_time_pass() == 0u);
}

BOOST_AUTO_TEST_CASE(what_is_due_comes_in_portions) {
  test_vault vault({7, false});
  for (int i = 0; i < 70; ++i) {
    const auto name = std::string("s").append(std::to_string(i));
    vault.send(set(name, "v"));
    vault.send(ask_for(id::secret_delete, name));
  }
  vault.now += 7 * day;
  BOOST_TEST(vault.let_time_pass() == regions::due_at_once);
  BOOST_TEST(vault.let_time_pass() == 70 - regions::due_at_once);
  BOOST_TEST(vault.let_time_pass() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
