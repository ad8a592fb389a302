#include "regions/vault/throttle.hpp"

#include <algorithm>

#include "protocol/identifiers.hpp"
#include "regions/vault/decide.hpp"

namespace twinkeep::regions {

namespace {

using crypto::key_type;
using protocol::operation_id;

constexpr std::array<unsigned, budget_count> limits{20, 4000, 10, 2000, 300, 4000};

// Of software keys; the limits on HSM keys are half of each, so that weights are the same. Whether
// the two budgets are one is not documented (LIMITS.md): here they are two. A size that Azure has
// no row for (oct, which it keeps for HSM pools) costs the least.
struct key_row {
  key_type type;
  unsigned modulus_bits;
  unsigned others;  // the documented limit on operations with such keys alone
};
constexpr std::array key_rows = std::to_array<key_row>({
    {key_type::rsa, 2048, 4000},
    {key_type::rsa, 3072, 1000},
    {key_type::rsa, 4096, 500},
    {key_type::ec, 0, 4000},
});

constexpr unsigned key_others = limits[std::size_t(budget::key_other)];
static_assert(std::ranges::all_of(key_rows,
                                  [](const key_row& row) { return key_others % row.others == 0; }),
              "weights are whole numbers");
static_assert(key_others == 2 * limits[std::size_t(budget::hsm_other)] &&
                  limits[std::size_t(budget::key_create)] ==
                      2 * limits[std::size_t(budget::hsm_create)],
              "of HSM keys half as many");

// What an operation with a key is counted as.
struct key_cost {
  bool hsm = false;
  unsigned weight = 1;
};

unsigned weight_of(key_type type, std::size_t modulus_bits) {
  const auto row = std::ranges::find_if(
      key_rows, [&](const key_row& r) { return r.type == type && r.modulus_bits == modulus_bits; });
  return row == key_rows.end() ? 1 : key_others / row->others;
}

key_cost cost_of_key(const protocol::key_properties& key) {
  constexpr std::size_t bits = 8;
  return {key.hsm, weight_of(key.pub.type, bits * key.pub.modulus_bytes())};
}

key_cost cost_of_key(const protocol::import_key& brought) {
  constexpr std::size_t bits = 8;
  const auto& key = brought.key;
  const auto first = std::ranges::find_if(key.n, [](auto octet) { return octet != 0; });
  return {brought.hsm, weight_of(key.type, bits * static_cast<std::size_t>(key.n.end() - first))};
}

// The key that a request brings, or names: a version that it says, or the current one. One that is
// not there costs the least, like a list.
key_cost cost_of_key(const vault_state& vault, const protocol::request& request) {
  if (const auto* body = std::get_if<protocol::import_key>(&request.body)) {
    return cost_of_key(*body);
  }
  if (const auto* body = std::get_if<protocol::restore_key>(&request.body)) {
    return body->versions.empty() ? key_cost{} : cost_of_key(body->versions.back().properties);
  }
  const auto name = object_of(request);
  for (const auto* keys : {&vault.keys.active, &vault.keys.deleted}) {
    const auto it = keys->find(name);
    if (it == keys->end()) continue;
    const auto& versions = it->second.versions;
    const auto said = std::ranges::find_if(versions, [&](const auto& version) {
      return version->properties.version == request.version;
    });
    return cost_of_key((said == versions.end() ? versions.back() : *said)->properties);
  }
  return {};
}

const protocol::certificate_policy* policy_of(const vault_state& vault,
                                              const protocol::request& request) {
  const auto it = vault.certificates.active.find(object_of(request));
  return it == vault.certificates.active.end() ? nullptr : it->second.policy.get();
}

// What is created says what its key is to be, or there is a policy that does; a key that is rotated
// stays what it is.
bool makes_hsm_key(const vault_state& vault, const protocol::request& request) {
  if (const auto* body = std::get_if<protocol::create_key>(&request.body)) return body->hsm;
  if (const auto* body = std::get_if<protocol::create_certificate>(&request.body)) {
    if (body->policy.kind) return body->policy.kind->hsm;
    const auto* const policy = policy_of(vault, request);
    return policy != nullptr && policy->hsm;
  }
  return request.operation == operation_id::key_rotate && cost_of_key(vault, request).hsm;
}

// A certificate's operation makes a key unless the policy wants the current one again. Where its
// policy is not told again, it is the one that there is.
bool makes_key(const vault_state& vault, const protocol::request& request) {
  if (request.operation != operation_id::certificate_create) return false;
  const auto* body = std::get_if<protocol::create_certificate>(&request.body);
  if (body == nullptr || !vault.certificates.active.contains(object_of(request))) return true;
  const auto* const policy = policy_of(vault, request);
  return !body->policy.reuse_key.value_or(policy != nullptr && policy->reuse_key);
}

}  // namespace

unsigned limit_of(budget b) {
  return limits.at(std::size_t(b));
}

// Which column import, rotation and restore fall in is not documented: what makes a key counts as
// creating one, what brings one as any other operation.
request_cost cost_of(const vault_state& vault, const protocol::request& request) {
  request_cost cost{};
  const auto charge = [&](budget b, unsigned weight) { cost.at(std::size_t(b)) = weight; };
  switch (request.operation) {
    case operation_id::secret_set:
      charge(budget::secret_set, 1);
      return cost;
    case operation_id::key_create:
    case operation_id::key_rotate:
      charge(makes_hsm_key(vault, request) ? budget::hsm_create : budget::key_create, 1);
      return cost;
    default:
      break;
  }
  if (protocol::row_of(request.operation).kind == protocol::object_kind::key) {
    const auto [hsm, weight] = cost_of_key(vault, request);
    charge(hsm ? budget::hsm_other : budget::key_other, weight);
    return cost;
  }
  charge(budget::other, 1);
  if (makes_key(vault, request)) {
    charge(makes_hsm_key(vault, request) ? budget::hsm_create : budget::key_create, 1);
  }
  return cost;
}

std::optional<unsigned> throttle::admit(const request_cost& cost, instant now) {
  if (!began_ || now - *began_ >= window) {
    began_ = now;
    used_ = {};
  }
  for (std::size_t i = 0; i < budget_count; ++i) {
    if (cost[i] != 0 && used_[i] + cost[i] > limits[i]) {
      const auto left = std::chrono::ceil<std::chrono::seconds>(*began_ + window - now);
      return std::max(1U, static_cast<unsigned>(left.count()));
    }
  }
  for (std::size_t i = 0; i < budget_count; ++i) used_[i] += cost[i];
  return std::nullopt;
}

}  // namespace twinkeep::regions
