#include <stdlib.h>

#include "crypto/hsm_world.hpp"
#include "kit.hpp"

// Opening tokens and taking them into worlds: what an operator can get wrong.
namespace twinkeep::crypto {

namespace {

using test::tokens;

hsm_location with_pin_file(hsm_location place, std::filesystem::path file) {
  place.pin_file = std::move(file);
  return place;
}

// What open_hsm_token() says of it, which is never the PIN.
std::string refusal(const hsm_location& place) {
  const auto opened = open_hsm_token(place);
  BOOST_REQUIRE(test::failed_with(opened, error_code::unavailable));
  const auto& message = opened.error().message;
  for (const std::string_view secret : {"wrong-pin", "1234-user"}) {
    BOOST_TEST(message.find(secret) == std::string::npos);
  }
  return message;
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hsm_provisioning)

BOOST_AUTO_TEST_CASE(modules_that_are_none) {
  auto place = tokens().first_place;
  place.module = "/nowhere/module.so";
  BOOST_TEST(has(refusal(place), "/nowhere/module.so: No such file"));
  BOOST_TEST((describe_hsm(place).condition == hsm_condition::no_module));
  place.module = test::write_file("text.so", "no library");
  BOOST_TEST(has(refusal(place), "text.so"));
  place.module = "/lib/x86_64-linux-gnu/libz.so.1";
  BOOST_TEST(has(refusal(place), "is no PKCS #11 module"));
  BOOST_TEST((describe_hsm(place).condition == hsm_condition::no_module));
}

BOOST_AUTO_TEST_CASE(a_token_that_is_not_there) {
  auto place = tokens().first_place;
  place.token = "no such token";
  BOOST_TEST(has(refusal(place), "there is no token \"no such token\""));
  const auto found = describe_hsm(place);
  BOOST_TEST((found.condition == hsm_condition::no_token));
  BOOST_TEST(has(found.what_is_wrong, "no such token"));
}

BOOST_AUTO_TEST_CASE(two_tokens_of_one_name) {
  const auto place = test::make_token("twin");
  BOOST_CHECK_THROW((void)test::make_token("twin"), std::runtime_error);  // made, and not found
  BOOST_TEST(has(refusal(place), "there is more than one token \"twin\""));
}

BOOST_AUTO_TEST_CASE(pins_that_are_none) {
  const auto place = test::make_token("pins");
  BOOST_TEST(has(refusal(with_pin_file(place, "/nowhere/pin")), "PIN: file /nowhere/pin"));
  BOOST_TEST(has(refusal(with_pin_file(place, test::write_file("empty", "\nsecond line"))),
                 "its first line is empty"));
  BOOST_TEST(has(refusal(with_pin_file(place, test::write_file("long", std::string(2000, 'x')))),
                 "its first line is too long"));
  for (const auto mode : {std::filesystem::perms::group_read, std::filesystem::perms::others_read,
                          std::filesystem::perms::others_write}) {
    const auto open = test::write_file("open", test::user_pin);
    std::filesystem::permissions(open, mode, std::filesystem::perm_options::add);
    BOOST_TEST(has(refusal(with_pin_file(place, open)), "open to others: expected mode 0600"));
  }
  auto by_variable = with_pin_file(place, "");
  BOOST_TEST(has(refusal(by_variable), "neither a file nor a variable"));
  by_variable.pin_variable = "TWINKEEP_TEST_PIN";
  BOOST_TEST(has(refusal(by_variable), "environment variable TWINKEEP_TEST_PIN: is not set"));
  BOOST_TEST((describe_hsm(by_variable).condition == hsm_condition::no_pin));
  ::setenv("TWINKEEP_TEST_PIN", std::string{test::user_pin}.c_str(), 1);
  BOOST_TEST((describe_hsm(by_variable).condition == hsm_condition::no_world));
}

// A token locks itself after a few wrong PINs, however often the service tries to open it.
BOOST_AUTO_TEST_CASE(a_wrong_pin_is_tried_once) {
  const auto right = test::make_token("locked");
  const auto wrong = with_pin_file(right, test::write_file("wrong", "wrong-pin\n"));
  BOOST_TEST(has(refusal(wrong), "the PIN is wrong"));
  BOOST_TEST(has(refusal(wrong), "is not tried again"));
  BOOST_TEST((describe_hsm(wrong).condition == hsm_condition::wrong_pin));
  BOOST_TEST((describe_hsm(right).condition == hsm_condition::no_world));
}

BOOST_AUTO_TEST_CASE(a_token_without_a_world_does_not_open) {
  const auto place = test::make_token("worldless");
  BOOST_TEST(has(refusal(place), "twinkeep hsm provision"));
  const auto found = describe_hsm(place);
  BOOST_TEST((found.condition == hsm_condition::no_world));
  BOOST_TEST(has(found.model, "SoftHSM v2"));
  BOOST_TEST(found.serial.size() == 16u);
  BOOST_TEST(!found.world.has_value());
  BOOST_TEST(found.algorithms.size() == algorithms().size());
}

BOOST_AUTO_TEST_CASE(a_member_is_described) {
  (void)test::installed_key(*tokens().stranger, {key_type::oct});
  const auto found = describe_hsm(tokens().stranger_place);
  BOOST_TEST((found.condition == hsm_condition::member));
  BOOST_TEST((found.world == tokens().stranger->world()));
  BOOST_TEST(found.keys == test::must(tokens().stranger->inventory()).size());
  BOOST_TEST(found.what_is_wrong == "");
}

BOOST_AUTO_TEST_CASE(a_world_is_made_once) {
  const auto place = test::make_token("once");
  const auto world = test::must(create_hsm_world(place));
  BOOST_TEST((describe_hsm(place).world == world));
  BOOST_TEST(test::failed_with(create_hsm_world(place), error_code::unavailable));
  BOOST_TEST((describe_hsm(place).world == world));
}

BOOST_AUTO_TEST_CASE(joining_needs_the_officer_and_leaves_nothing_else_behind) {
  const auto source = test::make_token("source");
  const auto joining = test::make_token("joining");
  const auto officer = test::secret_text(test::officer_pin);
  BOOST_TEST(test::failed_with(join_hsm_world(source, officer, joining), error_code::unavailable));
  const auto world = test::must(create_hsm_world(source));
  const auto wrong = test::secret_text("wrong-pin");
  const auto refused = join_hsm_world(source, wrong, joining);
  BOOST_TEST(test::failed_with(refused, error_code::unavailable));
  BOOST_TEST(has(refused.error().message, "the security officer's PIN is wrong"));
  BOOST_TEST((describe_hsm(joining).condition == hsm_condition::no_world));

  test::must(join_hsm_world(source, officer, joining));
  BOOST_TEST((describe_hsm(joining).world == world));
  test::must(join_hsm_world(source, officer, joining));
  test::must(join_hsm_world(joining, officer, source));
  BOOST_TEST((describe_hsm(source).world == world));
  for (const auto* const label : {"source", "joining"}) {
    auto in = test::session_with(label);
    pkcs11::attributes anything;
    BOOST_TEST(test::must(in.find(anything)).size() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(a_third_token_joins_by_the_second) {
  const auto one = test::make_token("chain one");
  const auto two = test::make_token("chain two");
  const auto three = test::make_token("chain three");
  const auto officer = test::secret_text(test::officer_pin);
  const auto world = test::must(create_hsm_world(one));
  test::must(join_hsm_world(one, officer, two));
  test::must(join_hsm_world(two, officer, three));
  BOOST_TEST((describe_hsm(three).world == world));
  const auto first = test::must(open_hsm_token(one));
  const auto last = test::must(open_hsm_token(three));
  const auto made = test::must(first->generate({key_type::ec}));
  test::must(last->install(made.material.view(), "k"));
}

BOOST_AUTO_TEST_CASE(a_token_of_another_world_does_not_join) {
  const auto one = test::make_token("world one");
  const auto two = test::make_token("world two");
  const auto world = test::must(create_hsm_world(one));
  const auto other = test::must(create_hsm_world(two));
  BOOST_TEST((world != other));
  const auto refused = join_hsm_world(one, test::secret_text(test::officer_pin), two);
  BOOST_TEST(test::failed_with(refused, error_code::refused));
  BOOST_TEST((describe_hsm(two).world == other));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::crypto
