#include "actors/audit/audit_log.hpp"

#include <algorithm>
#include <utility>

#include "protocol/audit_line.hpp"

namespace twinkeep::actors {

namespace {

constexpr std::size_t longest = protocol::audit_line_writer::longest;
// So much is written at once, without waiting for more: waking the thread costs the requests more
// than the room does (at 256 KiB a secret get took 3 % more CPU).
constexpr std::size_t enough = std::size_t{1} << 20;
// What a buffer keeps after a burst.
constexpr std::size_t most_kept = std::size_t{4} << 20;

std::uint64_t lines_in(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

}  // namespace

audit_log::audit_log(audit_log_setup setup)
    : setup_(std::move(setup)), thread_([this] { run(); }) {}

audit_log::~audit_log() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

// Octets move from `begun_` to `held_` in this order, so that together they are never too few and
// whoever has begun finds room.
bool audit_log::begin() {
  if (!setup_.required) return true;
  const auto begun = begun_.fetch_add(1) + 1;
  const bool room = begun * longest + held_.load() <= setup_.capacity;
  if (room && !failing_.load(std::memory_order_relaxed)) return true;
  begun_.fetch_sub(1);
  refused_.fetch_add(1, std::memory_order_relaxed);
  if (!room) overflowed();
  return false;
}

void audit_log::waive() {
  if (setup_.required) begun_.fetch_sub(1);
}

void audit_log::take(std::string_view line) {
  bool wakes = false;
  bool kept = false;
  {
    std::lock_guard lock(mutex_);
    kept = setup_.required || held_.load() + line.size() <= setup_.capacity;
    if (kept) {
      const auto before = waiting_.size();
      waiting_.insert(waiting_.end(), line.begin(), line.end());
      ++waiting_lines_;
      held_.fetch_add(line.size());
      wakes = before == 0 || (before < enough && waiting_.size() >= enough);
    }
  }
  waive();
  if (wakes) wake_.notify_one();
  if (kept) return;
  lost_.fetch_add(1, std::memory_order_relaxed);
  overflowed();
}

audit_status audit_log::status() const {
  audit_status s{setup_.to->name(), setup_.required, failing_ || overflowing_, {}, written_, lost_,
                 refused_};
  std::lock_guard lock(mutex_);
  s.why = failing_ ? why_ : overflowing_ ? "lines come faster than they are written" : "";
  return s;
}

void audit_log::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [&] { return ending_ || !waiting_.empty() || !writing_.empty(); });
    const bool failing = failing_;
    wake_.wait_for(lock, failing ? setup_.retry_after : setup_.gather,
                   [&] { return ending_ || (!failing && waiting_.size() >= enough); });
    const bool ends = ending_;
    if (writing_.empty()) {
      std::swap(writing_, waiting_);
      writing_lines_ = std::exchange(waiting_lines_, 0);
    }
    lock.unlock();
    const bool done = write_group();
    lock.lock();
    if (ends && (!done || waiting_.empty())) break;
  }
  const std::string_view left{writing_.data() + begin_, writing_.size() - begin_};
  lost_ += lines_in(left) + lines_in({waiting_.data(), waiting_.size()});
  lock.unlock();
  if (lost_ > lost_before_) tell(audit_turn::lost, std::to_string(lost_ - lost_before_) + " lines");
}

// False: what is left is to be tried again.
bool audit_log::write_group() {
  const std::string_view lines{writing_.data() + begin_, writing_.size() - begin_};
  const auto [taken, why] = setup_.to->write(lines);
  // Looking for the ends of lines costs as much as making them.
  const auto done = taken == lines.size() ? writing_lines_ : lines_in(lines.substr(0, taken));
  written_ += done;
  writing_lines_ -= done;
  held_ -= taken;
  begin_ += taken;
  if (begin_ < writing_.size()) {
    failed(why);
    return false;
  }
  begin_ = 0;
  if (writing_.capacity() > most_kept) writing_ = {};
  writing_.clear();
  worked();
  return true;
}

void audit_log::failed(const std::string& why) {
  {
    std::lock_guard lock(mutex_);
    why_ = why;
  }
  if (!failing_.exchange(true)) tell(audit_turn::failing, why);
}

// What went wrong is over once writing works and half the room is free.
void audit_log::worked() {
  if (!failing_ && !overflowing_) return;
  if (held_ > setup_.capacity / 2) return;
  failing_ = false;
  overflowing_ = false;
  const auto lost = lost_.load();
  const auto refused = refused_.load();
  tell(audit_turn::restored, std::to_string(lost - lost_before_) + " lines lost, " +
                                 std::to_string(refused - refused_before_) + " requests refused");
  lost_before_ = lost;
  refused_before_ = refused;
}

void audit_log::overflowed() {
  if (overflowing_.exchange(true)) return;
  if (setup_.required) {
    if (!failing_) tell(audit_turn::failing, "lines come faster than they are written");
  } else {
    tell(audit_turn::lost, "no room for more lines");
  }
}

void audit_log::tell(audit_turn turn, const std::string& detail) const {
  if (setup_.tell) setup_.tell(turn, setup_.to->name() + ": " + detail);
}

}  // namespace twinkeep::actors
