// Azure's limits: what a request costs, and how many are let in within a window.
#include "regions/vault/throttle.hpp"

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

namespace {

using id = operation_id;
using regions::budget;
using regions::cost_of;
using regions::limit_of;
using regions::request_cost;
using namespace std::chrono_literals;

const regions::instant start{};
constexpr crypto::key_spec rsa(unsigned bits) {
  return {crypto::key_type::rsa, bits, crypto::curve::p256, 0};
}

request_cost costs(std::initializer_list<std::pair<budget, unsigned>> parts) {
  request_cost cost{};
  for (const auto& [b, weight] : parts) cost.at(std::size_t(b)) = weight;
  return cost;
}
void check_cost(const test_vault& vault, const protocol::request& request,
                const request_cost& expected) {
  BOOST_TEST(cost_of(vault.state(), request) == expected, boost::test_tools::per_element());
}

// How many of the same are admitted at one moment.
unsigned admitted(regions::throttle& limits, const request_cost& cost, regions::instant now) {
  unsigned count = 0;
  while (!limits.admit(cost, now)) ++count;
  return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(throttle)

BOOST_AUTO_TEST_CASE(every_operation_is_counted_once_against_its_kind) {
  test_vault vault;
  for (const auto& row : protocol::operations()) {
    BOOST_TEST_INFO(row.name);
    const auto cost = cost_of(vault.state(), ask_for(row.id, "n"));
    const auto expected =
        row.id == id::secret_set                               ? costs({{budget::secret_set, 1}})
        : row.id == id::key_create || row.id == id::key_rotate ? costs({{budget::key_create, 1}})
        : row.id == id::certificate_create ? costs({{budget::key_create, 1}, {budget::other, 1}})
        : row.kind == protocol::object_kind::key ? costs({{budget::key_other, 1}})
                                                 : costs({{budget::other, 1}});
    BOOST_TEST(cost == expected, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(an_operation_costs_what_its_keys_type_and_size_say) {
  test_vault vault;
  for (const auto& [bits, weight] : {std::pair{2048U, 1U}, {3072U, 4U}, {4096U, 8U}}) {
    const auto name = "R" + std::to_string(bits);
    vault.send(create(name, rsa(bits)));
    BOOST_TEST_INFO(name);
    check_cost(vault, ask_for(id::key_get, "r" + std::to_string(bits)),
               costs({{budget::key_other, weight}}));
    check_cost(vault, use(id::key_sign, name, "RS256", 32), costs({{budget::key_other, weight}}));
    check_cost(vault, create(name, rsa(bits)), costs({{budget::key_create, 1}}));
  }
  vault.send(create("e", ec_256));
  check_cost(vault, use(id::key_sign, "e", "ES256", 32), costs({{budget::key_other, 1}}));
  check_cost(vault, ask_for(id::key_get, "nobody"), costs({{budget::key_other, 1}}));
  // Also while it is deleted.
  vault.send(ask_for(id::key_delete, "r4096"));
  check_cost(vault, ask_for(id::key_recover, "r4096"), costs({{budget::key_other, 8}}));
}

BOOST_AUTO_TEST_CASE(a_version_that_is_named_counts_not_the_current_one) {
  test_vault vault;
  const auto old = key(vault.send(create("k", rsa(4096)))).key->properties.version;
  vault.send(create("k", ec_256));
  check_cost(vault, use(id::key_sign, "k", "ES256", 32), costs({{budget::key_other, 1}}));
  check_cost(vault, ask_for(id::key_get, "k", old), costs({{budget::key_other, 8}}));
  check_cost(vault, restore_of(vault, id::key_backup, "k"), costs({{budget::key_other, 1}}));
}

BOOST_AUTO_TEST_CASE(a_certificate_costs_a_key_where_it_gets_a_new_one) {
  test_vault vault;
  check_cost(vault, make_certificate("c"), costs({{budget::key_create, 1}, {budget::other, 1}}));
  auto policy = ec_policy();
  policy.reuse_key = true;
  vault.send(make_certificate("c", policy));
  vault.settle();
  check_cost(vault, make_certificate("c", policy), costs({{budget::other, 1}}));
  check_cost(vault, make_certificate("c", {}), costs({{budget::other, 1}}));
  policy.reuse_key = false;
  check_cost(vault, make_certificate("c", policy),
             costs({{budget::key_create, 1}, {budget::other, 1}}));
}

BOOST_AUTO_TEST_CASE(keys_of_hsms_have_budgets_of_their_own) {
  regions::vault_options premium;
  premium.hsm_keys = true;
  test_vault vault({}, 1, premium);
  const auto of_hsm = [](unsigned bits) {
    auto request = create("h", rsa(bits));
    std::get<protocol::create_key>(request.body).hsm = true;
    return request;
  };
  check_cost(vault, of_hsm(4096), costs({{budget::hsm_create, 1}}));
  const auto old = key(vault.send(of_hsm(4096))).key->properties.version;
  check_cost(vault, use(id::key_sign, "h", "RS256", 32), costs({{budget::hsm_other, 8}}));
  check_cost(vault, ask_for(id::key_rotate, "h"), costs({{budget::hsm_create, 1}}));
  check_cost(vault, create("h", rsa(2048)), costs({{budget::key_create, 1}}));
  check_cost(vault, restore_of(vault, id::key_backup, "h"), costs({{budget::hsm_other, 8}}));
  vault.send(create("h", rsa(2048)));
  check_cost(vault, ask_for(id::key_rotate, "h"), costs({{budget::key_create, 1}}));
  check_cost(vault, ask_for(id::key_get, "h"), costs({{budget::key_other, 1}}));
  check_cost(vault, ask_for(id::key_get, "h", old), costs({{budget::hsm_other, 8}}));
  protocol::import_key brought;
  brought.hsm = true;
  brought.key.n = bytes(384, 0xFF);
  check_cost(vault, ask_for(id::key_import, "h", "", std::move(brought)),
             costs({{budget::hsm_other, 4}}));
}

BOOST_AUTO_TEST_CASE(the_documented_numbers_are_let_in) {
  const std::pair<request_cost, unsigned> all[] = {
      {costs({{budget::key_create, 1}}), 20},
      {costs({{budget::key_other, 1}}), 4000},
      {costs({{budget::key_other, 4}}), 1000},
      {costs({{budget::key_other, 8}}), 500},
      {costs({{budget::hsm_create, 1}}), 10},
      {costs({{budget::hsm_other, 1}}), 2000},
      {costs({{budget::hsm_other, 4}}), 500},
      {costs({{budget::hsm_other, 8}}), 250},
      {costs({{budget::secret_set, 1}}), 300},
      {costs({{budget::other, 1}}), 4000},
      {costs({{budget::key_create, 1}, {budget::other, 1}}), 20},
  };
  for (const auto& [cost, count] : all) {
    regions::throttle limits;
    BOOST_TEST(admitted(limits, cost, start) == count);
  }
}

// The sum is what is limited, as in the documented example of HSM keys: 248 * 8 + 16 = 2000.
BOOST_AUTO_TEST_CASE(keys_of_all_sizes_share_one_budget) {
  regions::throttle documented;
  for (int i = 0; i < 248; ++i) {
    BOOST_REQUIRE(!documented.admit(costs({{budget::hsm_other, 8}}), start));
  }
  BOOST_TEST(admitted(documented, costs({{budget::hsm_other, 1}}), start) == 16u);
  regions::throttle limits;
  for (int i = 0; i < 496; ++i) {
    BOOST_REQUIRE(!limits.admit(costs({{budget::key_other, 8}}), start));
  }
  BOOST_TEST(admitted(limits, costs({{budget::key_other, 1}}), start) == 32u);
  // What costs too much is refused, what still fits is not.
  regions::throttle nearly;
  for (int i = 0; i < 3996; ++i) (void)nearly.admit(costs({{budget::key_other, 1}}), start);
  BOOST_TEST(nearly.admit(costs({{budget::key_other, 8}}), start).has_value());
  BOOST_TEST(!nearly.admit(costs({{budget::key_other, 4}}), start).has_value());
}

BOOST_AUTO_TEST_CASE(budgets_do_not_touch_one_another) {
  regions::throttle limits;
  BOOST_TEST(admitted(limits, costs({{budget::key_create, 1}}), start) == 20u);
  BOOST_TEST(admitted(limits, costs({{budget::secret_set, 1}}), start) == 300u);
  // A certificate for which there is no key to be had takes nothing of the rest.
  BOOST_TEST(limits.admit(costs({{budget::key_create, 1}, {budget::other, 1}}), start).has_value());
  BOOST_TEST(admitted(limits, costs({{budget::other, 1}}), start) == limit_of(budget::other));
}

BOOST_AUTO_TEST_CASE(who_is_refused_is_told_when_there_is_room_again) {
  regions::throttle limits;
  const auto one = costs({{budget::key_create, 1}});
  BOOST_TEST(admitted(limits, one, start) == 20u);
  BOOST_TEST(limits.admit(one, start).value() == 10u);
  BOOST_TEST(limits.admit(one, start + 1ms).value() == 10u);
  BOOST_TEST(limits.admit(one, start + 7500ms).value() == 3u);
  BOOST_TEST(limits.admit(one, start + 9999ms).value() == 1u);
  // Those that were refused did not count: a whole window is there again.
  BOOST_TEST(admitted(limits, one, start + 10s) == 20u);
  BOOST_TEST(limits.admit(one, start + 19s).value() == 1u);
  // The next window begins with the request that opens it.
  BOOST_TEST(admitted(limits, one, start + 60s) == 20u);
  BOOST_TEST(limits.admit(one, start + 65s).value() == 5u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::vault_tests
