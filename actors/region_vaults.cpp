#include <malloc.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "actors/region_state.hpp"
#include "regions/vault/apply.hpp"

namespace twinkeep::actors {

using namespace regions;

namespace {

// A vault that crashes so often within a while is a lost zone.
constexpr std::size_t crashes_allowed = 5;
constexpr duration crash_window = std::chrono::seconds{10};

// From records to a vault in memory; runs on a worker, because a large vault takes a while.
vault_loaded decode(const std::vector<record_change>& records, const vault_config& config,
                    const deployment& topology, std::uint64_t incarnation,
                    const crypto::keyring& keys) {
  vault_loaded result;
  result.vault = config.name;
  result.incarnation = incarnation;
  const auto key_record = std::ranges::find(records, data_key_record, &record_change::key);
  if (key_record == records.end()) {
    result.without_key = true;
    return result;
  }
  auto key = read_data_key_record(*key_record, config.region, config.name, keys);
  if (!key) {
    result.problem = key.error().message;
    return result;
  }
  auto identity = std::make_shared<const vault_identity>(vault_identity{
      config.name, config.region, config.recovery,
      std::make_shared<const crypto::data_key>(std::move(*key)), options_of(topology, config.sku)});
  const auto keep = [&result](auto loaded, auto& out) {
    using state = typename std::remove_reference_t<decltype(out)>::element_type;
    if (loaded) {
      out = std::make_shared<state>(std::move(*loaded));
    } else {
      result.problem = loaded.error().message;
    }
  };
  if (is_registry(config.name)) {
    auto declared = declared_vaults(topology, config.region);
    keep(load_registry(std::move(identity), records, std::move(declared)), result.registry);
  } else {
    keep(load_vault(std::move(identity), records), result.state);
  }
  return result;
}

// Of a large vault's records a load leaves more free heap behind than the vault needs, in pieces
// that the allocator keeps: a third of the process was that after a start with 100,000 secrets.
void give_back(record_list records) {
  constexpr std::size_t many = 4096;
  const auto size = records->size();
  records.reset();
  if (size >= many) ::malloc_trim(0);
}

}  // namespace

void region_state::place_all() {
  for (auto& [vault, slot] : vaults) place(slot);
}

// Needs a quorum: only then is it known which records are committed.
void region_state::place(vault_slot& slot) {
  const bool settled = slot.actor && !slot.stale;
  if (settled || slot.loading || slot.making_key || !log->has_quorum()) return;
  // What the former home had sent to the zones is waited for: it may be acknowledged.
  if (slot.is_primary && log->in_flight(slot.config->name)) return;
  load(slot);
}

void region_state::load(vault_slot& slot) {
  const auto source = log->best_source();
  if (source == 0) return;
  slot.loading = true;
  slot.stale = false;
  slot.arrived.clear();
  slot.incarnation = next_incarnation++;
  const auto incarnation = slot.incarnation;
  const auto config = slot.config;
  const auto give_up = [this, config, incarnation] {
    const auto it = vaults.find(config->name);
    if (it == vaults.end() || it->second.incarnation != incarnation) return;
    it->second.loading = false;
    it->second.stale = it->second.actor != nullptr;
  };
  // The zone's own failure is dealt with where it is noticed; here the load is begun again.
  self->request(
          at(source).actor, caf::infinite,
          std::make_shared<const zone_command_t>(zone_command::load{config->region, config->name}))
      .then(
          [this, config, incarnation, give_up](const zone_answer_ptr& answer) {
            const auto* records = std::get_if<record_list>(answer.get());
            auto decoding = [records = records ? *records : nullptr, config, incarnation, env = env,
                             me = region_actor{self}](unsigned) mutable {
              auto result = decode(*records, *config, env->topology, incarnation, env->keys);
              give_back(std::exchange(records, nullptr));
              caf::anon_send(me, std::move(result));
            };
            if (!records || !env->work.submit(work_lane::disk, decoding)) give_up();
          },
          [give_up](const caf::error&) { give_up(); });
}

void region_state::loaded(const vault_loaded& result) {
  const auto it = vaults.find(result.vault);
  if (it == vaults.end()) return;
  auto& slot = it->second;
  if (slot.incarnation != result.incarnation || !slot.loading) return;
  slot.loading = false;
  if (!result.problem.empty()) {
    // Not wiped: if the key-encryption key is the wrong one, every replica looks like this.
    if (!std::exchange(slot.problem_told, true)) {
      spdlog::error("vault {} in {} cannot be opened: {}", result.vault, region, result.problem);
    }
    return;
  }
  if (result.without_key) {
    if (slot.is_primary) make_data_key(slot);
    return;
  }
  for (const auto& b : slot.arrived) {
    const auto applied = slot.is_registry ? apply_replicated(*result.registry, b->changes)
                                          : apply_replicated(*result.state, b->changes);
    if (!applied) return;
  }
  slot.arrived.clear();
  retire(slot);
  slot.zone = quietest_zone();
  slot.actor = spawn(slot, result);
  self->monitor(slot.actor);
  if (slot.crashed_at) {
    record(event_kind::component_restarted, 0, "vault " + result.vault, now() - *slot.crashed_at);
    slot.crashed_at.reset();
  }
  announce(slot);
  if (slot.is_registry) adopt(*listing_of(*result.registry));
}

// The rules of a region's vaults are in the routing table before any of them is served.
vault_actor region_state::spawn(const vault_slot& slot, const vault_loaded& result) {
  if (slot.is_registry) {
    publish(*env, *result.registry);
    return spawn_registry(
        self->system(), *env,
        {result.registry, slot.incarnation, slot.is_primary, self, region, slot.zone});
  }
  return spawn_vault(self->system(), *env,
                     {result.state, slot.incarnation, slot.is_primary, self, team, usable_hsms(),
                      region, slot.zone});
}

void region_state::make_data_key(vault_slot& slot) {
  const auto key = crypto::data_key::generate(env->random);
  auto made =
      make_data_key_record(key, slot.config->region, slot.config->name, env->keys, env->random);
  const auto token = next_token++;
  commits[token].key_made_for = slot.config->name;
  slot.making_key = true;
  if (!log->commit(token, slot.config->name, {std::move(made)})) {
    commits.erase(token);
    slot.making_key = false;
  }
  run_effects();
}

// The vault's actor is replaced; commits of it that no zone has seen yet come to nothing, and their
// askers send them again.
void region_state::retire(vault_slot& slot) {
  if (!slot.actor) return;
  const auto actor = std::exchange(slot.actor, nullptr);
  self->demonitor(actor->address());
  caf::anon_send_exit(actor, caf::exit_reason::kill);
}

void region_state::rehome_from(unsigned zone) {
  for (auto& [vault, slot] : vaults) {
    if (slot.zone != zone) continue;
    slot.zone = 0;
    if (!slot.actor) continue;
    retire(slot);
    slot.incarnation = 0;
    slot.loading = false;
    if (slot.is_primary) log->drop_queued(vault);
  }
  run_effects();
  place_all();
}

void region_state::vault_crashed(vault_slot& slot) {
  slot.actor = nullptr;
  slot.incarnation = 0;
  slot.loading = false;
  slot.crashed_at = now();
  slot.crashes.push_back(now());
  while (now() - slot.crashes.front() > crash_window) slot.crashes.pop_front();
  if (slot.is_primary) log->drop_queued(slot.config->name);
  if (slot.crashes.size() > crashes_allowed && slot.zone != 0) {
    slot.crashes.clear();
    fail_zone(slot.zone, "vault " + slot.config->name + " crashes again and again there");
  }
  run_effects();
  place_all();
}

void region_state::reload_copies(const std::string& origin) {
  for (auto& [vault, slot] : vaults) {
    if (slot.is_primary || slot.config->region != origin) continue;
    slot.loading = false;
    slot.stale = slot.actor != nullptr;
  }
}

// After a quorum was regained in doubt: a write whose outcome was unknown may have been rolled
// forward, so what the actors have in memory is not known to be all.
void region_state::reload_primaries() {
  for (auto& [vault, slot] : vaults) {
    if (!slot.is_primary) continue;
    slot.incarnation = 0;
    slot.loading = false;
    slot.stale = slot.actor != nullptr;
  }
}

void region_state::hand_to_copies(const std::vector<batch_ptr>& batches) {
  for (const auto& b : batches) {
    const auto it = vaults.find(b->vault);
    if (it == vaults.end() || it->second.is_primary) continue;
    auto& slot = it->second;
    if (slot.loading) slot.arrived.push_back(b);
    if (slot.actor) self->send(slot.actor, replicated_changes{b});
  }
}

void region_state::announce(const vault_slot& slot) {
  if (!supervisor || !slot.actor) return;
  self->send(supervisor,
             vault_placed{slot.config->name, slot.config->region, region, slot.actor, slot.zone});
}

void region_state::add_slot(vault_config config, bool is_registry) {
  auto& slot = vaults[config.name];
  slot.is_primary = config.region == region;
  slot.is_registry = is_registry;
  slot.config = std::make_shared<const vault_config>(std::move(config));
}

// Vaults come and go as their registry says.
void region_state::adopt(const registry_listing& listing) {
  listed.insert(listing.origin);
  std::set<std::string, std::less<>> wanted;
  for (const auto& config : listing.vaults) {
    wanted.insert(config.name);
    const auto it = vaults.find(config.name);
    if (it == vaults.end()) {
      add_slot(config, false);
      continue;
    }
    auto& slot = it->second;
    if (slot.config->region != listing.origin) continue;
    slot.config = std::make_shared<const vault_config>(config);
    if (slot.actor) self->send(slot.actor, settings_changed{config.recovery, config.sku});
  }
  for (auto it = vaults.begin(); it != vaults.end();) {
    const auto slot = it++;
    const auto& config = *slot->second.config;
    const bool is_its = config.region == listing.origin && !slot->second.is_registry;
    if (is_its && !wanted.contains(config.name)) drop(slot);
  }
  if (listing.origin == region) {
    purging = {listing.purging.begin(), listing.purging.end()};
    erase_purged();
  }
  gone[listing.origin] = listing.gone;
  for (auto& token : hsms) tell_gone(token);
  place_all();
}

void region_state::drop(std::map<std::string, vault_slot>::iterator slot) {
  retire(slot->second);
  if (slot->second.is_primary) log->drop_queued(slot->first);
  vaults.erase(slot);
}

bool region_state::all_primaries_placed() const {
  return listed.contains(region) && std::ranges::all_of(vaults, [](const auto& entry) {
           const auto& slot = entry.second;
           return !slot.is_primary || (slot.actor && !slot.stale);
         });
}

unsigned region_state::quietest_zone() const {
  std::array<unsigned, replicas_per_region> homes{};
  for (const auto& [vault, slot] : vaults) {
    if (slot.actor && slot.zone != 0) ++homes.at(slot.zone - 1);
  }
  unsigned best = 0;
  for (unsigned zone = 1; zone <= replicas_per_region; ++zone) {
    if (log->phase(zone) != zone_phase::in_sync) continue;
    if (best == 0 || homes.at(zone - 1) < homes.at(best - 1)) best = zone;
  }
  return best;
}

}  // namespace twinkeep::actors
