#include "actors/runtime/process.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "actors/runtime/durable_file.hpp"

namespace twinkeep::actors {

result<void, std::string> protect_process() {
  ::umask(S_IRWXG | S_IRWXO);
  const rlimit none{0, 0};
  if (::setrlimit(RLIMIT_CORE, &none) != 0 || ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
    return failure{"core dumps cannot be switched off: " + std::generic_category().message(errno)};
  }
  return {};
}

void raise_file_limit() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  // The system may refuse; then the old limit stays, and connections beyond it are refused.
  (void)::setrlimit(RLIMIT_NOFILE, &files);
}

result<data_lock, std::string> data_lock::acquire(const std::filesystem::path& data) {
  if (auto made = make_private_directory(data); !made) {
    return failure{"data directory " + made.error()};
  }
  const auto file = data / "LOCK";
  data_lock lock{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, owner_only)};
  if (lock.descriptor_ < 0) return failure{"data directory " + system_failure(file).value};
  if (::flock(lock.descriptor_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      return failure{"data directory " + data.string() + " is in use by another process"};
    }
    return failure{"data directory " + system_failure(file).value};
  }
  return lock;
}

data_lock::data_lock(data_lock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

data_lock& data_lock::operator=(data_lock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

data_lock::~data_lock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

result<void, std::string> write_ready_file(const std::filesystem::path& file,
                                           const crypto::secret_bytes& json) {
  if (auto written = write_durably(file, json.view(), owner_only); !written) {
    return failure{"ready file " + written.error()};
  }
  return {};
}

}  // namespace twinkeep::actors
