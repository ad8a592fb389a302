#pragma once

#include <map>

#include "tests/vault_core/test_vault.hpp"

namespace twinkeep::vault_tests {

// Makes requests at random, of every operation, some of them impossible. Few names, so that
// requests meet.
class generator {
 public:
  explicit generator(test_vault& vault) : vault_(vault), random_(vault.random) {}
  protocol::request next();

 private:
  using maker = protocol::request_body (generator::*)();

  bool one_in(std::size_t n) { return random_.below(n) == 0; }
  std::string text();
  protocol::attributes_input attributes();
  std::optional<protocol::tag_map> tags();
  std::optional<protocol::release_policy> release();
  crypto::key_spec spec();
  std::string some_version(protocol::object_kind kind);
  protocol::policy_input policy();
  // A pending operation of the name, if there is one that can be merged into.
  const protocol::pending_operation* awaited() const;

  protocol::request_body set_secret();
  protocol::request_body update_secret();
  protocol::request_body restore_secret();
  protocol::request_body create_key();
  protocol::request_body import_key();
  protocol::request_body update_key();
  protocol::request_body restore_key();
  protocol::request_body rotation_policy();
  protocol::request_body create_certificate();
  protocol::request_body import_certificate();
  protocol::request_body update_certificate();
  protocol::request_body restore_certificate();
  protocol::request_body update_policy() { return policy(); }
  protocol::request_body merge_certificate();
  protocol::request_body cancel() { return protocol::cancel_pending{!one_in(4)}; }
  protocol::request_body contacts();
  protocol::request_body issuer();
  static const std::map<operation_id, maker>& makers();

  test_vault& vault_;
  seeded_random& random_;
  std::string name_;  // of the request that is being made
};

}  // namespace twinkeep::vault_tests
