// hsm-speed: how fast a PKCS #11 module signs by itself. Straight calls, none of the service's
// code.
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <time.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

struct arguments {
  std::string module, token, pin_file, algorithm = "RS256";
  unsigned threads = 4, seconds = 5;
};

void check(const char* call, CK_RV code) {
  if (code != CKR_OK) throw std::runtime_error(std::string{call} + ": " + std::to_string(code));
}

CK_FUNCTION_LIST_PTR load(const std::string& module) {
  void* const library = ::dlopen(module.c_str(), RTLD_NOW);
  if (library == nullptr) throw std::runtime_error(::dlerror());
  const auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  CK_FUNCTION_LIST_PTR calls = nullptr;
  if (get == nullptr) throw std::runtime_error(module + " is no PKCS #11 module");
  check("C_GetFunctionList", get(&calls));
  CK_C_INITIALIZE_ARGS threads{};
  threads.flags = CKF_OS_LOCKING_OK;
  check("C_Initialize", calls->C_Initialize(&threads));
  return calls;
}

CK_SLOT_ID find_token(CK_FUNCTION_LIST_PTR calls, std::string label) {
  CK_ULONG count = 0;
  check("C_GetSlotList", calls->C_GetSlotList(CK_TRUE, nullptr, &count));
  std::vector<CK_SLOT_ID> slots(count);
  check("C_GetSlotList", calls->C_GetSlotList(CK_TRUE, slots.data(), &count));
  label.resize(sizeof(CK_TOKEN_INFO::label), ' ');
  for (const auto slot : slots) {
    CK_TOKEN_INFO info{};
    check("C_GetTokenInfo", calls->C_GetTokenInfo(slot, &info));
    if (std::memcmp(info.label, label.data(), label.size()) == 0) return slot;
  }
  throw std::runtime_error("there is no such token");
}

struct kind {
  CK_MECHANISM_TYPE generate, sign;
  std::vector<CK_BYTE> input;  // as the service hands it over
};
// RFC 8017 9.2, note 1: the DigestInfo of SHA-256 in front of the digest.
kind kind_of(const std::string& algorithm) {
  constexpr std::size_t digest_bytes = 32;
  constexpr std::array<CK_BYTE, 19> front{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                          0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                          0x01, 0x05, 0x00, 0x04, 0x20};
  if (algorithm == "ES256") {
    return {CKM_EC_KEY_PAIR_GEN, CKM_ECDSA, std::vector<CK_BYTE>(digest_bytes, 0x5a)};
  }
  std::vector<CK_BYTE> info(front.size() + digest_bytes, 0x5a);
  std::copy(front.begin(), front.end(), info.begin());
  return {CKM_RSA_PKCS_KEY_PAIR_GEN, CKM_RSA_PKCS, info};
}

CK_SESSION_HANDLE open_session(CK_FUNCTION_LIST_PTR calls, CK_SLOT_ID slot) {
  CK_SESSION_HANDLE session = 0;
  check("C_OpenSession", calls->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr,
                                              nullptr, &session));
  return session;
}

CK_OBJECT_HANDLE make_key(CK_FUNCTION_LIST_PTR calls, CK_SESSION_HANDLE session, const kind& k) {
  CK_BBOOL yes = CK_TRUE;
  CK_ULONG bits = 2048;
  std::array<CK_BYTE, 10> p256{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
  CK_ATTRIBUTE of_rsa{CKA_MODULUS_BITS, &bits, sizeof bits};
  CK_ATTRIBUTE of_ec{CKA_EC_PARAMS, p256.data(), p256.size()};
  CK_ATTRIBUTE* const size = k.generate == CKM_EC_KEY_PAIR_GEN ? &of_ec : &of_rsa;
  std::array<CK_ATTRIBUTE, 2> secret{{{CKA_SIGN, &yes, 1}, {CKA_SENSITIVE, &yes, 1}}};
  CK_MECHANISM how{k.generate, nullptr, 0};
  CK_OBJECT_HANDLE pub = 0;
  CK_OBJECT_HANDLE key = 0;
  check("C_GenerateKeyPair",
        calls->C_GenerateKeyPair(session, &how, size, 1, secret.data(), secret.size(), &pub, &key));
  return key;
}

double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void run(const arguments& given) {
  auto* const calls = load(given.module);
  const auto slot = find_token(calls, given.token);
  std::string pin;
  std::getline(std::ifstream{given.pin_file}, pin);
  const auto first = open_session(calls, slot);
  check("C_Login",
        calls->C_Login(first, CKU_USER, reinterpret_cast<CK_UTF8CHAR*>(pin.data()), pin.size()));
  const auto k = kind_of(given.algorithm);
  const auto key = make_key(calls, first, k);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds{given.seconds};
  std::atomic<unsigned long> done{0};
  const auto sign = [&] {
    const auto session = open_session(calls, slot);
    auto input = k.input;
    std::array<CK_BYTE, 512> signature{};
    CK_MECHANISM how{k.sign, nullptr, 0};
    while (std::chrono::steady_clock::now() < end) {
      CK_ULONG size = signature.size();
      check("C_SignInit", calls->C_SignInit(session, &how, key));
      check("C_Sign", calls->C_Sign(session, input.data(), input.size(), signature.data(), &size));
      ++done;
    }
  };
  const auto cpu = cpu_seconds();
  std::vector<std::thread> pool;
  for (unsigned i = 0; i < given.threads; ++i) pool.emplace_back(sign);
  for (auto& thread : pool) thread.join();
  const auto count = static_cast<double>(done.load());
  std::printf("%.1f %.2f\n", count / given.seconds, 1e6 * (cpu_seconds() - cpu) / count);
}

}  // namespace

// Prints signs a second, and microseconds of CPU time each.
int main(int argc, char** argv) {
  CLI::App app{"How fast a PKCS #11 module signs by itself.", "hsm-speed"};
  arguments given;
  app.add_option("--module", given.module)->required();
  app.add_option("--token", given.token, "Label")->required();
  app.add_option("--pin-file", given.pin_file)->required();
  app.add_option("--algorithm", given.algorithm)->check(CLI::IsMember({"RS256", "ES256"}));
  app.add_option("--threads", given.threads);
  app.add_option("--seconds", given.seconds);
  CLI11_PARSE(app, argc, argv);
  try {
    run(given);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "hsm-speed: %s\n", e.what());
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}
