#pragma once

#include <concepts>

#include "crypto/pkcs11/connection.hpp"
#include "crypto/pkcs11/material.hpp"

// Private to crypto/: a token that is open.
namespace twinkeep::crypto::pkcs11 {

class token final : public hsm_token, public std::enable_shared_from_this<token> {
 public:
  [[nodiscard]] static outcome<std::shared_ptr<token>> open(cryptoki& library,
                                                            const hsm_location& where);
  ~token() override;

  outcome<generated_key> generate(const key_spec& spec) override;
  outcome<generated_key> import_key(const private_jwk& given) override;
  outcome<std::unique_ptr<key>> load(byte_view material) override;
  outcome<std::unique_ptr<key>> load_public(const public_key& pub) override;

  [[nodiscard]] const hsm_world& world() const override { return world_; }
  outcome<generated_key> import_software(const generated_key& given) override;
  outcome<generated_key> import_transferred(const transferred_key& given) override;
  outcome<void> install(byte_view material, std::string_view label) override;
  outcome<bool> holds(const hsm_key_id& id) override;
  outcome<void> remove(const hsm_key_id& id) override;
  outcome<std::vector<hsm_object>> inventory() override;
  outcome<void> ping() override;

  // `call(session&, connection&)` gives an attempt. If what it needs was lost, everything is opened
  // anew and the call made once more; so it is where the module does not say what went wrong.
  template <class Call>
  auto run(Call call)
      -> outcome<typename std::invoke_result_t<Call, session&, connection&>::value_type>;

 private:
  token(cryptoki& library, hsm_location where, std::shared_ptr<connection> first);

  // What is connected; opened again if that is `lost` or nothing.
  outcome<std::shared_ptr<connection>> connected(const std::shared_ptr<connection>& lost);
  [[nodiscard]] error lost_token(const error& why) const;
  [[nodiscard]] outcome<wrapped_key> read(byte_view material) const;

  cryptoki& library_;
  const hsm_location where_;
  const hsm_world world_;
  const std::unique_ptr<key_provider> software_;
  std::mutex opening_;
  std::shared_ptr<connection> current_;
  std::mutex installing_;  // a token never gets two objects of one key
};

template <class Call>
auto token::run(Call call)
    -> outcome<typename std::invoke_result_t<Call, session&, connection&>::value_type> {
  std::shared_ptr<connection> lost;
  bool is_repeated = false;
  for (;;) {
    auto link = connected(lost);
    if (!link) return failure{std::move(link).error()};
    const auto working = library_.working();
    if ((*link)->is_outdated()) {
      lost = *std::move(link);
      continue;
    }
    auto taken = (*link)->take();
    auto done = [&]() -> std::invoke_result_t<Call, session&, connection&> {
      if (!taken) return failure{std::move(taken).error()};
      lease leased(**link, *std::move(taken));
      return call(leased.get(), **link);
    }();
    if (done.ok()) {
      if constexpr (std::same_as<decltype(done), attempt<void>>) {
        return {};
      } else {
        return *std::move(done);
      }
    }
    const bool was_lost = is_lost(done.error().code);
    if (!was_lost && (is_repeated || !is_vague(done.error().code))) {
      return failure{std::move(done).error().what};
    }
    if (std::exchange(is_repeated, true)) return failure{lost_token(done.error().what)};
    if (was_lost) lost = *std::move(link);
  }
}

}  // namespace twinkeep::crypto::pkcs11
