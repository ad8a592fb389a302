#pragma once

#include <caf/all.hpp>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "crypto/key_provider.hpp"
#include "regions/failover/failure_detector.hpp"
#include "regions/failover/fault.hpp"
#include "regions/registry/decide.hpp"
#include "regions/replication/quorum_log.hpp"
#include "regions/vault/decide.hpp"
#include "regions/vault/token_content.hpp"
#include "regions/vault/write_lease.hpp"

// Every message between actors. They stay within the process and are shared by pointer where they
// are large or secret; none can be inspected, so that none is ever logged.
namespace twinkeep::actors {

// ---- to a vault ----

struct vault_request {
  protocol::request_ptr request;  // null: of a registry
  std::string request_id;         // the same when it is sent again
  std::string fresh_version;      // for the version that it makes, if it makes one
  std::shared_ptr<const regions::registry_request> registry = nullptr;
};
using vault_request_ptr = std::shared_ptr<const vault_request>;

// What a crypto actor answers.
struct crypto_result {
  std::string name;
  std::string version;
  crypto::secret_bytes value;
  std::optional<bool> verified;  // verify only
  bytes iv = {}, tag = {};       // symmetric keys
};
struct vault_reply {
  std::variant<regions::verdict, crypto_result> answer;
  regions::vault_identity_ptr vault;
  std::shared_ptr<const regions::registry_verdict> registry = nullptr;  // a registry's answer
};
using vault_reply_ptr = std::shared_ptr<const vault_reply>;

// What the primary did, for the vault's copy at the secondary.
struct replicated_changes {
  regions::batch_ptr batch;
};

// Of a vault's primary or copy: what may change while it is served.
struct settings_changed {
  protocol::recovery_rules rules;
  protocol::vault_sku sku = protocol::vault_sku::standard;
};

// ---- to a crypto actor ----

struct crypto_job {
  vault_request_ptr request;
  regions::use_key key;
  regions::vault_identity_ptr vault;
};
using crypto_job_ptr = std::shared_ptr<const crypto_job>;
// What a vault needs done before it can decide.
struct work_job {
  vault_request_ptr request;
  regions::vault_work work;
  regions::vault_identity_ptr vault;
};
using work_job_ptr = std::shared_ptr<const work_job>;

// ---- to an HSM ----

namespace hsm_command {
// Opens the token; answered by a report, as a question for its state is.
struct open {};
struct ask {};
}  // namespace hsm_command
struct hsm_report {
  std::size_t keys = 0;     // that the token holds
  std::size_t missing = 0;  // of those that it should hold
};
// Keys for a token to hold before whoever asks goes on.
struct hsm_installation {
  std::vector<regions::install_hsm_keys::entry> keys;
  std::shared_ptr<const void> owner;  // of what `keys` points into
};
using hsm_installation_ptr = std::shared_ptr<const hsm_installation>;
struct hsm_installed {
  std::optional<protocol::error> refused;
};
using hsm_wishes_ptr = std::shared_ptr<const regions::hsm_wishes>;

// ---- to a zone ----

namespace zone_command {
struct open {
  bool wipe_first = false;
};
struct report {};
struct ping {};  // answered without touching the disk
struct promise {
  regions::epoch number;
};
struct admit {};
struct append {
  regions::batch_group batches;
};
struct install {
  std::string origin;
  std::shared_ptr<const regions::store_snapshot> snapshot;
};
struct changes {
  std::string origin;
  regions::log_position after;
  std::size_t max_batches;
};
struct snapshot {
  std::string origin;
};
struct load {
  std::string origin;
  std::string vault;
};
}  // namespace zone_command
using zone_command_t =
    std::variant<zone_command::open, zone_command::report, zone_command::ping,
                 zone_command::promise, zone_command::admit, zone_command::append,
                 zone_command::install, zone_command::changes, zone_command::snapshot,
                 zone_command::load>;
using zone_command_ptr = std::shared_ptr<const zone_command_t>;

using record_list = std::shared_ptr<const std::vector<regions::record_change>>;
using zone_answer_t =
    std::variant<std::monostate, regions::zone_report, std::vector<regions::batch_ptr>,
                 std::shared_ptr<const regions::store_snapshot>, record_list, regions::store_error>;
using zone_answer_ptr = std::shared_ptr<const zone_answer_t>;

// ---- to a region ----

struct commit_request {
  std::string vault;
  std::uint64_t incarnation;  // of the vault actor: a former one can commit nothing
  std::vector<regions::record_change> changes;
};
using commit_request_ptr = std::shared_ptr<const commit_request>;
struct commit_reply {
  bool committed = false;
  bool in_doubt = false;                      // not committed, but may yet turn out to be
  std::optional<regions::write_lease> lease;  // the right to acknowledge, if still held
};

struct pull_request {
  regions::log_position after;
};
struct pull_reply {
  std::vector<regions::batch_ptr> batches;
  bool gap = false;            // ask for a snapshot instead
  bool ready = true;           // false: the region cannot tell now
  regions::log_position head;  // the last committed position
};
using pull_reply_ptr = std::shared_ptr<const pull_reply>;
struct snapshot_request {};
using snapshot_ptr = std::shared_ptr<const regions::store_snapshot>;  // null: not now

// From the region's own replicator.
struct replicated_commit {
  std::vector<regions::batch_ptr> batches;
};
using replicated_commit_ptr = std::shared_ptr<const replicated_commit>;
struct replicated_install {
  std::string origin;
  snapshot_ptr snapshot;
};
struct applied_query {
  std::string origin;
};
struct applied_reply {
  bool ready = false;  // false: no quorum
  regions::log_position applied;
};
struct replication_progress {
  regions::log_position head;
  regions::log_position applied;
};

// What a region has to serve, or to keep a copy of: as its registry, or the registry's copy, says.
struct registry_listing {
  std::string origin;  // the vaults' home
  std::vector<regions::vault_config> vaults;
  std::vector<std::string> purging;  // whose content is to be removed
  std::vector<std::string> gone;     // deleted, or purged: HSMs let go of their keys
};
using registry_listing_ptr = std::shared_ptr<const registry_listing>;

struct faults_changed {
  regions::fault fault;
  bool active;
};
struct tick {};
// To a vault: what became of a notice that it posted.
struct notice_outcome {
  std::string id;
  bool taken = false;
};
// To a vault: time has passed otherwise than by ticks, something may be due.
struct wake {};

// ---- status ----

struct zone_status {
  std::string state;  // "up", "catching_up", "down"
  bool in_sync = false;
  std::uint64_t revision = 0;
};
struct hsm_status {
  unsigned zone = 0;
  std::string token;
  std::string state;    // "up", "filling", "down"
  std::string trouble;  // why it is down
  hsm_report report;
};
struct replication_status {
  std::string source;
  std::uint64_t applied = 0;
  std::uint64_t lag_revisions = 0;
  double lag_seconds = 0;
  std::int64_t last_sync_ms = 0;  // Unix time; 0: never
};
struct region_status {
  std::string name;
  std::string pair;
  std::uint64_t revision = 0;
  bool quorum = false;
  std::array<zone_status, regions::replicas_per_region> zones;
  std::vector<hsm_status> hsms;
  std::optional<replication_status> replication;
};
using region_status_ptr = std::shared_ptr<const region_status>;

// ---- to the supervisor ----

struct region_beat {
  std::string region;
  regions::heartbeat beat;
  region_status_ptr status;
};
struct lease_grant {
  bool granted = false;
};
struct status_query {};
struct status_reply {
  struct region {
    regions::region_phase phase;
    region_status_ptr status;  // null: not heard of yet
    std::string name;
    std::string pair;
  };
  std::vector<region> regions;
};
using status_reply_ptr = std::shared_ptr<const status_reply>;

}  // namespace twinkeep::actors
