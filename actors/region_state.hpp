#pragma once

#include <array>
#include <deque>
#include <map>
#include <set>

#include "actors/crypto.hpp"
#include "actors/environment.hpp"
#include "actors/hsm.hpp"
#include "actors/registry.hpp"
#include "actors/replicator.hpp"
#include "actors/vault.hpp"
#include "actors/zone.hpp"

// Internal to the region actor: region.cpp (life, heartbeat, replication), region_zones.cpp (what
// the quorum log wants done), region_vaults.cpp (placing vaults), region_hsms.cpp (its tokens).
namespace twinkeep::actors {

struct region_state {
  static inline const char* name = "region";
  ~region_state();

  struct zone_slot {
    zone_actor actor;
    std::uint64_t generation = 0;  // answers to an earlier one do not count
    bool wipe_first = false;
    bool ping_out = false;
    regions::instant ping_sent;
    unsigned failures = 0;  // in a row, for the pause before the next try
    bool retry_set = false;
    regions::instant retry_at;
    regions::instant changed_at;  // in or out
    bool is_in = false;
    std::string trouble;
  };
  struct hsm_slot {
    std::size_t token = 0;  // of the deployment's
    hsm_actor actor;
    std::uint64_t generation = 0;
    bool is_in = false;
    bool ask_out = false;
    regions::instant asked_at;
    unsigned failures = 0;  // in a row
    regions::instant retry_at;
    regions::instant changed_at;
    std::string trouble;
    hsm_report report;
    std::set<std::string, std::less<>> told_gone;  // vaults, since the token was opened
  };
  struct vault_slot {
    std::shared_ptr<const regions::vault_config> config;
    bool is_primary = true;
    bool is_registry = false;
    vault_actor actor;
    unsigned zone = 0;
    std::uint64_t incarnation = 0;
    bool loading = false;
    bool making_key = false;
    bool stale = false;  // must be loaded anew, though its actor may serve reads until then
    bool problem_told = false;
    std::optional<regions::instant> crashed_at;
    std::deque<regions::instant> crashes;
    std::vector<regions::batch_ptr> arrived;  // at a copy, while it is being loaded
  };
  using commit_promise = caf::typed_response_promise<commit_reply>;
  struct pending_commit {
    commit_promise reply;
    bool is_clients = false;
    std::vector<regions::batch_ptr> replicated;
    std::string installed;     // origin
    std::string key_made_for;  // vault
    std::function<void(bool committed)> done;
  };
  struct source_state {
    replicator_actor replicator;
    regions::log_position head;
    std::int64_t last_sync_ms = 0;
    bool level = false;
  };

  region_actor::pointer self = nullptr;
  environment* env = nullptr;
  supervisor_actor supervisor;
  std::string region;
  std::optional<regions::quorum_log> log;
  regions::lease_keeper leases;
  std::array<zone_slot, regions::replicas_per_region> zones;
  std::vector<hsm_slot> hsms;                 // of two zones, or none
  std::map<std::string, vault_slot> vaults;   // and the registries that list them
  std::set<std::string, std::less<>> listed;  // origins whose registry was heard: all is known
  std::map<std::string, std::vector<std::string>> gone;  // vaults, by the origin that lists them so
  std::set<std::string, std::less<>> purging;  // own vaults whose content is to be removed
  std::set<std::string, std::less<>> erasing;  // those of them under way
  crypto_team team;
  std::map<std::string, source_state> sources;  // regions that this one copies
  std::map<regions::commit_token, pending_commit> commits;
  regions::commit_token next_token = 1;
  std::uint64_t next_incarnation = 1;
  std::optional<regions::instant> last_tick;
  std::optional<regions::instant> quorum_lost_at;
  bool effects_running = false;
  struct held_commit {
    commit_request_ptr request;
    commit_promise reply;
  };
  std::vector<held_commit> held;  // until it is known whether this region may acknowledge

