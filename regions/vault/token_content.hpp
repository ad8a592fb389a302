#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crypto/hsm.hpp"
#include "regions/vault/hsm_keys.hpp"

namespace twinkeep::regions {

// What a vault wants of a token.
struct hsm_wishes {
  // Of what the token has of the vault and `keys` does not name, what goes?
  enum class others {
    stay,
    // What was there when the token was opened: purged while it was away. What came since may be
    // about to be committed.
    go_if_old,
    go,  // the vault was loaded just now, or is gone: nothing of it is under way
  };
  std::string vault;
  vault_identity_ptr identity;  // null: the vault is gone, and `keys` empty
  std::vector<hsm_key> keys;
  std::vector<std::string> dropped = {};  // labels of those that go
  others rest = others::stay;
};

// What a token holds, and the steps that are left until it holds what the vaults want, one after
// the other. Of a label only the latest wish counts. What came out of one backup is one key, under
// however many labels: it goes with the last.
class token_content {
 public:
  struct installation {
    vault_identity_ptr vault;
    hsm_key key;
  };
  struct step {
    std::string label;
    std::optional<installation> install;  // none: the label's keys go
  };

  void opened(const std::vector<crypto::hsm_object>& objects);
  void want(const hsm_wishes& wishes);
  void installed(const std::string& label, const crypto::hsm_key_id& id);

  // Begins the next step, if there is one and none is under way.
  [[nodiscard]] const step* begin();
  // The keys that the step under way, a removal, takes out of the token: none where another label
  // needs them.
  [[nodiscard]] std::vector<crypto::hsm_key_id> to_remove() const;
  // How the step under way ended; `id`: of the key that it installed.
  void done(std::optional<crypto::hsm_key_id> id);
  void failed();  // it is left until retry()
  void retry();

  [[nodiscard]] std::size_t held() const { return held_.size(); }  // labels
  [[nodiscard]] std::size_t missing() const;                       // labels
  [[nodiscard]] bool has_failed() const { return !failed_.empty(); }

 private:
  struct holding {
    std::vector<crypto::hsm_key_id> ids;
    bool was_there = false;
  };
  void drop(const std::string& label);
  void plan(step wanted);
  // The last of the label's steps that is left; null: none.
  [[nodiscard]] const step* last_of(const std::string& label) const;
  [[nodiscard]] bool is_needed_elsewhere(const crypto::hsm_key_id& id,
                                         std::string_view label) const;

  std::unordered_map<std::string, holding> held_;
  std::unordered_map<std::string, step> planned_;  // by label, of which each is in one of these:
  std::deque<std::string> queue_;
  std::vector<std::string> failed_;
  std::optional<step> current_;
};

}  // namespace twinkeep::regions
