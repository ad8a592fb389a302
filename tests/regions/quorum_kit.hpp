#pragma once

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "regions/replication/quorum_log.hpp"
#include "store_kit.hpp"

// A region's quorum log with three disks in memory and a shell that carries out its effects, as the
// region actor does: each zone does one thing after the other, and what it answers may come much
// later. Every move is a step of the test's choosing: nothing runs by itself.
namespace twinkeep::regions::tests {

inline constexpr const char* home = "eastus2";
inline constexpr const char* primary = "centralus";  // whose changes are copied
inline constexpr unsigned all_zones[] = {1, 2, 3};

class test_region {
 public:
  explicit test_region(std::size_t retained = 8) : medium_(make_memory_medium(retained)) {}

  // ---- the shell's moves ----

  // Opens the zone's store, anew if it was given up; it is announced to the log once its report is
  // answered.
  void open(unsigned zone);
  // The zone is gone at once, with what it had not done yet and had not answered yet.
  void crash(unsigned zone);
  // The zone does not answer in time. Until it is opened again it may still do what it was told.
  void time_out(unsigned zone) { give_up(zone); }
  void wipe(unsigned zone);
  // The process ends; disks stay. Nothing is open afterwards.
  void restart();
  // The next write that the zone carries out fails; `written`: it is on disk all the same.
  void fail_next_write(unsigned zone, bool written) { at(zone).failing = written ? 2 : 1; }

  [[nodiscard]] bool can_work(unsigned zone) { return at(zone).store && !at(zone).to_do.empty(); }
  [[nodiscard]] bool can_answer(unsigned zone) { return !at(zone).answers.empty(); }
  void work(unsigned zone);    // carries out the zone's next command
  void answer(unsigned zone);  // delivers its next answer
  // Everything that can be done is done, and answered, but by the zones left out.
  void settle(const std::set<unsigned>& except = {});
  // Opens what is not open, and settles.
  void heal(const std::set<unsigned>& except = {});

  // ---- commits; each has a record of its own, named after its token ----

  commit_token commit(const std::string& vault = "demo");
  // The primary's batches `from`..`to`, or all of them up to `to` as a snapshot.
  commit_token replicate(std::uint64_t from, std::uint64_t to);
  commit_token install(std::uint64_t to);

  // ---- what has come of it ----

  enum class fate { open, committed, refused, in_doubt };
  [[nodiscard]] fate fate_of(commit_token token) const { return fates_.at(token); }
  [[nodiscard]] const std::map<commit_token, fate>& fates() const { return fates_; }
  // Tokens of commits whose records the zone's disk holds. Works for a closed disk too.
  [[nodiscard]] std::set<commit_token> held(unsigned zone);
  [[nodiscard]] log_position end_of(unsigned zone, const char* origin = home);
  [[nodiscard]] std::string content(unsigned zone);  // all of it, as text
  // Known to the log: opened and reported.
  [[nodiscard]] bool is_announced(unsigned zone) { return at(zone).announced; }
  // Open, or about to be: whoever opens zones has nothing to do.
  [[nodiscard]] bool is_served(unsigned zone) { return at(zone).serving; }
  quorum_log& log() { return *log_; }

  // Called for what the log tells, before the next step.
  std::function<void(commit_token)> on_committed = [](commit_token) {};
  std::function<void(unsigned)> on_entered = [](unsigned) {};
  std::function<void(bool)> on_gained = [](bool) {};
  unsigned gained = 0, lost = 0;
  std::vector<unsigned> entered, left;

 private:
  using reply = std::function<void()>;
  struct command {
    std::function<reply(replica_store&)> run;
    std::uint64_t incarnation = 0;  // of the zone when it was told
  };
  struct zone_shell {
    std::unique_ptr<replica_store> store;
    std::deque<command> to_do;
    std::deque<reply> answers;
    bool serving = false;           // opened, and not given up since
    bool announced = false;         // ... and the log knows
    std::uint64_t incarnation = 0;  // answers of an earlier one reach nobody
    int failing = 0;                // 1: the next write fails, 2: but is written
  };
  struct copy_job {
    std::uint64_t id = 0;  // 0: none
    unsigned reading_from = 0;
  };

  zone_shell& at(unsigned zone) { return zones_.at(zone - 1); }
  copy_job& copying_to(unsigned zone) { return copies_.at(zone - 1); }
  void give_up(unsigned zone);
  void close(unsigned zone);
  void tell_zone(unsigned zone, std::function<reply(replica_store&)> run);
  void ask_report(unsigned zone);
  void ask_write(unsigned zone, std::function<store_outcome<void>(replica_store&)> write,
                 std::function<void()> done);
  void start_copy(const quorum_effect::sync_zone& s);
  void write_copy(const quorum_effect::sync_zone& s, std::uint64_t id, std::vector<batch_ptr> found,
                  bool more);
  void carry_out(const quorum_effect_t& effect);
  void settle_effects();
  commit_token next_token();
  template <class Read>
  auto read(unsigned zone, Read r);

  std::unique_ptr<store_medium> medium_;
  std::optional<quorum_log> log_{home};
  std::array<zone_shell, replicas_per_region> zones_;
  std::array<copy_job, replicas_per_region> copies_;
  std::uint64_t next_copy_ = 1;
  commit_token last_token_ = 0;
  std::map<commit_token, fate> fates_;
};

// The primary's log, of which every test knows everything.
[[nodiscard]] batch_ptr primary_batch(std::uint64_t revision);
[[nodiscard]] std::shared_ptr<const store_snapshot> primary_snapshot(std::uint64_t revision);

inline std::ostream& operator<<(std::ostream& out, test_region::fate f) {
  constexpr const char* names[] = {"open", "committed", "refused", "in doubt"};
  return out << names[static_cast<std::size_t>(f)];
}

}  // namespace twinkeep::regions::tests

namespace twinkeep::regions {
inline std::ostream& operator<<(std::ostream& out, zone_phase phase) {
  constexpr const char* names[] = {"absent", "reporting", "opened", "syncing", "in_sync"};
  return out << names[static_cast<std::size_t>(phase)];
}
}  // namespace twinkeep::regions
