#pragma once

#include <condition_variable>
#include <map>

#include "crypto/pkcs11/world.hpp"

// Private to crypto/: all that is lost together when a token goes away.
namespace twinkeep::crypto::pkcs11 {

// What a module offers with this token: flags (CKF_SIGN, CKF_DECRYPT, ...) by mechanism.
class mechanism_list {
 public:
  [[nodiscard]] static attempt<mechanism_list> read(const cryptoki& library, CK_SLOT_ID slot);
  [[nodiscard]] bool offers(CK_MECHANISM_TYPE type, CK_FLAGS flags) const;

 private:
  std::map<CK_MECHANISM_TYPE, CK_FLAGS> flags_;
};

class connection;

// A session of the pool, as long as somebody works with it.
class lease {
 public:
  lease(connection& from, session taken) : from_(from), session_(std::move(taken)) {}
  ~lease();
  lease(const lease&) = delete;
  lease& operator=(const lease&) = delete;
  [[nodiscard]] session& get() { return session_; }

 private:
  connection& from_;
  session session_;
};

// Logged in. Thread-safe.
class connection {
 public:
  // unavailable: what open_hsm_token() says.
  [[nodiscard]] static attempt<std::shared_ptr<connection>> open(cryptoki& library,
                                                                 const hsm_location& where);

  connection(const connection&) = delete;
  connection& operator=(const connection&) = delete;

  // Waits while all that the token may have are in use.
  [[nodiscard]] attempt<session> take();
  void give_back(session used);
  // Sessions that are idle are closed, those in use when they are given back.
  void close();
  // The module was initialized again: no handle is good any more.
  [[nodiscard]] bool is_outdated() const { return born_ != library_.times_initialized(); }

  [[nodiscard]] const world_key& world() const { return world_; }
  [[nodiscard]] const mechanism_list& mechanisms() const { return mechanisms_; }
  [[nodiscard]] const token_facts& token() const { return token_; }

  // CK_INVALID_HANDLE: the token does not hold it, for certain.
  [[nodiscard]] attempt<CK_OBJECT_HANDLE> find_key(session& in, const hsm_key_id& id);
  void remember(const hsm_key_id& id, CK_OBJECT_HANDLE handle);
  void forget(const hsm_key_id& id);

 private:
  connection(cryptoki& library, token_facts token);

  cryptoki& library_;
  const token_facts token_;
  const unsigned born_;
  const unsigned most_sessions_;
  mechanism_list mechanisms_;
  world_key world_;

  // Never lent: the token logs out a process that closes its last session.
  std::optional<session> anchor_;

  std::mutex mutex_;
  std::condition_variable given_back_;
  std::vector<session> idle_;
  unsigned in_use_ = 0;
  bool is_closed_ = false;
  std::map<hsm_key_id, CK_OBJECT_HANDLE> keys_;
};

// Who logs in, with what: refuses a PIN that was refused before.
attempt<void> login(cryptoki& library, const token_facts& token, session& in, CK_USER_TYPE user,
                    const secret_bytes& pin);

}  // namespace twinkeep::crypto::pkcs11
