#include "crypto/seal/kek_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "crypto/descriptor.hpp"
#include "crypto/digest.hpp"

namespace twinkeep::crypto {

namespace {

namespace fs = std::filesystem;

constexpr std::array intros{std::pair{seal_type::file, std::string_view{"twinkeep kek 1\n"}},
                            std::pair{seal_type::passphrase, std::string_view{"twinkeep kek 2\n"}},
                            std::pair{seal_type::pkcs11, std::string_view{"twinkeep kek 3\n"}}};
constexpr std::size_t intro_bytes = intros.front().second.size();
constexpr std::size_t least_bytes = intro_bytes + sizeof(sha256_digest);
constexpr std::size_t most_bytes = 4096;
constexpr mode_t required_mode = S_IRUSR | S_IWUSR;
constexpr std::string_view draft_mark = ".draft-";

failure<error> io_failure(const fs::path& file) {
  return kek_failure(file, error_code::unavailable, std::generic_category().message(errno));
}

std::string octal(mode_t mode) {
  std::string text = "0000";
  for (std::size_t i = text.size(); i-- > 0; mode >>= 3)
    text[i] = static_cast<char>('0' + mode % 8);
  return text;
}

outcome<void> check_file(const fs::path& file, const struct stat& facts) {
  const auto refuse = [&](const std::string& why) {
    return kek_failure(file, error_code::unavailable, why);
  };
  if (!S_ISREG(facts.st_mode)) return refuse("expected a regular file");
  const mode_t mode = facts.st_mode & 07777;
  if (mode != required_mode) {
    return refuse("expected mode " + octal(required_mode) + ", found " + octal(mode) +
                  ": who else may read it may read every secret");
  }
  if (facts.st_uid != ::geteuid()) {
    return refuse("expected a file of user " + std::to_string(::geteuid()) +
                  ", found one of user " + std::to_string(facts.st_uid));
  }
  if (facts.st_size < static_cast<off_t>(least_bytes) ||
      facts.st_size > static_cast<off_t>(most_bytes)) {
    return kek_failure(file, error_code::corrupt,
                       "expected " + std::to_string(least_bytes) + " to " +
                           std::to_string(most_bytes) + " bytes, found " +
                           std::to_string(facts.st_size));
  }
  return {};
}

outcome<kek_content> parse(const fs::path& file, byte_view content) {
  const auto* intro = std::ranges::find(intros, as_text(content.first(intro_bytes)),
                                        &decltype(intros)::value_type::second);
  if (intro == intros.end()) {
    return kek_failure(file, error_code::corrupt,
                       "expected a key-encryption key of a known format, found something else");
  }
  const auto checked = content.first(content.size() - sizeof(sha256_digest));
  if (!equal_in_constant_time(sha256(checked), content.subspan(checked.size()))) {
    return kek_failure(file, error_code::corrupt, "its check sum does not fit its content");
  }
  return kek_content{intro->first, secret_bytes::copy_of(checked.subspan(intro_bytes))};
}

secret_bytes file_content(const kek_content& c) {
  secret_bytes content(intro_bytes + c.sealed.size() + sizeof(sha256_digest));
  auto out = std::ranges::copy(kek_intro(c.type), content.writable().begin()).out;
  out = std::ranges::copy(c.sealed.view(), out).out;
  std::ranges::copy(sha256(content.view().first(intro_bytes + c.sealed.size())), out);
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

fs::path parent_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path{"."};
}

outcome<void> sync_directory_of(const fs::path& file) {
  const descriptor directory{::open(parent_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!directory.valid() || ::fsync(directory.get()) != 0) return io_failure(parent_of(file));
  return {};
}

}  // namespace

std::string_view kek_intro(seal_type type) {
  return std::ranges::find(intros, type, &decltype(intros)::value_type::first)->second;
}

failure<error> kek_failure(const fs::path& file, error_code code, std::string_view why) {
  return fail(code, "key-encryption key " + file.string() + ": " + std::string(why));
}

outcome<std::optional<kek_content>> read_kek_file(const fs::path& file) {
  // O_NONBLOCK: opening a FIFO must not wait for its writer.
  const descriptor fd{::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  if (!fd.valid()) {
    if (errno == ENOENT) return std::optional<kek_content>{};
    if (errno == ELOOP) {
      return kek_failure(file, error_code::unavailable,
                         "expected a regular file, found a symbolic link");
    }
    return io_failure(file);
  }
  struct stat facts {};
  if (::fstat(fd.get(), &facts) != 0) return io_failure(file);
  if (auto checked = check_file(file, facts); !checked) return failure{std::move(checked).error()};
  secret_bytes content(static_cast<std::size_t>(facts.st_size));
  for (auto rest = content.writable(); !rest.empty();) {
    const auto got = ::read(fd.get(), rest.data(), rest.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_failure(file);
    if (got == 0) {
      return kek_failure(file, error_code::corrupt, "it became shorter while it was read");
    }
    rest = rest.subspan(static_cast<std::size_t>(got));
  }
  auto parsed = parse(file, content.view());
  if (!parsed) return failure{std::move(parsed).error()};
  return std::optional{std::move(*parsed)};
}

outcome<kek_draft> kek_draft::write(const fs::path& file, const kek_content& content) {
  auto name = file.string() + std::string{draft_mark} + "XXXXXX";
  const descriptor fd{::mkostemp(name.data(), O_CLOEXEC)};
  if (!fd.valid()) return io_failure(file);
  kek_draft draft{file, name};
  if (!write_durably(fd.get(), file_content(content).view())) return io_failure(file);
  return draft;
}

kek_draft::kek_draft(kek_draft&& other) noexcept
    : file_(std::move(other.file_)), draft_(std::exchange(other.draft_, {})) {}

kek_draft::~kek_draft() {
  if (!draft_.empty()) ::unlink(draft_.c_str());
}

// link refuses an existing name where rename would replace it.
outcome<bool> kek_draft::publish() {
  if (::link(draft_.c_str(), file_.c_str()) != 0) {
    if (errno == EEXIST) return false;
    return io_failure(file_);
  }
  ::unlink(draft_.c_str());
  draft_.clear();
  if (auto synced = sync_directory_of(file_); !synced) return failure{std::move(synced).error()};
  return true;
}

outcome<void> kek_draft::replace() {
  if (::rename(draft_.c_str(), file_.c_str()) != 0) return io_failure(file_);
  draft_.clear();
  return sync_directory_of(file_);
}

void discard_kek_drafts(const fs::path& file) {
  const auto start = file.filename().string() + std::string{draft_mark};
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(parent_of(file), ignored)) {
    if (entry.path().filename().string().starts_with(start)) fs::remove(entry.path(), ignored);
  }
}

}  // namespace twinkeep::crypto
