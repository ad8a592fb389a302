#include "actors/runtime/seals.hpp"

#include <cstdlib>
#include <system_error>

#include "actors/runtime/durable_file.hpp"
#include "actors/runtime/process.hpp"
#include "crypto/keyring.hpp"

namespace twinkeep::actors {

namespace {

namespace fs = std::filesystem;
using crypto::seal_type;
using crypto::secret_bytes;

constexpr std::size_t longest_passphrase = 4096;

// Editors and `echo` end a line that is none of the passphrase's.
void cut_line_end(secret_bytes& text) {
  for (const auto end : {'\n', '\r'}) {
    if (!text.empty() && text.view().back() == end) text.truncate(text.size() - 1);
  }
}

result<secret_bytes, std::string> from_file(const fs::path& file) {
  auto read = read_small_file(file, longest_passphrase, secrecy::is_secret);
  if (!read) return failure{"passphrase " + read.error()};
  if (!*read) return failure{"passphrase " + file_failure(file, "there is no such file").value};
  cut_line_end(**read);
  if ((*read)->empty()) return failure{"passphrase " + file_failure(file, "it is empty").value};
  return std::move(**read);
}

result<secret_bytes, std::string> from_environment(const std::string& variable) {
  const char* const value = std::getenv(variable.c_str());
  if (value == nullptr || *value == '\0') {
    return failure{"passphrase: the environment variable " + variable + " is not set"};
  }
  auto text = secret_bytes::copy_of(as_bytes(value));
  cut_line_end(text);
  if (text.empty())
    return failure{"passphrase: the environment variable " + variable + " is empty"};
  return text;
}

}  // namespace

fs::path keyring_file(const fs::path& data) {
  return data / "keyring.key";
}

result<std::unique_ptr<crypto::kek_seal>, std::string> make_seal(
    const regions::seal_config& config) {
  if (config.type == seal_type::file) return crypto::make_file_seal();
  if (config.type == seal_type::pkcs11) return crypto::make_pkcs11_seal(config.token, config.key);
  auto passphrase = config.passphrase_variable.empty()
                        ? from_file(config.passphrase_file)
                        : from_environment(config.passphrase_variable);
  if (!passphrase) return failure{std::move(passphrase).error()};
  return crypto::make_passphrase_seal(std::move(*passphrase));
}

result<std::string, std::string> rotate_seal(const fs::path& data, const regions::seal_config& from,
                                             const regions::seal_config& to) {
  // The lock would make a directory that is missing.
  std::error_code ignored;
  if (!fs::is_directory(data, ignored)) {
    return failure{"data directory " + data.string() + ": there is none"};
  }
  if (from.type == seal_type::file && to.type == seal_type::file) {
    return failure{
        std::string{"both seals are \"file\": --config names the new one, --from the old "
                    "one"}};
  }
  const auto lock = data_lock::acquire(data);
  if (!lock) return failure{lock.error()};
  const auto before = make_seal(from);
  if (!before) return failure{before.error()};
  const auto after = make_seal(to);
  if (!after) return failure{after.error()};
  const auto file = keyring_file(data);
  if (auto done = crypto::reseal(file, **before, **after, crypto::system_random()); !done) {
    return failure{done.error().message};
  }
  return file.string() + " is under the seal " + (*after)->name() + " now, and was under " +
         (*before)->name();
}

}  // namespace twinkeep::actors
