#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/audit/audit_sink.hpp"
#include "actors/event_log.hpp"
#include "actors/fault_board.hpp"
#include "actors/key_cache.hpp"
#include "actors/notice_courier.hpp"
#include "actors/routing.hpp"
#include "actors/runtime/freezer.hpp"
#include "actors/runtime/wall_clock.hpp"
#include "actors/runtime/work_executor.hpp"
#include "crypto/hsm.hpp"
#include "crypto/keyring.hpp"
#include "crypto/x509.hpp"
#include "regions/store/media.hpp"
#include "regions/topology.hpp"

namespace twinkeep::actors {

// What comes in from outside: the ports and the few things that outlive actors. Made by main, or
// by a test with a virtual clock and memory disks; every actor gets a reference to the same one.
struct environment {
  const regions::deployment& topology;
  regions::faulty_medium& medium;
  work_executor& work;
  const wall_clock& clock;  // of the vaults: drills may advance it
  crypto::random_source& random;
  const crypto::keyring& keys;
  crypto::key_provider& provider;
  routing_board& routes;
  event_log& events;
  fault_board& faults;
  freezer& ice;
  directory& where;
  std::vector<key_cache>& worker_keys;               // one for each worker of the crypto lane
  const crypto::certified_key* authority = nullptr;  // of the built-in issuer of certificates
  unsigned crypto_actors = 2;                        // for each region
  std::function<void(const std::string&)> fatal;     // what cannot be worked with: tells and ends
  // What no drill moves: tokens and TLS, because clients judge those by their own clocks and keep
  // tokens for as long as they are said to live; events, drills and the age of a copy, because they
  // tell what happened.
  const wall_clock& real_clock = clock;
  advanced_clock* drill_clock = nullptr;         // `clock`, if drills may advance it
  notice_courier* courier = nullptr;             // null: nobody listens
  std::vector<std::string> administrators = {};  // ids with every right on every vault
  audit_sink* audit = nullptr;                   // null: no audit log is kept
  // How an HSM's token is opened; blocks.
  std::function<crypto::outcome<std::shared_ptr<crypto::hsm_token>>(const crypto::hsm_location&)>
      open_hsm = crypto::open_hsm_token;
};

}  // namespace twinkeep::actors
