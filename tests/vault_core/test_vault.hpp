#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "protocol/requests.hpp"
#include "regions/vault/apply.hpp"
#include "regions/vault/decide.hpp"

namespace twinkeep::vault_tests {

using protocol::operation_id;
using regions::verdict;

// Random numbers that come again: ids, nonces and keys of a test follow from its seed.
class seeded_random : public crypto::random_source {
 public:
  explicit seeded_random(std::uint64_t seed) : engine_(seed) {}
  void fill(std::span<std::uint8_t> out) override {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(engine_());
  }
  // 0 <= result < limit
  std::size_t below(std::size_t limit) { return engine_() % limit; }

 private:
  std::mt19937_64 engine_;
};

// A vault and, beside it, its records as a store would hold them. Does what the vault actor does:
// decide, seal, commit, apply.
class test_vault {
 public:
  explicit test_vault(protocol::recovery_rules rules = {}, std::uint64_t seed = 1);

  // Sends one request with an id of its own.
  verdict send(const protocol::request& request);
  // The same once more, as after the loss of the vault: the last request's id and fresh version.
  verdict send_again(const protocol::request& request);
  // Only decides.
  regions::decision ask(const protocol::request& request);

  [[nodiscard]] std::string value_of(const regions::stored_secret& secret) const;
  [[nodiscard]] const regions::vault_state& state() const { return state_; }
  [[nodiscard]] std::vector<regions::record_change> records() const;
  [[nodiscard]] crypto::outcome<regions::vault_state> reload() const;
  [[nodiscard]] const std::vector<regions::record_change>& last_batch() const { return batch_; }
  crypto::outcome<void> apply(const std::vector<regions::record_change>& changes);
  std::vector<regions::record_change> seal(const std::vector<regions::plain_record>& records);

  protocol::unix_seconds now = 1'800'000'000;
  seeded_random random;
  regions::vault_identity_ptr identity;

 private:
  verdict send_as(const protocol::request& request, regions::request_context context);

  regions::vault_state state_;
  std::map<std::string, regions::record_value> store_;
  std::vector<regions::record_change> batch_;
  std::string last_id_, last_version_;
};

// Everything of a vault as text, values opened: two states are equal if their texts are.
[[nodiscard]] std::string describe(const regions::vault_state& vault);

[[nodiscard]] regions::write_lease valid_lease();
// A key's numbers without mathematics: decisions never use them.
[[nodiscard]] crypto::generated_key fake_key(const crypto::key_spec& spec);

// Why something failed, for messages, which are made even when it did not.
template <class T>
std::string why(const crypto::outcome<T>& result) {
  return result.ok() ? "it did not fail" : result.error().message;
}

// ---- requests ----

[[nodiscard]] protocol::request ask_for(operation_id operation, std::string name = {},
                                        std::string version = {}, protocol::request_body body = {});
[[nodiscard]] protocol::request set(std::string name, std::string_view value,
                                    protocol::attributes_input attributes = {});
[[nodiscard]] protocol::request update(std::string name, std::string version,
                                       protocol::attributes_input attributes);
[[nodiscard]] protocol::request create(std::string name, crypto::key_spec spec = {},
                                       protocol::attributes_input attributes = {});
[[nodiscard]] protocol::request use(operation_id operation, std::string name,
                                    std::string_view algorithm, std::size_t value_bytes,
                                    std::size_t digest_bytes = 0);
[[nodiscard]] protocol::request page(operation_id operation, std::string name, unsigned max_results,
                                     std::string after);

// ---- answers: each fails the test if the verdict is of another kind ----

[[nodiscard]] const regions::secret_answer& secret(const verdict& v);
[[nodiscard]] const regions::key_answer& key(const verdict& v);
[[nodiscard]] const protocol::error& error(const verdict& v);
// "409 Conflict ObjectIsDeletedButRecoverable", or "ok".
[[nodiscard]] std::string outcome_of(const verdict& v);

}  // namespace twinkeep::vault_tests
