#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "regions/catalog.hpp"
#include "regions/store/replica_store.hpp"

namespace twinkeep::regions {

// What a zone says of its open store.
struct zone_report {
  epoch promised;
  bool admitted = false;
  std::map<std::string, log_position, std::less<>> positions;  // by origin

  [[nodiscard]] bool blank() const { return positions.empty() && promised == epoch{}; }
};

using batch_group = std::shared_ptr<const std::vector<batch_ptr>>;
using commit_token = std::uint64_t;

// What the shell is to do. Zones are numbered from 1. A zone does one thing after the other, in the
// order told; answers of a store that was lost in between are not passed on. The log can give a
// zone up by itself (too far behind, or it could not be read): phase(zone) is `absent` then, and
// the shell opens the store anew.
namespace quorum_effect {
// Where does the log of the open store end? Answer: opened() or lost(). A sync_zone to this zone
// that is under way ends here: what it has not yet told the store to write must never be written,
// or it would undo, after the report, what comes to be committed.
struct report_zone {
  unsigned zone;
};
struct promise_epoch {
  unsigned zone;
  epoch number;
};  // answer: promised() or lost()
struct admit_zone {
  unsigned zone;
};  // answer: admitted() or lost()
struct append_group {
  unsigned zone;
  std::uint64_t group;
  batch_group batches;
};                       // appended()
struct install_origin {  // answer: appended() or lost()
  unsigned zone;
  std::uint64_t group;
  std::string origin;
  std::shared_ptr<const store_snapshot> snapshot;
};
// Copy what `to` lacks of the origin's log from `from`: by changes, or by snapshot where there is a
// gap. Answer: synced(), lost(to) or sync_source_failed().
struct sync_zone {
  unsigned to;
  unsigned from;
  std::string origin;
  log_position after;
};
struct committed {
  std::vector<commit_token> tokens;
};
// Not committed. in_doubt: it may have reached a disk and may yet turn out committed.
struct refused {
  std::vector<commit_token> tokens;
  bool in_doubt;
};
struct zone_entered {
  unsigned zone;
};
struct zone_left {
  unsigned zone;
};
// It is too far behind: lost, as if the shell had said so. The shell opens its store anew.
struct zone_given_up {
  unsigned zone;
};
// Writes are possible again; `doubtful`: vaults must be loaded anew, since a write whose outcome
// was unknown may have been rolled forward.
struct quorum_gained {
  bool doubtful;
};
struct quorum_lost {};
}  // namespace quorum_effect

using quorum_effect_t =
    std::variant<quorum_effect::report_zone, quorum_effect::promise_epoch,
                 quorum_effect::admit_zone, quorum_effect::append_group,
                 quorum_effect::install_origin, quorum_effect::sync_zone, quorum_effect::committed,
                 quorum_effect::refused, quorum_effect::zone_entered, quorum_effect::zone_left,
                 quorum_effect::zone_given_up, quorum_effect::quorum_gained,
                 quorum_effect::quorum_lost>;

enum class zone_phase {
  absent,     // no open store
  reporting,  // asked where its log ends
  opened,     // its report is here; waits to be let in
  syncing,    // catching up
  in_sync,    // takes part in every commit
};

// A region's log over its three replicas: group commit acknowledged by two of three, epochs,
// catch-up. A pure state machine in the manner of Raft with one process as its only leader: events
// in, effects out, no clock, no thread.
//
// Establishing a quorum, at the start and after one was lost:
//  1. two admitted replicas (or, the very first time, three blank ones) have reported;
//  2. a new epoch, above every number any of them has seen, is promised durably by each, so that
//     no two epochs share a number;
//  3. for each origin the replica whose log ends last is copied to the others: what was
//     acknowledged is on two disks, so one of any two has it;
//  4. an empty batch of the new epoch is committed: from then on, logs that lack it lose every
//     comparison, and what was rolled forward cannot be rolled back (Raft §5.4.2).
class quorum_log {
 public:
  static constexpr unsigned majority = 2;
  static constexpr std::size_t max_group_batches = 512;
  static constexpr std::size_t max_queued_commits = 8192;
  static constexpr std::size_t max_zone_backlog = 256;  // groups a slow zone may be behind

  explicit quorum_log(std::string region);

  // Events.
  void opened(unsigned zone, const zone_report& report);
  void lost(unsigned zone);
  void promised(unsigned zone, epoch number);
  void admitted(unsigned zone);
  void appended(unsigned zone, std::uint64_t group);
  void synced(unsigned zone, const std::string& origin, log_position reached, bool more);
  void sync_source_failed(unsigned zone, unsigned from);

