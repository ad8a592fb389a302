// Certificates: what is asked for, what is there once it is issued, what may be changed of it.
#include "regions/vault/records.hpp"
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;

std::string outcome(test_vault& vault, const protocol::request& request) {
  return outcome_of(vault.ask(request).verdict);
}

// Asked for and issued.
regions::certificate_answer issued(test_vault& vault, const std::string& name,
                                   protocol::policy_input policy = ec_policy()) {
  const auto asked = vault.send(make_certificate(name, std::move(policy)));
  BOOST_REQUIRE_MESSAGE(outcome_of(asked) == "ok", outcome_of(asked));
  vault.settle();
  return certificate(vault.ask(ask_for(id::certificate_get, name)).verdict);
}

crypto::certificate_bundle opened_secret(test_vault& vault, const std::string& name) {
  const auto answer = vault.ask(ask_for(id::secret_get, name)).verdict;
  const auto& shown = *secret(answer).secret;
  const auto value = vault.value_of(shown);
  auto bundle = shown.properties.content_type == protocol::pem_content_type
                    ? crypto::read_pem_bundle(as_bytes(value))
                    : crypto::read_pkcs12(crypto::base64_decode(value).value(), {});
  BOOST_REQUIRE_MESSAGE(bundle.ok(), why(bundle));
  return std::move(*bundle);
}

bool belongs(byte_view material, const crypto::public_key& pub) {
  const auto its = crypto::public_key_of_material(material);
  return its.ok() && crypto::same_key(*its, pub);
}

protocol::request in_format(std::string name, std::string type) {
  return ask_for(id::secret_get, std::move(name), "", protocol::secret_format{std::move(type)});
}

