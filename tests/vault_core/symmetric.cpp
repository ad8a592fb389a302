// Symmetric keys (CONTRACT 5.3, 5.4): whether the vault has them, and what must be right before one
// is used.
#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;
using protocol::key_operation;

constexpr regions::vault_options with_symmetric{true, false, false, 0};

crypto::key_spec octets(unsigned bits) {
  return {crypto::key_type::oct, 0, {}, bits};
}

struct lengths {
  std::size_t value = 0, iv = 0, tag = 0;
};
protocol::request use_with(id operation, const char* algorithm, lengths given) {
  auto request = use(operation, "k", algorithm, given.value);
  auto& body = std::get<protocol::crypto_parameters>(request.body);
  body.iv = bytes(given.iv);
  body.tag = bytes(given.tag);
  return request;
}

std::string outcome(test_vault& vault, const protocol::request& request) {
  return outcome_of(vault.ask(request).verdict);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(symmetric)

BOOST_AUTO_TEST_CASE(a_vault_holds_them_only_if_it_was_told_to) {
  const auto brought = [] {
    protocol::import_key body;
    body.key.type = crypto::key_type::oct;
    body.key.k = crypto::secret_bytes(16);
    return ask_for(id::key_import, "k", "", std::move(body));
  };
  test_vault without;
  BOOST_TEST(outcome_of(without.send(create("k", octets(256)))) == "400 BadParameter");
  BOOST_TEST(outcome_of(without.send(brought())) == "400 BadParameter");
  BOOST_TEST(without.works == 0u);
  test_vault with({}, 1, with_symmetric);
  const auto made = with.send(create("k", octets(192)));
  const auto& p = key(made).key->properties;
  BOOST_TEST(p.pub.octet_bits == 192u);
  BOOST_TEST((p.key_ops == std::vector{key_operation::encrypt, key_operation::decrypt,
                                       key_operation::wrap_key, key_operation::unwrap_key}));
  const auto imported = with.send(brought());
  BOOST_TEST(key(imported).key->properties.pub.octet_bits == 128u);
  with.restart();
  BOOST_TEST(with.state().keys.active.at("k").versions.size() == 2u);
  BOOST_TEST(
      outcome(with, ask_for(id::key_create, "x", "",
                            protocol::create_key{
                                octets(128), std::vector{key_operation::sign}, {}, {}, {}})) ==
      "400 BadParameter");
}

BOOST_AUTO_TEST_CASE(disabled_expired_and_forbidden_as_any_other_key) {
  test_vault vault({}, 1, with_symmetric);
  vault.send(create("k", octets(256)));
  const auto change = [&](protocol::update_key body) {
    vault.send(ask_for(id::key_update, "k", "", std::move(body)));
  };
  const auto encrypt = [] { return use_with(id::key_encrypt, "A256GCM", {5, 0, 0}); };
  const auto decrypt = [] { return use_with(id::key_decrypt, "A256GCM", {5, 12, 16}); };
  BOOST_TEST(outcome(vault, encrypt()) == "ok");
  BOOST_TEST(outcome(vault, decrypt()) == "ok");
  BOOST_TEST(outcome(vault, use_with(id::key_sign, "A256GCM", {32, 0, 0})) ==
             "403 Forbidden KeyOperationForbidden");
  change({{}, {{}, {}, vault.now + 10, {}}, {}, {}});
  vault.now += 10;
  BOOST_TEST(outcome(vault, encrypt()) == "403 Forbidden KeyExpired");
  BOOST_TEST(outcome(vault, use_with(id::key_wrap, "A256KW", {16, 0, 0})) ==
             "403 Forbidden KeyExpired");
  BOOST_TEST(outcome(vault, decrypt()) == "ok");
  BOOST_TEST(outcome(vault, use_with(id::key_unwrap, "A256KW", {24, 0, 0})) == "ok");
  change({std::vector{key_operation::decrypt}, {{}, {}, vault.now + 10, {}}, {}, {}});
  BOOST_TEST(outcome(vault, encrypt()) == "403 Forbidden KeyOperationForbidden");
  change({{}, {false, {}, {}, {}}, {}, {}});
  BOOST_TEST(outcome(vault, decrypt()) == "403 Forbidden KeyDisabled");
}

BOOST_AUTO_TEST_CASE(the_algorithm_must_be_of_the_keys_size_and_kind) {
  test_vault vault({}, 1, with_symmetric);
  vault.send(create("k", octets(128)));
  BOOST_TEST(outcome(vault, use_with(id::key_encrypt, "A128GCM", {5, 0, 0})) == "ok");
  for (const auto* unfit : {"A192GCM", "A256GCM", "A256CBC", "A192CBCPAD", "A256KW", "RSA-OAEP",
                            "RS256", "ES256", "HS256"}) {
    BOOST_TEST(outcome(vault, use_with(id::key_encrypt, unfit, {16, 16, 0})) == "400 BadParameter",
               unfit);
  }
  // Nor does a symmetric algorithm go with a key that has two halves.
  vault.send(create("k", {crypto::key_type::rsa, 2048, {}, 0}));
  BOOST_TEST(outcome(vault, use_with(id::key_encrypt, "A256GCM", {16, 0, 0})) ==
             "400 BadParameter");
}

BOOST_AUTO_TEST_CASE(lengths_of_value_iv_and_tag_are_checked) {
  test_vault vault({}, 1, with_symmetric);
  vault.send(create("k", octets(128)));
  struct row {
    id operation;
    const char* algorithm;
    lengths given;
    bool fits;
  };
  const row rows[] = {
      {id::key_encrypt, "A128GCM", {0, 0, 0}, true},
      {id::key_encrypt, "A128GCM", {7, 5, 0}, true},  // the service makes the iv
      {id::key_decrypt, "A128GCM", {7, 12, 16}, true},
      {id::key_decrypt, "A128GCM", {7, 0, 16}, false},
      {id::key_decrypt, "A128GCM", {7, 16, 16}, false},
      {id::key_decrypt, "A128GCM", {7, 12, 0}, false},
      {id::key_decrypt, "A128GCM", {7, 12, 4}, false},
      {id::key_decrypt, "A128GCM", {7, 12, 12}, false},
      {id::key_encrypt, "A128CBC", {16, 16, 0}, true},
      {id::key_encrypt, "A128CBC", {16, 0, 0}, false},
      {id::key_encrypt, "A128CBC", {16, 12, 0}, false},
      {id::key_encrypt, "A128CBC", {15, 16, 0}, false},
      {id::key_encrypt, "A128CBC", {0, 16, 0}, false},
      {id::key_decrypt, "A128CBC", {17, 16, 0}, false},
      {id::key_encrypt, "A128CBCPAD", {0, 16, 0}, true},
      {id::key_encrypt, "A128CBCPAD", {15, 16, 0}, true},
      {id::key_encrypt, "A128CBCPAD", {15, 15, 0}, false},
      {id::key_decrypt, "A128CBCPAD", {16, 16, 0}, true},
      {id::key_decrypt, "A128CBCPAD", {15, 16, 0}, false},
      {id::key_decrypt, "A128CBCPAD", {0, 16, 0}, false},
      {id::key_decrypt, "A128CBCPAD", {16, 0, 0}, false},
      {id::key_wrap, "A128KW", {16, 0, 0}, true},
      {id::key_wrap, "A128KW", {24, 0, 0}, true},
      {id::key_wrap, "A128KW", {8, 0, 0}, false},
      {id::key_wrap, "A128KW", {17, 0, 0}, false},
      {id::key_wrap, "A128KW", {0, 0, 0}, false},
      {id::key_unwrap, "A128KW", {24, 0, 0}, true},
      {id::key_unwrap, "A128KW", {16, 0, 0}, false},
      {id::key_unwrap, "A128KW", {25, 0, 0}, false},
      {id::key_wrap, "CKM_AES_KEY_WRAP_PAD", {1, 0, 0}, true},
      {id::key_wrap, "CKM_AES_KEY_WRAP_PAD", {0, 0, 0}, false},
      {id::key_unwrap, "CKM_AES_KEY_WRAP_PAD", {16, 0, 0}, true},
      {id::key_unwrap, "CKM_AES_KEY_WRAP_PAD", {8, 0, 0}, false},
      {id::key_unwrap, "CKM_AES_KEY_WRAP_PAD", {20, 0, 0}, false},
  };
  for (const auto& r : rows) {
    BOOST_TEST_INFO(r.algorithm << ' ' << protocol::row_of(r.operation).verb << ' ' << r.given.value
                                << ' ' << r.given.iv << ' ' << r.given.tag);
    const auto verdict = outcome(vault, use_with(r.operation, r.algorithm, r.given));
    BOOST_TEST(verdict == (r.fits ? "ok" : "400 BadParameter"));
    if (!r.fits) continue;
    // What the core lets through the key can be asked for: an error is never for the form.
    const auto decided = vault.ask(use_with(r.operation, r.algorithm, r.given));
    const auto& used = *as<regions::use_key>(decided.verdict).key;
    auto loaded = provider().load(vault.opened(used.record_key, used.value).view());
    BOOST_REQUIRE(loaded.ok());
    const auto& algorithm = *crypto::find_algorithm(r.algorithm);
    const bytes text(r.given.value), iv(r.given.iv), tag(r.given.tag);
    const crypto::cipher_input in{text, iv, {}, tag};
    const bool makes = r.operation == id::key_encrypt || r.operation == id::key_wrap;
    if (makes) {
      const auto made = (*loaded)->encrypt(algorithm, in);
      BOOST_TEST(made.ok(), why(made));
    } else {
      const auto made = (*loaded)->decrypt(algorithm, in);
      BOOST_TEST((made.ok() || made.error().code == crypto::error_code::refused), why(made));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
