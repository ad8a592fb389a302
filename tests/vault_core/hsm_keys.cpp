// Keys of HSMs: which vaults make them, and what they keep being whatever becomes of them.
#include "regions/vault/hsm_keys.hpp"

#include "protocol/identifiers.hpp"
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;

protocol::request create_hsm(std::string name, crypto::key_spec spec = ec_256) {
  auto request = create(std::move(name), spec);
  std::get<protocol::create_key>(request.body).hsm = true;
  return request;
}
protocol::request import_hsm(std::string name) {
  protocol::import_key body;
  body.key = ec_jwk();
  body.hsm = true;
  return ask_for(id::key_import, std::move(name), "", std::move(body));
}

// Of a software key's material, as these HSMs take it.
protocol::request transfer(std::string exchange, std::string version, byte_view material) {
  protocol::import_key body;
  body.key.type = crypto::key_type::ec;
  body.hsm = true;
  body.transfer = protocol::key_transfer{std::move(exchange), std::move(version),
                                         bytes(material.begin(), material.end())};
  return ask_for(id::key_import, "brought", "", std::move(body));
}
protocol::request create_exchange_key(std::string name) {
  auto request = create_hsm(std::move(name), {crypto::key_type::rsa, 2048, {}, 0});
  std::get<protocol::create_key>(request.body).key_ops = {protocol::key_operation::import_};
  return request;
}

const regions::object<regions::stored_key>& held(const test_vault& vault, std::string_view name) {
  return vault.state().keys.active.find(name)->second;
}
bytes material(const test_vault& vault, const regions::stored_key& key) {
  const auto opened = vault.opened(key.record_key, key.value);
  return {opened.view().begin(), opened.view().end()};
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}
std::string message_of(const verdict& v) {
  return error(v).message;
}

std::vector<std::string> labels(const std::vector<regions::hsm_key>& keys) {
  std::vector<std::string> all;
  for (const auto& key : keys) all.push_back(key.label);
  std::ranges::sort(all);
  return all;
}
std::vector<std::string> labels(const test_hsms& hsms) {
  std::vector<std::string> all;
  for (const auto& [label, key] : hsms.keys) all.push_back(label);
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hsm_keys)

BOOST_AUTO_TEST_CASE(a_standard_vault_takes_no_key_of_an_hsm) {
  test_vault vault;
  const auto refused = [&](const protocol::request& request) {
    const auto answer = vault.send(request);
    BOOST_TEST(outcome_of(answer) == "400 BadParameter");
    return message_of(answer);
  };
  for (const auto type : {crypto::key_type::rsa, crypto::key_type::ec, crypto::key_type::oct}) {
    const auto said = refused(create_hsm("k", {type, 2048, crypto::curve::p256, 256}));
    BOOST_TEST(has(said, to_string(protocol::key_kind{type, true})), said);
    BOOST_TEST(has(said, "Standard"), said);
    BOOST_TEST(has(said, "Premium"), said);
  }
  BOOST_TEST(has(refused(import_hsm("k")), "EC-HSM"));
  BOOST_TEST(vault.works == 0u);
  BOOST_TEST(vault.records().empty());
  BOOST_TEST(vault.hsms.keys.empty());
}

BOOST_AUTO_TEST_CASE(a_premium_vault_has_them_made_by_the_hsms_under_the_versions_label) {
  test_vault vault({}, 1, premium());
  const auto check = [&](const protocol::request& request) {
    const auto answer = vault.send(request);
    const auto& made = key(answer).key->properties;
    BOOST_TEST(made.hsm);
    const auto label = "demo/" + protocol::lower(request.name) + '/' + made.version;
    BOOST_TEST_REQUIRE(vault.hsms.keys.contains(label), label);
    const auto& stored = *held(vault, protocol::lower(request.name)).current();
    BOOST_TEST((material(vault, stored) == vault.hsms.keys.at(label)));
  };
  check(create_hsm("Made"));
  check(import_hsm("Brought"));
  // Asked for again, it is neither made nor stored again.
  const auto once = create_hsm("k");
  const auto first = key(vault.send(once)).key->properties.version;
  BOOST_TEST(key(vault.send_again(once)).key->properties.version == first);
  BOOST_TEST(vault.hsms.keys.size() == 3u);
  // The symmetric ones too, though the deployment has not allowed those of software.
  const crypto::key_spec octets{crypto::key_type::oct, 0, {}, 256};
  BOOST_TEST(key(vault.send(create_hsm("o", octets))).key->properties.hsm);
  BOOST_TEST(outcome_of(vault.send(create("p", octets))) == "400 BadParameter");
  // And software keys as ever.
  BOOST_TEST(!key(vault.send(create("s", ec_256))).key->properties.hsm);
  BOOST_TEST(vault.hsms.keys.size() == 4u);
}

