#include "actors/audit/audit_outlet.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

#include "actors/runtime/durable_file.hpp"

namespace twinkeep::actors {

namespace {

std::string system_reason(int error) {
  return std::generic_category().message(error);
}

// As much of `lines` as fits into `room` without cutting one; at least one line.
std::string_view whole_lines(std::string_view lines, std::size_t room) {
  if (lines.size() <= room) return lines;
  const auto last = room == 0 ? std::string_view::npos : lines.rfind('\n', room - 1);
  const auto end = last != std::string_view::npos ? last : lines.find('\n');
  return lines.substr(0, end == std::string_view::npos ? lines.size() : end + 1);
}

// Zero: all was written, else the error. `done` counts what was.
int write_octets(int fd, std::string_view text, std::size_t& done) {
  for (done = 0; done < text.size();) {
    const auto n = ::write(fd, text.data() + done, text.size() - done);
    if (n > 0) {
      done += static_cast<std::size_t>(n);
    } else if (n == 0 || errno != EINTR) {
      return n == 0 ? ENOSPC : errno;
    }
  }
  return 0;
}

class stream final : public audit_outlet {
 public:
  stream(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}

  // So little at once that a pipe which is ready takes it whole (POSIX, PIPE_BUF).
  outcome write(std::string_view lines) override {
    outcome all;
    while (all.taken < lines.size()) {
      if (!ready()) {
        all.why = "nobody reads it";
        return all;
      }
      std::size_t done = 0;
      const int error = write_octets(fd_, whole_lines(lines.substr(all.taken), PIPE_BUF), done);
      all.taken += done;
      if (error != 0) {
        all.why = system_reason(error);
        return all;
      }
    }
    return all;
  }
  [[nodiscard]] std::string name() const override { return name_; }

 private:
  [[nodiscard]] bool ready() const {
    constexpr int patience_ms = 1000;
    pollfd p{fd_, POLLOUT, 0};
    return ::poll(&p, 1, patience_ms) != 0;  // what is wrong, writing tells
  }

  int fd_;
  std::string name_;
};

class rotating_file final : public audit_outlet {
 public:
  rotating_file(std::filesystem::path file, const audit_file_rules& rules)
      : file_(std::move(file)), rules_(rules) {}
  ~rotating_file() override { close(); }
  rotating_file(const rotating_file&) = delete;
  rotating_file& operator=(const rotating_file&) = delete;

  // Empty: it is open.
  [[nodiscard]] std::string open();
  outcome write(std::string_view lines) override;
  [[nodiscard]] std::string name() const override { return file_.string(); }

 private:
  [[nodiscard]] std::string begin_group();
  [[nodiscard]] bool is_still_there() const;
  [[nodiscard]] std::string rotate();
  [[nodiscard]] std::string append(std::string_view lines, std::size_t& taken);
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  [[nodiscard]] std::filesystem::path aside(unsigned number) const {
    return file_.string() + '.' + std::to_string(number);
  }

  std::filesystem::path file_;
  audit_file_rules rules_;
  int fd_ = -1;
  bool regular_ = false;
  std::uint64_t size_ = 0;
};

std::string rotating_file::open() {
  close();
  constexpr int flags =
      O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK;
  fd_ = ::open(file_.c_str(), flags, owner_only);
  // It may be one that may only be written.
  if (fd_ < 0) fd_ = ::open(file_.c_str(), (flags & ~O_RDWR) | O_WRONLY, owner_only);
  struct stat facts {};
  if (fd_ < 0 || ::fstat(fd_, &facts) != 0) return system_reason(errno);
  regular_ = S_ISREG(facts.st_mode);
  size_ = regular_ ? static_cast<std::uint64_t>(facts.st_size) : 0;
  char last = '\n';
  if (size_ == 0 || ::pread(fd_, &last, 1, facts.st_size - 1) != 1 || last == '\n') return {};
  // A run that was killed has left a piece of a line: the next one does not belong to it.
  std::size_t done = 0;
  const int error = write_octets(fd_, "\n", done);
  size_ += done;
  return error == 0 ? std::string{} : system_reason(error);
}

bool rotating_file::is_still_there() const {
  struct stat open {};
  struct stat named {};
  return ::fstat(fd_, &open) == 0 && ::stat(file_.c_str(), &named) == 0 &&
         open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

std::string rotating_file::begin_group() {
  if (fd_ >= 0 && is_still_there()) return {};
  auto why = open();
  if (!why.empty()) close();
  return why;
}

// The oldest goes. Where a name cannot be changed the file grows on: better than a lost line.
std::string rotating_file::rotate() {
  std::error_code failed;
  for (unsigned i = rules_.keep; i > 1; --i) {
    std::error_code missing;
    std::filesystem::rename(aside(i - 1), aside(i), missing);
  }
  std::filesystem::rename(file_, aside(1), failed);
  return failed ? std::string{} : open();
}

// Writes the lines or, if they do not go in whole, as many of them as do.
std::string rotating_file::append(std::string_view lines, std::size_t& taken) {
  std::size_t done = 0;
  const int error = write_octets(fd_, lines, done);
  if (error != 0 && done < lines.size()) {
    const auto last = done == 0 ? std::string_view::npos : lines.rfind('\n', done - 1);
    done = last == std::string_view::npos ? 0 : last + 1;
    if (::ftruncate(fd_, static_cast<off_t>(size_ + done)) != 0) close();  // opening mends it
  }
  size_ += done;
  taken += done;
  return error == 0 ? std::string{} : system_reason(error);
}

audit_outlet::outcome rotating_file::write(std::string_view lines) {
  outcome all{0, begin_group()};
  if (all.why.empty() && !regular_) return stream{fd_, name()}.write(lines);
  while (all.why.empty() && all.taken < lines.size()) {
    const auto rest = lines.substr(all.taken);
    const bool full = size_ > 0 && size_ + rest.find('\n') >= rules_.rotate_at;
    if (full) all.why = rotate();
    if (!all.why.empty()) return all;
    const bool stuck = full && size_ > 0;
    const auto room = stuck ? rest.size() : rules_.rotate_at - std::min(size_, rules_.rotate_at);
    all.why = append(whole_lines(rest, room), all.taken);
  }
  return all;
}

}  // namespace

result<std::unique_ptr<audit_outlet>, std::string> open_audit_file(
    const std::filesystem::path& file, const audit_file_rules& rules) {
  auto made = std::make_unique<rotating_file>(file, rules);
  if (auto why = made->open(); !why.empty()) return file_failure(file, why);
  return std::unique_ptr<audit_outlet>(std::move(made));
}

std::unique_ptr<audit_outlet> audit_stream(int fd, std::string name) {
  return std::make_unique<stream>(fd, std::move(name));
}

}  // namespace twinkeep::actors