protocol::request update_of(std::string name, protocol::policy_input policy,
                            protocol::attributes_input attributes = {},
                            std::optional<protocol::tag_map> tags = {}) {
  return ask_for(id::certificate_update, std::move(name), "",
                 protocol::update_certificate{std::move(policy), attributes, std::move(tags)});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(certificates)

BOOST_AUTO_TEST_CASE(an_issued_certificate_is_what_its_policy_says) {
  test_vault vault;
  const auto c = issued(vault, "Web");
  const auto& p = c.certificate->properties;
  BOOST_TEST(c.name == "Web");
  BOOST_TEST(c.has_pending);
  BOOST_TEST(p.attributes.enabled);
  BOOST_TEST(p.attributes.not_before.value() == vault.now - 600);
  BOOST_TEST(p.attributes.expires.value() == protocol::plus(vault.now - 600, {1, 0, 0}));
  BOOST_TEST(p.subject == "CN=example.com");
  BOOST_REQUIRE_EQUAL(p.chain.size(), 1u);
  const auto info = crypto::read_certificate(p.chain.front());
  BOOST_REQUIRE(info.ok());
  BOOST_TEST(info->issuer == info->subject);
  BOOST_TEST(
      (info->content.ekus == std::vector<std::string>{"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"}));
  BOOST_TEST((p.thumbprint == info->thumbprint));
  // The defaults of CONTRACT 6.2.
  BOOST_TEST(c.policy->content_type == protocol::pkcs12_content_type);
  BOOST_TEST(c.policy->validity_months == 12u);
  BOOST_REQUIRE_EQUAL(c.policy->lifetime_actions.size(), 1u);
  BOOST_TEST(c.policy->lifetime_actions.front().lifetime_percentage.value() == 80u);
  BOOST_TEST((c.policy->lifetime_actions.front().action == protocol::lifetime_action::auto_renew));

  const auto bundle = opened_secret(vault, "web");
  BOOST_TEST((bundle.chain == p.chain));
  BOOST_TEST(belongs(bundle.material.view(), p.pub));
  check_managed(vault.state());
}

BOOST_AUTO_TEST_CASE(its_key_signs_what_its_certificate_verifies) {
  test_vault vault;
  const auto c = issued(vault, "web");
  const auto decided = vault.ask(use(id::key_sign, "WEB", "ES256", 32));
  const auto& used = as<regions::use_key>(decided.verdict);
  BOOST_TEST(used.key->properties.version == c.certificate->properties.version);
  const auto material = vault.opened(used.key->record_key, used.key->value);
  auto private_half = provider().load(material.view());
  auto public_half = provider().load_public(c.certificate->properties.pub);
  BOOST_REQUIRE(private_half.ok() && public_half.ok());
  const auto& algorithm = *crypto::find_algorithm("ES256");
  const auto signature = (*private_half)->sign(algorithm, bytes(32, 7));
  BOOST_REQUIRE(signature.ok());
  BOOST_TEST(*(*public_half)->verify(algorithm, bytes(32, 7), *signature));
}

BOOST_AUTO_TEST_CASE(what_would_be_refused_is_refused_before_a_key_is_made) {
  test_vault vault;
  const auto refused = [&](auto change) {
    auto policy = ec_policy();
    change(policy);
    const auto verdict = vault.send(make_certificate("c", std::move(policy)));
    BOOST_TEST(outcome_of(verdict) == "400 BadParameter");
    return outcome_of(verdict) == "400 BadParameter" ? error(verdict).message : std::string();
  };
  refused([](auto& p) { p.subject.reset(); });
  refused([](auto& p) { p.subject = "no name at all"; });
  BOOST_TEST(refused([](auto& p) { p.issuer = "absent"; }).find("absent") != std::string::npos);
  refused([](auto& p) { p.kind = protocol::key_kind{crypto::key_type::oct, false}; });
  refused([](auto& p) { p.crv.reset(), p.key_size = 2048; });
  refused([](auto& p) { p.kind = protocol::key_kind{crypto::key_type::rsa, false}, p.key_size = 256; });
  refused([](auto& p) { p.content_type = "text/plain"; });
  refused([](auto& p) { p.validity_months = 0; });
  refused([](auto& p) { p.validity_months = 1201; });
  const auto days = [](unsigned months, unsigned before) {
    return [=](protocol::policy_input& p) {
      p.validity_months = months;
      p.lifetime_actions =
          std::vector{protocol::lifetime_rule{{}, before, protocol::lifetime_action::auto_renew}};
    };
  };
  refused(days(2, 55));
  BOOST_TEST(vault.works == 0u);
  BOOST_TEST(vault.records().empty());
  auto fits = ec_policy();
  days(2, 54)(fits);
  BOOST_TEST(outcome_of(vault.send(make_certificate("c", std::move(fits)))) == "ok");
}

BOOST_AUTO_TEST_CASE(a_size_names_a_curve_and_an_issuer_is_found_without_case) {
  test_vault vault;
  auto policy = ec_policy("sELF");
  policy.crv.reset();
  policy.key_size = 384;
  const auto c = issued(vault, "c", std::move(policy));
  BOOST_TEST((c.certificate->properties.pub.crv == crypto::curve::p384));
  BOOST_TEST(c.policy->issuer == "Self");
}

BOOST_AUTO_TEST_CASE(a_repeated_create_makes_no_second_key) {
  test_vault vault;
  const auto request = make_certificate("c");
  const auto first = pending(vault.send(request));
  vault.now += 3;
  vault.restart();
  const auto verdict = vault.send_again(request);
  BOOST_TEST(vault.last_batch().empty());
  BOOST_TEST(as<regions::pending_answer>(verdict).created);
  BOOST_TEST((pending(verdict).csr == first.csr));
  BOOST_TEST(vault.works == 1u);
  // Nor once it has been issued.
  vault.settle();
  vault.now += 3;
  BOOST_TEST(first.request_id.size() == 32u);
}

BOOST_AUTO_TEST_CASE(a_create_repeated_after_its_completion_is_answered_with_it) {
  test_vault vault;
  const regions::request_context context{vault.now, "r-1", "0a", nullptr};
  const auto request = make_certificate("c");
  const auto work = decide(vault.state(), request, context);
  const auto done = carry_out(as<regions::vault_work>(work.verdict), request,
                              {provider(), *vault.identity, nullptr});
  const regions::request_context second{vault.now, "r-1", "0a", &done};
  BOOST_REQUIRE(vault.apply(vault.seal(decide(vault.state(), request, second).records)).ok());
  vault.settle();
  const auto again = decide(vault.state(), request, context);
  BOOST_TEST(again.records.empty());
  BOOST_TEST((pending(again.verdict).status == protocol::pending_status::completed));
}

BOOST_AUTO_TEST_CASE(a_second_version_takes_the_place_of_the_first_once_it_is_issued) {
  test_vault vault;
  const auto first = issued(vault, "c").certificate->properties;
  vault.now += 10;
  const auto operation = pending(vault.send(make_certificate("C")));
  BOOST_TEST(operation.name == "c");
  const auto between = vault.ask(ask_for(id::certificate_get, "c")).verdict;
  BOOST_TEST(certificate(between).certificate->properties.version == first.version);
  vault.settle();
  const auto after = vault.ask(ask_for(id::certificate_get, "c")).verdict;
  BOOST_TEST(certificate(after).certificate->properties.version == operation.version);
  BOOST_TEST(!crypto::same_key(certificate(after).certificate->properties.pub, first.pub));
  const auto old = vault.ask(ask_for(id::certificate_get, "c", first.version)).verdict;
  BOOST_TEST((certificate(old).certificate->properties.chain == first.chain));
  // Each version of the secret is its certificate's.
  const auto secret_then = vault.ask(ask_for(id::secret_get, "c", first.version)).verdict;
  const auto value = vault.value_of(*secret(secret_then).secret);
  const auto bundle = crypto::read_pkcs12(crypto::base64_decode(value).value(), {});
  BOOST_TEST((bundle->chain == first.chain));
  check_managed(vault.state());
}

BOOST_AUTO_TEST_CASE(a_policy_is_merged_member_by_member) {
  test_vault vault;
  auto policy = ec_policy();
  policy.validity_months = 6;
  policy.exportable = false;
  issued(vault, "c", std::move(policy));
  vault.now += 5;

  protocol::policy_input said;
  said.reuse_key = true;
  said.lifetime_actions =
      std::vector{protocol::lifetime_rule{50, {}, protocol::lifetime_action::email_contacts}};
  auto request = ask_for(id::certificate_update_policy, "c", "", said);
  const auto changed = vault.send(request);
  const auto& now_there = *as<regions::policy_answer>(changed).policy;
  BOOST_TEST(now_there.reuse_key);
  BOOST_TEST(!now_there.exportable);
  BOOST_TEST(now_there.validity_months == 6u);
  BOOST_TEST(now_there.x509.subject == "CN=example.com");
  BOOST_TEST(now_there.created == vault.now - 5);
  BOOST_TEST(now_there.updated == vault.now);
  BOOST_TEST((now_there.lifetime_actions == *said.lifetime_actions));

  vault.now += 5;
  const auto again = vault.send_again(request);
  BOOST_TEST(vault.last_batch().empty());
  BOOST_TEST(as<regions::policy_answer>(again).policy->updated == vault.now - 5);
  // What does not fit the whole is refused, and nothing of it stays.
  protocol::policy_input unfit;
  unfit.validity_months = 1;
  unfit.lifetime_actions =
      std::vector{protocol::lifetime_rule{{}, 28, protocol::lifetime_action::auto_renew}};
  BOOST_TEST(outcome_of(vault.send(ask_for(id::certificate_update_policy, "c", "", unfit))) ==
             "400 BadParameter");
  vault.restart();
  const auto read = vault.ask(ask_for(id::certificate_get_policy, "C")).verdict;
  BOOST_TEST(as<regions::policy_answer>(read).policy->validity_months == 6u);
  BOOST_TEST(as<regions::policy_answer>(read).policy->reuse_key);
  BOOST_TEST(outcome(vault, ask_for(id::certificate_get_policy, "absent")) ==
             "404 CertificateNotFound");
}

BOOST_AUTO_TEST_CASE(an_update_changes_enabled_and_tags_and_its_key_and_secret_follow) {
  test_vault vault;
  const auto before = issued(vault, "c").certificate->properties;
  vault.now += 5;
  const auto request = update_of("c", {}, {false, 1, 2, {}}, protocol::tag_map{{"a", "b"}});
  const auto changed = vault.send(request);
  const auto& after = certificate(changed).certificate->properties;
  BOOST_TEST(!after.attributes.enabled);
  BOOST_TEST((after.attributes.not_before == before.attributes.not_before));
  BOOST_TEST((after.attributes.expires == before.attributes.expires));
  BOOST_TEST(after.attributes.updated == vault.now);
  check_managed(vault.state());
  BOOST_TEST(outcome(vault, ask_for(id::secret_get, "c")) == "403 Forbidden SecretDisabled");
  BOOST_TEST(outcome(vault, use(id::key_sign, "c", "ES256", 32)) == "403 Forbidden KeyDisabled");

  vault.now += 5;
  vault.send_again(request);
  BOOST_TEST(vault.last_batch().empty());
  vault.restart();
  vault.send(update_of("c", {}, {true, {}, {}, {}}));
  BOOST_TEST(belongs(opened_secret(vault, "c").material.view(), before.pub));
  const auto kept = vault.ask(ask_for(id::certificate_get, "c")).verdict;
  BOOST_TEST((certificate(kept).certificate->properties.tags == protocol::tag_map{{"a", "b"}}));
}

BOOST_AUTO_TEST_CASE(a_pkcs12_secret_can_be_had_as_pem_and_nothing_else_converted) {
  test_vault vault;
  const auto c = issued(vault, "pfx").certificate->properties;
  auto policy = ec_policy();
  policy.content_type = std::string(protocol::pem_content_type);
  issued(vault, "pem", std::move(policy));
  vault.send(set("plain", "value"));
  const std::string pem{protocol::pem_content_type};
  const std::string pkcs12{protocol::pkcs12_content_type};

  const auto as_pem = vault.ask(in_format("pfx", pem)).verdict;
  BOOST_REQUIRE(secret(as_pem).as_pem != nullptr);
  BOOST_TEST((secret(as_pem).as_pem->properties.chain == c.chain));
  BOOST_TEST(secret(vault.ask(in_format("pfx", pkcs12)).verdict).as_pem == nullptr);
  BOOST_TEST(secret(vault.ask(in_format("pem", pem)).verdict).as_pem == nullptr);
  BOOST_TEST(outcome(vault, in_format("pem", pkcs12)) == "400 BadParameter");
  BOOST_TEST(outcome(vault, in_format("plain", pem)) == "400 BadParameter");
  BOOST_TEST(outcome(vault, in_format("absent", pem)) == "404 SecretNotFound");
  // A disabled one is not readable in any form.
  vault.send(update_of("pfx", {}, {false, {}, {}, {}}));
  BOOST_TEST(outcome(vault, in_format("pfx", pem)) == "403 Forbidden SecretDisabled");
  BOOST_TEST(opened_secret(vault, "pem").chain.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_exportable_is_in_no_secret) {
  for (const auto type : {protocol::pkcs12_content_type, protocol::pem_content_type}) {
    test_vault vault;
    auto policy = ec_policy();
    policy.exportable = false;
    policy.content_type = std::string(type);
    const auto c = issued(vault, "c", std::move(policy));
    BOOST_TEST(!c.certificate->properties.exportable);
    const auto scalar = vault.opened(c.certificate->record_key, c.certificate->value);
    const auto answer = vault.ask(ask_for(id::secret_get, "c")).verdict;
    auto value = vault.value_of(*secret(answer).secret);
    if (type == protocol::pem_content_type) {
      BOOST_TEST(value.find("PRIVATE") == std::string::npos);
      BOOST_TEST(value.find("BEGIN CERTIFICATE") != std::string::npos);
      continue;
    }
    const auto bundle = crypto::read_pkcs12(crypto::base64_decode(value).value(), {});
    BOOST_REQUIRE(!bundle.ok());
    BOOST_TEST(bundle.error().message.find("key") != std::string::npos);
  }
}

// In no record is a private key anywhere but in the sealed values, and in no answer at all.
BOOST_AUTO_TEST_CASE(no_private_key_is_in_the_properties_of_anything) {
  test_vault vault;
  auto unknown = vault.send(make_certificate("waits", ec_policy("Unknown")));
  issued(vault, "c");
  vault.send(create("k", ec_256));
  std::vector<std::string> fragments;
  const auto remember = [&](std::string_view record_key, const regions::sealed_part& value) {
    const auto material = vault.opened(record_key, value);
    const auto scalar = scalar_of(material.view());
    fragments.emplace_back(as_text(scalar));
    // Base64 of the middle, whatever stands before it.
    for (std::size_t from = 0; from < 3; ++from) {
      const auto text = crypto::base64_encode(scalar.subspan(from, 27));
      fragments.push_back(text);
      fragments.push_back(crypto::base64url_encode(scalar.subspan(from, 27)));
    }
  };
  const auto& held = vault.state();
  remember("p/waits", held.pending.at("waits")->value);
  remember(held.keys.active.at("k").current()->record_key,
           held.keys.active.at("k").current()->value);
  remember(held.certificates.active.at("c").current()->record_key,
           held.certificates.active.at("c").current()->value);
  for (const auto& record : vault.records()) {
    const auto opened = regions::open_record(*vault.identity, record);
    BOOST_REQUIRE(opened.ok());
    for (const auto& fragment : fragments) {
      BOOST_TEST((as_text(opened->meta.view()).find(fragment) == std::string_view::npos),
                 record.key << " shows a private key");
      BOOST_TEST((as_text(*record.value).find(fragment) == std::string_view::npos));
    }
  }
  // An operation that has ended has no key any more.
  BOOST_TEST(held.pending.at("c")->value.empty());
}

BOOST_AUTO_TEST_CASE(a_name_that_a_key_or_secret_has_is_not_taken) {
  test_vault vault;
  vault.send(create("Key", ec_256));
  vault.send(set("Secret", "v"));
  const auto restored = [&](const char* name) {
    issued(vault, "other");
    auto request = restore_of(vault, id::certificate_backup, "other");
    std::get<protocol::restore_certificate>(request.body).name = name;
    return request;
  };
  for (const auto* name : {"key", "secret"}) {
    const auto before = vault.works;
    BOOST_TEST(outcome(vault, make_certificate(name)) == "409 Conflict");
    protocol::import_certificate body;
    body.is_pem = true;
    BOOST_TEST(outcome(vault, ask_for(id::certificate_import, name, "", std::move(body))) ==
               "409 Conflict");
    BOOST_TEST(vault.works == before);
    BOOST_TEST(outcome(vault, restored(name)) == "409 Conflict");
  }
  vault.send(ask_for(id::key_delete, "key"));
  vault.send(ask_for(id::secret_delete, "secret"));
  for (const auto* name : {"key", "secret"}) {
    const auto reuse = "409 Conflict ObjectIsDeletedButRecoverable";
    BOOST_TEST(outcome(vault, make_certificate(name)) == reuse);
    BOOST_TEST(outcome(vault, restored(name)) == reuse);
  }
  vault.send(ask_for(id::key_purge, "key"));
  BOOST_TEST(outcome_of(vault.send(make_certificate("key"))) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
