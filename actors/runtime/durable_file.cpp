#include "actors/runtime/durable_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace twinkeep::actors {

namespace {

namespace fs = std::filesystem;

constexpr mode_t others = S_IRWXG | S_IRWXO;

fs::path parent_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path{"."};
}

result<void, std::string> check(const fs::path& file, const struct stat& facts, std::size_t limit,
                                secrecy kind) {
  if (!S_ISREG(facts.st_mode)) return file_failure(file, "expected a regular file");
  if (facts.st_size > static_cast<off_t>(limit)) {
    return file_failure(file, "expected at most " + std::to_string(limit) + " bytes, found " +
                                  std::to_string(facts.st_size));
  }
  if (kind == secrecy::is_public) return {};
  if ((facts.st_mode & others) != 0) {
    return file_failure(file, "holds a secret and is open to others: expected mode 0600");
  }
  if (facts.st_uid != ::geteuid()) {
    return file_failure(file, "expected a file of user " + std::to_string(::geteuid()) +
                                  ", found one of user " + std::to_string(facts.st_uid));
  }
  return {};
}

bool write_all(int fd, byte_view content) {
  while (!content.empty()) {
    const auto done = ::write(fd, content.data(), content.size());
    if (done < 0 && errno == EINTR) continue;
    if (done < 0) return false;
    content = content.subspan(static_cast<std::size_t>(done));
  }
  return true;
}

result<void, std::string> sync_directory(const fs::path& directory) {
  const descriptor fd{::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!fd.valid() || ::fsync(fd.get()) != 0) return system_failure(directory);
  return {};
}

}  // namespace

failure<std::string> file_failure(const fs::path& file, std::string_view why) {
  return failure{file.string() + ": " + std::string(why)};
}

failure<std::string> system_failure(const fs::path& file) {
  return file_failure(file, std::generic_category().message(errno));
}

result<void, std::string> make_private_directory(const fs::path& directory) {
  std::error_code ignored;
  if (fs::is_directory(directory, ignored)) return {};
  const auto parent = parent_of(directory);
  if (parent != directory && !fs::is_directory(parent, ignored)) {
    if (auto made = make_private_directory(parent); !made) return made;
  }
  if (::mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) return system_failure(directory);
  if (!fs::is_directory(directory, ignored)) return file_failure(directory, "is no directory");
  return sync_directory(parent);
}

result<std::optional<crypto::secret_bytes>, std::string> read_small_file(const fs::path& file,
                                                                         std::size_t limit,
                                                                         secrecy kind) {
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  const int links = kind == secrecy::is_secret ? O_NOFOLLOW : 0;
  const descriptor fd{::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | links)};
  if (!fd.valid()) {
    if (errno == ENOENT) return std::optional<crypto::secret_bytes>{};
    if (errno == ELOOP) return file_failure(file, "expected a regular file, found a link");
    return system_failure(file);
  }
  struct stat facts {};
  if (::fstat(fd.get(), &facts) != 0) return system_failure(file);
  if (auto checked = check(file, facts, limit, kind); !checked) {
    return failure{std::move(checked).error()};
  }
  crypto::secret_bytes content(static_cast<std::size_t>(facts.st_size));
  for (auto rest = content.writable(); !rest.empty();) {
    const auto got = ::read(fd.get(), rest.data(), rest.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure(file);
    if (got == 0) return file_failure(file, "it became shorter while it was read");
    rest = rest.subspan(static_cast<std::size_t>(got));
  }
  return std::optional{std::move(content)};
}

result<void, std::string> write_durably(const fs::path& file, byte_view content, mode_t mode) {
  auto draft = file.string() + ".XXXXXX";
  const descriptor fd{::mkostemp(draft.data(), O_CLOEXEC)};  // mode 0600
  if (!fd.valid()) return system_failure(file);
  const bool published = write_all(fd.get(), content) && ::fchmod(fd.get(), mode) == 0 &&
                         ::fsync(fd.get()) == 0 && ::rename(draft.c_str(), file.c_str()) == 0;
  if (!published) {
    const auto problem = system_failure(file);
    ::unlink(draft.c_str());
    return problem;
  }
  return sync_directory(parent_of(file));
}

result<void, std::string> remove_durably(const fs::path& file) {
  if (::unlink(file.c_str()) == 0) return sync_directory(parent_of(file));
  if (errno == ENOENT) return {};
  return system_failure(file);
}

}  // namespace twinkeep::actors
