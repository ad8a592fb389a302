#include "crypto/pkcs11/session.hpp"

#include <array>

namespace twinkeep::crypto::pkcs11 {

namespace {

// More than any wrapped key and any signature has: RSA 4096 as PKCS#8 is 2400 octets.
constexpr std::size_t most_wrapped = std::size_t{68} << 10;
constexpr std::size_t most_signed = 1024;
constexpr std::size_t room_for_padding = 64;  // a block, a tag, a semiblock

// PKCS #11's functions take pointers to what they only read.
CK_BYTE* only_read(byte_view data) {
  static CK_BYTE nothing = 0;  // some modules refuse a null pointer, with whatever length
  return data.empty() ? &nothing : const_cast<CK_BYTE*>(data.data());
}

}  // namespace

attempt<session> session::open(const cryptoki& library, CK_SLOT_ID slot) {
  CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
  const auto code = library.calls().C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
                                                  nullptr, nullptr, &handle);
  if (code != CKR_OK) return pkcs11::failed("C_OpenSession", code);
  return session(library, handle);
}

session::session(session&& other) noexcept
    : library_(other.library_),
      handle_(std::exchange(other.handle_, CK_SESSION_HANDLE{CK_INVALID_HANDLE})),
      born_(other.born_),
      is_sound_(other.is_sound_) {}

session::~session() {
  if (handle_ == CK_INVALID_HANDLE || born_ != library_->times_initialized()) return;
  calls().C_CloseSession(handle_);
}

failure<trouble> session::failed(std::string_view call, CK_RV code) {
  is_sound_ = false;
  if (is_session_gone(code)) handle_ = CK_INVALID_HANDLE;
  return pkcs11::failed(call, code);
}

attempt<void> session::login(CK_USER_TYPE user, const secret_bytes& pin) {
  const auto code = calls().C_Login(handle_, user, only_read(pin.view()), pin.size());
  if (code == CKR_OK) return {};
  // Login is the process's, not the session's.
  if (code == CKR_USER_ALREADY_LOGGED_IN && user == CKU_USER) return {};
  return failed("C_Login", code);
}

attempt<void> session::logout() {
  const auto code = calls().C_Logout(handle_);
  if (code != CKR_OK) return failed("C_Logout", code);
  return {};
}

attempt<void> session::check_login() {
  CK_SESSION_INFO info{};
  const auto code = calls().C_GetSessionInfo(handle_, &info);
  if (code != CKR_OK) return failed("C_GetSessionInfo", code);
  if (info.state != CKS_RW_USER_FUNCTIONS) {
    return failed("C_GetSessionInfo", CKR_USER_NOT_LOGGED_IN);
  }
  return {};
}

attempt<void> session::set_user_pin(const secret_bytes& pin) {
  const auto code = calls().C_InitPIN(handle_, only_read(pin.view()), pin.size());
  if (code != CKR_OK) return failed("C_InitPIN", code);
  return {};
}

attempt<std::vector<CK_OBJECT_HANDLE>> session::find(attributes& like) {
  if (const auto code = calls().C_FindObjectsInit(handle_, like.data(), like.size());
      code != CKR_OK) {
    return failed("C_FindObjectsInit", code);
  }
  std::vector<CK_OBJECT_HANDLE> all;
  for (;;) {
    std::array<CK_OBJECT_HANDLE, 64> some{};
    CK_ULONG count = 0;
    const auto code = calls().C_FindObjects(handle_, some.data(), some.size(), &count);
    if (code != CKR_OK) return failed("C_FindObjects", code);
    if (count == 0) break;
    all.insert(all.end(), some.begin(), some.begin() + static_cast<std::ptrdiff_t>(count));
  }
  if (const auto code = calls().C_FindObjectsFinal(handle_); code != CKR_OK) {
    return failed("C_FindObjectsFinal", code);
  }
  return all;
}

attempt<bytes> session::read(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) {
  CK_ATTRIBUTE wanted{type, nullptr, 0};
  if (const auto code = calls().C_GetAttributeValue(handle_, object, &wanted, 1); code != CKR_OK) {
    return failed("C_GetAttributeValue", code);
  }
  bytes value(wanted.ulValueLen);
  wanted.pValue = value.data();
  // An empty vector has no pointer, and none asks for the length again.
  if (value.empty()) return value;
  if (const auto code = calls().C_GetAttributeValue(handle_, object, &wanted, 1); code != CKR_OK) {
    return failed("C_GetAttributeValue", code);
  }
  value.resize(wanted.ulValueLen);
  return value;
}

attempt<secret_bytes> session::read_secret(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
                                           std::size_t most) {
  secret_bytes value(most);
  CK_ATTRIBUTE wanted{type, value.writable().data(), most};
  if (const auto code = calls().C_GetAttributeValue(handle_, object, &wanted, 1); code != CKR_OK) {
    return failed("C_GetAttributeValue", code);
  }
  value.truncate(wanted.ulValueLen);
  return value;
}

