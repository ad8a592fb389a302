#include "crypto/keyring.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "crypto/descriptor.hpp"
#include "crypto/digest.hpp"
#include "crypto/hkdf.hpp"

namespace twinkeep::crypto {

namespace {

namespace fs = std::filesystem;

// The file: intro, key, SHA-256 of both. The digest tells a damaged key from a wrong one before
// every record of the deployment seems tampered with.
constexpr std::string_view intro = "twinkeep kek 1\n";
constexpr std::size_t checked_bytes = intro.size() + data_key::size;
constexpr std::size_t file_bytes = checked_bytes + sizeof(sha256_digest);
constexpr mode_t required_mode = S_IRUSR | S_IWUSR;

failure<error> unavailable(const fs::path& file, std::string_view why) {
  return fail(error_code::unavailable,
              "key-encryption key " + file.string() + ": " + std::string(why));
}

failure<error> io_failure(const fs::path& file) {
  return unavailable(file, std::generic_category().message(errno));
}

failure<error> corrupt(const fs::path& file, std::string_view why) {
  return fail(error_code::corrupt, "key-encryption key " + file.string() + ": " + std::string(why));
}

std::string octal(mode_t mode) {
  std::string text = "0000";
  for (std::size_t i = text.size(); i-- > 0; mode >>= 3)
    text[i] = static_cast<char>('0' + mode % 8);
  return text;
}

outcome<void> check_file(const fs::path& file, const struct stat& facts) {
  if (!S_ISREG(facts.st_mode)) return unavailable(file, "expected a regular file");
  const mode_t mode = facts.st_mode & 07777;
  if (mode != required_mode) {
    return unavailable(file, "expected mode " + octal(required_mode) + ", found " + octal(mode) +
                                 ": who else may read it may read every secret");
  }
  if (facts.st_uid != ::geteuid()) {
    return unavailable(file, "expected a file of user " + std::to_string(::geteuid()) +
                                 ", found one of user " + std::to_string(facts.st_uid));
  }
  if (facts.st_size != static_cast<off_t>(file_bytes)) {
    return corrupt(file, "expected " + std::to_string(file_bytes) + " bytes, found " +
                             std::to_string(facts.st_size));
  }
  return {};
}

outcome<data_key> parse(const fs::path& file, byte_view content) {
  if (as_text(content.first(intro.size())) != intro) {
    return corrupt(file, "expected a key-encryption key of format 1, found something else");
  }
  if (!equal_in_constant_time(sha256(content.first(checked_bytes)),
                              content.subspan(checked_bytes))) {
    return corrupt(file, "its check sum does not fit its content");
  }
  return data_key(secret_bytes::copy_of(content.subspan(intro.size(), data_key::size)));
}

// No value: there is no such file.
outcome<std::optional<data_key>> read(const fs::path& file) {
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  const descriptor fd{::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (fd.get() < 0) {
    if (errno == ENOENT) return std::optional<data_key>{};
    if (errno == ELOOP) return unavailable(file, "expected a regular file, found a symbolic link");
    return io_failure(file);
  }
  struct stat facts {};
  if (::fstat(fd.get(), &facts) != 0) return io_failure(file);
  if (auto checked = check_file(file, facts); !checked) return failure{std::move(checked).error()};
  secret_bytes content(file_bytes);
  for (auto rest = content.writable(); !rest.empty();) {
    const auto got = ::read(fd.get(), rest.data(), rest.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_failure(file);
    if (got == 0) return corrupt(file, "it became shorter while it was read");
    rest = rest.subspan(static_cast<std::size_t>(got));
  }
  auto key = parse(file, content.view());
  if (!key) return failure{std::move(key).error()};
  return std::optional{std::move(*key)};
}

secret_bytes file_content(const data_key& key) {
  secret_bytes content(file_bytes);
  auto out = std::ranges::copy(intro, content.writable().begin()).out;
  out = std::ranges::copy(key.view(), out).out;
  std::ranges::copy(sha256(content.view().first(checked_bytes)), out);
  return content;
}

bool write_durably(int fd, byte_view content) {
  while (!content.empty()) {
    const auto done = ::write(fd, content.data(), content.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    content = content.subspan(static_cast<std::size_t>(done));
  }
  return ::fchmod(fd, required_mode) == 0 && ::fsync(fd) == 0;
}

// The key comes under its name complete or not at all, and never in the place of another: link
// refuses an existing name where rename would replace a key that has sealed something already.
outcome<void> create(const fs::path& file, const data_key& key) {
  auto draft = file.string() + ".XXXXXX";
  const descriptor fd{::mkostemp(draft.data(), O_CLOEXEC)};
  if (fd.get() < 0) return io_failure(file);
  const auto content = file_content(key);
  bool published = write_durably(fd.get(), content.view());
  if (published) published = ::link(draft.c_str(), file.c_str()) == 0 || errno == EEXIST;
  const int why = errno;
  ::unlink(draft.c_str());
  errno = why;
  if (!published) return io_failure(file);
  const auto parent = file.has_parent_path() ? file.parent_path() : fs::path{"."};
  const descriptor directory{::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) return io_failure(parent);
  return {};
}

}  // namespace

outcome<keyring> keyring::open_or_create(const fs::path& file, random_source& random) {
  auto found = read(file);
  if (found && !*found) {
    if (auto made = create(file, data_key::generate(random)); !made) {
      return failure{std::move(made).error()};
    }
    // What lies there is the truth, also when another process was quicker.
    found = read(file);
  }
  if (!found) return failure{std::move(found).error()};
  if (!*found) return unavailable(file, "it vanished while it was made");
  return keyring(std::move(**found));
}

bytes keyring::wrap(const data_key& key, const record_identity& id, random_source& random) const {
  return seal(kek_, id, key.view(), random);
}

outcome<data_key> keyring::unwrap(byte_view wrapped, const record_identity& id) const {
  auto key = open(kek_, id, wrapped);
  if (!key) return failure{std::move(key).error()};
  if (key->size() != data_key::size) {
    return fail(error_code::corrupt, "wrapped data key: expected " +
                                         std::to_string(data_key::size) + " bytes, found " +
                                         std::to_string(key->size()));
  }
  return data_key(std::move(*key));
}

data_key keyring::derive(std::string_view label) const {
  return data_key(hkdf_sha256(kek_.view(), {}, as_bytes(label), data_key::size));
}

}  // namespace twinkeep::crypto
