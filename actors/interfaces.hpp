#pragma once

#include "actors/messages.hpp"

namespace twinkeep::actors {
struct work_done;
struct hsm_team;
struct crypto_team;
struct vault_placed;
struct peer_notice;
struct supervisor_notice;
struct vault_loaded;
}  // namespace twinkeep::actors

#define TWINKEEP_LOCAL_MESSAGE(type) CAF_ALLOW_UNSAFE_MESSAGE_TYPE(twinkeep::actors::type)
TWINKEEP_LOCAL_MESSAGE(vault_request_ptr)
TWINKEEP_LOCAL_MESSAGE(vault_reply_ptr)
TWINKEEP_LOCAL_MESSAGE(replicated_changes)
TWINKEEP_LOCAL_MESSAGE(crypto_job_ptr)
TWINKEEP_LOCAL_MESSAGE(work_job_ptr)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(twinkeep::regions::work_result_ptr)
TWINKEEP_LOCAL_MESSAGE(hsm_command::open)
TWINKEEP_LOCAL_MESSAGE(hsm_command::ask)
TWINKEEP_LOCAL_MESSAGE(hsm_report)
TWINKEEP_LOCAL_MESSAGE(hsm_installation_ptr)
TWINKEEP_LOCAL_MESSAGE(hsm_installed)
TWINKEEP_LOCAL_MESSAGE(hsm_wishes_ptr)
TWINKEEP_LOCAL_MESSAGE(zone_command_ptr)
TWINKEEP_LOCAL_MESSAGE(zone_answer_ptr)
TWINKEEP_LOCAL_MESSAGE(commit_request_ptr)
TWINKEEP_LOCAL_MESSAGE(commit_reply)
TWINKEEP_LOCAL_MESSAGE(pull_request)
TWINKEEP_LOCAL_MESSAGE(pull_reply_ptr)
TWINKEEP_LOCAL_MESSAGE(snapshot_request)
TWINKEEP_LOCAL_MESSAGE(snapshot_ptr)
TWINKEEP_LOCAL_MESSAGE(replicated_commit_ptr)
TWINKEEP_LOCAL_MESSAGE(replicated_install)
TWINKEEP_LOCAL_MESSAGE(applied_query)
TWINKEEP_LOCAL_MESSAGE(applied_reply)
TWINKEEP_LOCAL_MESSAGE(replication_progress)
TWINKEEP_LOCAL_MESSAGE(settings_changed)
TWINKEEP_LOCAL_MESSAGE(registry_listing_ptr)
TWINKEEP_LOCAL_MESSAGE(faults_changed)
TWINKEEP_LOCAL_MESSAGE(tick)
TWINKEEP_LOCAL_MESSAGE(wake)
TWINKEEP_LOCAL_MESSAGE(notice_outcome)
TWINKEEP_LOCAL_MESSAGE(region_beat)
TWINKEEP_LOCAL_MESSAGE(lease_grant)
TWINKEEP_LOCAL_MESSAGE(status_query)
TWINKEEP_LOCAL_MESSAGE(status_reply_ptr)
TWINKEEP_LOCAL_MESSAGE(work_done)
TWINKEEP_LOCAL_MESSAGE(hsm_team)
TWINKEEP_LOCAL_MESSAGE(crypto_team)
TWINKEEP_LOCAL_MESSAGE(vault_placed)
TWINKEEP_LOCAL_MESSAGE(peer_notice)
TWINKEEP_LOCAL_MESSAGE(supervisor_notice)
TWINKEEP_LOCAL_MESSAGE(vault_loaded)

// All typed actor interfaces: the shape of the system.
namespace twinkeep::actors {

using caf::reacts_to;
using caf::replies_to;

// Blocking work of an actor came to its end; `finish` runs in the actor's own context.
struct work_done {
  std::shared_ptr<std::function<void()>> finish;
};

// One token of an HSM. It ends when its token is lost; nothing of what it was asked for and has
// not answered has happened.
using hsm_actor = caf::typed_actor<replies_to<hsm_command::open>::with<hsm_report>,
                                   replies_to<hsm_command::ask>::with<hsm_report>,
                                   replies_to<crypto_job_ptr>::with<vault_reply_ptr>,
                                   replies_to<work_job_ptr>::with<regions::work_result_ptr>,
                                   replies_to<hsm_installation_ptr>::with<hsm_installed>,
                                   reacts_to<hsm_wishes_ptr>, reacts_to<work_done>>;
// Those of a region that can be used.
struct hsm_team {
  std::vector<hsm_actor> members;
};

// Carries out key operations, those of HSM keys by the region's HSMs; answers the client that a
// vault delegates to it.
using crypto_actor = caf::typed_actor<replies_to<crypto_job_ptr>::with<vault_reply_ptr>,
                                      replies_to<work_job_ptr>::with<regions::work_result_ptr>,
                                      reacts_to<hsm_team>, reacts_to<work_done>>;

struct crypto_team {
  std::vector<crypto_actor> members;
};

// Decides requests for one vault, or changes of a region's vaults (a registry): its primary, or its
// read-only copy in the paired region.
using vault_actor = caf::typed_actor<replies_to<vault_request_ptr>::with<vault_reply_ptr>,
                                     reacts_to<replicated_changes>, reacts_to<crypto_team>,
                                     reacts_to<hsm_team>, reacts_to<tick>, reacts_to<wake>,
                                     reacts_to<notice_outcome>, reacts_to<settings_changed>>;

// One zone's disk.
using zone_actor =
    caf::typed_actor<replies_to<zone_command_ptr>::with<zone_answer_ptr>, reacts_to<work_done>>;

// What a vault commits to, and what a paired region pulls from. Embedded: a quorum of three zones.
using region_actor =
    caf::typed_actor<replies_to<commit_request_ptr>::with<commit_reply>,
                     replies_to<pull_request>::with<pull_reply_ptr>,
                     replies_to<snapshot_request>::with<snapshot_ptr>,
                     replies_to<replicated_commit_ptr>::with<commit_reply>,
                     replies_to<replicated_install>::with<commit_reply>,
                     replies_to<applied_query>::with<applied_reply>,
                     reacts_to<replication_progress>, reacts_to<peer_notice>,
                     reacts_to<supervisor_notice>, reacts_to<faults_changed>,
                     reacts_to<vault_loaded>, reacts_to<registry_listing_ptr>, reacts_to<tick>>;

// Where another region's actor is; null: gone.
struct peer_notice {
  std::string region;
  region_actor actor;
};

// Pulls the primary's changes into the secondary.
using replicator_actor = caf::typed_actor<reacts_to<peer_notice>, reacts_to<tick>>;

// A vault is served by another actor now.
struct vault_placed {
  std::string vault;
  std::string origin;  // the vault's home
  std::string region;  // the one that placed it: its home, or its pair
  vault_actor actor;   // null: not served there for the moment
  unsigned zone = 0;   // home zone
};

// Watches the regions, decides failover and failback, publishes the routing table.
using supervisor_actor =
    caf::typed_actor<replies_to<region_beat>::with<lease_grant>, reacts_to<vault_placed>,
                     reacts_to<faults_changed>, replies_to<status_query>::with<status_reply_ptr>,
                     reacts_to<tick>>;

struct supervisor_notice {
  supervisor_actor supervisor;
};

struct vault_loaded {
  std::string vault;
  std::uint64_t incarnation = 0;
  bool without_key = false;  // no data key record: the vault is new
  std::string problem;       // not empty: the records cannot be used
  std::shared_ptr<regions::vault_state> state;
  std::shared_ptr<regions::registry_state> registry;  // if it is one
};

}  // namespace twinkeep::actors
