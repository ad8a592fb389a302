#include "crypto/pkcs11/connection.hpp"

#include <algorithm>

#include "crypto/pkcs11/pin.hpp"

namespace twinkeep::crypto::pkcs11 {

namespace {

// More than cores that a module could keep busy. Vendors' tokens have a limit of their own.
constexpr unsigned most_sessions = 16;

attributes like_key(CK_OBJECT_CLASS of, const hsm_key_id& id) {
  attributes like;
  like.number(CKA_CLASS, of).yes(CKA_TOKEN).octets(CKA_ID, id);
  return like;
}

// Beside the anchor.
unsigned sessions_of(const token_facts& token) {
  if (token.most_sessions == 0) return most_sessions;
  return std::clamp(token.most_sessions - 1, 1u, most_sessions);
}

// The anchor may be gone, and the login with it.
attempt<session> open_logged_in(const cryptoki& library, CK_SLOT_ID slot) {
  auto opened = session::open(library, slot);
  if (!opened) return opened;
  if (auto in = opened->check_login(); !in) return failure{std::move(in).error()};
  return opened;
}

failure<trouble> about(const token_facts& token, const std::string& what, CK_RV code = CKR_OK) {
  return failure{
      trouble{code, {error_code::unavailable, "token \"" + token.label + "\": " + what}}};
}

}  // namespace

attempt<mechanism_list> mechanism_list::read(const cryptoki& library, CK_SLOT_ID slot) {
  CK_ULONG count = 0;
  if (const auto code = library.calls().C_GetMechanismList(slot, nullptr, &count); code != CKR_OK) {
    return failed("C_GetMechanismList", code);
  }
  std::vector<CK_MECHANISM_TYPE> types(count);
  if (const auto code = library.calls().C_GetMechanismList(slot, types.data(), &count);
      code != CKR_OK) {
    return failed("C_GetMechanismList", code);
  }
  types.resize(count);
  mechanism_list list;
  for (const auto type : types) {
    CK_MECHANISM_INFO info{};
    if (library.calls().C_GetMechanismInfo(slot, type, &info) == CKR_OK) {
      list.flags_.emplace(type, info.flags);
    }
  }
  return list;
}

bool mechanism_list::offers(CK_MECHANISM_TYPE type, CK_FLAGS flags) const {
  const auto found = flags_.find(type);
  return found != flags_.end() && (found->second & flags) == flags;
}

lease::~lease() {
  from_.give_back(std::move(session_));
}

attempt<void> login(cryptoki& library, const token_facts& token, session& in, CK_USER_TYPE user,
                    const secret_bytes& pin) {
  const std::string whose = user == CKU_SO ? "the security officer's PIN" : "the PIN";
  if (library.is_refused(token, user, pin)) {
    return about(token,
                 whose + " was refused before and is not tried again, for a token locks " +
                     "itself after a few wrong ones",
                 CKR_PIN_INCORRECT);
  }
  auto done = in.login(user, pin);
  if (done) return done;
  const auto code = done.error().code;
  switch (code) {
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
      library.refuse(token, user, pin);
      return about(token, whose + " is wrong", CKR_PIN_INCORRECT);
    case CKR_PIN_LOCKED:
      return about(token, whose + " is locked: too many wrong ones were tried", code);
    case CKR_USER_PIN_NOT_INITIALIZED:
      return about(token, "its PIN is not set yet", code);
    case CKR_USER_ANOTHER_ALREADY_LOGGED_IN:
      return about(token, "somebody else is logged in, in this process", code);
    default:
      return about(token, done.error().what.message, code);
  }
}

connection::connection(cryptoki& library, token_facts token)
    : library_(library),
      token_(std::move(token)),
      born_(library.times_initialized()),
      most_sessions_(sessions_of(token_)) {}

attempt<std::shared_ptr<connection>> connection::open(cryptoki& library,
                                                      const hsm_location& where) {
  auto token = library.find_token(where.token);
  if (!token) return failure{std::move(token).error()};
  const auto pin = read_pin(where.pin_file, where.pin_variable);
  if (!pin) return about(*token, pin.error().message);
  std::shared_ptr<connection> made{new connection(library, *token)};
  auto first = session::open(library, token->slot);
  if (!first) return about(*token, first.error().what.message, first.error().code);
  if (auto in = login(library, *token, *first, CKU_USER, *pin); !in) {
    return failure{std::move(in).error()};
  }
  auto mechanisms = mechanism_list::read(library, token->slot);
  if (!mechanisms) return failure{std::move(mechanisms).error()};
  made->mechanisms_ = *std::move(mechanisms);
  const auto world = find_world(*first);
  if (!world) return about(*token, world.error().what.message, world.error().code);
  if (!*world) {
    return about(*token,
                 "it belongs to no security world yet; `twinkeep hsm provision` takes it "
                 "into one");
  }
  made->world_ = **world;
  made->anchor_.emplace(*std::move(first));
  return made;
}

attempt<session> connection::take() {
  std::unique_lock lock(mutex_);
  given_back_.wait(lock, [&] { return in_use_ < most_sessions_; });
  ++in_use_;
  if (!idle_.empty()) {
    auto taken = std::move(idle_.back());
    idle_.pop_back();
    return taken;
  }
  lock.unlock();
  auto opened = open_logged_in(library_, token_.slot);
  if (!opened) {
    lock.lock();
    --in_use_;
    given_back_.notify_one();
  }
  return opened;
}

void connection::give_back(session used) {
  {
    const std::lock_guard lock(mutex_);
    --in_use_;
    if (!is_closed_ && used.is_sound()) idle_.push_back(std::move(used));
  }
  given_back_.notify_one();
  // What was not kept is closed here, without the lock: that is a call of the module.
}

void connection::close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  idle_.clear();
  anchor_.reset();
}

attempt<CK_OBJECT_HANDLE> connection::find_key(session& in, const hsm_key_id& id) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto known = keys_.find(id); known != keys_.end()) return known->second;
  }
  for (const CK_OBJECT_CLASS of : {CKO_PRIVATE_KEY, CKO_SECRET_KEY}) {
    auto like = like_key(of, id);
    const auto found = in.find(like);
    if (!found) return failure{found.error()};
    if (found->empty()) continue;
    remember(id, found->front());
    return found->front();
  }
  if (auto in_it = in.check_login(); !in_it) return failure{std::move(in_it).error()};
  return CK_OBJECT_HANDLE{CK_INVALID_HANDLE};
}

void connection::remember(const hsm_key_id& id, CK_OBJECT_HANDLE handle) {
  const std::lock_guard lock(mutex_);
  keys_.insert_or_assign(id, handle);
}

void connection::forget(const hsm_key_id& id) {
  const std::lock_guard lock(mutex_);
  keys_.erase(id);
}

}  // namespace twinkeep::crypto::pkcs11
