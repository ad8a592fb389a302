#include "bodies.hpp"

// PUT /keys/{name}/rotationpolicy.
namespace twinkeep::protocol::json {

using test::must_read;
using test::refusal;

namespace {

constexpr auto set_policy = operation_id::key_set_rotation_policy;

std::string rule(std::string_view trigger, std::string_view period, std::string_view action) {
  return R"({"trigger":{")" + std::string(trigger) + R"(":")" + std::string(period) +
         R"("},"action":{"type":")" + std::string(action) + R"("}})";
}
std::string rotate_after(std::string_view period) {
  return rule("timeAfterCreate", period, "Rotate");
}
std::string rotate_before(std::string_view period) {
  return rule("timeBeforeExpiry", period, "rotate");
}
std::string notify_before(std::string_view period) {
  return rule("timeBeforeExpiry", period, "Notify");
}

std::string policy(std::string_view rules, std::string_view expiry = {}) {
  std::string text = R"({"id":"x","lifetimeActions":[)" + std::string(rules) + ']';
  if (!expiry.empty())
    text += R"(,"attributes":{"created":1,"expiryTime":")" + std::string(expiry) + "\"}";
  return text + '}';
}

std::string refused(std::string_view rules, std::string_view expiry = {}) {
  return refusal(set_policy, policy(rules, expiry));
}

const std::string bad = "BadParameter: Member '";

}  // namespace

BOOST_AUTO_TEST_SUITE(bodies_of_rotation_policies)

BOOST_AUTO_TEST_CASE(a_policy_is_read) {
  const auto body = must_read<set_rotation_policy>(
      set_policy, policy(rotate_after("P18M") + ',' + notify_before("P30D"), "P2Y"));
  BOOST_TEST_REQUIRE(body.actions.size() == 2u);
  BOOST_TEST(
      (body.actions[0] == rotation_rule{calendar_period{0, 18, 0}, {}, rotation_action::rotate}));
  BOOST_TEST(
      (body.actions[1] == rotation_rule{{}, calendar_period{0, 0, 30}, rotation_action::notify}));
  BOOST_TEST((body.expiry_time == calendar_period{2, 0, 0}));
}

BOOST_AUTO_TEST_CASE(everything_may_be_left_out) {
  for (const auto* text : {"{}", R"({"lifetimeActions":null,"attributes":null})",
                           R"({"lifetimeActions":[],"attributes":{"expiryTime":null}})"}) {
    const auto body = must_read<set_rotation_policy>(set_policy, text);
    BOOST_TEST(body.actions.empty());
    BOOST_TEST(!body.expiry_time);
  }
}

BOOST_AUTO_TEST_CASE(actions_compare_without_case) {
  for (const auto* action : {"Rotate", "rotate", "ROTATE"}) {
    BOOST_TEST(refused(rule("timeAfterCreate", "P30D", action)) == "ok");
  }
  for (const auto* action : {"Notify", "notify"}) {
    BOOST_TEST(refused(rule("timeBeforeExpiry", "P30D", action)) == "ok");
  }
  BOOST_TEST(refused(rule("timeAfterCreate", "P30D", "Renew")) ==
             bad + "lifetimeActions[].action.type' is 'Renew'. Accepted are Rotate and Notify.");
}

BOOST_AUTO_TEST_CASE(a_rule_has_one_trigger_and_one_action) {
  const auto one_trigger = bad +
                           "lifetimeActions[].trigger' must have exactly one of timeAfterCreate "
                           "and timeBeforeExpiry.";
  BOOST_TEST(refused(R"({"trigger":{},"action":{"type":"Rotate"}})") == one_trigger);
  BOOST_TEST(refused(R"({"action":{"type":"Rotate"}})") == one_trigger);
  BOOST_TEST(refused(R"({"trigger":{"timeAfterCreate":"P30D","timeBeforeExpiry":"P30D"},)"
                     R"("action":{"type":"Rotate"}})",
                     "P1Y") == one_trigger);
  BOOST_TEST(refused(R"({"trigger":{"timeAfterCreate":"P30D","timeBeforeExpiry":null},)"
                     R"("action":{"type":"Rotate"}})") == "ok");
  for (const auto* text : {R"({"trigger":{"timeAfterCreate":"P30D"}})",
                           R"({"trigger":{"timeAfterCreate":"P30D"},"action":{}})"}) {
    BOOST_TEST(refused(text) == bad + "lifetimeActions[].action.type' is required.");
  }
  BOOST_TEST(refused(rotate_after("P30D") + ',' + rotate_before("P30D"), "P1Y") ==
             bad + "lifetimeActions' has more than one action Rotate.");
  BOOST_TEST(refused(notify_before("P30D") + ',' + notify_before("P20D")) ==
             bad + "lifetimeActions' has more than one action Notify.");
  BOOST_TEST(refused(rotate_after("P30D") + ',' + notify_before("P30D") + ",{}") ==
             bad + "lifetimeActions' has more than 2 items.");
}

