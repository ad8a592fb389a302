#include <boost/test/unit_test.hpp>

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;
using protocol::key_operation;

const crypto::key_spec rsa_2048{crypto::key_type::rsa, 2048, {}, 0};
constexpr unsigned modulus_bytes = 256;

// A request that a fresh RSA key of 2048 bits carries out.
protocol::request fitting(id operation) {
  switch (operation) {
    case id::key_sign:
      return use(operation, "k", "RS256", 32);
    case id::key_verify:
      return use(operation, "k", "PS256", 256, 32);
    case id::key_encrypt:
    case id::key_wrap:
      return use(operation, "k", "RSA-OAEP", 20);
    default:
      return use(operation, "k", "RSA-OAEP-256", modulus_bytes);
  }
}

constexpr auto uses = {id::key_encrypt, id::key_decrypt, id::key_wrap,
                       id::key_unwrap,  id::key_sign,    id::key_verify};

std::string outcome(test_vault& vault, const protocol::request& request) {
  return outcome_of(vault.ask(request).verdict);
}

void change(test_vault& vault, protocol::attributes_input attributes) {
  vault.send(ask_for(id::key_update, "k", "", protocol::update_key{{}, attributes, {}, {}}));
}

void change(test_vault& vault, std::vector<key_operation> key_ops) {
  vault.send(
      ask_for(id::key_update, "k", "", protocol::update_key{std::move(key_ops), {}, {}, {}}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(crypto_checks)

BOOST_AUTO_TEST_CASE(a_fitting_request_is_handed_on_with_the_version_that_is_used) {
  test_vault vault;
  const auto made = key(vault.send(create("K", rsa_2048))).key->properties.version;
  for (const auto operation : uses) {
    const auto decided = vault.ask(fitting(operation));
    BOOST_TEST_INFO(protocol::row_of(operation).name);
    BOOST_REQUIRE(std::holds_alternative<regions::use_key>(decided.verdict));
    const auto& handed = std::get<regions::use_key>(decided.verdict);
    BOOST_TEST(handed.name == "K");
    BOOST_TEST(handed.key->properties.version == made);
    BOOST_TEST(!handed.key->value.empty());
    BOOST_TEST(decided.records.empty());
  }
}

BOOST_AUTO_TEST_CASE(no_use_of_an_absent_or_deleted_key) {
  test_vault vault;
  for (const auto operation : uses) {
    BOOST_TEST(outcome(vault, fitting(operation)) == "404 KeyNotFound");
  }
  vault.send(create("k", rsa_2048));
  vault.send(ask_for(id::key_delete, "k"));
  for (const auto operation : uses) {
    BOOST_TEST(outcome(vault, fitting(operation)) == "404 KeyNotFound");
  }
}

BOOST_AUTO_TEST_CASE(no_use_of_a_disabled_key) {
  test_vault vault;
  vault.send(create("k", rsa_2048));
  change(vault, {false, {}, {}, {}});
  for (const auto operation : uses) {
    BOOST_TEST(outcome(vault, fitting(operation)) == "403 Forbidden KeyDisabled");
  }
  BOOST_TEST(error(vault.ask(fitting(id::key_wrap)).verdict).message ==
             "Operation wrapKey is not allowed on a disabled key.");
}

BOOST_AUTO_TEST_CASE(outside_its_times_a_key_makes_nothing_new) {
  test_vault vault;
  vault.send(create("k", rsa_2048));
  const auto check = [&](const char* expected) {
    for (const auto operation : {id::key_encrypt, id::key_wrap, id::key_sign}) {
      BOOST_TEST(outcome(vault, fitting(operation)) == expected);
    }
    for (const auto operation : {id::key_decrypt, id::key_unwrap, id::key_verify}) {
      BOOST_TEST(outcome(vault, fitting(operation)) == "ok");
    }
  };
  const auto start = vault.now + 10;
  const auto end = vault.now + 20;
  change(vault, {{}, start, end, {}});
  vault.now = start - 1;
  check("403 Forbidden KeyNotYetValid");
  vault.now = start;
  check("ok");
  vault.now = end - 1;
  check("ok");
  vault.now = end;
  check("403 Forbidden KeyExpired");
}

BOOST_AUTO_TEST_CASE(only_permitted_operations) {
  test_vault vault;
  vault.send(create("k", rsa_2048));
  change(vault, std::vector{key_operation::encrypt, key_operation::verify});
  for (const auto operation : uses) {
    const bool permitted = operation == id::key_encrypt || operation == id::key_verify;
    BOOST_TEST(outcome(vault, fitting(operation)) ==
               (permitted ? "ok" : "403 Forbidden KeyOperationForbidden"));
  }
  BOOST_TEST(error(vault.ask(fitting(id::key_unwrap)).verdict).message ==
             "Operation unwrapKey is not permitted on this key.");
}

BOOST_AUTO_TEST_CASE(the_algorithm_must_fit_operation_type_and_curve) {
  test_vault vault;
  vault.send(create("k", rsa_2048));
  vault.send(create("ec", {crypto::key_type::ec, 0, crypto::curve::p384, 0}));
  BOOST_TEST(outcome(vault, use(id::key_sign, "k", "RSA-OAEP", 20)) == "400 BadParameter");
  BOOST_TEST(outcome(vault, use(id::key_encrypt, "k", "RS256", 32)) == "400 BadParameter");
  BOOST_TEST(outcome(vault, use(id::key_sign, "k", "ES256", 32)) == "400 BadParameter");
  BOOST_TEST(outcome(vault, use(id::key_sign, "ec", "RS256", 32)) == "400 BadParameter");
  BOOST_TEST(outcome(vault, use(id::key_sign, "ec", "ES256", 32)) == "400 BadParameter");
  BOOST_TEST(outcome(vault, use(id::key_sign, "ec", "ES384", 48)) == "ok");
  const auto text = error(vault.ask(use(id::key_sign, "ec", "ES256", 32)).verdict).message;
  for (const auto* part : {"ec", "P-384", "ES256", "P-256"}) {
    BOOST_TEST(text.find(part) != std::string::npos, text << " does not name " << part);
  }
  BOOST_TEST(outcome(vault, use(id::key_sign, "k", "no such thing", 32)) == "400 BadParameter");
}

BOOST_AUTO_TEST_CASE(lengths_are_checked) {
  test_vault vault;
  vault.send(create("k", rsa_2048));
  const auto check = [&](id operation, const char* algorithm, std::size_t value, std::size_t digest,
                         const char* expected) {
    BOOST_TEST_INFO(protocol::row_of(operation).name << ' ' << algorithm << ' ' << value << ' '
                                                     << digest);
    BOOST_TEST(outcome(vault, use(operation, "k", algorithm, value, digest)) == expected);
  };
  constexpr auto* refused = "400 BadParameter";
  check(id::key_sign, "RS256", 31, 0, refused);
  check(id::key_sign, "RS256", 33, 0, refused);
  check(id::key_sign, "RS512", 64, 0, "ok");
  check(id::key_sign, "RSNULL", modulus_bytes - 11, 0, "ok");
  check(id::key_sign, "RSNULL", modulus_bytes - 10, 0, refused);
  check(id::key_verify, "PS384", 256, 47, refused);
  check(id::key_verify, "PS384", 256, 48, "ok");
  check(id::key_verify, "PS384", 3, 48, "ok");  // a wrong signature is false, not an error
  check(id::key_verify, "RSNULL", 256, modulus_bytes - 10, refused);
  check(id::key_encrypt, "RSA1_5", modulus_bytes - 11, 0, "ok");
  check(id::key_encrypt, "RSA1_5", modulus_bytes - 10, 0, refused);
  check(id::key_wrap, "RSA-OAEP", modulus_bytes - 42, 0, "ok");
  check(id::key_wrap, "RSA-OAEP", modulus_bytes - 41, 0, refused);
  check(id::key_encrypt, "RSA-OAEP-256", modulus_bytes - 66, 0, "ok");
  check(id::key_encrypt, "RSA-OAEP-256", modulus_bytes - 65, 0, refused);
  check(id::key_decrypt, "RSA-OAEP", modulus_bytes, 0, "ok");
  check(id::key_decrypt, "RSA-OAEP", modulus_bytes - 1, 0, refused);
  check(id::key_unwrap, "RSA1_5", modulus_bytes + 1, 0, refused);
}

BOOST_AUTO_TEST_CASE(each_version_has_attributes_and_key_ops_of_its_own) {
  test_vault vault;
  const auto first = key(vault.send(create("k", rsa_2048))).key->properties.version;
  const auto second = key(vault.send(create("k", rsa_2048))).key->properties.version;
  vault.send(
      ask_for(id::key_update, "k", first, protocol::update_key{{}, {false, {}, {}, {}}, {}, {}}));
  auto request = fitting(id::key_sign);
  BOOST_TEST(std::get<regions::use_key>(vault.ask(request).verdict).key->properties.version ==
             second);
  request.version = first;
  BOOST_TEST(outcome(vault, request) == "403 Forbidden KeyDisabled");
  vault.send(ask_for(
      id::key_update, "k", first,
      protocol::update_key{std::vector{key_operation::verify}, {true, {}, {}, {}}, {}, {}}));
  BOOST_TEST(outcome(vault, request) == "403 Forbidden KeyOperationForbidden");
  request.version = "ffff";
  BOOST_TEST(outcome(vault, request) == "404 KeyNotFound");
  // Invariant 7: what was disabled stays so through deletion and recovery.
  vault.send(
      ask_for(id::key_update, "k", second, protocol::update_key{{}, {false, {}, {}, {}}, {}, {}}));
  vault.send(ask_for(id::key_delete, "k"));
  vault.send(ask_for(id::key_recover, "k"));
  BOOST_TEST(outcome(vault, fitting(id::key_sign)) == "403 Forbidden KeyDisabled");
}

// Everything is wrong at once; what is named first is set right, one after the other.
BOOST_AUTO_TEST_CASE(the_checks_come_in_the_order_of_the_contract) {
  test_vault vault;
  auto request = use(id::key_sign, "k", "ES256", 7);
  BOOST_TEST(outcome(vault, request) == "404 KeyNotFound");
  vault.send(create("k", rsa_2048));
  change(vault, {false, vault.now + 5, vault.now + 50, {}});
  change(vault, std::vector{key_operation::verify});
  BOOST_TEST(outcome(vault, request) == "403 Forbidden KeyDisabled");
  change(vault, {true, {}, {}, {}});
  BOOST_TEST(outcome(vault, request) == "403 Forbidden KeyNotYetValid");
  vault.now += 10;
  BOOST_TEST(outcome(vault, request) == "403 Forbidden KeyOperationForbidden");
  change(vault, std::vector{key_operation::sign});
  BOOST_TEST(error(vault.ask(request).verdict).message.find("incompatible") != std::string::npos);
  request = use(id::key_sign, "k", "RS256", 7);
  BOOST_TEST(error(vault.ask(request).verdict).message.find("32") != std::string::npos);
  BOOST_TEST(outcome(vault, fitting(id::key_sign)) == "ok");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
