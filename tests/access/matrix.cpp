// Every role and every policy permission against every operation. What is expected is written out
// here from CONTRACT 10 and MANAGEMENT.md, without wildcards.
#include <algorithm>
#include <map>
#include <set>

#include "protocol/management/permissions.hpp"
#include "regions/access/roles.hpp"
#include "tests/access/kit.hpp"

namespace twinkeep::access_tests {

namespace {

using actions = std::set<std::string_view>;

const actions of_secrets{
    "secrets/delete",           "secrets/backup/action",       "secrets/purge/action",
    "secrets/update/action",    "secrets/recover/action",      "secrets/restore/action",
    "secrets/getSecret/action", "secrets/readMetadata/action", "secrets/setSecret/action"};
const actions of_keys{"keys/read",
                      "keys/delete",
                      "keys/update/action",
                      "keys/create/action",
                      "keys/import/action",
                      "keys/recover/action",
                      "keys/restore/action",
                      "keys/backup/action",
                      "keys/purge/action",
                      "keys/encrypt/action",
                      "keys/decrypt/action",
                      "keys/wrap/action",
                      "keys/unwrap/action",
                      "keys/sign/action",
                      "keys/verify/action",
                      "keys/release/action",
                      "keys/rotate/action",
                      "keyrotationpolicies/read",
                      "keyrotationpolicies/write"};
const actions of_certificates{
    "certificatecas/read",        "certificatecas/write",       "certificatecas/delete",
    "certificatecontacts/write",  "certificates/read",          "certificates/delete",
    "certificates/backup/action", "certificates/purge/action",  "certificates/update/action",
    "certificates/create/action", "certificates/import/action", "certificates/recover/action",
    "certificates/restore/action"};

actions everything() {
  actions all = of_secrets;
  all.insert(of_keys.begin(), of_keys.end());
  all.insert(of_certificates.begin(), of_certificates.end());
  return all;
}

const std::map<std::string_view, actions> expected_of_roles{
    {"Key Vault Administrator", everything()},
    {"Key Vault Reader",
     {"certificatecas/read", "certificates/read", "keyrotationpolicies/read", "keys/read",
      "secrets/readMetadata/action"}},
    {"Key Vault Secrets Officer", of_secrets},
    {"Key Vault Secrets User", {"secrets/getSecret/action", "secrets/readMetadata/action"}},
    {"Key Vault Crypto Officer", of_keys},
    {"Key Vault Crypto User",
     {"keys/read", "keys/update/action", "keys/backup/action", "keys/encrypt/action",
      "keys/decrypt/action", "keys/wrap/action", "keys/unwrap/action", "keys/sign/action",
      "keys/verify/action"}},
    {"Key Vault Crypto Service Encryption User",
     {"keys/read", "keys/wrap/action", "keys/unwrap/action"}},
    {"Key Vault Crypto Service Release User", {"keys/release/action"}},
    {"Key Vault Certificates Officer", of_certificates},
    {"Key Vault Certificate User",
     {"certificates/read", "secrets/getSecret/action", "secrets/readMetadata/action", "keys/read"}},
    {"Key Vault Purge Operator", {}},
    {"Key Vault Data Access Administrator", {}},
    {"Key Vault Contributor", {}},
    {"Owner", {}},
    {"Contributor", {}},
    {"Reader", {}},
    {"User Access Administrator", {}},
};

bool same(std::string_view a, std::string_view b) {
  return protocol::lower(a) == protocol::lower(b);
}

bool expected_of_policy(std::string_view permission, const contract_row& row) {
  if (row.permission == "any") return true;
  if (permission == "all") return row.permission != "purge";
  if (permission == "manageissuers") {
    return row.permission == "getissuers" || row.permission == "listissuers" ||
           row.permission == "setissuers" || row.permission == "deleteissuers";
  }
  return same(permission, row.permission);
}

std::vector<std::string>& list_of(protocol::access_policy& policy, std::string_view kind) {
  if (kind == "secrets") return policy.secrets;
  return kind == "keys" ? policy.keys : policy.certificates;
}

std::span<const std::string_view> permissions_of(std::string_view collection) {
  using enum protocol::management::permission_kind;
  const auto kind = collection == "keys" ? keys : collection == "secrets" ? secrets : certificates;
  return protocol::management::permissions(kind);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(matrix)

BOOST_AUTO_TEST_CASE(every_operation_has_its_row_and_every_row_its_operation) {
  BOOST_TEST(contract().size() == protocol::operations().size());
  for (const auto& op : protocol::operations()) BOOST_TEST(contract_of(op).name == op.name);
}

BOOST_AUTO_TEST_CASE(each_role_lets_in_what_the_contract_says_and_nothing_else) {
  BOOST_TEST(regions::built_in_roles().size() == expected_of_roles.size());
  std::size_t let_in = 0;
  for (const auto& held : regions::built_in_roles()) {
    const auto expected = expected_of_roles.find(held.name);
    BOOST_REQUIRE_MESSAGE(expected != expected_of_roles.end(), held.name);
    const auto rules = rules_of({assigned(held.name, in_vault)});
    for (const auto& op : protocol::operations()) {
      const bool wanted = expected->second.contains(contract_of(op).action);
      const bool found = allowed(*rules, op, caller(user));
      BOOST_TEST(found == wanted, held.name << " and " << op.name << ": " << found);
      BOOST_TEST(!allowed(*rules, op, caller(stranger)));
      let_in += found ? 1 : 0;
    }
  }
  BOOST_TEST(let_in > protocol::operations().size());
}

BOOST_AUTO_TEST_CASE(each_permission_of_a_policy_lets_in_what_the_contract_says_and_nothing_else) {
  for (const std::string_view kind : {"secrets", "keys", "certificates"}) {
    for (const auto permission : permissions_of(kind)) {
      protocol::access_policy policy;
      policy.object_id = user;
      list_of(policy, kind).emplace_back(permission);
      const auto rules = rules_of({policy});
      for (const auto& op : protocol::operations()) {
        const auto& row = contract_of(op);
        const bool wanted = row.kind == kind && expected_of_policy(permission, row);
        const bool found = allowed(*rules, op, caller(user));
        BOOST_TEST(found == wanted, kind << ' ' << permission << " and " << op.name);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(every_permission_that_an_operation_needs_can_be_given) {
  for (const auto& row : contract()) {
    if (row.permission == "any") continue;
    const auto known = permissions_of(row.kind);
    BOOST_TEST(std::ranges::any_of(known, [&](auto name) { return same(name, row.permission); }),
               row.kind << ' ' << row.permission);
  }
}

// With no role and no policy there is nothing, whatever the table says.
BOOST_AUTO_TEST_CASE(without_a_role_or_a_policy_nothing_is_let_in) {
  const auto by_roles = rules_of(std::vector<protocol::role_assignment>{});
  const auto by_policy = rules_of(std::vector<protocol::access_policy>{});
  for (const auto& op : protocol::operations()) {
    for (const auto& who : {caller(user), caller(""), protocol::token::claims{}}) {
      BOOST_TEST(!allowed(*by_roles, op, who));
      BOOST_TEST(!allowed(*by_policy, op, who));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::access_tests