BOOST_AUTO_TEST_CASE(periods_are_durations_without_time) {
  BOOST_TEST(refused(rotate_after("PT24H")) ==
             bad +
                 "lifetimeActions[].trigger.timeAfterCreate' is 'PT24H'. It must be an ISO 8601 "
                 "duration of years, months and days: P1Y, P18M, P90D.");
  BOOST_TEST(refused("", "soon").starts_with(bad + "attributes.expiryTime' is 'soon'. It must"));
  BOOST_TEST(refused(rotate_before("P1DT1H"), "P1Y")
                 .starts_with(bad + "lifetimeActions[].trigger.timeBeforeExpiry' is 'P1DT1H'."));
  BOOST_TEST(refused(rotate_after("P4W")) == "ok");
}

BOOST_AUTO_TEST_CASE(limits_that_need_no_key) {
  BOOST_TEST(refused("", "P28D") == "ok");
  BOOST_TEST(refused("", "P1M") == "ok");
  BOOST_TEST(refused("", "P27D") ==
             bad + "attributes.expiryTime' is P27D. Accepted are 28 days or more.");
  BOOST_TEST(refused(rotate_after("P7D")) == "ok");
  BOOST_TEST(refused(rotate_after("P6D")) ==
             bad +
                 "lifetimeActions[].trigger.timeAfterCreate' is P6D. A rotation needs at least 7 "
                 "days.");
  BOOST_TEST(refused(rotate_before("P7D"), "P90D") == "ok");
  BOOST_TEST(refused(rotate_before("P6D"), "P90D")
                 .starts_with(bad + "lifetimeActions[].trigger.timeBeforeExpiry' is P6D."));
  BOOST_TEST(refused(rotate_before("P7D")) ==
             bad + "attributes.expiryTime' is required to rotate by timeBeforeExpiry.");
  // Seven days of the key's life lie before the rotation, and seven behind it.
  for (const auto& rotation : {rotate_after("P83D"), rotate_before("P83D")}) {
    BOOST_TEST(refused(rotation, "P90D") == "ok");
    BOOST_TEST(refused(rotation, "P89D").starts_with(bad + "lifetimeActions[].trigger.time"));
  }
  // Notice alone is taken without an expiry (recorded), but never by age.
  BOOST_TEST(refused(notify_before("P30D")) == "ok");
  BOOST_TEST(refused(notify_before("P1D"), "P28D") == "ok");
  BOOST_TEST(refused(rule("timeAfterCreate", "P30D", "Notify")) ==
             bad +
                 "lifetimeActions[].trigger.timeAfterCreate' does not go with the action Notify.");
}

BOOST_AUTO_TEST_CASE(types_are_checked) {
  const auto whole = [](std::string_view text) { return refusal(set_policy, text); };
  BOOST_TEST(whole(R"({"lifetimeActions":{}})") == bad + "lifetimeActions' must be an array.");
  BOOST_TEST(whole(R"({"attributes":[]})") == bad + "attributes' must be an object.");
  BOOST_TEST(whole(R"({"attributes":{"expiryTime":1}})") ==
             bad + "attributes.expiryTime' must be a string.");
  BOOST_TEST(refused("1") == bad + "lifetimeActions[]' must be an object.");
  BOOST_TEST(refused(R"({"trigger":1})") == bad + "lifetimeActions[].trigger' must be an object.");
  BOOST_TEST(refused(R"({"action":"Rotate"})") ==
             bad + "lifetimeActions[].action' must be an object.");
  BOOST_TEST(refused(R"({"action":{"type":1}})") ==
             bad + "lifetimeActions[].action.type' must be a string.");
  BOOST_TEST(refused(R"({"trigger":{"timeAfterCreate":30}})") ==
             bad + "lifetimeActions[].trigger.timeAfterCreate' must be a string.");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::protocol::json
