#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/operations.hpp"

namespace twinkeep::load {

// One request: an operation of the service's table and its body, in which these stand for what the
// preparation made: $secret a value, $jwk a key, $pem a certificate with its key, $blob a backup of
// the object, $chain a certificate for the request that the object's operation shows.
struct step {
  protocol::operation_id operation;
  std::string_view body = {};
};

enum class amount : std::uint8_t { one, secrets, set_names, keys, connections };

// What an item finds when a run begins. Objects are called "load-", the prefix, "-" and a number.
struct fixture {
  std::string_view prefix;  // empty: the item's own name
  amount how_many = amount::one;
  std::vector<step> clean = {};                      // first, whatever is answered
  std::optional<protocol::operation_id> probe = {};  // its success says that the object is there
  std::vector<step> make = {};                       // otherwise; each must succeed
};

// What a mix can be made of. One step: its objects are asked in turn. Several are a cycle, in which
// each connection has an object of its own, because every step needs the one before.
struct item {
  std::string_view name;
  std::string_view alias;  // short name, or empty
  const fixture* on;       // null: a key of the algorithm behind the colon
  std::vector<step> steps;
  bool refused = false;  // by this service whatever is asked, so that nothing succeeds
  [[nodiscard]] bool is_cycle() const { return steps.size() > 1; }
  [[nodiscard]] bool takes_algorithm() const { return on == nullptr; }
};

// Together they reach every row of protocol::operations().
[[nodiscard]] std::span<const item> items();
// By name or alias, "_" the same as "-"; nullptr: unknown.
[[nodiscard]] const item* find_item(std::string_view name);
// For --help: each item, a cycle with its operations.
[[nodiscard]] std::string describe_items();

}  // namespace twinkeep::load
