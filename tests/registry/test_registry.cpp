#include "tests/registry/test_registry.hpp"

#include "crypto/random.hpp"
#include "regions/registry/registry_state.hpp"

namespace twinkeep::registry_tests {

namespace {

constexpr std::string_view region = "eastus2";

regions::write_lease valid_lease() {
  regions::lease_keeper keeper;
  keeper.granted(regions::instant{}, std::chrono::seconds(1));
  return *keeper.lease(regions::instant{});
}

}  // namespace

test_registry::test_registry() : topology(regions::default_deployment()) {
  topology.tenant = tenant;
  topology.private_endpoints.push_back(
      {"pe-new", "fresh", "eastus2", {"127.0.0.2", 1}, false, "/x/pe-new"});
  topology.private_endpoints.push_back(
      {"pe-own", "fresh", "eastus2", {"127.0.0.3", 1}, true, "/x/pe-own"});
  auto key = std::make_shared<const crypto::data_key>(crypto::data_key::generate(random_));
  state.identity = std::make_shared<const regions::vault_identity>(regions::vault_identity{
      regions::registry_name(region), std::string(region), {}, std::move(key), {}});
  state.declared = regions::declared_vaults(topology, region);
}

regions::registry_verdict test_registry::send(operation_id id, std::string_view vault,
                                              management::request_body body,
                                              std::string_view name) {
  management::request asked;
  asked.op = &management::row_of(id);
  asked.subscription = topology.subscription;
  asked.group = group;
  asked.vault = vault;
  asked.name = name;
  asked.api_version = api_version;
  asked.body = std::move(body);
  if (id == operation_id::role_assignment_put || id == operation_id::role_assignment_delete) {
    asked.scope = vault;
    asked.vault.clear();
  }
  return send({std::make_shared<const management::request>(std::move(asked)),
               {std::string(alice), "User", 0}});
}

regions::registry_verdict test_registry::send(regions::registry_request request) {
  last_ = std::move(request);
  last_id_ = crypto::random_guid(random_);
  return send_again();
}

regions::registry_verdict test_registry::send_again() {
  auto decided = decide(state, last_, {now, last_id_, topology, region});
  const auto sealed = regions::seal_records(decided.records, *state.identity, random_);
  for (const auto& change : sealed) {
    if (change.value) {
      store_[change.key] = change.value;
    } else {
      store_.erase(change.key);
    }
  }
  BOOST_REQUIRE(regions::apply(state, sealed, valid_lease()).ok());
  return std::move(decided.verdict);
}

std::size_t test_registry::let_time_pass() {
  auto due = regions::due_purges(state, now);
  const auto count = due.size();
  for (auto& request : due) send(std::move(request));
  return count;
}

void test_registry::restart() {
  std::vector<regions::record_change> records;
  for (const auto& [key, value] : store_) records.push_back({key, value});
  auto loaded =
      regions::load_registry(state.identity, records, regions::declared_vaults(topology, region));
  BOOST_REQUIRE(loaded.ok());
  state = std::move(*loaded);
}

std::vector<std::string> test_registry::record_keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : store_) keys.push_back(key);
  return keys;
}

management::vault_input vault_body() {
  management::vault_input body;
  body.location = "eastus2";
  body.tenant_id = std::string(tenant);
  body.sku = protocol::vault_sku::standard;
  body.access_policies.emplace();
  return body;
}

protocol::access_policy policy(std::string_view object, std::vector<std::string> secrets,
                               std::vector<std::string> keys) {
  protocol::access_policy p;
  p.tenant_id = tenant;
  p.object_id = object;
  p.secrets = std::move(secrets);
  p.keys = std::move(keys);
  return p;
}

const regions::registry_answer& answer_of(const regions::registry_verdict& verdict) {
  const auto* refused = std::get_if<management::error>(&verdict);
  BOOST_REQUIRE_MESSAGE(refused == nullptr, (refused ? refused->message : ""));
  return std::get<regions::registry_answer>(verdict);
}

const management::error& error_of(const regions::registry_verdict& verdict) {
  BOOST_REQUIRE(std::holds_alternative<management::error>(verdict));
  return std::get<management::error>(verdict);
}

void check_refused(const regions::registry_verdict& verdict, management::error_code code,
                   std::string_view part) {
  const auto& refused = error_of(verdict);
  BOOST_TEST(refused.code == code, refused.message);
  BOOST_TEST(refused.message.find(part) != std::string::npos, refused.message << " lacks " << part);
}

}  // namespace twinkeep::registry_tests
