#pragma once

#include <p11-kit/pkcs11.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <vector>

#include "crypto/pkcs11/trouble.hpp"
#include "crypto/secret_bytes.hpp"

// Private to crypto/: a vendor's module.
namespace twinkeep::crypto::pkcs11 {

struct token_facts {
  CK_SLOT_ID slot = 0;
  std::string label, manufacturer, model, serial;
  CK_FLAGS flags = 0;
  unsigned most_sessions = 0;  // 0: not said
};

// One for each shared library, whoever asks for it: a module is initialized once in a process. It
// stays for as long as the process does, since modules are known to leave threads and exit handlers
// behind that do not survive being unloaded.
class cryptoki {
 public:
  // unavailable: no such file, no PKCS #11 module, or it does not initialize.
  [[nodiscard]] static outcome<cryptoki*> open(const std::filesystem::path& module);

  cryptoki(const cryptoki&) = delete;
  cryptoki& operator=(const cryptoki&) = delete;

  [[nodiscard]] const CK_FUNCTION_LIST& calls() const { return *calls_; }
  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

  // Tokens that are there and initialized.
  [[nodiscard]] attempt<std::vector<token_facts>> tokens() const;
  // unavailable: none of this label, or several.
  [[nodiscard]] attempt<token_facts> find_token(std::string_view label) const;

  // Whoever makes calls holds this meanwhile.
  [[nodiscard]] std::shared_lock<std::shared_mutex> working() { return std::shared_lock{in_use_}; }
  // Initializes the module anew, so that it finds tokens that were not there before: SoftHSM looks
  // only then. All sessions with all tokens are lost by that, and opened again by those who have
  // them. Does nothing while others make calls, or if it was done a moment ago.
  void look_again();
  // A token that stays away costs the others their sessions no more often than this.
  void look_at_most_every(std::chrono::seconds pause) { between_looks_ = pause; }
  // Grows with that. Handles of an earlier time may by now be somebody else's.
  [[nodiscard]] unsigned times_initialized() const { return times_initialized_; }

  // A token locks itself after a few wrong PINs. One that was refused is not tried again while the
  // token is the same.
  [[nodiscard]] bool is_refused(const token_facts& token, CK_USER_TYPE user,
                                const secret_bytes& pin);
  void refuse(const token_facts& token, CK_USER_TYPE user, const secret_bytes& pin);

 private:
  cryptoki(std::filesystem::path file, const CK_FUNCTION_LIST* calls)
      : file_(std::move(file)), calls_(calls) {}
  [[nodiscard]] static outcome<std::unique_ptr<cryptoki>> load(const std::filesystem::path& file);
  CK_RV initialize() const;

  std::filesystem::path file_;
  const CK_FUNCTION_LIST* calls_;
  std::shared_mutex in_use_;
  std::atomic<unsigned> times_initialized_{1};
  std::atomic<std::chrono::seconds> between_looks_{std::chrono::seconds{10}};
  std::optional<std::chrono::steady_clock::time_point> looked_;
  std::mutex refused_mutex_;
  std::map<std::pair<CK_USER_TYPE, std::string>, secret_bytes> refused_;  // by label and serial
};

}  // namespace twinkeep::crypto::pkcs11
