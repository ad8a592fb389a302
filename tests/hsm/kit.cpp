#include "kit.hpp"

#include <stdlib.h>

#include <array>
#include <fstream>

namespace twinkeep::test {

namespace {

namespace fs = std::filesystem;
using namespace crypto::pkcs11;

void check(std::string_view call, CK_RV code) {
  if (code != CKR_OK) throw std::runtime_error(std::string{call} + ": " + name_of(code));
}

CK_UTF8CHAR* chars(std::string_view text) {
  return reinterpret_cast<CK_UTF8CHAR*>(const_cast<char*>(text.data()));
}

// Before the module is initialized.
const fs::path& prepared_directory() {
  static const temporary_directory directory;
  static const bool is_prepared = [] {
    const auto configuration = directory.path() / "softhsm2.conf";
    const auto tokens = directory.path() / "tokens";
    fs::create_directory(tokens);
    std::ofstream{configuration} << "directories.tokendir = " << tokens.string()
                                 << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    return ::setenv("SOFTHSM2_CONF", configuration.c_str(), 1) == 0;
  }();
  if (!is_prepared) throw std::runtime_error("cannot set SOFTHSM2_CONF");
  return directory.path();
}

// The one slot whose token is not initialized.
CK_SLOT_ID free_slot(const CK_FUNCTION_LIST& calls) {
  CK_ULONG count = 0;
  check("C_GetSlotList", calls.C_GetSlotList(CK_TRUE, nullptr, &count));
  std::vector<CK_SLOT_ID> slots(count);
  check("C_GetSlotList", calls.C_GetSlotList(CK_TRUE, slots.data(), &count));
  for (const auto slot : slots) {
    CK_TOKEN_INFO info{};
    if (calls.C_GetTokenInfo(slot, &info) == CKR_OK && (info.flags & CKF_TOKEN_INITIALIZED) == 0) {
      return slot;
    }
  }
  throw std::runtime_error("no free slot");
}

}  // namespace

const fs::path& softhsm_module() {
  static const fs::path file = "/usr/lib/softhsm/libsofthsm2.so";
  return file;
}

const fs::path& token_directory() {
  return prepared_directory();
}

cryptoki& softhsm() {
  prepared_directory();
  return *must(cryptoki::open(softhsm_module()));
}

fs::path write_file(const std::string& name, std::string_view text) {
  const auto file = token_directory() / name;
  std::ofstream{file} << text;
  return file;
}

crypto::secret_bytes secret_text(std::string_view text) {
  return crypto::secret_bytes::copy_of(as_bytes(text));
}

crypto::hsm_location make_token(const std::string& label) {
  auto& library = softhsm();
  const auto& calls = library.calls();
  std::array<CK_UTF8CHAR, 32> padded{};
  padded.fill(' ');
  std::ranges::copy(label, padded.begin());
  check("C_InitToken",
        calls.C_InitToken(free_slot(calls), chars(officer_pin), officer_pin.size(), padded.data()));
  auto in = must(session::open(library, must(library.find_token(label)).slot));
  must(in.login(CKU_SO, secret_text(officer_pin)));
  must(in.set_user_pin(secret_text(user_pin)));
  return {softhsm_module(), label, write_file("pin", std::string{user_pin} + "\n"), ""};
}

void make_token_outside(const std::string& label, const std::string& options) {
  const auto command = "softhsm2-util --init-token --label '" + label + "' --pin '" +
                       std::string{user_pin} + "' --so-pin '" + std::string{officer_pin} + "' " +
                       options + " > /dev/null 2>&1";
  if (std::system(command.c_str()) != 0) throw std::runtime_error(command);
}

const three_tokens& tokens() {
  static const auto& made = *new three_tokens([] {
    three_tokens all{make_token("first"), make_token("second"), make_token("stranger"), {}, {}, {}};
    (void)must(crypto::create_hsm_world(all.first_place));
    must(crypto::join_hsm_world(all.first_place, secret_text(officer_pin), all.second_place));
    (void)must(crypto::create_hsm_world(all.stranger_place));
    all.first = must(crypto::open_hsm_token(all.first_place));
    all.second = must(crypto::open_hsm_token(all.second_place));
    all.stranger = must(crypto::open_hsm_token(all.stranger_place));
    return all;
  }());
  return made;
}

session session_with(const std::string& label) {
  auto& library = softhsm();
  auto in = must(session::open(library, must(library.find_token(label)).slot));
  must(in.login(CKU_USER, secret_text(user_pin)));
  return in;
}

crypto::generated_key installed_key(crypto::hsm_token& in, const crypto::key_spec& spec) {
  auto made = must(in.generate(spec));
  must(in.install(made.material.view(), "a test's"));
  return made;
}

}  // namespace twinkeep::test
