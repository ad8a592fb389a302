#include "tests/vault_core/test_vault.hpp"

#include "regions/vault/records.hpp"

namespace twinkeep::vault_tests {

namespace {

using regions::decision;

regions::vault_identity_ptr make_identity(protocol::recovery_rules rules, seeded_random& random,
                                          regions::vault_options options) {
  auto key = std::make_shared<const crypto::data_key>(crypto::data_key::generate(random));
  return std::make_shared<const regions::vault_identity>(
      regions::vault_identity{"demo", "eastus2", rules, std::move(key), options});
}

}  // namespace

test_vault::test_vault(protocol::recovery_rules rules, std::uint64_t seed,
                       regions::vault_options options)
    : random(seed), identity(make_identity(rules, random, options)) {
  state_.identity = identity;
}

verdict test_vault::send(const protocol::request& request) {
  last_id_ = crypto::random_guid(random);
  last_version_ = crypto::random_hex_id(random);
  return send_again(request);
}

verdict test_vault::send_again(const protocol::request& request) {
  return send_as(request, {now, last_id_, last_version_, nullptr});
}

verdict test_vault::send_as(const protocol::request& request, regions::request_context context) {
  std::optional<regions::work_result> done;
  auto decided = decide(state_, request, context);
  if (const auto* work = std::get_if<regions::vault_work>(&decided.verdict)) {
    BOOST_REQUIRE(decided.records.empty());
    ++works;
    done.emplace(regions::is_for_hsms(*work)
                     ? hsms.carry_out(*work, request, *identity)
                     : carry_out(*work, request, {provider(), *identity, signs}));
    const auto* refused = std::get_if<protocol::error>(&*done);
    const bool is_own = std::holds_alternative<protocol::issue_pending>(request.body);
    if (refused != nullptr && (!is_own || refused->retry_after_s)) {
      batch_.clear();
      return *refused;
    }
    context.done = &*done;
    decided = decide(state_, request, context);
    BOOST_REQUIRE(!std::holds_alternative<regions::vault_work>(decided.verdict));
  }
  batch_ = seal(decided.records);
  for (const auto& change : batch_) {
    if (change.value) {
      store_[change.key] = change.value;
    } else {
      store_.erase(change.key);
    }
  }
  const auto applied = apply(batch_);
  BOOST_REQUIRE_MESSAGE(applied.ok(), why(applied));
  return decided.verdict;
}

decision test_vault::ask(const protocol::request& request) {
  return decide(state_, request,
                {now, crypto::random_guid(random), crypto::random_hex_id(random), nullptr});
}

regions::vault_options premium() {
  regions::vault_options options;
  options.hsm_keys = true;
  return options;
}

void test_vault::settle() {
  for (const auto& request : regions::due_certificates(state_, now)) send(request);
  BOOST_REQUIRE(regions::due_certificates(state_, now).empty());
}

std::size_t test_vault::let_time_pass() {
  const auto due = regions::due_requests(state_, now);
  for (const auto& request : due) send(request);
  return due.size();
}

std::vector<regions::record_change> test_vault::seal(
    const std::vector<regions::plain_record>& records) {
  return regions::seal_records(records, *identity, random);
}

crypto::outcome<void> test_vault::apply(const std::vector<regions::record_change>& changes) {
  return regions::apply(state_, changes, valid_lease());
}

void test_vault::change(regions::vault_options options) {
  auto changed = *identity;
  changed.options = options;
  identity = std::make_shared<const regions::vault_identity>(std::move(changed));
  state_.identity = identity;
}

std::vector<regions::record_change> test_vault::records() const {
  std::vector<regions::record_change> all;
  for (const auto& [key, value] : store_) all.push_back({key, value});
  return all;
}

crypto::outcome<regions::vault_state> test_vault::reload() const {
  return regions::load_vault(identity, records());
}

void test_vault::restart() {
  auto loaded = reload();
  BOOST_REQUIRE_MESSAGE(loaded.ok(), why(loaded));
  state_ = std::move(*loaded);
}

std::string test_vault::value_of(const regions::stored_secret& secret) const {
  return std::string(as_text(opened(secret.record_key, secret.value).view()));
}

crypto::secret_bytes test_vault::opened(std::string_view record_key,
                                        const regions::sealed_part& part) const {
  auto value = regions::open_value(*identity, record_key, part);
  BOOST_REQUIRE_MESSAGE(value.ok(), why(value));
  return std::move(*value);
}

regions::write_lease valid_lease() {
  regions::lease_keeper keeper;
  keeper.granted(regions::instant{}, std::chrono::seconds(1));
  return *keeper.lease(regions::instant{});
}

}  // namespace twinkeep::vault_tests
