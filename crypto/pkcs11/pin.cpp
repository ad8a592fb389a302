#include "crypto/pkcs11/pin.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <system_error>

#include "crypto/descriptor.hpp"

namespace twinkeep::crypto::pkcs11 {

namespace {

constexpr std::size_t longest_line = 1024;

failure<error> no_pin(std::string_view where, std::string_view name, std::string_view why) {
  return fail(error_code::unavailable,
              "PIN: " + std::string{where} + ' ' + std::string{name} + ": " + std::string{why});
}

outcome<secret_bytes> first_line_of(const std::filesystem::path& file) {
  const descriptor opened{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  const auto system_says = [&] {
    return no_pin("file", file.native(), std::generic_category().message(errno));
  };
  struct stat facts {};
  if (!opened.valid() || ::fstat(opened.get(), &facts) != 0) return system_says();
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return no_pin("file", file.native(),
                  "holds a secret and is open to others: expected mode 0600");
  }
  secret_bytes text(longest_line);
  std::size_t filled = 0;
  while (filled < text.size()) {
    const auto got = ::read(opened.get(), text.writable().data() + filled, text.size() - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_says();
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  text.truncate(filled);
  const auto line = text.view();
  auto end = static_cast<std::size_t>(std::ranges::find(line, '\n') - line.begin());
  if (end == longest_line) return no_pin("file", file.native(), "its first line is too long");
  if (end > 0 && line[end - 1] == '\r') --end;
  text.truncate(end);
  if (text.empty()) return no_pin("file", file.native(), "its first line is empty");
  return text;
}

}  // namespace

outcome<secret_bytes> read_pin(const std::filesystem::path& file, const std::string& variable) {
  if (!file.empty()) return first_line_of(file);
  if (variable.empty()) {
    return fail(error_code::unavailable, "PIN: neither a file nor a variable is named");
  }
  const char* const value = std::getenv(variable.c_str());
  if (value == nullptr) return no_pin("environment variable", variable, "is not set");
  if (*value == '\0') return no_pin("environment variable", variable, "is empty");
  return secret_bytes::copy_of(as_bytes({value, std::strlen(value)}));
}

}  // namespace twinkeep::crypto::pkcs11
