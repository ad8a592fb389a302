#include "kit.hpp"

#include <stdlib.h>
#include <unistd.h>

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

// The parent's, in a child that join_outside() starts.
constexpr const char* directory_variable = "TWINKEEP_TEST_TOKENS";
constexpr const char* job_variable = "TWINKEEP_TEST_JOIN";

// SoftHSM syncs its files several times a key: on a disk the tests mostly wait for that. They take
// a few megabytes.
fs::path memory_or_disk() {
  const fs::path memory = "/dev/shm";
  return ::access(memory.c_str(), W_OK | X_OK) == 0 ? memory : fs::temp_directory_path();
}

const fs::path& directory() {
  if (const char* const given = std::getenv(directory_variable); given != nullptr) {
    static const fs::path of_parent = given;
    return of_parent;
  }
  static const temporary_directory own{memory_or_disk()};
  return own.path();
}

// Before the module is initialized.
const fs::path& prepared_directory() {
  static const bool is_prepared = [] {
    const auto configuration = directory() / "softhsm2.conf";
    const auto tokens = directory() / "tokens";
    fs::create_directory(tokens);
    std::ofstream{configuration} << "directories.tokendir = " << tokens.string()
                                 << "\nobjectstore.backend = file\nlog.level = ERROR\n";
    return ::setenv("SOFTHSM2_CONF", configuration.c_str(), 1) == 0;
  }();
  if (!is_prepared) throw std::runtime_error("cannot set SOFTHSM2_CONF");
  return directory();
}

void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error(command);
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
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
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
  return place_of(label);
}

void make_token_outside(const std::string& label, const std::string& options) {
  const auto command = "softhsm2-util --init-token --label '" + label + "' --pin '" +
                       std::string{user_pin} + "' --so-pin '" + std::string{officer_pin} + "' " +
                       options + " > /dev/null 2>&1";
  (void)token_directory();
  run(command);
}

void delete_token_outside(const std::string& label) {
  run("softhsm2-util --delete-token --token '" + label + "' > /dev/null 2>&1");
}

crypto::hsm_location place_of(const std::string& label) {
  return {softhsm_module(), label, write_file("pin", std::string{user_pin} + "\n"), ""};
}

void join_outside(const std::string& source, const std::string& joining) {
  run(std::string{directory_variable} + "='" + directory().string() + "' " + job_variable + "='" +
      source + '\n' + joining + "' '" + fs::read_symlink("/proc/self/exe").string() +
      "' --run_test=outside > /dev/null 2>&1");
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

BOOST_AUTO_TEST_SUITE(outside)

// Not a test: what a child of join_outside() does.
BOOST_AUTO_TEST_CASE(join_a_world, *boost::unit_test::disabled()) {
  const std::string job = std::getenv(job_variable);
  const auto middle = job.find('\n');
  must(crypto::join_hsm_world(place_of(job.substr(0, middle)), secret_text(officer_pin),
                              place_of(job.substr(middle + 1))));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace twinkeep::test