BOOST_AUTO_TEST_CASE(a_key_is_brought_from_another_hsm_by_a_key_exchange_key) {
  test_vault vault({}, 1, premium());
  const auto version = key(vault.send(create_exchange_key("Kek"))).key->properties.version;
  const auto brought = *provider().generate(ec_256);
  const auto request = transfer("kEK", version, brought.material.view());
  const auto answer = vault.send(request);
  const auto& made = key(answer).key->properties;
  BOOST_TEST(made.hsm);
  BOOST_TEST((made.pub.x == brought.pub.x));
  BOOST_TEST(vault.hsms.keys.contains("demo/brought/" + made.version));
  const auto works = vault.works;
  BOOST_TEST(key(vault.send_again(request)).key->properties.version == made.version);
  BOOST_TEST(vault.works == works);
  // By an older version of it, too, and after it has expired.
  vault.send(create_exchange_key("kek"));
  vault.send(ask_for(id::key_update, "kek", version,
                     protocol::update_key{{}, {{}, {}, vault.now - 1, {}}, {}, {}}));
  BOOST_TEST(outcome_of(vault.send(transfer("kek", version, brought.material.view()))) == "ok");
}

BOOST_AUTO_TEST_CASE(a_transferred_key_is_for_an_exchange_key_of_the_vault) {
  test_vault vault({}, 1, premium());
  const auto version_of = [&](const protocol::request& request) {
    return key(vault.send(request)).key->properties.version;
  };
  const auto kek = version_of(create_exchange_key("kek"));
  const auto brought = *provider().generate(ec_256);
  const auto records = vault.records().size();
  const auto works = vault.works;
  const auto refused = [&](std::string name, std::string version) {
    const auto verdict =
        vault.send(transfer(std::move(name), std::move(version), brought.material.view()));
    return outcome_of(verdict) + ": " + message_of(verdict);
  };
  const std::string absent = "which is not a key of this vault.";
  BOOST_TEST(has(refused("other", kek), absent));
  BOOST_TEST(has(refused("kek", std::string(32, '0')), absent));
  BOOST_TEST(vault.works == works);
  BOOST_TEST(vault.records().size() == records);

  const std::string no_exchange_key = "which is no key-exchange key";
  const crypto::key_spec rsa{crypto::key_type::rsa, 2048, {}, 0};
  BOOST_TEST(has(refused("rsa", version_of(create_hsm("rsa", rsa))), no_exchange_key));
  auto software = create_exchange_key("soft");
  std::get<protocol::create_key>(software.body).hsm = false;
  BOOST_TEST(has(refused("soft", version_of(software)), no_exchange_key));
  auto curve = create_hsm("ec");
  std::get<protocol::create_key>(curve.body).key_ops = {protocol::key_operation::import_};
  BOOST_TEST(has(refused("ec", version_of(curve)), no_exchange_key));

  vault.send(
      ask_for(id::key_update, "kek", "", protocol::update_key{{}, {false, {}, {}, {}}, {}, {}}));
  BOOST_TEST(refused("kek", kek).starts_with("403 Forbidden KeyDisabled"));
  vault.send(ask_for(id::key_delete, "kek"));
  BOOST_TEST(has(refused("kek", kek), absent));
  BOOST_TEST(!vault.state().keys.active.contains("brought"));
  // What the HSMs say of what does not open is the client's to know.
  const auto other = version_of(create_exchange_key("other"));
  const auto verdict = vault.send(transfer("other", other, bytes(48, 1)));
  BOOST_TEST(outcome_of(verdict) == "400 BadParameter");
  BOOST_TEST(message_of(verdict) == "It does not open.");
  test_vault standard;
  BOOST_TEST(
      has(message_of(standard.send(transfer("kek", kek, brought.material.view()))), "Premium"));
}