  [[nodiscard]] regions::instant now() const { return self->clock().now(); }
  zone_slot& at(unsigned zone) { return zones.at(zone - 1); }

  // region.cpp
  void start();
  void on_tick();
  void beat();
  [[nodiscard]] region_status_ptr status() const;
  void on_down(const caf::down_msg& down);
  void on_fault(const faults_changed& change);
  void start_crypto(std::size_t member);
  void start_replicator(const std::string& source);
  void note_progress(const std::string& source, const replication_progress& progress);
  void record(event_kind kind, unsigned zone, std::string detail,
              std::optional<regions::duration> took = {});

  caf::result<commit_reply> commit(const commit_request_ptr& request);
  void commit_now(const commit_request_ptr& request, commit_promise reply);
  template <class Enqueue>
  void submit(pending_commit pending, Enqueue enqueue);
  void release_held(bool granted);
  caf::result<commit_reply> commit_replicated(const replicated_commit_ptr& request);
  caf::result<commit_reply> install(const replicated_install& request);
  caf::result<pull_reply_ptr> pull(const pull_request& request);
  caf::result<snapshot_ptr> snapshot();
  [[nodiscard]] applied_reply applied(const std::string& origin) const;

  // region_zones.cpp
  void open_zone(unsigned zone);
  void fail_zone(unsigned zone, const std::string& why);
  void check_zones(bool was_stalled);
  void run_effects();
  void carry_out(const regions::quorum_effect_t& effect);
  void settle(const std::vector<regions::commit_token>& tokens, bool committed, bool in_doubt);
  void sync(const regions::quorum_effect::sync_zone& s);
  void sync_by_snapshot(const regions::quorum_effect::sync_zone& s);
  // Sends a command; `done` gets the answer unless the zone failed meanwhile. A store error or an
  // actor that is gone fails the zone, unless `on_error` says that it was dealt with.
  using answer_handler = std::function<void(const zone_answer_t&)>;
  using error_handler = std::function<bool(const regions::store_error&)>;
  void command(unsigned zone, zone_command_t c, answer_handler done, error_handler on_error = {});

  // region_hsms.cpp
  void start_hsms();
  void check_hsms(bool was_stalled);
  void open_hsm(hsm_slot& slot);
  template <class Question>
  void ask_hsm(hsm_slot& slot, Question question, std::function<void(hsm_slot&)> done);
  void fail_hsm(hsm_slot& slot, const std::string& why);
  [[nodiscard]] bool is_held_down(const hsm_slot& slot) const;
  [[nodiscard]] const regions::hsm_config& config_of(const hsm_slot& slot) const;
  [[nodiscard]] hsm_team usable_hsms() const;
  void announce_hsms();
  void tell_gone(hsm_slot& slot);
  [[nodiscard]] std::vector<hsm_status> hsm_statuses() const;

  // region_vaults.cpp
  void place_all();
  void place(vault_slot& slot);
  void load(vault_slot& slot);
  void loaded(const vault_loaded& result);
  void make_data_key(vault_slot& slot);
  void rehome_from(unsigned zone);
  void retire(vault_slot& slot);
  void vault_crashed(vault_slot& slot);
  void reload_copies(const std::string& origin);
  void reload_primaries();
  void hand_to_copies(const std::vector<regions::batch_ptr>& batches);
  void announce(const vault_slot& slot);
  void add_slot(regions::vault_config config, bool is_registry);
  [[nodiscard]] vault_actor spawn(const vault_slot& slot, const vault_loaded& result);
  void adopt(const registry_listing& listing);
  void drop(std::map<std::string, vault_slot>::iterator slot);
  void erase_purged();
  void erase(const std::string& vault);
  void erase_records(const std::string& vault, record_list records, std::size_t from);
  void erased(const std::string& vault);
  [[nodiscard]] bool all_primaries_placed() const;
  [[nodiscard]] unsigned quietest_zone() const;
};

}  // namespace twinkeep::actors
