#pragma once

#include <boost/test/unit_test.hpp>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "protocol/requests.hpp"
#include "regions/vault/apply.hpp"
#include "regions/vault/decide.hpp"
#include "regions/vault/due.hpp"

namespace twinkeep::vault_tests {

using operation_id = protocol::operation_id;
using regions::verdict;

inline constexpr protocol::unix_seconds day = 86'400;
inline const crypto::key_spec ec_256{crypto::key_type::ec, 0, crypto::curve::p256, 0};

// Random numbers that come again: ids and nonces of a test follow from its seed. (Keys do not: the
// provider has a generator of its own.)
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

// Keys by OpenSSL, but one RSA key of each size is enough for all.
[[nodiscard]] crypto::key_provider& provider();
// Made once for all tests, valid for as long as they play.
[[nodiscard]] const crypto::certified_key& authority();

// A P-256 key as a client brings it, a new one each time.
[[nodiscard]] crypto::private_jwk ec_jwk();
// The secret number of such a key's PKCS#8.
[[nodiscard]] byte_view scalar_of(byte_view material);
// A self-signed certificate and its key, as PEM.
[[nodiscard]] crypto::secret_bytes pem_bundle(const crypto::key_spec& spec = ec_256);

// A region's HSMs, of which one has what all have. A key's material is an HSM's by its head; behind
// it is a software key's.
class test_hsms final : public crypto::hsm_token {
 public:
  bool lost = false;
  bool signs = true;                  // with what it has
  std::map<std::string, bytes> keys;  // by label
  [[nodiscard]] regions::work_result carry_out(const regions::vault_work& work,
                                               const protocol::request& request,
                                               const regions::vault_identity& vault);

  crypto::outcome<crypto::generated_key> generate(const crypto::key_spec& spec) override;
  crypto::outcome<crypto::generated_key> import_key(const crypto::private_jwk& given) override;
  crypto::outcome<std::unique_ptr<crypto::key>> load(byte_view material) override;
  crypto::outcome<std::unique_ptr<crypto::key>> load_public(const crypto::public_key& pub) override;
  [[nodiscard]] const crypto::hsm_world& world() const override { return world_; }
  crypto::outcome<void> install(byte_view material, std::string_view label) override;
  crypto::outcome<crypto::generated_key> import_software(
      const crypto::generated_key& given) override;
  // What is transferred is a software key's material, in the clear, by an exchange key of these
  // HSMs.
  crypto::outcome<crypto::generated_key> import_transferred(
      const crypto::transferred_key& given) override;
  [[nodiscard]] crypto::outcome<bool> holds(const crypto::hsm_key_id& id) override;
  crypto::outcome<void> remove(const crypto::hsm_key_id& id) override;
  [[nodiscard]] crypto::outcome<std::vector<crypto::hsm_object>> inventory() override;
  crypto::outcome<void> ping() override;

 private:
  crypto::outcome<crypto::generated_key> wrapped(crypto::outcome<crypto::generated_key> software);

  crypto::hsm_world world_{};
  std::size_t made_ = 0;
};

[[nodiscard]] regions::vault_options premium();  // of a vault with HSM keys

// A vault and, beside it, its records as a store would hold them. Does what the vault actor does:
// decide, have work done, decide again, seal, commit, apply.
class test_vault {
 public:
  explicit test_vault(protocol::recovery_rules rules = {}, std::uint64_t seed = 1,
                      regions::vault_options options = {});

  // Sends one request with an id of its own.
  verdict send(const protocol::request& request);
  // The same once more, as after the loss of the vault: the last request's id and fresh version.
  verdict send_again(const protocol::request& request);
  // Only decides.
  regions::decision ask(const protocol::request& request);
  // Does what certificates have to have done by the service; then nothing of it is due any more.
  void settle();
  // What is due now, done; the number of requests that it took.
  std::size_t let_time_pass();

  [[nodiscard]] std::string value_of(const regions::stored_secret& secret) const;
  // What an object's sealed part holds.
  [[nodiscard]] crypto::secret_bytes opened(std::string_view record_key,
                                            const regions::sealed_part& part) const;
  [[nodiscard]] const regions::vault_state& state() const { return state_; }
  [[nodiscard]] std::vector<regions::record_change> records() const;
  [[nodiscard]] crypto::outcome<regions::vault_state> reload() const;
  // Goes on with what the records say.
  void restart();
  [[nodiscard]] const std::vector<regions::record_change>& last_batch() const { return batch_; }
  crypto::outcome<void> apply(const std::vector<regions::record_change>& changes);
  // What the deployment, or the vault's sku, lets it do from now on.
  void change(regions::vault_options options);
  std::vector<regions::record_change> seal(const std::vector<regions::plain_record>& records);

  protocol::unix_seconds now = 1'800'000'000;
  seeded_random random;
  regions::vault_identity_ptr identity;
  const crypto::certified_key* signs = &authority();  // null: there is no built-in authority
  std::size_t works = 0;                              // how often something was carried out
  test_hsms hsms;

 private:
  verdict send_as(const protocol::request& request, regions::request_context context);

  regions::vault_state state_;
  std::map<std::string, regions::record_value> store_;
  std::vector<regions::record_change> batch_;
  std::string last_id_, last_version_;
};

// Everything of a vault as text, values opened: two states are equal if their texts are.
[[nodiscard]] std::string describe(const regions::vault_state& vault);
// Fails the test unless each certificate has a key and a secret that equal it, and there are no
// others (CONTRACT 6.6).
void check_managed(const regions::vault_state& vault);

[[nodiscard]] regions::write_lease valid_lease();

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

// Of an EC key, which is made quickly.
[[nodiscard]] protocol::policy_input ec_policy(std::string issuer = "Self",
                                               std::string subject = "CN=example.com");
[[nodiscard]] protocol::request make_certificate(std::string name,
                                                 protocol::policy_input policy = ec_policy(),
                                                 protocol::attributes_input attributes = {});
[[nodiscard]] protocol::request set_issuer(std::string name, std::string provider);
// What an authority outside would answer to a pending operation, by the test's own authority.
[[nodiscard]] std::vector<bytes> signed_outside(const protocol::pending_operation& operation,
                                                protocol::unix_seconds now);
[[nodiscard]] protocol::request merge(std::string name, std::vector<bytes> chain);
// What a blob made from the vault's backup would hold.
[[nodiscard]] protocol::request restore_of(test_vault& vault, operation_id backup,
                                           const std::string& name);

// ---- answers: each fails the test if the verdict is of another kind ----

// "409 Conflict ObjectIsDeletedButRecoverable", or "ok".
[[nodiscard]] std::string outcome_of(const verdict& v);
template <class Answer>
const Answer& as(const verdict& v) {
  const auto* answer = std::get_if<Answer>(&v);
  BOOST_REQUIRE_MESSAGE(answer != nullptr, "another answer was expected: " << outcome_of(v));
  return *answer;
}
[[nodiscard]] const regions::secret_answer& secret(const verdict& v);
[[nodiscard]] const regions::key_answer& key(const verdict& v);
[[nodiscard]] const regions::certificate_answer& certificate(const verdict& v);
[[nodiscard]] const protocol::pending_operation& pending(const verdict& v);
[[nodiscard]] const protocol::error& error(const verdict& v);

}  // namespace twinkeep::vault_tests
