#include "crypto/pkcs11/cryptoki.hpp"

#include <dlfcn.h>

#include <algorithm>

namespace twinkeep::crypto::pkcs11 {

namespace {

namespace fs = std::filesystem;

// Fixed fields, padded with blanks and without an end.
template <std::size_t Size>
std::string text_of(const CK_UTF8CHAR (&field)[Size]) {
  std::string text(field, field + Size);
  text.erase(text.find_last_not_of(std::string_view{" \0", 2}) + 1);
  return text;
}

token_facts facts_of(CK_SLOT_ID slot, const CK_TOKEN_INFO& info) {
  token_facts facts{slot,
                    text_of(info.label),
                    text_of(info.manufacturerID),
                    text_of(info.model),
                    text_of(info.serialNumber),
                    info.flags,
                    0};
  constexpr CK_ULONG unlikely = 1 << 20;  // covers "unlimited" and "not to be told"
  if (info.ulMaxRwSessionCount < unlikely) {
    facts.most_sessions = static_cast<unsigned>(info.ulMaxRwSessionCount);
  }
  return facts;
}

std::string key_of(const token_facts& token) {
  return token.label + '\n' + token.serial;
}

}  // namespace

outcome<cryptoki*> cryptoki::open(const fs::path& module) {
  // Never destroyed: at the end of the process the module may have been torn down before us.
  static auto& mutex = *new std::mutex;
  static auto& known = *new std::map<fs::path, std::unique_ptr<cryptoki>>;
  std::error_code none;
  const auto file = fs::canonical(module, none);
  if (none) {
    return fail(error_code::unavailable,
                "PKCS #11 module " + module.string() + ": " + none.message());
  }
  const std::lock_guard lock(mutex);
  if (const auto found = known.find(file); found != known.end()) return found->second.get();
  auto loaded = load(file);
  if (!loaded) return failure{std::move(loaded).error()};
  return known.emplace(file, *std::move(loaded)).first->second.get();
}

outcome<std::unique_ptr<cryptoki>> cryptoki::load(const fs::path& file) {
  const auto wrong = [&](const std::string& why) {
    return fail(error_code::unavailable, "PKCS #11 module " + file.string() + ": " + why);
  };
  void* const library = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const why = ::dlerror();
    return wrong(why == nullptr ? "cannot be loaded" : why);
  }
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  if (get == nullptr) {
    ::dlclose(library);
    return wrong("is no PKCS #11 module (it has no C_GetFunctionList)");
  }
  CK_FUNCTION_LIST* calls = nullptr;
  if (const auto code = get(&calls); code != CKR_OK || calls == nullptr) {
    return wrong("C_GetFunctionList: " + name_of(code));
  }
  std::unique_ptr<cryptoki> made{new cryptoki(file, calls)};
  const auto code = made->initialize();
  if (code != CKR_OK) return wrong("C_Initialize: " + name_of(code));
  return made;
}

CK_RV cryptoki::initialize() const {
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  const auto code = calls_->C_Initialize(&arguments);
  // By somebody else in this process, such as an OpenSSL engine.
  return code == CKR_CRYPTOKI_ALREADY_INITIALIZED ? CKR_OK : code;
}

attempt<std::vector<token_facts>> cryptoki::tokens() const {
  std::vector<CK_SLOT_ID> slots;
  for (;;) {
    CK_ULONG count = 0;
    if (const auto code = calls_->C_GetSlotList(CK_TRUE, nullptr, &count); code != CKR_OK) {
      return failed("C_GetSlotList", code);
    }
    slots.resize(count);
    const auto code = calls_->C_GetSlotList(CK_TRUE, slots.data(), &count);
    if (code == CKR_BUFFER_TOO_SMALL) continue;  // one more in between
    if (code != CKR_OK) return failed("C_GetSlotList", code);
    slots.resize(count);
    break;
  }
  std::vector<token_facts> found;
  for (const auto slot : slots) {
    CK_TOKEN_INFO info{};
    const auto code = calls_->C_GetTokenInfo(slot, &info);
    if (code == CKR_OK && (info.flags & CKF_TOKEN_INITIALIZED) != 0) {
      found.push_back(facts_of(slot, info));
    }
  }
  return found;
}

attempt<token_facts> cryptoki::find_token(std::string_view label) const {
  auto all = tokens();
  if (!all) return failure{std::move(all).error()};
  const auto first = std::ranges::find(*all, label, &token_facts::label);
  const auto in_module = [&](std::string_view before) {
    return error{error_code::unavailable, std::string{before} + " \"" + std::string{label} +
                                              "\" in PKCS #11 module " + file_.string()};
  };
  if (first == all->end()) {
    return failure{trouble{CKR_TOKEN_NOT_PRESENT, in_module("there is no token")}};
  }
  if (std::ranges::count(*all, label, &token_facts::label) > 1) {
    return trouble_of(in_module("there is more than one token"));
  }
  return *first;
}

void cryptoki::look_again() {
  const std::unique_lock alone(in_use_, std::try_to_lock);
  if (!alone.owns_lock()) return;
  const auto now = std::chrono::steady_clock::now();
  if (looked_ && now - *looked_ < between_looks_.load()) return;
  looked_ = now;
  // If it does not come back, every call says so and the next look tries again.
  calls_->C_Finalize(nullptr);
  ++times_initialized_;
  initialize();
}

bool cryptoki::is_refused(const token_facts& token, CK_USER_TYPE user, const secret_bytes& pin) {
  const std::lock_guard lock(refused_mutex_);
  const auto found = refused_.find({user, key_of(token)});
  return found != refused_.end() && equal_in_constant_time(found->second.view(), pin.view());
}

void cryptoki::refuse(const token_facts& token, CK_USER_TYPE user, const secret_bytes& pin) {
  const std::lock_guard lock(refused_mutex_);
  refused_.insert_or_assign({user, key_of(token)}, secret_bytes::copy_of(pin.view()));
}

}  // namespace twinkeep::crypto::pkcs11
