// The module itself; see tests/hsm/faulty_module.hpp. What it does not replace is SoftHSM's own
// function.
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <poll.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace {

struct fault {
  CK_RV code;
  int times;
};

struct state {
  CK_FUNCTION_LIST* softhsm = nullptr;
  CK_FUNCTION_LIST ours{};
  std::mutex mutex;
  std::map<std::string, fault, std::less<>> faults;
  std::map<std::string, int, std::less<>> counts;
  std::set<CK_MECHANISM_TYPE> hidden;
};

state& all() {
  static auto& one = *new state;
  return one;
}

void wait_as_told() {
  const char* const name = std::getenv("TWINKEEP_FAULTY_PKCS11");
  if (name == nullptr) return;
  int milliseconds = 0;
  if (std::ifstream{name} >> milliseconds) ::poll(nullptr, 0, milliseconds);
}

CK_RV before(const char* call) {
  wait_as_told();
  auto& s = all();
  const std::lock_guard lock(s.mutex);
  ++s.counts[call];
  const auto found = s.faults.find(call);
  if (found == s.faults.end() || found->second.times <= 0) return CKR_OK;
  --found->second.times;
  return found->second.code;
}

bool is_hidden(CK_MECHANISM_TYPE type) {
  auto& s = all();
  const std::lock_guard lock(s.mutex);
  return s.hidden.contains(type);
}

// The same signature with a fault before it.
template <auto Member>
struct forwarded;
template <class... Arguments, CK_RV (*CK_FUNCTION_LIST::*Member)(Arguments...)>
struct forwarded<Member> {
  static inline const char* name = nullptr;
  static CK_RV call(Arguments... arguments) {
    if (const auto code = before(name); code != CKR_OK) return code;
    return (all().softhsm->*Member)(arguments...);
  }
};

template <auto Member>
void replace(const char* name) {
  forwarded<Member>::name = name;
  all().ours.*Member = &forwarded<Member>::call;
}

// Those that begin an operation with a mechanism.
template <auto Member>
struct begun;
template <CK_RV (*CK_FUNCTION_LIST::*Member)(CK_SESSION_HANDLE, CK_MECHANISM*, CK_OBJECT_HANDLE)>
struct begun<Member> {
  static inline const char* name = nullptr;
  static CK_RV call(CK_SESSION_HANDLE session, CK_MECHANISM* how, CK_OBJECT_HANDLE key) {
    if (const auto code = before(name); code != CKR_OK) return code;
    if (is_hidden(how->mechanism)) return CKR_MECHANISM_INVALID;
    return (all().softhsm->*Member)(session, how, key);
  }
};

template <auto Member>
void replace_begin(const char* name) {
  begun<Member>::name = name;
  all().ours.*Member = &begun<Member>::call;
}

CK_RV list_mechanisms(CK_SLOT_ID slot, CK_MECHANISM_TYPE* list, CK_ULONG* count) {
  CK_ULONG size = 0;
  if (const auto code = all().softhsm->C_GetMechanismList(slot, nullptr, &size); code != CKR_OK) {
    return code;
  }
  std::vector<CK_MECHANISM_TYPE> types(size);
  const auto code = all().softhsm->C_GetMechanismList(slot, types.data(), &size);
  if (code != CKR_OK) return code;
  std::erase_if(types, is_hidden);
  if (list != nullptr) {
    if (*count < types.size()) return CKR_BUFFER_TOO_SMALL;
    std::ranges::copy(types, list);
  }
  *count = types.size();
  return CKR_OK;
}

bool load() {
  auto& s = all();
  void* const library = ::dlopen("/usr/lib/softhsm/libsofthsm2.so", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return false;
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  if (get == nullptr || get(&s.softhsm) != CKR_OK) return false;
  s.ours = *s.softhsm;
  using list = CK_FUNCTION_LIST;
  replace<&list::C_Login>("C_Login");
  replace<&list::C_OpenSession>("C_OpenSession");
  replace<&list::C_GetSessionInfo>("C_GetSessionInfo");
  replace<&list::C_GetAttributeValue>("C_GetAttributeValue");
  replace<&list::C_FindObjectsInit>("C_FindObjectsInit");
  replace<&list::C_GenerateKeyPair>("C_GenerateKeyPair");
  replace<&list::C_WrapKey>("C_WrapKey");
  replace<&list::C_UnwrapKey>("C_UnwrapKey");
  replace<&list::C_CopyObject>("C_CopyObject");
  replace<&list::C_Sign>("C_Sign");
  replace<&list::C_Encrypt>("C_Encrypt");
  replace<&list::C_Decrypt>("C_Decrypt");
  replace_begin<&list::C_SignInit>("C_SignInit");
  replace_begin<&list::C_EncryptInit>("C_EncryptInit");
  replace_begin<&list::C_DecryptInit>("C_DecryptInit");
  s.ours.C_GetMechanismList = list_mechanisms;
  return true;
}

}  // namespace

extern "C" {

CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  static const bool is_loaded = load();
  if (!is_loaded) return CKR_GENERAL_ERROR;
  *list = &all().ours;
  return CKR_OK;
}

void faulty_fail(const char* call, CK_RV code, int times) {
  const std::lock_guard lock(all().mutex);
  all().faults[call] = {code, times};
}

void faulty_hide(CK_MECHANISM_TYPE type) {
  const std::lock_guard lock(all().mutex);
  all().hidden.insert(type);
}

int faulty_count(const char* call) {
  const std::lock_guard lock(all().mutex);
  return all().counts[call];
}

void faulty_end() {
  const std::lock_guard lock(all().mutex);
  all().faults.clear();
  all().hidden.clear();
}
}