attempt<CK_OBJECT_HANDLE> session::create(attributes& what) {
  CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
  const auto code = calls().C_CreateObject(handle_, what.data(), what.size(), &made);
  if (code != CKR_OK) return failed("C_CreateObject", code);
  return made;
}

attempt<CK_OBJECT_HANDLE> session::copy(CK_OBJECT_HANDLE object, attributes& changes) {
  CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
  const auto code = calls().C_CopyObject(handle_, object, changes.data(), changes.size(), &made);
  if (code != CKR_OK) return failed("C_CopyObject", code);
  return made;
}

attempt<void> session::change(CK_OBJECT_HANDLE object, attributes& to) {
  const auto code = calls().C_SetAttributeValue(handle_, object, to.data(), to.size());
  if (code != CKR_OK) return failed("C_SetAttributeValue", code);
  return {};
}

attempt<void> session::destroy(CK_OBJECT_HANDLE object) {
  const auto code = calls().C_DestroyObject(handle_, object);
  if (code != CKR_OK) return failed("C_DestroyObject", code);
  return {};
}

attempt<CK_OBJECT_HANDLE> session::generate(CK_MECHANISM_TYPE type, attributes& what) {
  CK_MECHANISM how{type, nullptr, 0};
  CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
  const auto code = calls().C_GenerateKey(handle_, &how, what.data(), what.size(), &made);
  if (code != CKR_OK) return failed("C_GenerateKey", code);
  return made;
}

attempt<pair_handles> session::generate_pair(CK_MECHANISM_TYPE type, attributes& public_half,
                                             attributes& private_half) {
  CK_MECHANISM how{type, nullptr, 0};
  pair_handles made{CK_INVALID_HANDLE, CK_INVALID_HANDLE};
  const auto code = calls().C_GenerateKeyPair(handle_, &how, public_half.data(), public_half.size(),
                                              private_half.data(), private_half.size(),
                                              &made.public_half, &made.private_half);
  if (code != CKR_OK) return failed("C_GenerateKeyPair", code);
  return made;
}

attempt<bytes> session::wrap(method how, CK_OBJECT_HANDLE wrapping, CK_OBJECT_HANDLE wrapped) {
  bytes out(most_wrapped);
  CK_ULONG size = out.size();
  const auto code = calls().C_WrapKey(handle_, &how, wrapping, wrapped, out.data(), &size);
  if (code != CKR_OK) return failed("C_WrapKey", code);
  out.resize(size);
  return out;
}

attempt<CK_OBJECT_HANDLE> session::unwrap(method how, CK_OBJECT_HANDLE unwrapping,
                                          byte_view wrapped, attributes& what) {
  CK_OBJECT_HANDLE made = CK_INVALID_HANDLE;
  const auto code = calls().C_UnwrapKey(handle_, &how, unwrapping, only_read(wrapped),
                                        wrapped.size(), what.data(), what.size(), &made);
  if (code != CKR_OK) return failed("C_UnwrapKey", code);
  return made;
}

attempt<bytes> session::sign(method how, CK_OBJECT_HANDLE key, byte_view data) {
  if (const auto code = calls().C_SignInit(handle_, &how, key); code != CKR_OK) {
    return failed("C_SignInit", code);
  }
  bytes out(most_signed);
  CK_ULONG size = out.size();
  const auto code = calls().C_Sign(handle_, only_read(data), data.size(), out.data(), &size);
  if (code != CKR_OK) return failed("C_Sign", code);
  out.resize(size);
  return out;
}

attempt<bytes> session::encrypt(method how, CK_OBJECT_HANDLE key, byte_view text) {
  if (const auto code = calls().C_EncryptInit(handle_, &how, key); code != CKR_OK) {
    return failed("C_EncryptInit", code);
  }
  bytes out(text.size() + room_for_padding);
  CK_ULONG size = out.size();
  const auto code = calls().C_Encrypt(handle_, only_read(text), text.size(), out.data(), &size);
  if (code != CKR_OK) return failed("C_Encrypt", code);
  out.resize(size);
  return out;
}

attempt<void> session::try_decrypt(method how, CK_OBJECT_HANDLE key) {
  const auto code = calls().C_DecryptInit(handle_, &how, key);
  if (code != CKR_OK) return failed("C_DecryptInit", code);
  is_sound_ = false;
  return {};
}

attempt<secret_bytes> session::decrypt(method how, CK_OBJECT_HANDLE key, byte_view text) {
  if (const auto code = calls().C_DecryptInit(handle_, &how, key); code != CKR_OK) {
    return failed("C_DecryptInit", code);
  }
  secret_bytes out(text.size() + room_for_padding);
  CK_ULONG size = out.size();
  const auto code =
      calls().C_Decrypt(handle_, only_read(text), text.size(), out.writable().data(), &size);
  if (code != CKR_OK) return failed("C_Decrypt", code);
  out.truncate(size);
  return out;
}

}  // namespace twinkeep::crypto::pkcs11
