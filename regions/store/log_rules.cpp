#include "regions/store/log_rules.hpp"

#include <map>

namespace twinkeep::regions {

namespace {

// An origin's log as it will be once the batches accepted so far are in.
struct growing_log {
  log_bounds stored;
  log_position end;
  std::vector<batch_ptr> fresh;
};

enum class place { next, held, nowhere };

store_outcome<place> place_of(const batch& b, const growing_log& log, const log_reader& reader) {
  const auto at = b.at;
  if (at.revision == revision{}) return place::nowhere;
  if (at.revision == log.end.revision.next()) {
    return at.epoch >= log.end.epoch ? place::next : place::nowhere;
  }
  if (at.revision > log.end.revision) return place::nowhere;
  const auto held_if = [](bool same) { return same ? place::held : place::nowhere; };
  if (at.revision > log.stored.end.revision) {
    const auto index = at.revision.value - log.stored.end.revision.value - 1;
    return held_if(log.fresh[index]->at == at);
  }
  if (at.revision == log.stored.cut.revision) return held_if(at == log.stored.cut);
  // Cut long ago: its epoch is forgotten, but epochs never fall along a log.
  if (at.revision < log.stored.cut.revision) return held_if(at.epoch <= log.stored.cut.epoch);
  const auto known = reader.epoch_at(b.origin, at.revision);
  if (!known.ok()) return failure{known.error()};
  return held_if(*known == at.epoch);
}

}  // namespace

store_outcome<std::vector<batch_ptr>> plan_append(std::span<const batch_ptr> batches,
                                                  const log_reader& log) {
  std::map<std::string_view, growing_log> logs;
  std::vector<batch_ptr> fresh;
  for (const auto& b : batches) {
    auto it = logs.find(b->origin);
    if (it == logs.end()) {
      const auto bounds = log.bounds(b->origin);
      if (!bounds.ok()) return failure{bounds.error()};
      it = logs.emplace(b->origin, growing_log{*bounds, bounds->end, {}}).first;
    }
    const auto where = place_of(*b, it->second, log);
    if (!where.ok()) return failure{where.error()};
    if (*where == place::nowhere) {
      return failure{store_error{store_error_code::out_of_order,
                                 "append to the log of " + b->origin + ": expected what follows " +
                                     to_string(it->second.end) + ", found " + to_string(b->at)}};
    }
    if (*where == place::held) continue;
    it->second.end = b->at;
    it->second.fresh.push_back(b);
    fresh.push_back(b);
  }
  return fresh;
}

store_outcome<void> check_reaches(std::string_view origin, log_position after,
                                  const log_reader& log) {
  const auto bounds = log.bounds(origin);
  if (!bounds.ok()) return failure{bounds.error()};
  const auto gap = [&](std::string_view why) {
    return failure{store_error{
        store_error_code::gap,
        "the log of " + std::string{origin} + " " + std::string{why} + " " + to_string(after)}};
  };
  if (after == bounds->end || after == bounds->cut) return {};
  if (after.revision > bounds->end.revision) return gap("ends before");
  if (after.revision < bounds->cut.revision) return gap("was cut behind");
  if (after.revision == bounds->cut.revision || after.revision == bounds->end.revision) {
    return gap("never held");
  }
  const auto known = log.epoch_at(origin, after.revision);
  if (!known.ok()) return failure{known.error()};
  if (*known != after.epoch) return gap("never held");
  return {};
}

std::string to_string(log_position p) {
  return "revision " + std::to_string(p.revision.value) + " of epoch " +
         std::to_string(p.epoch.value);
}

}  // namespace twinkeep::regions
