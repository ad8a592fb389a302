#include <algorithm>

#include "protocol/ascii.hpp"
#include "protocol/join.hpp"
#include "protocol/json/read_parts.hpp"

// PUT /keys/{name}/rotationpolicy, and the limits of CONTRACT 5.6 that need no state of the key.
namespace twinkeep::protocol::json {

namespace {

// Azure's limits, in days.
constexpr unsigned shortest_expiry = 28;
constexpr unsigned rotation_margin = 7;

constexpr std::size_t max_actions = 2;  // one of each kind

constexpr std::string_view after_create = "lifetimeActions[].trigger.timeAfterCreate";
constexpr std::string_view before_expiry = "lifetimeActions[].trigger.timeBeforeExpiry";
constexpr std::string_view expiry_time = "attributes.expiryTime";

failure<error> refused(std::initializer_list<std::string_view> parts) {
  return failure{bad_parameter(join(parts))};
}

outcome<void> read_period(reader& in, reader::value& v, std::string_view name,
                          std::optional<calendar_period>& out) {
  const auto text = in.string(v, name);
  if (!text) return failure{text.error()};
  out = parse_period(*text);
  if (out) return {};
  return refused({"Member '", name, "' is ", quoted(*text),
                  ". It must be an ISO 8601 duration of years, months and days: P1Y, P18M, P90D."});
}

outcome<void> read_action(reader& in, reader::value& v, std::optional<rotation_action>& out) {
  constexpr std::string_view label = "lifetimeActions[].action.type";
  return in.object(v, "lifetimeActions[].action",
                   [&](std::string_view name, reader::value& m) -> outcome<void> {
                     if (name != "type") return in.ignore(m);
                     const auto text = in.string(m, label);
                     if (!text) return failure{text.error()};
                     if (ascii::equal_ignoring_case(*text, "rotate")) {
                       out = rotation_action::rotate;
                     } else if (ascii::equal_ignoring_case(*text, "notify")) {
                       out = rotation_action::notify;
                     } else {
                       return failure{not_accepted(label, *text, {"Rotate", "Notify"})};
                     }
                     return {};
                   });
}

outcome<void> read_trigger(reader& in, reader::value& v, rotation_rule& rule) {
  return in.object(v, "lifetimeActions[].trigger",
                   [&](std::string_view name, reader::value& m) -> outcome<void> {
                     if (name == "timeAfterCreate") {
                       return read_period(in, m, after_create, rule.after_create);
                     }
                     if (name == "timeBeforeExpiry") {
                       return read_period(in, m, before_expiry, rule.before_expiry);
                     }
                     return in.ignore(m);
                   });
}

outcome<void> read_rule(reader& in, reader::value& v, std::vector<rotation_rule>& out) {
  rotation_rule rule;
  std::optional<rotation_action> action;
  auto done = in.object(v, "lifetimeActions[]",
                        [&](std::string_view name, reader::value& m) -> outcome<void> {
                          if (name == "trigger") return read_trigger(in, m, rule);
                          if (name == "action") return read_action(in, m, action);
                          return in.ignore(m);
                        });
  if (!done) return done;
  if (!action) return failure{missing_member("lifetimeActions[].action.type")};
  if (rule.after_create.has_value() == rule.before_expiry.has_value()) {
    return refused({"Member 'lifetimeActions[].trigger' must have exactly one of timeAfterCreate ",
                    "and timeBeforeExpiry."});
  }
  rule.action = *action;
  if (std::ranges::find(out, rule.action, &rotation_rule::action) != out.end()) {
    return refused({"Member 'lifetimeActions' has more than one action ",
                    rule.action == rotation_action::rotate ? "Rotate" : "Notify", "."});
  }
  out.push_back(rule);
  return {};
}

// `margin` days of `whole`, if that is known, have to be left beside `part`.
bool leaves(const std::optional<calendar_period>& whole, const calendar_period& part,
            unsigned margin) {
  return !whole || std::uint64_t{approximate_days(part)} + margin <= approximate_days(*whole);
}

outcome<void> check_rotation(const rotation_rule& rule,
                             const std::optional<calendar_period>& expiry) {
  const auto days = std::to_string(rotation_margin);
  const auto& [after, before, action] = rule;
  if (before && !expiry) {
    return refused({"Member '", expiry_time, "' is required to rotate by timeBeforeExpiry."});
  }
  const auto name = after ? after_create : before_expiry;
  const auto& period = after ? *after : *before;
  if (approximate_days(period) < rotation_margin) {
    return refused({"Member '", name, "' is ", to_string(period), ". A rotation needs at least ",
                    days, " days."});
  }
  if (leaves(expiry, period, rotation_margin)) return {};
  return refused({"Member '", name, "' is ", to_string(period), ". A key must be rotated at least ",
                  days, " days after its creation and ", days, " days before it expires, which is ",
                  "after ", to_string(*expiry), "."});
}

}  // namespace

outcome<void> check_rotation_policy(const set_rotation_policy& policy) {
  const auto& expiry = policy.expiry_time;
  if (expiry && approximate_days(*expiry) < shortest_expiry) {
    return refused({"Member '", expiry_time, "' is ", to_string(*expiry), ". Accepted are ",
                    std::to_string(shortest_expiry), " days or more."});
  }
  for (const auto& rule : policy.actions) {
    if (rule.action == rotation_action::rotate) {
      if (auto done = check_rotation(rule, expiry); !done) return done;
    } else if (!rule.before_expiry) {
      return refused({"Member '", after_create, "' does not go with the action Notify."});
    }
  }
  return {};
}

outcome<void> read_rotation_member(reader& in, std::string_view name, reader::value& v,
                                   set_rotation_policy& out) {
  if (name == "attributes") {
    return in.object(v, name, [&](std::string_view inner, reader::value& m) -> outcome<void> {
      if (inner == "expiryTime") return read_period(in, m, expiry_time, out.expiry_time);
      return in.ignore(m);
    });
  }
  if (name != "lifetimeActions") return in.ignore(v);
  out.actions.clear();
  return read_list(in, v, name, max_actions,
                   [&](reader::value& item) { return read_rule(in, item, out.actions); });
}

outcome<request_body> read_rotation_policy(reader& in, operation_id) {
  set_rotation_policy body;
  auto done = in.read([&](std::string_view name, reader::value& v) {
    return read_rotation_member(in, name, v, body);
  });
  if (!done) return failure{std::move(done).error()};
  if (auto checked = check_rotation_policy(body); !checked) {
    return failure{std::move(checked).error()};
  }
  return request_body{std::move(body)};
}

}  // namespace twinkeep::protocol::json