BOOST_AUTO_TEST_CASE(a_key_that_no_hsm_has_made_is_not_there) {
  test_vault vault({}, 1, premium());
  vault.hsms.lost = true;
  BOOST_TEST(outcome_of(vault.send(create_hsm("k"))).starts_with("503"));
  BOOST_TEST(vault.records().empty());
  // Software keys go on.
  BOOST_TEST(outcome_of(vault.send(create("s", ec_256))) == "ok");
}

// Whatever hands the work to the wrong provider: such a key is not recorded as an HSM's.
BOOST_AUTO_TEST_CASE(a_software_key_never_passes_for_an_hsms_nor_the_other_way_round) {
  test_vault vault({}, 1, premium());
  test_hsms others;
  const auto decided = [&](const protocol::request& request, const regions::work_result& done) {
    return decide(vault.state(), request, {vault.now, "id", std::string(32, 'a'), &done});
  };
  for (const bool hsm : {true, false}) {
    const auto request = hsm ? create_hsm("k") : create("k", ec_256);
    const auto wrong =
        hsm ? regions::work_result{*provider().generate(ec_256)}
            : others.carry_out(regions::generate_key{ec_256, "l"}, request, *vault.identity);
    const auto answer = decided(request, wrong);
    BOOST_TEST(outcome_of(answer.verdict) == "500 InternalServerError");
    BOOST_TEST(answer.records.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_flag_stays_whatever_happens_to_the_key) {
  test_vault vault({}, 1, premium());
  vault.send(create_hsm("k"));
  vault.send(
      ask_for(id::key_update, "k", "",
              protocol::update_key{{}, {true, {}, {}, {}}, protocol::tag_map{{"a", "b"}}, {}}));
  BOOST_TEST(held(vault, "k").current()->properties.hsm);
  vault.restart();
  BOOST_TEST(held(vault, "k").current()->properties.hsm);
  vault.send(ask_for(id::key_delete, "k"));
  vault.restart();
  vault.send(ask_for(id::key_recover, "k"));
  BOOST_TEST(held(vault, "k").current()->properties.hsm);
}

BOOST_AUTO_TEST_CASE(rotation_makes_what_there_was) {
  test_vault vault({}, 1, premium());
  vault.send(create_hsm("k", {crypto::key_type::rsa, 3072, {}, 0}));
  const auto answer = vault.send(ask_for(id::key_rotate, "K"));
  const auto& rotated = key(answer).key->properties;
  BOOST_TEST(rotated.hsm);
  BOOST_TEST(rotated.pub.modulus_bytes() == 3072u / 8);
  BOOST_TEST(vault.hsms.keys.contains("demo/k/" + rotated.version));
  vault.send(create("s", ec_256));
  BOOST_TEST(!key(vault.send(ask_for(id::key_rotate, "s"))).key->properties.hsm);
}

// A key is where it is: the sku says what may be made, not what there is.
BOOST_AUTO_TEST_CASE(going_back_to_standard_leaves_the_keys_that_there_are) {
  test_vault vault({}, 1, premium());
  vault.send(create_hsm("k"));
  const auto blob = restore_of(vault, id::key_backup, "k");
  vault.change({});
  const auto verdict = vault.ask(use(id::key_sign, "k", "ES256", 32)).verdict;
  BOOST_TEST(as<regions::use_key>(verdict).key->properties.hsm);
  BOOST_TEST(key(vault.send(ask_for(id::key_rotate, "k"))).key->properties.hsm);
  BOOST_TEST(outcome_of(vault.send(create_hsm("k"))) == "400 BadParameter");
  BOOST_TEST(outcome_of(vault.send(import_hsm("new"))) == "400 BadParameter");
  vault.send(ask_for(id::key_delete, "k"));
  vault.send(ask_for(id::key_purge, "k"));
  BOOST_TEST(outcome_of(vault.send(blob)) == "400 BadParameter");
  vault.change(premium());
  BOOST_TEST(outcome_of(vault.send(blob)) == "ok");
}

BOOST_AUTO_TEST_CASE(keys_of_hsms_may_be_exportable_under_a_policy) {
  const auto exportable = [](bool flag, bool policy) {
    auto request = create_hsm("e");
    auto& body = std::get<protocol::create_key>(request.body);
    body.attributes.exportable = flag;
    if (policy) body.release.emplace();
    return request;
  };
  test_vault vault({}, 1, premium());
  const auto made = vault.send(exportable(true, true));
  BOOST_TEST(key(made).key->properties.exportable);
  BOOST_TEST(message_of(vault.send(exportable(true, false))).starts_with("AKV.SKR.1004"));
  BOOST_TEST(message_of(vault.send(exportable(false, true))).starts_with("AKV.SKR.1005"));
  // Nothing is trusted with one; and nothing attests to one.
  BOOST_TEST(outcome_of(vault.ask(ask_for(id::key_release, "e", "", protocol::release_key{"a"}))
                            .verdict) == "403 Forbidden");
  const auto attestation = vault.ask(ask_for(id::key_get_attestation, "e")).verdict;
  BOOST_TEST(outcome_of(attestation) == "400 BadParameter");
  BOOST_TEST(has(message_of(attestation), "HSMs"));
  test_vault standard;
  BOOST_TEST(message_of(standard.send(exportable(true, true))).starts_with("AKV.SKR.1001"));
  BOOST_TEST(message_of(standard.send(exportable(true, false))).starts_with("AKV.SKR.1004"));
  auto software = exportable(true, true);
  std::get<protocol::create_key>(software.body).hsm = false;
  BOOST_TEST(message_of(vault.send(software)).starts_with("AKV.SKR.1006"));
}

BOOST_AUTO_TEST_CASE(a_restored_key_is_in_the_hsms_before_it_is_acknowledged) {
  test_vault from({}, 1, premium());
  from.send(create_hsm("K"));
  from.send(create("k", ec_256));
  from.send(import_hsm("k"));
  const auto blob = restore_of(from, id::key_backup, "k");
  test_vault to({}, 2, premium());

  const auto first = to.ask(blob);
  BOOST_TEST(first.records.empty());
  const auto& work = as<regions::vault_work>(first.verdict);
  BOOST_TEST(regions::is_for_hsms(work));
  // Those that are an HSM's, and only these.
  BOOST_TEST(std::get<regions::install_hsm_keys>(work).keys.size() == 2u);
  // Another outcome is no leave to record them.
  const regions::work_result other = *provider().generate(ec_256);
  const auto decided = decide(to.state(), blob, {to.now, "id", std::string(32, 'a'), &other});
  BOOST_TEST(outcome_of(decided.verdict) != "ok");
  BOOST_TEST(decided.records.empty());

  to.hsms.lost = true;
  BOOST_TEST(outcome_of(to.send(blob)).starts_with("503"));
  BOOST_TEST(to.records().empty());
  to.hsms.lost = false;
  BOOST_TEST(key(to.send(blob)).key->properties.hsm);
  BOOST_TEST(to.hsms.keys.size() == 2u);
  to.restart();
  const auto& versions = held(to, "k").versions;
  BOOST_TEST_REQUIRE(versions.size() == 3u);
  for (std::size_t i = 0; i < versions.size(); ++i) {
    const auto& p = versions[i]->properties;
    BOOST_TEST(p.hsm == (i != 1));
    if (p.hsm) {
      BOOST_TEST((material(to, *versions[i]) == to.hsms.keys.at("demo/k/" + p.version)));
    }
  }
  // Sent again it is answered, and nothing is done.
  BOOST_TEST(outcome_of(to.send_again(blob)) == "ok");
  BOOST_TEST(to.last_batch().empty());
}

BOOST_AUTO_TEST_CASE(a_backup_of_an_hsms_key_is_for_premium_vaults) {
  test_vault from({}, 1, premium());
  from.send(create_hsm("k"));
  const auto blob = restore_of(from, id::key_backup, "k");
  test_vault to({}, 2);
  const auto answer = to.send(blob);
  BOOST_TEST(outcome_of(answer) == "400 BadParameter");
  BOOST_TEST(has(message_of(answer), "Premium"));
  BOOST_TEST(to.works == 0u);
  // One of a software key is for any.
  from.send(create("s", ec_256));
  BOOST_TEST(outcome_of(to.send(restore_of(from, id::key_backup, "s"))) == "ok");
  BOOST_TEST(to.works == 0u);
}

BOOST_AUTO_TEST_CASE(a_backup_whose_material_is_another_kind_than_it_says_is_broken) {
  test_vault from({}, 1, premium());
  from.send(create_hsm("h"));
  from.send(create("s", ec_256));
  test_vault to({}, 2, premium());
  const auto refused = [&](protocol::request blob, auto change) {
    change(std::get<protocol::restore_key>(blob.body).versions.front());
    const auto answer = to.send(blob);
    BOOST_TEST(outcome_of(answer) == "400 BadParameter");
    BOOST_TEST(has(message_of(answer), "corrupt"));
  };
  using version = protocol::restored_key_version;
  for (const auto* name : {"h", "s"}) {
    refused(restore_of(from, id::key_backup, name),
            [](version& v) { v.properties.hsm = !v.properties.hsm; });
  }
  refused(restore_of(from, id::key_backup, "h"), [](version& v) {
    v.material = crypto::secret_bytes::copy_of(bytes{1, 2, 3});
  });
  // Too short for a head, and still no software key.
  refused(restore_of(from, id::key_backup, "s"), [](version& v) {
    v.material = crypto::secret_bytes::copy_of(bytes{1, 2, 3});
  });
  BOOST_TEST(to.works == 0u);
}

BOOST_AUTO_TEST_CASE(what_the_hsms_are_to_hold_follows_from_the_records) {
  test_vault vault({}, 1, premium());
  vault.send(create("a", ec_256));
  vault.send(create_hsm("a"));
  const auto put = regions::hsm_keys_touched(vault.state(), vault.last_batch());
  BOOST_TEST(put.size() == 1u);
  vault.send(create_hsm("a-b"));
  BOOST_TEST(labels(regions::hsm_keys_touched(vault.state(), vault.last_batch()))
                 .front()
                 .starts_with("demo/a-b/"));
  vault.send(import_hsm("gone"));
  vault.send(ask_for(id::key_delete, "gone"));
  BOOST_TEST(regions::hsm_keys_touched(vault.state(), vault.last_batch()).empty());
  vault.send(create("s", ec_256));
  BOOST_TEST(regions::hsm_keys_touched(vault.state(), vault.last_batch()).empty());
  BOOST_TEST(labels(regions::hsm_keys_of(vault.state())) == labels(vault.hsms),
             boost::test_tools::per_element());
  const auto loaded = vault.reload();
  BOOST_TEST_REQUIRE(loaded.ok());
  BOOST_TEST(labels(regions::hsm_keys_of(*loaded)) == labels(vault.hsms),
             boost::test_tools::per_element());

  const auto before = vault.state();
  vault.send(ask_for(id::key_purge, "gone"));
  const auto removed =
      regions::labels_gone(regions::hsm_keys_touched(before, vault.last_batch()),
                           regions::hsm_keys_touched(vault.state(), vault.last_batch()));
  BOOST_TEST_REQUIRE(removed.size() == 1u);
  BOOST_TEST(removed.front().starts_with("demo/gone/"));
  BOOST_TEST(regions::hsm_keys_touched(vault.state(), vault.last_batch()).empty());
  vault.hsms.keys.erase(removed.front());
  BOOST_TEST(labels(regions::hsm_keys_of(vault.state())) == labels(vault.hsms),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
