#include <spdlog/spdlog.h>

#include "actors/region_state.hpp"

// A purged vault's content is removed from every zone before its name is free again. The registry
// keeps it among the purging until that is done, so a crash in between only means to begin anew.
namespace twinkeep::actors {

using namespace regions;

namespace {

constexpr std::size_t removed_at_once = 4096;

}  // namespace

void region_state::erase_purged() {
  for (const auto& vault : purging) {
    if (!erasing.contains(vault)) erase(vault);
  }
}

void region_state::erase(const std::string& vault) {
  const auto source = log->best_source();
  // What its former actor had sent to the zones is waited for.
  if (!log->has_quorum() || source == 0 || log->in_flight(vault)) return;
  erasing.insert(vault);
  self->request(at(source).actor, caf::infinite,
                std::make_shared<const zone_command_t>(zone_command::load{region, vault}))
      .then(
          [this, vault](const zone_answer_ptr& answer) {
            if (const auto* records = std::get_if<record_list>(answer.get())) {
              erase_records(vault, *records, 0);
              run_effects();
            } else {
              erasing.erase(vault);
            }
          },
          [this, vault](const caf::error&) { erasing.erase(vault); });
}

void region_state::erase_records(const std::string& vault, record_list records, std::size_t from) {
  if (from >= records->size()) return erased(vault);
  const auto to = std::min(from + removed_at_once, records->size());
  std::vector<record_change> removals;
  for (auto i = from; i < to; ++i) removals.push_back({(*records)[i].key, nullptr});
  pending_commit pending;
  pending.done = [this, vault, records, to](bool committed) {
    if (committed) {
      erase_records(vault, records, to);
    } else {
      erasing.erase(vault);
    }
  };
  const auto token = next_token++;
  commits[token] = std::move(pending);
  if (!log->commit(token, vault, std::move(removals))) {
    commits.erase(token);
    erasing.erase(vault);
  }
}

void region_state::erased(const std::string& vault) {
  const auto it = vaults.find(registry_name(region));
  if (it == vaults.end() || !it->second.actor) {
    erasing.erase(vault);
    return;
  }
  auto request = std::make_shared<vault_request>();
  request->request_id = crypto::random_guid(env->random);
  request->registry =
      std::make_shared<const registry_request>(registry_request{finish_purge{vault}, {}});
  // Done or not: what is still among the purging at the next tick is erased again.
  self->request(it->second.actor, caf::infinite, vault_request_ptr{std::move(request)})
      .then([this, vault](const vault_reply_ptr&) { erasing.erase(vault); },
            [this, vault](const caf::error&) { erasing.erase(vault); });
}

}  // namespace twinkeep::actors
