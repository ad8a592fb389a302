#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "regions/store/batch.hpp"
#include "regions/store/log_rules.hpp"

// How a store lays out its content in an ordered key-value engine. Internal to regions/store.
//   d/<origin>\0<vault>\0<key>    a record's value
//   l/<origin>\0<be64 revision>   a log entry
//   p/<origin>                    where the origin's log was cut and where it ends
//   m/promised, m/admitted
// Origins and vaults contain no \0, so byte order is order by vault, then key. A change of this
// layout is a new store format (store_directory.hpp).
namespace twinkeep::regions::codec {

inline constexpr std::string_view promised_key = "m/promised";
inline constexpr std::string_view admitted_key = "m/admitted";
inline constexpr std::string_view bounds_prefix = "p/";

[[nodiscard]] std::string bounds_key(std::string_view origin);
[[nodiscard]] std::string origin_prefix(std::string_view origin);  // of its records
[[nodiscard]] std::string vault_prefix(std::string_view origin, std::string_view vault);
[[nodiscard]] std::string record_key(std::string_view origin, std::string_view vault,
                                     std::string_view key);
[[nodiscard]] std::string log_prefix(std::string_view origin);
[[nodiscard]] std::string log_key(std::string_view origin, revision at);
// The first key behind all that begin with `prefix`, which does not end with \xff.
[[nodiscard]] std::string end_of(std::string_view prefix);

[[nodiscard]] std::string write_epoch(epoch e);
[[nodiscard]] std::optional<epoch> read_epoch(std::string_view bytes);
[[nodiscard]] std::string write_bounds(const log_bounds& bounds);
[[nodiscard]] std::optional<log_bounds> read_bounds(std::string_view bytes);

// A log entry: be64 epoch, vault, u32 number of changes, and for each its key, an octet that tells
// whether it has a value, and the value. Texts and values follow their u32 length.
[[nodiscard]] std::string write_entry(const batch& b);
[[nodiscard]] std::optional<epoch> read_entry_epoch(std::string_view bytes);
[[nodiscard]] std::optional<batch> read_entry(std::string_view origin, revision at,
                                              std::string_view bytes);

[[nodiscard]] record_value to_value(std::string_view bytes);

}  // namespace twinkeep::regions::codec