  // Commits; answered by a `committed` or `refused` effect. False: the queue is full.
  [[nodiscard]] bool commit(commit_token token, std::string vault,
                            std::vector<record_change> changes);
  // What a paired primary did, in its order. Batches already held are skipped by the stores.
  [[nodiscard]] bool commit_replicated(commit_token token, std::vector<batch_ptr> batches);
  [[nodiscard]] bool install(commit_token token, std::string origin,
                             std::shared_ptr<const store_snapshot> snapshot);
  // Commits of the vault that have not yet been handed to a zone are refused: its actor is gone.
  void drop_queued(const std::string& vault);

  [[nodiscard]] std::vector<quorum_effect_t> take_effects();

  // Observation.
  [[nodiscard]] bool has_quorum() const { return stage_ == stage::active; }
  [[nodiscard]] bool ever_had_quorum() const { return had_quorum_; }
  [[nodiscard]] log_position committed(std::string_view origin) const;
  [[nodiscard]] zone_phase phase(unsigned zone) const { return zones_.at(zone - 1).phase; }
  [[nodiscard]] log_position position(unsigned zone) const;  // of the own log
  [[nodiscard]] unsigned zones_in_sync() const;
  // Whether the vault has a batch on its way to the zones whose outcome is open.
  [[nodiscard]] bool in_flight(const std::string& vault) const;
  // A zone whose store holds everything committed; 0: none.
  [[nodiscard]] unsigned best_source(unsigned except = 0) const;

 private:
  enum class stage { recovering, promising, levelling, marking, active };
  struct zone_state {
    zone_phase phase = zone_phase::absent;
    zone_report report;                // kept up to date by appended and synced
    bool has_promised = false;         // in this attempt
    std::vector<std::string> to_sync;  // origins still to be compared
    bool final_pass = false;
    std::size_t backlog = 0;  // groups sent and not acknowledged
  };
  struct queued_commit {
    commit_token token;
    std::string vault;  // own commits
    std::vector<record_change> changes;
    std::vector<batch_ptr> replicated;
    std::string origin;  // install
    std::shared_ptr<const store_snapshot> snapshot;
  };
  using position_map = std::map<std::string, log_position, std::less<>>;  // by origin
  struct sent_group {
    std::vector<commit_token> tokens;
    std::set<std::string> vaults;
    position_map ends;
    bool replaces = false;  // a snapshot: the origin's log ends there, wherever it ended before
    std::set<unsigned> acknowledged;
    std::set<unsigned> awaited;  // sent to, and not yet acknowledged by
    bool is_committed = false;
    [[nodiscard]] bool is_done() const { return is_committed && awaited.empty(); }
  };

  zone_state& at(unsigned zone) { return zones_.at(zone - 1); }
  const zone_state& at(unsigned zone) const { return zones_.at(zone - 1); }
  template <class Effect>
  void emit(Effect e) {
    effects_.emplace_back(std::move(e));
  }

  void lose_quorum();
  void try_establish();
  void start_levelling();
  void advance_levelling();
  void write_marker();
  void start_catch_up();
  void continue_sync(unsigned zone);
  void let_in(unsigned zone);
  void start_group();
  void send_group(sent_group group, const batch_group& batches,
                  std::shared_ptr<const store_snapshot> snapshot, const std::string& origin);
  void settle_in_flight();
  void refuse_queued();
  static void move_to(position_map& positions, const sent_group& group);
  [[nodiscard]] std::vector<unsigned> zones_in(zone_phase phase) const;
  [[nodiscard]] unsigned best_for(std::string_view origin,
                                  const std::vector<unsigned>& zones) const;
  [[nodiscard]] std::vector<std::string> known_origins() const;
  [[nodiscard]] log_position position_of(unsigned zone, std::string_view origin) const;

  std::string region_;
  std::array<zone_state, replicas_per_region> zones_;
  stage stage_ = stage::recovering;
  epoch epoch_;
  position_map committed_;
  log_position last_sent_;  // of the own log
  std::deque<queued_commit> queue_;
  std::map<std::uint64_t, sent_group> groups_;
  std::uint64_t next_group_ = 1;
  std::uint64_t in_flight_ = 0;  // the one group that is not yet committed; 0: none
  unsigned catching_up_ = 0;     // zone; 0: none
  bool holding_ = false;         // no new group until the zone catching up is let in
  bool doubtful_ = false;
  bool had_quorum_ = false;
  std::vector<quorum_effect_t> effects_;
};

}  // namespace twinkeep::regions
