#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "regions/store/replica_store.hpp"

// The rules of a log that every store keeps: what may be appended, and which positions it knows.
// Internal to regions/store.
namespace twinkeep::regions {

struct log_bounds {
  log_position cut;  // of the last batch that is no longer in the log; {0, 0}: nothing was cut
  log_position end;  // of the last batch
};

// What the rules need to know of a store's logs.
struct log_reader {
  std::function<store_outcome<log_bounds>(std::string_view origin)> bounds;
  // The epoch of the entry at a revision behind the cut and up to the end.
  std::function<store_outcome<epoch>(std::string_view origin, revision at)> epoch_at;
};

// Which of `batches` are new, in order; out_of_order if one of them does not fit. Nothing is
// changed, so that an append that fails half way leaves no half behind.
[[nodiscard]] store_outcome<std::vector<batch_ptr>> plan_append(std::span<const batch_ptr> batches,
                                                                const log_reader& log);

// Whether the log holds every change after `after`: `gap` if not.
[[nodiscard]] store_outcome<void> check_reaches(std::string_view origin, log_position after,
                                                const log_reader& log);

[[nodiscard]] std::string to_string(log_position p);  // "revision 7 of epoch 2"

}  // namespace twinkeep::regions
