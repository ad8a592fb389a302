#include "actors/replicator.hpp"

namespace twinkeep::actors {

namespace {

struct replicator_state {
  static inline const char* name = "replicator";

  replicator_actor::pointer self = nullptr;
  environment* env = nullptr;
  std::string region;
  std::string source;
  region_actor own;
  region_actor peer;
  bool busy = false;

  regions::duration pause() const { return env->topology.timings.replicate_every; }
  // An answer that does not come must not stop replication for good.
  regions::duration patience() const { return env->topology.timings.detect_after; }

  void again_after(regions::duration d) {
    busy = false;
    self->delayed_send(self, d, tick{});
  }

  // Link faults are looked up here: to this actor, a cut link is a peer that does not answer.
  bool reachable() const { return peer != nullptr && !env->faults.link_cut(source, region); }

  void pull() {
    if (busy) return;
    busy = true;
    self->request(own, patience(), applied_query{source})
        .then(
            [this](const applied_reply& reply) {
              if (!reply.ready || !reachable()) return again_after(pause());
              ask(reply.applied);
            },
            [this](const caf::error&) { again_after(pause()); });
  }

  void ask(regions::log_position applied) {
    self->request(peer, patience(), pull_request{applied})
        .then([this, applied](const pull_reply_ptr& reply) { received(applied, reply); },
              [this](const caf::error&) { again_after(pause()); });
  }

  void received(regions::log_position applied, const pull_reply_ptr& reply) {
    if (!reachable() || !reply->ready) return again_after(pause());
    if (reply->gap) return ask_snapshot(reply->head);
    if (reply->batches.empty()) {
      self->send(own, replication_progress{reply->head, applied});
      return again_after(pause());
    }
    const auto reached = reply->batches.back()->at;
    const auto head = reply->head;
    auto commit = std::make_shared<const replicated_commit>(replicated_commit{reply->batches});
    self->request(own, patience(), replicated_commit_ptr{std::move(commit)})
        .then([this, head,
               reached](const commit_reply& outcome) { settled(outcome.committed, head, reached); },
              [this](const caf::error&) { again_after(pause()); });
  }

  void ask_snapshot(regions::log_position head) {
    self->request(peer, patience(), snapshot_request{})
        .then(
            [this, head](const snapshot_ptr& snapshot) {
              if (!snapshot || !reachable()) return again_after(pause());
              const auto reached = snapshot->at;
              self->request(own, patience(), replicated_install{source, snapshot})
                  .then(
                      [this, head, reached](const commit_reply& outcome) {
                        settled(outcome.committed, head, reached);
                      },
                      [this](const caf::error&) { again_after(pause()); });
            },
            [this](const caf::error&) { again_after(pause()); });
  }

  void settled(bool committed, regions::log_position head, regions::log_position reached) {
    if (!committed) return again_after(pause());
    self->send(own, replication_progress{std::max(head, reached), reached});
    if (reached < head) {
      busy = false;
      pull();
    } else {
      again_after(pause());
    }
  }
};

replicator_actor::behavior_type behave(replicator_actor::stateful_pointer<replicator_state> self,
                                       environment* env, const std::string& region,
                                       const std::string& source, const region_actor& own,
                                       const region_actor& peer) {
  auto& state = self->state;
  state.self = self;
  state.env = env;
  state.region = region;
  state.source = source;
  state.own = own;
  state.peer = peer;
  self->monitor(own);
  self->set_down_handler([self](const caf::down_msg&) { self->quit(); });
  self->send(self, tick{});
  return {
      [self](const peer_notice& notice) { self->state.peer = notice.actor; },
      [self](const tick&) { self->state.pull(); },
  };
}

}  // namespace

replicator_actor spawn_replicator(caf::actor_system& system, environment& env,
                                  const std::string& region, const std::string& source,
                                  region_actor own, region_actor peer) {
  auto actor = system.spawn(behave, &env, region, source, std::move(own), std::move(peer));
  env.ice.enroll(caf::actor_cast<caf::actor>(actor), {region});
  return actor;
}

}  // namespace twinkeep::actors
