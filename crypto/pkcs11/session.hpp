#pragma once

#include <utility>

#include "crypto/pkcs11/attributes.hpp"
#include "crypto/pkcs11/cryptoki.hpp"

// Private to crypto/: one session with a token.
namespace twinkeep::crypto::pkcs11 {

// CK_MECHANISM with its parameters, which must outlive it.
struct method : CK_MECHANISM {
  explicit method(CK_MECHANISM_TYPE type) : CK_MECHANISM{type, nullptr, 0} {}
  template <class Parameters>
  method(CK_MECHANISM_TYPE type, Parameters& parameters)
      : CK_MECHANISM{type, &parameters, sizeof parameters} {}
};

struct pair_handles {
  CK_OBJECT_HANDLE public_half, private_half;
};

// A call each, but with lengths and loops taken care of. Not thread-safe, as sessions are.
class session {
 public:
  // For reading and writing.
  [[nodiscard]] static attempt<session> open(const cryptoki& library, CK_SLOT_ID slot);

  session(session&& other) noexcept;
  session& operator=(session&&) = delete;
  session(const session&) = delete;
  session& operator=(const session&) = delete;
  ~session();

  // After a failure that may have left an operation under way in it, it is not to be used again.
  [[nodiscard]] bool is_sound() const { return is_sound_; }

  attempt<void> login(CK_USER_TYPE user, const secret_bytes& pin);
  attempt<void> logout();
  // Whether the user is logged in: without that a token does not refuse to look for private
  // objects, it finds none.
  attempt<void> check_login();
  // By the security officer.
  attempt<void> set_user_pin(const secret_bytes& pin);

  [[nodiscard]] attempt<std::vector<CK_OBJECT_HANDLE>> find(attributes& like);
  [[nodiscard]] attempt<bytes> read(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type);
  // Of an object that is no secret to us, such as what was unwrapped for somebody.
  [[nodiscard]] attempt<secret_bytes> read_secret(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                                                  std::size_t most);
  attempt<CK_OBJECT_HANDLE> create(attributes& what);
  attempt<CK_OBJECT_HANDLE> copy(CK_OBJECT_HANDLE object, attributes& changes);
  attempt<void> change(CK_OBJECT_HANDLE object, attributes& to);
  attempt<void> destroy(CK_OBJECT_HANDLE object);

  attempt<CK_OBJECT_HANDLE> generate(CK_MECHANISM_TYPE type, attributes& what);
  attempt<pair_handles> generate_pair(CK_MECHANISM_TYPE type, attributes& public_half,
                                      attributes& private_half);
  attempt<bytes> wrap(method how, CK_OBJECT_HANDLE wrapping, CK_OBJECT_HANDLE wrapped);
  attempt<CK_OBJECT_HANDLE> unwrap(method how, CK_OBJECT_HANDLE unwrapping, byte_view wrapped,
                                   attributes& what);

  attempt<bytes> sign(method how, CK_OBJECT_HANDLE key, byte_view data);
  attempt<bytes> encrypt(method how, CK_OBJECT_HANDLE key, byte_view text);
  attempt<secret_bytes> decrypt(method how, CK_OBJECT_HANDLE key, byte_view text);
  // Whether decrypt() could begin. Leaves an operation under way.
  attempt<void> try_decrypt(method how, CK_OBJECT_HANDLE key);

 private:
  session(const cryptoki& library, CK_SESSION_HANDLE handle)
      : library_(&library), handle_(handle), born_(library.times_initialized()) {}
  // Every failed call goes through here.
  failure<trouble> failed(std::string_view call, CK_RV code);
  [[nodiscard]] const CK_FUNCTION_LIST& calls() const { return library_->calls(); }

  const cryptoki* library_;
  CK_SESSION_HANDLE handle_;  // CK_INVALID_HANDLE: nothing to be closed
  unsigned born_;
  bool is_sound_ = true;
};

// Something in the token for a while: goes with this object.
class passing_object {
 public:
  passing_object(session& in, CK_OBJECT_HANDLE object) : in_(in), object_(object) {}
  ~passing_object() {
    // An object of the session: where this fails it goes with that.
    if (object_ != CK_INVALID_HANDLE) (void)in_.destroy(object_);
  }
  passing_object(const passing_object&) = delete;
  passing_object& operator=(const passing_object&) = delete;
  [[nodiscard]] CK_OBJECT_HANDLE get() const { return object_; }
  CK_OBJECT_HANDLE keep() { return std::exchange(object_, CK_OBJECT_HANDLE{CK_INVALID_HANDLE}); }

 private:
  session& in_;
  CK_OBJECT_HANDLE object_;
};

}  // namespace twinkeep::crypto::pkcs11
